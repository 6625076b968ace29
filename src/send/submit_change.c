/* SPDX-License-Identifier: MIT */
/*
 * Calls that change processes: deciding each row by a look just before the
 * send, and settling by what later looks show. The rules of a row are in
 * change.h; here they become outcomes.
 */
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "change.h"
#include "submitter_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Before the send.
 */

static int64_t
fresh_ms(const struct submitter *s)
{
	double rate = s->options.settings.rate_per_s;
	int64_t two = rate > 0 ? (int64_t)(2000 / rate) : 0;

	return two > LOOK_FRESH_MS ? two : LOOK_FRESH_MS;
}

void
submitter_look_anew(struct submitter *s, struct open_call *call)
{
	struct open_call *anew = call;

	if (call->in_ledger && call->verb != s->verb) {
		anew = open_call_rows(call, 0, call->row_count);
		anew->book.part = ++s->last_part;
		submitter_insert_after(s, call, anew);
		call->step = STEP_CLOSED;
	}
	open_call_turn(anew, s->verb);
	lookup_begin(anew, STEP_PRECHECK, submitter_now(s), INT64_MAX);
}

bool
submitter_is_fresh(struct submitter *s, struct open_call *call)
{
	if (call->source.len == 0 ||
	    change_stale(call, submitter_now(s) - fresh_ms(s)) ==
		call->row_count)
		return true;
	submitter_look_anew(s, call);
	return false;
}

static void
count_decided(struct submitter *s, enum outcome outcome)
{
	if (outcome_is(outcome, TRAIT_LOST))
		s->unknown++;
	else if (outcome_is(outcome, TRAIT_SENT | TRAIT_FAILED))
		s->refused++;
	else if (outcome_is(outcome, TRAIT_SENT))
		s->rows_acked++;
	else
		s->skipped++;
}

static void
tell_decided(const struct submitter *s, const struct open_call *call,
    size_t index, enum outcome outcome)
{
	const struct open_row *row = &call->rows[index];
	struct told_row told = {.row = row->row,
	    .chunk = call->book.chunk,
	    .index = row->index,
	    .outcome = outcome,
	    .key = open_call_key(call, index),
	    .process_id = change_process_id(call, index),
	    .wanted = change_wanted(call, index)};

	if (row->look.now == NOW_DIFFERS)
		told.before = change_before(call, index);
	if (s->options.told != NULL)
		s->options.told(s->options.told_ctx, &told);
}

/* A row that a look decided: its entry in the ledger, or who is told of it; and
 * its counters. */
static int
decide_row(struct submitter *s, struct open_call *call, size_t index,
    enum outcome outcome, const char *evidence, const char *code,
    const char *words, struct diag *d)
{
	struct text id = change_process_id(call, index);
	struct ledger_row r;

	call->rows[index].settled = ROW_EXISTED;
	count_decided(s, outcome);
	if (s->options.looks_only) {
		tell_decided(s, call, index, outcome);
		return 0;
	}
	r = open_call_row(call, index, outcome, evidence);
	snprintf(r.process_id, sizeof(r.process_id), "%.*s", (int)id.len, id.s);
	snprintf(r.code, sizeof(r.code), "%s", code);
	snprintf(r.text, sizeof(r.text), "%s", words);
	if (call->rows[index].look.sends == 0)
		r.call = 0;
	return ledger_set_row(s->ledger, &r, d);
}

static int
decide_conflict(struct submitter *s, struct open_call *call, size_t index,
    const char *words, struct diag *d)
{
	struct text why = change_why(call, index);
	char both[256];

	snprintf(both, sizeof(both), "%.*s",
	    why.len > 0 ? (int)why.len : (int)strlen(words),
	    why.len > 0 ? why.s : words);
	s->conflict++;
	return decide_row(s, call, index, OUTCOME_CONFLICT, "lookup",
	    "update.conflict", both, d);
}

#define WORDS_NEITHER                                                          \
	"the answer was lost, and the process is neither as it was before "    \
	"nor as it was to become"

static int
decide_missing(
    struct submitter *s, struct open_call *call, size_t index, struct diag *d)
{
	if (change_is_bound(call, index) && !change_was_missing(call, index))
		return decide_conflict(s, call, index,
		    "its process was there when the changes were listed, and "
		    "is gone",
		    d);
	if (submitter_sends_missing(s, call, index))
		return s->options.looks_only
			   ? decide_row(s, call, index,
				 s->options.missing->done, "", "", "", d)
			   : 0;
	return decide_row(s, call, index,
	    s->options.rejects_missing ? OUTCOME_REFUSED : OUTCOME_ABSENT, "",
	    "lookup.missing", "no process has this key", d);
}

