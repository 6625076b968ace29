/* SPDX-License-Identifier: MIT */
/* From the parent to the number, and from the number to the report. */
#include "undo/undo.h"

#include "base/hash.h"
#include "base/signals.h"
#include "base/xalloc.h"
#include "system/fault.h"
#include "system/screen.h"
#include "undo_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
refuse(const struct undo *u, const char *code, const char *what,
    const char *command, struct diag *d)
{
	struct buf next = BUF_INIT(sizeof(d->help) - 1);

	diag_set(d, DIAG_USAGE, "%s", what);
	diag_code(d, code);
	shell_command(&next, command, settings_where(&u->settings));
	shell_add(&next, run_identity(u->input.run.run)->id);
	diag_help(d, "%s", buf_str(&next));
	buf_release(&next);
	return -1;
}

/* Calls whose job can still be asked. */
static int
has_job(void *ctx, const struct ledger_call *c)
{
	(void)ctx;
	return c->job[0] != '\0' &&
	       call_state_outcome(c->state, c->done) != c->done;
}

/* What is not settled in the parent is settled first. */
static int
check_settled(struct undo *u, struct diag *d)
{
	struct ledger_totals t;
	uint64_t open, lost;
	char words[128], n[32];
	int jobs = 0;

	if (ledger_totals(u->input.run.ledger, &t, d))
		return -1;
	u->created = t.outcomes.rows[outcome_of_verb("create")];
	lost = outcome_counts_of(&t.outcomes, TRAIT_LOST);
	open = outcome_counts_of(&t.outcomes, TRAIT_OPEN);
	u->updated = t.outcomes.rows[outcome_of_verb("update")];
	if (open > 0 && lost == 0 && u->input.plan.mapping->key == NULL)
		jobs =
		    ledger_each_call(u->input.run.ledger, -1, has_job, NULL, d);
	if (jobs < 0)
		return -1;
	if (open > 0 && (lost > 0 || jobs > 0 || u->input.plan.mapping->key)) {
		snprintf(words, sizeof(words),
		    "it is not known yet what became of %s row%s of this run",
		    text_count(open, n), open == 1 ? "" : "s");
		return refuse(u, "undo.open", words, "reconcile", d);
	}
	u->stay = open;
	return 0;
}

struct children {
	struct undo *u;
	struct buf names;
};

static int
see_child(void *ctx, const struct run_summary *s)
{
	struct children *c = ctx;

	if (strcmp(s->identity.kind, RUN_KIND_UNDO) == 0) {
		/* One that was killed before it had a ledger did nothing; what
		 * one that was pruned did, the service shows. */
		if ((!s->has_ledger && !s->sent) ||
		    strcmp(s->state, "pruned") == 0)
			return 0;
		snprintf(
		    c->u->own_id, sizeof(c->u->own_id), "%s", s->identity.id);
	} else if (s->sent || strcmp(s->state, "damaged") == 0 ||
		   strcmp(s->state, "running") == 0 ||
		   strcmp(s->state, "in use") == 0) {
		buf_addf(&c->names, "%s%s", c->names.len > 0 ? ", " : "",
		    s->identity.id);
	}
	return 0;
}

/* What sent rows of it again goes first, the newest one before the others. */
static int
check_children(struct undo *u, struct diag *d)
{
	const struct run_identity *id = run_identity(u->input.run.run);
	const struct run_filter of = {.parent = id->id};
	struct children c = {.u = u, .names = BUF_INIT(600)};
	int got = runs_each(u->input.run.runs_dir, &of, see_child, &c, d);

	if (got == 0 && c.names.len > 0) {
		diag_set(d, DIAG_USAGE,
		    "rows of run %s were sent again by a retry of it: %s",
		    id->id, buf_str(&c.names));
		diag_code(d, "undo.children");
		diag_help(d, "undo these first, beginning with the newest: the "
			     "first one that is named");
		got = -1;
	}
	buf_release(&c.names);
	return got < 0 ? -1 : 0;
}

static void
tick(void *ctx, const char *waits_for)
{
	struct undo *u = ctx;
	struct progress_facts p = {.phase = u->phase,
	    .rows_settled = u->seen,
	    .rows_read = u->created,
	    .rows_total = u->created,
	    .waits_for = waits_for};

	progress_update(u->progress, &p);
}

static int
open_parent(struct undo *u, struct diag *d)
{
	const struct settings *o = &u->settings;
	const struct run_identity *id;

	if (undo_input_open(&u->input, o, o->operands[0],
		o->operand_count > 1 ? o->operands[1] : NULL, d) ||
	    check_settled(u, d) || check_children(u, d))
		return -1;
	id = run_identity(u->input.run.run);
	u->lock = run_lock_take(u->input.run.runs_dir, id->input_key, d);
	if (u->lock == NULL)
		return -1;
	u->rows.settings = &u->settings;
	u->rows.input = &u->input;
	u->rows.service = &u->service;
	u->rows.made = ledger_outcomes_new(u->input.run.ledger);
	if (undo_service_open(&u->service, o, id->base_url, id->procedure,
		u->input.key_name, &u->clock, d))
		return -1;
	u->service.tick = tick;
	u->service.ctx = u;
	return service_clock_begin(&u->service.time, u->input.run.ledger,
	    undo_wall(&u->service), undo_now(&u->service), d);
}

