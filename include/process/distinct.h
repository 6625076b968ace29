/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_DISTINCT_H
#define PROCESS_DISTINCT_H

/*
 * How many different values a column has, in bounded memory: the K smallest
 * hashes are kept (Bar-Yossef and others 2002). Up to K the number is exact;
 * beyond it is an estimate with a standard error of about 4 %. The hash's key
 * is fixed, so the same file gets the same answer. A few short values are kept
 * as text, with their counts, as long as there are only a few.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISTINCT_K ((size_t)512)
#define DISTINCT_WORDS ((size_t)16)
#define DISTINCT_WORD_MAX ((size_t)48) /* bytes */

struct distinct_word {
	char text[DISTINCT_WORD_MAX];
	size_t len;
	uint64_t count;
};

struct distinct {
	uint64_t *smallest; /* ascending */
	size_t count, cap;
	bool is_full;		     /* some hash was dropped */
	struct distinct_word *words; /* NULL once there were too many */
	size_t word_count;
	bool has_no_words;
};

void distinct_release(struct distinct *x);
void distinct_add(struct distinct *x, struct text value);
/* *is_exact may be NULL. */
uint64_t distinct_estimate(const struct distinct *x, bool *is_exact);

#endif
