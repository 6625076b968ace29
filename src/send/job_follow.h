/* SPDX-License-Identifier: MIT */
#ifndef SEND_JOB_FOLLOW_H
#define SEND_JOB_FOLLOW_H

/*
 * Following a background job: when to ask again, when it is over, and what
 * its entries say of each row. No request is made here.
 *
 * A job is done when nothing is NOT_STARTED, no status that is not final has a
 * count, and the counts sum to the rows of the call. It is closed unfinished
 * when its counts have not changed for wait_timeout, when nothing is
 * NOT_STARTED but the sum stays wrong for JOB_SUM_PATIENCE_MS, or when the
 * service no longer knows it. Entries are fetched when any row is INVALID or
 * ERROR or the sum is wrong; they are matched by the key they echo, by position
 * only if there are exactly as many entries as rows. With call->wants_ids they
 * are fetched of every job, for the processes' ids ("job.ids"): what such a
 * listing leaves open is created all the same, as the counts say, without an
 * id.
 */

#include "base/diag.h"
#include "chakra/response.h"
#include "ledger/ledger.h"
#include "open_call.h"

#include <stdint.h>

#define JOB_FIRST_POLL_MS 200
/* A job of few rows is asked for once more, before: a thousand small files wait
 * for nothing else. */
#define JOB_FEW_ROWS 100
#define JOB_FEW_POLL_MS 25
#define JOB_SLOWEST_POLL_MS 15000
#define JOB_SUM_PATIENCE_MS INT64_C(120000)

/* Why entries are fetched that only ids are wanted of. */
#define FOR_IDS "job.ids"

enum job_next {
	JOB_NEXT_POLL,	  /* ask again at call->due_ms */
	JOB_NEXT_CREATED, /* every row is created */
	JOB_NEXT_ENTRIES, /* fetch call->entries_path */
	JOB_NEXT_LOOKUP	  /* rows stay open (call->leftover_code says why) */
};

/* The job was acknowledged: begin. Until young_until_ms a job that the service
 * does not know is one that it does not know yet. */
void job_follow_begin(
    struct open_call *call, int64_t now_ms, int64_t young_until_ms);
/* Takes an answer to GET background-job/{id}. */
enum job_next job_follow_take(struct open_call *call,
    const struct http_response *r, int64_t wait_timeout_ms, int64_t now_ms);

/* When entries that are needed are not to be had, however often asked. */
enum job_next job_entries_give_up(struct open_call *call);
/* Forgets what was taken of entries. */
void job_entries_begin(struct open_call *call);
/* Takes one page of entries. *next is JOB_NEXT_ENTRIES while there is another
 * page. After the last one rows are settled and written to the ledger, if the
 * entries agree with the job's counts; rows that two entries speak of stay
 * open. Then *next is JOB_NEXT_CREATED (nothing is open) or JOB_NEXT_LOOKUP.
 * Entries without keys settle nothing yet: call->by_position. */
int job_entries_take(struct open_call *call, const struct entries_page *page,
    struct ledger *ledger, enum job_next *next, struct diag *d);

/* After the lookups of a call with call->by_position: were exactly the rows
 * found that its entries call created, the others are refused (and counted in
 * *refused). Otherwise the entries are forgotten. */
int job_position_settle(struct open_call *call, struct ledger *ledger,
    size_t *refused, struct diag *d);

#endif