static int
decide_found(
    struct submitter *s, struct open_call *call, size_t index, struct diag *d)
{
	const struct row_look *l = &call->rows[index].look;
	char words[128];

	if (l->found > 1) {
		snprintf(words, sizeof(words),
		    "%u processes have this key: nothing says which one is "
		    "meant",
		    l->found);
		return decide_row(s, call, index, OUTCOME_REFUSED, "",
		    "lookup.ambiguous", words, d);
	}
	switch (l->now) {
	case NOW_WANTED:
		return l->sends > 0 ? decide_row(s, call, index,
					  call->verb->done, "lookup", "", "", d)
				    : decide_row(s, call, index,
					  OUTCOME_UNCHANGED, "", "", "", d);
	case NOW_OTHER:
		return decide_conflict(s, call, index, WORDS_NEITHER, d);
	case NOW_DIFFERS:
		if (s->options.looks_only)
			return decide_row(
			    s, call, index, call->verb->done, "", "", "", d);
		return 0;
	case NOW_BEFORE: /* it is sent again */
	case NOW_NOT_THERE:
		break;
	}
	return 0;
}

/* What "not found" rests on: a page that shows what was not asked for, or not
 * what is there, proves nothing. */
static bool
stops_for_doubt(struct submitter *s, struct open_call *call)
{
	const char *doubt = lookup_doubt(call);
	struct diag why = DIAG_INIT;
	bool is_missing = false;

	for (size_t i = 0; i < call->row_count && !is_missing; i++)
		is_missing = call->rows[i].settled == ROW_OPEN &&
			     call->rows[i].look.found == 0;
	/* A procedure that shows nothing at all may be empty. */
	if (doubt == NULL || !is_missing ||
	    strcmp(doubt, "lookup.no_control") == 0)
		return false;
	diag_set(&why, DIAG_SERVICE,
	    "a lookup cannot be trusted (rows %llu-%llu): %s",
	    (unsigned long long)call->rows[0].row,
	    (unsigned long long)call->rows[call->row_count - 1].row,
	    lookup_doubt_words(doubt));
	diag_code(&why, "lookup.untrusted");
	diag_help(&why, "nothing of these rows was sent; find out why, then "
			"resume this run");
	submitter_stop(s, &why, STOP_FOLLOW);
	return true;
}

/* The first rows of a call whose looks are too old by now become a call of
 * their own, which is looked up again; those that are left are fresh. False:
 * none is left. */
static bool
part_stale(struct submitter *s, struct open_call *call)
{
	int64_t since = submitter_now(s) - fresh_ms(s);
	size_t n = 0;
	struct open_call *stale;

	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].key_len > 0 &&
		    call->rows[i].look.at_ms < since)
			n = i + 1;
	if (n == 0 || s->options.looks_only)
		return true;
	if (n == call->row_count) {
		submitter_look_anew(s, call);
		return false;
	}
	stale = open_call_part(call, 0, n);
	stale->book.part = ++s->last_part;
	submitter_insert_after(s, call, stale);
	submitter_look_anew(s, stale);
	for (size_t i = 0; i < n; i++)
		call->rows[i].settled = ROW_EXISTED;
	(void)open_call_compact(call);
	if (!call->in_ledger)
		call->book.part = ++s->last_part;
	return true;
}

/* A key that is there, for the next lookups to look for. */
static void
know_found(struct submitter *s, const struct open_call *call)
{
	for (size_t i = call->row_count; i-- > 0;)
		if (call->rows[i].look.found == 1) {
			submitter_know_there(s, open_call_key(call, i));
			return;
		}
}

int
submitter_decide(struct submitter *s, struct open_call *call, struct diag *d)
{
	if (stops_for_doubt(s, call)) {
		submitter_look_anew(s, call); /* by a later part of the run */
		return 0;
	}
	if (!part_stale(s, call))
		return 0;
	know_found(s, call);
	if (submitter_begins_empty(s, call))
		return 0;
	for (size_t i = 0; i < call->row_count; i++) {
		int failed;

		if (call->rows[i].settled != ROW_OPEN)
			continue;
		failed = call->rows[i].look.found == 0
			     ? decide_missing(s, call, i, d)
			     : decide_found(s, call, i, d);
		if (failed)
			return -1;
	}
	submitter_check_errors(s);
	submitter_part_missing(s, call);
	if (call->step == STEP_QUEUED)
		return 0;
	if (open_call_compact(call)) {
		change_build_body(call);
		call->step = STEP_QUEUED;
		return 0;
	}
	call->step = STEP_CLOSED;
	if (!call->in_ledger)
		return 0;
	call->book.state = CALL_SUPERSEDED;
	return ledger_update_call(s->ledger, &call->book, d);
}

