/* SPDX-License-Identifier: MIT */
/*
 * First contact: what the service shows of itself, call by call, and two
 * requests of its own about the first call that it acknowledged. The run rests
 * on none of it; but as long as that call has not shown what it can, it goes
 * alone, so that a service that changed is named while one call is at stake.
 */
#include "chakra/response.h"
#include "lookup.h"
#include "send/submitter.h"
#include "submitter_core.h"

#include <stdio.h>
#include <string.h>

/* The longest that other calls wait for the first one. */
#define HOLD_MS INT64_C(120000)
/* How often a row is looked for that is not shown yet, and the first wait. */
#define TRIES 3
#define WAIT_MS 300
/* How long an answer that nothing depends on is waited for. */
#define PATIENCE_MS 10000
#define LIST_LIMIT 10
#define ANSWER_MAX ((size_t)4 << 20)

void
submitter_contact_release(struct first_contact *c)
{
	buf_release(&c->entries_path);
	buf_release(&c->list_body);
	buf_release(&c->created);
	buf_release(&c->refused);
}

static bool
has_seen(const struct submitter *s, enum contact_fact fact)
{
	return s->options.watch->seen.facts[fact][0] != '\0';
}

/* A name in the place of a member's name that is a key of the call. */
static bool
is_key_of(void *ctx, const char *name)
{
	struct open_call *call = ctx;
	char token[64];

	snprintf(token, sizeof(token), "\"%s\"", name);
	return call != NULL && open_call_find(call, text_of(token)) >= 0;
}

/* The keys of a call that is settled and gone. */
static bool
is_known_key(void *ctx, const char *name)
{
	const struct first_contact *c = ctx;
	char token[64];

	snprintf(token, sizeof(token), "\"%s\"", name);
	return strcmp(buf_str(&c->created), token) == 0 ||
	       strcmp(buf_str(&c->refused), token) == 0;
}

static void
see_limits(struct contact_watch *w, const char *lines)
{
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");
		size_t name = strcspn(lines, " ");

		contact_see_limit(w, (struct text){lines, name},
		    (struct text){lines + name + 1, len - name - 1});
		lines += len + 1;
	}
}

void
submitter_see_answer(struct submitter *s, const struct http_response *r,
    const struct open_call *call)
{
	struct contact_watch *w = s->options.watch;
	bool is_write = call != NULL && call->step == STEP_SENDING;
	enum contact_request what = !is_write		  ? CONTACT_OTHERS
				    : call->verb->changes ? CONTACT_UPDATES
							  : CONTACT_CREATES;
	int64_t wait;

	if (w == NULL || r->status == 0)
		return;
	w->now_ms = submitter_wall(s);
	w->seen.is_sandbox |= r->is_sandbox;
	contact_see_status(w, r->status);
	contact_see_time(w, what, r->elapsed_ms);
	see_limits(w, r->limits);
	if (is_write && r->status == 413)
		contact_see_body(w, false, call->body.len, call->row_count);
	if (r->retry_after[0] == '\0')
		return;
	wait = retry_after_ms(r->retry_after, r->date, w->now_ms);
	if (wait > w->seen.retry_after_ms)
		w->seen.retry_after_ms = wait;
	contact_see(w, CONTACT_RETRY_AFTER,
	    wait < 0 ? "unreadable"
	    : strspn(r->retry_after, "0123456789") == strlen(r->retry_after)
		? "seconds"
		: "date");
}

static struct shape_reader
reader_of(struct submitter *s, struct open_call *call)
{
	s->options.watch->now_ms = submitter_wall(s);
	return (struct shape_reader){
	    .watch = s->options.watch,
	    .key_name = s->options.key_name,
	    .is_change =
		call != NULL ? call->verb->changes : s->contact.is_change,
	    .is_value = is_key_of,
	    .ctx = call,
	};
}

void
submitter_see_acked(
    struct submitter *s, struct open_call *call, const struct http_response *r)
{
	struct first_contact *c = &s->contact;
	int64_t hold = s->options.settings.settle_ms;
	struct shape_reader reader;

	if (s->options.watch == NULL)
		return;
	contact_see_body(
	    s->options.watch, true, call->body.len, call->row_count);
	if (c->step != CONTACT_WAITS)
		return;
	reader = reader_of(s, call);
	shape_acknowledgement(&reader, r);
	c->step = s->options.settings.no_wait ? CONTACT_OVER : CONTACT_CALL;
	call->is_first_contact = true;
	c->is_change = call->verb->changes;
	c->until_ms = submitter_now(s) + (hold < HOLD_MS ? hold : HOLD_MS);
}

