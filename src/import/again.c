/* SPDX-License-Identifier: MIT */
/*
 * A run that was made before is worked on again (resume, reconcile), or told of
 * (report). All read the input from its first byte, because the keys and bodies
 * of its calls are nowhere else; resume sends what was never sent, reconcile
 * only asks.
 */
#include "answer.h"
#include "base/text.h"
#include "guard.h"
#include "import/import.h"
#include "plan/settings.h"
#include "retry_gate.h"
#include "run_books.h"
#include "run_reopen.h"
#include "run_settings.h"
#include "session.h"
#include "system/log.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct again {
	struct session s;
	const char *name, *csv; /* the run; where its input lies, or NULL */
	struct reopened_run run;
	uint64_t *breaks;
	size_t break_count;
};

/* An option that the run fixes was named: it must say the same. */
static int
refuse_other(const struct settings *o, const struct run_identity *id,
    const struct optspec *row, struct diag *d)
{
	switch (settings_origin(o, row->name)) {
	case ORIGIN_ENVIRONMENT:
		diag_set(d, DIAG_USAGE,
		    "%s in the environment differs from what run %s was made "
		    "with",
		    row->environment, id->id);
		return diag_help(d, "unset it for this command: a run keeps "
				    "its address");
	case ORIGIN_PROFILE:
		diag_set(d, DIAG_USAGE,
		    "%s of the profile '%s' differs from what run %s was made "
		    "with",
		    row->profile, o->profile, id->id);
		return diag_help(d, "name the profile that the run was made "
				    "with by --profile, or --profile none");
	default:
		diag_set(d, DIAG_USAGE,
		    "--%s differs from what run %s was made with", row->name,
		    id->id);
		return diag_help(d, "omit it: a run keeps its input, mapping, "
				    "address and chunks");
	}
}

static int
check_fixed(const struct settings *o, const struct settings *stored,
    const struct plan *p, const struct run_identity *id, struct diag *d)
{
	struct settings now = *o, was = *stored;
	struct buf url = BUF_INIT(4096);
	const struct optspec *other;
	int failed = 0;

	settings_decided(&was, p);
	if (settings_given(o, "base-url")) {
		failed = base_url_normalise(o->base_url, &url, d);
		now.base_url = buf_str(&url);
	}
	other = failed ? NULL : settings_differ(&now, &was);
	buf_release(&url);
	if (other)
		failed = refuse_other(o, id, other, d);
	return failed;
}

/* A limited run goes on after its limit; the new limit may only be higher. */
static int
settle_limit(struct again *a, struct diag *d)
{
	struct plan *p = &a->s.plan;
	uint64_t limit = a->s.settings.limit;

	if (run_limits_load(
		a->s.ledger, &a->run.arena, &a->breaks, &a->break_count, d))
		return -1;
	p->chunker_options.limit = limit;
	p->chunker_options.breaks = a->breaks;
	p->chunker_options.break_count = a->break_count;
	if (limit == 0 || a->break_count == 0 ||
	    limit >= a->breaks[a->break_count - 1])
		return 0;
	diag_set(d, DIAG_USAGE,
	    "--limit %" PRIu64 " is below the %" PRIu64
	    " records that the run has read",
	    limit, a->breaks[a->break_count - 1]);
	return diag_help(d, "a limit may be raised or omitted");
}

static int
refuse_without_key(struct diag *d)
{
	diag_set(d, DIAG_USAGE,
	    "--after-damage looks rows up by their key, and the mapping of "
	    "this run has none; nothing was sent");
	return diag_help(d,
	    "check in ChakraHQ which rows are there, and import the others as "
	    "a separate file");
}

/* Says what the ledger cannot: whether it is the newest one, or how it became
 * what it is. */
static int
announce_ledger(const struct again *a, struct diag *d)
{
	const struct session *s = &a->s;

	if (!ledger_is_marked(s->ledger) && !s->settings.quiet)
		log_note("run %s was made by csv2chakra 0.1.0, which kept no "
			 "mark beside the ledger: an older copy in its place "
			 "would not be noticed\n",
		    run_identity(s->run)->id);
	return s->settings.after_damage ? ledger_damage_begin(s->ledger, d) : 0;
}

