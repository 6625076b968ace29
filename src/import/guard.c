/* SPDX-License-Identifier: MIT */
/* The newest run that sent something decides which command is the right one,
 * by how it ended. */
#include "guard.h"
#include "import/import.h"

#include "base/buf.h"
#include "base/civil.h"
#include "base/xalloc.h"
#include "plan/part.h"
#include "report/terminal.h"
#include "run_reopen.h"
#include "runs/run.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
is_in_use(const struct run_summary *s)
{
	return strcmp(s->state, "running") == 0 ||
	       strcmp(s->state, "in use") == 0;
}

static int
look(void *ctx, const struct run_summary *s)
{
	struct guard_find *f = ctx;

	/* What cannot be read may have sent everything, and what is at work
	 * may send it. */
	if (!s->sent && strcmp(s->state, "damaged") != 0 && !is_in_use(s))
		return 0;
	f->run = *s;
	f->has_found = true;
	return 1;
}

int
guard_look(const char *runs_dir, const struct plan *p, struct guard_find *out,
    struct diag *d)
{
	struct run_identity place;
	const struct run_filter same = {
	    .input_key = p->input_key, .place = &place};

	plan_identify(p, &place);
	memset(out, 0, sizeof(*out));
	return runs_each(runs_dir, &same, look, out, d) < 0 ? -1 : 0;
}

bool
guard_look_in(
    const struct run_list *l, const char *input_key, struct guard_find *out)
{
	const struct run_filter same = {.input_key = input_key};

	return run_list_each(l, &same, look, out) > 0;
}

static int
look_at_damaged(void *ctx, const struct run_summary *s)
{
	return strcmp(s->state, "damaged") == 0 && s->sent ? look(ctx, s) : 0;
}

bool
guard_look_damaged(const struct run_list *l,
    bool (*may_be)(const void *ctx, const char *name), const void *ctx,
    struct guard_find *out)
{
	size_t count;
	const struct run_entry *e = run_list_entries(l, &count);

	for (size_t i = 0; i < count; i++) {
		const struct run_filter one = {.name = e[i].name};

		if (!e[i].is_known && may_be(ctx, e[i].name) &&
		    run_list_each(l, &one, look_at_damaged, out) > 0)
			return true;
	}
	return false;
}

struct split_find {
	const struct run_identity *place;
	struct guard_find found;
};

/* What was sent under this very input key has the guard's usual word. */
static int
look_beside(void *ctx, const struct run_summary *s)
{
	struct split_find *f = ctx;

	return strcmp(s->identity.input_key, f->place->input_key) == 0
		   ? 0
		   : look(&f->found, s);
}

static int
refuse_split(const struct run_identity *place, const struct guard_find *f,
    const struct plan *p, struct diag *d)
{
	const struct run_identity *id = &f->run.identity;

	if (place->whole_key[0] == '\0')
		diag_set(d, DIAG_IMPORTED,
		    "'%s' was split, and run %s imported rows %" PRIu64
		    " to %" PRIu64 " of it; nothing was sent",
		    p->csv_name, id->id, id->first_row, id->last_row);
	else if (id->whole_key[0] == '\0')
		diag_set(d, DIAG_IMPORTED,
		    "'%s' is a part of '%s', which run %s imported whole; "
		    "nothing was sent",
		    p->csv_name, place->whole_name, id->id);
	else
		diag_set(d, DIAG_IMPORTED,
		    "'%s' has rows %" PRIu64 " to %" PRIu64
		    " of '%s', and run %s imported rows %" PRIu64 " to %" PRIu64
		    " from another split; nothing was sent",
		    p->csv_name, place->first_row, place->last_row,
		    place->whole_name, id->id, id->first_row, id->last_row);
	diag_code(d, "guard.split");
	return diag_help(d,
	    "continue what was begun: csv2chakra status %s shows it; --again "
	    "sends these rows once more",
	    id->id);
}

struct shared_rows {
	const char *runs_dir;
	const struct plan *plan;
	const struct run_filter *parts;
};

/* Is that run's input a part of the same whole, with rows of this one's? */
static bool
may_share_rows(const void *ctx, const char *name)
{
	const struct shared_rows *s = ctx;
	const struct plan *p = s->plan;
	struct buf path = BUF_INIT(0);
	struct diag ignored = DIAG_INIT;
	struct part *part = NULL;
	bool may = true;
	char key[65];

	buf_addf(&path, "%s/%s/" RUN_ROWS, s->runs_dir, name);
	if (part_open(buf_str(&path), &part, &ignored) == 0 && part == NULL) {
		may = false;
	} else if (part != NULL) {
		run_input_key(
		    part->whole_sha256, p->base_url, p->procedure, key);
		may = strcmp(key, s->parts->whole_key) == 0 &&
		      part->first_row <= s->parts->last_row &&
		      part->last_row >= s->parts->first_row;
	}
	part_free(part);
	buf_release(&path);
	return may;
}

