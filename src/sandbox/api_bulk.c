/* SPDX-License-Identifier: MIT */
/*
 * The bulk calls, POST …/process/bulk-create and PATCH …/process: the body is
 * cut into elements, each element is judged, and all of them go into the store
 * in one transaction as the bytes that came. The job is nothing but these rows
 * with the times at which they become visible.
 */
#include "api.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "faults.h"
#include "ids.h"
#include "scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A bulk call, its elements cut. */
struct bulk {
	enum act act;
	enum fault_class class;
	int procedure;
	struct text *items;
	size_t count, cap;
};
static const struct bulk creates = {.act = ACT_CREATE, .class = FAULT_CREATE};
static const struct bulk updates = {.act = ACT_UPDATE, .class = FAULT_UPDATE};

static void
cut_array(struct text list, struct bulk *b)
{
	struct json_walk it;
	struct text value;

	json_walk_begin(&it, list);
	while (json_walk_next(&it, NULL, &value)) {
		ARRAY_ROOM(b->items, b->count, b->cap);
		b->items[b->count++] = value;
	}
}

/* False, and the answer, if the body is not a list of processes. */
static bool
read_body(
    const struct sandbox *s, struct request *r, struct bulk *b, struct reply *a)
{
	struct text body;

	if (!request_json(s, r, &body, a))
		return false;
	if (b->act == ACT_UPDATE && !scan_member(body, "processes", &body)) {
		reply_error(
		    a, 400, "the body must be an object with a list processes");
		return false;
	}
	if (scan_kind(body) != SCAN_ARRAY) {
		reply_error(a, 400, "the %s must be an array of processes",
		    b->act == ACT_UPDATE ? "member processes" : "body");
		return false;
	}
	cut_array(body, b);
	r->rows = b->count;
	if (b->count == 0) {
		reply_error(a, 400, "the array holds no process");
		return false;
	}
	return true;
}

/* What a key that exists makes of an entry that would be created. */
static int
judge_key(struct sandbox *s, int procedure, struct store_entry *e,
    char message[256], struct diag *d)
{
	int64_t row = 0;

	if (s->options->duplicates == DUPLICATES_ALLOW || e->key.len == 0)
		return 0;
	if (store_find_key(s->store, procedure, e->key, &row, d) != 0)
		return -1;
	if (row == 0)
		return 0;
	if (s->options->duplicates == DUPLICATES_MERGE) {
		e->verdict = VERDICT_MERGED;
		e->target = row;
		return 0;
	}
	e->verdict = VERDICT_ERROR;
	snprintf(message, 256, "a process with this %s already exists",
	    schema_at(s, procedure)->key);
	return 0;
}

static int
judge(struct sandbox *s, const struct request *r, const struct bulk *b,
    struct store_entry *e, char message[256], struct diag *d)
{
	const struct schema_procedure *schema = schema_at(s, b->procedure);
	const struct fault *f;
	struct proc_change c;

	if (b->act == ACT_CREATE) {
		e->verdict = proc_examine(schema, e->body, message);
	} else {
		e->verdict = proc_change_read(schema, e->body, &c, message);
		proc_change_release(&c);
	}
	if (e->verdict != VERDICT_CREATED && e->verdict != VERDICT_OPEN)
		return 0;
	f = fault_plan_entry(
	    &s->options->faults, b->class, r->k, e->index, e->body);
	if (f != NULL) {
		bool invalid = f->kind == FAULT_ENTRY_INVALID;

		e->verdict = invalid ? VERDICT_INVALID : VERDICT_ERROR;
		snprintf(message, 256, "entry %s (sandbox fault)",
		    invalid ? "is not valid" : "failed");
		s->fault_hits[f->kind]++;
		return 0;
	}
	return b->act == ACT_CREATE ? judge_key(s, b->procedure, e, message, d)
				    : 0;
}

/* The key of the process that an element is, or is about. */
static int
find_key(struct sandbox *s, const struct bulk *b, struct text element,
    struct buf *key, struct diag *d)
{
	const struct schema_procedure *schema = schema_at(s, b->procedure);
	struct proc_change c;
	struct process p = {0};
	char message[256];
	int found = 0;

	buf_clear(key);
	if (b->act == ACT_CREATE) {
		(void)proc_key(schema, element, key);
		return 0;
	}
	(void)proc_change_read(schema, element, &c, message);
	if (c.key.len > 0)
		buf_add(key, c.key.data, c.key.len);
	else
		found = process_by_id(
		    s, b->procedure, buf_text(&c.id), INT64_MAX, &p, d);
	if (found == 1 && p.key.len > 0)
		buf_add(key, p.key.data, p.key.len);
	process_release(&p);
	proc_change_release(&c);
	return found < 0 ? -1 : 0;
}

