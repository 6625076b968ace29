/* SPDX-License-Identifier: MIT */
/*
 * The entries of a job, and the rows that they are about. Nothing is written
 * before the last page: only then is it known whether the entries say what the
 * job's counts say, whether two speak of one row, and whether entries without
 * keys are as many as the rows. What does not fit together is not believed,
 * and the rows are looked up.
 */
#include "base/xalloc.h"
#include "job_follow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An entries listing may not have more pages than this per row. */
#define ENTRIES_PAGES_SLACK 100
/* The row of an entry that echoes no key. */
#define NO_ROW SIZE_MAX

enum verdict { VERDICT_OPEN, VERDICT_SUCCESS, VERDICT_FAILED };

/* An entry as it is kept until the last page; after it the bytes of status,
 * message and process id, of which a success needs only the last. */
struct kept_entry {
	size_t row;
	enum verdict verdict;
	size_t status_len, message_len, id_len;
};

static enum verdict
verdict_of(const struct job_entry *e)
{
	if (strcmp(e->status, "SUCCESS") == 0)
		return VERDICT_SUCCESS;
	if (strcmp(e->status, "ERROR") == 0 ||
	    strcmp(e->status, "INVALID") == 0)
		return VERDICT_FAILED;
	return VERDICT_OPEN; /* not final: the row stays open */
}

void
job_entries_begin(struct open_call *call)
{
	call->entries_seen = 0;
	call->entries_pages = 0;
	call->entries_failed = 0;
	call->kept_count = 0;
	call->ids_told = 0;
	call->by_position = false;
	buf_release(&call->kept);
	buf_init(&call->kept, 0);
	for (size_t i = 0; i < call->row_count; i++)
		call->rows[i].has_job_entry = call->rows[i].is_disputed = false;
}

static void
keep(struct open_call *call, const struct job_entry *e, size_t row)
{
	bool failed = verdict_of(e) == VERDICT_FAILED;
	struct kept_entry k = {
	    .row = row,
	    .verdict = verdict_of(e),
	    .status_len = failed ? strlen(e->status) : 0,
	    .message_len = failed ? strlen(e->message) : 0,
	    .id_len = strlen(e->process_id),
	};

	if (call->kept_count > call->row_count)
		return; /* too many to be about the call's rows alone */
	buf_add(&call->kept, &k, sizeof(k));
	buf_add(&call->kept, e->status, k.status_len);
	buf_add(&call->kept, e->message, k.message_len);
	buf_add(&call->kept, e->process_id, k.id_len);
	call->kept_count++;
}

static void
take_entry(struct open_call *call, const struct job_entry *e)
{
	ptrdiff_t index;

	call->entries_seen++;
	call->entries_failed += verdict_of(e) == VERDICT_FAILED;
	if (e->key_token.len == 0) {
		keep(call, e, NO_ROW);
		return;
	}
	index = open_call_find(call, e->key_token);
	if (index < 0)
		return;
	/* A second one for one row: neither is believed. */
	call->rows[index].is_disputed |= call->rows[index].has_job_entry;
	call->rows[index].has_job_entry = true;
	keep(call, e, (size_t)index);
}

/* The next kept entry; texts as C strings. */
static void
next_kept(const struct open_call *call, size_t *at, struct kept_entry *kept,
    struct job_entry *e)
{
	const char *p = call->kept.data + *at;
	struct kept_entry k;

	memcpy(&k, p, sizeof(k));
	*kept = k;
	p += sizeof(k);
	memset(e, 0, sizeof(*e));
	memcpy(e->status, p, k.status_len);
	memcpy(e->message, p + k.status_len, k.message_len);
	memcpy(e->process_id, p + k.status_len + k.message_len, k.id_len);
	*at += sizeof(k) + k.status_len + k.message_len + k.id_len;
}

static int
write_row(struct open_call *call, size_t index, const struct job_entry *e,
    enum outcome outcome, const char *how, struct ledger *ledger,
    struct diag *d)
{
	struct ledger_row r = open_call_row(call, index, outcome, "job");

	snprintf(r.process_id, sizeof(r.process_id), "%s", e->process_id);
	if (outcome == OUTCOME_REFUSED) {
		snprintf(r.code, sizeof(r.code), "job.%.20s", e->status);
		snprintf(r.text, sizeof(r.text), "%.480s%s",
		    e->message[0] ? e->message : "ChakraHQ gave no reason",
		    how);
	}
	call->rows[index].settled = row_settled_of(outcome);
	return ledger_set_row(ledger, &r, d);
}

