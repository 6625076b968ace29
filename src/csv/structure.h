/* SPDX-License-Identifier: MIT */
#ifndef CSV_STRUCTURE_H
#define CSV_STRUCTURE_H

/*
 * What is wrong with the structure of one record: which rules of reader.h it
 * breaks, in which column, at which byte. The reader asks only for records
 * that may break one; most never come here.
 */

#include "base/problem.h"
#include "csv/sample.h"
#include "input/decoder.h"

/* NUL bytes and bytes that are not UTF-8, found piece by piece. */
struct damage {
	uint64_t scanned; /* bytes of the record looked at */
	bool has_nul, has_bad;
	uint64_t nul_at, bad_at; /* the first of each, in the record */
	unsigned char bad_byte;
};

/* Looks at the record's next bytes; returns how many were decided: all of
 * them, or, when it is not the last piece, without a character that may go on
 * in the next. */
size_t damage_scan(
    struct damage *g, const char *s, size_t n, bool is_last_piece);

/* Of quotes that blanks keep from being what they look like. */
#define STRUCTURE_BLANKS_HINT                                                  \
	"there are blanks between a quote and a delimiter: `blanks: "          \
	"around_quotes` in the mapping's source skips them"

struct record_limits {
	size_t max_cell, max_record, max_columns;
};

struct record_shape {
	const struct extent *extent;
	const struct damage *damage;
	bool is_unclosed;
	uint64_t begin;	     /* offset of the record in the decoded input */
	uint64_t line;	     /* on which it begins */
	const char *content; /* extent->length bytes; NULL: too long */
	struct record_limits limits;
	struct encoding_advice advice; /* about bytes that do not decode */
};

/* Adds what is wrong. Returns the number of cells, or 0 when they cannot be
 * told: the record is too long, or its quotes are broken. */
size_t structure_check(const struct record_shape *sh, struct problem_list *l);

#endif
