/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_HAZARDS_H
#define SOURCE_HAZARDS_H

/*
 * What spreadsheets and exports do to data before it comes here: digits lost
 * to scientific notation, leading zeros gone, formulas' errors, text decoded
 * wrongly, totals at the end, rows cut at an export's cap. Nothing in here
 * rejects a row; a hazard is a suspicion with a count, up to three cells and
 * advice.
 *
 * Whoever wants to know feeds records, one by one. Memory is bounded by the
 * number of columns (about 150 bytes each, and 700 more where numbers are);
 * a reading that does not ask pays nothing.
 */

#include "source/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hazard_kind {
	HAZARD_ROW_CAP,	     /* as many rows as an export can hold */
	HAZARD_FOOTER,	     /* last rows with a single filled cell */
	HAZARD_TOTAL_ROW,    /* "Total" in one of the last rows */
	HAZARD_SWALLOWED,    /* a quote that swallowed many lines */
	HAZARD_SCIENTIFIC,   /* 1.23E+15 */
	HAZARD_ROUNDED,	     /* only zeros behind the 15th digit */
	HAZARD_LOST_ZEROS,   /* numbers too short by a leading zero */
	HAZARD_ERROR_VALUE,  /* #REF!, #N/A */
	HAZARD_HASHES,	     /* #### */
	HAZARD_MOJIBAKE,     /* UTF-8 read as Windows-1252, U+FFFD */
	HAZARD_NBSP,	     /* a no-break space inside text */
	HAZARD_INVISIBLE,    /* zero-width characters, U+FEFF */
	HAZARD_MIXED_FORMS,  /* accents as marks in some cells only */
	HAZARD_CUT,	     /* exactly 255 or 32,767 characters */
	HAZARD_DATE_ORDER,   /* day and month in both orders */
	HAZARD_FORMULA,	     /* begins with = + - @ */
	HAZARD_FORMULA_TEXT, /* ="00123" */
	HAZARD_QUOTED_LIST,  /* "a","b" inside a cell */
	HAZARD_FLOAT_ID,     /* whole numbers written as 7.0 */
	HAZARD_KIND_COUNT
};
/* "hazard.scientific", …: stable, static. */
const char *hazard_code(enum hazard_kind kind);
/* What it is, in words without capital and full stop. */
const char *hazard_title(enum hazard_kind kind);
/* The next step. */
const char *hazard_advice(enum hazard_kind kind);

#define HAZARD_CELLS 3
#define HAZARD_VALUE 60 /* bytes kept of a cell's text */

struct hazard_cell {
	uint64_t row;
	int column; /* from 0; -1 = the whole row */
	size_t value_len;
	bool is_cut;		  /* the cell holds more than `value` */
	char value[HAZARD_VALUE]; /* whole characters, not for a terminal */
};

struct hazard {
	enum hazard_kind kind;
	int column;	/* from 0; -1 = the whole file */
	uint64_t count; /* cells or rows */
	struct hazard_cell cells[HAZARD_CELLS];
	size_t cell_count;
};

/* Keeps the place and as much of the text as there is room for. */
void hazard_cell_set(
    struct hazard_cell *cell, uint64_t row, int column, struct text value);

struct hazards;

/* Looks at the header's names now and borrows nothing. */
struct hazards *hazards_new(const struct header *header, char delimiter);
void hazards_free(struct hazards *h);
/* Nobody asks about this column: its cells are not looked at. */
void hazards_ignore(struct hazards *h, size_t column);
/* What stands in ="…" is what the column means. */
void hazards_unwrap(struct hazards *h, size_t column);
/* Numbers with decimals are meant in this column: 7.0 is no hazard. */
void hazards_take_decimals(struct hazards *h, size_t column);
/* The next record; one without cells is only counted. */
void hazards_record(struct hazards *h, const struct record *rec);
/* All that was found, the whole file's first, then by column; valid until
 * hazards_free. To be asked once, behind the last record. */
const struct hazard *hazards_finish(struct hazards *h, size_t *count);

#endif
