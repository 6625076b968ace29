/* SPDX-License-Identifier: MIT */
/*
 * A table says what each byte is, and eight counts of a byte each stand in one
 * word: an addition a byte, and nothing to guess.
 */
#include "cell_bytes.h"

#include <stdint.h>

/* The lanes of the word. */
enum { DIGITS, LETTERS, AT_SIGNS, COLONS, NUMBER_SIGNS, OTHERS, HIGH, INNER };
#define IN(lane) (UINT64_C(1) << (8 * (lane)))
#define LANE_MAX ((size_t)255)

#define D IN(DIGITS)
#define L IN(LETTERS)
#define A IN(AT_SIGNS)
#define C IN(COLONS)
#define N IN(NUMBER_SIGNS)
#define O IN(OTHERS)
#define H IN(HIGH)  /* the first byte of a character beyond ASCII */
#define K IN(INNER) /* one of the others */

/* clang-format off */
static const uint64_t byte_lanes[256] = {
	O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
	O, O, O, O, O, O, O, O, O, O, O, O, O, O, O, O,
	N, O, O, O, O, O, O, N, O, O, O, O, N, O, N, O,
	D, D, D, D, D, D, D, D, D, D, C, O, O, O, O, O,
	A, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, O, O, O, O, O,
	O, L, L, L, L, L, L, L, L, L, L, L, L, L, L, L,
	L, L, L, L, L, L, L, L, L, L, L, O, O, O, O, O,
	K, K, K, K, K, K, K, K, K, K, K, K, K, K, K, K,
	K, K, K, K, K, K, K, K, K, K, K, K, K, K, K, K,
	K, K, K, K, K, K, K, K, K, K, K, K, K, K, K, K,
	K, K, K, K, K, K, K, K, K, K, K, K, K, K, K, K,
	H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
	H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
	H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
	H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
};
/* clang-format on */

static size_t
lane(uint64_t sums, unsigned lane)
{
	return (size_t)(sums >> (8 * lane) & 255);
}

struct cell_bytes
cell_bytes_count(struct text t)
{
	struct cell_bytes b = {.digits = 0};
	size_t at = 0, inner = 0;

	while (at < t.len) {
		size_t left = t.len - at;
		size_t end = left < LANE_MAX ? t.len : at + LANE_MAX;
		uint64_t sums = 0;

		for (; at < end; at++)
			sums += byte_lanes[(unsigned char)t.s[at]];
		b.digits += lane(sums, DIGITS);
		b.letters += lane(sums, LETTERS);
		b.at_signs += lane(sums, AT_SIGNS);
		b.colons += lane(sums, COLONS);
		b.number_signs += lane(sums, NUMBER_SIGNS);
		b.others += lane(sums, OTHERS);
		b.has_high |= sums >> (8 * HIGH) != 0;
		inner += lane(sums, INNER);
	}
	b.characters = t.len - inner;
	return b;
}
