/* SPDX-License-Identifier: MIT */
/*
 * POST /sandbox/edit: what a colleague does in ChakraHQ's own screens, at once
 * or beside a call that is still to come, so that a test can put it between a
 * look and a send.
 *
 *	{"procedure": "lead", "lead_id": "A-1", "update": {…}}
 *	{"procedure": "lead", "id": "…", "do": "delete", "before": "updates:3"}
 *	{"procedure": "lead", "lead_id": "A-1", "do": "recreate"}
 */
#include "api.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "scan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum deed { DEED_CHANGE, DEED_DELETE, DEED_RECREATE, DEEDS };
static const char *const deeds[DEEDS] = {"change", "delete", "recreate"};

struct edit {
	int procedure;
	enum deed deed;
	struct proc_change what; /* its update lies in `json` */
	char *json;		 /* owned */
	/* For one that waits. */
	enum fault_class class;
	uint64_t k; /* 0 = now */
	bool is_after;
};

struct edits {
	struct edit *items;
	size_t count, cap;
	uint64_t failed;
};

static void
release(struct edit *e)
{
	proc_change_release(&e->what);
	free(e->json);
}

void
edits_free(struct edits *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->count; i++)
		release(&e->items[i]);
	free(e->items);
	free(e);
}

void
edits_count(const struct sandbox *s, uint64_t *waiting, uint64_t *failed)
{
	*waiting = s->edits == NULL ? 0 : s->edits->count;
	*failed = s->edits == NULL ? 0 : s->edits->failed;
}

/* One thing done by the colleague, at the time now_ms. */
static int
act(struct sandbox *s, const struct edit *e, enum verdict verdict,
    const struct process *p, struct text body, int64_t now_ms, struct diag *d)
{
	struct store_call call = {.act = ACT_EDIT,
	    .procedure = e->procedure,
	    .at_ms = now_ms,
	    .end_ms = now_ms,
	    .accepted = true};
	struct store_entry entry = {.verdict = verdict,
	    .key = p->key.len > 0 ? buf_text(&p->key) : buf_text(&e->what.key),
	    .due_ms = now_ms,
	    .target = verdict == VERDICT_CREATED ? 0 : p->row,
	    .body = body};

	return process_act(s, &call, &entry, d);
}

/* The process that is made anew: as it was, if it was, with the update. */
static int
recreate(struct sandbox *s, const struct edit *e, bool is_there,
    const struct process *p, int64_t now_ms, struct diag *d)
{
	const struct schema_procedure *schema = schema_at(s, e->procedure);
	struct buf base = BUF_INIT(0), body = BUF_INIT(0);
	int ret = 0;

	if (is_there) {
		buf_add(&base, p->now.body.s, p->now.body.len);
		ret = act(s, e, VERDICT_DELETED, p, text_of("{}"), now_ms, d);
	} else {
		json_object(&base, NULL);
		json_text(&base, schema->key, buf_text(&e->what.key));
		json_end_object(&base);
	}
	proc_merge(&body, buf_text(&base), e->what.update);
	if (ret == 0)
		ret = act(s, e, VERDICT_CREATED, p, buf_text(&body), now_ms, d);
	buf_release(&base);
	buf_release(&body);
	return ret;
}

/* With the lock held. 1 = done, 0 = there is not the one process that it is
 * about, -1. */
static int
happen(struct sandbox *s, const struct edit *e, struct diag *d)
{
	int64_t now = s->clock.wall_ms(s->clock.ctx);
	bool has_key = e->what.key.len > 0;
	struct process p;
	int found, ret;

	if (has_key)
		found = process_by_key(
		    s, e->procedure, buf_text(&e->what.key), now, &p, d);
	else
		found = process_by_id(
		    s, e->procedure, buf_text(&e->what.id), now, &p, d);
	if (found == 1 && p.now.is_deleted)
		found = 0;
	if (found < 0)
		ret = -1;
	else if (e->deed == DEED_RECREATE &&
		 (found == 1 || (found == 0 && has_key)))
		ret = recreate(s, e, found == 1, &p, now, d) == 0 ? 1 : -1;
	else if (found != 1)
		ret = 0;
	else
		ret = act(s, e,
			  e->deed == DEED_DELETE ? VERDICT_DELETED
						 : VERDICT_UPDATED,
			  &p, e->what.update, now, d) == 0
			  ? 1
			  : -1;
	process_release(&p);
	return ret;
}

