/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

/*
 * JSON, compact, appended to a buffer:
 *
 *	json_object(b, NULL);
 *	json_uint(b, "rows", 3);
 *	json_array(b, "codes");
 *	json_string(b, NULL, "key.missing");
 *	json_end_array(b);
 *	json_end_object(b);	{"rows":3,"codes":["key.missing"]}
 *
 * `name` is that of a member, in UTF-8; NULL: an element of an array, or the
 * whole. Commas come on their own: none at the beginning of the buffer or of a
 * line, nor after `{`, `[` or `:`.
 *
 * Whole numbers keep all their digits. A byte of a text that is not UTF-8
 * becomes U+FFFD, so that what was written is JSON in any case. A buffer that
 * reached its maximum remembers it (buf.h).
 */

#include "base/buf.h"
#include "base/simd.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The comma, the name and the colon; what is appended next is the value. */
void json_name(struct buf *b, const char *name);
void json_object(struct buf *b, const char *name);
void json_end_object(struct buf *b);
void json_array(struct buf *b, const char *name);
void json_end_array(struct buf *b);

void json_text(struct buf *b, const char *name, struct text t);
void json_string(struct buf *b, const char *name, const char *s);
void json_uint(struct buf *b, const char *name, uint64_t n);
void json_int(struct buf *b, const char *name, int64_t n);
void json_bool(struct buf *b, const char *name, bool is_true);
/* ISO 8601 in UTC, of milliseconds since 1970. */
void json_time(struct buf *b, const char *name, int64_t ms);
void json_null(struct buf *b, const char *name);
/* A value that is JSON already. */
void json_token(struct buf *b, const char *name, struct text token);

/* Nothing where there is nothing: s is NULL or "", ms is 0. */
void json_string_if(struct buf *b, const char *name, const char *s);
void json_time_if(struct buf *b, const char *name, int64_t ms);

/* How compact JSON is broken into lines. */
struct json_layout {
	const char *indent, *colon; /* "\t", ": " */
	bool has_long_arrays;	    /* an array stays in one line */
	unsigned levels;	    /* what is deeper, too; 0 = nothing */
};
extern const struct json_layout json_shown; /* two blanks; arrays broken */
extern const struct json_layout json_filed; /* tabs; arrays in one line */
void json_lay_out(
    struct buf *b, struct text json, const struct json_layout *how);

/*
 * The strings of the hot path (json_escape.c). The text must be well-formed
 * UTF-8. Escaped are only what RFC 8259 section 7 requires: quote, backslash,
 * U+0000-U+001F (short forms \b \f \n \r \t, else \u00xx); everything else
 * goes out as it is. SSE2 where there is SSE2, a table elsewhere: the same
 * bytes.
 */

/* What a byte becomes at most: \u0000. */
#define JSON_ESCAPE_MAX ((size_t)6)

/* "…" with the quotes. False if the buffer's maximum was reached; the buffer
 * then holds what it held before (and remembers the overflow). */
bool json_add_string(struct buf *out, struct text t);
/* The escaped text without quotes. */
bool json_add_escaped(struct buf *out, struct text t);
/* The fragment as it is (`,"key":"`), the escaped text, a quote: a member of
 * an object in one go. 15 bytes after the fragment's end must be readable. */
bool json_add_member(struct buf *out, struct text fragment, struct text t);
/* Writes the escaped text to dst; returns the end. There is room for
 * JSON_ESCAPE_MAX bytes for each of the text's and for 16 more, and 16 bytes
 * can be read after the text. Only with SSE2. */
char *json_write_padded(char *dst, struct text t);
/* As json_add_escaped, by table, byte by byte: the way without SSE2. */
bool json_add_escaped_portable(struct buf *out, struct text t);

/*
 * The innermost copying of JSON strings, inline because a cell is often
 * shorter than a call is long; only who builds bodies includes it. Where there
 * is no SSE2 there is nothing here but the constant.
 */

/* Bytes that a block store may write after the text's own. */
#define JSON_COPY_SLACK ((size_t)16)

#ifdef __SSE2__

static inline uint64_t
json_load8(const char *s)
{
	uint64_t w;

	memcpy(&w, s, sizeof(w));
	return w;
}

