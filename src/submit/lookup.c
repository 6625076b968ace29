/* SPDX-License-Identifier: MIT */
#include "submit/lookup.h"

/* One `or` of equalities a request: the documented batch form that needs no
 * guess about array operands. */

#include "process/json_writer.h"

#include <stdio.h>
#include <string.h>

void
lookup_begin(struct open_call *call, enum call_step step, int64_t now_ms,
    int64_t until_ms)
{
	call->step = step;
	call->lookup_until_ms = until_ms;
	call->lookup_round_ms = now_ms;
	call->lookup_interval_ms = LOOKUP_FIRST_MS;
	call->lookup_from = 0;
	call->lookup_to = 0;
	call->lookup_skip = 0;
	call->lookup_rounds = 0;
	call->due_ms = now_ms;
}

static bool
is_asked_for(const struct open_call *call, size_t index)
{
	const struct open_row *r = &call->rows[index];

	return r->key_len != 0 && r->settled == ROW_OPEN &&
	    (call->step != STEP_PRECHECK || r->check_first);
}

/* The next run of rows that holds at most LOOKUP_KEYS_MAX open keys. */
static bool
next_batch(struct open_call *call)
{
	size_t keys = 0, i = call->lookup_to;

	while (i < call->row_count && !is_asked_for(call, i))
		i++;
	call->lookup_from = i;
	for (; i < call->row_count && keys < LOOKUP_KEYS_MAX; i++)
		keys += is_asked_for(call, i);
	call->lookup_to = i;
	call->lookup_skip = 0;
	call->lookup_pages = 0;
	return keys != 0;
}

bool
lookup_next_body(
    struct open_call *call, const char *key_name, struct buf *body)
{
	bool first = true;

	if (call->lookup_skip == 0 && !next_batch(call))
		return false;
	buf_adds(body, "{\"where\":{\"or\":[");
	for (size_t i = call->lookup_from; i < call->lookup_to; i++) {
		struct text key = open_call_key(call, i);

		/* While pages of one batch are read, its question must stay
		 * the same, also for rows that are found by now. */
		if (call->rows[i].key_len == 0 ||
		    (call->lookup_skip == 0 && !is_asked_for(call, i)))
			continue;
		if (!first)
			buf_addc(body, ',');
		first = false;
		buf_addc(body, '{');
		json_add_string(body, text_of(key_name));
		buf_addc(body, ':');
		buf_add(body, key.s, key.len);
		buf_addc(body, '}');
	}
	buf_addf(body, "]},\"skip\":%llu,\"limit\":%d}",
	    (unsigned long long)call->lookup_skip, LOOKUP_KEYS_MAX);
	return true;
}

static int
settle_row(struct open_call *call, size_t index,
    const struct found_process *found, struct ledger *ledger, struct diag *d)
{
	struct ledger_row r = {
	    .row = call->rows[index].row,
	    .chunk = call->book.chunk,
	    .index = call->rows[index].index,
	    .call = call->book.id,
	    .outcome = OUTCOME_CREATED,
	};

	snprintf(r.process_id, sizeof(r.process_id), "%s", found->id);
	call->rows[index].settled = ROW_FOUND;
	if (call->step == STEP_PRECHECK) {
		call->rows[index].settled = ROW_EXISTED;
		r.call = 0;
		r.outcome = OUTCOME_SKIPPED;
		snprintf(r.code, sizeof(r.code), "rows.exists");
		return ledger_set_row(ledger, &r, d);
	}
	snprintf(r.evidence, sizeof(r.evidence), "lookup");
	return ledger_set_row(ledger, &r, d);
}

/* Is a row of this batch still to be found? */
static bool
is_batch_open(const struct open_call *call)
{
	for (size_t i = call->lookup_from; i < call->lookup_to; i++)
		if (is_asked_for(call, i))
			return true;
	return false;
}

int
lookup_take_page(struct open_call *call, const struct list_page *page,
    struct ledger *ledger, struct diag *d)
{
	for (size_t i = 0; i < page->count; i++) {
		const struct found_process *found = &page->items[i];
		ptrdiff_t index = open_call_find(call, found->key_token);

		if (index < 0 || call->rows[index].settled != ROW_OPEN)
			continue;
		if (call->step != STEP_PRECHECK && found->created_at_ms >= 0 &&
		    found->created_at_ms <
			call->book.sent_ms - LOOKUP_CLOCK_SLACK_MS)
			continue; /* it was there before */
		if (settle_row(call, (size_t)index, found, ledger, d))
			return -1;
	}
	call->lookup_pages++;
	if (page->has_more && page->count && is_batch_open(call))
		call->lookup_skip += page->count;
	else
		call->lookup_skip = 0;
	return 0;
}

void
lookup_again(struct open_call *call)
{
	call->lookup_to = call->lookup_from;
	call->lookup_skip = 0;
}

bool
lookup_round_over(struct open_call *call, int64_t now_ms)
{
	bool is_open = false;

	call->lookup_rounds++;
	call->lookup_to = 0;
	for (size_t i = 0; i < call->row_count && !is_open; i++)
		is_open = is_asked_for(call, i);
	/* The last round is one that began when the time was over: what was
	 * created while an earlier one was under way may be missing from it. */
	if (!is_open || call->lookup_round_ms >= call->lookup_until_ms)
		return false;
	call->due_ms = now_ms + call->lookup_interval_ms;
	if (call->due_ms > call->lookup_until_ms)
		call->due_ms = call->lookup_until_ms > now_ms
		    ? call->lookup_until_ms
		    : now_ms;
	call->lookup_round_ms = call->due_ms;
	call->lookup_interval_ms *= 2;
	if (call->lookup_interval_ms > LOOKUP_SLOWEST_MS)
		call->lookup_interval_ms = LOOKUP_SLOWEST_MS;
	return true;
}
