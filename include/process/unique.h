/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_UNIQUE_H
#define PROCESS_UNIQUE_H

/*
 * Which record first had a value; values that differ only in their Unicode
 * form (NFC) are one. The texts are not kept: a keyed 64-bit hash
 * and a 40-bit number are, at most 40 bytes a key at the peak, growth
 * included. The builder's numbers are those of its place_log.h, which knows
 * row and line of each. Two texts with one hash would be a false alarm: about
 * n*n / 2^65 for n keys, 1 in 1.5 million at 5,000,000; the message names
 * both places so that a person can see one.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct unique_index;

/* The hash's key is derived from `seed` (16 bytes), which is fixed for
 * determinism: the same file gives the same answer. */
struct unique_index *unique_new(const unsigned char seed[16]);
void unique_free(struct unique_index *u);
/* Remembers `value` for record `number` (from 1, below 2^40). False if it was
 * there: *first is the number that had it first. */
bool unique_add(struct unique_index *u, struct text value, uint64_t number,
    uint64_t *first);
/* The same in two steps: the hash, which also asks for the memory that the
 * second will look at. In a large index that takes longer than to build the
 * rest of a row, which may be done in between. */
uint64_t unique_hash(struct unique_index *u, struct text value);
bool unique_add_hash(
    struct unique_index *u, uint64_t hash, uint64_t number, uint64_t *first);
uint64_t unique_count(const struct unique_index *u);

#endif
