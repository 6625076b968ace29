/* SPDX-License-Identifier: MIT */
/*
 * Walks over chunks, calls and events. Each walk has a statement of its own,
 * so that walks may be nested and the ledger written meanwhile; calls that
 * are added during a walk are not part of it.
 */
#include "database.h"

#include <string.h>

void
chunk_read(sqlite3_stmt *s, struct ledger_chunk *c)
{
	struct columns from = {s, 0};

	c->ordinal = column_u64(&from);
	c->begin = column_u64(&from);
	c->end = column_u64(&from);
	c->first_row = column_u64(&from);
	c->first_line = column_u64(&from);
	c->records = column_u64(&from);
	c->record_bytes = column_u64(&from);
	c->rows = column_u64(&from);
	c->rejected = column_u64(&from);
	c->skipped = column_u64(&from);
	c->blank_lines = column_u64(&from);
	c->blank_bytes = column_u64(&from);
	c->body_bytes = column_u64(&from);
	column_blob(&from, c->sha256, sizeof(c->sha256));
}

int
call_read(
    struct ledger *l, sqlite3_stmt *s, struct ledger_call *c, struct diag *d)
{
	struct columns from = {s, 0};
	int state;

	c->id = column_i64(&from);
	c->chunk = column_u64(&from);
	c->part = column_u64(&from);
	c->first = column_u64(&from);
	c->count = column_u64(&from);
	c->rows = column_u64(&from);
	column_blob(&from, c->sha256, sizeof(c->sha256));
	state = call_state_parse(column_view(&from));
	if (state < 0)
		return ledger_damaged(l->path, d,
		    "call %lld has no known state", (long long)c->id);
	c->state = (enum call_state)state;
	c->attempts = column_u64(&from);
	c->sent_ms = column_i64(&from);
	c->answered_ms = column_i64(&from);
	c->settled_ms = column_i64(&from);
	c->http_status = (int)column_i64(&from);
	column_copy(&from, c->job, sizeof(c->job));
	column_copy(&from, c->evidence, sizeof(c->evidence));
	column_copy(&from, c->code, sizeof(c->code));
	column_copy(&from, c->answer, sizeof(c->answer));
	return 0;
}

int
calls_walk(struct ledger *l, sqlite3_stmt *s,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d)
{
	struct ledger_call c;
	int rc = SQLITE_DONE, ret = 0;

	while (ret == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		ret = call_read(l, s, &c, d);
		if (ret == 0)
			ret = each(ctx, &c);
	}
	if (ret == 0 && rc != SQLITE_DONE)
		ret = ledger_sql_error(l, rc, d);
	(void)sqlite3_finalize(s);
	return ret;
}

int
ledger_each_chunk(struct ledger *l,
    int (*each)(void *ctx, const struct ledger_chunk *c), void *ctx,
    struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(
	    l, "SELECT " CHUNK_COLUMNS " FROM chunk ORDER BY ordinal", d);
	struct ledger_chunk c;
	int rc = SQLITE_DONE, ret = 0;

	if (s == NULL)
		return -1;
	while (ret == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		chunk_read(s, &c);
		ret = each(ctx, &c);
	}
	if (ret == 0 && rc != SQLITE_DONE)
		ret = ledger_sql_error(l, rc, d);
	(void)sqlite3_finalize(s);
	return ret;
}

int
ledger_each_call(struct ledger *l, int state,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(l,
	    "SELECT " CALL_COLUMNS " FROM call "
	    "WHERE id <= (SELECT max(id) FROM call) "
	    "AND (?1 IS NULL OR state = ?1) ORDER BY id",
	    d);
	struct binder b = {.statement = s};

	if (s == NULL)
		return -1;
	if (state >= 0)
		bind_text(&b, call_state_name((enum call_state)state));
	return calls_walk(l, s, each, ctx, d);
}

int
ledger_each_event(struct ledger *l,
    int (*each)(void *ctx, int64_t at_ms, const char *kind, const char *text),
    void *ctx, struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(l,
	    "SELECT at_ms, kind, text FROM event "
	    "WHERE id <= (SELECT max(id) FROM event) ORDER BY id",
	    d);
	int rc = SQLITE_DONE, ret = 0;

	if (s == NULL)
		return -1;
	while (ret == 0 && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		struct columns c = {s, 0};
		int64_t at_ms = column_i64(&c);
		const char *kind = column_view(&c);

		ret = each(ctx, at_ms, kind, column_view(&c));
	}
	if (ret == 0 && rc != SQLITE_DONE)
		ret = ledger_sql_error(l, rc, d);
	(void)sqlite3_finalize(s);
	return ret;
}

int
ledger_ever_sent(struct ledger *l, bool *sent, struct diag *d)
{
	int64_t found;

	if (ledger_query_int(l,
		"SELECT EXISTS(SELECT 1 FROM call WHERE state <> 'unsent')",
		&found, d) != 0)
		return -1;
	*sent = found != 0;
	return 0;
}

int
ledger_has_chunks(struct ledger *l, bool *has, struct diag *d)
{
	int64_t found;

	if (ledger_query_int(
		l, "SELECT EXISTS(SELECT 1 FROM chunk)", &found, d) != 0)
		return -1;
	*has = found != 0;
	return 0;
}

int
ledger_count_chunks(struct ledger *l, uint64_t *count, struct diag *d)
{
	int64_t found;

	if (ledger_query_int(l, "SELECT count(*) FROM chunk", &found, d) != 0)
		return -1;
	*count = (uint64_t)found;
	return 0;
}
