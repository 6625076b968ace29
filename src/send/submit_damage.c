/* SPDX-License-Identifier: MIT */
/*
 * After damage: calls that the ledger has lost become unknown ones, and are
 * looked up like any other whose answer was lost. What is true of an unknown
 * call (submit_absence.c) then decides whether it is sent again.
 */
#include "submitter_core.h"

#include <stdio.h>

static int
note_first(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	int64_t *first = ctx;

	(void)kind;
	(void)text;
	*first = at_ms;
	return 1;
}

/* Whatever the ledger lost was sent between the run's start and this part's:
 * all of it has the same time to turn up, twice --settle, since no key can be
 * known to be younger. */
static int
begin_damage(struct submitter *s, struct diag *d)
{
	if (s->damage_until_ms)
		return 0;
	s->damage_until_ms = submitter_now(s) + 2 * submitter_settle_ms(s);
	return ledger_each_event(
		   s->ledger, note_first, &s->damage_since_ms, d) < 0
		   ? -1
		   : 0;
}

int
submitter_adopt_damaged(
    struct submitter *s, struct open_call *call, struct diag *d)
{
	if (begin_damage(s, d)) {
		open_call_free(call);
		return -1;
	}
	call->book.state = CALL_UNKNOWN;
	call->book.part = ++s->last_part;
	call->book.sent_ms = s->damage_since_ms;
	snprintf(
	    call->book.code, sizeof(call->book.code), "ledger.rolled_back");
	snprintf(call->book.answer, sizeof(call->book.answer),
	    "the ledger lost what it knew of these rows");
	submitter_append(s, call);
	if (call->in_ledger) {
		if (ledger_update_call(s->ledger, &call->book, d))
			return -1;
	} else {
		call->in_ledger = true;
		if (ledger_add_call(s->ledger, &call->book, d))
			return -1;
	}
	if (!submitter_can_look_up(s))
		return submitter_begin_follow(s, call, d);
	lookup_begin(call, STEP_LOOKUP, submitter_now(s), s->damage_until_ms);
	call->waits_twice = true;
	return 0;
}
