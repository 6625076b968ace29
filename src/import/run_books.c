/* SPDX-License-Identifier: MIT */
/*
 * The closing pass. Everything in the report comes from the ledger, which was
 * closed and opened again, and from a fresh reading of the input; only the
 * number of rows read is what the reader said that was sent from, because
 * that is the left side of the equation.
 */
#include "run_books.h"

#include "base/hash.h"
#include "base/text.h"
#include "results/row_files.h"
#include "run_end.h"
#include "run_settings.h"
#include "send/submitter.h"
#include "service_watch.h"
#include "system/fault.h"
#include "system/screen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
run_books_release(struct run_books *b)
{
	problem_groups_release(&b->groups);
	run_story_release(&b->story);
	arena_release(&b->arena);
	memset(b, 0, sizeof(*b));
}

/* A text of the meta table, owned by the arena; NULL if there is none. */
static int
meta_text(struct run_books *b, struct ledger *l, const char *key,
    const char **out, struct diag *d)
{
	char *text;
	int ret = ledger_get(l, key, &text, d);

	*out = text ? arena_strdup(&b->arena, text) : NULL;
	free(text);
	return ret;
}

static int
note_clock(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	struct run_report *r = ctx;
	int64_t within_ms;

	(void)at_ms;
	if (strcmp(kind, CLOCK_EVENT) == 0 &&
	    service_clock_parse(text, &r->clock_offset_ms, &within_ms))
		r->has_clock = true;
	return 0;
}

static int
load_story(struct run_books *b, struct ledger *l, struct diag *d)
{
	if (run_story_load(&b->story, l, d))
		return -1;
	b->report.parts = b->story.parts;
	b->report.part_count = b->story.count;
	return ledger_each_event(l, note_clock, &b->report, d);
}

void
books_describe(struct run_report *out, const struct plan *p,
    const struct reader *reader, struct arena *arena)
{
	unsigned char digest[SHA256_BYTES];
	char *hex = arena_alloc(arena, SHA256_HEX_SIZE);

	sha256_of(p->mapping->bytes.s, p->mapping->bytes.len, digest);
	sha256_hex(digest, hex);
	out->program_version = CSV2CHAKRA_VERSION;
	out->compression = input_compression(p->input);
	out->encoding = p->encoding.name;
	out->encoding_evidence = encoding_evidence_name(p->encoding.evidence);
	out->encoding_guessed = p->encoding.evidence == ENCODING_GUESSED;
	out->dialect = p->dialect;
	out->columns = reader_header(reader)->count;
	out->mapping_sha256 = hex;
	out->tables = p->tables;
	out->table_count = p->table_count;
	out->in_full = p->settings.verbose;
	out->all_problems = p->settings.all_problems;
}

static void
describe(struct run_books *b, const struct books_request *r)
{
	const struct run_identity *id = run_identity(r->run);
	const struct plan *p = r->plan;
	struct run_report *out = &b->report;
	struct buf reading = BUF_INIT(1 << 16);

	plan_reading_options(p, &reading);
	out->reading_options = arena_strdup(&b->arena, buf_str(&reading));
	buf_clear(&reading);
	out->rehearsed = p->settings.command == COMMAND_REHEARSE
			     ? p->settings.operands
			     : NULL;
	settings_typed_all(&p->settings, &reading);
	out->typed_options = arena_strdup(&b->arena, buf_str(&reading));
	buf_clear(&reading);
	settings_place_of(id->base_url,
	    text_is(p->mapping->procedure, id->procedure) ? NULL
							  : id->procedure,
	    &reading);
	out->place_options = arena_strdup(&b->arena, buf_str(&reading));
	buf_release(&reading);
	out->where = r->where;
	books_describe(out, p, r->reading->reader, &b->arena);
	out->run_id = id->id;
	out->folder = run_folder(r->run);
	out->parent = id->parent[0] ? id->parent : NULL;
	out->input_name = id->input_path;
	out->input_sha256 = id->input_sha256;
	out->input_bytes = id->input_bytes;
	out->mapping_file = id->mapping_path;
	out->base_url = id->base_url;
	out->procedure = id->procedure;
	out->ledger = r->ledger;
	out->groups = &b->groups;
	out->limit = p->chunker_options.limit;
	out->has_row_files = r->write_files;
}

