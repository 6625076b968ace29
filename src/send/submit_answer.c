/* SPDX-License-Identifier: MIT */
/*
 * What an answer to a create does to its rows and to the run: the table in
 * csv2chakra(1), "ANSWERS". Every case writes the ledger before anything else
 * is started.
 */
#include "base/civil.h"
#include "change.h"
#include "submitter_core.h"

#include <stdio.h>
#include <string.h>

static void
went_well(struct submitter *s)
{
	s->progress_ms = submitter_now(s);
	s->failures = 0;
}

static void
note_recent(struct submitter *s, bool is_unknown)
{
	s->recent[s->recent_at++ % UNKNOWN_WINDOW] = is_unknown;
}

static bool
too_many_unknown(const struct submitter *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < UNKNOWN_WINDOW; i++)
		n += s->recent[i];
	return n >= UNKNOWN_STOP;
}

static void
stop_service(struct submitter *s, enum stop_mode mode, const char *help,
    const char *message)
{
	struct diag d = DIAG_INIT;

	diag_set(&d, DIAG_SERVICE, "%s", message);
	diag_help(&d, "%s", help);
	submitter_stop(s, &d, mode);
}

/* Nothing went well for --retry-for: true, and the run is stopped. */
static bool
gives_up(struct submitter *s, const char *words)
{
	char message[900];

	if (submitter_now(s) - s->progress_ms <
	    s->options.settings.retry_for_ms)
		return false;
	snprintf(message, sizeof(message),
	    "gave up after %lld s without progress: %s",
	    (long long)(s->options.settings.retry_for_ms / 1000), words);
	stop_service(s, STOP_LEAVE,
	    "when ChakraHQ can be reached again, resume this run", message);
	return true;
}

/* The wait that an answer asks for: Retry-After, else a backoff. -1 = longer
 * than anybody should wait; the run is stopped. */
static int64_t
asked_wait(struct submitter *s, const struct http_response *r)
{
	int64_t wait =
	    retry_after_ms(r->retry_after, r->date, submitter_wall(s));
	char message[256], when[32];

	if (wait < 0)
		return submitter_backoff_end(s, s->failures++) -
		       submitter_now(s);
	if (wait <= RETRY_AFTER_CAP_MS)
		return wait;
	civil_iso8601(submitter_wall(s) + wait, when);
	snprintf(message, sizeof(message),
	    "ChakraHQ answered HTTP %d and asks to come back at %s", r->status,
	    when);
	stop_service(s, STOP_LEAVE, "resume this run after that", message);
	return -1;
}

static void
halve_in_flight(struct submitter *s)
{
	s->in_flight_now = s->in_flight_now > 1 ? s->in_flight_now / 2 : 1;
}

/* All calls wait as long as the answer asks, or the run is stopped. */
static int
pause_as_asked(
    struct submitter *s, const struct http_response *r, struct diag *d)
{
	int64_t wait = asked_wait(s, r);

	if (r->status != 408)
		halve_in_flight(s);
	if (wait < 0)
		return 0;
	return submitter_pause(s, submitter_now(s) + wait,
	    r->status == 429 ? "rate limited" : "ChakraHQ is busy", d);
}

/* Back to the queue; the ledger says that its rows are unsent until it is
 * sent again. A resend says nothing: its rows are what the lost call made
 * them. */
static int
requeue(struct submitter *s, struct open_call *call, struct diag *d)
{
	call->step = STEP_QUEUED;
	call->was_put_off = true;
	if (call->verb->changes)
		change_not_sent(call);
	if (call->source.len > 0) /* a look that is made after the pause */
		submitter_look_anew(s, call);
	call->book.state = call->resent ? CALL_SUPERSEDED : CALL_UNSENT;
	return ledger_update_call(s->ledger, &call->book, d);
}

static int
take_not_sent(struct submitter *s, struct open_call *call, struct diag *d)
{
	if (requeue(s, call, d))
		return -1;
	if (gives_up(s, call->book.answer))
		return 0;
	return submitter_pause(
	    s, submitter_backoff_end(s, s->failures++), "no connection", d);
}

static int
take_again(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	if (requeue(s, call, d))
		return -1;
	if (gives_up(s, call->book.answer))
		return 0;
	return pause_as_asked(s, r, d);
}

