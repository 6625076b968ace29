/* SPDX-License-Identifier: MIT */
#ifndef CSV_SAMPLE_H
#define CSV_SAMPLE_H

/*
 * A sample of the input's first bytes, before there is a plan: its records by
 * one delimiter, how even they are, and what speaks for another delimiter.
 */

#include "base/buf.h"
#include "base/text.h"
#include "csv/dialect.h"

/*
 * Where a record ends: a quote tracker that is fed a record's bytes in any
 * pieces and keeps nothing of them, so that a record of any length costs no
 * memory. It also walks the cells of a record that is in memory, as they
 * stand in the file, to say in which column something is wrong.
 */

enum extent_state {
	EXTENT_CELL,   /* at the first byte of a cell, or after blanks there */
	EXTENT_PLAIN,  /* in a cell without quotes around it */
	EXTENT_QUOTED, /* in a quoted cell */
	EXTENT_CLOSED, /* after a quote: closing, or the first of two */
	EXTENT_SPACED, /* after blanks that follow a closing quote */
	EXTENT_STRAY,  /* after text that follows a closing quote */
	EXTENT_CR,     /* after a CR that ended the record */
	EXTENT_DONE
};

struct extent {
	char delimiter, quote;
	/* Blanks between a delimiter and a quote are nothing; to be set after
	 * extent_begin. */
	bool skips_blanks;
	enum extent_state state;
	/* Within quotes: the last byte was a CR; a CR or an LF. */
	bool after_cr, after_line_end;
	bool has_quote;
	uint64_t length;     /* of the record, without its line end */
	unsigned end_length; /* of its line end: 0, 1 or 2 */
	uint64_t line_ends;  /* within the record, not the one that ends it */
	uint64_t column;     /* of the cell the tracker is in, from 0 */
	/* When a quote is open: where, and how many lines before. */
	uint64_t open_at, open_line;
	/* When text follows a closing quote: the first such byte. */
	bool has_stray;
	uint64_t stray_at, stray_column;
};

void extent_begin(struct extent *e, char delimiter, char quote);
/* Takes the next n bytes of the record; returns how many belong to it. The
 * record is complete when state is EXTENT_DONE. */
size_t extent_feed(struct extent *e, const char *s, size_t n);
/* There are no more bytes. A record whose state was EXTENT_QUOTED is
 * unclosed: returns true for it. */
bool extent_finish(struct extent *e);

/* A cell of a record as it stands in the file, quotes and all, but without
 * blanks around them that are skipped. */
struct raw_cell {
	size_t begin, end; /* in the record */
	size_t column;
	bool is_quoted;
	bool has_blanks;     /* some were skipped */
	bool has_bare_quote; /* a quote in a cell that is not quoted */
};
struct raw_cells {
	const char *s;
	size_t len, at;
	size_t column;
	char delimiter, quote;
	bool skips_blanks; /* to be set after raw_cells_begin */
	bool is_over;
};
/* The record's content, without its line end. Borrows s. */
void raw_cells_begin(
    struct raw_cells *w, const char *s, size_t len, char delimiter, char quote);
bool raw_cells_next(struct raw_cells *w, struct raw_cell *cell);

/* A space or a tab that is not a delimiter. */
static inline bool
is_skipped_blank(char c, char delimiter)
{
	return (c == ' ' || c == '\t') && c != delimiter;
}

/* Length of the first line of s[0, n), without its line end; n if there is
 * no line end in it. */
size_t line_length(const char *s, size_t n);

/* The part of the sample that is judged: after BOM and skipped lines. */
struct sample {
	const char *s;
	size_t len;
	bool is_whole; /* the input ends with it */
	bool has_header;
	char quote;
	bool skips_blanks;	       /* around quotes */
	const struct dialect *dialect; /* whose rules of `ignore` leave records
					* out; borrowed */
	uint64_t lines_before;	       /* physical lines skipped before it */
};

/* From the input's first decoded bytes: after the BOM. */
void sample_open(struct sample *sample, const char *s, size_t len,
    bool is_whole, const struct dialect *dialect);
/* Takes off the lines that the dialect skips: skip_lines, `sep=`. */
void sample_skip(struct sample *sample, const struct dialect *dialect);

/* The records of a sample, one by one. */
struct sample_walk {
	const struct sample *sample;
	char delimiter;
	size_t at;
	uint64_t lines; /* before the record */
	/* The record, without its line end. */
	struct text content;
	bool is_broken;	  /* text after a closing quote, or one never closed */
	bool is_unclosed; /* the latter */
	size_t stray_at;  /* that text, in the record */
	uint64_t record_line; /* physical lines before it */
};
struct sample_walk sample_walk_begin(
    const struct sample *sample, char delimiter);
/* The next record that is not blank and that no rule of `ignore` leaves out.
 * One that the sample cuts is left out. */
bool sample_walk_next(struct sample_walk *w);

struct sample_reading {
	size_t records; /* not blank */
	uint32_t first; /* cells of the first record; 0 = broken quotes */
	uint32_t usual; /* the most frequent number of cells */
	size_t even;	/* records with `usual` cells */
	size_t broken;	/* records whose quotes are */
	size_t spaced;	/* with blanks around a quote, skipped */
	/* The first record with `usual` cells: its index, and the physical
	 * lines of the sample before it. */
	size_t table_record;
	uint64_t table_line;
	size_t table_records; /* from there on, even or not */
	char delimiter;
	bool is_rising; /* records before it have fewer cells, and
			 * quotes that can be read */
};

void sample_read(
    struct sample_reading *r, const struct sample *sample, char delimiter);

/* What the cells of a reading say about another delimiter. */
struct cell_evidence {
	size_t holding; /* unquoted cells that hold the other delimiter */
	size_t numbers; /* of them, numbers (1,5 1.234,50 -3,2%) */
	size_t inner;	/* cells after a delimiter */
	size_t blank;	/* of them, with a blank at their front */
	size_t bare;	/* cells, also of the header, with a quote inside
			 * although none stands around them */
};
struct cell_evidence sample_cells(
    const struct sample *sample, char delimiter, char other);

/* Appends the first `count` records as "[a] [b] / [1] [2]". */
void sample_show(
    const struct sample *sample, char delimiter, size_t count, struct buf *out);
/* All records from index `from` on are, whole, numbers with a comma. */
bool sample_is_numbers(const struct sample *sample, size_t from);

#endif