/* Reads the input beside the ledger to its end. */
static int
read_again(struct row_files *files, struct reading *again,
    const struct books_request *r, struct diag *d)
{
	struct chunker_options options = again->plan->chunker_options;
	struct chunk chunk;
	int got;

	chunk_init(&chunk);
	options.limit = 0; /* what is unread is counted */
	options.no_digest = true;
	reading_start(again, &options, row_files_observer(files));
	while ((got = chunker_next(again->chunker, &chunk, d)) > 0)
		if (r->tick)
			r->tick(r->tick_ctx,
			    input_disk_position(reading_input(again)));
	chunk_release(&chunk);
	if (got < 0)
		return -1;
	return byte_counter_drain(&again->counter, d);
}

static int
load_accounts(struct run_books *b, const struct books_request *r,
    const struct reader *reader, const struct reading *again,
    const struct row_files *files, struct diag *d)
{
	const struct row_files_reread *seen = row_files_reread(files);
	struct accounts *a = &b->report.accounts;
	struct ledger_totals totals;
	uint64_t limited, rows_read;

	if (ledger_totals(r->ledger, &totals, d) ||
	    run_meta_number(r->ledger, META_LIMITED, 0, &limited, d) ||
	    run_meta_number(
		r->ledger, META_ROWS_READ, seen->records, &rows_read, d))
		return -1;
	accounts_from_reader(a, reader_tally(reader));
	accounts_from_ledger(a, &totals);
	a->rows_read = rows_read + FAULT("books.miscount");
	a->bytes = again ? again->counter.bytes : 0;
	a->unread_bytes = seen->unread_bytes;
	a->unread_line = seen->unread_line;
	a->input_lost = b->report.input_lost != NULL;
	b->report.limited = limited && (seen->unread_records || a->input_lost);
	a->may_leave_unread = limited || b->report.stopped_by != NULL;
	return 0;
}

/* What stopped the run, as the ledger has it. A run that did not finish has
 * noted nothing: it was killed. */
static int
load_stop(struct run_books *b, struct ledger *l, struct diag *d)
{
	uint64_t kind, finished;

	if (run_meta_number(l, META_STOP_KIND, 0, &kind, d) ||
	    run_meta_number(l, META_FINISHED, 0, &finished, d))
		return -1;
	b->report.stop_kind = (enum diag_kind)kind;
	if (kind != DIAG_NONE)
		return meta_text(
			   b, l, META_STOP_TEXT, &b->report.stopped_by, d) ||
			       meta_text(b, l, META_STOP_CODE,
				   &b->report.stop_code, d)
			   ? -1
			   : 0;
	if (!finished)
		b->report.stopped_by = "the process ended unexpectedly";
	return 0;
}

/* A run was stopped, and a part that only asks has settled what was left: no
 * row waits for anything any more, so that there is nothing to resume. What
 * --max-errors says of the rows stays said. */
static void
end_stop(struct run_books *b, const struct books_request *r)
{
	struct run_report *out = &b->report;
	const struct accounts *a = &out->accounts;
	int status = diag_exit_status(out->stop_kind);

	if (!r->may_end_stop || !out->stopped_by || a->unread_bytes > 0 ||
	    outcome_counts_of(&a->rows, TRAIT_DUE) > 0 ||
	    (out->stop_kind != DIAG_NONE && status != 4 && status != 5))
		return;
	out->stop_kind = DIAG_NONE;
	out->stopped_by = NULL;
	b->stop_ended = true;
}

static int
exit_status_of(const struct run_books *b)
{
	const struct run_report *r = &b->report;
	int status = exit_status_of_rows(&r->accounts.rows);

	if (!r->balanced)
		status = exit_status_worse(status, 70);
	if (r->stop_kind != DIAG_NONE)
		status =
		    exit_status_worse(status, diag_exit_status(r->stop_kind));
	else if (r->stopped_by)
		status = exit_status_worse(status, 4);
	if (r->unclosed_quote || r->input_lost)
		status = exit_status_worse(status, 7);
	return status;
}

/* The input does not read as it did: what is left of the rows comes from the
 * ledger. */
static void
lose_input(struct run_books *b, const struct diag *why)
{
	b->report.input_lost = arena_strdup(&b->arena, why->message);
}

/* Reads the input beside the ledger; without it everything is told from the
 * ledger alone. */
static int
read_rows(struct run_books *b, const struct books_request *r,
    struct reading *again, struct row_files *files, struct diag *d)
{
	struct diag why = DIAG_INIT;

	if (again) {
		if (read_again(files, again, r, &why) == 0)
			return 0;
		if (why.kind != DIAG_INPUT) {
			*d = why;
			return -1;
		}
		lose_input(b, &why);
	}
	row_files_lose_rest(files);
	return 0;
}

