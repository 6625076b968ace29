/* SPDX-License-Identifier: MIT */
#ifndef BUILD_MEMO_H
#define BUILD_MEMO_H

/*
 * What the cells of a field became, for fields whose cells are alike: a status,
 * a region, a quantity. Each cell has one place among 256; what was there
 * before is forgotten. A memo whose answers are too few gives up, for cells
 * that are all different would only pay for it.
 */

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdint.h>
#include <string.h>

#define MEMO_PLACES ((size_t)256)
/* Looked at after so many cells: at least half of them must be known. */
#define MEMO_TRIAL 1024U
#define MEMO_CELL ((size_t)31)
#define MEMO_JSON ((size_t)64)

struct memo_entry {
	unsigned char cell_len; /* 0 = nothing is remembered here */
	unsigned char json_len;
	char cell[MEMO_CELL]; /* and what is in it */
	char json[MEMO_JSON];
};

/* All zeros at first. */
struct memo {
	struct memo_entry *entries; /* in the arena, from the first cell on */
	unsigned asked, found;
	bool has_given_up;
};

/* The ends of the cell: middles that differ make a miss, no mistake. */
static inline size_t
memo_place_of(struct text cell)
{
	uint64_t first = 0, last = 0;

	if (cell.len >= 8) {
		memcpy(&first, cell.s, 8);
		memcpy(&last, cell.s + cell.len - 8, 8);
	} else if (cell.len >= 4) {
		memcpy(&first, cell.s, 4);
		memcpy(&last, cell.s + cell.len - 4, 4);
	} else {
		first = (unsigned char)cell.s[0];
		last = (uint64_t)(unsigned char)cell.s[cell.len - 1] << 8 |
		       (unsigned char)cell.s[cell.len / 2];
	}
	first = (first ^ cell.len) * UINT64_C(0x9e3779b97f4a7c15);
	return (size_t)(((first ^ last) * UINT64_C(0xd6e8feb86659fd93)) >> 56);
}

/* The place of a cell; NULL if it has none: it is empty or long, or the memo
 * gave up. */
static inline struct memo_entry *
memo_place(struct memo *m, struct arena *arena, struct text cell)
{
	if (m->has_given_up || cell.len == 0 || cell.len > MEMO_CELL)
		return NULL;
	if (m->asked == MEMO_TRIAL) {
		m->has_given_up = m->found < MEMO_TRIAL / 2;
		m->asked = m->found = 0;
	}
	if (m->entries == NULL)
		m->entries =
		    arena_array(arena, MEMO_PLACES, sizeof(*m->entries));
	return &m->entries[memo_place_of(cell)];
}

/* Whether the place remembers this very cell; it is counted. */
static inline bool
memo_knows(struct memo *m, const struct memo_entry *e, struct text cell)
{
	bool knows =
	    e->cell_len == cell.len && bytes_same(e->cell, cell.s, cell.len);

	m->asked++;
	m->found += knows;
	return knows;
}

/* Appends what the cell became. False: there is no room, and `out` is as it
 * was. */
static inline bool
memo_add(const struct memo_entry *e, struct buf *out)
{
	size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT;
	size_t end = max < out->cap ? max : out->cap;

	if (out->len + MEMO_JSON >= end)
		return false;
	/* All of it: a length that is known is copied without a call. */
	memcpy(out->data + out->len, e->json, MEMO_JSON);
	out->len += e->json_len;
	out->data[out->len] = '\0';
	return true;
}

/* From now on the place remembers this; JSON that is too long is not kept. */
void memo_keep(struct memo_entry *e, struct text cell, struct text json);

#endif
