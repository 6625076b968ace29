/* SPDX-License-Identifier: MIT */
/*
 * Walks over chunks, calls and events. Each walk has a statement of its own,
 * so that walks may be nested and the ledger written meanwhile; calls that
 * are added during a walk are not part of it.
 */
#include "base/buf.h"
#include "database.h"

#include <string.h>

/* The numbers of a chunk, in the order of CHUNK_COLUMNS. */
#define CHUNK_NUMBER(member) offsetof(struct ledger_chunk, member)
static const size_t chunk_numbers[] = {CHUNK_NUMBER(ordinal),
    CHUNK_NUMBER(begin), CHUNK_NUMBER(end), CHUNK_NUMBER(first_row),
    CHUNK_NUMBER(first_line), CHUNK_NUMBER(records), CHUNK_NUMBER(record_bytes),
    CHUNK_NUMBER(rows), CHUNK_NUMBER(rejected), CHUNK_NUMBER(skipped),
    CHUNK_NUMBER(blank_lines), CHUNK_NUMBER(blank_bytes),
    CHUNK_NUMBER(body_bytes)};
#define CHUNK_NUMBERS (sizeof(chunk_numbers) / sizeof(chunk_numbers[0]))

void
chunk_read(sqlite3_stmt *s, struct ledger_chunk *c)
{
	struct columns from = {s, 0};

	for (size_t i = 0; i < CHUNK_NUMBERS; i++)
		*(uint64_t *)((char *)c + chunk_numbers[i]) = column_u64(&from);
	column_blob(&from, c->sha256, sizeof(c->sha256));
}

void
chunk_bind(struct binder *b, const struct ledger_chunk *c)
{
	for (size_t i = 0; i < CHUNK_NUMBERS; i++)
		bind_u64(
		    b, *(const uint64_t *)((const char *)c + chunk_numbers[i]));
	bind_blob(b, c->sha256, sizeof(c->sha256));
}

bool
ledger_call_has(const struct ledger_call *c, uint64_t index)
{
	uint64_t at = index - c->first;

	return index >= c->first && at < c->count &&
	       (c->gap_bytes == 0 || !(c->gaps[at / 8] & 1u << at % 8));
}

/* As many rows as it carries have no gap. */
static bool
has_possible_gaps(const struct ledger_call *c)
{
	uint64_t rows = 0;

	if (c->gap_bytes == 0)
		return true;
	if (c->count > LEDGER_GAPS_MAX * 8 ||
	    c->gap_bytes != LEDGER_GAP_BYTES(c->count))
		return false;
	for (uint64_t i = 0; i < c->count; i++)
		rows += ledger_call_has(c, c->first + i);
	return rows == c->rows;
}

int
call_read_verb(struct ledger *l, struct columns *from, struct ledger_call *c,
    struct diag *d)
{
	int done = outcome_of_verb(column_view(from));

	if (done < 0)
		return ledger_damaged(l->path, d, "call %lld has no known verb",
		    (long long)c->id);
	c->done = (enum outcome)done;
	c->gap_bytes = (size_t)sqlite3_column_bytes(from->statement, from->at);
	column_blob(from, c->gaps,
	    c->gap_bytes < sizeof(c->gaps) ? c->gap_bytes : sizeof(c->gaps));
	if (has_possible_gaps(c))
		return 0;
	return ledger_damaged(l->path, d,
	    "call %lld does not carry the rows that it says it does",
	    (long long)c->id);
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
	return call_read_verb(l, &from, c, d);
}

sqlite3_stmt *
calls_select(struct ledger *l, const char *rest, struct diag *d)
{
	struct buf sql = BUF_INIT(0);
	sqlite3_stmt *s;

	buf_addf(&sql, "SELECT " CALL_COLUMNS ", %s FROM call %s",
	    l->schema == 1 ? CALL_COLUMNS_OF_1 : CALL_COLUMNS_OF_2, rest);
	s = ledger_prepare(l, buf_str(&sql), d);
	buf_release(&sql);
	return s;
}

int
calls_walk(struct ledger *l, sqlite3_stmt *s,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d)
{
	struct ledger_call c;
	int got = 0, ret = 0;

	while (ret == 0 && (got = ledger_step(l, s, d)) > 0) {
		ret = call_read(l, s, &c, d);
		if (ret == 0)
			ret = each(ctx, &c);
	}
	(void)sqlite3_finalize(s);
	return ret != 0 ? ret : got;
}

int
ledger_each_chunk(struct ledger *l,
    int (*each)(void *ctx, const struct ledger_chunk *c), void *ctx,
    struct diag *d)
{
	sqlite3_stmt *s = ledger_prepare(
	    l, "SELECT " CHUNK_COLUMNS " FROM chunk ORDER BY ordinal", d);
	struct ledger_chunk c;
	int got = 0, ret = 0;

	if (s == NULL)
		return -1;
	while (ret == 0 && (got = ledger_step(l, s, d)) > 0) {
		chunk_read(s, &c);
		ret = each(ctx, &c);
	}
	(void)sqlite3_finalize(s);
	return ret != 0 ? ret : got;
}

int
ledger_each_call(struct ledger *l, int state,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d)
{
	sqlite3_stmt *s = calls_select(l,
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

static void
before_read(sqlite3_stmt *s, struct ledger_before *b)
{
	struct columns from = {s, 0};

	b->chunk = column_u64(&from);
	b->index = column_u64(&from);
	column_copy(&from, b->process_id, sizeof(b->process_id));
	b->looked_ms = column_i64(&from);
	b->sends = column_u64(&from);
	b->fields = text_of(column_view(&from));
}

int
ledger_get_before(struct ledger *l, uint64_t chunk, uint64_t index,
    struct ledger_before *out, struct buf *text, struct diag *d)
{
	struct binder b = {.statement = NULL};
	int got;

	if (l->schema == 1)
		return 0;
	b.statement = ledger_kept(l, STATEMENT_BEFORE, d);
	if (b.statement == NULL)
		return -1;
	bind_u64(&b, chunk);
	bind_u64(&b, index);
	got = ledger_step(l, b.statement, d);
	if (got > 0) {
		before_read(b.statement, out);
		buf_clear(text);
		buf_add(text, out->fields.s, out->fields.len);
		out->fields = buf_text(text);
	}
	(void)sqlite3_reset(b.statement);
	return got;
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
	int got = 0, ret = 0;

	if (s == NULL)
		return -1;
	while (ret == 0 && (got = ledger_step(l, s, d)) > 0) {
		struct columns c = {s, 0};
		int64_t at_ms = column_i64(&c);
		const char *kind = column_view(&c);

		ret = each(ctx, at_ms, kind, column_view(&c));
	}
	(void)sqlite3_finalize(s);
	return ret != 0 ? ret : got;
}

/* Whether the query finds a row. */
static int
has_any(struct ledger *l, const char *sql, bool *has, struct diag *d)
{
	int64_t found;
	int ret = ledger_query_int(l, sql, &found, d);

	*has = found != 0;
	return ret;
}

int
ledger_ever_sent(struct ledger *l, bool *sent, struct diag *d)
{
	return has_any(l,
	    "SELECT EXISTS(SELECT 1 FROM call "
	    "WHERE state <> 'unsent') AND NOT EXISTS(SELECT 1 FROM meta "
	    "WHERE key = '" LEDGER_UNDONE "' AND value = '1')",
	    sent, d);
}

int
ledger_has_chunks(struct ledger *l, bool *has, struct diag *d)
{
	return has_any(l, "SELECT EXISTS(SELECT 1 FROM chunk)", has, d);
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
