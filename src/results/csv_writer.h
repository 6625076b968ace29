/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_CSV_WRITER_H
#define RESULTS_CSV_WRITER_H

/*
 * CSV out, quoted by RFC 4180: a cell that holds the delimiter, a quote, a
 * line end, or a blank at an end is put in quotes, with its quotes doubled. A
 * row of one empty cell is written as "" so that it is not a blank line. A row
 * goes into the stream when it ends, or when it is long. Write errors stay in
 * the stream (ferror) and are reported by atomic_commit.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct csv_writer {
	FILE *out; /* borrowed */
	char delimiter;
	const char *line_end; /* "\n" or "\r\n": static */
	size_t cells;	      /* of the row being written */
	bool only_empty;      /* its only cell so far is empty */
	bool is_cut;	      /* its beginning is in the stream already */
	size_t len;	      /* of `row` */
	char row[1024];	      /* what is not in the stream yet */
};

void csv_writer_init(
    struct csv_writer *w, FILE *out, char delimiter, const char *line_end);
void csv_cell(struct csv_writer *w, struct text t);
void csv_cell_str(struct csv_writer *w, const char *s);
void csv_cell_uint(struct csv_writer *w, uint64_t n);
/* A cell, or some with what is between them, of which it is known that they
 * need no quotes or have them. */
void csv_cell_as_is(struct csv_writer *w, struct text t);
/* What was written of the row since `len` was `from`: a view; empty where that
 * is not known. */
struct text csv_row_from(const struct csv_writer *w, size_t from);
void csv_end_row(struct csv_writer *w);

#endif