static int
open_run(struct again *a, struct diag *d)
{
	struct session *s = &a->s;
	struct settings *o = &s->settings;
	const struct mapping *m;

	if (reopened_run_open(&a->run, &s->plan, o, a->name, a->csv,
		o->after_damage ? REOPEN_HURT : REOPEN_WRITE, d))
		return -1;
	s->run = a->run.run;
	log_run(run_identity(s->run)->id);
	s->ledger = a->run.ledger;
	a->run.run = NULL;
	a->run.ledger = NULL;
	m = s->plan.mapping;
	if (o->after_damage && m->key == NULL)
		return refuse_without_key(d);
	o->submit.skip_existing = a->run.settings.submit.skip_existing;
	if (o->command != COMMAND_RECONCILE)
		settings_apply_mapping(o, 0, 0, m->in_flight);
	if (o->command != COMMAND_RECONCILE &&
	    check_fixed(
		o, &s->plan.settings, &s->plan, run_identity(s->run), d))
		return -1;
	s->lock = run_lock_take(s->runs_dir, s->plan.input_key, d);
	if (s->lock == NULL)
		return -1;
	if (o->command == COMMAND_RECONCILE)
		return 0;
	if (run_identity(s->run)->parent[0] != '\0' &&
	    retry_gate_check_newest(s->runs_dir, run_identity(s->run), d))
		return -1;
	return guard_check_newest(s->runs_dir, run_identity(s->run), d);
}

static int
refuse_version(const struct again *a, const struct diag *why, struct diag *d)
{
	const struct run_identity *id = run_identity(a->s.run);
	struct buf help = BUF_INIT(sizeof(d->help) - 1);
	char word[SHELL_WORD_SIZE];

	/* So that status knows it, too. */
	if (id->payload_version < RUN_PAYLOAD_VERSION &&
	    (ledger_set_number(a->s.ledger, META_OTHER_VERSION, 1, d) ||
		ledger_commit(a->s.ledger, d)))
		return -1;
	diag_set(d, DIAG_USAGE,
	    "this version of csv2chakra reads the input differently from the "
	    "one that began run %s (%s); nothing was sent",
	    id->id, why->message);
	diag_code(d, "run.other_version");
	buf_addf(&help,
	    "settle what was sent: csv2chakra reconcile %s; then send what is "
	    "missing: csv2chakra %s ",
	    shell_word(id->id, word), run_import_rest(id));
	shell_quote(&help, id->mapping_path);
	buf_addc(&help, ' ');
	shell_quote(&help, id->input_path);
	diag_help(d, "%s", buf_str(&help));
	buf_release(&help);
	return -1;
}

static int
compare_chunk(void *ctx, const struct chunk *k, struct diag *d)
{
	return submitter_compare_chunk(ctx, k, d);
}

/* A run of another version: all its chunks are built before anything is sent,
 * and must be those of the ledger as far as it goes. */
static int
check_version(struct again *a, struct diag *d)
{
	const struct run_identity *id = run_identity(a->s.run);
	struct meter *meter = settings_meter(&a->s.settings);
	struct diag why = DIAG_INIT;
	int failed;

	if (id->payload_version == RUN_PAYLOAD_VERSION)
		return 0;
	if (id->payload_version > RUN_PAYLOAD_VERSION) {
		diag_set(&why, DIAG_USAGE, "it is newer");
		return refuse_version(a, &why, d);
	}
	(void)meter_phase(meter, "checking");
	failed =
	    reading_ahead(&a->s.plan, NULL, compare_chunk, a->s.ledger, &why);
	(void)meter_phase(meter, NULL);
	if (failed == 0)
		return 0;
	if (strcmp(why.code, "run.other_version") != 0) {
		*d = why;
		return -1;
	}
	return refuse_version(a, &why, d);
}

/* Says what will be done before it is done. */
static int
announce(const struct again *a, enum send_mode mode, struct diag *d)
{
	static const char *const next[] = {
	    [SEND_REST] = "sending the rest",
	    [SEND_AFTER_DAMAGE] = "looking up the rest, and sending what is "
				  "not there",
	    [SEND_RECONCILE] = "nothing new is sent",
	};
	struct ledger_totals t;
	struct buf words = BUF_INIT(1024);
	uint64_t done, lost;
	char count[32];

	if (ledger_totals(a->s.ledger, &t, d))
		return -1;
	if (a->s.settings.quiet)
		return 0;
	lost = outcome_counts_of(&t.outcomes, TRAIT_LOST);
	done = outcome_counts_sum(&t.outcomes) -
	       outcome_counts_of(&t.outcomes, TRAIT_LOST | TRAIT_DUE);
	buf_addf(&words, "run %s: %s row%s done", run_identity(a->s.run)->id,
	    text_count(done, count), done == 1 ? " is" : "s are");
	if (lost > 0)
		buf_addf(&words, ", %s may have been sent and %s looked up",
		    text_count(lost, count), lost == 1 ? "is" : "are");
	buf_addf(&words, "; %s\n", next[mode]);
	log_words(LOG_NOTE, buf_str(&words));
	buf_release(&words);
	return 0;
}

