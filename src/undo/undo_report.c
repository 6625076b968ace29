/* SPDX-License-Identifier: MIT */
/*
 * The books of an undo: what its parent created is the left side, its own
 * ledger the right one.
 */
#include "base/signals.h"
#include "base/xalloc.h"
#include "results/row_files.h"
#include "system/fault.h"
#include "system/log.h"
#include "system/screen.h"
#include "undo_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct closing {
	const struct undo_books *b;
	struct undo_rows rows;
	struct run_report report;
	struct problem_groups groups;
	struct run_story story;
	struct undo_results *file;
	struct own_files own;
};

static void
tell_row(struct closing *c, size_t i, const struct made_row *r)
{
	struct row_state s = ledger_outcomes_get(c->rows.own, i);
	struct undo_result line = {.row = r->sent.row,
	    .line = r->sent.line,
	    .chunk = c->rows.ordinal,
	    .key = r->sent.key,
	    .process_id = s.process_id,
	    .outcome = s.outcome,
	    .evidence = s.evidence,
	    .code = s.code,
	    .words = s.text};

	/* What is gone is not a problem. */
	if (s.outcome != undo_outcome_gone())
		problem_groups_add_outcome(&c->groups, s.outcome, s.code,
		    s.text, r->sent.row, r->sent.line);
	undo_results_add(c->file, &line);
}

/* Also after the signal that stopped the deleting. */
static int
tell_rows(struct closing *c, struct diag *d)
{
	int got;

	undo_rows_begin(&c->rows);
	while ((got = undo_rows_take(&c->rows, false, d)) > 0)
		for (size_t i = 0; i < c->rows.count; i++)
			tell_row(c, i, &c->rows.rows[i]);
	return got;
}

/* Absent is as good as deleted. */
static int
status_of(const struct run_report *r)
{
	struct outcome_counts rows = r->accounts.rows;
	int status;

	rows.rows[undo_outcome_gone()] = 0;
	status = exit_status_of_rows(&rows);
	if (!r->balanced)
		status = exit_status_worse(status, EXIT_INTERNAL);
	if (r->stop_kind != DIAG_NONE)
		status =
		    exit_status_worse(status, diag_exit_status(r->stop_kind));
	else if (r->stopped_by)
		status = exit_status_worse(status, EXIT_SERVICE);
	return status;
}

static int
load_end(struct closing *c, struct arena *arena, struct diag *d)
{
	struct run_report *r = &c->report;
	struct ledger *l = c->b->ledger;
	uint64_t kind, finished, rehearsal;
	char *text = NULL, *code = NULL;

	if (run_meta_number(l, META_STOP_KIND, 0, &kind, d) ||
	    run_meta_number(l, META_FINISHED, 0, &finished, d) ||
	    run_meta_number(l, LEDGER_REHEARSAL, 0, &rehearsal, d) ||
	    run_meta_number(l, META_ROWS_READ, 0, &r->accounts.rows_read, d) ||
	    run_story_load(&c->story, l, d))
		return -1;
	r->rehearsal = rehearsal != 0;
	r->place = rehearsal ? "the sandbox" : NULL;
	r->parts = c->story.parts;
	r->part_count = c->story.count;
	r->stop_kind = (enum diag_kind)kind;
	if (ledger_get(l, META_STOP_TEXT, &text, d) ||
	    ledger_get(l, META_STOP_CODE, &code, d)) {
		free(text);
		return -1;
	}
	if (kind != DIAG_NONE) {
		r->stopped_by = arena_strdup(arena, text ? text : "");
		r->stop_code = arena_strdup(arena, code ? code : "");
	} else if (!finished) {
		r->stopped_by = "the process ended unexpectedly";
	}
	free(text);
	free(code);
	return 0;
}

static void
describe(struct closing *c, struct arena *arena)
{
	struct text mapping = c->b->input->plan.mapping->bytes;
	unsigned char digest[SHA256_BYTES];
	char *hex = arena_alloc(arena, SHA256_HEX_SIZE);

	sha256_of(mapping.s, mapping.len, digest);
	sha256_hex(digest, hex);
	c->report.mapping_sha256 = hex;
}

static int
load_books(struct closing *c, struct arena *arena, struct diag *d)
{
	const struct undo_books *b = c->b;
	const struct run_identity *id = run_identity(b->run);
	struct run_report *r = &c->report;
	struct ledger_totals t;
	struct diag unbalanced = DIAG_INIT;

	*r = (struct run_report){.program_version = CSV2CHAKRA_VERSION,
	    .run_id = id->id,
	    .folder = run_folder(b->run),
	    .where = settings_where(b->settings),
	    .parent = id->parent,
	    .is_undo = true,
	    .input_name = id->input_path,
	    .input_sha256 = id->input_sha256,
	    .input_bytes = id->input_bytes,
	    .mapping_file = id->mapping_path,
	    .base_url = id->base_url,
	    .procedure = id->procedure,
	    .groups = &c->groups,
	    .ledger = b->ledger};
	describe(c, arena);
	if (load_end(c, arena, d) || ledger_totals(b->ledger, &t, d))
		return -1;
	accounts_from_ledger(&r->accounts, &t);
	r->accounts.is_undo = true;
	r->balanced = accounts_check(&r->accounts, &unbalanced) == 0;
	r->exit_status = status_of(r);
	return 0;
}

