/* SPDX-License-Identifier: MIT */
/*
 * Background jobs: counts by status, and entries by page. ChakraHQ's answer
 * to GET background-job shows no completionStatus, so there is none here. The
 * fields of an entry are not documented; the first shape has completionStatus
 * and statusMessage, as jobs have them, the input as it came, and processId.
 */
#include "api.h"
#include "base/json_write.h"
#include "ids.h"
#include "scan.h"

#include <inttypes.h>
#include <stdio.h>

static enum fault_class
class_of(const struct store_job *job)
{
	return job->act == ACT_UPDATE ? FAULT_UPDATE : FAULT_CREATE;
}

/* A job that is not known yet. */
static bool
is_young(struct sandbox *s, const struct store_job *job)
{
	const struct fault *f =
	    sandbox_odd(s, FAULT_JOB_404, class_of(job), job->number);

	return f != NULL && s->clock.wall_ms(s->clock.ctx) < job->at_ms + f->ms;
}

/* With the lock held. 0, or -1 and the answer. */
static int
find_job(struct sandbox *s, struct request *r, struct store_job *job,
    struct reply *a)
{
	struct diag d = DIAG_INIT;
	int64_t id;
	int found = 0;

	if (id_parse(store_salt(s->store), ID_JOB, r->args[0], &id))
		found = store_job(s->store, id, job, &d);
	if (found < 0)
		reply_error(a, 500, "%s", d.message);
	else if (found == 0 || is_young(s, job))
		reply_error(a, 404, "there is no such background job");
	else
		return 0;
	return -1;
}

static void
write_job(struct sandbox *s, const struct store_job *job, struct reply *a)
{
	int64_t now = s->clock.wall_ms(s->clock.ctx);
	struct store_counts counts;
	struct buf *out = &a->body;
	struct diag d = DIAG_INIT;
	char id[37];

	if (store_job_counts(s->store, job, now, &counts, &d) != 0) {
		reply_error(a, 500, "%s", d.message);
		return;
	}
	if (counts.not_started == 0 && counts.success > 0 &&
	    counts.error + counts.invalid == 0 &&
	    sandbox_odd(s, FAULT_COUNTS_DISAGREE, class_of(job), job->number)) {
		counts.success--;
		counts.error++;
	}
	json_object(out, NULL);
	json_object(out, "_data");
	json_string(
	    out, "id", id_make(store_salt(s->store), ID_JOB, job->id, id));
	json_int(out, "createdAt", job->at_ms);
	json_int(out, "updatedAt", now < job->end_ms ? now : job->end_ms);
	json_int(out, "startedAt", job->at_ms);
	json_string(out, "team", schema_team());
	json_string(out, "type", "bulk_api_job");
	json_end_object(out);
	json_object(out, "_meta");
	json_object(out, "bjEntryCompletionStatusVsCount");
	json_uint(out, "INVALID", counts.invalid);
	json_uint(out, "NOT_STARTED", counts.not_started);
	json_uint(out, "SUCCESS", counts.success);
	json_uint(out, "ERROR", counts.error);
	json_end_object(out);
	json_end_object(out);
	json_end_object(out);
}

void
api_job(struct sandbox *s, struct request *r, struct reply *a)
{
	struct store_job job;

	pthread_mutex_lock(&s->lock);
	if (find_job(s, r, &job, a) == 0)
		write_job(s, &job, a);
	pthread_mutex_unlock(&s->lock);
}

static const char *
status_of(const struct store_row *row, bool due)
{
	if (!due || row->verdict == VERDICT_OPEN)
		return "NOT_STARTED";
	switch (row->verdict) {
	case VERDICT_ERROR:
		return "ERROR";
	case VERDICT_INVALID:
		return "INVALID";
	default:
		return "SUCCESS";
	}
}

/* --entry-shape: the names of an entry's members. The first has the row as it
 * came, the second as a text, the third no more of it than its key. */
static const struct entry_shape {
	const char *status, *message, *process_id, *echo;
	bool is_text;
} entry_shapes[] = {
    {"completionStatus", "statusMessage", "processId", "input", false},
    {"entryStatus", "errorMessage", "createdProcessId", "payload", true},
    {"status", "reason", "process_id", NULL, false},
};

/* The row's key alone, if it has one. */
static void
write_key(const struct sandbox *s, const struct store_row *row, struct buf *out)
{
	const struct schema_procedure *p = schema_at(s, row->procedure);
	struct text token;

	if (scan_kind(row->body) == SCAN_OBJECT &&
	    proc_key_token(p, row->body, &token))
		json_token(out, p->key, token);
}

/* The process that an entry has led to, or NULL. */
static const char *
process_of(uint64_t salt, const struct store_row *row, char id[37])
{
	if (row->verdict == VERDICT_CREATED)
		return id_make(salt, ID_PROCESS, row->id, id);
	if (row->verdict == VERDICT_MERGED || row->verdict == VERDICT_UPDATED)
		return id_make(salt, ID_PROCESS, row->target, id);
	return NULL;
}

