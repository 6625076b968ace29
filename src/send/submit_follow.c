/* SPDX-License-Identifier: MIT */
/*
 * After the answer: following the job, looking rows up, and writing what
 * became of the call. A call is settled once; rows that differ from it have
 * entries of their own.
 */
#include "base/civil.h"
#include "send/submitter.h"
#include "submitter_core.h"
#include "system/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* How often entries that cannot be read are asked for again. */
#define ENTRIES_TRIES 5
/* How often a lookup before a send may be answered with something that cannot
 * be read. */
#define PRECHECK_TRIES 10

int64_t
submitter_settle_ms(const struct submitter *s)
{
	int64_t settle = s->options.settings.settle_ms;

	return 4 * s->slowest_job_ms > settle ? 4 * s->slowest_job_ms : settle;
}

bool
submitter_can_look_up(const struct submitter *s)
{
	return s->options.key_name != NULL && !s->options.settings.no_wait &&
	       s->options.settings.on_unknown != UNKNOWN_HOLD;
}

int
submitter_look_up(struct submitter *s, struct open_call *call, struct diag *d)
{
	if (!submitter_can_look_up(s) && !call->must_look)
		return submitter_settle(s, call, d);
	lookup_begin(call, STEP_LOOKUP, submitter_now(s),
	    submitter_now(s) + submitter_settle_ms(s));
	return 0;
}

int
submitter_begin_follow(
    struct submitter *s, struct open_call *call, struct diag *d)
{
	int64_t now = submitter_now(s);

	if (call->book.state == CALL_ACKED && call->book.job[0] &&
	    (!s->options.settings.no_wait || call->must_look)) {
		call->wants_ids =
		    s->options.settings.ids && !call->verb->changes;
		job_follow_begin(call, now,
		    now + submitter_settle_ms(s) -
			(submitter_wall(s) - call->book.answered_ms));
		return 0;
	}
	if (submitter_can_look_up(s) && call->book.state == CALL_ACKED &&
	    call->leftover_code == NULL)
		call->leftover_code = "lookup.absent";
	return submitter_look_up(s, call, d);
}

static void
cut_before(char *s, const char *mark)
{
	char *at = strstr(s, mark);

	if (at)
		*at = '\0';
}

/* Why rows stay open, by their code. */
static const char *
leftover_reason(const char *code)
{
	static const struct {
		const char *code, *words;
	} reasons[] = {
	    {"job.gone", "ChakraHQ no longer knows the background job"},
	    {"job.sum", "the background job's counts do not add up to the rows "
			"that were sent"},
	    {"job.other", "the service answers with another background job"},
	    {"job.shared",
		"acknowledged with the background job of another call"},
	    {"job.counts", "the background job's entries do not agree with its "
			   "counts"},
	    {"job.unfinished", "the background job did not finish"},
	    {"job.entries", "the background job reports failures, and its "
			    "entries do not say which rows"},
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(code, reasons[i].code) == 0)
			return reasons[i].words;
	return "acknowledged without a background job";
}

/* Why a row is still open, in words, with the times of the lookups. */
static void
leftover_words(const struct open_call *call, char *out, size_t size)
{
	const char *why = "the answer was lost";
	char when[32], before[sizeof(call->book.answer)];

	if (call->leftover_code != NULL) {
		why = leftover_reason(call->leftover_code);
	} else if (call->book.answer[0]) {
		/* What an earlier part said of its own lookups is over. */
		snprintf(before, sizeof(before), "%s", call->book.answer);
		cut_before(before, "; looked up ");
		cut_before(before, "; not looked up");
		why = before;
	}
	if (call->lookup_rounds == 0) {
		snprintf(out, size, "%.300s; not looked up", why);
		return;
	}
	civil_iso8601(call->lookup_last_ms, when);
	snprintf(out, size, "%.300s; looked up %u times until %s, not found",
	    why, call->lookup_rounds, when);
}

