/* SPDX-License-Identifier: MIT */
#ifndef LOOK_HAZARD_COUNTS_H
#define LOOK_HAZARD_COUNTS_H

/* What hazards.c collects and hazards_verdict.c judges. */

#include "look/hazards.h"

#include <stdbool.h>

#define LENGTHS_MAX 24 /* longer numbers are counted with the last */

/* The numbers of a column: digits and nothing else. */
struct digit_watch {
	uint64_t count, by_length[LENGTHS_MAX + 1];
	uint64_t first_row[LENGTHS_MAX + 1];
	char first[LENGTHS_MAX + 1][LENGTHS_MAX];
	uint64_t last;	   /* the value of the cell before */
	bool is_unsorted;  /* some cell is not more than the one before */
	bool has_zero;	   /* some cell begins with a zero */
	uint64_t long_ids; /* of 16 digits and more */
};

struct column_watch {
	struct hazard *found[HAZARD_KIND_COUNT]; /* NULL = nothing yet */
	struct digit_watch *digits;		 /* NULL = no number yet */
	uint64_t filled, longest;
	uint64_t day_first, month_first; /* dates of that order only */
	uint64_t floats;		 /* cells such as 7.0 */
	int zero_name;
	bool has_composed; /* some cell has accents as part of the letter */
	bool is_ignored, is_unwrapped, takes_decimals, is_unquoted;
};

#define LAST_ROWS 3

enum {
	LOOKS_AT_NOTHING,
	LOOKS_AT_RULES,
	LOOKS_AT_NULLS /* and rules */
};

struct hazards {
	struct column_watch *columns;
	size_t column_count;
	char delimiter;
	/* What is to be asked of a cell that begins with this byte, beside
	 * what is in it beyond ASCII: LOOKS_AT_*. */
	unsigned char looks[256];
	const struct text *nulls;
	size_t null_count;
	bool trims_nulls;
	uint64_t records;
	struct column_watch file; /* of the whole file */
	/* The last records, round and round: is it a total? */
	struct last_row {
		bool is_total;
		struct hazard_cell cell;
	} last[LAST_ROWS];
	/* Records with one filled cell: all, and those that follow each other
	 * up to the last record, of which the first one's cells are kept. */
	uint64_t lone, lone_at_end;
	struct hazard_cell lone_cells[HAZARD_CELLS];
	struct hazard *list; /* once finished */
	size_t count;
};

/* Counts one cell of a kind, and keeps it if it is among the first three. */
void hazards_add(struct column_watch *w, enum hazard_kind kind, int column,
    const struct hazard_cell *cell);

#endif
