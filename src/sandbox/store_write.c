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
	sqlite3_stmt *add;

	if (begin == NULL || store_run(s, begin, d) != 0)
		return -1;
	add = store_statement(s, STORE_ADD_CALL, d);
	if (add == NULL)
		goto fail;
	sqlite3_bind_int(add, 1, call->procedure);
	sqlite3_bind_int64(add, 2, call->at_ms);
	sqlite3_bind_int64(add, 3, call->end_ms);
	sqlite3_bind_int(add, 4, call->accepted);
	if (store_run(s, add, d) != 0)
		goto fail;
	memset(&s->adding, 0, sizeof(s->adding));
	s->adding.jobs = call->accepted ? 1 : 0;
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

static void
count(struct store_totals *t, enum verdict verdict)
{
	t->received++;
	t->accepted += verdict != VERDICT_REFUSED;
	t->created += verdict == VERDICT_CREATED;
	t->merged += verdict == VERDICT_MERGED;
	t->error += verdict == VERDICT_ERROR;
	t->invalid += verdict == VERDICT_INVALID;
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
	if (store_run(s, add, d) != 0)
		return -1;
	if (s->first_row == 0)
		s->first_row = sqlite3_last_insert_rowid(s->db);
	count(&s->adding, e->verdict);
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
	sqlite3_bind_int64(end, 3, (int64_t)s->adding.received);
	if (store_run(s, end, d) != 0 || store_run(s, commit, d) != 0)
		return -1;
	add_totals(&s->totals, &s->adding);
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
