/* SPDX-License-Identifier: MIT */
/*
 * POST …/process/bulk-create: the body is cut into elements, each element is
 * judged, and all of them go into the store in one transaction as the bytes
 * that came. The job is nothing but these rows with the times at which they
 * become visible.
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

/* The elements of a body. */
struct elements {
	struct text *items;
	size_t count, cap;
};

static void
cut_array(struct text body, struct elements *e)
{
	struct json_walk it;
	struct text value;

	json_walk_begin(&it, body);
	while (json_walk_next(&it, NULL, &value)) {
		ARRAY_ROOM(e->items, e->count, e->cap);
		e->items[e->count++] = value;
	}
}

/* False, and the answer, if the body is not a list of processes. */
static bool
read_body(const struct sandbox *s, struct request *r, struct elements *e,
    struct reply *a)
{
	struct text body = buf_text(&r->body);
	struct json_reader reader;
	char error[160];

	if (r->too_large) {
		reply_error(a, 413,
		    "request body of %" PRIu64 " bytes is over the limit of "
		    "%" PRIu64,
		    r->body_bytes, s->options->max_body);
		return false;
	}
	if (r->encoded) {
		reply_error(a, 415,
		    "Content-Encoding is not supported, or the body "
		    "is not what it says");
		return false;
	}
	if (!scan_check(body, error)) {
		reply_error(a, 400, "%s", error);
		return false;
	}
	json_begin(&reader, body, SCAN_DEPTH_MAX);
	if (!json_next_value(&reader, &body) || scan_kind(body) != SCAN_ARRAY) {
		reply_error(a, 400, "the body must be an array of processes");
		return false;
	}
	cut_array(body, e);
	r->rows = e->count;
	if (e->count == 0) {
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
	    schema_procedures[procedure].key);
	return 0;
}

static int
judge(struct sandbox *s, const struct request *r, int procedure,
    struct store_entry *e, char message[256], struct diag *d)
{
	const struct fault *f;

	e->verdict =
	    proc_examine(&schema_procedures[procedure], e->body, message);
	if (e->verdict != VERDICT_CREATED)
		return 0;
	f = fault_plan_entry(&s->options->faults, r->k, e->index, e->body);
	if (f != NULL) {
		bool invalid = f->kind == FAULT_ENTRY_INVALID;

		e->verdict = invalid ? VERDICT_INVALID : VERDICT_ERROR;
		snprintf(message, 256, "entry %s (sandbox fault)",
		    invalid ? "is not valid" : "failed");
		s->fault_hits[f->kind]++;
		return 0;
	}
	return judge_key(s, procedure, e, message, d);
}

static int
add_all(struct sandbox *s, const struct request *r, int procedure,
    const struct elements *all, const struct store_call *call, struct diag *d)
{
	int64_t span = call->end_ms - call->at_ms;
	struct buf key = BUF_INIT(0);
	char message[256];
	int ret = 0;

	for (size_t i = 0; i < all->count && ret == 0; i++) {
		struct store_entry e = {.index = i,
		    .verdict = VERDICT_REFUSED,
		    .message = message,
		    .body = all->items[i]};

		buf_clear(&key);
		if (proc_key(&schema_procedures[procedure], e.body, &key))
			e.key = buf_text(&key);
		/* Spread over the job; the last one ends it. */
		e.due_ms =
		    call->at_ms + (int64_t)((double)span * (double)(i + 1) /
					    (double)all->count);
		message[0] = '\0';
		if (call->accepted)
			ret = judge(s, r, procedure, &e, message, d);
		if (ret == 0)
			ret = store_add(s->store, &e, d);
	}
	buf_release(&key);
	return ret;
}

/* All or nothing of a call, in one transaction. */
static int
keep(struct sandbox *s, struct request *r, int procedure,
    const struct elements *all, bool accepted, struct store_job *job,
    struct diag *d)
{
	const struct fault *slow =
	    accepted ? sandbox_odd(s, FAULT_SLOW_JOB, r->k) : NULL;
	struct store_call call = {.procedure = procedure,
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
	ret = add_all(s, r, procedure, all, &call, d);
	if (ret == 0)
		ret = store_commit(s->store, d);
	if (ret != 0)
		store_rollback(s->store);
	return ret;
}

/* Is it given the id of the job before it, which has its own? Of several in a
 * row every other one is, or an id would be given once, to the wrong call. */
static bool
has_id_before(struct sandbox *s, const struct store_job *job)
{
	int64_t own = job->id;

	while (own > 1 && fault_plan_odd(&s->options->faults, FAULT_SAME_JOB,
			      (uint64_t)own) != NULL)
		own--;
	if ((job->id - own) % 2 == 0)
		return false;
	s->fault_hits[FAULT_SAME_JOB]++;
	return true;
}

/* As in the documented answer of bulk update. */
static void
acknowledge(struct sandbox *s, const struct store_job *job, struct reply *a)
{
	bool same = has_id_before(s, job);
	char id[37];

	if (s->options->ack == ACK_EMPTY) {
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

void
api_create(struct sandbox *s, struct request *r, struct reply *a)
{
	int procedure = request_procedure(r, a);
	struct elements all = {0};
	struct store_job job = {0};
	struct diag d = DIAG_INIT;
	const struct fault *poison;
	int kept;

	if (procedure < 0 || !read_body(s, r, &all, a))
		goto out;
	poison =
	    fault_plan_poison(&s->options->faults, r->k, all.items, all.count);
	pthread_mutex_lock(&s->lock);
	kept = keep(s, r, procedure, &all, poison == NULL, &job, &d);
	pthread_mutex_unlock(&s->lock);
	if (kept != 0) {
		reply_error(a, 500, "%s", d.message);
	} else if (poison != NULL) {
		r->happened = poison;
		reply_error(a, 400,
		    "the call holds a process that cannot be taken (sandbox "
		    "fault)");
	} else {
		acknowledge(s, &job, a);
	}
out:
	free(all.items);
}

void
api_create_refused(struct sandbox *s, struct request *r)
{
	int procedure = schema_find(r->args[0]);
	struct elements all = {0};
	struct store_job job = {0};
	struct diag ignored = DIAG_INIT;
	struct reply unused;

	reply_init(&unused);
	if (procedure >= 0 && read_body(s, r, &all, &unused)) {
		pthread_mutex_lock(&s->lock);
		keep(s, r, procedure, &all, false, &job, &ignored);
		pthread_mutex_unlock(&s->lock);
	}
	reply_release(&unused);
	free(all.items);
}
