/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_DECODER_RIG_H
#define TESTS_FUZZ_DECODER_RIG_H

#include "fuzz.h"
#include "input/decoder.h"

/* Decodes `source` to its end and appends what comes out. In pieces that
 * `seed` draws, of the source and of the block; in whole blocks for 0. */
static inline void
decode_all(
    struct text source, const char *encoding, uint32_t seed, struct buf *out)
{
	struct fuzz_memory m = {source.s, source.len, 0, seed};
	struct diag d = DIAG_INIT;
	struct decoder *dec = decoder_new(fuzz_memory_source(&m), encoding, &d);
	char block[64];
	size_t max = seed == 0 ? sizeof(block) : 1 + seed % sizeof(block);
	ssize_t n;

	HOLDS(dec != NULL);
	while ((n = decoder_read(dec, block, max, &d)) > 0) {
		HOLDS((size_t)n <= max);
		buf_add(out, block, (size_t)n);
	}
	HOLDS(n == 0);
	HOLDS(m.at == source.len);
	decoder_free(dec);
}

#endif