int
guard_check_split(const char *runs_dir, const struct plan *p,
    const struct settings *o, struct diag *d)
{
	struct run_identity place;
	struct split_find *f = xcalloc(1, sizeof(*f));
	bool is_part = p->part != NULL;
	const struct run_filter parts = {
	    .whole_key = is_part ? p->whole_key : p->input_key,
	    .first_row = is_part ? p->part->first_row : 0,
	    .last_row = is_part ? p->part->last_row : UINT64_MAX,
	};
	const struct run_filter whole = {.input_key = p->whole_key};
	const struct shared_rows shared = {runs_dir, p, &parts};
	struct run_list *runs;
	int ret;

	if (o->again || o->submit.skip_existing) {
		free(f);
		return 0;
	}
	plan_identify(p, &place);
	f->place = &place;
	runs = run_list_read(runs_dir, d);
	ret = runs ? run_list_each(runs, &parts, look_beside, f) : -1;
	if (ret == 0 && is_part)
		ret = run_list_each(runs, &whole, look_beside, f);
	if (ret > 0)
		ret = refuse_split(&place, &f->found, p, d);
	else if (ret == 0 &&
		 guard_look_damaged(runs, may_share_rows, &shared, &f->found))
		ret = guard_check_damaged(&f->found, o, d);
	run_list_free(runs);
	free(f);
	return ret;
}

int
guard_check_options(const struct settings *o, struct diag *d)
{
	if (o->again && (o->resume || o->if_changed))
		return diag_set(d, DIAG_USAGE,
		    "--again sends everything once more; it cannot be used "
		    "with "
		    "--%s",
		    o->resume ? "resume" : "if-changed");
	if (o->after && (o->again || o->submit.skip_existing))
		return diag_set(d, DIAG_USAGE,
		    "--after sends only the rows that were added; it does not "
		    "go with --%s",
		    o->again ? "again" : "skip-existing");
	if (o->changes &&
	    (o->resume || o->if_changed || o->after || o->submit.skip_existing))
		return diag_set(d, DIAG_USAGE,
		    "--changes applies a list of changes; it does not go with "
		    "--%s",
		    o->resume	    ? "resume"
		    : o->if_changed ? "if-changed"
		    : o->after	    ? "after"
				    : "skip-existing");
	return 0;
}

/* When a run started; 0, before all others, if it does not say. */
static int64_t
start_of(const struct run_identity *id)
{
	int64_t ms;

	return civil_read_iso8601(id->started, &ms) ? ms : 0;
}

int
guard_check_newest(
    const char *runs_dir, const struct run_identity *id, struct diag *d)
{
	struct guard_find found = {.has_found = false};
	/* Of two of 0.1.0 in one second nobody can say which is the newer. */
	const struct run_filter newer = {.input_key = id->input_key,
	    .but = id->id,
	    .place = id,
	    .not_before_ms = start_of(id)};
	char word[SHELL_WORD_SIZE];

	if (runs_each(runs_dir, &newer, look, &found, d) < 0)
		return -1;
	if (!found.has_found)
		return 0;
	if (guard_check_in_use(&found, d))
		return -1;
	diag_set(d, DIAG_IMPORTED,
	    "the input of run %s was imported since, by run %s; nothing was "
	    "sent",
	    id->id, found.run.identity.id);
	return diag_help(d,
	    "continue the newer run: csv2chakra status %s shows how",
	    shell_word(found.run.identity.id, word));
}

bool
guard_is_superseded(const struct run_list *l, const struct run_identity *id)
{
	struct guard_find found = {.has_found = false};
	const struct run_filter newer = {.input_key = id->input_key,
	    .but = id->id,
	    .place = id,
	    .not_before_ms = start_of(id) + 1};

	(void)run_list_each(l, &newer, look, &found);
	return found.has_found && strcmp(found.run.state, "damaged") != 0 &&
	       !is_in_use(&found.run);
}

int
guard_check_in_use(const struct guard_find *f, struct diag *d)
{
	const struct run_summary *s = &f->run;

	if (!f->has_found || !is_in_use(s))
		return 0;
	diag_set(d, DIAG_LOCKED, "%s %s run %s of this input; nothing was sent",
	    s->holder[0] != '\0' ? s->holder : "another process",
	    strcmp(s->state, "running") == 0 ? "works on"
					     : "has open the ledger of",
	    s->identity.id);
	diag_code(d,
	    strcmp(s->state, "running") == 0 ? "run.locked" : "ledger.locked");
	return diag_help(
	    d, "wait until it has ended, then run this command again");
}

static bool
is_damaged(const struct guard_find *f)
{
	return f->has_found && strcmp(f->run.state, "damaged") == 0;
}

/* --again alone would send what the run sent, and nobody can say what that
 * is. */
