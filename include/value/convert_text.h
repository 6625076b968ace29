/* SPDX-License-Identifier: MIT */
#ifndef VALUE_CONVERT_TEXT_H
#define VALUE_CONVERT_TEXT_H

/* Text with a form: words for true and false, addresses, phone numbers. See
 * convert.h for the shape. */

#include "value/convert.h"

struct word_list {
	const struct text *words;
	size_t count;
	/* The same sorted by texts_sort_fold; NULL: they are few. */
	const struct text *folded;
};
/* true or false; the words in any case. */
bool convert_boolean(struct text t, struct word_list true_words,
    struct word_list false_words, struct buf *out, struct convert_reason *r);

/* The address as it stands, as a JSON string. One `@`; before it 1-64 bytes
 * without blanks, brackets, quotes, commas, and with dots only between other
 * characters; after it a domain of at least two labels, letters, digits,
 * hyphens and anything beyond ASCII that can be seen. No DNS, no RFC 5322
 * comments or quoted names: an export that has them has a mistake. */
bool convert_email(struct text t, struct buf *out, struct convert_reason *r);

struct phone_rules {
	struct text calling_code; /* "91", or empty */
	struct text trunk_prefix; /* "0", or empty */
};
/* A JSON string of 8-15 digits. Separators go: blanks, hyphens, dots,
 * slashes, brackets and the invisible marks that come with copied numbers. A
 * number that begins with `+` or `00` keeps its code, and an "(0)" in it goes;
 * otherwise the trunk prefix is taken off and the calling code put before. Two
 * numbers in the cell are refused. */
bool convert_phone(struct text t, const struct phone_rules *rules,
    struct buf *out, struct convert_reason *r);

#endif
