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
#include "report/terminal.h"
#include "runs/run.h"
#include "system/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of all runs; the rest is counted. */
#define NEWEST_SHOWN 20

enum column {
	COLUMN_RUN,
	COLUMN_FILE,
	COLUMN_STARTED,
	COLUMN_TOOK,
	COLUMN_ROWS,
	COLUMN_STATE,
	COLUMN_NEXT,
	COLUMN_COUNT
};

struct line {
	char *cells[COLUMN_COUNT]; /* owned, fit to be shown */
};

struct listing {
	struct buf out;
	bool is_json, shows_all;
	size_t count;
	const struct run_list *runs;
	const char *dir;
	struct shell_where where;
	struct line *lines; /* of all runs, as text */
	size_t line_count, line_cap;
	/* Of one run: */
	const struct run *run;
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

static int
add_only(void *ctx, const struct run_summary *s)
{
	struct listing *l = ctx;
	struct run_facts facts;

	l->count++;
	run_facts_load(
	    &facts, l->run, s, l->is_retried, l->runs, l->dir, l->where);
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

/* Its retries, and the run that takes it back. */
static void
find_children(struct listing *l, const char *id)
{
	const struct run_filter of = {.parent = id};

	buf_clear(&l->retries);
	buf_clear(&l->undo);
	l->is_retried = false;
	(void)run_list_each(l->runs, &of, add_retry, l);
}

static void
show_one(struct listing *l)
{
	const char *id = run_identity(l->run)->id;
	const struct run_filter own = {.name = id};

	find_children(l, id);
	(void)run_list_each(l->runs, &own, add_only, l);
}

static char *
shown(const char *s)
{
	struct buf out = BUF_INIT(0);

	text_display(&out, text_of(s[0] != '\0' ? s : "-"), 0);
	return buf_detach(&out);
}

/* The command's name; its words are in status RUN. */
static char *
next_name(const struct run_facts *f)
{
	const char *name = strchr(f->next, ' ');
	size_t len = name ? strcspn(name + 1, " ") : 0;

	return len > 0 ? xstrndup(name + 1, len) : xstrdup("-");
}

static struct line *
new_line(struct listing *l)
{
	ARRAY_ROOM(l->lines, l->line_count, l->line_cap);
	return &l->lines[l->line_count++];
}

static void
add_names(struct listing *l)
{
	static const char *const names[COLUMN_COUNT] = {
	    "RUN", "FILE", "STARTED", "TOOK", "ROWS", "STATE", "NEXT"};
	struct line *x = new_line(l);

	for (int c = 0; c < COLUMN_COUNT; c++)
		x->cells[c] = xstrdup(names[c]);
}

static void
add_line(
    struct listing *l, const struct run_summary *s, const struct run_facts *f)
{
	const char *path = s->identity.input_path;
	const char *slash = strrchr(path, '/');
	struct buf text = BUF_INIT(0);
	char took[32];
	struct line *x = new_line(l);

	x->cells[COLUMN_RUN] = shown(s->identity.id);
	x->cells[COLUMN_FILE] = shown(slash ? slash + 1 : path);
	buf_addf(&text, "%.*s", (int)strcspn(s->identity.started, ".Z"),
	    s->identity.started);
	buf_adds(&text, text.len > 0 ? "Z" : "");
	x->cells[COLUMN_STARTED] = shown(buf_str(&text));
	buf_clear(&text);
	x->cells[COLUMN_TOOK] =
	    xstrdup(f->took_ms >= 0 ? page_duration(f->took_ms, took) : "-");
	run_facts_rows(f, &text);
	x->cells[COLUMN_ROWS] = shown(buf_str(&text));
	buf_clear(&text);
	buf_addf(
	    &text, "%s%s%s", s->state, s->verdict[0] ? ", " : "", s->verdict);
	x->cells[COLUMN_STATE] = shown(buf_str(&text));
	x->cells[COLUMN_NEXT] = next_name(f);
	buf_release(&text);
}

static size_t
cell_width(const char *cell)
{
	return text_width(cell, strlen(cell));
}

/* Cells of the columns from *from on, up to COLUMN_COUNT, in their widths. */
static void
put_cells(struct buf *out, const struct line *x, const enum column *from,
    const size_t widths[COLUMN_COUNT])
{
	size_t pad = 0;

	for (; *from != COLUMN_COUNT; from++) {
		const char *cell = x->cells[*from];

		buf_addf(out, "%*s%s", (int)pad, "", cell);
		pad = widths[*from] - cell_width(cell) + 2;
	}
	buf_addc(out, '\n');
}

/* In one line each, or in two, where a terminal has no room for one. */
static void
put_table(struct listing *l)
{
	static const enum column all[] = {COLUMN_RUN, COLUMN_FILE,
	    COLUMN_STARTED, COLUMN_TOOK, COLUMN_ROWS, COLUMN_STATE, COLUMN_NEXT,
	    COLUMN_COUNT};
	static const enum column first[] = {
	    COLUMN_RUN, COLUMN_STATE, COLUMN_NEXT, COLUMN_COUNT};
	static const enum column second[] = {COLUMN_FILE, COLUMN_STARTED,
	    COLUMN_TOOK, COLUMN_ROWS, COLUMN_COUNT};
	size_t widths[COLUMN_COUNT] = {0}, sum = 0;
	unsigned columns = page_columns(stdout);

	for (size_t i = 0; i < l->line_count; i++)
		for (int c = 0; c < COLUMN_COUNT; c++)
			if (widths[c] < cell_width(l->lines[i].cells[c]))
				widths[c] = cell_width(l->lines[i].cells[c]);
	for (int c = 0; c < COLUMN_COUNT; c++)
		sum += widths[c] + 2;
	for (size_t i = 0; i < l->line_count; i++) {
		const struct line *x = &l->lines[i];

		if (columns == 0 || sum <= columns + 2) {
			put_cells(&l->out, x, all, widths);
			continue;
		}
		put_cells(&l->out, x, first, widths);
		buf_adds(&l->out, "  ");
		put_cells(&l->out, x, second, widths);
	}
}

static void
say_next(struct listing *l)
{
	for (size_t i = 1; i < l->line_count; i++) {
		if (strcmp(l->lines[i].cells[COLUMN_NEXT], "-") == 0)
			continue;
		buf_adds(&l->out, "NEXT in full, ready to paste: ");
		shell_command(&l->out, "status", l->where);
		buf_adds(&l->out, " RUN\n");
		return;
	}
}

/* It has ended, and its books cannot be read now. */
static bool
lacks_books(const struct run *run, const struct run_summary *s,
    const struct run_facts *f)
{
	bool has_ended = strcmp(s->state, "finished") == 0 ||
			 strcmp(s->state, "stopped") == 0;

	return has_ended && (run == NULL || !f->has_books);
}

/* JSON cannot tell that some are left out, so it has them all. */
static int
add_run(void *ctx, const struct run_summary *s)
{
	struct listing *l = ctx;
	struct diag ignored = DIAG_INIT;
	struct run *run = run_open(l->dir, s->identity.id, &ignored);
	struct run_facts f = {.took_ms = -1};

	l->count++;
	find_children(l, s->identity.id);
	if (run || strcmp(s->state, "damaged") == 0)
		run_facts_load(
		    &f, run, s, l->is_retried, l->runs, l->dir, l->where);
	if (lacks_books(run, s, &f))
		log_warn("what became of the rows of run %s cannot be read "
			 "now; ask again",
		    s->identity.id);
	if (l->is_json)
		add_json(&l->out, s, &f, buf_str(&l->undo));
	else
		add_line(l, s, &f);
	run_facts_release(&f);
	run_free(run);
	return !l->is_json && !l->shows_all && l->count == NEWEST_SHOWN;
}

static void
show_all(struct listing *l)
{
	const struct run_filter all = {.name = NULL};
	size_t older = 0;
	char n[32];

	add_names(l);
	if (run_list_each(l->runs, &all, add_run, l) != 0)
		older = run_list_count(l->runs) - l->count;
	if (l->is_json || l->count == 0)
		return;
	put_table(l);
	say_next(l);
	if (older > 0) {
		buf_addf(&l->out,
		    "%s older %s; to list all: ", text_count(older, n),
		    older == 1 ? "run" : "runs");
		shell_command(&l->out, "status", l->where);
		buf_adds(&l->out, " --all\n");
	}
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

	l->dir = dir;
	l->where = settings_where(&o->settings);

	if (o->settings.operand_count > 0) {
		run = run_open(dir, o->settings.operands[0], d);
		if (!run)
			return -1;
		l->run = run;
	}
	runs = run_list_read(dir, d);
	if (!runs)
		goto out;
	l->runs = runs;
	if (l->is_json)
		json_array(&l->out, NULL);
	if (run)
		show_one(l);
	else
		show_all(l);
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
	for (size_t i = 0; i < l.line_count; i++)
		for (int c = 0; c < COLUMN_COUNT; c++)
			free(l.lines[i].cells[c]);
	free(l.lines);
	free(dir);
	return ret;
}

const struct command command_status = {
    .id = COMMAND_STATUS,
    .name = "status",
    .operands = "[RUN]",
    .operands_max = 1,
    .summary = "list runs, or show one",
    .details = "Without RUN: a table of the newest 20, and how many more there "
	       "are. RUN is a run's id, its folder, or latest.",
    .examples = {{"status", "the newest runs"},
	{"status latest", "the newest one"}},
    .run = run_status,
};
