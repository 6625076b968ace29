/* SPDX-License-Identifier: MIT */
#ifndef PLAN_SOURCES_H
#define PLAN_SOURCES_H

/*
 * Byte sources that a reading puts between its stages.
 */

#include "base/diag.h"
#include "input/input.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The first bytes of a source read twice: what passes is recorded until
 * replay_rewind, then given out again before the source goes on. That is how
 * a pipe's encoding and dialect are found before it is read. The memory is
 * freed as soon as the recording has been given out.
 */
struct replay_source;
struct replay_source *replay_new(struct byte_source from); /* borrows from */
void replay_free(struct replay_source *r);
struct byte_source replay_byte_source(struct replay_source *r);
/* Records until `max` bytes are there or the source ends; *data is valid
 * until replay_rewind. *is_whole: the source ended. */
int replay_fill(struct replay_source *r, size_t max, const char **data,
    size_t *len, bool *is_whole, struct diag *d);
/* Back to the first byte; nothing is recorded any more. Once. */
void replay_rewind(struct replay_source *r);

/* The first `left` bytes of a source, and no more of it. */
struct limited_source {
	struct byte_source from;
	uint64_t left;
};
struct byte_source limited_byte_source(struct limited_source *l);

/* Counts the bytes that pass: put between decoder and reader, it is the left
 * side of the second equation. */
struct byte_counter {
	struct byte_source from;
	uint64_t bytes;
};
struct byte_source byte_counter_source(struct byte_counter *c); /* borrows c */
/* Reads on to the end, so that `bytes` is the whole input. */
int byte_counter_drain(struct byte_counter *c, struct diag *d);

/*
 * Holds a source to strict UTF-8: the first byte that is not ends it with
 * DIAG_INPUT. For an input that was taken for UTF-8 after its first bytes
 * only.
 */
struct utf8_guard;
/* Borrows both. Its error names the line only if it counts lines. */
struct utf8_guard *utf8_guard_new(
    struct byte_source from, const char *name, bool counts_lines);
void utf8_guard_free(struct utf8_guard *g);
struct byte_source utf8_guard_source(struct utf8_guard *g);
/* It ended the source. */
bool utf8_guard_has_failed(const struct utf8_guard *g);

/* An input that can be read once only, as a file that can be read again. */

/* Copies the decompressed bytes of `from` ("-" or a FIFO) into a new file at
 * `to`, mode 0600, fsynced. At most as many as the limits say, and as the disk
 * has room for less a reserve (disk.room): a pipe may never end. */
int spool_input(const char *from, const char *to,
    const struct input_limits *limits, struct diag *d);
/* True if `path` can be read once only: a FIFO, a terminal, "-" unless a file
 * stands after it at its beginning. */
bool input_needs_spool(const char *path);

#endif
