/* SPDX-License-Identifier: MIT */
/*
 * Sixteen bytes at a time: a line ends at each CR, and at each LF that has no
 * CR in front of it, which is the same sixteen bytes looked at from one byte
 * before.
 */
#include "base/simd.h"
#include "input/input.h"

#ifdef __SSE2__
/* Whole sixteens from the second byte on; returns where it stopped. */
static size_t
count_blocks(struct line_count *c, const char *s, size_t len)
{
	const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
	const __m128i zero = _mm_setzero_si128();
	__m128i sum = zero;
	uint64_t halves[2];
	size_t i = 1;

	while (len - i >= 16) {
		/* Each byte counts what it can hold. */
		size_t blocks = (len - i) / 16 < 255 ? (len - i) / 16 : 255;
		size_t end = i + 16 * blocks;
		__m128i counts = zero;

		for (; i < end; i += 16) {
			__m128i now = load16(s + i);
			__m128i after_cr =
			    _mm_cmpeq_epi8(load16(s + i - 1), cr);
			__m128i ends = _mm_or_si128(_mm_cmpeq_epi8(now, cr),
			    _mm_andnot_si128(
				after_cr, _mm_cmpeq_epi8(now, lf)));

			counts = _mm_sub_epi8(counts, ends);
		}
		sum = _mm_add_epi64(sum, _mm_sad_epu8(counts, zero));
	}
	_mm_storeu_si128((__m128i *)(void *)halves, sum);
	c->lines += halves[0] + halves[1];
	c->after_cr = s[i - 1] == '\r';
	return i;
}
#endif

static void
count_bytes(struct line_count *c, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '\r' || (s[i] == '\n' && !c->after_cr))
			c->lines++;
		c->after_cr = s[i] == '\r';
	}
}

void
line_count_add(struct line_count *c, const char *s, size_t len)
{
	size_t done = 0;

#ifdef __SSE2__
	if (len > 16) {
		count_bytes(c, s, 1);
		done = count_blocks(c, s, len);
	}
#endif
	count_bytes(c, s + done, len - done);
}
