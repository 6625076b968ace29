/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_RAW_RANGES_H
#define RESULTS_RAW_RANGES_H

/*
 * Exact bytes of the decompressed input, by ranges in ascending order, read
 * forward from a source of their own: nothing is held but one block.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "input/input.h"

#include <stdint.h>
#include <stdio.h>

struct raw_ranges {
	struct byte_source from; /* borrowed; .read NULL = there is none */
	char *block;
	size_t have, used; /* of the block */
	uint64_t at;	   /* offset of block[used] */
	char start[4];	   /* the input's first bytes, for its BOM */
	size_t start_len;
};

void raw_ranges_init(struct raw_ranges *r, struct byte_source from);
void raw_ranges_release(struct raw_ranges *r);

/* Copies [begin, end) to `out` (may be NULL) and its first bytes, up to the
 * maximum of `copy`, to `copy` (may be NULL). `begin` is not before the end
 * of the range before. -1, DIAG_INPUT: the source ended or failed. */
int raw_ranges_copy(struct raw_ranges *r, uint64_t begin, uint64_t end,
    FILE *out, struct buf *copy, struct diag *d);

/* Appends bytes of the input, which is in `encoding`, to out as UTF-8;
 * characters that were cut or do not decode come as U+FFFD. */
int raw_ranges_decode(const struct raw_ranges *r, const struct buf *bytes,
    const char *encoding, struct buf *out, struct diag *d);

/* Appends t; bytes that are not UTF-8, and NUL, as U+FFFD. */
void text_repair(struct buf *out, struct text t);

#endif
