/* SPDX-License-Identifier: MIT */
/* One `or` of equalities a request: the documented batch form that needs no
 * guess about array operands. */
#include "lookup.h"

#include "base/json_write.h"
#include "change.h"

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
	call->doubt = call->round_doubt = NULL;
	call->waits_twice = false;
	call->due_ms = now_ms;
	for (size_t i = 0; call->verb->changes && i < call->row_count; i++)
		change_forget_look(&call->rows[i]);
}

static bool
is_asked_for(const struct open_call *call, size_t index)
{
	const struct open_row *r = &call->rows[index];

	return r->key_len != 0 && r->settled == ROW_OPEN &&
	       (call->step != STEP_PRECHECK || r->check_first);
}

/* The next run of rows that holds at most keys_max open keys. */
static bool
next_batch(struct open_call *call, size_t keys_max)
{
	size_t keys = 0, i = call->lookup_to;

	while (i < call->row_count && !is_asked_for(call, i))
		i++;
	call->lookup_from = i;
	for (; i < call->row_count && keys < keys_max; i++)
		keys += is_asked_for(call, i);
	call->lookup_to = i;
	call->is_round_whole = false;
	for (size_t k = call->lookup_from; call->verb->changes && k < i; k++)
		if (is_asked_for(call, k))
			change_forget_look(&call->rows[k]);
	call->lookup_skip = 0;
	call->lookup_pages = 0;
	return keys != 0;
}

static bool
is_in_batch(const struct open_call *call, struct text key)
{
	for (size_t i = call->lookup_from; i < call->lookup_to; i++)
		if (text_equal(open_call_key(call, i), key))
			return true;
	return false;
}

static bool
is_in_body(const struct open_call *call, size_t i)
{
	return call->rows[i].key_len &&
	       (call->lookup_skip > 0 || is_asked_for(call, i));
}

size_t
lookup_asked(const struct open_call *call)
{
	size_t n = 0;

	for (size_t i = call->lookup_from; i < call->lookup_to; i++)
		n += is_in_body(call, i);
	return n;
}

bool
lookup_next_body(struct open_call *call, const char *key_name,
    struct text control, size_t keys_max, struct buf *body)
{
	bool begins = call->lookup_skip == 0;
	struct list_body list;
	size_t own = control.len && keys_max > 1 ? keys_max - 1 : keys_max;

	if (begins && !next_batch(call, own))
		return false;
	/* While pages of one batch are read, its question must stay the same,
	 * also for rows that are found by now. */
	if (begins) {
		buf_clear(&call->control);
		buf_add(
		    &call->control, control.s ? control.s : "", control.len);
		call->control_seen = false;
		call->is_control_apart = !is_in_batch(call, control);
	}
	list_body_begin(&list, key_name, body);
	if (call->control.len)
		list_body_key(&list, buf_text(&call->control));
	for (size_t i = call->lookup_from; i < call->lookup_to; i++)
		if (is_in_body(call, i))
			list_body_key(&list, open_call_key(call, i));
	list_body_end(&list, call->lookup_skip, LOOKUP_KEYS_MAX);
	return true;
}

