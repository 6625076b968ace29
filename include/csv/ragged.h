/* SPDX-License-Identifier: MIT */
#ifndef CSV_RAGGED_H
#define CSV_RAGGED_H

/*
 * Records with another number of cells than the header: what they are, seen
 * over the whole file, and what to do about each kind. One of them alone does
 * not tell: whether a short record is a piece of one that a line break cut in
 * two, or a line of a footer, is in the records around it.
 *
 * `ragged: pad` is advised only where records end early and no other shape is
 * seen, because it would make records of the pieces and of the footer.
 * Memory is fixed, whatever the file.
 */

#include "base/buf.h"
#include "base/problem.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "csv.ragged_row", or the note "csv.padded_row": `ragged: pad` filled it up.
 * Static. */
const char *ragged_code(bool is_reject);

enum ragged_shape {
	SHAPE_LINE_BREAK,   /* pieces that make one record */
	SHAPE_FOOTER,	    /* one cell, nothing but such records follow */
	SHAPE_ONE_CELL,	    /* one cell, among others */
	SHAPE_ENDS_EARLY,   /* fewer cells */
	SHAPE_EXCESS_EMPTY, /* more cells, and those are empty */
	SHAPE_BLANK_QUOTE,  /* more cells; blanks before a quote */
	SHAPE_EXCESS,	    /* more cells */
	RAGGED_SHAPES
};
/* "line_break", …: one static word, as the cause of a problem. */
const char *ragged_shape_cause(enum ragged_shape shape);

#define RAGGED_EXAMPLES 3
#define RAGGED_TEXTS 6
#define RAGGED_TEXT_BYTES 64

struct ragged_tally {
	uint64_t rows;
	struct {
		uint64_t row, line;
		size_t cells;
	} examples[RAGGED_EXAMPLES];
	size_t example_count;
	/* Of records of one cell: the beginnings of the first different ones,
	 * and how many records have another. */
	char texts[RAGGED_TEXTS][RAGGED_TEXT_BYTES + 1];
	bool is_cut[RAGGED_TEXTS]; /* the cell goes on */
	size_t text_count;
	uint64_t further;
};

/* What is known of one record. */
struct ragged_row {
	uint64_t number, row, line;
	const struct text *cells; /* as the reader gives them */
	size_t cell_count;	  /* 0 = they are not known */
	size_t width;		  /* cells in the file */
	size_t header_width;
	char delimiter, quote;
};

struct ragged {
	char delimiter, quote;
	uint64_t last; /* number of the record seen last; 0 = none */
	bool is_finished;
	struct ragged_tally shapes[RAGGED_SHAPES];
	/* Pieces that may yet make a record: so many cells so far; those of
	 * several cells, and those of one between them. */
	size_t piece_cells;
	struct ragged_tally pieces, between;
	struct ragged_tally tail; /* one cell each, nothing after them yet */
};

/* The next record of another width, in the order of the file. */
void ragged_see(struct ragged *g, const struct ragged_row *row);
/* There are no more. last_number: of the file's last record, 0 if that is not
 * known because the reading stopped before it. To be asked once. */
void ragged_finish(struct ragged *g, uint64_t last_number);
/* Appends what to do about the rows of a shape; nothing if there is nothing
 * to say. is_padded: they were filled up. After ragged_finish. */
void ragged_advice(const struct ragged *g, enum ragged_shape shape,
    bool is_padded, struct buf *out);
/* Appends the patterns for source.ignore that match the records of a shape
 * and no record of several cells: `'^"?Total[^,"]*"?$', '…'`. */
void ragged_patterns(
    const struct ragged *g, enum ragged_shape shape, struct buf *out);

/* "3 cells, but the header has 2", "1 cell, filled up to 5". */
void ragged_message(size_t width, size_t header_width, bool has_header,
    bool is_reject, struct buf *out);
/* Adds csv.ragged_row, with what its record alone says. */
void ragged_reject(const struct ragged_row *row, bool has_header,
    struct problem_list *problems);
/* Adds csv.padded_row. */
void ragged_note_padded(
    const struct ragged_row *row, struct problem_list *problems);

#endif
