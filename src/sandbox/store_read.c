/* SPDX-License-Identifier: MIT */
/*
 * Reading: everything is a function of the rows and of the time, so a row
 * that is not due yet is simply not seen.
 */
#include "database.h"

static uint64_t
column_count(sqlite3_stmt *statement, int column)
{
	return (uint64_t)sqlite3_column_int64(statement, column);
}

/* The length must be asked for after the pointer. */
static struct text
column_text(sqlite3_stmt *statement, int column)
{
	struct text t;

	t.s = sqlite3_column_blob(statement, column);
	t.len = (size_t)sqlite3_column_bytes(statement, column);
	if (t.s == NULL)
		t = (struct text){"", 0};
	return t;
}

int
store_job(struct store *s, int64_t id, struct store_job *job, struct diag *d)
{
	sqlite3_stmt *q = store_statement(s, STORE_JOB, d);
	int step, ret = 0;

	if (q == NULL)
		return -1;
	sqlite3_bind_int64(q, 1, id);
	step = sqlite3_step(q);
	if (step == SQLITE_ROW) {
		job->id = sqlite3_column_int64(q, 0);
		job->procedure = sqlite3_column_int(q, 1);
		job->at_ms = sqlite3_column_int64(q, 2);
		job->end_ms = sqlite3_column_int64(q, 3);
		job->first_row = sqlite3_column_int64(q, 4);
		job->rows = column_count(q, 5);
		job->act = (enum act)sqlite3_column_int(q, 6);
		job->number = column_count(q, 7);
		ret = 1;
	} else if (step != SQLITE_DONE) {
		ret = store_failed(s, d);
	}
	sqlite3_reset(q);
	return ret;
}

static void
count_verdict(struct store_counts *counts, int verdict, uint64_t n)
{
	switch (verdict) {
	case VERDICT_CREATED:
	case VERDICT_MERGED:
	case VERDICT_UPDATED:
	case VERDICT_IGNORED:
		counts->success += n;
		break;
	case VERDICT_ERROR:
		counts->error += n;
		break;
	case VERDICT_INVALID:
		counts->invalid += n;
		break;
	default:
		counts->not_started += n;
		break;
	}
}

int
store_job_counts(struct store *s, const struct store_job *job, int64_t now_ms,
    struct store_counts *counts, struct diag *d)
{
	sqlite3_stmt *q = store_statement(s, STORE_JOB_COUNTS, d);
	int step;

	*counts = (struct store_counts){0};
	if (q == NULL)
		return -1;
	sqlite3_bind_int64(q, 1, job->first_row);
	sqlite3_bind_int64(q, 2, job->first_row + (int64_t)job->rows - 1);
	sqlite3_bind_int64(q, 3, now_ms);
	while ((step = sqlite3_step(q)) == SQLITE_ROW)
		count_verdict(
		    counts, sqlite3_column_int(q, 0), column_count(q, 1));
	if (step != SQLITE_DONE)
		store_failed(s, d);
	sqlite3_reset(q);
	return step == SQLITE_DONE ? 0 : -1;
}

int
store_pending(struct store *s, int64_t now_ms, struct store_pending *pending,
    struct diag *d)
{
	sqlite3_stmt *q = store_statement(s, STORE_PENDING, d);
	int ret = 0;

	if (q == NULL)
		return -1;
	sqlite3_bind_int64(q, 1, now_ms);
	if (sqlite3_step(q) == SQLITE_ROW) {
		pending->jobs = column_count(q, 0);
		pending->rows = column_count(q, 1);
		pending->created = column_count(q, 2);
	} else {
		ret = store_failed(s, d);
	}
	sqlite3_reset(q);
	return ret;
}

int
store_select(struct store *s, enum store_query query,
    const struct store_where *where, struct diag *d)
{
	sqlite3_stmt *q = store_statement(s, (int)query, d);

	if (q == NULL)
		return -1;
	/* Not every query has every parameter; those are refused, which does
	 * no harm. */
	sqlite3_bind_int64(q, 1, where->first);
	sqlite3_bind_int64(q, 2, where->last);
	sqlite3_bind_int64(q, 3, where->now_ms);
	sqlite3_bind_int(q, 4, where->procedure);
	if (where->key.len > 0)
		sqlite3_bind_text64(q, 5, where->key.s, where->key.len,
		    SQLITE_TRANSIENT, SQLITE_UTF8);
	return 0;
}

int
store_next(struct store *s, enum store_query query, struct store_row *row,
    struct diag *d)
{
	sqlite3_stmt *q = s->statements[query];
	int step = sqlite3_step(q);

	if (step != SQLITE_ROW) {
		int ret = step == SQLITE_DONE ? 0 : store_failed(s, d);

		sqlite3_reset(q);
		return ret;
	}
	row->id = sqlite3_column_int64(q, 0);
	row->job = sqlite3_column_int64(q, 1);
	row->index = (size_t)sqlite3_column_int64(q, 2);
	row->procedure = sqlite3_column_int(q, 3);
	row->verdict = (enum verdict)sqlite3_column_int(q, 4);
	row->due_ms = sqlite3_column_int64(q, 5);
	row->target = sqlite3_column_int64(q, 6);
	row->key = column_text(q, 7);
	row->message = column_text(q, 8);
	row->body = column_text(q, 9);
	row->act = (enum act)sqlite3_column_int(q, 10);
	return 1;
}

void
store_reset(struct store *s, enum store_query query)
{
	sqlite3_reset(s->statements[query]);
}

int
store_each_key(struct store *s, int64_t now_ms,
    void (*each)(void *ctx, const struct store_key *key), void *ctx,
    struct diag *d)
{
	sqlite3_stmt *q = store_statement(s, STORE_KEYS, d);
	int step;

	if (q == NULL)
		return -1;
	sqlite3_bind_int64(q, 1, now_ms);
	while ((step = sqlite3_step(q)) == SQLITE_ROW) {
		struct store_key key = {
		    .procedure = sqlite3_column_int(q, 0),
		    .key = column_text(q, 1),
		    .received = column_count(q, 2),
		    .accepted = column_count(q, 3),
		    .created = column_count(q, 4),
		    .asked = column_count(q, 5),
		    .updates = column_count(q, 6),
		    .deletes = column_count(q, 7),
		    .edits = column_count(q, 8),
		};

		each(ctx, &key);
	}
	if (step != SQLITE_DONE)
		store_failed(s, d);
	sqlite3_reset(q);
	return step == SQLITE_DONE ? 0 : -1;
}
