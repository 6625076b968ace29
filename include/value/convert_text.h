/* SPDX-License-Identifier: MIT */
#ifndef VALUE_CONVERT_TEXT_H
#define VALUE_CONVERT_TEXT_H

/* Text with a form: words for true and false, addresses, phone numbers, and
 * letters in another case, what texts become. See convert.h for the shape. */

#include "base/xalloc.h"
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

/*
 * Upper, lower and title case of UTF-8 without a locale, one code point to
 * one code point (base/unicode.h): the sharp s has no upper case here, Turkish
 * i is the English one, a capital sigma becomes the sigma of the middle of a
 * word.
 */

/* Append the whole text in the other case; false if the buffer is full. */
bool text_add_upper(struct buf *out, struct text t);
bool text_add_lower(struct buf *out, struct text t);
/* The first letter of each word in upper case, the others in lower case. A
 * word is a run of letters, digits, marks and inner apostrophes: "o'neil
 * jean-luc 3rd" becomes "O'neil Jean-Luc 3rd". */
bool text_add_title(struct buf *out, struct text t);

/*
 * What a text becomes, for many texts: the rows of a lookup table
 * (`map: {file, from, to}`), or a map that ignores case. Texts are compared in
 * Unicode NFC, with ignores_case also without the case of their letters.
 */

#define LOOKUP_ENTRIES_MAX ((size_t)1000000)
/* Of all tables of a mapping, in memory. */
#define LOOKUP_BYTES_MAX ((size_t)256 << 20)

struct lookup_table;

struct lookup_table *lookup_table_new(bool ignores_case);
void lookup_table_free(struct lookup_table *t);

enum lookup_added {
	LOOKUP_ADDED,
	LOOKUP_AGREES, /* the text is there, with the same result */
	LOOKUP_DIFFERS /* it is there, with another: *line is that of it */
};
/* Copies both. `line` is where they stand, of the first 2^32 - 1 lines. What
 * lookup_table_find gave is no longer valid. */
enum lookup_added lookup_table_add(
    struct lookup_table *t, struct text from, struct text to, uint64_t *line);

/* What the text becomes, in *to; false = it is not there. `work` is scratch:
 * two buffers. */
bool lookup_table_find(const struct lookup_table *t, struct text from,
    struct buf *work, struct text *to);

size_t lookup_table_count(const struct lookup_table *t);
/* The texts as they are compared, in the order in which they were added;
 * lookup_table_count of them, from the arena. */
const struct text *lookup_table_names(
    const struct lookup_table *t, struct arena *a);
/* What it takes in memory. */
size_t lookup_table_bytes(const struct lookup_table *t);

#endif