void
submitter_see(struct submitter *s, struct open_call *call,
    enum seen_answer what, const struct http_response *r)
{
	static const enum contact_fact facts[] = {
	    [SEEN_JOB] = CONTACT_JOB_MEMBERS,
	    [SEEN_ENTRIES] = CONTACT_ENTRY_MEMBERS,
	    [SEEN_LIST] = CONTACT_CREATED_AT,
	};
	struct shape_reader reader;

	if (s->options.watch == NULL)
		return;
	reader = reader_of(s, call);
	if (has_seen(s, what == SEEN_ENTRIES
			    ? shape_entry_fact(&reader, facts[what])
			    : facts[what]))
		return;
	if (what == SEEN_JOB)
		shape_job(&reader, r);
	else if (what == SEEN_ENTRIES)
		shape_entries(&reader, r);
	else
		shape_list(&reader, r);
	/* Without a job a list is all that there is to see. */
	if (call->is_first_contact && call->book.job[0] == '\0' &&
	    has_seen(s, CONTACT_CREATED_AT))
		s->contact.until_ms = submitter_now(s);
}

static void
add_term(struct list_body *list, const struct buf *key)
{
	if (key->len > 0)
		list_body_key(list, buf_text(key));
}

/* Its first row that was created, its first that was not. */
static void
choose_rows(struct first_contact *c, const struct open_call *call)
{
	for (size_t i = 0; i < call->row_count; i++) {
		struct text key = open_call_key(call, i);
		bool refused = call->rows[i].settled == ROW_REFUSED;
		struct buf *to = refused ? &c->refused : &c->created;

		if (key.len > 0 && to->len == 0)
			buf_add(to, key.s, key.len);
	}
}

void
submitter_see_settled(struct submitter *s, const struct open_call *call)
{
	struct first_contact *c = &s->contact;
	struct list_body list;

	if (!call->is_first_contact || c->step != CONTACT_CALL)
		return;
	c->step = CONTACT_ASK_ENTRIES;
	c->due_ms = submitter_now(s);
	/* What was there before a change was not created a second time. */
	if (!call->verb->changes)
		choose_rows(c, call);
	c->earliest_ms = service_clock_earliest(
	    &s->service_clock, call->book.sent_ms, call->clock_epoch);
	if (call->book.job[0] != '\0') {
		path_of_entries(&c->entries_path, call->book.job);
	}
	if (c->created.len + c->refused.len > 0 && s->options.key_name) {
		list_body_begin(&list, s->options.key_name, &c->list_body);
		add_term(&list, &c->created);
		add_term(&list, &c->refused);
		list_body_end(&list, 0, LIST_LIMIT);
	} else {
		buf_adds(&c->list_body, LIST_ANY_BODY);
	}
}

static bool
asks(const struct first_contact *c)
{
	return c->step == CONTACT_ASK_ENTRIES || c->step == CONTACT_ASK_LIST;
}

/* Nobody waits any longer for the answer to a question. */
static bool
is_given_up(const struct submitter *s)
{
	return s->contact.is_asking &&
	       submitter_now(s) >= s->contact.asked_ms + PATIENCE_MS;
}

/* What is there to ask next? */
static void
next_step(struct submitter *s)
{
	struct first_contact *c = &s->contact;
	struct shape_reader reader = {.is_change = c->is_change};

	if (c->step == CONTACT_ASK_ENTRIES &&
	    (c->entries_path.len == 0 ||
		has_seen(s, shape_entry_fact(&reader, CONTACT_ENTRY_MEMBERS))))
		c->step = CONTACT_ASK_LIST;
	/* A job's word for a row that was created is compared with the row. */
	if (c->step == CONTACT_ASK_LIST && c->entries_path.len == 0 &&
	    has_seen(s, CONTACT_CREATED_AT))
		c->step = CONTACT_OVER;
	if (asks(c) && (s->stopped || is_given_up(s)))
		c->step = CONTACT_OVER;
}

bool
submitter_contact_holds(const struct submitter *s)
{
	const struct first_contact *c = &s->contact;

	return (c->step == CONTACT_CALL || asks(c)) &&
	       submitter_now(s) < c->until_ms;
}

bool
submitter_contact_is_idle(const struct submitter *s)
{
	const struct first_contact *c = &s->contact;

	return !asks(c) || is_given_up(s) || (s->stopped && !c->is_asking);
}