/* What the entries with keys say. */
static int
apply(struct open_call *call, struct ledger *ledger, struct diag *d)
{
	size_t at = 0;

	for (size_t i = 0; i < call->kept_count; i++) {
		struct job_entry e;
		struct kept_entry k;

		next_kept(call, &at, &k, &e);
		if (k.row == NO_ROW || k.verdict == VERDICT_OPEN ||
		    call->rows[k.row].is_disputed ||
		    call->rows[k.row].settled != ROW_OPEN)
			continue;
		call->ids_told += e.process_id[0] != '\0';
		if (write_row(call, k.row, &e,
			k.verdict == VERDICT_FAILED ? OUTCOME_REFUSED
						    : call->verb->done,
			"", ledger, d))
			return -1;
	}
	return 0;
}

/* As many entries without keys as rows: the n-th may be the n-th row's, and
 * is if a lookup finds what it says was created, and nothing else. */
static void
expect_by_position(struct open_call *call)
{
	size_t at = 0;

	call->by_position = true;
	for (size_t i = 0; i < call->kept_count; i++) {
		struct job_entry e;
		struct kept_entry k;

		next_kept(call, &at, &k, &e);
		call->rows[i].is_expected = k.verdict == VERDICT_SUCCESS;
	}
}

static bool
may_be_by_position(const struct open_call *call)
{
	size_t keys = 0;

	for (size_t i = 0; i < call->row_count; i++)
		keys += call->rows[i].key_len != 0 &&
			call->rows[i].settled == ROW_OPEN &&
			!call->rows[i].has_job_entry;
	return keys == call->row_count && call->entries_seen == keys &&
	       call->kept_count == keys;
}

int
job_position_settle(struct open_call *call, struct ledger *ledger,
    size_t *refused, struct diag *d)
{
	size_t at = 0;

	*refused = 0;
	if (!call->by_position)
		return 0;
	call->by_position = false;
	for (size_t i = 0; i < call->row_count; i++)
		if ((call->rows[i].settled == ROW_FOUND) !=
		    call->rows[i].is_expected)
			return 0;
	for (size_t i = 0; i < call->row_count; i++) {
		struct job_entry e;
		struct kept_entry k;

		next_kept(call, &at, &k, &e);
		if (k.verdict != VERDICT_FAILED)
			continue;
		if (write_row(call, i, &e, OUTCOME_REFUSED,
			" (matched by position)", ledger, d))
			return -1;
		(*refused)++;
	}
	return 0;
}

static bool
has_keyless(const struct open_call *call)
{
	size_t at = 0;

	for (size_t i = 0; i < call->kept_count; i++) {
		struct job_entry e;
		struct kept_entry k;

		next_kept(call, &at, &k, &e);
		if (k.row == NO_ROW)
			return true;
	}
	return false;
}

static bool
has_next_page(const struct open_call *call, const struct entries_page *page)
{
	return page->next[0] && page->count &&
	       strcmp(page->next, call->entries_path) != 0 &&
	       call->entries_pages < call->row_count + ENTRIES_PAGES_SLACK &&
	       call->entries_seen <= call->row_count;
}

int
job_entries_take(struct open_call *call, const struct entries_page *page,
    struct ledger *ledger, enum job_next *next, struct diag *d)
{
	bool for_ids = strcmp(call->leftover_code, FOR_IDS) == 0;
	bool is_done =
	    for_ids || strcmp(call->leftover_code, "job.entries") == 0;

	for (size_t i = 0; i < page->count; i++)
		take_entry(call, &page->items[i]);
	call->entries_pages++;
	if (has_next_page(call, page)) {
		snprintf(call->entries_path, sizeof(call->entries_path), "%s",
		    page->next);
		*next = JOB_NEXT_ENTRIES;
		return 0;
	}
	/* A job that is done has counted the same failures; and with more
	 * entries than rows it is unknown what those without a key are
	 * about. */
	if ((is_done && call->entries_failed != call->job_failed) ||
	    (has_keyless(call) && call->entries_seen > call->row_count))
		call->leftover_code = "job.counts";
	else if (!for_ids && may_be_by_position(call))
		expect_by_position(call);
	else if (apply(call, ledger, d))
		return -1;
	if (!call->by_position) {
		buf_release(&call->kept);
		call->kept_count = 0;
	}
	*next = open_call_count(call, ROW_OPEN) ? job_entries_give_up(call)
						: JOB_NEXT_CREATED;
	return 0;
}

enum job_next
job_entries_give_up(struct open_call *call)
{
	return strcmp(call->leftover_code, FOR_IDS) == 0 ? JOB_NEXT_CREATED
							 : JOB_NEXT_LOOKUP;
}
