/* SPDX-License-Identifier: MIT */
/*
 * For a later part of a run: reading the chunk that was planned and its calls,
 * and forgetting what was planned and never sent.
 */
#include "database.h"

/* 1 = *out is the statement's next chunk, 0 = there is none. */
static int
take_chunk(struct ledger *l, enum ledger_statement which, uint64_t ordinal,
    struct ledger_chunk *out, struct diag *d)
{
	struct binder b = {.statement = ledger_kept(l, which, d)};
	int got;

	if (b.statement == NULL)
		return -1;
	bind_u64(&b, ordinal);
	got = ledger_step(l, b.statement, d);
	if (got > 0)
		chunk_read(b.statement, out);
	(void)sqlite3_reset(b.statement);
	return got;
}

int
ledger_get_chunk(struct ledger *l, uint64_t ordinal, struct ledger_chunk *out,
    struct diag *d)
{
	return take_chunk(l, STATEMENT_CHUNK, ordinal, out, d);
}

int
ledger_chunk_from(struct ledger *l, uint64_t ordinal, struct ledger_chunk *out,
    struct diag *d)
{
	return take_chunk(l, STATEMENT_CHUNK_FROM, ordinal, out, d);
}

int
ledger_each_chunk_call(struct ledger *l, uint64_t ordinal,
    int (*each)(void *ctx, const struct ledger_call *c), void *ctx,
    struct diag *d)
{
	sqlite3_stmt *s = calls_select(l,
	    "WHERE chunk = ?1 "
	    "AND id <= (SELECT max(id) FROM call) ORDER BY id",
	    d);
	struct binder b = {.statement = s};

	if (s == NULL)
		return -1;
	bind_u64(&b, ordinal);
	return calls_walk(l, s, each, ctx, d);
}

int
ledger_drop_planned(struct ledger *l, struct diag *d)
{
	if (ledger_begin(l, d) != 0 ||
	    ledger_exec(l,
		"DELETE FROM chunk WHERE ordinal > coalesce(max("
		"coalesce((SELECT max(chunk) FROM call), -1), "
		"coalesce((SELECT max(chunk) FROM row_outcome), -1)), -1)",
		d) != 0)
		return -1;
	if (!l->has_sent)
		return 0;
	return ledger_exec(l,
	    "DELETE FROM sent WHERE chunk > "
	    "coalesce((SELECT max(ordinal) FROM chunk), -1)",
	    d);
}