int64_t
submitter_contact_due(const struct submitter *s)
{
	const struct first_contact *c = &s->contact;

	if (asks(c) && c->is_asking)
		return c->asked_ms + PATIENCE_MS;
	if (asks(c) && !s->stopped)
		return c->due_ms;
	return submitter_contact_holds(s) && !s->stopped ? c->until_ms
							 : INT64_MAX;
}

void
submitter_contact_start(struct submitter *s)
{
	struct first_contact *c = &s->contact;
	struct buf path = BUF_INIT(4096);
	struct http_request q = {.method = "GET", .answer_max = ANSWER_MAX};

	next_step(s);
	if (!asks(c) || c->is_asking || submitter_now(s) < c->due_ms ||
	    !submitter_has_slot(s, 0) || !submitter_take_rate(s))
		return;
	if (c->step == CONTACT_ASK_ENTRIES) {
		buf_adds(&path, buf_str(&c->entries_path));
	} else {
		path_of_list(&path, buf_str(&s->process_path));
		q.method = "POST";
		q.body = c->list_body.data;
		q.body_len = c->list_body.len;
	}
	q.path = buf_str(&path);
	c->is_asking = true;
	c->asked_ms = submitter_now(s);
	submitter_start_request(s, &q, TAG_CONTACT);
	buf_release(&path);
}

/* What a second create of a key did, if this was one. The refused row may have
 * been refused for another reason; that its key is there from before is why
 * the service says no. */
static void
judge_second(struct submitter *s, const struct list_page *page)
{
	struct first_contact *c = &s->contact;
	struct text created = {c->created.data, c->created.len};
	struct text refused = {c->refused.data, c->refused.len};
	size_t copies = 0;
	bool was_there = false, is_old = false;

	for (size_t i = 0; i < page->count; i++) {
		const struct found_process *p = &page->items[i];
		bool before =
		    p->created_at_ms >= 0 && p->created_at_ms < c->earliest_ms;

		if (p->key_token.len == 0)
			continue;
		if (refused.len && text_equal(p->key_token, refused))
			was_there = true;
		if (created.len && text_equal(p->key_token, created)) {
			copies++;
			is_old |= before;
		}
	}
	if (copies > 1)
		contact_see(s->options.watch, CONTACT_SECOND_CREATE,
		    CONTACT_SECOND_ANOTHER);
	else if (is_old)
		contact_see(s->options.watch, CONTACT_SECOND_CREATE,
		    CONTACT_SECOND_MERGED);
	else if (was_there)
		contact_see(s->options.watch, CONTACT_SECOND_CREATE,
		    CONTACT_SECOND_REFUSED);
}

/* Returns true if the answer showed what it was asked for. */
static bool
take_list(struct submitter *s, const struct shape_reader *reader,
    const struct http_response *r)
{
	struct list_page page;
	char words[256];
	bool shown;

	if (response_list(r, s->options.key_name, &page, words, sizeof(words)))
		return false;
	shown = page.count > 0;
	if (shown) {
		shape_list(reader, r);
		judge_second(s, &page);
	}
	list_page_release(&page);
	return shown;
}

/* The same again, later; or, after some tries, the next question. */
static void
ask_on(struct first_contact *c, bool shown, int64_t now_ms)
{
	if (!shown && ++c->tries < TRIES) {
		c->due_ms = now_ms + ((int64_t)WAIT_MS << c->tries);
		return;
	}
	c->tries = 0;
	c->due_ms = now_ms;
	c->step =
	    c->step == CONTACT_ASK_ENTRIES ? CONTACT_ASK_LIST : CONTACT_OVER;
}

int
submitter_take_contact(
    struct submitter *s, const struct http_response *r, struct diag *d)
{
	struct first_contact *c = &s->contact;
	struct shape_reader reader = reader_of(s, NULL);
	bool shown = false;

	reader.is_value = is_known_key;
	reader.ctx = c;
	c->is_asking = false;
	if (!asks(c))
		return 0;
	/* Whoever asks for a pause gets it; no other refusal stops a run that
	 * does not need this answer. */
	if (r->status == 408 || r->status == 429 ||
	    (r->status == 503 && r->retry_after[0] != '\0')) {
		if (submitter_take_limits(s, NULL, r, d) < 0)
			return -1;
	} else if (c->step == CONTACT_ASK_ENTRIES) {
		shape_entries(&reader, r);
		shown = has_seen(s,
			    shape_entry_fact(&reader, CONTACT_ENTRY_STATUS)) ||
			(r->status >= 400 && r->status < 500);
	} else {
		shown = take_list(s, &reader, r) ||
			(r->status >= 400 && r->status < 500);
	}
	ask_on(c, shown, submitter_now(s));
	return 0;
}