static int
write_leftover(struct submitter *s, struct open_call *call, size_t index,
    const char *words, struct diag *d)
{
	bool untracked =
	    call->book.job[0] == '\0' && call->rows[index].key_len == 0;
	struct ledger_row r = open_call_row(
	    call, index, untracked ? OUTCOME_ACCEPTED : OUTCOME_UNKNOWN, "");

	if (!untracked) {
		snprintf(r.code, sizeof(r.code), "%s", call->leftover_code);
		snprintf(r.text, sizeof(r.text), "%s", words);
		s->unknown++;
	}
	return ledger_set_row(s->ledger, &r, d);
}

/* Sends the call again, once, as a call of its own. This one stays unknown in
 * the ledger: its rows may be there, whatever becomes of the newer call. */
static int
resend(struct submitter *s, struct open_call *call, struct diag *d)
{
	struct open_call *again = open_call_part(call, 0, call->row_count);

	again->resent = true;
	again->book.part = ++s->last_part;
	submitter_insert_after(s, call, again);
	return submitter_rows_event(
	    s, "resend", call, "none was found, sent again once", d);
}

/* A call whose answer was lost. */
static int
settle_lost(struct submitter *s, struct open_call *call, struct diag *d)
{
	size_t found = open_call_count(call, ROW_FOUND);
	char words[512];

	s->rows_acked += found;
	if (found == call->row_count) {
		call->book.state = CALL_CREATED;
		snprintf(
		    call->book.evidence, sizeof(call->book.evidence), "lookup");
		return 0;
	}
	leftover_words(call, words, sizeof(words));
	snprintf(call->book.answer, sizeof(call->book.answer), "%s", words);
	if (submitter_may_resend(s, call))
		return resend(s, call, d);
	s->unknown += call->row_count - found;
	return 0;
}

static bool
has_all_keys(const struct open_call *call)
{
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].key_len == 0)
			return false;
	return true;
}

/* An acknowledged call: created, but for the rows that say otherwise. */
static int
settle_acked(struct submitter *s, struct open_call *call, struct diag *d)
{
	size_t found, refused;
	bool followed;
	char words[512];

	if (job_position_settle(call, s->ledger, &refused, d))
		return -1;
	s->refused += refused;
	s->rows_acked -= refused;
	found = open_call_count(call, ROW_FOUND) +
		open_call_count(call, ROW_REFUSED);
	followed = call->leftover_code || found;

	if (!followed) {
		call->book.state = CALL_ACCEPTED;
		return 0;
	}
	/* Nobody has seen a row of it: it is as good as lost. */
	if (found == 0 && call->book.job[0] == '\0' && has_all_keys(call)) {
		call->book.state = CALL_UNKNOWN;
		s->rows_acked -= call->row_count;
		snprintf(call->book.code, sizeof(call->book.code), "%s",
		    call->leftover_code);
		return settle_lost(s, call, d);
	}
	call->book.state = CALL_CREATED;
	snprintf(call->book.evidence, sizeof(call->book.evidence), "%s",
	    call->book.job[0] ? "job" : "lookup");
	leftover_words(call, words, sizeof(words));
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].settled == ROW_OPEN &&
		    write_leftover(s, call, i, words, d))
			return -1;
	return 0;
}

/* All that is open is created; what the ledger has as unknown by an entry of
 * its own needs another one. */
static int
write_created(struct submitter *s, struct open_call *call, struct diag *d)
{
	for (size_t i = 0; i < call->row_count; i++) {
		struct ledger_row r =
		    open_call_row(call, i, call->verb->done, "job");

		if (call->rows[i].settled != ROW_OPEN)
			continue;
		call->rows[i].settled = ROW_FOUND;
		if (call->rows[i].has_entry && ledger_set_row(s->ledger, &r, d))
			return -1;
	}
	return 0;
}

