/* SPDX-License-Identifier: MIT */
#ifndef CSV_SPLIT_H
#define CSV_SPLIT_H

/*
 * The fast way to split a regular record, beside libcsv: an index of the
 * delimiters and line ends ahead (special_index.h) is made once for many
 * records, and gives each one's cells and end. Cells are views into the bytes
 * that were given; only a cell that holds a doubled quote is copied. Whatever
 * is irregular (a bare or a stray quote, a quote left open, a limit passed) is
 * left to the tracker and libcsv; what is regular gives exactly libcsv's
 * cells, which the tests compare.
 */

#include "base/text.h"
#include "special_index.h"

struct splitter {
	size_t max_columns; /* more cells: irregular */
	struct text *cells; /* of the record split last */
	size_t count, cap;
	size_t length;	   /* its content, without the line end */
	size_t end_length; /* its line end: 0 (at the end), 1, 2 */
	size_t line_ends;  /* within it */
	bool has_high;	   /* in it or close to it, a byte of 0x80 or more */
	bool has_nul;	   /* within it */
	/* A bit for each cell that may hold what JSON escapes; the others do
	 * not. Only if has_odd; else none does. */
	uint64_t *odd;
	size_t odd_cap;
	bool has_odd;
	struct special_index index;
	size_t next;	 /* the special after the last record */
	size_t specials; /* of the record split last */
	size_t peek;	 /* the first special after the records peeked at */
	char *copy;	 /* the cells that held doubled quotes */
	size_t copy_cap;
};

enum split_result {
	SPLIT_DONE,
	SPLIT_MORE, /* the record's end is not in these bytes */
	SPLIT_IRREGULAR
};

void splitter_init(
    struct splitter *p, char delimiter, char quote, size_t max_columns);
void splitter_release(struct splitter *p);

/* Splits the record at the front of s[0, n). is_end: the input ends after
 * these bytes. Cells are valid until the next call and as long as s is. It
 * must be told (splitter_forget) when the bytes have moved or changed, or end
 * elsewhere than those that it was given last. */
enum split_result splitter_record(
    struct splitter *p, const char *s, size_t n, bool is_end);

void splitter_forget(struct splitter *p);

/* A guess at the cell of that column in a record that is to come: the next of
 * those up to PEEK_AHEAD records further, each of them once, as far as they
 * are indexed and look like the last one. A view, valid until the next call of
 * splitter_record. False: there is none for now. */
#define PEEK_AHEAD ((size_t)8)
bool splitter_peek(struct splitter *p, size_t column, struct text *cell);

/* All cells may hold what JSON escapes. */
void splitter_mark_all_odd(struct splitter *p);
/* Adds a cell; used by whoever splits into the same array. */
void splitter_add(struct splitter *p, struct text cell);
/* Room for n bytes of copied cells and RECORD_PADDING, so that views into it
 * stay. */
char *splitter_copy_room(struct splitter *p, size_t n);

#endif
