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

/* The place of a cell; NULL if it has none: it is empty or long, or the memo
 * gave up. */
struct memo_entry *memo_place(
    struct memo *m, struct arena *arena, struct text cell);
/* Whether the place remembers this very cell; it is counted. */
bool memo_knows(struct memo *m, const struct memo_entry *e, struct text cell);
/* Appends what the cell became. False: there is no room, and `out` is as it
 * was. */
bool memo_add(const struct memo_entry *e, struct buf *out);
/* From now on the place remembers this; JSON that is too long is not kept. */
void memo_keep(struct memo_entry *e, struct text cell, struct text json);

#endif
