/* SPDX-License-Identifier: MIT */
/*
 * status: the runs of a runs folder, newest first, from their run.json and
 * ledgers alone; nothing is read of their inputs. One run is shown with its
 * books, its parts, its retries and the command that continues it.
 */
#include "base/json_write.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "command.h"
#include "import/run_facts.h"
#include "runs/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of all runs; the rest is counted. */
#define NEWEST_SHOWN 20

struct listing {
	struct buf out;
	bool is_json, shows_all;
	size_t count;
	/* Of one run: */
	const struct run *run;
	const struct run_list *runs;
	const char *dir, *dir_said;
	struct buf retries; /* ids of the runs that retry it */
	bool is_retried;    /* one of them ended well */
	struct buf undo;    /* the id of the one that takes it back, or "" */
};

static void
add_json(struct buf *out, const struct run_summary *s,
    const struct run_facts *f, const char *undone_by)
{
	const struct run_identity *id = &s->identity;

	json_object(out, NULL);
	json_string(out, "id", id->id);
	json_string(out, "started", id->started);
	json_string(out, "state", s->state);
	json_string(out, "verdict", s->verdict);
	json_string_if(out, "damage", s->damage);
	json_string_if(out, "holder", s->holder);
	json_bool(out, "sent", s->sent);
	json_string(out, "input", id->input_path);
	json_string(out, "input_sha256", id->input_sha256);
	json_uint(out, "input_bytes", id->input_bytes);
	json_string(out, "mapping", id->mapping_path);
	json_string(out, "base_url", id->base_url);
	json_string(out, "procedure", id->procedure);
	json_string_if(out, "parent", id->parent);
	json_string_if(out, "kind", id->kind);
	json_string_if(out, "undone_by", undone_by);
	if (f)
		run_facts_json(f, out);
	json_end_object(out);
}

static void
text_line(struct buf *out, const char *name, const char *value)
{
	if (value[0] == '\0')
		return;
	buf_addf(out, "%-10s ", name);
	text_display(out, text_of(value), 0);
	buf_addc(out, '\n');
}

/* All that is known of one run. */
static void
add_whole(struct buf *out, const struct run_summary *s, bool is_undone)
{
	const struct run_identity *id = &s->identity;
	char bytes[32];

	text_line(out, "run", id->id);
	text_line(out, "started", id->started);
	text_line(out, "state", s->state);
	text_line(out, "verdict", s->verdict);
	text_line(out, "damage", s->damage);
	text_line(out, "used by", s->holder);
	if (s->damage[0] != '\0' && s->sent)
		text_line(out, "sent", "unknown: any row may have been sent");
	if (!s->sent)
		text_line(out, "sent",
		    is_undone ? "nothing that is left" : "nothing");
	text_line(out, "input", id->input_path);
	text_line(out, "bytes", text_count(id->input_bytes, bytes));
	text_line(out, "sha256", id->input_sha256);
	text_line(out, "mapping", id->mapping_path);
	text_line(out, "service", id->base_url);
	text_line(out, "procedure", id->procedure);
	text_line(
	    out, id->kind[0] != '\0' ? "takes back" : "parent", id->parent);
}

static void
add_line(struct buf *out, const struct run_summary *s)
{
	buf_addf(out, "%-10s %-9s ", s->state,
	    s->verdict[0] != '\0' ? s->verdict : "-");
	text_display(out, text_of(s->identity.id), 0);
	buf_adds(out, "  ");
	text_display(out, text_of(s->identity.input_path), 0);
	buf_addc(out, '\n');
}

static int
add_only(void *ctx, const struct run_summary *s)
{
	struct listing *l = ctx;
	struct run_facts facts;

	l->count++;
	run_facts_load(
	    &facts, l->run, s, l->is_retried, l->runs, l->dir, l->dir_said);
	if (l->is_json) {
		add_json(&l->out, s, &facts, buf_str(&l->undo));
	} else {
		add_whole(&l->out, s, l->undo.len > 0);
		text_line(&l->out, "retried by", buf_str(&l->retries));
		text_line(&l->out, "undone by", buf_str(&l->undo));
		run_facts_text(&facts, &l->out);
	}
	run_facts_release(&facts);
	return 0;
}

