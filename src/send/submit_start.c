/* SPDX-License-Identifier: MIT */
/*
 * What may start now, and starting it. Requests that follow calls go first:
 * they are short, and they free places for new calls. Creates are committed
 * to the ledger together, then started; never more than there are free slots,
 * so that a kill leaves at most in-flight of them unknown.
 */
#include "change.h"
#include "send/submitter.h"
#include "submitter_core.h"
#include "system/fault.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MIN ((size_t)4 << 20)

static size_t
answer_max(size_t body_len)
{
	return body_len * 4 > ANSWER_MIN ? body_len * 4 : ANSWER_MIN;
}

static bool
is_followed(const struct open_call *c)
{
	return c->step == STEP_JOB || c->step == STEP_ENTRIES ||
	       c->step == STEP_LOOKUP || c->step == STEP_PRECHECK;
}

bool
submitter_follows(const struct submitter *s)
{
	return !(s->stopped && s->stop_mode == STOP_LEAVE);
}

unsigned
submitter_open_jobs(const struct submitter *s)
{
	unsigned n = 0;

	for (const struct open_call *c = s->calls; c; c = c->next)
		n += is_followed(c) || c->step == STEP_SENDING;
	return n;
}

bool
submitter_has_slot(const struct submitter *s, size_t reserved)
{
	return s->transport->active(s->transport->ctx) + reserved <
	       s->in_flight_now;
}

bool
submitter_take_rate(struct submitter *s)
{
	int64_t now = submitter_now(s);
	int64_t wait = rate_limit_take(s->rate, now);

	s->rate_due_ms = now + wait;
	return wait == 0;
}

void
submitter_start_request(
    struct submitter *s, const struct http_request *request, uint64_t tag)
{
	(void)FAULT("submit.start");
	s->transport->start(s->transport->ctx, request, tag);
	(void)FAULT("submit.started");
}

/* Every key was asked for once. Before a send one round is enough. */
static int
end_round(struct submitter *s, struct open_call *call, struct diag *d)
{
	if (call->step == STEP_PRECHECK && s->options.looks_only) {
		call->step = STEP_LOOKED;
		return 0;
	}
	if (call->step == STEP_PRECHECK && call->verb->changes)
		return submitter_decide(s, call, d);
	if (call->step == STEP_PRECHECK) {
		s->skipped += open_call_count(call, ROW_EXISTED);
		call->step =
		    open_call_compact(call) ? STEP_QUEUED : STEP_CLOSED;
		return 0;
	}
	if (lookup_round_over(call, submitter_now(s)) ||
	    submitter_waits_twice(s, call))
		return 0;
	return submitter_settle(s, call, d);
}

/* Starts the request that a followed call needs next. */
static int
start_follow(struct submitter *s, struct open_call *call, struct diag *d)
{
	struct buf path = BUF_INIT(4096);
	struct http_request q = {.method = "GET"};
	int ret = 0;

	if (call->step == STEP_JOB) {
		path_of_job(&path, call->book.job);
	} else if (call->step == STEP_ENTRIES) {
		buf_adds(&path, call->entries_path);
	} else {
		buf_clear(&call->request);
		if (!lookup_next_body(call, s->options.key_name,
			submitter_control(s, call), s->lookup_keys,
			&call->request)) {
			ret = end_round(s, call, d);
			goto out;
		}
		path_of_list(&path, buf_str(&s->process_path));
		q.method = "POST";
		q.rows = lookup_asked(call);
		q.body = call->request.data;
		q.body_len = call->request.len;
	}
	if (!submitter_take_rate(s)) {
		/* The lookup's batch is asked for again. */
		call->lookup_to = call->lookup_from;
		goto out;
	}
	q.path = buf_str(&path);
	q.answer_max = answer_max(q.body_len);
	call->tag = ++s->last_tag;
	s->lookups += q.body != NULL;
	submitter_start_request(s, &q, call->tag);
out:
	buf_release(&path);
	return ret;
}

