/* SPDX-License-Identifier: MIT */
/*
 * What must be known before a row is sent a second time: that a lookup which
 * shows none of the call's rows would have shown them. A key that this run
 * created after the call was sent is the best witness; any key that the
 * procedure holds proves that lookups see at all, and then they continue for
 * twice the time.
 */
#include "submitter_core.h"

#include <stdio.h>
#include <string.h>

bool
submitter_proves_absence(const struct submitter *s)
{
	return s->options.settings.on_unknown == UNKNOWN_RESEND_ABSENT &&
	       s->options.key_name != NULL;
}

/* Who looks before each send needs to know that lookups see. */
static bool
wants_control(const struct submitter *s)
{
	return s->verb->changes || submitter_proves_absence(s);
}

struct text
submitter_control(const struct submitter *s, const struct open_call *call)
{
	if (s->verb->changes)
		return buf_text(&s->known.listed);
	if (call->step != STEP_LOOKUP || !submitter_proves_absence(s))
		return (struct text){NULL, 0};
	return buf_text(
	    s->known.created.len ? &s->known.created : &s->known.listed);
}

void
submitter_know_created(struct submitter *s, struct text key, int64_t sent_ms)
{
	if (key.len == 0 ||
	    (s->known.created.len && sent_ms < s->known.created_sent_ms))
		return;
	buf_clear(&s->known.created);
	buf_add(&s->known.created, key.s, key.len);
	s->known.created_sent_ms = sent_ms;
}

void
submitter_know_there(struct submitter *s, struct text key)
{
	buf_clear(&s->known.listed);
	buf_add(&s->known.listed, key.s, key.len);
	s->known.was_listed = true;
}

void
submitter_know_call(struct submitter *s, const struct open_call *call)
{
	for (size_t i = call->row_count; i-- > 0;)
		if (call->rows[i].settled == ROW_FOUND &&
		    call->rows[i].key_len) {
			submitter_know_created(
			    s, open_call_key(call, i), call->book.sent_ms);
			return;
		}
}

void
submitter_know_listed(struct submitter *s, const struct http_response *r)
{
	struct list_page page;
	char words[256];

	if (!wants_control(s) ||
	    response_list(r, s->options.key_name, &page, words, sizeof(words)))
		return;
	s->known.was_listed = true;
	buf_clear(&s->known.listed);
	for (size_t i = 0; i < page.count && s->known.listed.len == 0; i++)
		buf_add(&s->known.listed,
		    page.items[i].key_token.s ? page.items[i].key_token.s : "",
		    page.items[i].key_token.len);
	list_page_release(&page);
}

bool
submitter_wants_listed(const struct submitter *s)
{
	if (!wants_control(s) || s->known.was_listed ||
	    (s->known.created.len && !s->verb->changes))
		return false;
	for (const struct open_call *c = s->calls; c; c = c->next)
		if (c->step == STEP_LOOKUP ||
		    (s->verb->changes && c->step == STEP_PRECHECK))
			return true;
	return false;
}

bool
submitter_holds_change(const struct submitter *s, const struct open_call *call)
{
	if (!s->verb->changes)
		return false;
	if (call->step == STEP_PRECHECK)
		return !s->known.was_listed || s->waits_for_first;
	return call->step == STEP_QUEUED && call->verb->changes &&
	       s->form == FORM_ASKED && !call->is_form_check;
}

bool
submitter_waits_twice(struct submitter *s, struct open_call *call)
{
	bool is_fresh = s->known.created.len &&
			s->known.created_sent_ms > call->book.sent_ms;

	if (call->waits_twice || is_fresh || call->step != STEP_LOOKUP ||
	    !submitter_proves_absence(s) ||
	    open_call_count(call, ROW_OPEN) == 0)
		return false;
	call->waits_twice = true;
	lookup_wait_longer(call, submitter_now(s), submitter_settle_ms(s));
	return true;
}

/* Everything but doubts: the call, its body, and that it was looked up. */
static bool
can_resend(const struct submitter *s, const struct open_call *call)
{
	return submitter_proves_absence(s) && !s->verb->changes &&
	       open_call_count(call, ROW_FOUND) == 0 && !call->resent &&
	       !s->stopped && call->lookup_rounds && call->failures == 0 &&
	       call->body.len;
}

bool
submitter_may_resend(const struct submitter *s, struct open_call *call)
{
	const char *doubt = lookup_doubt(call);
	struct buf words = BUF_INIT(sizeof(call->book.answer) - 1);

	if (!can_resend(s, call))
		return false;
	if (doubt == NULL)
		return true;
	snprintf(call->book.code, sizeof(call->book.code), "%s", doubt);
	buf_addf(&words, "%.330s; not sent again: %s", call->book.answer,
	    lookup_doubt_words(doubt));
	snprintf(call->book.answer, sizeof(call->book.answer), "%s",
	    buf_str(&words));
	buf_release(&words);
	return false;
}
