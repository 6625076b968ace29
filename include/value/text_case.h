/* SPDX-License-Identifier: MIT */
#ifndef VALUE_TEXT_CASE_H
#define VALUE_TEXT_CASE_H

/*
 * Upper, lower and title case of UTF-8 without a locale, one code point to
 * one code point (base/unicode.h): the sharp s has no upper case here, Turkish
 * i is the English one, a capital sigma becomes the sigma of the middle of a
 * word.
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>

/* Append the whole text in the other case; false if the buffer is full. */
bool text_add_upper(struct buf *out, struct text t);
bool text_add_lower(struct buf *out, struct text t);
/* The first letter of each word in upper case, the others in lower case. A
 * word is a run of letters, digits, marks and inner apostrophes: "o'neil
 * jean-luc 3rd" becomes "O'neil Jean-Luc 3rd". */
bool text_add_title(struct buf *out, struct text t);

#endif
