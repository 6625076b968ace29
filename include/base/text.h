/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/*
 * Text as (pointer, length): UTF-8 rules, blanks, display, spelling distance,
 * and the sizes and durations that people write in options. Nothing here
 * depends on the locale.
 */

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A view of bytes that somebody else owns; not NUL-terminated as a rule. */
struct text {
	const char *s;
	size_t len;
};

#define TEXT_LITERAL(lit) ((struct text){(lit), sizeof(lit) - 1})
struct text text_of(const char *s);
/* What a buffer holds, valid until its next change. */
static inline struct text
buf_text(const struct buf *b)
{
	return (struct text){buf_str(b), b->len};
}
bool text_equal(struct text a, struct text b);
bool text_is(struct text a, const char *s);

/* The byte order mark in UTF-8, and t without one at its front. */
#define UTF8_BOM "\xef\xbb\xbf"
#define UTF8_BOM_LENGTH ((size_t)3)
struct text text_after_bom(struct text t);
/* s up to its first byte that is not UTF-8: without the part of a character
 * that a cut left at its end. */
struct text text_whole(const char *s);

/* Offset of the first byte that is not well-formed UTF-8 (Unicode 15, table
 * 3-7: no overlong forms, no surrogates, nothing above U+10FFFF), or `len` if
 * all of it is. */
size_t utf8_check(const char *s, size_t len);
/* Number of code points of well-formed UTF-8. */
size_t utf8_length(const char *s, size_t len);
/* Bytes that begin a character of two bytes or more, and of three or more. */
void utf8_count_leads(const char *s, size_t len, uint64_t *two, uint64_t *more);
/* utf8_next beyond ASCII. */
uint32_t utf8_next_long(const char *s, size_t len, size_t *pos);
/* The code point at *pos of well-formed UTF-8; moves *pos after it. */
static inline uint32_t
utf8_next(const char *s, size_t len, size_t *pos)
{
	unsigned char c = (unsigned char)s[*pos];

	if (c >= 0x80)
		return utf8_next_long(s, len, pos);
	++*pos;
	return c;
}
/* Appends the code point as UTF-8. */
void utf8_add(struct buf *b, uint32_t c);

/* text_trim of a text that may have something to trim. */
struct text text_trim_slowly(struct text t);
/* Without the blanks (space, tab, NBSP U+00A0) at both ends. */
static inline struct text
text_trim(struct text t)
{
	unsigned char first, last;

	if (t.len == 0)
		return t;
	first = (unsigned char)t.s[0];
	last = (unsigned char)t.s[t.len - 1];
	if (first > ' ' && first != 0xC2 && last > ' ' && last != 0xA0)
		return t;
	return text_trim_slowly(t);
}

/* Appends t for a screen or a message: control characters, ESC, DEL, C1 and
 * bidirectional controls as \n, \t, \xNN or \u{NNNN}; bytes that are not
 * UTF-8 as \xNN; cut after max_chars characters with "…" (0 = not cut). */
void text_display(struct buf *b, struct text t, size_t max_chars);

/* Edit distance (insert, delete, change, swap of neighbours) over code
 * points, case folded; stops at `limit` and returns limit + 1. */
size_t text_distance(struct text a, struct text b, size_t limit);
/* Index of the candidate that a person probably meant by `word`, or -1: the
 * least distance, at most a third of the word's length (at least 1; 2 from
 * four letters on); equal but for case, blanks, NBSP or zero-width
 * characters wins at once. */
int text_did_you_mean(
    struct text word, const struct text *candidates, size_t count);

/* "A", "B", …, "Z", "AA", …: the letters of column number `column` (from 0),
 * as spreadsheets show them. `out` has at least 8 bytes. */
void text_column_letters(size_t column, char out[8]);

/* "1048576" as "1,048,576". `out` has at least 32 bytes. Returns out. */
char *text_count(uint64_t n, char out[32]);

