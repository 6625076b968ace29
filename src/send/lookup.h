/* SPDX-License-Identifier: MIT */
#ifndef SEND_LOOKUP_H
#define SEND_LOOKUP_H

/*
 * Looking up the rows of a call by their keys: which request comes next, and
 * what an answer settles. No request is made here.
 *
 * A round asks for every row that is open and has a key, LOOKUP_KEYS_MAX keys
 * a request (the service's page holds no more), following hasMore. Rounds are
 * repeated at growing intervals until all are found or time is up: creation
 * is asynchronous, so "not found" alone is never proof.
 *
 * Absence is believed, for a resend, only of a service that shows in the same
 * answer what is known to be there: every batch asks for a control key, and the
 * last round must have shown it each time. Whatever else is odd about a page (a
 * key of the call at any age, processes that were not asked for, an empty page
 * with more after it, a key spelt differently) is a doubt, and a doubt forbids
 * the resend.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "chakra/response.h"
#include "ledger/ledger.h"
#include "open_call.h"

#include <stdbool.h>
#include <stdint.h>

#define LOOKUP_KEYS_MAX 100
/* … which is halved when the service calls that a bad request, down to one key
 * and its control. */
#define LOOKUP_KEYS_MIN ((size_t)2)
/* More pages than this for one batch: the list does not end, or says nothing
 * about these keys; nothing is concluded from it. */
#define LOOKUP_PAGES_MAX 200
#define LOOKUP_FIRST_MS 500
#define LOOKUP_SLOWEST_MS 15000

/* Starts looking up, until `until_ms` (monotonic). step: STEP_LOOKUP, or
 * STEP_PRECHECK before a send: then rows that are found are skipped
 * (rows.exists), whenever they were created. */
void lookup_begin(struct open_call *call, enum call_step step, int64_t now_ms,
    int64_t until_ms);

/* Appends the body of the next process/list request, with at most keys_max
 * keys. `control`: the token of a key that is known to be there, asked for
 * besides, or empty. False: the round is over (or there is nothing with a key
 * to ask for). */
bool lookup_next_body(struct open_call *call, const char *key_name,
    struct text control, size_t keys_max, struct buf *body);

/* How many of the call's rows that body asks for. */
size_t lookup_asked(const struct open_call *call);

/* Takes the answer to it: settles rows, writes them to the ledger, and notes
 * in call->doubt what speaks against "not found". Of a verb that changes
 * processes what was found is noted in the rows (change.h); after a send, rows
 * whose processes are as wanted are settled. */
struct lookup_time {
	int64_t mono_ms, wall_ms; /* now */
};
int lookup_take_page(struct open_call *call, const struct list_page *page,
    const struct lookup_time *now, struct ledger *ledger, struct diag *d);

/* Why the lookups of a call that is over do not prove that its rows are not
 * there; NULL = they do. */
const char *lookup_doubt(const struct open_call *call);
/* … in words, with the next step. */
const char *lookup_doubt_words(const char *code);

/* Asks for the batch again, from its first page. */
void lookup_again(struct open_call *call);

/* After a round. True: the next round is at call->due_ms; false: it was the
 * last. */
bool lookup_round_over(struct open_call *call, int64_t now_ms);

/* After the last round: more of them, for this long. */
void lookup_wait_longer(
    struct open_call *call, int64_t now_ms, int64_t more_ms);

#endif
