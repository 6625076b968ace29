/* SPDX-License-Identifier: MIT */
/*
 * What the tests ask: counts, key by key if wanted, and the processes as the
 * bytes that were received, one a line. Not part of ChakraHQ's API, so on
 * paths that it does not have.
 */
#include "sandbox.h"
#include "scan.h"

#include <inttypes.h>
#include <string.h>

struct keys {
	struct buf list;
	uint64_t distinct, received, accepted, created;
	bool wanted;
};

static void
add_key(void *ctx, const struct store_key *key)
{
	struct keys *k = ctx;

	k->distinct++;
	k->received += key->received > 1;
	k->accepted += key->accepted > 1;
	k->created += key->created > 1;
	if (!k->wanted)
		return;
	buf_addf(&k->list,
	    "%s{\"procedure\":\"%s\",\"key\":", k->list.len > 0 ? "," : "",
	    schema_procedures[key->procedure].name);
	scan_quote(&k->list, key->key);
	buf_addf(&k->list,
	    ",\"received\":%" PRIu64 ",\"accepted\":%" PRIu64
	    ",\"created\":%" PRIu64 "}",
	    key->received, key->accepted, key->created);
}

static void
add_calls(const struct sandbox *s, struct buf *out)
{
	uint64_t total = 0;
	bool first = true;

	for (int i = 0; i < SANDBOX_STATUS_MAX; i++)
		total += s->statuses[i];
	buf_addf(out, "\"calls\":{\"total\":%" PRIu64 ",\"status\":{", total);
	for (int i = 0; i < SANDBOX_STATUS_MAX; i++) {
		if (s->statuses[i] == 0)
			continue;
		buf_adds(out, first ? "\"" : ",\"");
		if (i == 0)
			buf_adds(out, "none");
		else
			buf_addf(out, "%d", i);
		buf_addf(out, "\":%" PRIu64, s->statuses[i]);
		first = false;
	}
	buf_adds(out, "}}");
}

static void
add_faults(const struct sandbox *s, struct buf *out)
{
	bool first = true;

	buf_adds(out, "\"faults\":{");
	for (int i = 0; i < FAULT_KINDS; i++) {
		if (s->fault_hits[i] == 0)
			continue;
		buf_addf(out, "%s\"%s\":%" PRIu64, first ? "" : ",",
		    fault_name((enum fault_kind)i), s->fault_hits[i]);
		first = false;
	}
	buf_addc(out, '}');
}

static void
add_rows(const struct store_totals *t, const struct store_pending *pending,
    struct buf *out)
{
	buf_addf(out,
	    "\"jobs\":{\"total\":%" PRIu64 ",\"unfinished\":%" PRIu64 "},",
	    t->jobs, pending->jobs);
	buf_addf(out,
	    "\"rows\":{\"received\":%" PRIu64 ",\"accepted\":%" PRIu64
	    ",\"created\":%" PRIu64 ",\"merged\":%" PRIu64 ",\"error\":%" PRIu64
	    ",\"invalid\":%" PRIu64 ",\"pending\":%" PRIu64 "}",
	    t->received, t->accepted, t->created - pending->created, t->merged,
	    t->error, t->invalid, pending->rows);
}

void
page_stats(struct sandbox *s, struct request *r, struct reply *a)
{
	struct keys keys = {.wanted = false};
	struct store_pending pending;
	struct store_totals totals;
	struct diag d = DIAG_INIT;
	struct text value;
	int64_t now = s->clock.wall_ms(s->clock.ctx);
	int result;

	keys.wanted = request_query(r, "keys", &value) && text_is(value, "1");
	buf_addc(&a->body, '{');
	pthread_mutex_lock(&s->lock);
	result = store_pending(s->store, now, &pending, &d);
	if (result == 0)
		result = store_each_key(s->store, now, add_key, &keys, &d);
	totals = store_totals(s->store);
	add_calls(s, &a->body);
	buf_addc(&a->body, ',');
	add_faults(s, &a->body);
	pthread_mutex_unlock(&s->lock);
	if (result != 0) {
		reply_error(a, 500, "%s", d.message);
		goto out;
	}
	buf_addc(&a->body, ',');
	add_rows(&totals, &pending, &a->body);
	buf_addf(&a->body,
	    ",\"keys\":{\"distinct\":%" PRIu64 ",\"received_twice\":%" PRIu64
	    ",\"accepted_twice\":%" PRIu64 ",\"created_twice\":%" PRIu64 "}",
	    keys.distinct, keys.received, keys.accepted, keys.created);
	if (keys.wanted) {
		buf_adds(&a->body, ",\"by_key\":[");
		buf_add(&a->body, buf_str(&keys.list), keys.list.len);
		buf_addc(&a->body, ']');
	}
	buf_adds(&a->body, "}\n");
out:
	buf_release(&keys.list);
}

void
page_processes(struct sandbox *s, struct request *r, struct reply *a)
{
	struct text value;

	(void)s;
	if (request_query(r, "procedure", &value)) {
		a->lines_procedure = schema_find(value);
		if (a->lines_procedure < 0) {
			reply_error(a, 404, "there is no such procedure");
			return;
		}
	}
	a->lines_pending =
	    request_query(r, "pending", &value) && text_is(value, "1");
	a->lines = true;
	a->type = "application/x-ndjson";
}

/* Line ends between tokens would tear the line apart; in strings there are
 * none. */
static void
add_line(struct buf *out, struct text body)
{
	size_t start = out->len;

	buf_add(out, body.s, body.len);
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\r')
			out->data[i] = ' ';
	buf_addc(out, '\n');
}

int
processes_lines(struct sandbox *s, int64_t *after, int procedure, bool pending,
    size_t enough, struct buf *out, struct diag *d)
{
	struct store_where w = {.first = *after,
	    .now_ms = pending ? INT64_MAX : s->clock.wall_ms(s->clock.ctx)};
	struct store_row row;
	int step;

	pthread_mutex_lock(&s->lock);
	step = store_select(s->store, STORE_CREATED, &w, d);
	if (step == 0) {
		while ((step = store_next(s->store, STORE_CREATED, &row, d)) ==
		       1) {
			*after = row.id;
			if (procedure < 0 || row.procedure == procedure)
				add_line(out, row.body);
			if (out->len >= enough)
				break;
		}
		store_reset(s->store, STORE_CREATED);
	}
	pthread_mutex_unlock(&s->lock);
	return step;
}