static int
work(struct again *a, enum send_mode mode, struct diag *d)
{
	struct session *s = &a->s;
	const char *command = mode == SEND_RECONCILE ? "reconcile" : "resume";
	struct diag ignored = DIAG_INIT;

	if (open_run(a, d) || session_open_transport(s, s->plan.base_url, d))
		return -1;
	if ((mode != SEND_RECONCILE &&
		(settle_limit(a, d) || check_version(a, d))) ||
	    session_check_ready(s, run_folder(s->run), false, d))
		return -1;
	if (announce(a, mode, d) || announce_ledger(a, d) ||
	    session_prepare(s, d) || reading_settle_keys(s->reading, d))
		return -1;
	s->loop.mode = mode;
	s->keeps_end = mode == SEND_RECONCILE;
	if ((mode != SEND_RECONCILE &&
		(ledger_drop_planned(s->ledger, d) ||
		    run_limits_add(s->ledger, s->settings.limit, d))) ||
	    session_begin(s, command, d))
		return -1;
	s->changes = a->run.changes;
	session_make_submitter(s);
	if (send_loop_prime(&s->loop, &ignored) < 0) {
		*d = ignored;
		return -1;
	}
	return session_finish(s, d);
}

static int
run_again(const struct again_request *q, const struct settings *settings,
    enum send_mode mode, struct diag *d)
{
	struct again a = {.name = q->run, .csv = q->csv};
	int status = -1;

	if (session_init(&a.s, settings, d) == 0) {
		a.s.audience = *q->audience;
		status = work(&a, mode, d);
	}
	session_release(&a.s);
	reopened_run_release(&a.run);
	return status;
}

int
resume_run(const struct again_request *q, struct diag *d)
{
	struct settings s = *q->settings;

	if (!s.after_damage)
		return run_again(q, &s, SEND_REST, d);
	s.submit.on_unknown = UNKNOWN_RESEND_ABSENT;
	return run_again(q, &s, SEND_AFTER_DAMAGE, d);
}

int
reconcile_run(const struct again_request *q, struct diag *d)
{
	struct settings s = *q->settings;

	s.submit.on_unknown =
	    s.resend_absent ? UNKNOWN_RESEND_ABSENT : UNKNOWN_CHECK;
	s.submit.in_flight = 4;
	s.submit.open_jobs = 16;
	return run_again(q, &s, SEND_RECONCILE, d);
}

/* The report of a run again, made from its ledger and its input as at the
 * run's end, with the files beside it. Books that do not balance are exit 70
 * here too; else reporting a failed run is not a failure. */
static int
report_with(const struct again_request *again, int rows_outcome,
    struct reopened_run *r, struct reading *reading, struct diag *d)
{
	struct books_request q = {
	    .where = settings_where(again->settings),
	    .write_files = true,
	};
	struct run_books books = {0};
	struct diag unbalanced = DIAG_INIT;
	int status = -1;

	q.run = r->run;
	q.plan = r->plan;
	q.reading = reading;
	q.ledger = r->ledger;
	if (rows_outcome >= 0) {
		q.write_files = false;
		q.exact_outcome = (enum outcome)rows_outcome;
		q.exact_out = stdout;
		q.exact_is_screen = isatty(STDOUT_FILENO) == 1;
	}
	if (run_books_close(&books, &q, &unbalanced, d))
		goto out;
	status = EXIT_GOOD;
	if (rows_outcome >= 0) {
		if (fflush(stdout) || ferror(stdout))
			status = diag_set(d, DIAG_DISK,
			    "unable to write the records to stdout");
	} else if (answer_report(
		       again->audience, &books.report, again->settings, d)) {
		status = -1;
	}
	if (status == EXIT_GOOD && unbalanced.kind != DIAG_NONE) {
		*d = unbalanced;
		status = EXIT_INTERNAL;
	}
out:
	run_books_release(&books);
	return status;
}

int
report_run(const struct again_request *q, int rows_outcome, struct diag *d)
{
	struct reopened_run r;
	struct plan plan;
	struct reading *reading = NULL;
	int status = -1;

	if (reopened_run_open(
		&r, &plan, q->settings, q->run, q->csv, REOPEN_READ, d) == 0)
		reading = reading_open(&plan, d);
	if (reading)
		status = report_with(q, rows_outcome, &r, reading, d);
	reading_free(reading);
	plan_release(&plan);
	reopened_run_release(&r);
	return status;
}