/* Goes on with the undo that was begun. */
static int
open_own(struct undo *u, struct diag *d)
{
	if (u->own_id[0] == '\0')
		return 0;
	u->run = run_open_own(u->input.run.runs_dir, u->own_id, d);
	if (u->run == NULL || run_check_pruned(u->run, d) ||
	    run_hold(u->run, d))
		return -1;
	u->ledger = run_ledger_open(u->run, false, true, d);
	u->rows.own_ledger = u->ledger;
	return u->ledger ? 0 : -1;
}

static void
count_row(struct undo *u, const struct made_row *r)
{
	if (r->is_over)
		return;
	u->counted.rows[undo_rows_outcome(r, NULL, NULL)]++;
	u->changed += r->proof == UNDO_CHANGED;
	u->older += r->proof == UNDO_OLDER;
	u->no_proof += r->proof == UNDO_NO_PROOF;
}

static int
count_chunk(struct undo *u, struct diag *d)
{
	size_t to;

	for (size_t from = 0; from < u->rows.count; from = to) {
		to = from + LOOK_ROWS;
		if (to > u->rows.count)
			to = u->rows.count;
		if (diag_stopped(d) || undo_rows_look(&u->rows, from, to, d))
			return -1;
		for (size_t i = from; i < to; i++)
			count_row(u, &u->rows.rows[i]);
		u->seen += to - from;
	}
	return 0;
}

static int
count_all(struct undo *u, struct diag *d)
{
	int got;

	undo_rows_begin(&u->rows);
	while ((got = undo_rows_take(&u->rows, true, d)) > 0)
		if (count_chunk(u, d))
			return -1;
	return got;
}

/* The parent's chunks, each with the rows of it that were created. */
static int
copy_chunk(void *ctx, const struct ledger_chunk *c)
{
	struct undo *u = ctx;
	struct ledger_chunk own = *c;
	struct diag *d = &u->stop;

	if (ledger_outcomes_load(u->rows.made, c->ordinal, d))
		return -1;
	own.rows = 0;
	for (uint64_t i = 0; i < c->rows; i++)
		own.rows += (int)ledger_outcomes_get(u->rows.made, i).outcome ==
			    outcome_of_verb("create");
	own.records = own.rows;
	own.rejected = own.skipped = own.body_bytes = 0;
	return ledger_add_chunk(u->ledger, &own, d);
}

static int
fill_ledger(void *ctx, struct ledger *l, struct diag *d)
{
	struct undo *u = ctx;
	int failed;

	u->ledger = l;
	failed =
	    ledger_set(l, META_RUN_ID, run_identity(u->run)->id, d) ||
	    ledger_set(l, RUN_INPUT_KEY, run_identity(u->run)->input_key, d) ||
	    ledger_set_number(l, META_ROWS_READ, u->created, d);
	if (!failed &&
	    ledger_each_chunk(u->input.run.ledger, copy_chunk, u, d) != 0) {
		if (u->stop.kind != DIAG_NONE)
			*d = u->stop;
		failed = 1;
	}
	u->ledger = NULL;
	return failed ? -1 : 0;
}

/* A run of its own. Its input is the parent, and so is its key made of it. */
static int
create_own(struct undo *u, struct diag *d)
{
	struct run_identity id = *run_identity(u->input.run.run);
	unsigned char digest[SHA256_BYTES];
	struct buf of = BUF_INIT(0);
	char *path;

	snprintf(id.parent, sizeof(id.parent), "%s", id.id);
	snprintf(id.kind, sizeof(id.kind), "%s", RUN_KIND_UNDO);
	buf_addf(&of, "%s %s", RUN_KIND_UNDO, id.id);
	sha256_of(of.data, of.len, digest);
	sha256_hex(digest, id.input_key);
	sha256_hex(digest, id.run_key);
	buf_release(&of);
	id.whole_key[0] = id.whole_name[0] = '\0';
	id.first_row = id.last_row = 0;
	u->run = run_create(u->input.run.runs_dir, id.input_path, &id,
	    u->input.plan.mapping->bytes, &u->clock, d);
	if (u->run == NULL)
		return -1;
	path = run_path(u->run, "ledger.sqlite");
	u->ledger = ledger_create_filled(path, fill_ledger, u, d);
	free(path);
	return u->ledger ? 0 : -1;
}

/* From here on nobody else goes on with the parent. */
static int
mark_parent(struct undo *u, bool is_over, struct diag *d)
{
	struct ledger *l = u->input.run.ledger;

	if (ledger_set(l, LEDGER_UNDONE_BY, run_identity(u->run)->id, d) ||
	    (is_over && ledger_set(l, LEDGER_UNDONE, "1", d)))
		return -1;
	return ledger_commit(l, d);
}

