/* SPDX-License-Identifier: MIT */
/*
 * The whole dry run: the chunks of an import, made by the same code from the
 * same settings and written into a ledger that is gone at the end, so that the
 * books are kept and balanced exactly as for an import. Nothing here knows how
 * to open a connection.
 */
#include "base/hash.h"
#include "base/signals.h"
#include "base/text.h"
#include "check_report.h"
#include "grown.h"
#include "import/import.h"
#include "plan/reading.h"
#include "plan/plan.h"
#include "send/submitter.h"
#include "system/clock.h"
#include "system/fault.h"
#include "system/screen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Every row passes here on its way to the row files. */
static void
see_row(void *ctx, const struct record *rec, enum row_verdict verdict,
    const struct problem_list *problems, const struct built_row *built,
    struct text json)
{
	struct dry_run *r = ctx;

	r->last_begin = rec->begin;
	r->last_end = rec->end;
	r->last_line = rec->line;
	check_hazards_row(r, rec, verdict);
	if (r->tap)
		r->tap->row(r->tap->ctx, rec, verdict);
	r->next->row(r->next->ctx, rec, verdict, problems, built, json);
}

static void
see_blank(void *ctx, const struct record *rec)
{
	struct dry_run *r = ctx;

	if (r->next->blank)
		r->next->blank(r->next->ctx, rec);
}

/* As an import asks, so that both stop at the same chunk. */
static bool
is_over_limit(struct dry_run *r, bool at_end)
{
	return error_limit_passed(
	    &r->told.submit.max_errors, r->rejected, r->rows, at_end, &r->stop);
}

static int
keep_chunk(struct dry_run *r, const struct chunk *k, struct diag *d)
{
	r->rows += k->records;
	r->rejected += k->rejected;
	if (!is_over_limit(r, false) && k->row_count > 0) {
		r->report.requests++;
		r->report.request_bytes += k->body.len;
	}
	r->chunks_end = k->end;
	return chunk_book(k, r->ledger, d);
}

/* Pulls chunks until the end, the limit, or what would stop an import. */
static int
pull_chunks(struct dry_run *r, struct diag *d)
{
	struct meter *meter = settings_meter(&r->told);
	struct chunk chunk;
	int got;

	chunk_init(&chunk);
	/* Lines of problems would run into it. */
	if (settings_every_problem(&r->told) == NULL)
		(void)meter_phase(meter, r->tap ? "splitting" : "reading");
	while ((got = chunker_next(r->reading->chunker, &chunk, d)) > 0) {
		if (keep_chunk(r, &chunk, d) < 0 ||
		    (r->tap && r->tap->check(r->tap->ctx, d) < 0)) {
			got = -1;
			break;
		}
		if (r->stop.kind != DIAG_NONE)
			break;
		if (signals_stop()) {
			diag_set(&r->stop, DIAG_SIGNAL, "stopped by a signal");
			break;
		}
	}
	(void)meter_phase(meter, NULL);
	chunk_release(&chunk);
	if (got == 0)
		(void)is_over_limit(r, true);
	return got < 0 ? -1 : 0;
}

static void
count_unread(struct accounts *a, const struct record *rec)
{
	a->unread_bytes += rec->end - rec->begin;
	if (a->unread_line == 0)
		a->unread_line = rec->line;
}

/* Reads on after the last chunk, so that the bytes of what was not taken are
 * counted and not computed. A row that was judged but had no room in the last
 * chunk before a stop is unread, too. */
static int
read_on(struct dry_run *r, struct diag *d)
{
	struct reader *reader = r->reading->reader;
	struct accounts *a = &r->report.accounts;
	struct problem_list problems;
	struct record rec = {
	    .begin = r->last_begin, .end = r->last_end, .line = r->last_line};
	int event;

	accounts_from_reader(a, reader_tally(reader));
	if (rec.end > rec.begin && rec.begin >= r->chunks_end) {
		a->rows_read--;
		count_unread(a, &rec);
	}
	problem_list_init(&problems);
	do {
		problem_list_clear(&problems);
		event = reader_next(reader, &rec, &problems, d);
		if (event == READER_RECORD || event == READER_BLANK)
			count_unread(a, &rec);
	} while (event == READER_RECORD || event == READER_BLANK);
	problem_list_release(&problems);
	if (event < 0)
		return -1;
	a->bytes = r->reading->counter.bytes;
	problem_groups_finish(
	    &r->groups, reader_header(reader), reader_tally(reader)->records);
	return 0;
}

