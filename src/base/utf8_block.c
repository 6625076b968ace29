/* SPDX-License-Identifier: MIT */
/*
 * Each byte of the block becomes a bit in a mask for each kind of byte. Where
 * a byte of a kind stands, others must follow (table 3-7 of the Unicode
 * standard), which is a comparison of masks: no guess about how long the next
 * character is, of which a reader of names makes some in every row. Sequences
 * of four bytes are rare in what people import; they are left to the caller.
 */
#include "utf8_block.h"

#define SIMD_AVX2
#include "base/simd.h"

#ifdef __SSE2__
/* What 64 bytes hold; bit i is byte i. */
struct kinds {
	uint64_t high;	  /* 80 to FF */
	uint64_t follow;  /* 80 to BF */
	uint64_t from_a0; /* A0 to FF, and ASCII */
	uint64_t three;	  /* E0 to FF */
	uint64_t e0, ed;  /* E0 and ED: what follows them is restricted */
	bool has_others;  /* C0, C1, F0 to FF */
};

static inline size_t
well_formed(const struct kinds *k)
{
	uint64_t first = k->high & ~k->follow;
	uint64_t due = first << 1 | k->three << 2;

	if (k->has_others || due != k->follow ||
	    (k->e0 << 1 & ~k->from_a0) != 0 || (k->ed << 1 & k->from_a0) != 0)
		return 0;
	/* The last sequence may go on after. */
	if (k->three >> 62 == 1)
		return 62;
	return first >> 63 ? 63 : 64;
}

static inline bool
is_ascii64(const char *s)
{
	__m128i a = _mm_or_si128(load16(s), load16(s + 16));
	__m128i b = _mm_or_si128(load16(s + 32), load16(s + 48));

	return bits16(_mm_or_si128(a, b)) == 0;
}

static inline __m128i
from16(__m128i v, unsigned char least)
{
	return _mm_cmpeq_epi8(_mm_max_epu8(v, _mm_set1_epi8((char)least)), v);
}

static inline void
add_kinds(struct kinds *k, const char *s, unsigned at)
{
	__m128i v = load16(s + at);
	__m128i is_c0 =
	    _mm_cmpeq_epi8(_mm_and_si128(v, _mm_set1_epi8((char)0xFE)),
		_mm_set1_epi8((char)0xC0));

#define BITS(mask) ((uint64_t)bits16(mask) << at)
	k->high |= BITS(v);
	/* Signed, 80 to BF are the least. */
	k->follow |= BITS(_mm_cmplt_epi8(v, _mm_set1_epi8((char)0xC0)));
	k->from_a0 |= BITS(_mm_cmpgt_epi8(v, _mm_set1_epi8((char)0x9F)));
	k->three |= BITS(from16(v, 0xE0));
	k->e0 |= BITS(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xE0)));
	k->ed |= BITS(_mm_cmpeq_epi8(v, _mm_set1_epi8((char)0xED)));
#undef BITS
	k->has_others |= bits16(_mm_or_si128(is_c0, from16(v, 0xF0))) != 0;
}

static inline size_t
block_sse2(const char *s)
{
	struct kinds k = {0};

	add_kinds(&k, s, 0);
	add_kinds(&k, s, 16);
	add_kinds(&k, s, 32);
	add_kinds(&k, s, 48);
	return well_formed(&k);
}

/* Whether a block is ASCII would be a guess for each of them, so it is asked
 * of four at a time. */
static size_t
check_sse2(const char *s, size_t len)
{
	size_t i = 0;

	while (len - i >= UTF8_BLOCK) {
		if (len - i >= 4 * UTF8_BLOCK && is_ascii64(s + i) &&
		    is_ascii64(s + i + 64) && is_ascii64(s + i + 128) &&
		    is_ascii64(s + i + 192)) {
			i += 4 * UTF8_BLOCK;
			continue;
		}
		for (int k = 0; k < 4 && len - i >= UTF8_BLOCK; k++) {
			size_t n = block_sse2(s + i);

			if (n == 0)
				return i;
			i += n;
		}
	}
	return i;
}

static inline WITH_AVX2 uint64_t
from32(__m256i a, __m256i b, unsigned char least)
{
	__m256i v = _mm256_set1_epi8((char)least);

	return bits64(_mm256_cmpeq_epi8(_mm256_max_epu8(a, v), a),
	    _mm256_cmpeq_epi8(_mm256_max_epu8(b, v), b));
}

static inline WITH_AVX2 uint64_t
equal32(__m256i a, __m256i b, unsigned char c)
{
	__m256i v = _mm256_set1_epi8((char)c);

	return bits64(_mm256_cmpeq_epi8(a, v), _mm256_cmpeq_epi8(b, v));
}

/* Signed. */
static inline WITH_AVX2 uint64_t
above32(__m256i a, __m256i b, unsigned char c)
{
	__m256i v = _mm256_set1_epi8((char)c);

	return bits64(_mm256_cmpgt_epi8(a, v), _mm256_cmpgt_epi8(b, v));
}

static inline WITH_AVX2 size_t
block_avx2(const char *s)
{
	__m256i a = load32(s), b = load32(s + 32);
	__m256i even = _mm256_set1_epi8((char)0xFE);
	struct kinds k = {.high = bits64(a, b)};

	k.follow = ~above32(a, b, 0xBF);
	k.from_a0 = above32(a, b, 0x9F);
	k.three = from32(a, b, 0xE0);
	k.e0 = equal32(a, b, 0xE0);
	k.ed = equal32(a, b, 0xED);
	k.has_others =
	    (from32(a, b, 0xF0) | equal32(_mm256_and_si256(a, even),
				      _mm256_and_si256(b, even), 0xC0)) != 0;
	return well_formed(&k);
}

static inline WITH_AVX2 bool
is_ascii256(const char *s)
{
	__m256i any = _mm256_setzero_si256();

	for (int i = 0; i < 256; i += 32)
		any = _mm256_or_si256(any, load32(s + i));
	return _mm256_movemask_epi8(any) == 0;
}

static WITH_AVX2 size_t
check_avx2(const char *s, size_t len)
{
	size_t i = 0;

	while (len - i >= UTF8_BLOCK) {
		if (len - i >= 4 * UTF8_BLOCK && is_ascii256(s + i)) {
			i += 4 * UTF8_BLOCK;
			continue;
		}
		for (int k = 0; k < 4 && len - i >= UTF8_BLOCK; k++) {
			size_t n = block_avx2(s + i);

			if (n == 0)
				return i;
			i += n;
		}
	}
	return i;
}

utf8_block_check *
utf8_block_way(size_t i)
{
	if (i == 0)
		return check_sse2;
	return i == 1 && has_avx2() ? check_avx2 : NULL;
}
#else
utf8_block_check *
utf8_block_way(size_t i)
{
	(void)i;
	return NULL;
}
#endif

utf8_block_check *
utf8_block_best(void)
{
	utf8_block_check *best = utf8_block_way(1);

	return best ? best : utf8_block_way(0);
}
