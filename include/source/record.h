/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_RECORD_H
#define SOURCE_RECORD_H

/*
 * One record of the CSV and where it stands.
 *
 * Three ways to number: `number` counts data records from 1 (limits, counts);
 * `row` is the row that a spreadsheet shows, in which the header is row 1 when
 * nothing precedes it and preamble and blank lines count; `line` is the
 * physical line, from 1, on which the record begins. Offsets are in the
 * decompressed input decoded to UTF-8, the source_ ones in the decompressed
 * input as it came; ranges include the line end.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many bytes after a cell may be read where is_padded says so. */
#define RECORD_PADDING ((size_t)16)

struct record {
	uint64_t number, row, line;
	uint64_t origin_row; /* a retry: the row in the first input, which is
			      * what `meta: row` means; 0 = row */
	uint64_t line_count; /* physical lines it covers, at least 1 */
	uint64_t begin, end; /* decoded bytes [begin, end) */
	uint64_t source_begin, source_end;
	/* The cells that it has in the file, before ragged: filled it up or
	 * dropped empty ones; 0 = it was not split. */
	size_t width;
	/* It is left out on purpose, and has no cells: the code that says why,
	 * static, and of rows.ignored the index of the rule; NULL = it is
	 * data. */
	const char *skip_code;
	size_t skip_rule;
	size_t cell_count;
	const struct text *cells; /* UTF-8, unescaped, not trimmed */
	/* Memory that may be read goes on after each cell, and after each
	 * part of one: the reader's records. */
	bool is_padded;
	/* Of padded ones: no cell holds a byte that JSON must escape but those
	 * whose bit is set (bit i % 64 of odd[i / 64]), which may. NULL = none
	 * does. */
	const uint64_t *odd;
};

/* The header. Names are trimmed (space, tab, NBSP); without a header the
 * names are empty and `count` is the width of the first record. */
struct header {
	size_t count;
	const struct text *names;
	uint64_t row, line;    /* 0 without a header */
	char delimiter, quote; /* of the file; quote 0 = none */
};

#endif
