/* SPDX-License-Identifier: MIT */
/*
 * The books' right side, from the tables alone: three ordered walks (chunks,
 * their calls, their rows' own entries) merged chunk by chunk. Each row of a
 * chunk is counted once: by the newest call over it, and then moved if it has
 * an entry of its own. One pass, whatever the number of rows; as one SQL
 * statement it needed a correlated search for each piece of each chunk.
 */
#include "base/xalloc.h"
#include "database.h"

#include <stdlib.h>
#include <string.h>

#define CALLS_OF(more)                                                         \
	"SELECT chunk, id, first, count, rows, state, " more " FROM call "     \
	"WHERE state <> 'superseded' ORDER BY chunk, id"

struct walk {
	sqlite3_stmt *statement;
	bool more; /* a row is there that was not used yet */
};

struct tally {
	struct ledger *ledger;
	struct ledger_totals *sums;
	struct walk chunks, calls, rows;
	enum outcome *meanings; /* of the chunk's calls */
	size_t call_count, call_cap;
	struct cover_spans spans;
	struct cover cover;
	uint64_t end_before;
};

static int
advance(struct tally *t, struct walk *w, struct diag *d)
{
	int got = ledger_step(t->ledger, w->statement, d);

	w->more = got > 0;
	return got < 0 ? -1 : 0;
}

static int
start(struct tally *t, struct walk *w, const char *sql, struct diag *d)
{
	w->statement = ledger_prepare(t->ledger, sql, d);
	return w->statement != NULL ? advance(t, w, d) : -1;
}

static uint64_t
chunk_of(const struct walk *w)
{
	return (uint64_t)sqlite3_column_int64(w->statement, 0);
}

/* What stands before `ordinal` belongs to a chunk that is not there. */
static int
refuse_orphan(
    struct tally *t, const struct walk *w, const char *what, struct diag *d)
{
	return ledger_damaged(t->ledger->path, d,
	    "it holds %s of chunk %llu, but not that chunk", what,
	    (unsigned long long)chunk_of(w));
}

static int
load_calls(struct tally *t, uint64_t ordinal, struct diag *d)
{
	t->call_count = t->spans.count = 0;
	while (t->calls.more && chunk_of(&t->calls) <= ordinal) {
		struct columns from = {t->calls.statement, 1};
		struct ledger_call c = {.chunk = ordinal};
		int state;

		if (chunk_of(&t->calls) < ordinal)
			return refuse_orphan(t, &t->calls, "a call", d);
		c.id = column_i64(&from);
		c.first = column_u64(&from);
		c.count = column_u64(&from);
		c.rows = column_u64(&from);
		state = call_state_parse(column_view(&from));
		if (state < 0)
			return ledger_damaged(t->ledger->path, d,
			    "a call of chunk %llu has no known state",
			    (unsigned long long)ordinal);
		if (call_read_verb(t->ledger, &from, &c, d) != 0)
			return -1;
		ARRAY_ROOM(t->meanings, t->call_count, t->call_cap);
		t->meanings[t->call_count] =
		    call_state_outcome((enum call_state)state, c.done);
		cover_add_call(&t->spans, &c, t->call_count++);
		if (advance(t, &t->calls, d) != 0)
			return -1;
	}
	cover_build(&t->cover, &t->spans);
	return 0;
}

static enum outcome
meaning_of(const struct tally *t, size_t owner)
{
	return owner < t->call_count ? t->meanings[owner] : OUTCOME_UNSENT;
}

/* Counts the chunk's rows [0, rows) by what lies over them. */
static void
count_covered(struct tally *t, uint64_t rows)
{
	uint64_t *counts = t->sums->outcomes.rows;
	uint64_t left = rows;
	for (size_t i = 0; i < t->cover.pieces; i++) {
		uint64_t from = t->cover.cuts[i];
		uint64_t to = t->cover.cuts[i + 1];

		if (from >= rows)
			break;
		if (to > rows)
			to = rows;
		counts[meaning_of(t, t->cover.owners[i])] += to - from;
		left -= to - from;
	}
	counts[OUTCOME_UNSENT] += left;
}

