/* SPDX-License-Identifier: MIT */
/*
 * Writing a call: one transaction, one prepared insert a row. The totals move
 * only when the transaction is in.
 */
#include "database.h"

#include <string.h>

int
store_begin(
    struct store *s, const struct store_call *call, int64_t *id, struct diag *d)
{
	sqlite3_stmt *begin = store_statement(s, STORE_BEGIN, d);
	bool is_job = call->act == ACT_CREATE || call->act == ACT_UPDATE;
	sqlite3_stmt *add;

	if (begin == NULL || store_run(s, begin, d) != 0)
		return -1;
	add = store_statement(s, STORE_ADD_CALL, d);
	if (add == NULL)
		goto fail;
	sqlite3_bind_int(add, 1, call->procedure);
	sqlite3_bind_int64(add, 2, call->at_ms);
	sqlite3_bind_int64(add, 3, call->end_ms);
	sqlite3_bind_int(add, 4, call->accepted ? (is_job ? 1 : 2) : 0);
	sqlite3_bind_int(add, 5, (int)call->act);
	sqlite3_bind_int64(add, 6, (int64_t)s->calls[call->act] + 1);
	if (store_run(s, add, d) != 0)
		goto fail;
	memset(s->adding, 0, sizeof(s->adding));
	s->adding[call->act].jobs = call->accepted && is_job ? 1 : 0;
	s->act = call->act;
	s->rows = 0;
	s->call = sqlite3_last_insert_rowid(s->db);
	s->procedure = call->procedure;
	s->first_row = 0;
	*id = s->call;
	return 0;
fail:
	store_rollback(s);
	return -1;
}

static void
bind_text(sqlite3_stmt *statement, int at, struct text t)
{
	if (t.len > 0)
		sqlite3_bind_text64(
		    statement, at, t.s, t.len, SQLITE_STATIC, SQLITE_UTF8);
}

void
store_count(struct store_totals *t, enum verdict verdict, int64_t by)
{
	uint64_t *const to[VERDICTS] = {[VERDICT_CREATED] = &t->created,
	    [VERDICT_MERGED] = &t->merged,
	    [VERDICT_ERROR] = &t->error,
	    [VERDICT_INVALID] = &t->invalid,
	    [VERDICT_UPDATED] = &t->updated,
	    [VERDICT_DELETED] = &t->deleted,
	    [VERDICT_IGNORED] = &t->ignored,
	    [VERDICT_OPEN] = &t->open};

	if (verdict == VERDICT_REFUSED)
		return;
	t->accepted += (uint64_t)by;
	*to[verdict] += (uint64_t)by;
}

int
store_add(struct store *s, const struct store_entry *e, struct diag *d)
{
	sqlite3_stmt *add = store_statement(s, STORE_ADD_ROW, d);

	if (add == NULL)
		return -1;
	sqlite3_bind_int64(add, 1, s->call);
	sqlite3_bind_int64(add, 2, (int64_t)e->index);
	sqlite3_bind_int(add, 3, s->procedure);
	sqlite3_bind_int(add, 4, (int)e->verdict);
	sqlite3_bind_int64(add, 5, e->due_ms);
	if (e->target != 0)
		sqlite3_bind_int64(add, 6, e->target);
	bind_text(add, 7, e->key);
	if (e->message != NULL && e->message[0] != '\0')
		bind_text(add, 8, text_of(e->message));
	if (e->verdict != VERDICT_REFUSED)
		sqlite3_bind_blob64(
		    add, 9, e->body.s, e->body.len, SQLITE_STATIC);
	sqlite3_bind_int(add, 10, (int)s->act);
	if (store_run(s, add, d) != 0)
		return -1;
	if (s->first_row == 0)
		s->first_row = sqlite3_last_insert_rowid(s->db);
	s->rows++;
	s->adding[s->act].received++;
	store_count(&s->adding[s->act], e->verdict, 1);
	return 0;
}

int
store_find_key(struct store *s, int procedure, struct text key, int64_t *row,
    struct diag *d)
{
	sqlite3_stmt *find = store_statement(s, STORE_FIND_KEY, d);
	int step, ret = 0;

	*row = 0;
	if (find == NULL)
		return -1;
	bind_text(find, 1, key);
	sqlite3_bind_int(find, 2, procedure);
	step = sqlite3_step(find);
	if (step == SQLITE_ROW)
		*row = sqlite3_column_int64(find, 0);
	else if (step != SQLITE_DONE)
		ret = store_failed(s, d);
	sqlite3_reset(find);
	return ret;
}

int
store_decide_begin(struct store *s, struct diag *d)
{
	sqlite3_stmt *begin = store_statement(s, STORE_BEGIN, d);

	memset(s->adding, 0, sizeof(s->adding));
	s->call = 0;
	return begin == NULL ? -1 : store_run(s, begin, d);
}

int
store_decide(
    struct store *s, const struct store_decision *decision, struct diag *d)
{
	struct store_totals *t = &s->adding[decision->act];
	sqlite3_stmt *decide = store_statement(s, STORE_DECIDE, d);

	if (decide == NULL)
		return -1;
	sqlite3_bind_int64(decide, 1, decision->row);
	sqlite3_bind_int(decide, 2, (int)decision->verdict);
	if (decision->target != 0)
		sqlite3_bind_int64(decide, 3, decision->target);
	bind_text(decide, 4, text_of(decision->message));
	if (store_run(s, decide, d) != 0)
		return -1;
	store_count(t, VERDICT_OPEN, -1);
	store_count(t, decision->verdict, 1);
	return 0;
}

static void
add_totals(struct store_totals *to, const struct store_totals *from)
{
	to->jobs += from->jobs;
	to->received += from->received;
	to->accepted += from->accepted;
	to->created += from->created;
	to->merged += from->merged;
	to->error += from->error;
	to->invalid += from->invalid;
	to->updated += from->updated;
	to->deleted += from->deleted;
	to->ignored += from->ignored;
	to->open += from->open;
}

int
store_commit(struct store *s, struct diag *d)
{
	sqlite3_stmt *end = store_statement(s, STORE_END_CALL, d);
	sqlite3_stmt *commit = store_statement(s, STORE_COMMIT, d);

	if (end == NULL || commit == NULL)
		return -1;
	sqlite3_bind_int64(end, 1, s->call);
	sqlite3_bind_int64(end, 2, s->first_row);
	sqlite3_bind_int64(end, 3, (int64_t)s->rows);
	if ((s->call != 0 && store_run(s, end, d) != 0) ||
	    store_run(s, commit, d) != 0)
		return -1;
	if (s->call != 0)
		s->calls[s->act]++;
	for (int i = 0; i < ACTS; i++)
		add_totals(&s->totals[i], &s->adding[i]);
	return 0;
}

void
store_rollback(struct store *s)
{
	struct diag ignored = DIAG_INIT;
	sqlite3_stmt *rollback = store_statement(s, STORE_ROLLBACK, &ignored);

	/* After some errors SQLite has rolled back by itself. */
	if (rollback != NULL && sqlite3_get_autocommit(s->db) == 0)
		store_run(s, rollback, &ignored);
}