static int
start_follows(struct submitter *s, struct diag *d)
{
	for (struct open_call *c = s->calls; c; c = c->next) {
		if (!submitter_follows(s) || !submitter_has_slot(s, 0))
			return 0;
		if (c->step == STEP_PRECHECK && s->stopped)
			continue;
		if (!is_followed(c) || c->tag || c->due_ms > submitter_now(s) ||
		    submitter_holds_change(s, c))
			continue;
		if (s->rate_due_ms > submitter_now(s))
			return 0;
		if (start_follow(s, c, d))
			return -1;
	}
	return 0;
}

static bool
has_queued(const struct submitter *s)
{
	for (const struct open_call *c = s->calls; c; c = c->next)
		if (c->step == STEP_QUEUED)
			return true;
	return false;
}

static bool
wants_probe(const struct submitter *s)
{
	return !s->probing && !s->stopped &&
	       ((s->brake && (has_queued(s) || !s->input_ended)) ||
		   submitter_wants_listed(s));
}

/* After an unknown answer: is ChakraHQ there? */
static void
start_probe(struct submitter *s)
{
	struct buf path = BUF_INIT(4096);
	struct http_request q = {
	    .method = "POST",
	    .body = LIST_ANY_BODY,
	    .body_len = strlen(LIST_ANY_BODY),
	    .answer_max = ANSWER_MIN,
	};

	if (!wants_probe(s) || submitter_now(s) < s->probe_due_ms ||
	    !submitter_has_slot(s, 0) || !submitter_take_rate(s))
		return;
	path_of_list(&path, buf_str(&s->process_path));
	q.path = buf_str(&path);
	s->probing = true;
	submitter_start_request(s, &q, TAG_PROBE);
	buf_release(&path);
}

/* How many of the call's first rows make a body that is no larger than what
 * passed; at least one. */
static size_t
rows_that_fit(const struct submitter *s, const struct open_call *call)
{
	size_t len = 0, n = 0;

	while (n < call->row_count &&
	       len + call->rows[n].json_len +
		       verb_frame_bytes(call->verb, n + 1) <=
		   s->body_limit) {
		len += call->rows[n].json_len;
		n++;
	}
	return n ? n : 1;
}

/* The first change of all is one row. */
static size_t
rows_that_may(const struct submitter *s, const struct open_call *call)
{
	if (call->verb->changes && s->form == FORM_UNKNOWN)
		return 1;
	if (s->body_limit == 0 || call->body.len <= s->body_limit)
		return call->row_count;
	return rows_that_fit(s, call);
}

/* Replaces a call that is larger than what may be sent by its first rows and
 * the rest, which is looked at again when its turn comes. */
static void
split_to_fit(struct submitter *s, struct open_call *call)
{
	struct open_call *first, *rest;
	size_t n = rows_that_may(s, call);

	if (n >= call->row_count)
		return;
	assert(!call->in_ledger);
	first = open_call_part(call, 0, n);
	rest = open_call_part(call, n, call->row_count - n);
	first->book.part = ++s->last_part;
	rest->book.part = ++s->last_part;
	submitter_insert_after(s, call, rest);
	submitter_insert_after(s, call, first);
	first->step = rest->step = STEP_QUEUED;
	call->step = STEP_CLOSED;
}

static bool
may_create(const struct submitter *s, size_t reserved)
{
	bool sending = reserved != 0;

	if (s->stopped || s->brake || !submitter_has_slot(s, reserved) ||
	    submitter_contact_holds(s))
		return false;
	for (const struct open_call *c = s->calls; c && !sending; c = c->next)
		sending = c->step == STEP_SENDING;
	if (s->answered == 0 && sending)
		return false; /* the first call goes alone */
	return submitter_open_jobs(s) < s->options.settings.open_jobs;
}

