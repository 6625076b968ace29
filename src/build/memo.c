/* SPDX-License-Identifier: MIT */
/*
 * A table with one place a cell, without chains: a miss costs a hash and one
 * comparison. Refused: the last cell alone (columns that are sorted are few),
 * and a memo that grows (what it holds is to stay in the cache).
 */
#include "memo.h"

#include <string.h>

#define PLACES ((size_t)256)
/* Looked at after so many cells: at least half of them must be known. */
#define TRIAL 1024U

/* The ends of the cell: middles that differ make a miss, no mistake. */
static size_t
place_of(struct text cell)
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

struct memo_entry *
memo_place(struct memo *m, struct arena *arena, struct text cell)
{
	if (m->has_given_up || cell.len == 0 || cell.len > MEMO_CELL)
		return NULL;
	if (m->asked == TRIAL) {
		m->has_given_up = m->found < TRIAL / 2;
		m->asked = m->found = 0;
	}
	if (m->entries == NULL)
		m->entries = arena_array(arena, PLACES, sizeof(*m->entries));
	return &m->entries[place_of(cell)];
}

bool
memo_knows(struct memo *m, const struct memo_entry *e, struct text cell)
{
	bool knows =
	    e->cell_len == cell.len && memcmp(e->cell, cell.s, cell.len) == 0;

	m->asked++;
	m->found += knows;
	return knows;
}

bool
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

void
memo_keep(struct memo_entry *e, struct text cell, struct text json)
{
	if (json.len > MEMO_JSON)
		return;
	e->cell_len = (unsigned char)cell.len;
	e->json_len = (unsigned char)json.len;
	memcpy(e->cell, cell.s, cell.len);
	memcpy(e->json, json.s, json.len);
}
