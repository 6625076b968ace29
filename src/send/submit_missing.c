/* SPDX-License-Identifier: MIT */
/*
 * Rows that a look did not find, in a run that sends such rows too (an
 * upsert): they leave the call and become one of another verb, which is as
 * strict as anywhere and never sent twice. "Not found" is believed only beside
 * a key that is known to be there; where nothing is, one row goes first, alone,
 * and is that key from then on.
 */
#include "change.h"
#include "submitter_core.h"

#include <stdio.h>
#include <string.h>

bool
submitter_sends_missing(
    const struct submitter *s, const struct open_call *call, size_t index)
{
	const struct open_row *r = &call->rows[index];

	/* A process that we changed, and that is gone, was deleted. */
	return s->options.missing != NULL && r->settled == ROW_OPEN &&
	       (!change_is_bound(call, index) ||
		   change_was_missing(call, index)) &&
	       r->key_len > 0 && r->look.found == 0 && r->look.sends == 0;
}

static size_t
count_missing(const struct submitter *s, const struct open_call *call)
{
	size_t n = 0;

	for (size_t i = 0; i < call->row_count; i++)
		n += submitter_sends_missing(s, call, i);
	return n;
}

static void
queue_missing(struct submitter *s, struct open_call *call)
{
	open_call_turn(call, s->options.missing);
	change_build_body(call);
	call->step = STEP_QUEUED;
}

/* The first `most` of them as a call of their own; they are no longer open in
 * this one. */
static struct open_call *
take_missing(struct submitter *s, struct open_call *call, size_t most)
{
	struct open_call *part = open_call_rows(call, 0, call->row_count);

	for (size_t i = 0; i < call->row_count; i++) {
		bool is_taken = most > 0 && submitter_sends_missing(s, call, i);

		most -= is_taken;
		(is_taken ? call : part)->rows[i].settled = ROW_EXISTED;
	}
	(void)open_call_compact(part);
	part->book.part = ++s->last_part;
	submitter_insert_after(s, call, part);
	queue_missing(s, part);
	return part;
}

bool
submitter_begins_empty(struct submitter *s, struct open_call *call)
{
	bool has_left = true;

	if (s->options.looks_only || lookup_doubt(call) == NULL ||
	    count_missing(s, call) == 0)
		return false;
	if (s->known.listed.len == 0 && !s->waits_for_first) {
		struct open_call *first = take_missing(s, call, 1);

		first->is_first_there = first->must_look = true;
		s->waits_for_first = true;
		has_left = open_call_compact(call);
		if (!call->in_ledger)
			call->book.part = ++s->last_part;
	}
	if (has_left)
		submitter_look_anew(s, call);
	else
		call->step = STEP_CLOSED;
	return true;
}

void
submitter_part_missing(struct submitter *s, struct open_call *call)
{
	size_t n = count_missing(s, call);

	if (n == 0 || s->options.looks_only)
		return;
	if (n == call->row_count && !call->in_ledger) {
		queue_missing(s, call);
		return;
	}
	(void)take_missing(s, call, n);
	if (!call->in_ledger)
		call->book.part = ++s->last_part;
}

bool
submitter_misses_first(struct submitter *s, const struct open_call *call)
{
	struct diag why = DIAG_INIT;

	if (!call->is_first_there)
		return false;
	if (call->rows[0].settled == ROW_FOUND)
		submitter_know_there(s, open_call_key(call, 0));
	else /* it is asked again what is there */
		s->known.was_listed = false;
	if (call->rows[0].settled != ROW_OPEN || !call->is_job_done)
		return false;
	diag_set(&why, DIAG_SERVICE,
	    "lookups cannot be trusted: row %llu was created, and none of %u "
	    "shows it",
	    (unsigned long long)call->rows[0].row, call->lookup_rounds);
	diag_code(&why, "lookup.untrusted");
	diag_help(&why,
	    "no other row was sent, since it cannot be told whether "
	    "it is there; find out why, then resume this run");
	submitter_stop(s, &why, STOP_FOLLOW);
	return true;
}
