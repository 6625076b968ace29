/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_CONVERT_H
#define PROCESS_CONVERT_H

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
	char message[256]; /* lower case, no full stop; without the value */
	char hint[256];	   /* the next step, or empty */
};

/* Sets the message and clears the hint; returns false. */
bool convert_fail(struct convert_reason *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
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

#endif
