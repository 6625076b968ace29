/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_BLOCK_SUMS_H
#define SOURCE_BLOCK_SUMS_H

/*
 * Checksums of an input's blocks, and a source that is held to them.
 *
 * The survey makes the sums while it reads the (decompressed) bytes. Every
 * later reading of a run goes through a held source: it reads a block to its
 * end, compares it, and only then gives its bytes away. So nobody ever parses
 * a byte that was not surveyed, and a chunk is made of such bytes alone.
 *
 * A block is a power of two, at least BLOCK_BYTES_MIN; there are at most
 * BLOCK_COUNT_MAX of them, because neighbours are combined when that is
 * reached. A sum has 64 bits and no secret: it notices what an editor, an
 * upload or a disk does to a file, not what somebody builds on purpose, who
 * would be attacking a file of their own.
 */

#include "base/diag.h"
#include "source/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_BYTES_MIN ((size_t)64 << 10)
#define BLOCK_COUNT_MAX ((size_t)65536)

struct block_sums;

/* At most `count_max` (even) blocks: BLOCK_COUNT_MAX but in tests. */
struct block_sums *block_sums_new(size_t count_max);
void block_sums_free(struct block_sums *s);
/* The next bytes of the input, cut anywhere. */
void block_sums_add(struct block_sums *s, const char *bytes, size_t len);
/* The input is at its end. ends_line: its last bytes are a line end. */
void block_sums_end(struct block_sums *s, bool ends_line);

uint64_t block_sums_bytes(const struct block_sums *s);
size_t block_sums_block(const struct block_sums *s);
/* The offset of the first block in which the two differ (where one is cut
 * short, that is one), or UINT64_MAX. */
uint64_t block_sums_difference(
    const struct block_sums *a, const struct block_sums *b);

/* As a file of its own, in the order of this machine's bytes: it does not
 * leave the run's folder. block_sums_read returns owned, or NULL when the
 * file is missing or not what was written. */
int block_sums_write(
    const struct block_sums *s, const char *path, struct diag *d);
struct block_sums *block_sums_read(const char *path);

/*
 * The held source. It ends where the surveyed bytes end, whatever was appended
 * since; a block that is not the same, or is cut, fails with DIAG_INPUT,
 * "input.changed". If the surveyed bytes do not end in a line end and more
 * follow, the last record was half written then, and reading fails at the end.
 */
struct held_source;
/* Borrows all three until held_source_free. */
struct held_source *held_source_new(
    struct byte_source from, const struct block_sums *sums, const char *name);
void held_source_free(struct held_source *h);
struct byte_source held_byte_source(struct held_source *h);
/* Its end was reached, and more bytes follow. */
bool held_source_has_grown(const struct held_source *h);

#endif
