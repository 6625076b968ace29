/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_CSV_WRITER_H
#define RESULTS_CSV_WRITER_H

/*
 * CSV out, quoted by RFC 4180: a cell that holds the delimiter, a quote, a
 * line end, or a blank at an end is put in quotes, with its quotes doubled. A
 * row of one empty cell is written as "" so that it is not a blank line. Write
 * errors stay in the stream (ferror) and are reported by atomic_commit.
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
};

void csv_writer_init(
    struct csv_writer *w, FILE *out, char delimiter, const char *line_end);
void csv_cell(struct csv_writer *w, struct text t);
void csv_cell_str(struct csv_writer *w, const char *s);
void csv_cell_uint(struct csv_writer *w, uint64_t n);
void csv_end_row(struct csv_writer *w);

#endif