static int
settle_row(struct open_call *call, size_t index,
    const struct found_process *found, struct ledger *ledger, struct diag *d)
{
	bool existed = call->step == STEP_PRECHECK;
	struct ledger_row r = open_call_row(call, index,
	    existed ? OUTCOME_SKIPPED : call->verb->done,
	    existed ? "" : "lookup");

	call->rows[index].settled = existed ? ROW_EXISTED : ROW_FOUND;
	snprintf(r.process_id, sizeof(r.process_id), "%s", found->id);
	if (existed) {
		r.call = 0;
		snprintf(r.code, sizeof(r.code), "rows.exists");
	}
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

/* Doubts in the order in which they are worth saying: the first one stays. */
static void
doubt(const char **at, const char *code)
{
	if (*at == NULL)
		*at = code;
}

/* A process that is not one of the rows we ask for. */
static void
note_other(struct open_call *call, struct text key)
{
	struct text control = buf_text(&call->control);

	if (key.len == 0) /* it does not tell whose it is */
		doubt(&call->doubt, "lookup.no_key");
	else if (control.len && key_is_like(control, key))
		call->control_seen = true;
	else if (open_call_find_like(call, key) >= 0)
		doubt(&call->doubt, "lookup.key_changed");
	else
		doubt(&call->doubt, "lookup.where_ignored");
}

/* Can it be the row that this call sent? */
static bool
is_of_call(const struct open_call *call, const struct found_process *found)
{
	return found->created_at_ms == FOUND_NO_TIME ||
	       (found->created_at_ms != FOUND_BAD_TIME &&
		   found->created_at_ms >= call->earliest_ms);
}

/* Of a row that changes a process: nothing is settled before the send, and
 * afterwards only what is as wanted. */
static int
take_changed(struct open_call *call, size_t index,
    const struct found_process *found, const struct lookup_time *now,
    struct ledger *ledger, struct diag *d)
{
	change_take(call, index, found, now->mono_ms, now->wall_ms);
	if (call->step == STEP_PRECHECK ||
	    call->rows[index].look.now != NOW_WANTED)
		return 0;
	return settle_row(call, index, found, ledger, d);
}

static int
take_process(struct open_call *call, const struct found_process *found,
    const struct lookup_time *now, struct ledger *ledger, struct diag *d)
{
	ptrdiff_t index;

	if (call->verb->changes && call->is_control_apart &&
	    call->control.len > 0 &&
	    text_equal(buf_text(&call->control), found->key_token)) {
		call->control_seen = true;
		return 0;
	}
	index = open_call_find(call, found->key_token);
	if (index < 0) {
		note_other(call, found->key_token);
		return 0;
	}
	/* The control may be a row of an earlier batch. */
	if (call->control.len && !call->control_seen &&
	    key_is_like(buf_text(&call->control), found->key_token))
		call->control_seen = true;
	if (call->verb->changes && ((size_t)index < call->lookup_from ||
				       (size_t)index >= call->lookup_to))
		return 0;
	if (call->rows[index].settled != ROW_OPEN)
		return 0;
	if (call->verb->changes)
		return take_changed(call, (size_t)index, found, now, ledger, d);
	if (call->step != STEP_PRECHECK && !is_of_call(call, found)) {
		/* It existed before, or it is unknown since when. */
		doubt(&call->doubt, found->created_at_ms == FOUND_BAD_TIME
					? "lookup.bad_time"
					: "lookup.older");
		return 0;
	}
	return settle_row(call, (size_t)index, found, ledger, d);
}

int
lookup_take_page(struct open_call *call, const struct list_page *page,
    const struct lookup_time *now, struct ledger *ledger, struct diag *d)
{
	bool wants_more;

	for (size_t i = 0; i < page->count; i++)
		if (take_process(call, &page->items[i], now, ledger, d))
			return -1;
	call->lookup_pages++;
	if (page->count == 0 && page->has_more)
		doubt(&call->doubt, "lookup.no_end");
	/* A second process with a key may be on any page. */
	wants_more = call->verb->changes || is_batch_open(call) ||
		     (call->control.len && !call->control_seen);
	if (page->has_more && page->count && wants_more) {
		call->lookup_skip += page->count;
		return 0;
	}
	call->lookup_skip = 0;
	for (size_t i = call->lookup_from; i < call->lookup_to; i++)
		if (call->verb->changes && call->rows[i].look.found == 0)
			call->rows[i].look.at_ms = now->mono_ms;
	if (call->control.len == 0)
		doubt(&call->round_doubt, "lookup.no_control");
	else if (!call->control_seen)
		doubt(&call->round_doubt, "lookup.control_missing");
	return 0;
}

const char *
lookup_doubt(const struct open_call *call)
{
	return call->doubt ? call->doubt : call->round_doubt;
}

const char *
lookup_doubt_words(const char *code)
{
	static const struct {
		const char *code, *words;
	} doubts[] = {
	    {"lookup.older", "ChakraHQ has a process with one of these keys "
			     "from before the send"},
	    {"lookup.bad_time", "ChakraHQ has a process with one of these "
				"keys, and its createdAt cannot be read"},
	    {"lookup.key_changed", "ChakraHQ has one of these keys in another "
				   "spelling (case, blanks or type)"},
	    {"lookup.no_key", "the lookup showed a process that does not tell "
			      "its key"},
	    {"lookup.where_ignored", "the lookup showed processes that were "
				     "not asked for"},
	    {"lookup.no_end", "the lookup showed an empty page and says that "
			      "there is more"},
	    {"lookup.control_missing", "the lookup did not show a key that is "
				       "known to be there"},
	    {"lookup.no_control", "the procedure shows no process at all: "
				  "create one by hand in ChakraHQ, then "
				  "reconcile again"},
	};

	for (size_t i = 0; code && i < sizeof(doubts) / sizeof(doubts[0]); i++)
		if (strcmp(code, doubts[i].code) == 0)
			return doubts[i].words;
	return "";
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
	call->is_round_whole = true;
	call->lookup_to = 0;
	for (size_t i = 0; i < call->row_count && !is_open; i++)
		is_open = is_asked_for(call, i) &&
			  (!call->by_position || call->rows[i].is_expected);
	/* The last round is one that began when the time was over: what was
	 * created while an earlier one was under way may be missing from it. */
	if (!is_open || call->lookup_round_ms >= call->lookup_until_ms)
		return false;
	call->round_doubt = NULL;
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

void
lookup_wait_longer(struct open_call *call, int64_t now_ms, int64_t more_ms)
{
	call->lookup_until_ms = now_ms + more_ms;
	call->round_doubt = NULL;
	call->due_ms = call->lookup_until_ms;
	call->lookup_round_ms = call->due_ms;
}
