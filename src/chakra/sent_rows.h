/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_SENT_ROWS_H
#define CHAKRA_SENT_ROWS_H

/* What writing and reading a ledger's rows share (chakra/verb.h). */

#include "base/text.h"

#include <stdint.h>

#define SENT_VERSION 1
#define HASH_BYTES 8
#define SHAPE_AS_BEFORE 0

/* The seed of a chunk's hashes. */
static inline uint64_t
sent_seed(const unsigned char key[8])
{
	uint64_t seed = 0;

	for (size_t i = 0; i < 8; i++)
		seed |= (uint64_t)key[i] << 8 * i;
	return seed;
}

/* The hash of a row so far, with that of one more field. */
static inline uint64_t
sent_hash(uint64_t hash, uint64_t field)
{
	hash = (hash ^ field) * UINT64_C(0x9E3779B185EBCA87);
	return hash ^ hash >> 29;
}

/* The byte that tells most values of a field from each other. */
static inline char
sent_mark(uint64_t field)
{
	return (char)(field >> 56);
}

#endif
