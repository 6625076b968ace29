/* SPDX-License-Identifier: MIT */
/*
 * The ledger is closed and opened again between sending and the books, so
 * that the books are made of what is on disk and not of what was meant.
 */
#include "session.h"

#include "answer.h"
#include "base/signals.h"
#include "base/text.h"
#include "changes.h"
#include "import/run_facts.h"
#include "plan/settings.h"
#include "readiness.h"
#include "report/run_report.h"
#include "run_books.h"
#include "run_end.h"
#include "run_settings.h"
#include "system/fault.h"
#include "system/log.h"
#include "system/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int
session_init(struct session *s, const struct settings *o, struct diag *d)
{
	memset(s, 0, sizeof(*s));
	s->settings = *o;
	s->clock = FAULT_CLOCK(clock_system());
	signals_install();
	signals_ignore_pipe();
	s->runs_dir = runs_dir_own(o->runs_dir, d);
	return s->runs_dir ? 0 : -1;
}

void
session_release(struct session *s)
{
	submitter_free(s->submitter);
	service_watch_free(s->watch);
	send_loop_release(&s->loop);
	if (s->has_transport)
		transport_curl_free(&s->transport);
	ledger_free(s->ledger);
	reading_free(s->reading);
	plan_release(&s->plan);
	run_free(s->run);
	run_lock_release(s->lock);
	free(s->runs_dir);
}

int
session_open_transport(struct session *s, const char *base_url, struct diag *d)
{
	const struct settings *o = &s->settings;
	char *token = token_load(o, getenv, d);
	int failed;

	if (token == NULL)
		return -1;
	failed = settings_connect(
	    o, base_url, token, (size_t)o->submit.in_flight, &s->transport, d);
	token_free(token);
	s->has_transport = !failed;
	return failed;
}

int
session_check_ready(
    const struct session *s, const char *folder, bool is_new, struct diag *d)
{
	const struct readiness r = {
	    .folder = folder,
	    .lines = s->plan.survey.lines,
	    .chunk_rows = s->plan.chunker_options.chunk_rows,
	    .in_flight = s->settings.submit.in_flight,
	    .keys_bytes = plan_keys_bytes(&s->plan),
	    .runs_dir = s->runs_dir,
	    .new_tables_of = is_new ? s->plan.mapping : NULL,
	};

	return readiness_check(&r, d);
}

int
session_prepare(struct session *s, struct diag *d)
{
	const struct settings *o = &s->settings;

	s->progress = o->view;
	s->reading = reading_open(&s->plan, d);
	if (!s->reading)
		return -1;
	reading_start(s->reading, NULL, NULL);
	s->loop = (struct send_loop){
	    .grace_ms = o->grace_ms,
	    .clock = &s->clock,
	    .reading = s->reading,
	    .progress = s->progress,
	};
	return 0;
}

void
session_make_submitter(struct session *s)
{
	const char *key =
	    mapping_key_name(s->plan.mapping, s->key_name, sizeof(s->key_name));
	struct submitter_options so =
	    submitter_options_of(&s->settings.submit, &s->plan, key);

	s->watch = service_watch_new(
	    s->runs_dir, so.base_url, so.procedure, so.key_name);
	run_changes_tell(s->changes, &so);
	so.watch = &s->watch->contact;
	so.rate = s->audience.rate;
	s->loop.watch = s->watch;
	s->loop.lock = s->lock;
	s->loop.ledger = s->ledger;
	s->submitter = submitter_new(&so, &s->transport, s->ledger, &s->clock);
	s->loop.submitter = s->submitter;
}

