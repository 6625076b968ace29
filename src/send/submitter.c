/* SPDX-License-Identifier: MIT */
/*
 * What the caller sees of the submitter: taking chunks, the step, stopping,
 * finishing. One list of open calls, in the order of their rows, holds all
 * state; the step starts what may start and hands every answer to the file
 * that knows what it means (submitter_core.h).
 */
#include "send/submitter.h"

#include "base/civil.h"
#include "base/xalloc.h"
#include "change.h"
#include "submitter_core.h"
#include "system/fault.h"
#include "system/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t
submitter_now(const struct submitter *s)
{
	return s->clock->mono_ms(s->clock->ctx);
}

int64_t
submitter_wall(const struct submitter *s)
{
	return s->clock->wall_ms(s->clock->ctx);
}

struct submitter *
submitter_new(const struct submitter_options *options,
    struct transport *transport, struct ledger *ledger,
    const struct clock *clock)
{
	struct submitter *s = xcalloc(1, sizeof(*s));
	struct diag ignored = DIAG_INIT;

	s->options = *options;
	s->transport = transport;
	s->ledger = ledger;
	s->clock = clock;
	s->in_flight_now = (unsigned)options->settings.in_flight;
	s->lookup_keys = LOOKUP_KEYS_MAX;
	s->like = found_page_new();
	s->verb = verb_of(options->verb);
	path_of_processes(&s->process_path, options->procedure);
	s->progress_ms = submitter_now(s);
	rate_limit_init(&s->own_rate, options->settings.rate_per_s,
	    options->settings.rate_share, s->progress_ms);
	s->rate = options->rate ? options->rate : &s->own_rate;
	/* A ledger that cannot be read says so at the first write, too. */
	(void)service_clock_begin(&s->service_clock, ledger, submitter_wall(s),
	    s->progress_ms, &ignored);
	return s;
}

static void
free_calls(struct open_call *calls)
{
	while (calls != NULL) {
		struct open_call *next = calls->next;

		open_call_free(calls);
		calls = next;
	}
}

void
submitter_free(struct submitter *s)
{
	if (s == NULL)
		return;
	free_calls(s->calls);
	free_calls(s->spares);
	found_page_free(s->like);
	buf_release(&s->process_path);
	service_clock_release(&s->service_clock);
	sent_writer_release(&s->sent);
	job_ids_release(&s->jobs);
	submitter_contact_release(&s->contact);
	submitter_forms_release(s);
	buf_release(&s->known.created);
	buf_release(&s->known.listed);
	free(s);
}

int
submitter_event(
    struct submitter *s, const char *kind, const char *text, struct diag *d)
{
	log_debug("%s: %s", kind, text);
	return ledger_add_event(s->ledger, submitter_wall(s), kind, text, d);
}

int
submitter_rows_event(struct submitter *s, const char *kind,
    const struct open_call *call, const char *words, struct diag *d)
{
	char text[700];

	snprintf(text, sizeof(text), "rows %llu-%llu: %.500s",
	    (unsigned long long)call->rows[0].row,
	    (unsigned long long)call->rows[call->row_count - 1].row, words);
	return submitter_event(s, kind, text, d);
}

int64_t
submitter_backoff_end(const struct submitter *s, unsigned failures)
{
	return submitter_now(s) +
	       retry_backoff_ms(failures, s->clock->random(s->clock->ctx));
}

int
submitter_pause(
    struct submitter *s, int64_t until_ms, const char *why, struct diag *d)
{
	char text[128], when[32];

	if (until_ms <= s->pause_until_ms)
		return 0;
	s->pause_until_ms = until_ms;
	s->pause_why = why;
	civil_iso8601(submitter_wall(s) + until_ms - submitter_now(s), when);
	snprintf(text, sizeof(text), "%s, goes on at %s", why, when);
	return submitter_event(s, "pause", text, d);
}

void
submitter_insert_after(
    struct submitter *s, struct open_call *after, struct open_call *call)
{
	struct open_call **at = after ? &after->next : &s->calls;

	call->next = *at;
	*at = call;
}

/* What a diff recorded of its rows. */
static void
bind_rows(struct submitter *s, struct open_call *call)
{
	const struct submitter_options *o = &s->options;
	struct text fields, id;

	for (size_t i = 0; o->recorded != NULL && i < call->row_count &&
			   s->unbound.kind == DIAG_NONE;
	     i++)
		if (o->recorded(o->recorded_ctx, call->rows[i].row, &fields,
			&id, &s->unbound) == 0)
			change_bind(call, i, fields, id);
}

