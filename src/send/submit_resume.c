/* SPDX-License-Identifier: MIT */
/*
 * A chunk of an earlier part of the run. The ledger says what became of its
 * rows; this file turns that into open calls again. Nothing that may have
 * been on the wire is queued.
 */
#include "base/xalloc.h"
#include "change.h"
#include "known.h"
#include "submitter_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Why rows were left open: what a look at the job cannot change is not asked
 * of it again. */
static void
note_leftover(struct open_call *call, const char *code)
{
	static const char *const over[] = {
	    "job.sum", "job.other", "job.shared", "job.counts"};

	for (size_t i = 0; i < sizeof(over) / sizeof(over[0]); i++)
		if (strcmp(code, over[i]) == 0)
			call->leftover_code = over[i];
}

/* The open call for a call of the ledger, its rows marked with what is known
 * of them. */
static struct open_call *
adopt(struct submitter *s, const struct chunk *chunk,
    const struct ledger_call *book, const struct ledger_outcomes *outcomes)
{
	struct open_call *call = submitter_new_call(s,
	    verb_of(verb_named(outcome_row(book->done)->verb)), chunk,
	    (size_t)book->first, (size_t)book->count);

	call->book = *book;
	call->in_ledger = true;
	for (size_t i = 0; i < call->row_count; i++) {
		struct row_state row =
		    ledger_outcomes_get(outcomes, call->rows[i].index);

		call->rows[i].has_entry =
		    outcome_is(row.outcome, TRAIT_LOST) &&
		    !outcome_is(call_state_outcome(book->state, book->done),
			TRAIT_LOST);
		if (call->rows[i].has_entry)
			note_leftover(call, row.code);
		call->rows[i].settled =
		    ledger_call_has(book, call->rows[i].index)
			? row_settled_of(row.outcome)
			: ROW_EXISTED;
	}
	return call;
}

/* A call of which it is unknown whether it arrived. */
static int
adopt_lost(struct submitter *s, struct open_call *call, struct diag *d)
{
	submitter_append(s, call);
	if (call->book.state == CALL_SENT) {
		call->book.state = CALL_UNKNOWN;
		snprintf(
		    call->book.code, sizeof(call->book.code), "http.no_answer");
		snprintf(call->book.answer, sizeof(call->book.answer),
		    "the process ended before the answer came");
		if (ledger_update_call(s->ledger, &call->book, d))
			return -1;
	}
	if (s->options.settings.on_unknown != UNKNOWN_RESEND_ABSENT)
		open_call_drop_body(call);
	return submitter_begin_follow(s, call, d);
}

/* Rows that were acknowledged and are not settled. */
static int
adopt_acked(struct submitter *s, struct open_call *call, struct diag *d)
{
	submitter_append(s, call);
	if (call->book.job[0] || !submitter_proves_absence(s))
		open_call_drop_body(call);
	call->book.state = CALL_ACKED;
	if (call->leftover_code == NULL)
		return submitter_begin_follow(s, call, d);
	return submitter_look_up(s, call, d);
}

static int
adopt_unsent(struct submitter *s, struct open_call *call, enum resume_mode mode,
    struct diag *d)
{
	unsigned char sha256[SHA256_BYTES];

	memcpy(sha256, call->book.sha256, sizeof(sha256));
	if (!open_call_compact(call)) {
		open_call_free(call);
		return 0;
	}
	sha256_of(call->body.data, call->body.len, call->book.sha256);
	if (mode == RESUME_AFTER_DAMAGE && submitter_adopt_damaged(s, call, d))
		return -1;
	if (mode != RESUME_AFTER_DAMAGE)
		submitter_enqueue(s, call);
	if (memcmp(sha256, call->book.sha256, sizeof(sha256)) == 0)
		return 0;
	return diag_set(d, DIAG_INPUT,
	    "a call of chunk %llu is not what this run planned",
	    (unsigned long long)call->book.chunk);
}

static bool
has_unknown_rows(
    const struct ledger_call *book, const struct ledger_outcomes *outcomes)
{
	for (uint64_t i = book->first; i < book->first + book->count; i++)
		if (ledger_call_has(book, i) &&
		    outcome_is(
			ledger_outcomes_get(outcomes, i).outcome, TRAIT_LOST))
			return true;
	return false;
}

/* Of a call that was sent again in parts (413), and not all of them left: the
 * rows that no newer call speaks for. In the ledger it keeps its range. NULL
 * = there are none. */
static struct open_call *
adopt_rest(struct submitter *s, const struct chunk *chunk,
    const struct known_calls *known, const struct ledger_call *book,
    const struct ledger_outcomes *outcomes)
{
	struct open_call *call = adopt(s, chunk, book, outcomes);
	bool has_found = false;

	for (size_t i = 0; i < call->row_count; i++) {
		struct open_row *row = &call->rows[i];
		const struct ledger_call one = {
		    .id = book->id, .first = row->index, .count = 1};

		if (known_covers(known, &one, true))
			row->settled = ROW_EXISTED;
		else
			has_found |= row->settled == ROW_FOUND;
	}
	if (!open_call_compact(call)) {
		open_call_free(call);
		return NULL;
	}
	call->book = *book;
	call->resent = has_found;
	return call;
}