/* "512", "512KiB", "2MiB", "1GiB", "64KB": bytes. False if it is none. */
bool text_parse_size(struct text t, uint64_t *bytes);
/* "500ms", "60s", "10m", "2h", "90d"; a bare number is seconds. */
bool text_parse_duration(struct text t, int64_t *ms);
/* One ASCII character but NUL, CR and LF: as it stands, or written `tab`, `\t`
 * or `\xHH` (two hexadecimal digits, "\x1f"). */
bool text_parse_sign(struct text t, char *sign);
/* The same way back, so that it can be read and pasted: `tab`, `','`,
 * `'\x1f'`, `"'"`. */
void text_add_sign(struct buf *out, char sign);
/* [0-9]+ that fits. */
bool text_parse_uint(struct text t, uint64_t *n);
/* 0 to 15; -1 if it is not a hexadecimal digit. */
int text_hex_digit(char c);

/* Characters that are not to reach a terminal: controls (C0, DEL, C1), which
 * it obeys, and what changes what is seen without being seen itself:
 * bidirectional controls, zero-width marks, the BOM. */
bool text_is_hidden(uint32_t code_point);

/* As memcmp, without a call: for what is short mostly. */
static inline bool
bytes_same(const char *a, const char *b, size_t len)
{
	uint64_t x, y;
	uint32_t v, w;

	if (len < sizeof(v)) {
		for (size_t at = 0; at < len; at++)
			if (a[at] != b[at])
				return false;
		return true;
	}
	if (len < sizeof(x)) {
		memcpy(&v, a, sizeof(v));
		memcpy(&w, b, sizeof(w));
		x = v ^ w;
		memcpy(&v, a + len - sizeof(v), sizeof(v));
		memcpy(&w, b + len - sizeof(w), sizeof(w));
		return (x | (v ^ w)) == 0;
	}
	/* The last word overlaps the one before it. */
	for (size_t at = 0; at < len; at += sizeof(x)) {
		at = len - at < sizeof(x) ? len - sizeof(x) : at;
		memcpy(&x, a + at, sizeof(x));
		memcpy(&y, b + at, sizeof(y));
		if (x != y)
			return false;
	}
	return true;
}

/* Digits and letters of ASCII, whatever the locale says. */
static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline char
ascii_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static inline bool
ascii_is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* The last bytes are looked at as a word that overlaps the one before. */
static inline bool
text_is_ascii(struct text t)
{
	uint64_t eight, seen = 0;
	uint32_t first, last;

	if (t.len >= sizeof(eight)) {
		for (size_t i = 0; i + sizeof(eight) < t.len;
		     i += sizeof(eight)) {
			memcpy(&eight, t.s + i, sizeof(eight));
			seen |= eight;
		}
		memcpy(&eight, t.s + t.len - sizeof(eight), sizeof(eight));
		seen |= eight;
	} else if (t.len >= sizeof(first)) {
		memcpy(&first, t.s, sizeof(first));
		memcpy(&last, t.s + t.len - sizeof(last), sizeof(last));
		seen = first | last;
	} else if (t.len > 0) {
		seen = (unsigned char)t.s[0] | (unsigned char)t.s[t.len / 2] |
		       (unsigned char)t.s[t.len - 1];
	}
	return (seen & UINT64_C(0x8080808080808080)) == 0;
}

/* What stands in ="…", which keeps a spreadsheet from making 123 of 00123:
 * with its quotes still doubled. s is NULL if the text is not of that form. */
struct text text_in_formula(struct text t);

/*
 * Lists of texts, sorted once and then asked often: word lists of a mapping,
 * names. Two orders, by bytes and by lower-case letters; a list must be
 * sorted by the one that it is asked in.
 */

/* -1, 0, 1: by bytes. */
int text_order(struct text a, struct text b);
void texts_sort(struct text *list, size_t count);
bool texts_have(const struct text *sorted, size_t count, struct text t);

/* The same without regard to case, in any script. */
int text_order_fold(struct text a, struct text b);
void texts_sort_fold(struct text *list, size_t count);
bool texts_have_fold(const struct text *sorted, size_t count, struct text t);

#endif