int
session_begin(struct session *s, const char *command, struct diag *d)
{
	static const char *const ends[] = {META_FINISHED, META_OTHER_VERSION,
	    META_STOP_KIND, META_LIMITED, META_ROWS_READ};
	int64_t now = s->clock.wall_ms(s->clock.ctx);

	if (ledger_add_event(s->ledger, now, "start", command, d))
		return -1;
	if (run_end_open_rows(s->ledger, &s->open_before, d))
		return -1;
	/* What the part before said of its end does not hold any more; until
	 * the books are closed, none of it does. */
	if (ledger_set(s->ledger, META_EXIT_STATUS, "", d) ||
	    run_end_note(s->ledger, false, false, d))
		return -1;
	for (size_t i = 0; !s->keeps_end && i < sizeof(ends) / sizeof(ends[0]);
	     i++)
		if (ledger_set(s->ledger, ends[i], "", d))
			return -1;
	return ledger_commit(s->ledger, d);
}

/* How the reading ended: the left side of the books, and why it stopped. */
static int
write_reading(struct session *s, const struct diag *stop, struct diag *d)
{
	uint64_t read = reader_tally(s->reading->reader)->records -
			send_loop_unread(&s->loop);
	struct ledger *l = s->ledger;
	struct ledger_totals t;

	if (s->keeps_end)
		return 0;
	/* An input that fails in a part of the run that an earlier one has
	 * read: what that one read is read. */
	if (stop && stop->kind == DIAG_INPUT) {
		if (ledger_totals(l, &t, d))
			return -1;
		if (t.records > read)
			read = t.records;
	}
	if (ledger_set_number(l, META_ROWS_READ, read, d) ||
	    ledger_set_number(
		l, META_LIMITED, chunker_limited(s->reading->chunker), d) ||
	    ledger_set_number(
		l, META_STOP_KIND, stop ? stop->kind : DIAG_NONE, d) ||
	    (stop && (ledger_set(l, META_STOP_TEXT, stop->message, d) ||
			 ledger_set(l, META_STOP_CODE, stop->code, d))))
		return -1;
	return ledger_set_number(l, META_FINISHED, 1, d);
}

/* All that the ledger had lost is in it again, as unknown or better. */
static int
write_damage(struct session *s, struct diag *d)
{
	if (s->loop.mode != SEND_AFTER_DAMAGE || !s->loop.read_all ||
	    chunker_limited(s->reading->chunker))
		return 0;
	return ledger_damage_over(s->ledger, d);
}

/* A part that only asks, and came to its end: did it settle anything? */
static int
write_in_vain(struct session *s, bool was_stopped, struct diag *d)
{
	uint64_t open;

	if (!s->keeps_end || was_stopped)
		return 0;
	if (run_end_open_rows(s->ledger, &open, d))
		return -1;
	return run_end_note(s->ledger, open == s->open_before,
	    s->settings.resend_absent || s->plan.mapping->key == NULL, d);
}

/* What the sending says for the books; then the ledger is closed. */
static int
write_end(struct session *s, const struct diag *failure, struct diag *d)
{
	const struct diag *stop = failure->kind != DIAG_NONE
				      ? failure
				      : submitter_stopped(s->submitter);
	struct ledger *l = s->ledger;

	if (write_reading(s, stop, d) || write_damage(s, d) ||
	    write_in_vain(s, stop != NULL, d) ||
	    ledger_add_event(l, s->clock.wall_ms(s->clock.ctx), "end",
		stop ? stop->message : "finished", d))
		return -1;
	s->ledger = NULL;
	return ledger_close(l, d);
}

/* What progress says once nothing is sent any more. */
static struct progress_facts
facts_after(const struct session *s, const char *phase, uint64_t bytes_consumed)
{
	struct submitter_facts f = submitter_facts(s->submitter);

	return (struct progress_facts){
	    .phase = phase,
	    .rows_settled = f.rows_settled,
	    .rows_read = f.rows_read,
	    .rows_total = f.rows_read,
	    .bytes_total = input_disk_size(s->plan.input),
	    .bytes_consumed = bytes_consumed,
	    .rows = f.rows,
	};
}

static void
tick_books(void *ctx, uint64_t bytes_consumed)
{
	struct session *s = ctx;
	struct progress_facts p = facts_after(s, "closing", bytes_consumed);

	p.by_bytes = true;
	progress_update(s->progress, &p);
}

/* At the end the books say what is settled: rows of earlier parts, those that
 * were found, those that existed. */