static int
move_own(struct tally *t, uint64_t ordinal, uint64_t rows, struct diag *d)
{
	uint64_t *counts = t->sums->outcomes.rows;

	while (t->rows.more && chunk_of(&t->rows) <= ordinal) {
		struct columns c = {t->rows.statement, 1};
		uint64_t index = column_u64(&c);
		int own = outcome_parse(column_view(&c));

		if (chunk_of(&t->rows) < ordinal)
			return refuse_orphan(t, &t->rows, "a row", d);
		if (own < 0 || index >= rows)
			return ledger_damaged(t->ledger->path, d,
			    "the entry of row %llu of chunk %llu is invalid",
			    (unsigned long long)index,
			    (unsigned long long)ordinal);
		counts[meaning_of(t, cover_find(&t->cover, index))]--;
		counts[own]++;
		if (advance(t, &t->rows, d) != 0)
			return -1;
	}
	return 0;
}

static int
add_chunk(struct tally *t, struct diag *d)
{
	struct ledger_totals *sums = t->sums;
	struct ledger_chunk c;

	chunk_read(t->chunks.statement, &c);
	if (load_calls(t, c.ordinal, d) != 0)
		return -1;
	count_covered(t, c.rows);
	if (move_own(t, c.ordinal, c.rows, d) != 0)
		return -1;
	sums->outcomes.rows[OUTCOME_REJECTED] += c.rejected;
	sums->outcomes.rows[OUTCOME_SKIPPED] += c.skipped;
	sums->records += c.records;
	sums->record_bytes += c.record_bytes;
	sums->blank_lines += c.blank_lines;
	sums->blank_bytes += c.blank_bytes;
	if (sums->chunks++ == 0)
		sums->first_begin = c.begin;
	else if (c.begin != t->end_before)
		sums->tiles = false;
	if (c.end - c.begin != c.record_bytes + c.blank_bytes)
		sums->tiles = false;
	t->end_before = sums->last_end = c.end;
	return 0;
}

static int
tally_chunks(struct tally *t, struct diag *d)
{
	if (start(t, &t->chunks,
		"SELECT " CHUNK_COLUMNS " FROM chunk ORDER BY ordinal",
		d) != 0 ||
	    start(t, &t->calls,
		t->ledger->schema == 1 ? CALLS_OF(CALL_COLUMNS_OF_1)
				       : CALLS_OF(CALL_COLUMNS_OF_2),
		d) != 0 ||
	    start(t, &t->rows,
		"SELECT chunk, idx, outcome FROM row_outcome "
		"ORDER BY chunk, idx",
		d) != 0)
		return -1;
	while (t->chunks.more)
		if (add_chunk(t, d) != 0 || advance(t, &t->chunks, d) != 0)
			return -1;
	if (t->calls.more)
		return refuse_orphan(t, &t->calls, "a call", d);
	if (t->rows.more)
		return refuse_orphan(t, &t->rows, "a row", d);
	return 0;
}

/* An unsent call was on the wire if an answer sent it back (401, …). */
static int
count_calls(struct ledger *l, struct ledger_totals *out, struct diag *d)
{
	int64_t calls, sent;

	if (ledger_query_int(l, "SELECT count(*) FROM call", &calls, d) != 0 ||
	    ledger_query_int(l,
		"SELECT count(*) FROM call "
		"WHERE state <> 'unsent' OR http_status <> 0",
		&sent, d) != 0)
		return -1;
	out->calls = (uint64_t)calls;
	out->sent_calls = (uint64_t)sent;
	return 0;
}

int
ledger_totals(struct ledger *l, struct ledger_totals *out, struct diag *d)
{
	struct tally t = {.ledger = l, .sums = out};
	int ret;

	memset(out, 0, sizeof(*out));
	out->tiles = true;
	ret = tally_chunks(&t, d);
	if (ret == 0)
		ret = count_calls(l, out, d);
	(void)sqlite3_finalize(t.chunks.statement);
	(void)sqlite3_finalize(t.calls.statement);
	(void)sqlite3_finalize(t.rows.statement);
	cover_release(&t.cover);
	cover_spans_release(&t.spans);
	free(t.meanings);
	return ret;
}
