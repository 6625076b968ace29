/* SPDX-License-Identifier: MIT */
#ifndef BUILD_PLACE_LOG_H
#define BUILD_PLACE_LOG_H

/*
 * Row and line of records, in about a byte a record: the unique index keeps
 * a number only, and a message must name row and line of the first.
 *
 * Places are numbered from 1 in the order in which they were added. Most
 * records stand one row and a few lines after the one before, which is one
 * byte; anything else is written out. Every 128th place is kept whole, so
 * that a look-up reads 127 steps at most.
 */

#include <stddef.h>
#include <stdint.h>

struct place_log;

struct place_log *place_log_new(void);
void place_log_free(struct place_log *l);
/* Returns the number of the place. */
uint64_t place_log_add(struct place_log *l, uint64_t row, uint64_t line);
/* `number` must have been returned by place_log_add. */
void place_log_get(
    const struct place_log *l, uint64_t number, uint64_t *row, uint64_t *line);
/* Bytes of memory in use. */
size_t place_log_bytes(const struct place_log *l);

#endif