static inline uint32_t
json_load4(const char *s)
{
	uint32_t w;

	memcpy(&w, s, sizeof(w));
	return w;
}

/* A bit for each of the 16 bytes that must be escaped. */
static inline unsigned
json_escape_bits(__m128i v)
{
	const __m128i control =
	    _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
	const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	const __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));

	return bits16(_mm_or_si128(control, _mm_or_si128(quote, slash)));
}

/* Copies at most 15 bytes; returns how many of them come before the first
 * that must be escaped. Texts of four and more are looked at as two words
 * that overlap. May write up to 16 bytes. */
static inline size_t
json_copy_short(char *dst, const char *s, size_t len)
{
	unsigned mask;
	size_t i;

	if (len >= 8) {
		uint64_t a = json_load8(s), b = json_load8(s + len - 8);

		mask = json_escape_bits(
		    _mm_set_epi64x((long long)b, (long long)a));
		memcpy(dst, &a, 8);
		if ((mask & 0xff) != 0)
			return (size_t)__builtin_ctz(mask);
		memcpy(dst + len - 8, &b, 8);
		return mask == 0 ? len : len - 16 + (size_t)__builtin_ctz(mask);
	}
	if (len >= 4) {
		uint32_t a = json_load4(s), b = json_load4(s + len - 4);

		mask = json_escape_bits(_mm_cvtsi64_si128(
			   (long long)((uint64_t)b << 32 | a))) &
		       0xff;
		memcpy(dst, &a, 4);
		if ((mask & 0xf) != 0)
			return (size_t)__builtin_ctz(mask);
		memcpy(dst + len - 4, &b, 4);
		return mask == 0 ? len : len - 8 + (size_t)__builtin_ctz(mask);
	}
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		dst[i] = s[i];
	}
	return i;
}

/* Writes t from *from on to dst, where there is room for all of it and
 * JSON_COPY_SLACK, up to the first byte that must be escaped. Moves *from
 * there; returns the end of what was written. */
static inline char *
json_copy_clean(char *dst, struct text t, size_t *from)
{
	size_t i = *from, run = 0;

	for (; t.len - i >= 16; i += 16, dst += 16, run += 16) {
		__m128i v = load16(t.s + i);
		unsigned mask = json_escape_bits(v);

		store16(dst, v);
		if (mask != 0) {
			*from = i + (size_t)__builtin_ctz(mask);
			return dst + __builtin_ctz(mask);
		}
	}
	if (run > 0 && i < t.len) {
		/* The last 16 bytes, of which some are written already. */
		size_t again = 16 - (t.len - i);
		__m128i v = load16(t.s + t.len - 16);

		if (json_escape_bits(v) == 0) {
			store16(dst - again, v);
			*from = t.len;
			return dst + (t.len - i);
		}
	}
	run = json_copy_short(dst, t.s + i, t.len - i);
	*from = i + run;
	return dst + run;
}

/* Copies a text of at least one byte (a cell in which nothing must be escaped,
 * a fragment of the plan) after which 16 bytes can be read; returns the end.
 * Up to 16 bytes it makes no difference how long it is: a guess at that is
 * often wrong, and waits. */
static inline char *
json_copy_blocks(char *dst, struct text t)
{
	store16(dst, load16(t.s));
	for (size_t i = 16; i < t.len; i += 16)
		store16(dst + i, load16(t.s + i));
	return dst + t.len;
}

#endif

/* The first of [p, end) that ends a run of plain characters in a string: a
 * quote, a backslash or a control character; or `end`. */
static inline const char *
json_plain_end(const char *p, const char *end)
{
#ifdef __SSE2__
	for (; end - p >= 16; p += 16) {
		unsigned mask = json_escape_bits(load16(p));

		if (mask != 0)
			return p + __builtin_ctz(mask);
	}
#endif
	while (p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Adds a fragment of the plan; the buffer may refuse it. */
static inline void
json_add_fragment(struct buf *out, struct text fragment)
{
#ifdef __SSE2__
	size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT;
	size_t len = out->len + fragment.len;

	if (len <= max && len + JSON_COPY_SLACK < out->cap) {
		*json_copy_blocks(out->data + out->len, fragment) = '\0';
		out->len = len;
		return;
	}
#endif
	(void)buf_add(out, fragment.s, fragment.len);
}

#endif
