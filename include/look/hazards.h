/* SPDX-License-Identifier: MIT */
#ifndef LOOK_HAZARDS_H
#define LOOK_HAZARDS_H

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

#include "base/text.h"
#include "csv/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hazard_kind {
	HAZARD_ROW_CAP,	     /* as many rows as an export can hold */
	HAZARD_FOOTER,	     /* last rows with a single filled cell */
	HAZARD_TOTAL_ROW,    /* "Total" in one of the last rows */
	HAZARD_SWALLOWED,    /* a quote that swallowed many lines */
	HAZARD_SCIENTIFIC,   /* 1.23E+15 */
	HAZARD_ROUNDED,	     /* only zeros after the 15th digit */
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
/* Numbers with decimals are meant in this column: 7.0 is not a hazard. */
void hazards_take_decimals(struct hazards *h, size_t column);
/* A field reads this column's cells as lists of quoted items. */
void hazards_unquote(struct hazards *h, size_t column);
/* Cells that are one of these words are empty; with `trims`, without the blanks
 * around them. Sorted (texts_sort) and borrowed. */
void hazards_nulls(
    struct hazards *h, const struct text *nulls, size_t count, bool trims);
/* The next record; one without cells is only counted. */
void hazards_record(struct hazards *h, const struct record *rec);
/* All that was found, the whole file's first, then by column; valid until
 * hazards_free. To be asked once, after the last record. */
const struct hazard *hazards_finish(struct hazards *h, size_t *count);

/* What a single cell shows of the hazards in hazards.h: pure functions of its
 * text, which is trimmed unless said otherwise. */

/* [+-]?d(.d+)?E+dd: what a spreadsheet makes of a long number. */
bool hazard_is_scientific(struct text t);
/* All of it is ASCII digits; not empty. */
bool hazard_is_digits(struct text t);
/* 7.0: a whole number as a program writes it whose columns with gaps hold
 * floats. */
bool hazard_is_whole_float(struct text t);
/* "a","b, c": a record of its own, with any of , ; | between the quotes. */
bool hazard_is_quoted_list(struct text t);
/* At least 16 digits, and only zeros after the 15th. */
bool hazard_is_rounded(struct text t);
/* #REF! #N/A #NAME? #VALUE! #DIV/0! #NUM! #NULL! #SPILL! #CALC! … */
bool hazard_is_error_value(struct text t);
/* Three and more `#`, nothing else. */
bool hazard_is_hashes(struct text t);
/* Begins with = + - @ and is not a number, phone number or dash. */
bool hazard_is_formula(struct text t);
/* A word for a sum at its front; *is_alone: nothing else is in the cell. */
bool hazard_is_total(struct text t, bool *is_alone);

/* What beyond ASCII is in it. */
struct hazard_marks {
	bool mojibake, nbsp, invisible;
	bool decomposed; /* letters whose accents follow as combining marks,
			  * which NFC would make one */
};
/* Of text that is not well-formed, none. */
struct hazard_marks hazard_marks(struct text t);
/* Letters with accents as one character are in well-formed text. */
bool hazard_has_composed(struct text t);
/* Where in well-formed text something stands that shows that it was decoded
 * wrongly; false if nothing does. */
bool hazard_find_mojibake(struct text t, size_t *offset);

/* UTF-16 units, as spreadsheets count characters; t is not trimmed. */
uint64_t hazard_length(struct text t);

enum date_order { ORDER_NONE, ORDER_DAY_FIRST, ORDER_MONTH_FIRST };
/* Of a date in numbers with the year last: which order alone can be meant. */
enum date_order hazard_date_order(struct text t);

/* A cell of several lines most of which look like records of their own;
 * t is not trimmed. `columns` is the width of the table. */
bool hazard_is_swallowed(struct text t, char delimiter, size_t columns);

/* A header's name for numbers that may begin with a zero. 2: such as a postal
 * code or a phone number; 1: an id, a number; 0: neither. */
int hazard_zero_name(struct text name);

#endif