static int
write_intent(struct submitter *s, struct open_call *call, struct diag *d)
{
	call->book.state = CALL_SENT;
	call->book.attempts++;
	call->book.sent_ms = submitter_wall(s);
	call->clock_epoch = service_clock_epoch(&s->service_clock);
	call->step = STEP_SENDING;
	if (call->verb->changes) {
		call->is_form_check |= s->form == FORM_UNKNOWN;
		call->must_look |= call->is_form_check;
		s->form = call->is_form_check ? FORM_ASKED : s->form;
		if (change_write_before(call, s->ledger, d))
			return -1;
	}
	if (call->in_ledger)
		return ledger_update_call(s->ledger, &call->book, d);
	call->in_ledger = true;
	return ledger_add_call(s->ledger, &call->book, d);
}

/* Writes the intent of as many creates as may start. */
static int
write_intents(struct submitter *s, size_t *count, struct diag *d)
{
	struct open_call *next;

	for (struct open_call *c = s->calls; c; c = next) {
		next = c->next;
		if (c->step != STEP_QUEUED || c->due_ms > submitter_now(s) ||
		    submitter_holds_change(s, c))
			continue;
		if (!may_create(s, *count))
			return 0;
		if (!submitter_is_fresh(s, c))
			continue;
		if (!c->in_ledger)
			split_to_fit(s, c);
		if (c->step == STEP_CLOSED) {
			next = c->next;
			continue;
		}
		if (!submitter_take_rate(s))
			return 0;
		if (write_intent(s, c, d))
			return -1;
		(*count)++;
	}
	return 0;
}

static int
start_creates(struct submitter *s, struct diag *d)
{
	struct buf path = BUF_INIT(4096);
	struct open_call *next;
	size_t count = 0;
	int ret = -1;

	if (write_intents(s, &count, d))
		goto out;
	ret = 0;
	if (count == 0)
		goto out;
	ret = ledger_commit_intents(s->ledger, d);
	s->dirty_since_ms = 0;
	for (struct open_call *c = s->calls; c && !ret; c = next) {
		struct http_request q = {
		    .method = c->verb->method,
		    .body = c->body.data,
		    .body_len = c->body.len,
		    .once = !c->verb->repeatable,
		    .answer_max = answer_max(c->body.len),
		    .rows = c->row_count,
		};

		next = c->next;
		if (c->step != STEP_SENDING || c->tag)
			continue;
		buf_clear(&path);
		path_of_verb(&path, buf_str(&s->process_path), c->verb);
		q.path = buf_str(&path);
		c->tag = ++s->last_tag;
		submitter_start_request(s, &q, c->tag);
	}
out:
	buf_release(&path);
	return ret;
}

int
submitter_start_due(struct submitter *s, struct diag *d)
{
	int64_t now = submitter_now(s);

	if (submitter_renew(s, d))
		return -1;
	if (s->pause_until_ms > now)
		return 0;
	if (s->pause_why) {
		s->pause_why = NULL;
		if (submitter_event(s, "resume", "sending goes on", d))
			return -1;
	}
	start_probe(s);
	if (start_follows(s, d))
		return -1;
	submitter_contact_start(s);
	if (s->rate_due_ms > submitter_now(s))
		return 0;
	return start_creates(s, d);
}

int64_t
submitter_next_due(const struct submitter *s)
{
	int64_t due = INT64_MAX, floor = s->pause_until_ms;

	if (s->rate_due_ms > floor)
		floor = s->rate_due_ms;
	for (const struct open_call *c = s->calls; c; c = c->next) {
		bool counts =
		    c->tag == 0 && (c->step == STEP_QUEUED ? may_create(s, 0)
				       : c->step == STEP_PRECHECK ? !s->stopped
				       : is_followed(c) ? submitter_follows(s)
							: false);

		if (counts && !submitter_holds_change(s, c) && c->due_ms < due)
			due = c->due_ms;
	}
	if (wants_probe(s) && s->probe_due_ms < due)
		due = s->probe_due_ms;
	if (submitter_contact_due(s) < due)
		due = submitter_contact_due(s);
	if (due == INT64_MAX)
		return due;
	/* Without a free slot only an answer lets anything start. */
	if (!submitter_has_slot(s, 0))
		return INT64_MAX;
	return due > floor ? due : floor;
}
