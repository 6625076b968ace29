/* SPDX-License-Identifier: MIT */
/* What was sent, for an undo. */
#include "database.h"

#include <string.h>

bool
ledger_has_sent(const struct ledger *l)
{
	return l->has_sent;
}

static int
begin(struct ledger *l, enum ledger_statement which, struct binder *b,
    struct diag *d)
{
	*b = (struct binder){.statement = NULL};
	if (ledger_begin(l, d) != 0)
		return -1;
	b->statement = ledger_kept(l, which, d);
	return b->statement != NULL ? 0 : -1;
}

int
ledger_set_after(struct ledger *l, uint64_t chunk, uint64_t index,
    struct text fields, struct diag *d)
{
	struct binder b;

	if (!l->has_sent)
		return 0;
	if (begin(l, STATEMENT_SET_AFTER, &b, d) != 0)
		return -1;
	bind_u64(&b, chunk);
	bind_u64(&b, index);
	bind_view(&b, fields);
	return binder_run(l, &b, d);
}

int
ledger_set_sent(
    struct ledger *l, uint64_t chunk, struct text rows, struct diag *d)
{
	struct binder b;

	if (!l->has_sent)
		return 0;
	if (begin(l, STATEMENT_SET_SENT, &b, d) != 0)
		return -1;
	bind_u64(&b, chunk);
	bind_blob(&b, rows.s, rows.len);
	return binder_run(l, &b, d);
}

/* The only column of the only row that the bound statement finds. */
static int
take(struct ledger *l, struct binder *b, struct buf *out, struct diag *d)
{
	int got = b->rc == SQLITE_OK ? ledger_step(l, b->statement, d)
				     : ledger_sql_error(l, b->rc, d);

	buf_clear(out);
	if (got > 0) {
		const void *bytes = sqlite3_column_blob(b->statement, 0);
		int len = sqlite3_column_bytes(b->statement, 0);

		buf_add(out, bytes ? bytes : "", (size_t)len);
	}
	(void)sqlite3_reset(b->statement);
	(void)sqlite3_clear_bindings(b->statement);
	return got;
}

int
ledger_get_after(struct ledger *l, uint64_t chunk, uint64_t index,
    struct buf *text, struct diag *d)
{
	struct binder b = {.statement = NULL};

	if (!l->has_sent)
		return 0;
	b.statement = ledger_kept(l, STATEMENT_AFTER, d);
	if (b.statement == NULL)
		return -1;
	bind_u64(&b, chunk);
	bind_u64(&b, index);
	return take(l, &b, text, d);
}

int
ledger_get_sent(
    struct ledger *l, uint64_t chunk, struct buf *rows, struct diag *d)
{
	struct binder b = {.statement = NULL};

	if (!l->has_sent)
		return 0;
	b.statement = ledger_kept(l, STATEMENT_SENT, d);
	if (b.statement == NULL)
		return -1;
	bind_u64(&b, chunk);
	return take(l, &b, rows, d);
}