static struct progress_facts
facts_of_books(const struct session *s, const struct accounts *a)
{
	struct progress_facts p =
	    facts_after(s, "done", input_disk_size(s->plan.input));

	p.rows_read = p.rows_total = a->rows_read;
	p.rows_settled = outcome_counts_sum(&a->rows) -
			 outcome_counts_of(&a->rows, TRAIT_LOST | TRAIT_DUE);
	p.rows = a->rows;
	return p;
}

/* What the books found out, for `status` and the guard. */
static int
write_verdict(struct ledger *l, const struct run_books *books, struct diag *d)
{
	uint64_t rows_read = books->report.accounts.rows_read;

	if (books->report.is_other_version &&
	    ledger_set_number(l, META_OTHER_VERSION, 1, d))
		return -1;
	if (books->stop_ended &&
	    (ledger_set_number(l, META_STOP_KIND, DIAG_NONE, d) ||
		ledger_set_number(l, META_ROWS_READ, rows_read, d) ||
		ledger_set_number(l, META_FINISHED, 1, d)))
		return -1;
	if (ledger_set_number(
		l, META_EXIT_STATUS, (uint64_t)books->report.exit_status, d))
		return -1;
	return ledger_commit(l, d);
}

/* The run goes on with what was surveyed, and says so. */
static void
say_grown(const struct session *s)
{
	char bytes[32];

	if (!reading_has_grown(s->reading) || s->settings.quiet)
		return;
	log_note(
	    "note: the input grew since the run began; the run is about its "
	    "first %s bytes, and what follows them was not read\n",
	    text_count(s->plan.survey.bytes, bytes));
}

/* Nothing stopped the run, and yet the rows cannot all be told. */
static void
lost_diag(const struct run_report *r, struct diag *d)
{
	struct buf next = BUF_INIT(sizeof(d->help) - 1);

	if (!r->is_other_version) {
		diag_set(d, DIAG_INPUT, "%s", r->input_lost);
		diag_code(d, "input.changed");
		return;
	}
	diag_set(d, DIAG_INPUT,
	    "this version of csv2chakra reads the input differently from the "
	    "one that began run %s (%s)",
	    r->run_id, r->input_lost);
	diag_code(d, "run.other_version");
	run_report_next(r, &next);
	if (next.len > 0 && !next.overflow)
		diag_help(d, "%s", buf_str(&next));
	buf_release(&next);
}

/* The input changed: what that means depends on what was sent by then. Once a
 * row was sent, nobody may be told to begin anew. */
static void
help_changed(const struct run_report *r, struct diag *d)
{
	const struct outcome_counts *rows = &r->accounts.rows;
	uint64_t sent = outcome_counts_of(rows, TRAIT_SENT);
	struct buf command = BUF_INIT(4096);
	bool goes_on = r->stopped_by || outcome_counts_of(rows, TRAIT_DUE) > 0;
	char count[32];

	if (strcmp(d->code, "input.changed") != 0)
		return;
	run_report_add_command(r, goes_on ? "resume" : "report", &command);
	if (sent == 0)
		diag_help(d, "no row was sent: import the file once nothing "
			     "writes to it");
	else if (goes_on)
		diag_help(d,
		    "%s row%s sent, none with changed bytes; put the file back "
		    "as it was, then send the rest with: %s",
		    text_count(sent, count), sent == 1 ? " was" : "s were",
		    buf_str(&command));
	else
		diag_help(d,
		    "every row was sent as it was when the run began; put the "
		    "file back as it was, then this writes the complete row "
		    "files: %s",
		    buf_str(&command));
	buf_release(&command);
}

/* Somebody may look into the ledger just now, a backup for example. What was
 * sent is in it; it would be a pity to leave without a report. */
#define BOOKS_TRIES 40