int
edits_happen(struct sandbox *s, enum fault_class class, uint64_t k,
    bool is_after, struct diag *d)
{
	struct edits *all = s->edits;
	size_t kept = 0;
	int ret = 0;

	if (all == NULL)
		return 0;
	for (size_t i = 0; i < all->count; i++) {
		struct edit *e = &all->items[i];
		int done;

		/* A call that never arrived whole leaves it to the next. */
		if (ret != 0 || e->class != class || e->is_after != is_after ||
		    k < e->k) {
			all->items[kept++] = *e;
			continue;
		}
		done = happen(s, e, d);
		all->failed += done == 0;
		ret = done < 0 ? -1 : 0;
		release(e);
	}
	all->count = kept;
	return ret;
}

/* "updates:3". */
static bool
read_call(struct text said, struct edit *e)
{
	const char *colon = said.len > 0 ? memchr(said.s, ':', said.len) : NULL;
	struct text word = said, number;
	int class;

	if (colon == NULL)
		return false;
	word.len = (size_t)(colon - said.s);
	number = (struct text){colon + 1, said.len - word.len - 1};
	class = fault_class_find(word);
	if (class < 0 || !text_parse_uint(number, &e->k) || e->k == 0)
		return false;
	e->class = (enum fault_class) class;
	return true;
}

/* The members before and after: one of them, or none. */
static bool
read_when(struct text root, struct edit *e, struct reply *a)
{
	struct buf said = BUF_INIT(0);
	struct text token, other;
	bool is_before = scan_member(root, "before", &token), good;

	e->is_after = scan_member(root, "after", is_before ? &other : &token);
	if (!is_before && !e->is_after)
		return true;
	json_decode(token, &said);
	good = is_before != e->is_after && read_call(buf_text(&said), e);
	buf_release(&said);
	if (!good)
		reply_error(a, 400,
		    "before or after is a call such as updates:3, of creates, "
		    "updates, deletes, lookups or jobs; one of the two");
	return good;
}

static bool
read_deed(struct text root, struct edit *e)
{
	struct text token;

	e->deed = DEED_CHANGE;
	if (!scan_member(root, "do", &token))
		return true;
	for (int i = 0; i < DEEDS; i++) {
		if (scan_string_is(token, deeds[i])) {
			e->deed = (enum deed)i;
			return true;
		}
	}
	return false;
}

/* False, and the answer. Like an element of a bulk update, with what belongs
 * to an edit besides; only a change must have an update. */
static bool
read_edit(
    const struct sandbox *s, struct text root, struct edit *e, struct reply *a)
{
	struct buf said = BUF_INIT(0);
	struct text token;
	char message[256];
	enum verdict verdict;

	if (scan_member(root, "procedure", &token))
		json_decode(token, &said);
	e->procedure = schema_find(s, buf_text(&said));
	buf_release(&said);
	if (e->procedure < 0) {
		reply_error(a, 400, "an edit names the procedure");
		return false;
	}
	if (!read_deed(root, e)) {
		reply_error(a, 400, "do is change, delete or recreate");
		return false;
	}
	verdict = proc_change_read(
	    schema_at(s, e->procedure), root, &e->what, message);
	if (verdict != VERDICT_OPEN &&
	    (e->deed == DEED_CHANGE || scan_member(root, "update", &token) ||
		(e->what.id.len > 0) == (e->what.key.len > 0))) {
		reply_error(a, 400, "%s", message);
		return false;
	}
	return read_when(root, e, a);
}

/* With the lock held. */
static void
wait_for_call(struct sandbox *s, struct edit *e, struct reply *a)
{
	struct edits *all = s->edits;

	if (s->calls[e->class] >= e->k) {
		reply_error(a, 409,
		    "there were %" PRIu64 " calls of %s already",
		    s->calls[e->class], fault_class_name(e->class));
		release(e);
		return;
	}
	if (all == NULL)
		all = s->edits = xcalloc(1, sizeof(*all));
	ARRAY_ROOM(all->items, all->count, all->cap);
	all->items[all->count++] = *e;
	a->status = 202;
	json_object(&a->body, NULL);
	json_uint(&a->body, "waiting", all->count);
	json_end_object(&a->body);
}

void
page_edit(struct sandbox *s, struct request *r, struct reply *a)
{
	struct edit e = {.k = 0};
	struct diag d = DIAG_INIT;
	struct text root;
	int done;

	if (!request_json(s, r, &root, a))
		return;
	e.json = xstrndup(root.s, root.len);
	if (!read_edit(s, (struct text){e.json, root.len}, &e, a)) {
		release(&e);
		return;
	}
	pthread_mutex_lock(&s->lock);
	if (e.k > 0) {
		wait_for_call(s, &e, a);
	} else {
		done = happen(s, &e, &d);
		if (done < 0)
			reply_error(a, 500, "%s", d.message);
		else if (done == 0)
			reply_error(a, 404, "there is not one such process");
		else
			buf_adds(&a->body, "{\"done\":true}");
		release(&e);
	}
	pthread_mutex_unlock(&s->lock);
}
