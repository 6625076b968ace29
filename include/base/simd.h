/* SPDX-License-Identifier: MIT */
#ifndef BASE_SIMD_H
#define BASE_SIMD_H

/*
 * Bytes sixteen at a time, where there is SSE2 (every x86-64), and thirty-two,
 * where the processor says at run time that it has AVX2. Whoever uses it has
 * another way for machines without: nothing is declared there but has_avx2.
 *
 * The wide half is there for a file that defines SIMD_AVX2 before it includes
 * this: the compiler's header for it is 1.8 MB long, and fifty files that only
 * write JSON would read it, too.
 */

#include <stdbool.h>
#include <stdint.h>

#ifdef __SSE2__
#include <emmintrin.h>
#ifdef SIMD_AVX2
#include <immintrin.h>
#endif

static inline bool
has_avx2(void)
{
	return __builtin_cpu_supports("avx2");
}

static inline __m128i
load16(const char *s)
{
	return _mm_loadu_si128((const __m128i *)(const void *)s);
}

static inline void
store16(char *s, __m128i v)
{
	_mm_storeu_si128((__m128i *)(void *)s, v);
}

/* The highest bit of each byte. */
static inline unsigned
bits16(__m128i v)
{
	return (unsigned)_mm_movemask_epi8(v);
}

#ifdef SIMD_AVX2
/* A function that is called only if has_avx2. */
#define WITH_AVX2 __attribute__((target("avx2")))

static inline WITH_AVX2 __m256i
load32(const char *s)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)s);
}

/* The highest bit of each of 64 bytes. */
static inline WITH_AVX2 uint64_t
bits64(__m256i low, __m256i high)
{
	return (uint32_t)_mm256_movemask_epi8(low) |
	       (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}
#endif

#else
static inline bool
has_avx2(void)
{
	return false;
}
#endif

#endif