static int
refuse_damaged(
    const struct guard_find *f, const struct settings *o, struct diag *d)
{
	struct buf next = BUF_INIT(sizeof(d->help) - 1);

	diag_set(d, DIAG_INPUT,
	    "run %s may have sent rows of this input, and it is unknown which "
	    "(%s); nothing was sent",
	    f->run.identity.id, f->run.damage);
	diag_code(d, "run.damaged");
	run_damage_next(&f->run, o, settings_where(o), &next);
	if (!next.overflow)
		diag_help(d, "%s", buf_str(&next));
	buf_release(&next);
	return -1;
}

/* It was pruned by its name, and rows of it are unknown, or all are: its ledger
 * was gone or damaged. */
bool
guard_left_unknown(const struct guard_find *f)
{
	return strcmp(f->run.state, "pruned") == 0 &&
	       (strcmp(f->run.verdict, "exit " RUN_EXIT_UNKNOWN) == 0 ||
		   strcmp(f->run.verdict, "exit 6") == 0);
}

int
guard_check_damaged(
    const struct guard_find *f, const struct settings *o, struct diag *d)
{
	return is_damaged(f) ? refuse_damaged(f, o, d) : 0;
}

bool
guard_is_over(const struct guard_find *f)
{
	return f->has_found && !is_damaged(f) && !guard_is_stopped(f) &&
	       !guard_left_unknown(f);
}

bool
guard_is_stopped(const struct guard_find *f)
{
	return f->has_found && strcmp(f->run.state, "stopped") == 0;
}

/* Some of its processes were deleted, and others stay. */
static int
refuse_undone(
    const struct guard_find *f, const struct settings *o, struct diag *d)
{
	struct buf line = BUF_INIT(sizeof(d->help) - 1);

	diag_set(d, DIAG_IMPORTED,
	    "this input was imported before, by run %s, and run %s, which "
	    "takes it back, left some of it; nothing was sent",
	    f->run.identity.id, f->run.undone_by);
	shell_command(&line, "undo", settings_where(o));
	shell_add(&line, f->run.identity.id);
	buf_adds(&line, " goes on with that; or, to send only the rows that a "
			"lookup does not find: ");
	shell_command(&line, IMPORT_REST, settings_where(o));
	settings_typed_input(o, &line);
	if (!line.overflow)
		diag_help(d, "%s", buf_str(&line));
	buf_release(&line);
	return -1;
}

int
guard_refuse(
    const struct guard_find *f, const struct settings *o, struct diag *d)
{
	static const struct {
		const char *verdict, *command;
	} commands[] = {
	    {"exit 1", "retry"},
	    {"exit 6", "reconcile"},
	};
	const char *command = guard_is_stopped(f) ? "resume" : NULL;
	struct buf line = BUF_INIT(8192);
	bool is_pruned = strcmp(f->run.state, "pruned") == 0;

	if (is_damaged(f))
		return refuse_damaged(f, o, d);
	if (f->run.undone_by[0] != '\0' && o->command != COMMAND_RETRY)
		return refuse_undone(f, o, d);
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!command && !is_pruned &&
		    strcmp(f->run.verdict, commands[i].verdict) == 0)
			command = commands[i].command;
	/* Its rows that failed are those of the newer run. */
	if (!command && o->command == COMMAND_RETRY)
		command = is_pruned ? "status" : "report";
	diag_set(d, DIAG_IMPORTED,
	    "this input was imported before, by run %s; nothing was sent",
	    f->run.identity.id);
	shell_command(&line,
	    command		    ? command
	    : guard_left_unknown(f) ? run_import_rest(&f->run.identity)
				    : IMPORT_AGAIN,
	    settings_where(o));
	if (command)
		shell_add(&line, f->run.identity.id);
	else
		settings_typed_input(o, &line);
	diag_help(d, "%s%s",
	    command		    ? ""
	    : guard_left_unknown(f) ? "some of its rows stayed unknown; check "
				      "first which of them ChakraHQ has, then "
				      "this sends those that a lookup does not "
				      "find: "
	    : f->run.identity.looks_first
		? "to look all its rows up again, and send what differs: "
		: "to send all its rows once more: ",
	    buf_str(&line));
	buf_release(&line);
	return -1;
}

int
guard_check_skipping(const struct settings *o, const struct mapping *m,
    const char *mapping_path, struct diag *d)
{
	if (!o->submit.skip_existing || (m->key && m->mode == MODE_CREATE))
		return 0;
	diag_set(d, DIAG_USAGE,
	    m->key ? "--skip-existing would skip every row that '%s' changes"
		   : "--skip-existing looks rows up by their key, and the "
		     "mapping '%s' has none",
	    mapping_path);
	if (m->key)
		diag_code(d, "update.skip_existing");
	return diag_help(d, m->key ? "omit it" : "map lead_id, or key:");
}
