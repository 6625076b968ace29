/* SPDX-License-Identifier: MIT */
#ifndef CLI_INIT_MAPPING_H
#define CLI_INIT_MAPPING_H

/*
 * The commented mapping that `init` writes. Every guess is marked and says
 * what it rests on; where there is none that every value bears out, the
 * column stays text and a comment says what to choose from.
 */

#include "base/buf.h"
#include "csv_look.h"

#include <stddef.h>

#define INIT_NO_KEY SIZE_MAX

/* this_year is what no year of birth can be after. key: the column that was
 * seen to be filled and different in each row, or
 * INIT_NO_KEY. target: the file that it is written to, or NULL. */
void init_mapping(const struct csv_look *l, size_t key, const char *target,
    int this_year, struct buf *out);

/* The lines of `source` that say the encoding. One that is certain, or a guess
 * that is clearly better than the next, is pinned; any other is commented out,
 * with two cells in each encoding that is possible, so that an import stops
 * until somebody has looked. */
void init_encoding(const struct csv_look *l, struct buf *out);

#endif
