/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_AMOUNT_GUESS_H
#define PROCESS_AMOUNT_GUESS_H

/*
 * Which marks the numbers of a column have: currencies and percent signs, and
 * how a negative number is written. Currencies are known by a list (signs,
 * names of ISO 4217, a few abbreviations): any other letter beside digits
 * could be part of a code, which is not a number.
 */

#include "base/buf.h"
#include "mapping/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ways to write decimals, the plainest first. */
#define SIGN_WAYS ((size_t)7)
extern const struct decimal_signs column_sign_ways[SIGN_WAYS];

struct amount_watch {
	uint64_t fits[SIGN_WAYS]; /* by the signs that read it */
	uint64_t minus, parentheses, trailing, percents;
	uint64_t with_sign; /* with a decimal or thousands sign */
	uint64_t units;	    /* a bit for each of amount_units */
};

/* Whether the text is a number with marks, in some way of signs; counts it.
 * scratch: any buffer; it is cleared. */
bool amount_see(struct amount_watch *w, struct text t, struct buf *scratch);

enum amount_doubt {
	AMOUNT_CLEAR,
	AMOUNT_SEVERAL_UNITS, /* the number would not say which */
	AMOUNT_PERCENT,	      /* 12.5 or 0.125? */
	AMOUNT_ALL_NEGATIVE,  /* (5) in each row may mean something else */
	AMOUNT_GRADES	      /* 1-, 2-: no column of amounts */
};
struct amount_guess {
	unsigned negative; /* NUMBER_*: 0 = plain */
	uint64_t units;
	enum amount_doubt doubt;
};
/* Of a column of `filled` values all of which were seen. */
void amount_judge(
    const struct amount_watch *w, uint64_t filled, struct amount_guess *g);

/* Appends ", negative: any, units: [\"$\"]", as a mapping has it. */
void amount_keys(struct buf *out, const struct amount_guess *g);
/* Appends the guess in words, or what keeps it from being one. */
void amount_words(struct buf *out, const struct amount_guess *g);

#endif