void
submitter_append(struct submitter *s, struct open_call *call)
{
	struct open_call **end = &s->calls;

	while (*end)
		end = &(*end)->next;
	*end = call;
	bind_rows(s, call);
}

struct open_call *
submitter_new_call(struct submitter *s, const struct verb *verb,
    const struct chunk *chunk, size_t first, size_t count)
{
	struct open_call *spare = s->spares, *call;

	if (spare != NULL)
		s->spares = spare->next;
	call = open_call_new(verb, chunk, first, count, spare);
	call->rules = &s->options.compare;
	return call;
}

void
submitter_enqueue(struct submitter *s, struct open_call *call)
{
	submitter_append(s, call);
	call->step = STEP_QUEUED;
	if (s->verb->changes)
		lookup_begin(call, STEP_PRECHECK, submitter_now(s), INT64_MAX);
	if (s->verb->changes || s->options.key_name == NULL)
		return;
	for (size_t i = 0; i < call->row_count; i++)
		call->rows[i].check_first |= s->options.settings.skip_existing;
	if (open_call_checks_first(call) && !call->in_ledger)
		lookup_begin(call, STEP_PRECHECK, submitter_now(s), INT64_MAX);
}

/* As many chunks are kept ready as there are free slots, at least one. */
bool
submitter_wants_chunk(const struct submitter *s)
{
	size_t queued = 0;
	size_t active = s->transport->active(s->transport->ctx);

	if (s->stopped || s->brake ||
	    submitter_open_jobs(s) >= s->options.settings.open_jobs)
		return false;
	/* What is looked up before the send is as good as queued: a look that
	 * is made too early is made again. */
	for (const struct open_call *c = s->calls; c; c = c->next)
		queued += c->step == STEP_QUEUED || c->step == STEP_LOOKED ||
			  (s->verb->changes && c->step == STEP_PRECHECK);
	return queued == 0 || queued + active < s->in_flight_now;
}

int
submitter_add(struct submitter *s, const struct chunk *chunk, struct diag *d)
{
	struct open_call *call;

	if (submitter_book(s, chunk, d))
		return -1;
	s->rows_read += chunk->records;
	s->rejected += chunk->rejected;
	s->skipped += chunk->skipped;
	submitter_check_errors(s);
	if (chunk->row_count == 0 || chunk->cut || s->stopped)
		return 0;
	call = submitter_new_call(s, s->verb, chunk, 0, chunk->row_count);
	submitter_enqueue(s, call);
	return 0;
}

void
submitter_input_ended(struct submitter *s)
{
	s->input_ended = true;
	submitter_check_errors(s);
}

/* More rows than allowed were rejected or refused: stop. */
void
submitter_check_errors(struct submitter *s)
{
	struct diag why = DIAG_INIT;

	if (!s->stopped &&
	    error_limit_passed(&s->options.settings.max_errors,
		s->rejected + s->refused, s->rows_read, s->input_ended, &why))
		submitter_stop(s, &why, STOP_FOLLOW);
}

static struct open_call *
find_call(struct submitter *s, uint64_t tag)
{
	for (struct open_call *c = s->calls; c; c = c->next)
		if (c->tag == tag)
			return c;
	return NULL;
}

static void
sweep_closed(struct submitter *s)
{
	struct open_call **at = &s->calls;

	while (*at) {
		struct open_call *c = *at;

		if (c->step != STEP_CLOSED) {
			at = &c->next;
			continue;
		}
		*at = c->next;
		/* It ended before it could tell. */
		if (c->is_form_check && s->form == FORM_ASKED)
			s->form = FORM_UNKNOWN;
		if (c->is_first_there)
			s->waits_for_first = false;
		if (s->verb->changes) {
			c->next = s->spares;
			s->spares = c;
		} else {
			open_call_free(c);
		}
	}
}

static int
take(struct submitter *s, const struct http_response *r, struct diag *d)
{
	struct open_call *call;

	if (r->tag == TAG_PROBE || r->tag == TAG_CONTACT) {
		submitter_see_answer(s, r, NULL);
		return r->tag == TAG_PROBE ? submitter_take_probe(s, r, d)
					   : submitter_take_contact(s, r, d);
	}
	call = find_call(s, r->tag);
	if (call == NULL)
		return diag_set(
		    d, DIAG_INTERNAL, "an answer came for an unknown request");
	submitter_see_answer(s, r, call);
	call->tag = 0;
	if (call->step == STEP_SENDING)
		return submitter_take_write(s, call, r, d);
	return submitter_take_follow(s, call, r, d);
}

