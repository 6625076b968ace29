/* SPDX-License-Identifier: MIT */
/*
 * 32 bytes at a time where the processor has AVX2, 16 with SSE2, which is part
 * of every x86-64; elsewhere a loop over bytes makes the same masks.
 */
#include "block_masks.h"

#define SIMD_AVX2
#include "base/simd.h"

static struct block_masks
look(const char *s, char delimiter, char quote)
{
	struct block_masks m = {.delimiters = 0};

	for (size_t i = 0; i < BLOCK_BYTES; i++) {
		uint64_t bit = (uint64_t)1 << i;
		char c = s[i];

		if (c == delimiter)
			m.delimiters |= bit;
		else if (c == '\n' || c == '\r')
			m.line_ends |= bit;
		else if ((unsigned char)c < 0x20)
			m.has_odd = true;
		if (quote != 0 && c == quote)
			m.quotes |= bit;
		m.has_high |= (unsigned char)c >= 0x80;
		m.has_odd |= c == '\\';
	}
	return m;
}

static void
look_bytes(const char *s, size_t count, char delimiter, char quote,
    struct block_masks *blocks)
{
	for (size_t i = 0; i < count; i++)
		blocks[i] = look(s + i * BLOCK_BYTES, delimiter, quote);
}

#if defined(__SSE2__)
static inline uint64_t
bits(__m128i a, __m128i b, __m128i c, __m128i d)
{
	uint32_t low = bits16(a) | bits16(b) << 16;
	uint32_t high = bits16(c) | bits16(d) << 16;

	return (uint64_t)high << 32 | low;
}

static inline __m128i
or4(__m128i a, __m128i b, __m128i c, __m128i d)
{
	return _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
}

static inline __m128i
is_line_end(__m128i v)
{
	return _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\r')));
}

static inline __m128i
is_odd(__m128i v, __m128i is_special)
{
	__m128i is_control =
	    _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);

	return _mm_or_si128(_mm_andnot_si128(is_special, is_control),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
}

static void
look_sse2(const char *s, size_t count, char delimiter, char quote,
    struct block_masks *blocks)
{
	const __m128i d = _mm_set1_epi8(delimiter), q = _mm_set1_epi8(quote);
	const uint64_t quotes = quote != 0 ? UINT64_MAX : 0;

	for (; count > 0; count--, s += BLOCK_BYTES, blocks++) {
		__m128i v0 = load16(s), v1 = load16(s + 16);
		__m128i v2 = load16(s + 32), v3 = load16(s + 48);
		__m128i d0 = _mm_cmpeq_epi8(v0, d), d1 = _mm_cmpeq_epi8(v1, d);
		__m128i d2 = _mm_cmpeq_epi8(v2, d), d3 = _mm_cmpeq_epi8(v3, d);
		__m128i e0 = is_line_end(v0), e1 = is_line_end(v1);
		__m128i e2 = is_line_end(v2), e3 = is_line_end(v3);

		blocks->delimiters = bits(d0, d1, d2, d3);
		blocks->line_ends = bits(e0, e1, e2, e3);
		blocks->quotes =
		    quotes & bits(_mm_cmpeq_epi8(v0, q), _mm_cmpeq_epi8(v1, q),
				 _mm_cmpeq_epi8(v2, q), _mm_cmpeq_epi8(v3, q));
		blocks->has_odd = bits16(or4(is_odd(v0, _mm_or_si128(d0, e0)),
				      is_odd(v1, _mm_or_si128(d1, e1)),
				      is_odd(v2, _mm_or_si128(d2, e2)),
				      is_odd(v3, _mm_or_si128(d3, e3)))) != 0;
		blocks->has_high = bits16(or4(v0, v1, v2, v3)) != 0;
	}
}
static inline WITH_AVX2 __m256i
is_line_end32(__m256i v)
{
	return _mm256_or_si256(_mm256_cmpeq_epi8(v, _mm256_set1_epi8('\n')),
	    _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\r')));
}

static inline WITH_AVX2 __m256i
is_odd32(__m256i v, __m256i is_special)
{
	__m256i is_control =
	    _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);

	return _mm256_or_si256(_mm256_andnot_si256(is_special, is_control),
	    _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\')));
}

static WITH_AVX2 void
look_avx2(const char *s, size_t count, char delimiter, char quote,
    struct block_masks *blocks)
{
	const __m256i d = _mm256_set1_epi8(delimiter);
	const __m256i q = _mm256_set1_epi8(quote);
	const uint64_t quotes = quote != 0 ? UINT64_MAX : 0;

	for (; count > 0; count--, s += BLOCK_BYTES, blocks++) {
		__m256i v0 = load32(s), v1 = load32(s + 32);
		__m256i d0 = _mm256_cmpeq_epi8(v0, d);
		__m256i d1 = _mm256_cmpeq_epi8(v1, d);
		__m256i e0 = is_line_end32(v0), e1 = is_line_end32(v1);
		__m256i odd =
		    _mm256_or_si256(is_odd32(v0, _mm256_or_si256(d0, e0)),
			is_odd32(v1, _mm256_or_si256(d1, e1)));

		blocks->delimiters = bits64(d0, d1);
		blocks->line_ends = bits64(e0, e1);
		blocks->quotes = quotes & bits64(_mm256_cmpeq_epi8(v0, q),
					      _mm256_cmpeq_epi8(v1, q));
		blocks->has_odd = _mm256_movemask_epi8(odd) != 0;
		blocks->has_high =
		    _mm256_movemask_epi8(_mm256_or_si256(v0, v1)) != 0;
	}
}

#endif

block_masks_look *
block_masks_way(size_t i)
{
	if (i == 0)
		return look_bytes;
#if defined(__SSE2__)
	if (i == 1)
		return look_sse2;
	if (i == 2 && has_avx2())
		return look_avx2;
#endif
	return NULL;
}

block_masks_look *
block_masks_best(void)
{
	block_masks_look *best = NULL, *way;

	for (size_t i = 0; (way = block_masks_way(i)) != NULL; i++)
		best = way;
	return best;
}