static int
close_books(struct dry_run *r, struct diag *d)
{
	struct run_report *report = &r->report;
	struct ledger_totals totals;

	if (ledger_commit(r->ledger, d) < 0 ||
	    ledger_totals(r->ledger, &totals, d) < 0 || read_on(r, d) < 0)
		return -1;
	accounts_from_ledger(&report->accounts, &totals);
	report->limited = chunker_limited(r->reading->chunker);
	report->accounts.may_leave_unread =
	    report->limited || r->stop.kind != DIAG_NONE;
	if (accounts_check(&report->accounts, &r->unbalanced) == 0)
		report->balanced = true;
	return 0;
}

/* The verdicts that change the exit status though every row is judged. The
 * first one is said at the end, all of them count. */
static void
settle_status(struct dry_run *r, struct diag *d)
{
	struct run_report *report = &r->report;
	struct diag input = DIAG_INIT;
	int status = exit_status_of_rows(&report->accounts.rows);

	report->unclosed_quote = reader_unclosed(r->reading->reader);
	if (plan_check_guess(&r->plan, &r->held) < 0 ||
	    (r->stop.kind == DIAG_NONE &&
		expected_rows_check(&r->told.expect_rows,
		    report->accounts.rows_read, r->plan.csv_name,
		    &r->held) < 0)) {
		report->held_by = r->held.message;
		input = r->held;
		status = exit_status_worse(status, EXIT_INPUT);
	}
	if (reading_check_unclosed(r->reading, &input) < 0)
		status = exit_status_worse(status, EXIT_INPUT);
	if (r->stop.kind != DIAG_NONE) {
		report->stopped_by = r->stop.message;
		report->stop_kind = r->stop.kind;
		status =
		    exit_status_worse(status, diag_exit_status(r->stop.kind));
		input = r->stop;
	}
	if (!report->balanced) {
		status = EXIT_INTERNAL;
		input = r->unbalanced;
	}
	report->exit_status = status;
	*d = input;
}