/* A cached answer has an old Date. */
static int
note_clock(struct submitter *s, const struct http_response *r, struct diag *d)
{
	int64_t date_ms =
	    r->status && !r->has_age && r->date[0] ? http_date_ms(r->date) : -1;

	if (r->is_sandbox && !s->is_sandbox &&
	    ledger_set(s->ledger, LEDGER_REHEARSAL, "1", d))
		return -1;
	s->is_sandbox |= r->is_sandbox;
	submitter_see_token(s, r);
	service_clock_note(&s->service_clock, submitter_wall(s),
	    submitter_now(s), r->elapsed_ms, date_ms);
	return service_clock_store(
	    &s->service_clock, s->ledger, submitter_wall(s), false, d);
}

/* Takes every answer that is there; waits for the first one. */
static int
take_answers(struct submitter *s, int64_t timeout_ms, struct diag *d)
{
	for (;;) {
		struct http_response r = {0};
		int got =
		    s->transport->wait(s->transport->ctx, timeout_ms, &r, d);
		int failed;

		if (got <= 0)
			return got;
		(void)FAULT("submit.answer");
		failed = note_clock(s, &r, d) || take(s, &r, d);
		(void)FAULT("submit.answered");
		http_response_release(&r);
		if (failed)
			return -1;
		timeout_ms = 0;
	}
}

static int
commit_when_due(struct submitter *s, struct diag *d)
{
	int64_t now = submitter_now(s);

	if (!ledger_is_dirty(s->ledger)) {
		s->dirty_since_ms = 0;
		return 0;
	}
	if (s->dirty_since_ms == 0)
		s->dirty_since_ms = now;
	if (now - s->dirty_since_ms < COMMIT_DELAY_MS)
		return 0;
	s->dirty_since_ms = 0;
	return ledger_commit(s->ledger, d);
}

/* What is only told is told in the order of the rows. */
static int
decide_looked(struct submitter *s, struct diag *d)
{
	for (struct open_call *c = s->calls; c && c->step == STEP_LOOKED;
	     c = s->calls) {
		if (submitter_decide(s, c, d))
			return -1;
		sweep_closed(s);
	}
	return 0;
}

int
submitter_step(struct submitter *s, int64_t max_wait_ms, struct diag *d)
{
	int64_t now, due, timeout = max_wait_ms;

	if (s->unbound.kind != DIAG_NONE) {
		*d = s->unbound;
		return -1;
	}
	if (submitter_start_due(s, d) || decide_looked(s, d))
		return -1;
	now = submitter_now(s);
	due = submitter_next_due(s);
	if (due == INT64_MAX && s->transport->active(s->transport->ctx) == 0)
		timeout = 0; /* nothing can come */
	else if (due != INT64_MAX && due - now < timeout)
		timeout = due > now ? due - now : 0;
	if (ledger_is_dirty(s->ledger) && timeout > COMMIT_DELAY_MS)
		timeout = COMMIT_DELAY_MS;
	if (take_answers(s, timeout, d))
		return -1;
	sweep_closed(s);
	return commit_when_due(s, d);
}

bool
submitter_is_idle(const struct submitter *s)
{
	for (const struct open_call *c = s->calls; c; c = c->next) {
		if (c->tag)
			return false;
		if (c->step == STEP_QUEUED || c->step == STEP_PRECHECK ||
		    c->step == STEP_LOOKED) {
			if (!s->stopped)
				return false;
		} else if (submitter_follows(s)) {
			return false;
		}
	}
	return !s->probing && submitter_contact_is_idle(s);
}

void
submitter_stop(struct submitter *s, const struct diag *why, enum stop_mode mode)
{
	struct diag ignored = DIAG_INIT;

	/* A later reason to leave still ends the following. */
	if (mode == STOP_LEAVE)
		s->stop_mode = STOP_LEAVE;
	if (s->stopped)
		return;
	s->stopped = true;
	s->stop_mode = mode;
	s->stop = *why;
	submitter_event(s, "stop", why->message, &ignored);
}

const struct diag *
submitter_stopped(const struct submitter *s)
{
	return s->stopped ? &s->stop : NULL;
}

int
submitter_cancel(struct submitter *s, struct diag *d)
{
	s->transport->cancel(s->transport->ctx);
	return take_answers(s, 0, d);
}

/* Calls that were never sent: their rows are unsent, which is what rows
 * without a call are. */
int
submitter_finish(struct submitter *s, struct diag *d)
{
	for (struct open_call *c = s->calls; c; c = c->next) {
		if (c->step == STEP_LOOKUP && submitter_settle(s, c, d))
			return -1;
	}
	if (service_clock_store(
		&s->service_clock, s->ledger, submitter_wall(s), true, d))
		return -1;
	return ledger_commit(s->ledger, d);
}