int
submitter_settle(struct submitter *s, struct open_call *call, struct diag *d)
{
	int failed;

	if (submitter_misses_first(s, call) && write_created(s, call, d))
		return -1;
	if (call->verb->changes)
		failed = submitter_settle_change(s, call, d);
	else if (call->book.state == CALL_ACKED)
		failed = settle_acked(s, call, d);
	else
		failed = settle_lost(s, call, d);
	if (failed)
		return -1;
	submitter_know_call(s, call);
	submitter_see_settled(s, call);
	call->book.settled_ms = submitter_wall(s);
	call->step = STEP_CLOSED;
	return ledger_update_call(s->ledger, &call->book, d);
}

/* Entries were asked for ids, and do not tell those of all rows. */
static int
note_missing_ids(
    struct submitter *s, const struct open_call *call, struct diag *d)
{
	size_t created = call->row_count - open_call_count(call, ROW_REFUSED);
	char words[200];

	if (!call->wants_ids || created <= call->ids_told)
		return 0;
	snprintf(words, sizeof(words),
	    "%zu without a process_id in results.csv: the entries of their "
	    "background job do not name it",
	    created - call->ids_told);
	if (!s->lacks_ids)
		log_warn("rows %" PRIu64 "-%" PRIu64 ": %s", call->rows[0].row,
		    call->rows[call->row_count - 1].row, words);
	s->lacks_ids = true;
	return submitter_rows_event(s, "ids", call, words, d);
}

/* The job is over: what is open is looked up if it can be. */
static int
follow_next(struct submitter *s, struct open_call *call, enum job_next next,
    struct diag *d)
{
	int64_t took = submitter_now(s) - call->job_since_ms;

	call->due_ms =
	    next == JOB_NEXT_ENTRIES ? submitter_now(s) : call->due_ms;
	if (next == JOB_NEXT_POLL || next == JOB_NEXT_ENTRIES)
		return 0;
	if (next == JOB_NEXT_CREATED) {
		/* A job that was given up does not tell how long jobs take. */
		if (took > s->slowest_job_ms)
			s->slowest_job_ms = took;
		call->is_job_done = call->must_look;
		if (call->must_look && open_call_count(call, ROW_OPEN) > 0)
			return submitter_look_up(s, call, d);
		if (note_missing_ids(s, call, d))
			return -1;
		call->leftover_code = "job.entries";
		if (write_created(s, call, d))
			return -1;
		return submitter_settle(s, call, d);
	}
	return submitter_look_up(s, call, d);
}

static int
take_job(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	enum job_next next = JOB_NEXT_LOOKUP;

	if (call->is_job_shared)
		call->leftover_code = "job.shared";
	else
		next = job_follow_take(call, r,
		    s->options.settings.wait_timeout_ms, submitter_now(s));
	if (next == JOB_NEXT_CREATED || next == JOB_NEXT_ENTRIES)
		submitter_see(s, call, SEEN_JOB, r);
	return follow_next(s, call, next, d);
}

/* Refused rows count as errors the moment they are known. */
static int
take_entries(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	struct entries_page page;
	size_t refused = open_call_count(call, ROW_REFUSED);
	enum job_next next = JOB_NEXT_LOOKUP;
	char words[256];

	if (call->is_job_shared) {
		call->leftover_code = "job.shared";
		return follow_next(s, call, JOB_NEXT_LOOKUP, d);
	}
	if (response_entries(r, s->options.key_name ? s->options.key_name : "",
		s->options.base_url, &page, words, sizeof(words))) {
		if (++call->failures < ENTRIES_TRIES) {
			call->due_ms = submitter_backoff_end(s, call->failures);
			return 0;
		}
		return follow_next(s, call, job_entries_give_up(call), d);
	}
	call->failures = 0;
	submitter_see(s, call, SEEN_ENTRIES, r);
	if (job_entries_take(call, &page, s->ledger, &next, d)) {
		entries_page_release(&page);
		return -1;
	}
	entries_page_release(&page);
	s->refused += open_call_count(call, ROW_REFUSED) - refused;
	s->rows_acked -= open_call_count(call, ROW_REFUSED) - refused;
	call->counted -= open_call_count(call, ROW_REFUSED) - refused;
	submitter_check_errors(s);
	return follow_next(s, call, next, d);
}