/* Whose answer it is, and what it says. */
static void
say_answer(
    char *out, size_t size, const struct http_response *r, const char *words)
{
	const char *who = r->status == 407 ? "the proxy" : "ChakraHQ";

	if (r->untrusted)
		snprintf(
		    out, size, "the certificate is not trusted: %.500s", words);
	else if (r->status == 0)
		snprintf(out, size, "%.500s", words);
	else if (r->location[0])
		snprintf(out, size,
		    "%s answered HTTP %d (Location: %.300s): %.400s", who,
		    r->status, r->location, words);
	else
		snprintf(out, size, "%s answered HTTP %d: %.500s", who,
		    r->status, words);
}

/* What to do before resuming a run that this answer stops; NULL: it stops a run
 * only as the answer to a create. */
static const char *
help_of_stop(const struct http_response *r)
{
	if (r->untrusted)
		return "check --base-url, the clock of this machine and "
		       "--ca-file, then resume this run";
	switch (r->status) {
	case 401:
	case 403:
		return "check the token and what its access role may do, "
		       "then resume this run";
	case 407:
		return "check the proxy that the environment names, then "
		       "resume this run";
	default:
		return NULL;
	}
}

static int
take_stop(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	struct diag why = DIAG_INIT;
	char message[900];
	const char *help = help_of_stop(r);

	if (requeue(s, call, d))
		return -1;
	if (submitter_renews(s, r))
		return 0;
	if (help == NULL && r->status == 404 && s->answered == 0)
		help = "check --base-url and the mapping's procedure; correct "
		       "it, then import again";
	else if (help == NULL && r->status >= 400)
		help = "check --base-url and the mapping's procedure";
	else if (help == NULL)
		help = "check --base-url: redirects are not followed";
	say_answer(message, sizeof(message), r, call->book.answer);
	diag_set(&why, DIAG_SERVICE, "%s", message);
	diag_code(&why, call->book.code);
	diag_help(&why, "%s", help);
	submitter_stop(s, &why, STOP_LEAVE);
	return 0;
}

static int
take_refused(struct submitter *s, struct open_call *call, struct diag *d)
{
	struct diag why = DIAG_INIT;

	call->book.state = CALL_REFUSED;
	call->book.settled_ms = call->book.answered_ms;
	call->step = STEP_CLOSED;
	s->refused += call->row_count;
	if (s->answered == s->refused_first)
		s->refused_first++;
	s->answered++;
	note_recent(s, false);
	went_well(s);
	if (ledger_update_call(s->ledger, &call->book, d))
		return -1;
	if (s->refused_first == REFUSED_FIRST && s->answered == REFUSED_FIRST) {
		diag_set(&why, DIAG_MAX_ERRORS,
		    "stopped: ChakraHQ refused the first %d calls: %.600s",
		    REFUSED_FIRST, call->book.answer);
		diag_help(&why, "compare the mapping with the procedure's "
				"attributes and states");
		submitter_stop(s, &why, STOP_FOLLOW);
	}
	submitter_check_errors(s);
	return 0;
}

/* 413: in halves, and from then on nothing larger than them. */
static int
take_too_large(struct submitter *s, struct open_call *call, struct diag *d)
{
	size_t half = (call->row_count + 1) / 2;
	struct open_call *parts[2];

	if (call->row_count == 1)
		return take_refused(s, call, d);
	if (call->verb->changes)
		change_not_sent(call);
	parts[0] = open_call_part(call, 0, half);
	parts[1] = open_call_part(call, half, call->row_count - half);
	for (size_t i = 0; i < 2; i++)
		parts[i]->book.part = ++s->last_part;
	s->body_limit = parts[0]->body.len > parts[1]->body.len
			    ? parts[0]->body.len
			    : parts[1]->body.len;
	submitter_insert_after(s, call, parts[1]);
	submitter_insert_after(s, call, parts[0]);
	call->book.state = CALL_SUPERSEDED;
	call->step = STEP_CLOSED;
	went_well(s);
	if (ledger_update_call(s->ledger, &call->book, d))
		return -1;
	return submitter_event(s, "too_large", "HTTP 413: calls are halved", d);
}

/* The service gave the job of another call: it tells nothing about either. */
static void
disown_job(struct submitter *s, struct open_call *call)
{
	for (struct open_call *c = s->calls; c; c = c->next)
		if (c != call && strcmp(c->book.job, call->book.job) == 0 &&
		    (c->step == STEP_JOB || c->step == STEP_ENTRIES))
			c->is_job_shared = true;
	call->book.job[0] = '\0';
	call->leftover_code = "job.shared";
}