static int
begin(struct undo *u, struct diag *d)
{
	static const char *const ends[] = {
	    META_FINISHED, META_STOP_KIND, META_EXIT_STATUS};

	if (u->run == NULL && create_own(u, d))
		return -1;
	(void)FAULT("undo.created");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ledger_set(u->ledger, ends[i], "", d))
			return -1;
	if (u->service.is_sandbox &&
	    ledger_set(u->ledger, LEDGER_REHEARSAL, "1", d))
		return -1;
	if (ledger_add_event(
		u->ledger, undo_wall(&u->service), "start", RUN_KIND_UNDO, d) ||
	    ledger_commit(u->ledger, d) || mark_parent(u, false, d))
		return -1;
	(void)FAULT("undo.marked");
	return 0;
}

/* How it ended, in its own ledger, and in the parent's when nothing that the
 * parent made is left. */
static int
write_end(struct undo *u, const struct diag *stop, struct diag *d)
{
	struct ledger *l = u->ledger;
	struct ledger_totals t;
	bool is_stopped = stop->kind != DIAG_NONE;

	if (ledger_set_number(l, META_STOP_KIND, stop->kind, d) ||
	    (is_stopped && (ledger_set(l, META_STOP_TEXT, stop->message, d) ||
			       ledger_set(l, META_STOP_CODE, stop->code, d))) ||
	    ledger_set_number(l, META_FINISHED, 1, d) ||
	    ledger_add_event(l, undo_wall(&u->service), "end",
		is_stopped ? stop->message : "finished", d) ||
	    service_clock_store(
		&u->service.time, l, undo_wall(&u->service), true, d) ||
	    ledger_commit(l, d) || ledger_totals(l, &t, d))
		return -1;
	if (u->stay > 0 ||
	    outcome_counts_sum(&t.outcomes) !=
		t.outcomes.rows[verb_of(verb_named("delete"))->done] +
		    t.outcomes.rows[undo_outcome_gone()])
		return 0;
	return mark_parent(u, true, d);
}

static int
delete_and_close(struct undo *u, struct diag *d)
{
	struct diag stop = DIAG_INIT;
	struct undo_books b = {.input = &u->input,
	    .settings = &u->settings,
	    .audience = &u->audience};
	struct progress_facts end = {.phase = "done",
	    .rows_settled = u->created,
	    .rows_read = u->created,
	    .rows_total = u->created};
	int status;

	if (begin(u, d))
		return -1;
	if (undo_delete_all(u, &stop) && stop.kind == DIAG_NONE)
		diag_set(&stop, DIAG_INTERNAL, "deleting failed");
	if (write_end(u, &stop, d))
		return -1;
	(void)FAULT("undo.ended");
	progress_end(u->progress, &end);
	b.run = u->run;
	b.ledger = u->ledger;
	status = undo_close_books(&b, d);
	if (stop.kind != DIAG_NONE && status >= 0)
		*d = stop;
	/* Exit statuses 2, 8 and 75 say that nothing was done. */
	if (d->kind == DIAG_USAGE || d->kind == DIAG_LOCKED)
		d->kind = DIAG_DISK;
	return status;
}

/* Only what can be deleted, or is gone, makes a run of its own; what was begun
 * goes on. */
static bool
has_work(const struct undo *u)
{
	uint64_t gone = u->counted.rows[undo_outcome_gone()];

	return u->created > 0 &&
	       (u->run != NULL ||
		   outcome_counts_of(&u->counted, TRAIT_DUE) > 0 ||
		   gone == u->created);
}

static int
undo_with(struct undo *u, struct diag *d)
{
	struct outcome_counts would;

	if (open_parent(u, d) || open_own(u, d))
		return -1;
	u->phase = "looking up";
	if (count_all(u, d))
		return -1;
	progress_clear(u->progress);
	(void)FAULT("undo.counted");
	if (!u->settings.dry_run &&
	    (undo_confirm(u, d) || undo_write_way_back(u, d)))
		return -1;
	if (!u->settings.dry_run && has_work(u)) {
		undo_tell_way_back(u);
		return delete_and_close(u, d);
	}
	would = u->counted;
	would.rows[undo_outcome_gone()] = 0;
	return undo_tell(u, d) ? -1 : exit_status_of_rows(&would);
}

int
undo_run(const struct settings *settings, const struct run_audience *audience,
    struct diag *d)
{
	struct undo u = {.settings = *settings, .audience = *audience};
	int status;

	u.clock = FAULT_CLOCK(clock_system());
	signals_install();
	signals_ignore_pipe();
	buf_init(&u.rows.creator, 0);
	buf_init(&u.rows.sent, 0);
	u.progress = settings->view;
	status = undo_with(&u, d);
	undo_rows_release(&u.rows);
	undo_service_release(&u.service);
	ledger_free(u.ledger);
	run_free(u.run);
	run_lock_release(u.lock);
	free(u.way_back);
	undo_input_release(&u.input);
	return status;
}
