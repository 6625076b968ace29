/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_COPY_H
#define BASE_JSON_COPY_H

/*
 * The innermost copying of JSON strings, inline because a cell is often
 * shorter than a call is long; only who builds bodies includes it. Where there
 * is no SSE2 there is nothing here but the constant.
 */

#include "base/buf.h"
#include "base/simd.h"
#include "base/text.h"

#include <stdbool.h>
#include <string.h>

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

/* Copies at most 15 bytes; returns how many of them stand before the first
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