/* Every answer counts as a sign of life, so --retry-for does not end this. */
static void
stop_unreadable(struct submitter *s, const char *words)
{
	struct diag why = DIAG_INIT;

	diag_set(&why, DIAG_SERVICE,
	    "gave up after %d lookups whose answers cannot be read: %.300s",
	    PRECHECK_TRIES, words);
	diag_help(&why, "check --base-url, then resume this run");
	submitter_stop(s, &why, STOP_FOLLOW);
}

/* The batch is asked again later, from its first page: what was not found
 * may be on a page that was not seen. */
static int
lookup_failed(struct submitter *s, struct open_call *call, const char *words,
    struct diag *d)
{
	call->failures++;
	if (call->step == STEP_PRECHECK && call->failures >= PRECHECK_TRIES)
		stop_unreadable(s, words);
	lookup_again(call);
	if (call->step == STEP_LOOKUP &&
	    submitter_now(s) >= call->lookup_until_ms)
		return submitter_settle(s, call, d);
	call->due_ms = submitter_backoff_end(s, call->failures);
	return 0;
}

static int
take_lookup(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	struct list_page page;
	struct lookup_time now;
	char words[256];
	int failed;

	if (r->status == 400 && s->lookup_keys > LOOKUP_KEYS_MIN) {
		s->lookup_keys = s->lookup_keys / 2 > LOOKUP_KEYS_MIN
				     ? s->lookup_keys / 2
				     : LOOKUP_KEYS_MIN;
		lookup_again(call);
		return 0;
	}
	if (response_list_like(
		s->like, r, s->options.key_name, &page, words, sizeof(words)))
		return lookup_failed(s, call, words, d);
	call->lookup_last_ms = submitter_wall(s);
	call->earliest_ms = service_clock_earliest(
	    &s->service_clock, call->book.sent_ms, call->clock_epoch);
	submitter_see(s, call, SEEN_LIST, r);
	submitter_see_looks(s, call, &page);
	now.mono_ms = submitter_now(s);
	now.wall_ms = call->lookup_last_ms;
	failed = lookup_take_page(call, &page, &now, s->ledger, d);
	list_page_release(&page);
	if (failed)
		return -1;
	if (call->lookup_skip > 0 && call->lookup_pages >= LOOKUP_PAGES_MAX)
		return lookup_failed(
		    s, call, "the list of processes does not end", d);
	/* Only a whole list makes up for the failure before it. */
	if (call->lookup_skip == 0)
		call->failures = 0;
	return 0;
}

int
submitter_take_follow(struct submitter *s, struct open_call *call,
    const struct http_response *r, struct diag *d)
{
	int taken = submitter_take_limits(s, call, r, d);

	if (taken < 0)
		return -1;
	if (taken) { /* the same request again, after the pause */
		lookup_again(call);
		return 0;
	}
	if (call->step == STEP_JOB)
		return take_job(s, call, r, d);
	if (call->step == STEP_ENTRIES)
		return take_entries(s, call, r, d);
	return take_lookup(s, call, r, d);
}

int
submitter_take_probe(
    struct submitter *s, const struct http_response *r, struct diag *d)
{
	int taken = submitter_take_limits(s, NULL, r, d);

	s->probing = false;
	if (taken < 0)
		return -1;
	if (r->status >= 200 && r->status < 300 && !r->cut) {
		submitter_know_listed(s, r);
		if (submitter_wants_listed(s)) /* it could not be read */
			s->probe_due_ms =
			    submitter_backoff_end(s, s->probe_failures++);
		if (!s->brake)
			return 0;
		s->brake = false;
		return submitter_event(
		    s, "resume", "ChakraHQ answers again", d);
	}
	s->probe_due_ms = submitter_backoff_end(s, s->probe_failures++);
	return 0;
}
