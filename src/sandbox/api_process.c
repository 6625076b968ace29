/* SPDX-License-Identifier: MIT */
/*
 * One process: GET by id, PUT and DELETE by id and by key, all done at once.
 * What is answered to PUT and DELETE is not documented but for DELETE ("as
 * Fetch Process"), so both answer with the process.
 */
#include "api.h"
#include "base/json_write.h"
#include "scan.h"

#include <string.h>

static void
show(const struct sandbox *s, struct process *p, struct reply *a)
{
	p->now.with_deleted = s->options->deletes == DELETES_SOFT;
	json_object(&a->body, NULL);
	json_name(&a->body, "_data");
	proc_show(&p->now, &a->body);
	reply_end(a);
}

static bool
is_by_key(const struct request *r)
{
	return r->args[2].s != NULL;
}

/* What the path names and is not gone: 1; 0 and -1 with the answer. */
static int
find(struct sandbox *s, const struct request *r, int procedure, int64_t now_ms,
    struct process *p, struct reply *a)
{
	const char *key = schema_at(s, procedure)->key;
	struct diag d = DIAG_INIT;
	int found;

	*p = (struct process){0};
	if (is_by_key(r) && !text_is(r->args[1], key)) {
		reply_error(
		    a, 400, "the primary key of this procedure is %s", key);
		return -1;
	}
	found = is_by_key(r)
		    ? process_by_key(s, procedure, r->args[2], now_ms, p, &d)
		    : process_by_id(s, procedure, r->args[1], now_ms, p, &d);
	if (found < 0)
		reply_error(a, 500, "%s", d.message);
	else if (found > 1)
		reply_error(a, 409, "several processes have this %s", key);
	else if (found == 0)
		reply_error(a, 404, "there is no such process");
	return found > 1 ? -1 : found;
}

void
api_process(struct sandbox *s, struct request *r, struct reply *a)
{
	int procedure = request_procedure(s, r, a);
	struct process p;

	if (procedure < 0)
		return;
	pthread_mutex_lock(&s->lock);
	if (find(s, r, procedure, sandbox_lookup_ms(s, r->k), &p, a) == 1) {
		if (p.now.is_deleted && s->options->deletes == DELETES_HARD)
			reply_error(a, 404, "there is no such process");
		else
			show(s, &p, a);
	}
	process_release(&p);
	pthread_mutex_unlock(&s->lock);
}

/* Does it, and answers with what has become of the process. */
static void
act(struct sandbox *s, int procedure, enum act act, const struct store_entry *e,
    struct process *p, struct reply *a)
{
	struct store_call call = {.act = act,
	    .procedure = procedure,
	    .at_ms = e->due_ms,
	    .end_ms = e->due_ms,
	    .accepted = true};
	struct diag d = DIAG_INIT;
	struct buf id = BUF_INIT(0);
	int found;

	found = process_act(s, &call, e, &d) == 0 ? 0 : -1;
	if (found == 0 && e->target != 0) {
		buf_adds(&id, p->now.id);
		process_release(p);
		found = process_by_id(
		    s, procedure, buf_text(&id), e->due_ms, p, &d);
	} else if (found == 0) {
		process_release(p);
		found = process_by_key(s, procedure, e->key, e->due_ms, p, &d);
	}
	if (found == 1)
		show(s, p, a);
	else
		reply_error(a, 500, "%s",
		    found < 0 ? d.message : "the process cannot be found");
	buf_release(&id);
}

/* An update of a process that is not there. */
static void
put_missing(struct sandbox *s, const struct request *r, int procedure,
    struct text update, struct process *p, struct reply *a)
{
	const struct schema_procedure *schema = schema_at(s, procedure);
	struct buf element = BUF_INIT(0), body = BUF_INIT(0);
	struct store_entry e = {.verdict = VERDICT_CREATED,
	    .due_ms = s->clock.wall_ms(s->clock.ctx)};

	buf_clear(&a->body);
	a->status = 200;
	if (s->options->missing == MISSING_IGNORE) {
		json_object(&a->body, NULL);
		json_object(&a->body, "_data");
		json_end_object(&a->body);
		reply_end(a);
		return;
	}
	if (s->options->missing == MISSING_ERROR || !is_by_key(r)) {
		reply_error(a, 404, "there is no such process");
		return;
	}
	json_object(&element, NULL);
	json_text(&element, schema->key, r->args[2]);
	json_token(&element, "update", update);
	json_end_object(&element);
	proc_of_change(schema, buf_text(&element), &body);
	e.key = r->args[2];
	e.body = buf_text(&body);
	act(s, procedure, ACT_PUT, &e, p, a);
	buf_release(&element);
	buf_release(&body);
}

static void
put(struct sandbox *s, const struct request *r, int procedure,
    struct text update, struct reply *a)
{
	bool is_graph = s->options->states == STATES_GRAPH;
	struct store_entry e = {.verdict = VERDICT_UPDATED, .body = update};
	struct process p;
	char message[256];
	int found;

	e.due_ms = s->clock.wall_ms(s->clock.ctx);
	found = find(s, r, procedure, e.due_ms, &p, a);
	if (found == 0 || (found == 1 && p.now.is_deleted)) {
		put_missing(s, r, procedure, update, &p, a);
	} else if (found == 1 &&
		   proc_update_judge(&p.now, buf_text(&p.key), update, is_graph,
		       message) != VERDICT_UPDATED) {
		reply_error(a, 400, "%s", message);
	} else if (found == 1) {
		struct buf key = BUF_INIT(0);

		buf_add(&key, buf_str(&p.key), p.key.len);
		e.key = buf_text(&key);
		e.target = p.row;
		act(s, procedure, ACT_PUT, &e, &p, a);
		buf_release(&key);
	}
	process_release(&p);
}

void
api_put(struct sandbox *s, struct request *r, struct reply *a)
{
	int procedure = request_procedure(s, r, a);
	struct text update;
	char message[256];

	if (procedure < 0 || !request_json(s, r, &update, a))
		return;
	r->rows = 1;
	if (proc_update_examine(schema_at(s, procedure), update, message) !=
	    VERDICT_OPEN) {
		reply_error(a, 400, "%s", message);
		return;
	}
	pthread_mutex_lock(&s->lock);
	put(s, r, procedure, update, a);
	pthread_mutex_unlock(&s->lock);
}

void
api_delete(struct sandbox *s, struct request *r, struct reply *a)
{
	int procedure = request_procedure(s, r, a);
	struct store_entry e = {.verdict = VERDICT_DELETED};
	struct buf key = BUF_INIT(0);
	struct process p;

	if (procedure < 0)
		return;
	if (s->options->role == ROLE_NO_DELETE) {
		reply_error(a, 403, "this access token's role may not delete");
		return;
	}
	pthread_mutex_lock(&s->lock);
	e.due_ms = s->clock.wall_ms(s->clock.ctx);
	if (find(s, r, procedure, e.due_ms, &p, a) == 1) {
		if (p.now.is_deleted) {
			reply_error(a, 404, "there is no such process");
		} else {
			buf_add(&key, buf_str(&p.key), p.key.len);
			e.key = buf_text(&key);
			e.target = p.row;
			act(s, procedure, ACT_DELETE, &e, &p, a);
		}
	}
	process_release(&p);
	pthread_mutex_unlock(&s->lock);
	buf_release(&key);
}