static int
reopen_ledger(struct session *s, struct diag *d)
{
	int before = signals_stop();
	char word[SHELL_WORD_SIZE];
	struct buf what = BUF_INIT(sizeof(d->message) - 1);

	(void)FAULT("books.close");
	for (int tries = 0; s->ledger == NULL && tries < BOOKS_TRIES; tries++) {
		s->ledger = run_ledger_open(s->run, false, false, d);
		if (d->kind != DIAG_LOCKED || signals_stop() != before)
			break;
	}
	if (s->ledger == NULL && d->kind == DIAG_LOCKED) {
		buf_adds(&what, d->message);
		diag_set(d, DIAG_DISK,
		    "unable to close the books of the run: %s", buf_str(&what));
		diag_code(d, "ledger.locked");
		diag_help(d, "when it has ended: csv2chakra resume %s",
		    shell_word(run_identity(s->run)->id, word));
	}
	buf_release(&what);
	return s->ledger != NULL ? 0 : -1;
}

/* Opens the ledger again and closes the books. Returns the exit status, or
 * -1. */
static int
close_books(struct session *s, bool may_end_stop, struct diag *stop,
    struct diag *books_diag, struct diag *d)
{
	struct books_request r = {
	    .run = s->run,
	    .plan = &s->plan,
	    .reading = s->reading,
	    .where = settings_where(&s->settings),
	    .write_files = true,
	    .may_end_stop = may_end_stop,
	    .tick = tick_books,
	    .tick_ctx = s,
	};
	struct run_books books;
	struct diag ignored = DIAG_INIT;
	struct progress_facts end;
	int status = -1;

	if (reopen_ledger(s, d))
		return -1;
	r.ledger = s->ledger;
	if (run_books_close(&books, &r, books_diag, d))
		goto out;
	metrics_take(s->audience.metrics, &books.report);
	status = books.report.exit_status;
	if (write_verdict(s->ledger, &books, d)) {
		status = -1;
		goto out;
	}
	if (books_diag->kind == DIAG_NONE && books.report.input_lost)
		lost_diag(&books.report, books_diag);
	help_changed(&books.report, stop);
	help_changed(&books.report, books_diag);
	end = facts_of_books(s, &books.report.accounts);
	progress_end(s->progress, &end);
	/* The import goes on without its stdout. */
	if (answer_report(&s->audience, &books.report, &s->settings, &ignored))
		log_warn("%s; the report is in %s", ignored.message,
		    run_folder(s->run));
out:
	run_books_release(&books);
	return status;
}

static void
write_service(struct session *s)
{
	struct submitter_facts facts = submitter_facts(s->submitter);

	service_watch_write(s->watch, s->runs_dir, run_folder(s->run), &facts,
	    s->clock.wall_ms(s->clock.ctx));
}

static int
send_and_close(struct session *s, struct diag *d)
{
	struct diag failure = DIAG_INIT, books = DIAG_INIT, stop;
	struct diag unclosed = DIAG_INIT; /* a row that is lost, not a stop */
	int status;

	if (send_loop_run(&s->loop, &failure) && failure.kind == DIAG_NONE)
		diag_set(&failure, DIAG_INTERNAL, "sending failed");
	write_service(s);
	say_grown(s);
	reading_check_unclosed(s->reading, &unclosed);
	if (write_end(s, &failure, d))
		return -1;
	stop = failure;
	if (stop.kind == DIAG_NONE && submitter_stopped(s->submitter))
		stop = *submitter_stopped(s->submitter);
	status = close_books(
	    s, s->keeps_end && stop.kind == DIAG_NONE, &stop, &books, d);
	progress_clear(s->progress);
	if (status < 0)
		return -1;
	if (failure.kind == DIAG_NONE && books.kind == DIAG_INTERNAL)
		*d = books;
	else
		*d = stop.kind != DIAG_NONE    ? stop
		     : books.kind != DIAG_NONE ? books
					       : unclosed;
	return status;
}

int
session_finish(struct session *s, struct diag *d)
{
	int status = send_and_close(s, d);

	/* Exit statuses 2, 8 and 75 say that nothing was sent. */
	if (d->kind == DIAG_USAGE || d->kind == DIAG_IMPORTED ||
	    d->kind == DIAG_LOCKED)
		d->kind = DIAG_DISK;
	return status;
}