/* Their names are chosen when the row files are closed. */
static int
write_files(struct run_books *b, const char *folder, struct row_files *files,
    struct diag *d)
{
	struct own_files *own = row_files_own(files);
	int ret = report_files_write(&b->report, folder, own, files, d);

	b->own = *own;
	b->own.folder = arena_strdup(&b->arena, own->folder);
	b->report.files = &b->own;
	return ret;
}

static int
close_with(struct run_books *b, const struct books_request *r,
    struct reading *again, struct byte_source raw, struct diag *books_diag,
    struct diag *d)
{
	const struct reader *reader =
	    again ? again->reader : r->reading->reader;
	struct row_files_options o = {
	    .folder = r->write_files ? run_folder(r->run) : NULL,
	    .reader = reader,
	    .builder = again ? again->builder : NULL,
	    .ledger = r->ledger,
	    .raw = raw,
	    .encoding = r->plan->encoding.name,
	    .delimiter = r->plan->dialect.delimiter,
	    .groups = &b->groups,
	    .exact_outcome = r->exact_outcome,
	    .exact_out = r->exact_out,
	    .exact_is_screen = r->exact_is_screen,
	};
	struct row_files *files = row_files_new(&o, d);
	int ret = -1;

	if (files == NULL)
		return -1;
	if (read_rows(b, r, again, files, d) ||
	    load_accounts(b, r, reader, again, files, d))
		goto out;
	if (again)
		problem_groups_advise(&b->groups, again->builder);
	end_stop(b, r);
	problem_groups_finish(
	    &b->groups, reader_header(reader), reader_tally(reader)->records);
	b->report.unclosed_quote = reader_unclosed(reader);
	b->report.balanced =
	    accounts_check(&b->report.accounts, books_diag) == 0;
	b->report.exit_status = exit_status_of(b);
	if (r->write_files)
		b->report.failed = row_files_failed(files);
	ret = r->write_files ? write_files(b, run_folder(r->run), files, d)
			     : row_files_commit(files, d);
out:
	b->report.failed = NULL;
	row_files_free(files);
	return ret;
}

/* One reading of the input beside the ledger; without_input: none at all,
 * everything is told from the ledger. */
static int
close_once(struct run_books *b, const struct books_request *r,
    bool without_input, struct diag *books_diag, struct diag *d)
{
	struct reading *again = NULL;
	struct raw_reading raw = {0};
	int ret = -1;

	problem_groups_release(&b->groups);
	problem_groups_init(&b->groups, plan_rows_name(r->plan));
	b->groups.service = run_report_service(&b->report);
	b->groups.every = settings_every_problem(&r->plan->settings);
	if (!without_input)
		again = reading_open_after(r->reading, d);
	if (without_input || (again && raw_reading_open(&raw, r->plan, d) == 0))
		ret = close_with(
		    b, r, again, raw_reading_source(&raw), books_diag, d);
	raw_reading_release(&raw);
	reading_free(again);
	return ret;
}

int
run_books_close(struct run_books *b, const struct books_request *r,
    struct diag *books_diag, struct diag *d)
{
	struct diag why = DIAG_INIT;
	const char *settings;

	memset(b, 0, sizeof(*b));
	problem_groups_init(&b->groups, plan_rows_name(r->plan));
	describe(b, r);
	if (meta_text(b, r->ledger, META_SETTINGS, &settings, d))
		return -1;
	b->report.settings =
	    run_settings_shown(settings, &b->arena, &b->report.setting_count);
	if (load_story(b, r->ledger, d) || load_stop(b, r->ledger, d) ||
	    run_end_place(r->ledger, &b->arena, &b->report, d) ||
	    run_end_rest(r->ledger, run_identity(r->run)->looks_first,
		&b->report.rest, d) ||
	    run_end_other_version(r->ledger, run_identity(r->run),
		&b->report.is_other_version, d))
		return -1;
	b->report.looks_first = run_identity(r->run)->looks_first;
	b->report.contact = service_of_run(run_folder(r->run), &b->arena);
	if (close_once(b, r, false, books_diag, &why) == 0)
		return 0;
	if (why.kind != DIAG_INPUT || r->exact_out) {
		*d = why;
		return -1;
	}
	/* It failed beside a reading that went well, or before any row. */
	b->report.is_other_version |=
	    run_identity(r->run)->payload_version != RUN_PAYLOAD_VERSION;
	lose_input(b, &why);
	*books_diag = (struct diag)DIAG_INIT;
	return close_once(b, r, true, books_diag, d);
}
