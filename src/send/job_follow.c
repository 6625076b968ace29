/* SPDX-License-Identifier: MIT */
/*
 * The interval grows while nothing changes and falls back when it does. A job
 * that the service does not know is believed to be gone only when it is older
 * than what a service may need to show it.
 */
#include "job_follow.h"

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
job_follow_begin(struct open_call *call, int64_t now_ms, int64_t young_until_ms)
{
	call->step = STEP_JOB;
	call->job_since_ms = now_ms;
	call->job_changed_ms = now_ms;
	call->job_interval_ms = JOB_FIRST_POLL_MS;
	call->job_sum = 0;
	call->job_unfinished = UINT64_MAX;
	call->due_ms =
	    now_ms + (call->row_count <= JOB_FEW_ROWS ? JOB_FEW_POLL_MS
						      : JOB_FIRST_POLL_MS);
	call->job_young_until_ms = young_until_ms;
}

static enum job_next
poll_again(struct open_call *call, int64_t now_ms)
{
	int64_t usual_ms = call->job_since_ms + JOB_FIRST_POLL_MS;

	if (now_ms < usual_ms) { /* it was asked early */
		call->due_ms = usual_ms;
		return JOB_NEXT_POLL;
	}
	call->due_ms = now_ms + call->job_interval_ms;
	call->job_interval_ms += call->job_interval_ms / 2;
	if (call->job_interval_ms > JOB_SLOWEST_POLL_MS)
		call->job_interval_ms = JOB_SLOWEST_POLL_MS;
	return JOB_NEXT_POLL;
}

static enum job_next
fetch_entries(struct open_call *call, const char *leftover_code)
{
	struct buf path = BUF_INIT(sizeof(call->entries_path) - 1);

	call->step = STEP_ENTRIES;
	call->leftover_code = leftover_code;
	job_entries_begin(call);
	path_of_entries(&path, call->book.job);
	snprintf(call->entries_path, sizeof(call->entries_path), "%s",
	    buf_str(&path));
	buf_release(&path);
	return JOB_NEXT_ENTRIES;
}

/* Remembers when the counts last moved. */
static void
note_change(
    struct open_call *call, const struct job_counts *counts, int64_t now_ms)
{
	uint64_t unfinished = counts->not_started + counts->other;

	if (counts->sum == call->job_sum && unfinished == call->job_unfinished)
		return;
	call->job_sum = counts->sum;
	call->job_unfinished = unfinished;
	call->job_changed_ms = now_ms;
	call->job_interval_ms = JOB_FIRST_POLL_MS;
}

enum job_next
job_follow_take(struct open_call *call, const struct http_response *r,
    int64_t wait_timeout_ms, int64_t now_ms)
{
	struct job_counts counts = {0};
	enum job_state state;
	int64_t unchanged_ms;
	char words[256];

	state = response_job(
	    r, call->book.job, call->book.rows, &counts, words, sizeof(words));
	if (state == JOB_GONE && now_ms < call->job_young_until_ms)
		return poll_again(call, now_ms);
	if (state == JOB_GONE || state == JOB_OTHER) {
		call->leftover_code =
		    state == JOB_GONE ? "job.gone" : "job.other";
		return JOB_NEXT_LOOKUP;
	}
	call->job_failed = counts.error + counts.invalid;
	if (state != JOB_UNREADABLE)
		note_change(call, &counts, now_ms);
	unchanged_ms = now_ms - call->job_changed_ms;
	if (state == JOB_DONE && call->job_failed > 0)
		return fetch_entries(call, "job.entries");
	if (state == JOB_DONE)
		return call->wants_ids ? fetch_entries(call, FOR_IDS)
				       : JOB_NEXT_CREATED;
	if (state == JOB_SUM_WRONG && unchanged_ms >= JOB_SUM_PATIENCE_MS)
		return fetch_entries(call, "job.sum");
	if (unchanged_ms >= wait_timeout_ms)
		return fetch_entries(call, "job.unfinished");
	return poll_again(call, now_ms);
}
