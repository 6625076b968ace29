/* SPDX-License-Identifier: MIT */
#ifndef LOOK_FRONT_H
#define LOOK_FRONT_H

/*
 * What the first records of a file say about its header: whether the first
 * one is it, or a title above it, or data; and a few shapes that are not a
 * table as they stand. Decided once, from the sample that detects the
 * dialect, by a pure function; nothing is asked of later records.
 *
 * It is a suspicion with evidence. Who has a mapping weighs it against the
 * names there (plan/front_verdict.h); `inspect` and `init` show it and read
 * on as it proposes. What is written out (says_header, says_skip_lines,
 * says_quote in the dialect) is not doubted.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "csv/dialect.h"
#include "csv/reader.h"

#define FRONT_RECORDS 50 /* looked at */
#define FRONT_CELLS 256	 /* looked at, of each */

enum front_kind {
	FRONT_PLAIN,		/* nothing speaks against the first record */
	FRONT_PREAMBLE,		/* the header stands further down */
	FRONT_NO_HEADER,	/* the first record is data */
	FRONT_MIXED_DELIMITERS, /* the first record has another delimiter */
	FRONT_QUOTED_LINES,	/* each line is one quoted cell */
	FRONT_APOSTROPHES,	/* cells are quoted with apostrophes */
	FRONT_BACKSLASHES	/* quotes are escaped with backslashes */
};

struct front_record {
	uint64_t line;		  /* physical, from 1 */
	size_t width;		  /* cells; 0 = its quotes are broken */
	size_t filled;		  /* cells with more than blanks */
	struct text *cells;	  /* trimmed, without quotes */
	size_t cell_count;	  /* at most FRONT_CELLS */
	struct text raw;	  /* as it stands in the file */
	size_t quoted;		  /* cells in quotes */
	bool has_backslash_quote; /* broken after a \" */
};

struct front {
	enum front_kind kind;
	/* PREAMBLE: lines before the header. MIXED_DELIMITERS: lines to pass
	 * over when the first record is left out. */
	uint64_t skip_lines;
	size_t width;	/* PREAMBLE: cells of the table */
	char delimiter; /* of the rows */
	char other;	/* MIXED_DELIMITERS: the header's; QUOTED_LINES: the
			 * one inside the quotes */
	struct arena arena;
	struct front_record *records; /* borrowed from the arena */
	size_t count;
};

/* Looks at `len` bytes of decoded input that begin at its first byte; the
 * dialect has been detected. Copies what it keeps. front_release. */
void front_judge(struct front *f, const char *s, size_t len, bool is_whole,
    const struct dialect *dialect);
void front_release(struct front *f);

/* "csv.preamble", …: static; NULL for FRONT_PLAIN. */
const char *front_code(enum front_kind kind);
/* What was seen, and what to do: a message and its help. */
void front_message(const struct front *f, struct buf *out);
void front_help(const struct front *f, struct buf *out);
/* Both as an error of the file with that name: -1, DIAG_INPUT. */
int front_fail(const struct front *f, const char *csv_name, struct diag *d);

/* Lets *dialect (as it was said: delimiter AUTO where it was) read the file
 * as the finding proposes. False if nothing in a dialect can. */
bool front_apply(const struct front *f, struct dialect *dialect);

/* What kind of value a cell is, as far as headers are concerned. */
enum front_cell {
	FRONT_EMPTY, /* or a word for no value: N/A, -, null */
	FRONT_TEXT,
	FRONT_CODE, /* letters and digits in one word: L-17 */
	FRONT_NUMBER,
	FRONT_DATE, /* or a time of day */
	FRONT_EMAIL,
	FRONT_PHONE,
	FRONT_URL
};
enum front_cell front_cell(struct text t);
/* Digits in it. */
size_t front_digits(struct text t);
/* A number written with a sign that only numbers with fractions, groups or
 * units have. */
bool front_is_decimal(struct text t);
/* 1900 to 2100. */
bool front_is_year(struct text t);
/* An e-mail, a date, a decimal, or a number or phone of more than 4 digits:
 * what nobody calls a column. */
bool front_is_value(struct text t);

#endif
