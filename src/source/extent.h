/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_EXTENT_H
#define SOURCE_EXTENT_H

/*
 * Where a record ends: a quote tracker that is fed a record's bytes in any
 * pieces and keeps nothing of them, so that a record of any length costs no
 * memory. It also walks the cells of a record that is in memory, as they
 * stand in the file, to say in which column something is wrong.
 */

#include "source/dialect.h"

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
 * blanks around them that are passed over. */
struct raw_cell {
	size_t begin, end; /* in the record */
	size_t column;
	bool is_quoted;
	bool has_blanks;     /* some were passed over */
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

#endif
