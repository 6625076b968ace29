/* SPDX-License-Identifier: MIT */
#ifndef VALUE_CONVERT_H
#define VALUE_CONVERT_H

/*
 * What all conversions share: the reason why a text is not what its type
 * wants, for a person to read.
 *
 * The conversions themselves are pure functions in convert_number.h,
 * convert_date.h, convert_text.h and convert_json.h: text and options in, JSON
 * text appended to a buffer, true; or false with a reason and the buffer as it
 * was. They know nothing of fields, rows or the mapping. A false with an empty
 * message means that the buffer's maximum was reached (buf.overflow).
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>

struct convert_reason {
	const char *cause; /* static: which of the reasons of a type it is, in
			    * one word: "exponent", "no_such_day"; "" = the
			    * only one. Texts that differ only in their
			    * values have one cause. */
	char message[256]; /* lower case, no full stop; without the value */
	char hint[256];	   /* the next step, or empty */
};

/* Sets cause and message and clears the hint; returns false. */
bool convert_fail(struct convert_reason *r, const char *cause, const char *fmt,
    ...) __attribute__((format(printf, 3, 4)));
/* Sets the hint; returns false. */
bool convert_hint(struct convert_reason *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The end of a conversion: false with an empty message if `added` is false
 * (the buffer is cut back to `start`), else true. */
bool convert_done(
    struct convert_reason *r, struct buf *out, size_t start, bool added);

/* "a comma", "the letter 'x'", "the character '€'", "a no-break space",
 * "the character U+200B": what stands at byte `at` of well-formed UTF-8; "the
 * end" at its end. Returns out. */
const char *convert_name_char(struct text t, size_t at, char out[48]);
/* The cause that a character which should not be there makes: "end",
 * "letter", "digits", "currency", "percent", "parentheses", "minus" (hyphens,
 * dashes and U+2212), "other_digits", "comma", "full_stop", "slash", "blank",
 * "unseen" or "sign" (all others). Static. */
const char *convert_char_cause(struct text t, size_t at);

#endif
