/* SPDX-License-Identifier: MIT */
/* What the ledger knows of a chunk, beside the chunk as it is built now. */
#include "known.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

static int
collect(void *ctx, const struct ledger_call *c)
{
	struct known_calls *k = ctx;

	ARRAY_ROOM(k->items, k->count, k->cap);
	k->items[k->count++] = *c;
	return 0;
}

static bool
is_same(const struct chunk *chunk, const struct ledger_chunk *known)
{
	return chunk->begin == known->begin && chunk->end == known->end &&
	       chunk->records == known->records &&
	       chunk->row_count == known->rows &&
	       chunk->rejected == known->rejected &&
	       chunk->skipped == known->skipped &&
	       memcmp(chunk->sha256, known->sha256, SHA256_BYTES) == 0;
}

static int
check_same(
    const struct chunk *chunk, const struct ledger_chunk *known, struct diag *d)
{
	if (is_same(chunk, known))
		return 0;
	diag_set(d, DIAG_INPUT,
	    "chunk %llu (row %llu on) is not what this run planned and sent",
	    (unsigned long long)chunk->ordinal,
	    (unsigned long long)known->first_row);
	diag_code(d, "run.other_version");
	return diag_help(d, "nothing more was sent; resume with the version "
			    "that began the run");
}

int
known_compare(const struct chunk *chunk, const struct ledger_chunk *known,
    const struct known_calls *calls, enum resume_mode mode, struct diag *d)
{
	if ((mode == RESUME_RECONCILE || mode == RESUME_READ) &&
	    calls->count == 0 && !is_same(chunk, known))
		return 1;
	return check_same(chunk, known, d);
}

int
known_load(struct ledger *l, const struct chunk *chunk,
    struct ledger_chunk *known, struct known_calls *calls, struct diag *d)
{
	int got = ledger_get_chunk(l, chunk->ordinal, known, d);

	if (got > 0 &&
	    ledger_each_chunk_call(l, chunk->ordinal, collect, calls, d) != 0)
		return -1;
	return got;
}

int
submitter_compare_chunk(
    struct ledger *l, const struct chunk *chunk, struct diag *d)
{
	struct ledger_chunk known;
	struct known_calls calls = {0};
	int got = known_load(l, chunk, &known, &calls, d);

	if (got > 0)
		got = known_compare(chunk, &known, &calls, RESUME_READ, d);
	else if (got == 0)
		got = 1;
	free(calls.items);
	return got;
}

static bool
shares_row(const struct ledger_call *a, const struct ledger_call *b)
{
	uint64_t i = a->first > b->first ? a->first : b->first;

	while (i < a->first + a->count && i < b->first + b->count &&
	       !(ledger_call_has(a, i) && ledger_call_has(b, i)))
		i++;
	return i < a->first + a->count && i < b->first + b->count;
}

bool
known_covers(
    const struct known_calls *k, const struct ledger_call *rows, bool by_newer)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct ledger_call *other = &k->items[i];

		if (other->state != CALL_SUPERSEDED && other->id != rows->id &&
		    (other->id > rows->id) == by_newer &&
		    shares_row(rows, other))
			return true;
	}
	return false;
}
