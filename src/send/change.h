/* SPDX-License-Identifier: MIT */
#ifndef SEND_CHANGE_H
#define SEND_CHANGE_H

/*
 * The rows of a call whose verb changes processes that are there: what looks
 * say of them, and the body that is sent. No request is made here.
 *
 * A row is looked up before it is sent, and only the fields that differ are
 * sent; as they were before is written into the ledger with the intent. After
 * an answer that was lost a look tells three things apart: the process is as
 * wanted (it arrived), as before (it did not, and may be sent again: the
 * values converge), or neither (somebody else changed it: never sent again).
 */

#include "chakra/response.h"
#include "ledger/ledger.h"
#include "open_call.h"

#include <stdbool.h>
#include <stdint.h>

/* A row is sent at most so long after the look that decided it, counted from
 * the look's answer; under --rate, as long as two calls take. */
#define LOOK_FRESH_MS INT64_C(10000)
/* How often one change is put on the wire. */
#define CHANGE_SENDS_MAX 3

/* The row may only change what a diff recorded, and only if it is still so. */
void change_bind(struct open_call *call, size_t index, struct text fields,
    struct text process_id);
bool change_is_bound(const struct open_call *call, size_t index);
/* … and was not there then. */
bool change_was_missing(const struct open_call *call, size_t index);
/* Before a row is asked for (again). */
void change_forget_look(struct open_row *row);
/* A process with the row's key. */
void change_take(struct open_call *call, size_t index,
    const struct found_process *found, int64_t now_ms, int64_t wall_ms);
/* All rows are to be sent as their looks say, by the call's verb: what differs,
 * or, of one that is not there, the whole. */
void change_build_body(struct open_call *call);
/* Every row was looked at no earlier than `since_ms`. The first that was not,
 * or row_count. */
size_t change_stale(const struct open_call *call, int64_t since_ms);
/* With the intent of a send, in the open transaction. */
int change_write_before(
    struct open_call *call, struct ledger *ledger, struct diag *d);
/* The answer says that nothing of it was taken. */
void change_not_sent(struct open_call *call);
/* Of a call that the ledger knows: what it was before. */
int change_read_before(
    struct open_call *call, struct ledger *ledger, struct diag *d);
/* The row's object, as the mapping made it. */
struct text change_wanted(const struct open_call *call, size_t index);
struct text change_before(const struct open_call *call, size_t index);
struct text change_process_id(const struct open_call *call, size_t index);
/* Why it is NOW_OTHER; empty if it was sent. */
struct text change_why(const struct open_call *call, size_t index);

#endif
