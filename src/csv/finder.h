/* SPDX-License-Identifier: MIT */
#ifndef CSV_FINDER_H
#define CSV_FINDER_H

/*
 * The next record of the bytes: where it ends, its cells, what is wrong with
 * its structure. Knows nothing of headers, rows or widths; those are the
 * reader's.
 */

#include "csv/reader.h"
#include "csv/sample.h"
#include "split.h"
#include "structure.h"
#include "window.h"

#include <csv.h>

struct finder {
	const struct reader_options *o; /* borrowed; nothing AUTO or 0 in it */
	struct window window;
	struct splitter split; /* the cells of the record, whoever split it */
	struct csv_parser csv;
	size_t csv_records;
	char *csv_out;
	char *copy; /* of a record without the blanks around its quotes */
	size_t copy_cap;

	/* The record that was measured last. */
	struct extent extent;
	struct damage damage;
	uint64_t dropped; /* bytes of it that are not in the window */
	bool is_unclosed;

	uint64_t (*to_source)(void *ctx, uint64_t offset);
	void *to_source_ctx;
	uint64_t mapped, mapped_to; /* the last answer of to_source */
};

/* What was found at the front of the window. */
struct found {
	size_t length, end_length; /* of what is still in the window */
	uint64_t line_ends;	   /* within it */
	size_t cells;		   /* as counted; 0 = cannot be told */
	bool has_cells;		   /* split.cells are its cells */
};

void finder_init(struct finder *f, struct byte_source from,
    uint64_t (*to_source)(void *ctx, uint64_t offset), void *ctx,
    const struct reader_options *o);
void finder_release(struct finder *f);

/* Reads more into the window. As window_fill. */
int finder_fill(struct finder *f, struct diag *d);
/* Splits the record at the front of the window, which is not empty, in one go:
 * true if it is regular, is well within the limits, and lies in the window as
 * a whole. f->split has its cells and its length. Else it is to be measured and
 * judged.
 */
bool finder_split(struct finder *f);
/*
 * Measures the record that begins `at` bytes into the window, reading on as
 * needed; quote 0 measures a line. 1 = f->extent holds it, -1 = the diag is
 * filled. What is too long to be kept is dropped from the window; 0 = it
 * would have to be, but may_drop is false. `at` is 0 if it is true.
 */
int finder_measure(
    struct finder *f, size_t at, char quote, bool may_drop, struct diag *d);
/* Judges the record at the front of the window, which was measured at 0, and
 * splits it if it can be. `line` is its physical line. The window still holds
 * it (or its end, when it is too long to be kept); the caller takes it. */
int finder_judge(struct finder *f, uint64_t line, struct found *found,
    struct problem_list *problems, struct diag *d);
/* The measured record lies in the window, all of it, and is one: no quote is
 * left open in it. */
bool finder_holds_record(const struct finder *f);
/* Bytes of the measured record with its line end. */
uint64_t finder_measured(const struct finder *f);
/* Bytes that the window holds for sure; looking ahead goes no further. */
size_t finder_reach(const struct finder *f);

/* What the two below do where it takes more than a look. */
int finder_look_for_end(struct finder *f, bool *is_end, struct diag *d);
uint64_t finder_mapped_offset(struct finder *f, uint64_t offset);

/* *is_end: no byte is left. Otherwise there is one in the window. */
static inline int
finder_at_end(struct finder *f, bool *is_end, struct diag *d)
{
	*is_end = false;
	return window_length(&f->window) > 0
		   ? 0
		   : finder_look_for_end(f, is_end, d);
}

/* An offset of the decoded bytes as one of the source's. */
static inline uint64_t
finder_source_offset(struct finder *f, uint64_t offset)
{
	return f->to_source ? finder_mapped_offset(f, offset) : offset;
}

#endif
