/* SPDX-License-Identifier: MIT */
/*
 * What is written into the ledger: chunks, calls, rows, events, facts about
 * the run. Every write joins the open transaction; the caller commits before
 * anything is put on the wire.
 */
#include "base/xalloc.h"
#include "database.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a call's state says of its rows that have no entry of their own. A call
 * that was superseded says nothing: its rows are as before it. */
static const struct {
	const char *name;
	enum outcome outcome;
} states[] = {
    [CALL_SENT] = {"sent", OUTCOME_UNKNOWN},
    [CALL_ACKED] = {"acked", OUTCOME_ACCEPTED},
    [CALL_CREATED] = {"created", OUTCOME_CREATED},
    [CALL_ACCEPTED] = {"accepted", OUTCOME_ACCEPTED},
    [CALL_REFUSED] = {"refused", OUTCOME_REFUSED},
    [CALL_UNSENT] = {"unsent", OUTCOME_UNSENT},
    [CALL_UNKNOWN] = {"unknown", OUTCOME_UNKNOWN},
    [CALL_SUPERSEDED] = {"superseded", OUTCOME_UNSENT},
};
#define STATE_COUNT (sizeof(states) / sizeof(states[0]))

const char *
call_state_name(enum call_state s)
{
	assert((size_t)s < STATE_COUNT);
	return states[s].name;
}

int
call_state_parse(const char *name)
{
	for (size_t i = 0; i < STATE_COUNT; i++)
		if (strcmp(name, states[i].name) == 0)
			return (int)i;
	return -1;
}

enum outcome
call_state_outcome(enum call_state s, enum outcome done)
{
	assert((size_t)s < STATE_COUNT);
	return s == CALL_CREATED ? done : states[s].outcome;
}

/* Opens the transaction and the statement. */
static int
begin(struct ledger *l, enum ledger_statement which, struct binder *b,
    struct diag *d)
{
	memset(b, 0, sizeof(*b));
	if (ledger_begin(l, d) != 0)
		return -1;
	b->statement = ledger_kept(l, which, d);
	return b->statement != NULL ? 0 : -1;
}

int
ledger_set(struct ledger *l, const char *key, const char *value, struct diag *d)
{
	struct binder b;

	if (begin(l, STATEMENT_SET, &b, d) != 0)
		return -1;
	bind_text(&b, key);
	bind_text(&b, value);
	return binder_run(l, &b, d);
}

int
ledger_set_number(
    struct ledger *l, const char *key, uint64_t value, struct diag *d)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	return ledger_set(l, key, text, d);
}

int
ledger_get(struct ledger *l, const char *key, char **out, struct diag *d)
{
	struct binder b = {.statement = ledger_kept(l, STATEMENT_GET, d)};
	int got;

	*out = NULL;
	if (b.statement == NULL)
		return -1;
	bind_text(&b, key);
	got = b.rc == SQLITE_OK ? ledger_step(l, b.statement, d)
				: ledger_sql_error(l, b.rc, d);
	if (got > 0) {
		struct columns c = {b.statement, 0};

		*out = xstrdup(column_view(&c));
	}
	(void)sqlite3_reset(b.statement);
	(void)sqlite3_clear_bindings(b.statement);
	return got < 0 ? -1 : 0;
}

int
ledger_get_into(struct ledger *l, const char *key, char *out, size_t out_size,
    struct diag *d)
{
	char *value;
	int ret = ledger_get(l, key, &value, d);

	snprintf(out, out_size, "%s", value ? value : "");
	free(value);
	return ret;
}

int
ledger_add_chunk(struct ledger *l, const struct ledger_chunk *c, struct diag *d)
{
	struct binder b;

	if (begin(l, STATEMENT_ADD_CHUNK, &b, d) != 0)
		return -1;
	chunk_bind(&b, c);
	return binder_run(l, &b, d);
}

static void
bind_call(struct binder *b, const struct ledger_call *c)
{
	bind_u64(b, c->chunk);
	bind_u64(b, c->part);
	bind_u64(b, c->first);
	bind_u64(b, c->count);
	bind_u64(b, c->rows);
	bind_blob(b, c->sha256, sizeof(c->sha256));
	bind_text(b, call_state_name(c->state));
	bind_u64(b, c->attempts);
	bind_i64(b, c->sent_ms);
	bind_i64(b, c->answered_ms);
	bind_i64(b, c->settled_ms);
	bind_i64(b, c->http_status);
	bind_text(b, c->job);
	bind_text(b, c->evidence);
	bind_text(b, c->code);
	bind_text(b, c->answer);
	bind_text(b, outcome_row(c->done)->verb);
	bind_blob(b, c->gaps, c->gap_bytes);
}

int
ledger_add_call(struct ledger *l, struct ledger_call *c, struct diag *d)
{
	struct binder b;

	if (begin(l, STATEMENT_ADD_CALL, &b, d) != 0)
		return -1;
	bind_call(&b, c);
	if (binder_run(l, &b, d) != 0)
		return -1;
	c->id = sqlite3_last_insert_rowid(l->db);
	l->calls = (uint64_t)c->id;
	l->has_new_calls = true;
	return 0;
}

int
ledger_update_call(
    struct ledger *l, const struct ledger_call *c, struct diag *d)
{
	struct binder b;

	if (begin(l, STATEMENT_UPDATE_CALL, &b, d) != 0)
		return -1;
	bind_call(&b, c);
	bind_i64(&b, c->id);
	if (binder_run(l, &b, d) != 0)
		return -1;
	if (sqlite3_changes(l->db) != 1)
		return diag_set(d, DIAG_INTERNAL,
		    "call %lld is not in the ledger", (long long)c->id);
	return 0;
}

int
ledger_set_row(struct ledger *l, const struct ledger_row *r, struct diag *d)
{
	struct binder b;

	if (begin(l, STATEMENT_SET_ROW, &b, d) != 0)
		return -1;
	bind_u64(&b, r->row);
	bind_u64(&b, r->chunk);
	bind_u64(&b, r->index);
	bind_i64(&b, r->call);
	bind_text(&b, outcome_name(r->outcome));
	bind_text(&b, r->evidence);
	bind_text(&b, r->code);
	bind_text(&b, r->text);
	bind_text(&b, r->process_id);
	return binder_run(l, &b, d);
}

int
ledger_set_before(
    struct ledger *l, const struct ledger_before *b, struct diag *d)
{
	struct binder binder;

	assert(l->schema > 1);
	if (begin(l, STATEMENT_SET_BEFORE, &binder, d) != 0)
		return -1;
	bind_u64(&binder, b->chunk);
	bind_u64(&binder, b->index);
	bind_text(&binder, b->process_id);
	bind_i64(&binder, b->looked_ms);
	bind_u64(&binder, b->sends);
	bind_view(&binder, b->fields);
	return binder_run(l, &binder, d);
}

int
ledger_add_event(struct ledger *l, int64_t at_ms, const char *kind,
    const char *text, struct diag *d)
{
	struct binder b;

	if (begin(l, STATEMENT_ADD_EVENT, &b, d) != 0)
		return -1;
	bind_i64(&b, at_ms);
	bind_text(&b, kind);
	bind_text(&b, text);
	return binder_run(l, &b, d);
}
