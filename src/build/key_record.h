/* SPDX-License-Identifier: MIT */
#ifndef BUILD_KEY_RECORD_H
#define BUILD_KEY_RECORD_H

/*
 * What a spool of unique keys writes: records of 32-bit words in the order of
 * which everything follows.
 *
 * A key is its 128-bit hash, then its place: of equal ones the first comes
 * first. A verdict is the place of a value that was there before, as file, row
 * and field, then the place where it was first, then its hash. Files have 20
 * bits, shared with the fields in a key; rows and lines have 38.
 */

#include "build/builder.h"

#define HASH_WORDS 4
#define PLACE_WORDS 3
#define KEY_WORDS (HASH_WORDS + PLACE_WORDS)
#define VERDICT_WORDS (PLACE_WORDS + PLACE_WORDS + HASH_WORDS)

#define SOURCE_BITS 20
#define ROW_BITS 38

/* Three numbers in three words: 20, 38 and 38 bits. */
static inline void
place_pack(uint32_t w[PLACE_WORDS], uint32_t source, uint64_t a, uint64_t b)
{
	w[0] = source << 12 | (uint32_t)(a >> 26);
	w[1] = (uint32_t)(a & 0x3ffffff) << 6 | (uint32_t)(b >> 32);
	w[2] = (uint32_t)b;
}

static inline uint32_t
place_source(const uint32_t w[PLACE_WORDS])
{
	return w[0] >> 12;
}

static inline uint64_t
place_row(const uint32_t w[PLACE_WORDS])
{
	return (uint64_t)(w[0] & 0xfff) << 26 | w[1] >> 6;
}

static inline uint64_t
place_line(const uint32_t w[PLACE_WORDS])
{
	return (uint64_t)(w[1] & 0x3f) << 32 | w[2];
}

#define HASH_AT ((size_t)(PLACE_WORDS + PLACE_WORDS)) /* in a verdict */
#define VERDICT_BYTES (VERDICT_WORDS * sizeof(uint32_t))
#define KEY_SEED_BYTES 16

struct key_verdicts {
	int fd;
	uint64_t at, count; /* the first one's place in the file */
	size_t fields;
	const char *folder;	  /* for messages */
	const char *const *names; /* of the files, or NULL */
	unsigned char seed[KEY_SEED_BYTES];
	/* Of those that were kept; else NULL, and nothing here is owned. */
	struct kept_head *head;
};

/* The verdicts of a spool, in the order of their places, in a file without a
 * name; takes the descriptor. */
struct key_verdicts *key_verdicts_new(
    int fd, uint64_t count, const struct key_spool_options *o);
/* Verdicts number `from` and those after it. */
int key_verdicts_read(const struct key_verdicts *v, uint32_t *out,
    uint64_t from, size_t count, struct diag *d);
/* The number of the first verdict from that row of the file on. */
int key_verdicts_seek(const struct key_verdicts *v, size_t file, uint64_t row,
    uint64_t *out, struct diag *d);
/* Calls `each` for all from number `from` on, in their order, until it returns
 * another thing than 0: 1 ends the walk, -1 is an error. */
int key_verdicts_each(const struct key_verdicts *v, uint64_t from,
    int (*each)(void *ctx, const uint32_t *w, struct diag *d), void *ctx,
    struct diag *d);
void kept_head_free(struct kept_head *h);

#endif
