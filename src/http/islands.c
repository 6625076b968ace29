/* SPDX-License-Identifier: MIT */
/* A byte is looked up by its two halves, 32 at once; where no run of sixteen
 * is, none is longer. */
#include "islands.h"

#define SIMD_AVX2
#include "base/simd.h"

#include <stdint.h>

static void
allow(struct islands *x, unsigned char c)
{
	x->is_in[c] = true;
	if (c < 0x80)
		x->halves[c & 15] |= (unsigned char)(1U << (c >> 4));
	else
		x->has_upper = true;
}

void
islands_allow(struct islands *x, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		allow(x, (unsigned char)bytes[i]);
}

void
islands_allow_all(struct islands *x)
{
	for (unsigned c = 0; c < 256; c++)
		allow(x, (unsigned char)c);
}

#ifdef __SSE2__
/* Which of 32 bytes may stand in an island, or a few more. */
static inline WITH_AVX2 unsigned
island_bits(const struct islands *x, const char *s)
{
	const __m256i low = _mm256_set1_epi8(15);
	__m256i halves = _mm256_broadcastsi128_si256(
	    _mm_loadu_si128((const __m128i *)(const void *)x->halves));
	__m256i bits = _mm256_set1_epi64x((long long)0x8040201008040201ULL);
	__m256i v = load32(s);
	__m256i high = _mm256_and_si256(_mm256_srli_epi16(v, 4), low);
	__m256i both = _mm256_and_si256(
	    _mm256_shuffle_epi8(halves, _mm256_and_si256(v, low)),
	    _mm256_shuffle_epi8(bits, high));
	__m256i none = _mm256_cmpeq_epi8(both, _mm256_setzero_si256());
	unsigned is = ~(unsigned)_mm256_movemask_epi8(none);
	unsigned upper = (unsigned)_mm256_movemask_epi8(v);

	return x->has_upper ? is | upper : is & ~upper;
}

#define RUN ((size_t)16)

/* Where so many of those bytes begin, from `from` on; or as far as they do
 * not, which leaves the last 63 + RUN bytes at most. */
static WITH_AVX2 size_t
skip_short(const struct islands *x, const char *text, size_t len, size_t from)
{
	/* At the end of the block before. */
	size_t before = 0;
	uint64_t is, runs;

	for (; len - from >= 64; from += 64) {
		is = island_bits(x, text + from) |
		     (uint64_t)island_bits(x, text + from + 32) << 32;
		runs = is & is >> 1;
		runs &= runs >> 2;
		runs &= runs >> 4;
		runs &= runs >> 8;
		if (before + (size_t)__builtin_ctzll(~is | 1ULL << 63) >= RUN)
			break;
		if (runs != 0)
			return from + (size_t)__builtin_ctzll(runs);
		before = (size_t)__builtin_clzll(~is);
	}
	return from - before;
}
#endif

/* Where to look, from `from` on. */
static size_t
next_place(const struct islands *x, const char *text, size_t len, size_t from)
{
#ifdef __SSE2__
	if (x->least >= RUN && has_avx2())
		return skip_short(x, text, len, from);
#endif
	(void)x, (void)text, (void)len;
	return from;
}

bool
islands_next(const struct islands *x, const char *text, size_t len, size_t *at,
    size_t *end)
{
	size_t from = next_place(x, text, len, *end), to;

	while (from <= len && len - from >= x->least) {
		to = from + x->least;
		while (to > from && x->is_in[(unsigned char)text[to - 1]])
			to--;
		if (to > from) {
			from = next_place(x, text, len, to);
			continue;
		}
		to = from + x->least;
		while (to < len && x->is_in[(unsigned char)text[to]])
			to++;
		*at = from;
		*end = to + (to < len && text[to - 1] == '\\');
		return true;
	}
	return false;
}
