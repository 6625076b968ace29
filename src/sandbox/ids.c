/* SPDX-License-Identifier: MIT */
/*
 * Numbers as uuids and back. Multiplying by an odd number is a permutation of
 * the 48-bit numbers, so neighbours look unlike each other and no two meet.
 */
#include "ids.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MASK_48 ((UINT64_C(1) << 48) - 1)
#define FACTOR UINT64_C(0x5DEECE66D)

/* The inverse of FACTOR modulo 2^48 by Newton's iteration: each round doubles
 * the number of right bits, and an odd number is its own inverse modulo 8. */
static uint64_t
factor_inverse(void)
{
	uint64_t x = FACTOR;

	for (int round = 0; round < 5; round++)
		x *= 2 - FACTOR * x;
	return x & MASK_48;
}

char *
id_make(uint64_t salt, enum id_kind kind, int64_t n, char out[37])
{
	char text[64];
	uint64_t low =
	    (((uint64_t)n * FACTOR) ^ (salt * (uint64_t)kind)) & MASK_48;

	snprintf(text, sizeof(text),
	    "%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-%04" PRIx64
	    "-%012" PRIx64,
	    salt >> 32, (salt >> 16) & 0xFFFF,
	    ((salt >> 4) & 0xFF0) | (uint64_t)kind, 0x8000 | (salt & 0x3FFF),
	    low);
	memcpy(out, text, 36);
	out[36] = '\0';
	return out;
}

bool
id_parse(uint64_t salt, enum id_kind kind, struct text t, int64_t *n)
{
	uint64_t low = 0;
	char text[37];

	if (t.len != 36)
		return false;
	for (size_t i = 24; i < 36; i++) {
		int digit = text_hex_digit(t.s[i]);

		if (digit < 0)
			return false;
		low = low * 16 + (uint64_t)digit;
	}
	low = (low ^ (salt * (uint64_t)kind)) & MASK_48;
	*n = (int64_t)((low * factor_inverse()) & MASK_48);
	return memcmp(id_make(salt, kind, *n, text), t.s, 36) == 0;
}