static int
write_files(struct closing *c, struct diag *d)
{
	const char *folder = run_folder(c->b->run);

	own_files_load(&c->own, folder);
	c->file = undo_results_new(folder, d);
	if (c->file == NULL || tell_rows(c, d))
		return -1;
	problem_groups_finish(&c->groups, NULL, 0);
	if (undo_results_finish(c->file, &c->own, d) ||
	    report_files_write(&c->report, folder, &c->own, NULL, d))
		return -1;
	return undo_results_commit(c->file, &c->own, d);
}

static int
print(const struct closing *c, struct diag *d)
{
	const struct run_report *r = &c->report;
	const struct settings *o = c->b->settings;
	struct buf text = BUF_INIT(1 << 24);
	int ret = 0;

	if (o->quiet && r->exit_status == 0)
		return 0;
	if (o->format == FORMAT_JSON)
		return report_json(r, o->calls, stdout, d) ? -1
							   : answer_flush(d);
	report_text(r, settings_colour(o, 1), &text);
	ret = answer_write(&text, d);
	buf_release(&text);
	return ret;
}

/* The file whose rows they are. */
static const char *
rows_name(const struct run_identity *id)
{
	return id->whole_name[0] != '\0' ? id->whole_name : id->input_path;
}

int
undo_close_books(const struct undo_books *b, struct diag *d)
{
	struct closing c = {.b = b};
	struct arena arena = {0};
	struct diag ignored = DIAG_INIT;
	int status = -1;

	problem_groups_init(
	    &c.groups, rows_name(run_identity(b->input->run.run)));
	buf_init(&c.rows.creator, 0);
	buf_init(&c.rows.sent, 0);
	c.rows.settings = b->settings;
	c.rows.input = b->input;
	c.rows.own_ledger = b->ledger;
	c.rows.made = ledger_outcomes_new(b->input->run.ledger);
	if (load_books(&c, &arena, d))
		goto out;
	c.groups.service = run_report_service(&c.report);
	(void)FAULT("undo.books");
	if (write_files(&c, d) ||
	    ledger_set_number(b->ledger, META_EXIT_STATUS,
		(uint64_t)c.report.exit_status, d) ||
	    ledger_commit(b->ledger, d))
		goto out;
	status = c.report.exit_status;
	metrics_take(b->audience->metrics, &c.report);
	if (print(&c, &ignored))
		log_warn("%s; the report is in %s", ignored.message,
		    run_folder(b->run));
out:
	undo_results_free(c.file);
	own_files_release(&c.own);
	problem_groups_release(&c.groups);
	run_story_release(&c.story);
	undo_rows_release(&c.rows);
	arena_release(&arena);
	return status;
}

bool
undo_is_meant(const struct settings *settings)
{
	struct diag ignored = DIAG_INIT;
	char *dir = runs_dir_default(settings->runs_dir, &ignored);
	struct run *run =
	    dir ? run_open(dir, settings->operands[0], &ignored) : NULL;
	bool is_undo =
	    run && strcmp(run_identity(run)->kind, RUN_KIND_UNDO) == 0;

	run_free(run);
	free(dir);
	return is_undo;
}

static int
report_with(const struct again_request *q, struct run *run,
    struct undo_input *in, struct diag *d)
{
	struct undo_books b = {.run = run,
	    .input = in,
	    .settings = q->settings,
	    .audience = q->audience};
	int status = -1;

	if (run_check_pruned(run, d) || run_hold(run, d) ||
	    (b.ledger = run_ledger_open(run, false, true, d)) == NULL)
		return -1;
	if (undo_input_open(
		in, q->settings, run_identity(run)->parent, q->csv, d) == 0)
		status = undo_close_books(&b, d);
	undo_input_release(in);
	ledger_free(b.ledger);
	return status < 0 ? -1 : status == EXIT_INTERNAL ? status : EXIT_GOOD;
}

int
undo_report(const struct again_request *q, struct diag *d)
{
	struct undo_input in;
	char *dir = runs_dir_own(q->settings->runs_dir, d);
	struct run *run = dir ? run_open_own(dir, q->run, d) : NULL;
	int status = -1;

	if (run)
		status = report_with(q, run, &in, d);
	run_free(run);
	free(dir);
	return status;
}