/* A key of the call that is known to be there, for lookups to look for. */
static void
know_created(struct submitter *s, const struct chunk *chunk,
    const struct ledger_call *book, const struct ledger_outcomes *outcomes)
{
	for (uint64_t i = book->first + book->count; i-- > book->first;) {
		const struct chunk_row *row = &chunk->rows[i];

		if (row->key_len == 0 || !ledger_call_has(book, i) ||
		    row_settled_of(ledger_outcomes_get(outcomes, i).outcome) !=
			ROW_FOUND)
			continue;
		submitter_know_created(s,
		    (struct text){chunk->body.data + row->key_at, row->key_len},
		    book->sent_ms);
		return;
	}
}

/* What its rows were before, and what of them is counted already. */
static int
adopt_change(struct submitter *s, struct open_call *call, enum resume_mode mode,
    struct diag *d)
{
	call->is_asked_only =
	    mode == RESUME_RECONCILE &&
	    s->options.settings.on_unknown != UNKNOWN_RESEND_ABSENT;
	call->counted = open_call_count(call, ROW_FOUND);
	if (call_state_outcome(call->book.state, call->book.done) ==
	    call_state_outcome(CALL_ACKED, call->book.done))
		call->counted = call->row_count -
				open_call_count(call, ROW_REFUSED) -
				open_call_count(call, ROW_EXISTED);
	return change_read_before(call, s->ledger, d);
}

/* A call that is still to be sent; its rows are looked up anew, if they change
 * processes. */
static bool
is_queued_anew(const struct submitter *s, const struct ledger_call *book)
{
	return s->verb->changes && book->state == CALL_UNSENT;
}

static int
resume_call(struct submitter *s, const struct chunk *chunk,
    const struct known_calls *known, const struct ledger_call *book,
    const struct ledger_outcomes *outcomes, enum resume_mode mode,
    struct diag *d)
{
	bool again = mode != RESUME_SEND;
	struct open_call *call;

	if (known_covers(known, book, true)) {
		call = again && book->state == CALL_UNKNOWN
			   ? adopt_rest(s, chunk, known, book, outcomes)
			   : NULL;
		return call ? adopt_lost(s, call, d) : 0;
	}
	switch (book->state) {
	case CALL_SENT:
	case CALL_ACKED:
		break;
	case CALL_UNSENT:
		if (mode == RESUME_RECONCILE || is_queued_anew(s, book))
			return 0;
		return adopt_unsent(
		    s, adopt(s, chunk, book, outcomes), mode, d);
	case CALL_UNKNOWN:
	case CALL_CREATED:
		know_created(s, chunk, book, outcomes);
		if (!again || !has_unknown_rows(book, outcomes))
			return 0;
		break;
	case CALL_ACCEPTED:
		if (!again)
			return 0;
		break;
	case CALL_REFUSED:
	case CALL_SUPERSEDED:
		return 0;
	}
	call = adopt(s, chunk, book, outcomes);
	if (call->verb->changes && adopt_change(s, call, mode, d)) {
		open_call_free(call);
		return -1;
	}
	call->resent = known_covers(known, book, false);
	if (book->state == CALL_SENT || book->state == CALL_UNKNOWN)
		return adopt_lost(s, call, d);
	return adopt_acked(s, call, d);
}

enum taken {
	TAKEN_FREE,
	TAKEN_CALL,   /* a call covers it */
	TAKEN_SKIPPED /* it has an entry of its own */
};

/* Queues the free rows of [from, to), between which none is a call's, as one
 * call: a call of many rows that leaves out what exists is one call still. */
static int
queue_run(struct submitter *s, const struct chunk *chunk,
    const unsigned char *taken, size_t from, size_t to, enum resume_mode mode,
    struct diag *d)
{
	/* After damage: what may have been created without our knowing it is
	 * looked up for long, and never sent. */
	bool is_lost = mode == RESUME_AFTER_DAMAGE &&
		       (!s->verb->changes || s->options.missing != NULL);
	struct open_call *call = submitter_new_call(s,
	    is_lost && s->verb->changes ? s->options.missing : s->verb, chunk,
	    from, to - from);

	for (size_t i = from; i < to; i++)
		if (taken[i] == TAKEN_SKIPPED)
			call->rows[i - from].settled = ROW_EXISTED;
	open_call_compact(call); /* the first and the last one are free */
	if (is_lost)
		return submitter_adopt_damaged(s, call, d);
	if (call->row_count < chunk->row_count)
		call->book.part = ++s->last_part;
	submitter_enqueue(s, call);
	return 0;
}