static int
take_acked(struct submitter *s, struct open_call *call,
    const struct http_response *r, const struct write_answer *a, struct diag *d)
{
	snprintf(call->book.job, sizeof(call->book.job), "%s", a->job_id);
	if (call->book.job[0] && !job_ids_add(&s->jobs, call->book.job))
		disown_job(s, call);
	call->book.state = CALL_ACKED;
	s->answered++;
	s->rows_acked += call->row_count;
	call->counted = call->row_count;
	note_recent(s, false);
	went_well(s);
	if (s->in_flight_now < s->options.settings.in_flight)
		s->in_flight_now++;
	submitter_see_acked(s, call, r);
	/* Without a job it may have to be sent again. */
	if (call->book.job[0] || !submitter_proves_absence(s))
		open_call_drop_body(call);
	if (ledger_update_call(s->ledger, &call->book, d))
		return -1;
	return submitter_begin_follow(s, call, d);
}

static int
take_unknown(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	call->book.state = CALL_UNKNOWN;
	s->answered++;
	note_recent(s, true);
	if (r->status == 503)
		halve_in_flight(s);
	if (s->options.settings.on_unknown != UNKNOWN_RESEND_ABSENT)
		open_call_drop_body(call);
	if (ledger_update_call(s->ledger, &call->book, d))
		return -1;
	if (submitter_rows_event(s, "unknown", call, call->book.answer, d))
		return -1;
	if (!s->brake) {
		s->brake = true;
		s->brake_since_ms = submitter_now(s);
		s->probe_due_ms = s->brake_since_ms;
		s->probe_failures = 0;
	}
	if (too_many_unknown(s))
		stop_service(s, STOP_FOLLOW,
		    "find out what is wrong, then run reconcile",
		    "stopped: the answers to 10 of the last 20 calls were "
		    "lost");
	return submitter_begin_follow(s, call, d);
}

int
submitter_take_write(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	struct write_answer a;

	response_write(r, call->verb, &a);
	if (r->sends)
		call->was_sent = true;
	call->book.answered_ms = submitter_wall(s);
	call->book.http_status = r->status;
	snprintf(call->book.code, sizeof(call->book.code), "%s",
	    a.verdict == WRITE_ACKED && !a.has_errors ? "" : a.code);
	snprintf(call->book.answer, sizeof(call->book.answer), "%s",
	    a.verdict == WRITE_ACKED && !a.has_errors ? "" : a.words);
	switch (a.verdict) {
	case WRITE_ACKED:
		return take_acked(s, call, r, &a, d);
	case WRITE_NOT_SENT:
		return take_not_sent(s, call, d);
	case WRITE_STOP:
		return take_stop(s, call, r, d);
	case WRITE_TOO_LARGE:
		return take_too_large(s, call, d);
	case WRITE_AGAIN:
		return take_again(s, call, r, d);
	case WRITE_REFUSED:
		return take_refused(s, call, d);
	case WRITE_UNKNOWN:
		break;
	}
	return take_unknown(s, call, r, d);
}

/* Before each new attempt to write, its rows are looked up anew, and so are
 * those of the calls behind it: that does not count as progress. */
static bool
write_is_put_off(const struct submitter *s)
{
	for (const struct open_call *c = s->calls; c != NULL; c = c->next)
		if (c->was_put_off && c->step <= STEP_SENDING)
			return true;
	return false;
}

int
submitter_take_limits(struct submitter *s, const struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	char words[512], message[800];
	const char *help;

	if (r->status >= 200 && r->status < 300 && !r->cut) {
		if (call == NULL || call->step != STEP_PRECHECK ||
		    !write_is_put_off(s))
			went_well(s);
		return 0;
	}
	if (submitter_renews(s, r))
		return 1;
	response_words(r, words, sizeof(words));
	say_answer(message, sizeof(message), r, words);
	help = help_of_stop(r);
	if (help != NULL) {
		stop_service(s, STOP_LEAVE, help, message);
		return 1;
	}
	if (gives_up(s, message))
		return 1;
	if (r->status != 408 && r->status != 429 &&
	    !(r->status == 503 && r->retry_after[0]))
		return 0;
	return pause_as_asked(s, r, d) < 0 ? -1 : 1;
}
