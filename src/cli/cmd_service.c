/* SPDX-License-Identifier: MIT */
/*
 * service: what earlier runs learned about services. It reads the runs folder's
 * service.json and makes no call.
 */
#include "base/civil.h"
#include "base/json_write.h"
#include "chakra/contact.h"
#include "command.h"
#include "report/terminal.h"
#include "runs/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAME_WIDTH 14

static void
line(const struct page *p, const char *name, const struct buf *value)
{
	if (value->len == 0)
		return;
	buf_addf(p->out, "  %-*s  ", NAME_WIDTH, name);
	page_wrap(p, NAME_WIDTH + 4, NAME_WIDTH + 4, buf_str(value));
}

static void
add_seen(const struct contact *c, struct buf *b)
{
	char first[32], last[32], n[32];

	civil_iso8601(c->first_ms, first);
	civil_iso8601(c->last_ms, last);
	buf_addf(b, "in %s run%s, %s", text_count(c->runs, n),
	    c->runs == 1 ? "" : "s", first);
	if (strcmp(first, last) != 0)
		buf_addf(b, " to %s", last);
	buf_adds(b, c->is_sandbox ? "; it is a chakra-sandbox" : "");
}

static void
add_statuses(const struct contact *c, struct buf *b)
{
	for (size_t i = 0; i < c->status_count; i++)
		buf_addf(b, "%s%d", i ? ", " : "", c->statuses[i]);
	for (size_t i = 0; i < c->limit_count; i++)
		buf_addf(b, "; %s %s", c->limits[i].name, c->limits[i].value);
	if (c->retry_after_ms > 0)
		buf_addf(b, "; Retry-After up to %" PRId64 " s",
		    (c->retry_after_ms + 999) / 1000);
}

static void
add_sizes(const struct contact *c, struct buf *b)
{
	char n[3][32];

	if (c->taken_bytes > 0)
		buf_addf(b, "%s bytes (%s row%s) were taken",
		    text_count(c->taken_bytes, n[0]),
		    text_count(c->taken_rows, n[1]),
		    c->taken_rows == 1 ? "" : "s");
	if (c->too_large_bytes > 0)
		buf_addf(b, "%s%s bytes were too large", b->len ? "; " : "",
		    text_count(c->too_large_bytes, n[2]));
}

static void
add_times(const char *what, const struct contact_times *t, struct buf *b)
{
	if (t->count > 0)
		buf_addf(b,
		    "%s%s: half within %" PRIu64 " ms, 95 of 100 within "
		    "%" PRIu64 " ms",
		    b->len ? "; " : "", what, t->p50_ms, t->p95_ms);
}

static void
add_clock(const struct contact *c, struct buf *b)
{
	int64_t ms = c->clock_offset_ms;

	if (c->has_clock)
		buf_addf(b,
		    "%" PRId64 " ms %s this machine's, within %" PRId64 " ms",
		    ms < 0 ? -ms : ms, ms < 0 ? "behind" : "ahead of",
		    c->clock_within_ms);
}

static void
add_service(const struct contact *c, const struct page *p)
{
	struct buf b = BUF_INIT(1 << 16);

	buf_adds(p->out, "procedure ");
	text_display(p->out, text_of(c->procedure), 0);
	buf_adds(p->out, " at ");
	text_display(p->out, text_of(c->base_url), 0);
	buf_addc(p->out, '\n');
	add_seen(c, &b);
	line(p, "seen", &b);
	for (int i = 0; i < CONTACT_FINDINGS; i++) {
		buf_clear(&b);
		contact_group_words(c, (enum contact_finding)i, &b);
		line(p, contact_finding_title((enum contact_finding)i), &b);
	}
	buf_clear(&b);
	add_statuses(c, &b);
	line(p, "HTTP", &b);
	buf_clear(&b);
	add_sizes(c, &b);
	line(p, "bodies", &b);
	buf_clear(&b);
	add_clock(c, &b);
	line(p, "clock", &b);
	buf_clear(&b);
	add_times("creates", &c->times[CONTACT_CREATES], &b);
	add_times("updates", &c->times[CONTACT_UPDATES], &b);
	add_times("other calls", &c->times[CONTACT_OTHERS], &b);
	line(p, "times", &b);
	for (size_t i = 0; i < c->change_count; i++) {
		char when[32];

		buf_clear(&b);
		buf_addf(&b, "%s: ", civil_iso8601(c->changes[i].at_ms, when));
		contact_change_words(c, &c->changes[i], &b);
		line(p, "changed", &b);
	}
	buf_clear(&b);
	contact_sandbox_flags(c, &b);
	if (b.len > 0) {
		struct buf command = BUF_INIT(4096);

		buf_addf(&command, "chakra-sandbox %s", buf_str(&b));
		line(p, "imitated by", &command);
		buf_release(&command);
	}
	buf_release(&b);
}

static int
print_text(const struct contact_list *l, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 24);
	struct page p = {&out, false};

	for (size_t i = 0; i < l->count; i++) {
		if (i > 0)
			buf_addc(&out, '\n');
		add_service(&l->items[i], &p);
	}
	if (l->count == 0)
		buf_adds(&out, "no service is known yet: the first import "
			       "records what it learns\n");
	return command_answer(&out, false, d);
}

static int
print_json(const struct contact_list *l, bool is_public, struct diag *d)
{
	struct buf b = BUF_INIT(0), out = BUF_INIT(1 << 24);

	json_object(&b, NULL);
	json_string(&b, "schema", CONTACT_SERVICES_SCHEMA);
	json_string(&b, "program_version", CSV2CHAKRA_VERSION);
	json_array(&b, "services");
	for (size_t i = 0; i < l->count; i++)
		if (is_public)
			contact_json_public(&l->items[i], &b);
		else
			contact_json(&l->items[i], &b);
	json_end_array(&b);
	json_end_object(&b);
	json_lay_out(&out, buf_text(&b), &json_filed);
	buf_addc(&out, '\n');
	buf_release(&b);
	return command_answer(&out, true, d);
}

static int
run_service(struct options *o, struct diag *d)
{
	char *runs_dir = runs_dir_default(o->settings.runs_dir, d);
	struct contact_list l;
	int ret;

	if (runs_dir == NULL)
		return -1;
	ret = contact_list_read(runs_dir, &l, d);
	free(runs_dir);
	if (ret != 0)
		return -1;
	if (o->export || o->settings.format == FORMAT_JSON)
		ret = print_json(&l, o->export, d);
	else
		ret = print_text(&l, d);
	contact_list_release(&l);
	return ret;
}

const struct command command_service = {
    .id = COMMAND_SERVICE,
    .name = "service",
    .operands = "",
    .summary = "show what earlier runs learned about the service",
    .details = "Each run records what ChakraHQ does where its documentation "
	       "is silent: names, numbers and times, never a value of a row. "
	       "No call is made.",
    .examples = {{"service", "what was assumed, and what was learned"},
	{"service --export >service.json", "a file for a bug report"}},
    .run = run_service,
};