static int
add_all(struct sandbox *s, const struct request *r, const struct bulk *b,
    const struct store_call *call, struct diag *d)
{
	int64_t span = call->end_ms - call->at_ms;
	struct buf key = BUF_INIT(0);
	char message[256];
	int ret = 0;

	for (size_t i = 0; i < b->count && ret == 0; i++) {
		struct store_entry e = {.index = i,
		    .verdict = VERDICT_REFUSED,
		    .message = message,
		    .body = b->items[i]};

		ret = find_key(s, b, e.body, &key, d);
		e.key = buf_text(&key);
		/* Spread over the job; the last one ends it. */
		e.due_ms =
		    call->at_ms + (int64_t)((double)span * (double)(i + 1) /
					    (double)b->count);
		message[0] = '\0';
		if (ret == 0 && call->accepted)
			ret = judge(s, r, b, &e, message, d);
		if (ret == 0)
			ret = store_add(s->store, &e, d);
	}
	buf_release(&key);
	return ret;
}

/* All or nothing of a call, in one transaction. */
static int
keep(struct sandbox *s, struct request *r, const struct bulk *b, bool accepted,
    struct store_job *job, struct diag *d)
{
	const struct fault *slow =
	    accepted ? sandbox_odd(s, FAULT_SLOW_JOB, b->class, r->k) : NULL;
	struct store_call call = {.act = b->act,
	    .procedure = b->procedure,
	    .at_ms = s->clock.wall_ms(s->clock.ctx),
	    .accepted = accepted};
	int ret;

	call.end_ms = call.at_ms;
	if (accepted)
		call.end_ms += s->options->job_delay_ms;
	if (slow != NULL)
		call.end_ms += slow->ms;
	if (store_begin(s->store, &call, &job->id, d) != 0)
		return -1;
	job->at_ms = call.at_ms;
	job->end_ms = call.end_ms;
	ret = add_all(s, r, b, &call, d);
	if (ret == 0)
		ret = store_commit(s->store, d);
	if (ret != 0)
		store_rollback(s->store);
	return ret;
}

/* Is it given the id of the job before it, which has its own? Of several in a
 * row every other one is, or an id would be given once, to the wrong call. */
static bool
has_id_before(
    struct sandbox *s, const struct bulk *b, const struct store_job *job)
{
	uint64_t own = job->number;

	while (own > 1 && fault_plan_odd(&s->options->faults, FAULT_SAME_JOB,
			      b->class, own) != NULL)
		own--;
	if ((job->number - own) % 2 == 0 || job->id == 1)
		return false;
	s->fault_hits[FAULT_SAME_JOB]++;
	return true;
}

/* As in the documented answer of bulk update. */
static void
acknowledge(struct sandbox *s, const struct bulk *b,
    const struct store_job *job, bool same, struct reply *a)
{
	char id[37];

	if (b->act == ACT_CREATE && s->options->ack == ACK_EMPTY) {
		buf_adds(&a->body, "{}");
		return;
	}
	id_make(store_salt(s->store), ID_JOB, same ? job->id - 1 : job->id, id);
	json_object(&a->body, NULL);
	json_object(&a->body, "_data");
	json_string(&a->body, "id", id);
	json_int(&a->body, "createdAt", job->at_ms);
	json_int(&a->body, "updatedAt", job->at_ms);
	json_string(&a->body, "completionStatus", "IN_PROGRESS");
	json_null(&a->body, "statusMessage");
	json_int(&a->body, "startedAt", job->at_ms);
	json_int(&a->body, "completedAt", 0);
	json_string(&a->body, "team", schema_team());
	json_string(&a->body, "type", "bulk_api_job");
	json_end_object(&a->body);
	json_end_object(&a->body);
}

static void
answer(struct sandbox *s, struct request *r, struct bulk b, struct reply *a)
{
	struct store_job job = {0};
	struct diag d = DIAG_INIT;
	const struct fault *poison;
	bool same;
	int kept;

	b.procedure = request_procedure(s, r, a);
	if (b.procedure < 0 || !read_body(s, r, &b, a))
		goto out;
	poison = fault_plan_poison(
	    &s->options->faults, b.class, r->k, b.items, b.count);
	pthread_mutex_lock(&s->lock);
	kept = keep(s, r, &b, poison == NULL, &job, &d);
	job.number = store_calls(s->store, b.act);
	same = kept == 0 && poison == NULL && has_id_before(s, &b, &job);
	pthread_mutex_unlock(&s->lock);
	if (kept != 0) {
		reply_error(a, 500, "%s", d.message);
	} else if (poison != NULL) {
		r->happened = poison;
		reply_error(a, 400,
		    "the call holds a process that cannot be taken (sandbox "
		    "fault)");
	} else {
		acknowledge(s, &b, &job, same, a);
	}
out:
	free(b.items);
}

void
api_create(struct sandbox *s, struct request *r, struct reply *a)
{
	answer(s, r, creates, a);
}

void
api_update(struct sandbox *s, struct request *r, struct reply *a)
{
	answer(s, r, updates, a);
}

void
api_bulk_refused(struct sandbox *s, struct request *r)
{
	struct bulk b = strcmp(r->method, "PATCH") == 0 ? updates : creates;
	struct store_job job = {0};
	struct diag ignored = DIAG_INIT;
	struct reply unused;

	reply_init(&unused);
	b.procedure = request_procedure(s, r, &unused);
	if (b.procedure >= 0 && read_body(s, r, &b, &unused)) {
		pthread_mutex_lock(&s->lock);
		keep(s, r, &b, false, &job, &ignored);
		pthread_mutex_unlock(&s->lock);
	}
	reply_release(&unused);
	free(b.items);
}
