/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_READING_H
#define SOURCE_READING_H

/*
 * One way to read a sample: as records of one delimiter. How even the records
 * are, and what speaks against this reading and for another.
 */

#include "base/buf.h"
#include "base/text.h"
#include "source/dialect.h"
#include "extent.h"

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
/* Takes off the lines that the dialect passes over: skip_lines, `sep=`. */
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
/* The cells of its record; raw_cells_next gives them. */
struct raw_cells sample_walk_cells(const struct sample_walk *w);

struct reading {
	size_t records; /* not blank */
	uint32_t first; /* cells of the first record; 0 = broken quotes */
	uint32_t usual; /* the most frequent number of cells */
	size_t even;	/* records with `usual` cells */
	size_t broken;	/* records whose quotes are */
	size_t spaced;	/* with blanks around a quote, passed over */
	/* The first record with `usual` cells: its index, and the physical
	 * lines of the sample before it. */
	size_t table_record;
	uint64_t table_line;
	size_t table_records; /* from there on, even or not */
	char delimiter;
	bool is_rising; /* records before it have fewer cells, and
			 * quotes that can be read */
};

void reading_make(
    struct reading *r, const struct sample *sample, char delimiter);

/* What the cells of a reading say about another delimiter. */
struct cell_evidence {
	size_t holding; /* unquoted cells that hold the other delimiter */
	size_t numbers; /* of them, numbers (1,5 1.234,50 -3,2%) */
	size_t inner;	/* cells behind a delimiter */
	size_t blank;	/* of them, with a blank at their front */
	size_t bare;	/* cells, also of the header, with a quote inside
			 * although none stands around them */
};
struct cell_evidence reading_cells(
    const struct sample *sample, char delimiter, char other);

/* Appends the first `count` records as "[a] [b] / [1] [2]". */
void reading_show(
    const struct sample *sample, char delimiter, size_t count, struct buf *out);
/* All records from index `from` on are, whole, numbers with a comma. */
bool reading_is_numbers(const struct sample *sample, size_t from);

#endif
