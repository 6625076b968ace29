/* SPDX-License-Identifier: MIT */
#ifndef LOOK_HAZARD_BYTES_H
#define LOOK_HAZARD_BYTES_H

/*
 * What the bytes of a padded cell (record.is_padded) tell before any rule is
 * asked, without a guess about where in the cell they stand.
 */

#include "base/simd.h"
#include "base/text.h"
#include "csv/reader.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Most cells are no longer: their bytes are looked at all at once. */
#define SHORT_CELL ((size_t)32)

#ifdef __SSE2__
_Static_assert(RECORD_PADDING >= 16, "a padded cell is read by sixteen bytes");

/* Bit i: byte i of the cell, of 1 to SHORT_CELL bytes, is not ASCII. */
static inline uint64_t
high_bits(struct text t)
{
	const char *second = t.s + (t.len > 16 ? 16 : 0);
	uint32_t bits = bits16(load16(t.s)) | bits16(load16(second)) << 16;

	return bits & UINT32_MAX >> (SHORT_CELL - t.len);
}

/* Digits that a padded cell begins with, of its first sixteen bytes. */
static inline size_t
digits_padded(struct text t)
{
	__m128i v = _mm_sub_epi8(load16(t.s), _mm_set1_epi8('0'));
	__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(9)), v);
	size_t n = (size_t)__builtin_ctz(~bits16(is_digit));

	return n < t.len ? n : t.len;
}
#else
static inline uint64_t
high_bits(struct text t)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < t.len; i++)
		bits |= (uint64_t)((unsigned char)t.s[i] >= 0x80) << i;
	return bits;
}

static inline size_t
digits_padded(struct text t)
{
	(void)t;
	return 0;
}
#endif

/* Letters of two bytes that NFC leaves alone, from U+00C0 to U+02FF and from
 * U+0400 to U+047F, beside ASCII, where no two could be one that was decoded
 * wrongly: hazard_marks of a short cell with these high_bits would find
 * nothing. Nearly all names of Europe are told by this. */
static inline bool
are_plain_letters(struct text t, uint64_t high)
{
	while (high != 0) {
		unsigned at = (unsigned)__builtin_ctzll(high);
		unsigned char c = (unsigned char)t.s[at];
		bool is_latin1 = c == 0xC3;

		if (!is_latin1 && (c < 0xC4 || c > 0xCB) && c != 0xD0 &&
		    c != 0xD1)
			return false;
		if ((high >> at & 3) != 3 ||
		    ((unsigned char)t.s[at + 1] & 0xC0) != 0x80)
			return false;
		high &= ~((uint64_t)3 << at);
		if (is_latin1 && high >> (at + 2) & 1)
			return false;
	}
	return true;
}

/* Digits that the text begins with. */
static inline size_t
leading_digits(struct text t, bool is_padded)
{
	size_t n = is_padded ? digits_padded(t) : 0;

	if (n > 0 && n < 16)
		return n;
	while (n < t.len && ascii_is_digit(t.s[n]))
		n++;
	return n;
}

#endif