static int
make_folder(const char *folder, struct diag *d)
{
	struct stat st;

	if (mkdir(folder, S_IRWXU) == 0)
		return 0;
	if (errno == EEXIST && stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	if (errno == EEXIST) {
		diag_set(d, DIAG_USAGE,
		    "'%s' is a file, and --output needs a folder", folder);
		return diag_help(d, "name a new folder, or remove the file");
	}
	return diag_no_folder(d, errno, folder);
}

/* With -o a pipe is copied to a file, because its records are read twice. */
static int
spool_pipe(struct dry_run *r, const char **csv_path, struct diag *d)
{
	struct input_limits limits = settings_limits(&r->told);
	struct clock clock;

	if (make_folder(r->told.output, d) < 0)
		return -1;
	if (!input_needs_spool(*csv_path))
		return 0;
	clock = FAULT_CLOCK(clock_system());
	snprintf(r->spool, sizeof(r->spool), "%s/.input-%016llx",
	    r->told.output, (unsigned long long)clock.random(clock.ctx));
	if (spool_input(*csv_path, r->spool, &limits, d) < 0)
		return -1;
	*csv_path = r->spool;
	return 0;
}

static int
open_row_files(struct dry_run *r, struct diag *d)
{
	const struct plan *p = &r->plan;
	struct row_files_options o = {
	    .folder = r->told.output,
	    .reader = r->reading->reader,
	    .builder = r->reading->builder,
	    .encoding = p->encoding.name,
	    .delimiter = p->dialect.delimiter,
	    .groups = &r->groups,
	};

	if (o.folder) {
		if (raw_reading_open(&r->raw, p, d) < 0)
			return -1;
		o.raw = raw_reading_source(&r->raw);
	}
	r->files = row_files_new(&o, d);
	if (!r->files)
		return -1;
	r->next = row_files_observer(r->files);
	return 0;
}

/* From open stages to a report with everything in it. */
static int
run_rows(struct dry_run *r, struct diag *d)
{
	struct row_observer observer = {
	    .ctx = r,
	    .row = see_row,
	    .blank = see_blank,
	};

	struct chunker_options options = r->plan.chunker_options;

	problem_groups_init(&r->groups, plan_rows_name(&r->plan));
	r->groups.every = settings_every_problem(&r->told);
	r->has_groups = true;
	r->reading = reading_open(&r->plan, d);
	if (!r->reading)
		return -1;
	r->ledger = ledger_create(NULL, d);
	if (!r->ledger || open_row_files(r, d) < 0)
		return -1;
	if (r->tap && r->tap->begin(r->tap->ctx, &r->plan, r->reading, d) < 0)
		return -1;
	check_hazards_begin(r);
	/* The chunks' SHA-256 stand in report.json and nowhere else. */
	options.no_digest =
	    r->tap || (r->told.output == NULL && r->told.format != FORMAT_JSON);
	reading_start(r->reading, &options, &observer);
	if (pull_chunks(r, d) < 0 || close_books(r, d) < 0 ||
	    plan_check_unchanged(&r->plan, d) < 0)
		return -1;
	problem_groups_advise(&r->groups, r->reading->builder);
	return 0;
}

static void
dry_run_release(struct dry_run *r)
{
	hazards_free(r->hazards);
	arena_release(&r->arena);
	row_files_free(r->files);
	raw_reading_release(&r->raw);
	ledger_free(r->ledger);
	if (r->has_groups)
		problem_groups_release(&r->groups);
	reading_free(r->reading);
	plan_release(&r->plan);
	grown_release(&r->grown);
	if (r->spool[0] != '\0')
		(void)unlink(r->spool);
}

/* One reading of the input, from its opening to the report. */
static int
check_once(struct dry_run *r, const struct plan_request *request, bool is_first,
    struct diag *d)
{
	int ret = plan_make(&r->plan, request, d);

	if (ret == 0 && r->keys)
		ret = shared_keys_use(r->keys, &r->plan, d);
	if (ret == 0)
		ret = grown_settle_after(&r->grown, &r->plan, &r->told, d);
	if (r->only_hazards)
		is_first = false;
	else if (ret < 0)
		check_tell_diagnostics(
		    &r->plan, &r->told, request->mapping_path, &r->audience, d);
	if (ret == 0 && is_first)
		show_diagnostics(&r->plan, &r->told, request->mapping_path,
		    r->audience.shown);
	if (ret < 0 || run_rows(r, d) < 0)
		return -1;
	settle_status(r, d);
	check_fill_report(r, request->mapping_path);
	ret = r->report.exit_status;
	if (r->tap && (ret == EXIT_GOOD || ret == EXIT_BAD_ROWS) &&
	    r->tap->end(r->tap->ctx, &r->report, d) < 0)
		return -1;
	if (!r->only_hazards && check_print_report(r, d) < 0)
		return -1;
	return check_hazards_show(r, d) < 0 ? -1 : ret;
}

/* Was taken for UTF-8 after its first bytes: the whole file decides, then. */
static bool
must_start_over(const struct dry_run *r)
{
	return (r->plan.is_contradicted ||
		   (r->reading && reading_is_contradicted(r->reading))) &&
	       input_is_regular(r->plan.input);
}

/* import --dry-run --after: what would be sent is told as import tells it. */
static int
begin_after(struct dry_run *r, struct plan_request *request, struct diag *d)
{
	char *runs_dir = runs_dir_default(r->told.runs_dir, d);
	int ret = runs_dir ? grown_begin(&r->grown, runs_dir, d) : -1;

	free(runs_dir);
	request->must_survey = true;
	request->marks = &r->grown.marks;
	return ret;
}

int
check_run(const struct import_request *q, struct diag *d)
{
	const struct settings *o = q->settings;
	const struct dry_run begun = {.told = *o,
	    .audience = *q->audience,
	    .keys = q->keys,
	    .tap = q->tap,
	    .only_hazards = q->only_hazards};
	struct dry_run r = begun;
	struct plan_request request = {
	    .settings = &r.told,
	    .mapping_path = q->mapping_path,
	    .csv_path = q->csv_path,
	    .csv_name = strcmp(q->csv_path, "-") == 0 ? "<stdin>" : NULL,
	};
	int ret = -1;

	signals_install();
	if (o->output && spool_pipe(&r, &request.csv_path, d) < 0)
		goto out;
	if (r.spool[0] != '\0' && !request.csv_name)
		request.csv_name = q->csv_path;
	/* The SHA-256 tells, too, whether its keys are those that were
	 * compared. */
	request.must_survey = (settings_tell_input(o) || q->keys) &&
			      !input_needs_spool(request.csv_path);
	if (o->after && begin_after(&r, &request, d) < 0)
		goto out;
	request.assumes_utf8 = !request.must_survey;
	ret = check_once(&r, &request, true, d);
	if (ret < 0 && must_start_over(&r)) {
		dry_run_release(&r);
		r = begun;
		request.assumes_utf8 = false;
		ret = check_once(&r, &request, false, d);
	}
out:
	dry_run_release(&r);
	return ret;
}
