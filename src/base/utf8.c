/* SPDX-License-Identifier: MIT */
/*
 * UTF-8: check, count, step. The check looks at 64 bytes at a time
 * where it can (utf8_block.h). What that cannot tell it looks at byte by byte,
 * after table 3-7 of the Unicode standard, but for ASCII, of which it skips
 * sixteen bytes at a time where there is SSE2, eight elsewhere.
 */
#include "base/simd.h"
#include "base/text.h"
#include "utf8_block.h"

#include <string.h>

#ifdef __SSE2__
/* The first byte from i on that is not ASCII; len if there is none. */
static inline size_t
next_high(const char *s, size_t i, size_t len)
{
	unsigned mask;

	for (; len - i >= 16; i += 16) {
		mask = bits16(load16(s + i));
		if (mask != 0)
			return i + (size_t)__builtin_ctz(mask);
	}
	if (len >= 16) {
		/* The last 16 bytes, of which some were looked at already. */
		mask = bits16(load16(s + len - 16)) >> (16 - (len - i));
		return mask != 0 ? i + (size_t)__builtin_ctz(mask) : len;
	}
	while (i < len && (unsigned char)s[i] < 0x80)
		i++;
	return i;
}
#else
static size_t
next_high(const char *s, size_t i, size_t len)
{
	uint64_t v;

	for (; len - i >= 8; i += 8) {
		memcpy(&v, s + i, 8);
		if (v & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < len && (unsigned char)s[i] < 0x80)
		i++;
	return i;
}
#endif

/* Length of the sequence that a first byte announces; 0 = none. */
static size_t
announced(unsigned char first)
{
	if (first >= 0xC2 && first <= 0xDF)
		return 2;
	if (first >= 0xE0 && first <= 0xEF)
		return 3;
	if (first >= 0xF0 && first <= 0xF4)
		return 4;
	return 0;
}

/* Length of the well-formed sequence at s, whose first byte is not ASCII; 0
 * if it is none. */
static inline size_t
sequence(const unsigned char *s, size_t len)
{
	unsigned char low = 0x80, high = 0xBF;
	size_t n = announced(s[0]);

	if (n == 0 || len < n)
		return 0;
	if (n == 2)
		return (s[1] & 0xC0) == 0x80 ? 2 : 0;
	if (s[0] == 0xE0)
		low = 0xA0;
	else if (s[0] == 0xED)
		high = 0x9F;
	else if (s[0] == 0xF0)
		low = 0x90;
	else if (s[0] == 0xF4)
		high = 0x8F;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if (s[i] < 0x80 || s[i] > 0xBF)
			return 0;
	return n;
}

/* From i on, byte by byte where it is not ASCII; returns the first byte at or
 * after `end` that begins a sequence, or where the text is not well-formed. */
static size_t
check_bytes(const unsigned char *u, size_t i, size_t end, size_t len)
{
	/* A sequence may reach beyond the end. */
	while (i < end && (i = next_high((const char *)u, i, end)) < end) {
		size_t n = sequence(u + i, len - i);

		if (n == 0)
			return i;
		i += n;
	}
	return i;
}

size_t
utf8_check(const char *s, size_t len)
{
	const unsigned char *u = (const unsigned char *)s;
	utf8_block_check *check = len >= UTF8_BLOCK ? utf8_block_best() : NULL;
	size_t i = 0;

	while (check && len - i >= UTF8_BLOCK) {
		size_t end;

		i += check(s + i, len - i);
		if (len - i < UTF8_BLOCK)
			break;
		end = i + UTF8_BLOCK;
		i = check_bytes(u, i, end, len);
		if (i < end)
			return i;
	}
	return check_bytes(u, i, len, len);
}

size_t
utf8_length(const char *s, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)s[i] & 0xC0) != 0x80;
	return count;
}

/* What a sum in one byte holds, in whole registers. */
#define COUNTED_AT_ONCE ((size_t)192)

/* Inlined, so that the compiler sees a length that is a constant. */
static inline __attribute__((always_inline)) void
count_leads(const char *s, size_t len, uint64_t *two, uint64_t *more)
{
	unsigned char twos = 0, mores = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		twos = (unsigned char)(twos + (c >= 0xc0));
		mores = (unsigned char)(mores + (c >= 0xe0));
	}
	*two += twos;
	*more += mores;
}

void
utf8_count_leads(const char *s, size_t len, uint64_t *two, uint64_t *more)
{
	size_t at = 0;

	*two = *more = 0;
	for (; len - at >= COUNTED_AT_ONCE; at += COUNTED_AT_ONCE)
		count_leads(s + at, COUNTED_AT_ONCE, two, more);
	count_leads(s + at, len - at, two, more);
}

uint32_t
utf8_next_long(const char *s, size_t len, size_t *pos)
{
	const unsigned char *u = (const unsigned char *)s + *pos;
	size_t n = sequence(u, len - *pos);

	if (n == 0) { /* not well-formed: one byte at a time */
		*pos += 1;
		return 0xFFFD;
	}
	*pos += n;
	if (n == 2)
		return (uint32_t)(u[0] & 0x1F) << 6 | (u[1] & 0x3F);
	if (n == 3)
		return (uint32_t)(u[0] & 0x0F) << 12 |
		       (uint32_t)(u[1] & 0x3F) << 6 | (u[2] & 0x3F);
	return (uint32_t)(u[0] & 0x07) << 18 | (uint32_t)(u[1] & 0x3F) << 12 |
	       (uint32_t)(u[2] & 0x3F) << 6 | (u[3] & 0x3F);
}