/*
 * After the send.
 */

/* Sends what is as before again, as a call of its own. */
static void
send_again(struct submitter *s, struct open_call *call)
{
	struct open_call *again = open_call_part(call, 0, call->row_count);

	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].settled != ROW_OPEN)
			again->rows[i].settled = ROW_EXISTED;
	(void)open_call_compact(again);
	change_build_body(again);
	again->resent = true;
	again->book.part = ++s->last_part;
	submitter_insert_after(s, call, again);
	again->step = STEP_QUEUED;
}

static bool
may_send_again(const struct submitter *s, const struct open_call *call,
    const struct row_look *l)
{
	return !s->stopped && !call->is_asked_only &&
	       l->sends < CHANGE_SENDS_MAX && call->failures == 0;
}

/* A row that no job and no look has settled. *again: it is to be sent once
 * more. */
static int
settle_open(struct submitter *s, struct open_call *call, size_t index,
    bool is_lost, bool *again, struct diag *d)
{
	struct row_look *l = &call->rows[index].look;
	bool is_whole = call->lookup_rounds > 0 && call->is_round_whole;
	bool is_before = is_whole && l->found == 1 && l->now == NOW_BEFORE;

	if (is_whole && l->found == 1 && l->now == NOW_OTHER)
		return decide_conflict(s, call, index, WORDS_NEITHER, d);
	if (is_whole && l->found == 0 && lookup_doubt(call) == NULL)
		return decide_row(s, call, index, OUTCOME_ABSENT, "lookup",
		    "lookup.missing", "its process is gone", d);
	if (is_before && is_lost && may_send_again(s, call, l)) {
		*again = true;
		return 0;
	}
	return decide_row(s, call, index, OUTCOME_UNKNOWN, "",
	    is_before		  ? "update.not_settled"
	    : call->leftover_code ? call->leftover_code
				  : call->book.code,
	    is_before ? "the change was sent, and does not show"
		      : "it was sent, and what became of it is not known",
	    d);
}

/* The first change is over. If its job took it and it does not show, no other
 * one is sent. */
static int
end_form_check(struct submitter *s, struct open_call *call, struct diag *d)
{
	bool is_open = call->rows[0].settled == ROW_OPEN;

	s->form = call->rows[0].settled == ROW_FOUND ? FORM_GOOD : FORM_UNKNOWN;
	if (call->rows[0].look.sends > 0 &&
	    call->rows[0].look.now == NOW_WANTED)
		submitter_see_form(s, CONTACT_READ_SAME);
	if (!is_open || !call->is_job_done || s->form_path[0] == '\0')
		return 0;
	submitter_stop_for_form(s, s->form_path, s->form_sample);
	return decide_row(s, call, 0, call->verb->done, "job", "", "", d);
}

int
submitter_settle_change(
    struct submitter *s, struct open_call *call, struct diag *d)
{
	bool was_acked = call->book.state == CALL_ACKED;
	bool has_job = was_acked && call->book.job[0] != '\0';
	bool follows = call->lookup_rounds > 0 || call->leftover_code ||
		       open_call_count(call, ROW_OPEN) < call->row_count;
	bool again = false;
	size_t refused = 0;

	if (was_acked && !follows) {
		call->book.state = CALL_ACCEPTED;
		return 0;
	}
	if (was_acked && job_position_settle(call, s->ledger, &refused, d))
		return -1;
	s->refused += refused;
	s->rows_acked += open_call_count(call, ROW_FOUND) - call->counted;
	if (call->is_form_check && end_form_check(s, call, d))
		return -1;
	for (size_t i = 0; i < call->row_count; i++)
		if (call->rows[i].settled == ROW_OPEN &&
		    settle_open(s, call, i, !has_job, &again, d))
			return -1;
	submitter_check_errors(s);
	call->book.state =
	    open_call_count(call, ROW_OPEN) == 0 ? CALL_CREATED : CALL_UNKNOWN;
	snprintf(call->book.evidence, sizeof(call->book.evidence), "%s",
	    has_job ? "job" : "lookup");
	if (!again)
		return 0;
	send_again(s, call);
	return submitter_rows_event(
	    s, "resend", call, "the change does not show, sent again", d);
}
