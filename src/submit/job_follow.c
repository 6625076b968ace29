/* SPDX-License-Identifier: MIT */
#include "submit/job_follow.h"

/*
 * The interval grows while nothing changes and falls back when it does. An
 * entry without a key cannot be matched before the number of all entries is
 * known, so such entries are kept until the last page; no more of them than
 * the call has rows.
 */

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An entries listing may not have more pages than this per row. */
#define ENTRIES_PAGES_SLACK 100

void
job_follow_begin(struct open_call *call, int64_t now_ms)
{
	call->step = STEP_JOB;
	call->job_since_ms = now_ms;
	call->job_changed_ms = now_ms;
	call->job_interval_ms = JOB_FIRST_POLL_MS;
	call->job_sum = 0;
	call->job_unfinished = UINT64_MAX;
	call->due_ms = now_ms + JOB_FIRST_POLL_MS;
}

static void
add_encoded(struct buf *path, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || strchr("-._~", c))
			buf_addc(path, (char)c);
		else
			buf_addf(path, "%%%02X", c);
	}
}

void
job_path(const struct open_call *call, struct buf *path)
{
	buf_adds(path, "/v1/ext/background-job/");
	add_encoded(path, call->book.job);
}

static enum job_next
poll_again(struct open_call *call, int64_t now_ms)
{
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
	call->entries_seen = 0;
	call->entries_pages = 0;
	job_path(call, &path);
	buf_adds(&path, "/entries");
	snprintf(call->entries_path, sizeof(call->entries_path), "%s",
	    buf_str(&path));
	buf_release(&path);
	return JOB_NEXT_ENTRIES;
}

/* Remembers when the counts last moved. */
static void
note_change(struct open_call *call, const struct job_counts *counts,
    int64_t now_ms)
{
	uint64_t unfinished = counts->not_started + counts->other;

	if (counts->sum == call->job_sum &&
	    unfinished == call->job_unfinished)
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
	    r, call->book.rows, &counts, words, sizeof(words));
	if (state == JOB_GONE) {
		call->leftover_code = "job.gone";
		return JOB_NEXT_LOOKUP;
	}
	if (state != JOB_UNREADABLE)
		note_change(call, &counts, now_ms);
	unchanged_ms = now_ms - call->job_changed_ms;
	if (state == JOB_DONE && counts.error + counts.invalid == 0)
		return JOB_NEXT_CREATED;
	if (state == JOB_DONE)
		return fetch_entries(call, "job.entries");
	if (state == JOB_SUM_WRONG && unchanged_ms >= JOB_SUM_PATIENCE_MS)
		return fetch_entries(call, "job.sum");
	if (unchanged_ms >= wait_timeout_ms)
		return fetch_entries(call, "job.unfinished");
	return poll_again(call, now_ms);
}

/* An entry as it is kept until the last page. */
struct kept_entry {
	char status[32], message[512], process_id[128];
};

static int
refuse_row(struct open_call *call, size_t index, const struct job_entry *e,
    const char *how, struct ledger *ledger, struct diag *d)
{
	struct ledger_row r = {
	    .row = call->rows[index].row,
	    .chunk = call->book.chunk,
	    .index = call->rows[index].index,
	    .call = call->book.id,
	    .outcome = OUTCOME_REFUSED,
	};

	snprintf(r.evidence, sizeof(r.evidence), "job");
	snprintf(r.code, sizeof(r.code), "job.%.20s", e->status);
	snprintf(r.text, sizeof(r.text), "%.480s%s",
	    e->message[0] ? e->message : "ChakraHQ gave no reason", how);
	snprintf(r.process_id, sizeof(r.process_id), "%s", e->process_id);
	call->rows[index].settled = ROW_REFUSED;
	return ledger_set_row(ledger, &r, d);
}

static int
created_row(struct open_call *call, size_t index, const struct job_entry *e,
    struct ledger *ledger, struct diag *d)
{
	struct ledger_row r = {
	    .row = call->rows[index].row,
	    .chunk = call->book.chunk,
	    .index = call->rows[index].index,
	    .call = call->book.id,
	    .outcome = OUTCOME_CREATED,
	};

	call->rows[index].settled = ROW_FOUND;
	/* Without an id of its own the row is what its call is. While the
	 * call may end otherwise, the entry is written. */
	snprintf(r.evidence, sizeof(r.evidence), "job");
	snprintf(r.process_id, sizeof(r.process_id), "%s", e->process_id);
	return ledger_set_row(ledger, &r, d);
}

static int
apply(struct open_call *call, size_t index, const struct job_entry *e,
    const char *how, struct ledger *ledger, struct diag *d)
{
	if (call->rows[index].settled != ROW_OPEN)
		return 0;
	if (strcmp(e->status, "SUCCESS") == 0)
		return created_row(call, index, e, ledger, d);
	if (strcmp(e->status, "ERROR") == 0 ||
	    strcmp(e->status, "INVALID") == 0)
		return refuse_row(call, index, e, how, ledger, d);
	return 0; /* not final: the row stays open */
}

/* Keeps an entry that echoes no key. */
static void
keep(struct open_call *call, const struct job_entry *e)
{
	struct kept_entry k;

	if (call->kept_count == call->row_count)
		return; /* too many to be matched by position */
	memset(&k, 0, sizeof(k));
	snprintf(k.status, sizeof(k.status), "%s", e->status);
	snprintf(k.message, sizeof(k.message), "%s", e->message);
	snprintf(k.process_id, sizeof(k.process_id), "%s", e->process_id);
	buf_add(&call->kept, &k, sizeof(k));
	call->kept_count++;
}

static int
apply_by_position(struct open_call *call, struct ledger *ledger,
    struct diag *d)
{
	for (size_t i = 0; i < call->kept_count; i++) {
		struct kept_entry k;
		struct job_entry e = {.status = ""};

		memcpy(&k, call->kept.data + i * sizeof(k), sizeof(k));
		memcpy(e.status, k.status, sizeof(e.status));
		memcpy(e.message, k.message, sizeof(e.message));
		memcpy(e.process_id, k.process_id, sizeof(e.process_id));
		if (apply(call, i, &e, " (matched by position)", ledger, d))
			return -1;
	}
	return 0;
}

int
job_entries_take(struct open_call *call, const struct entries_page *page,
    struct ledger *ledger, enum job_next *next, struct diag *d)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct job_entry *e = &page->items[i];
		ptrdiff_t index;

		call->entries_seen++;
		if (e->key_token.len == 0) {
			keep(call, e);
			continue;
		}
		index = open_call_find(call, e->key_token);
		if (index >= 0 &&
		    apply(call, (size_t)index, e, "", ledger, d))
			return -1;
	}
	call->entries_pages++;
	if (page->next[0] && page->count &&
	    strcmp(page->next, call->entries_path) != 0 &&
	    call->entries_pages < call->row_count + ENTRIES_PAGES_SLACK &&
	    call->entries_seen <= call->row_count) {
		snprintf(call->entries_path, sizeof(call->entries_path), "%s",
		    page->next);
		*next = JOB_NEXT_ENTRIES;
		return 0;
	}
	if (call->entries_seen == call->row_count &&
	    call->kept_count == call->row_count &&
	    apply_by_position(call, ledger, d))
		return -1;
	buf_release(&call->kept);
	call->kept_count = 0;
	*next = open_call_count(call, ROW_OPEN) ? JOB_NEXT_LOOKUP
						: JOB_NEXT_CREATED;
	return 0;
}