/* Queues the rows that no call covers and nobody skipped. */
static int
queue_rest(struct submitter *s, const struct chunk *chunk,
    const struct known_calls *known, const struct ledger_outcomes *outcomes,
    enum resume_mode mode, struct diag *d)
{
	int ret = 0;
	unsigned char *taken = xcalloc(chunk->row_count + 1, 1);

	taken[chunk->row_count] = TAKEN_CALL;
	for (size_t i = 0; i < known->count; i++) {
		const struct ledger_call *c = &known->items[i];

		if (c->state == CALL_SUPERSEDED || is_queued_anew(s, c))
			continue;
		for (uint64_t r = c->first; r < c->first + c->count; r++)
			if (ledger_call_has(c, r))
				taken[r] = TAKEN_CALL;
	}
	for (size_t i = 0; i < chunk->row_count; i++)
		if (taken[i] == TAKEN_FREE &&
		    row_settled_of(ledger_outcomes_get(outcomes, i).outcome) !=
			ROW_OPEN)
			taken[i] = TAKEN_SKIPPED;
	for (size_t i = 0; i < chunk->row_count && ret == 0; i++) {
		size_t from = i, to = i;

		if (taken[i] != TAKEN_FREE)
			continue;
		for (; taken[i] != TAKEN_CALL; i++)
			if (taken[i] == TAKEN_FREE)
				to = i + 1;
		ret = queue_run(s, chunk, taken, from, to, mode, d);
	}
	free(taken);
	return ret;
}

/* Progress and --max-errors are about the whole run. */
static void
count_settled(struct submitter *s, const struct chunk *chunk,
    const struct ledger_outcomes *outcomes, enum resume_mode mode)
{
	for (size_t i = 0; i < chunk->row_count; i++) {
		enum outcome o = ledger_outcomes_get(outcomes, i).outcome;

		if (!(outcome_row(o)->traits & (TRAIT_SENT | TRAIT_DUE)))
			s->skipped++;
		/* Who only asks is not stopped by errors of the past. */
		if (!outcome_is(o, TRAIT_SENT) || outcome_is(o, TRAIT_LOST))
			continue;
		if (outcome_is(o, TRAIT_FAILED) && mode != RESUME_RECONCILE)
			s->refused++;
		else
			s->rows_acked++;
	}
	submitter_check_errors(s);
}

static int
resume_known(struct submitter *s, const struct chunk *chunk,
    const struct known_calls *known, struct ledger_outcomes *outcomes,
    enum resume_mode mode, struct diag *d)
{
	if (ledger_outcomes_load(outcomes, chunk->ordinal, d))
		return -1;
	for (size_t i = 0; i < known->count; i++) {
		if (known->items[i].part > s->last_part)
			s->last_part = known->items[i].part;
		if (known->items[i].job[0])
			job_ids_add(&s->jobs, known->items[i].job);
	}
	count_settled(s, chunk, outcomes, mode);
	for (size_t i = 0; i < known->count; i++)
		if (resume_call(
			s, chunk, known, &known->items[i], outcomes, mode, d))
			return -1;
	if (mode == RESUME_RECONCILE || s->stopped || chunk->row_count == 0)
		return 0;
	return queue_rest(s, chunk, known, outcomes, mode, d);
}

int
submitter_resume_chunk(struct submitter *s, const struct chunk *chunk,
    enum resume_mode mode, struct diag *d)
{
	struct ledger_chunk known_chunk;
	struct known_calls known = {0};
	struct ledger_outcomes *outcomes;
	int got = known_load(s->ledger, chunk, &known_chunk, &known, d);
	int ret = -1;

	if (got == 0 && (mode != RESUME_AFTER_DAMAGE || chunk->cut))
		return mode == RESUME_RECONCILE || mode == RESUME_READ
			   ? 1
			   : submitter_add(s, chunk, d);
	if (got == 0 && submitter_book(s, chunk, d) == 0)
		got = known_load(s->ledger, chunk, &known_chunk, &known, d);
	if (got > 0 &&
	    chunk->cut) /* the input failed in it: the ledger has it */
		ret = 0;
	else if (got > 0)
		ret = known_compare(chunk, &known_chunk, &known, mode, d);
	/* Read differently by this version: those who only ask leave it as it
	 * is. */
	if (ret < 0 && mode == RESUME_RECONCILE &&
	    strcmp(d->code, "run.other_version") == 0) {
		ret = submitter_event(s, "unknown", d->message, d);
		*d = (struct diag)DIAG_INIT;
		free(known.items);
		return ret;
	}
	if (ret == 0 && !chunk->cut) {
		s->rows_read += chunk->records;
		s->rejected += chunk->rejected;
		s->skipped += chunk->skipped;
	}
	if (ret == 0 && !chunk->cut && mode != RESUME_READ) {
		outcomes = ledger_outcomes_new(s->ledger);
		ret = resume_known(s, chunk, &known, outcomes, mode, d);
		ledger_outcomes_free(outcomes);
	}
	free(known.items);
	return ret;
}
