/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_ENCODING_ADVICE_H
#define SOURCE_ENCODING_ADVICE_H

/* What to do about bytes that are not of the encoding that was tried. */

#include "base/buf.h"
#include "base/text.h"
#include "source/decoder.h"

/* Asked for when a record is rejected. All zero: nothing is known. */
struct encoding_advice {
	const char *tried; /* the name of the encoding; NULL = not known */
	/* The next step, in words; the same for each record of an input. */
	const char *(*words)(void *ctx);
	void *ctx;
};

/* Appends the next step for an input read in `tried`. `e`: what the whole
 * input decides when nobody names an encoding, or NULL if nobody can look.
 * Only encodings that decode all of it are named, and never `tried`. */
void encoding_advice_words(
    struct buf *out, const char *tried, const struct encoding_decision *e);

/* Appends what led to a guess: a byte that is not UTF-8, a few characters that
 * are and make no words, the zeros of UTF-16. */
void encoding_reason_words(struct buf *out, const struct encoding_decision *e);
/* Appends why a guess is weak; nothing if it is not. */
void encoding_doubt_words(struct buf *out, const struct encoding_decision *e);
/* Of ENCODING_MIXED and ENCODING_UNKNOWN: why there is no guess, with what to
 * do. Always -1. */
int encoding_no_guess(
    const struct encoding_decision *e, const char *name, struct diag *d);

/* True if both names mean the same encoding (utf8, UTF-8, utf-8-sig). */
bool encoding_is_same(const char *a, const char *b);

/* Appends what `text` (UTF-8, read in the encoding `from`) would be in the
 * encoding `to`: the same bytes, decoded again. False, with nothing appended,
 * if they do not decode. */
bool encoding_reread(
    struct buf *out, struct text text, const char *from, const char *to);

#endif
