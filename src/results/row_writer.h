/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_ROW_WRITER_H
#define RESULTS_ROW_WRITER_H

/*
 * Writes the lines of results.csv, rejected.csv, rejected.reasons.csv and
 * to-fix.csv; what became of each row is decided before (row_files.c).
 */

#include "base/outcome.h"
#include "results/row_files.h"

/* A row with its fate. All texts borrowed; "" where there is nothing. */
struct row_line {
	const struct record *rec;
	const struct problem_list *problems;
	struct text lead_id;
	enum outcome outcome;
	const char *evidence, *code, *words, *process_id, *job, *verb;
	const char *service; /* who refuses */
	bool has_chunk;
	uint64_t chunk;
	/* The input could not be read as far as this row: it has no line, no
	 * bytes, and a number only if the ledger tells (rec->row 0 = none). */
	bool is_lost;
};

struct row_writer;

/* Opens the files in o->folder and writes their headings. results.csv only
 * with a ledger, rejected.csv only with a raw source. Returns owned. */
struct row_writer *row_writer_new(
    const struct row_files_options *o, struct diag *d);
void row_writer_free(struct row_writer *w);
int row_writer_add(
    struct row_writer *w, const struct row_line *line, struct diag *d);
/* See row_files_finish, row_files_own. */
int row_writer_finish(struct row_writer *w, struct diag *d);
struct own_files *row_writer_own(struct row_writer *w);
int row_writer_commit(struct row_writer *w, struct diag *d);

/* All that is wrong with the row, in one text: `Score (D129): not a whole
 * number: 'abc'; …`, with the codes in brackets if asked; not cut. */
void row_line_message(struct buf *out, const struct row_line *line,
    const struct header *header, bool with_codes);

#endif