static int
add_retry(void *ctx, const struct run_summary *s)
{
	struct listing *l = ctx;

	if (s->identity.kind[0] != '\0') {
		buf_clear(&l->undo);
		buf_adds(&l->undo, s->identity.id);
		return 0;
	}
	buf_addf(
	    &l->retries, "%s%s", l->retries.len > 0 ? " " : "", s->identity.id);
	l->is_retried |= strcmp(s->verdict, "exit 0") == 0;
	return 0;
}

static void
show_one(struct listing *l, const struct run_list *runs)
{
	const char *id = run_identity(l->run)->id;
	const struct run_filter retries = {.parent = id}, own = {.name = id};

	l->runs = runs;
	(void)run_list_each(runs, &retries, add_retry, l);
	(void)run_list_each(runs, &own, add_only, l);
}

/* JSON cannot tell that some are left out, so it has them all. */
static int
add_run(void *ctx, const struct run_summary *s)
{
	struct listing *l = ctx;

	l->count++;
	if (l->is_json)
		add_json(&l->out, s, NULL, "");
	else
		add_line(&l->out, s);
	return !l->is_json && !l->shows_all && l->count == NEWEST_SHOWN;
}

static void
show_all(struct listing *l, const struct run_list *runs)
{
	const struct run_filter all = {.name = NULL};
	size_t older;
	char n[32];

	if (run_list_each(runs, &all, add_run, l) == 0)
		return;
	older = run_list_count(runs) - l->count;
	if (older > 0)
		buf_addf(&l->out,
		    "%s older %s; to list all: csv2chakra status --all\n",
		    text_count(older, n), older == 1 ? "run" : "runs");
}

static void
add_no_runs(struct buf *out, const char *dir)
{
	buf_adds(out, "no runs in '");
	text_display(out, text_of(dir), 0);
	buf_adds(out, "'\n");
}

static int
list_runs(
    struct listing *l, const char *dir, const struct options *o, struct diag *d)
{
	struct run *run = NULL;
	struct run_list *runs = NULL;
	int ret = -1;

	if (o->settings.operand_count > 0) {
		run = run_open(dir, o->settings.operands[0], d);
		if (!run)
			return -1;
		l->run = run;
		l->dir = dir;
		l->dir_said = settings_runs_dir_said(&o->settings);
	}
	runs = run_list_read(dir, d);
	if (!runs)
		goto out;
	if (l->is_json)
		json_array(&l->out, NULL);
	if (run)
		show_one(l, runs);
	else
		show_all(l, runs);
	if (l->is_json)
		buf_adds(&l->out, "]\n");
	else if (l->count == 0 && !o->settings.quiet)
		add_no_runs(&l->out, dir);
	ret = command_answer(&l->out, l->is_json, d);
out:
	run_list_free(runs);
	run_free(run);
	return ret;
}

static int
run_status(struct options *o, struct diag *d)
{
	struct listing l = {
	    .is_json = o->settings.format == FORMAT_JSON, .shows_all = o->all};
	char *dir = runs_dir_default(o->settings.runs_dir, d);
	int ret;

	if (!dir)
		return -1;
	buf_init(&l.out, 0);
	buf_init(&l.retries, 65536);
	buf_init(&l.undo, 0);
	ret = list_runs(&l, dir, o, d);
	buf_release(&l.out); /* if nothing could be listed */
	buf_release(&l.retries);
	buf_release(&l.undo);
	free(dir);
	return ret;
}

const struct command command_status = {
    .id = COMMAND_STATUS,
    .name = "status",
    .operands = "[RUN]",
    .operands_max = 1,
    .summary = "list runs, or show one",
    .details = "Without RUN: the newest 20, and how many more there are. RUN "
	       "is a run's id, its folder, or latest.",
    .examples = {{"status", "the newest runs"},
	{"status latest", "the newest one"}},
    .run = run_status,
};