static void
write_entry(const struct sandbox *s, const struct store_row *row,
    int64_t now_ms, struct buf *out)
{
	const struct entry_shape *shape =
	    &entry_shapes[s->options->entry_shape - 1];
	uint64_t salt = store_salt(s->store);
	bool due = row->due_ms <= now_ms;
	char id[37];

	json_object(out, NULL);
	json_string(out, "id", id_make(salt, ID_ENTRY, row->id, id));
	json_uint(out, "index", row->index);
	json_string(out, shape->status, status_of(row, due));
	if (due && row->message.len > 0)
		json_text(out, shape->message, row->message);
	else
		json_null(out, shape->message);
	if (s->options->entry_ids == SWITCH_ON)
		json_string(out, shape->process_id,
		    due ? process_of(salt, row, id) : NULL);
	if (shape->echo == NULL)
		write_key(s, row, out);
	else if (shape->is_text)
		json_text(out, shape->echo, row->body);
	else
		json_token(out, shape->echo, row->body);
	json_end_object(out);
}

/* How the entries of a page are not what they should be. */
struct odd_entries {
	bool twice;   /* the first comes twice */
	bool swapped; /* the first two change places */
	bool good;    /* all are a success, whatever the job counts */
};

static void
add_first(struct buf *out, const struct buf *first)
{
	json_token(out, NULL, buf_text(first));
}

static int
write_entries(struct sandbox *s, const struct store_where *range,
    struct odd_entries odd, struct buf *out, struct diag *d)
{
	int64_t now = s->clock.wall_ms(s->clock.ctx);
	struct store_row row = {0};
	struct buf first = BUF_INIT(0);
	size_t count = 0;
	int step;

	if (store_select(s->store, STORE_ENTRIES, range, d) != 0)
		return -1;
	while ((step = store_next(s->store, STORE_ENTRIES, &row, d)) == 1) {
		count++;
		if (odd.good && (row.verdict == VERDICT_ERROR ||
				    row.verdict == VERDICT_INVALID)) {
			row.verdict = VERDICT_CREATED;
			row.message.len = 0;
		}
		if (count == 1)
			write_entry(s, &row, now, &first);
		else
			write_entry(s, &row, now, out);
		if (count == 1 && odd.twice)
			add_first(out, &first);
		if (count == (odd.swapped ? 2 : 1))
			add_first(out, &first);
	}
	if (count == 1 && odd.swapped)
		add_first(out, &first);
	buf_release(&first);
	return step;
}

/* A whole number from the query, or the given one. */
static bool
query_number(const struct request *r, const char *name, uint64_t *n)
{
	struct text value;

	return !request_query(r, name, &value) || text_parse_uint(value, n);
}

void
api_entries(struct sandbox *s, struct request *r, struct reply *a)
{
	uint64_t skip = 0, limit = s->options->page_size, k;
	struct store_job job;
	struct store_where range = {0};
	struct odd_entries odd = {.good = false};
	enum fault_class class;
	struct diag d = DIAG_INIT;
	char id[37], next[128];

	if (!query_number(r, "skip", &skip) ||
	    !query_number(r, "limit", &limit) || limit == 0) {
		reply_error(a, 400, "skip and limit are whole numbers");
		return;
	}
	if (limit > s->options->page_size)
		limit = s->options->page_size;
	pthread_mutex_lock(&s->lock);
	if (find_job(s, r, &job, a) != 0)
		goto out;
	if (skip > job.rows)
		skip = job.rows;
	if (limit > job.rows - skip)
		limit = job.rows - skip;
	class = class_of(&job);
	k = job.number;
	range.first = job.first_row + (int64_t)skip;
	range.last = range.first + (int64_t)limit - 1;
	if (skip == 0) {
		odd.twice =
		    sandbox_odd(s, FAULT_ENTRIES_DUPLICATE, class, k) != NULL;
		odd.swapped =
		    sandbox_odd(s, FAULT_ENTRIES_SWAPPED, class, k) != NULL;
	}
	odd.good = sandbox_odd(s, FAULT_COUNTS_DISAGREE, class, k) != NULL;
	json_object(&a->body, NULL);
	json_array(&a->body, "_data");
	if (write_entries(s, &range, odd, &a->body, &d) != 0) {
		reply_error(a, 500, "%s", d.message);
		goto out;
	}
	json_end_array(&a->body);
	json_object(&a->body, "_meta");
	json_uint(&a->body, "total", job.rows);
	snprintf(next, sizeof(next),
	    "/v1/ext/background-job/%s/entries?skip=%" PRIu64 "&limit=%" PRIu64,
	    id_make(store_salt(s->store), ID_JOB, job.id, id), skip + limit,
	    limit);
	json_string(
	    &a->body, "nextPath", skip + limit < job.rows ? next : NULL);
	json_end_object(&a->body);
	json_end_object(&a->body);
out:
	pthread_mutex_unlock(&s->lock);
}
