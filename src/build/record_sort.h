/* SPDX-License-Identifier: MIT */
#ifndef BUILD_RECORD_SORT_H
#define BUILD_RECORD_SORT_H

/*
 * Records of a fixed number of 32-bit words, in the order of their words, the
 * first one first: more of them than there is memory for. What is added
 * gathers in room that the caller lends; when the room is full it is sorted
 * and becomes a run in a file without a name; merging reads all runs side by
 * side. Two records that are equal are both given.
 *
 * Errors are DIAG_DISK, and DIAG_SIGNAL when a signal asks for the stop.
 */

#include "base/diag.h"

#include <stddef.h>
#include <stdint.h>

/* Of a record; no more are merged. */
#define RECORD_WORDS_MAX 10

/* In memory alone. It takes no memory, and of many equal records no longer
 * than of others. */
void records_sort(uint32_t *records, size_t count, size_t width);

struct sort_run {
	uint64_t at, count; /* the first byte in the file; records */
};

struct sorter {
	size_t width;	/* words a record */
	uint32_t *room; /* borrowed */
	size_t count, cap;
	const char *folder; /* for messages; borrowed */
	int fd;		    /* -1 = closed */
	uint64_t end;	    /* of the file */
	struct sort_run *runs;
	size_t run_count, run_cap;
};

/* Room and its size in bytes: at least 64 KiB. */
int sorter_open(struct sorter *s, size_t width, uint32_t *room, size_t bytes,
    const char *folder, struct diag *d);
void sorter_close(struct sorter *s);
int sorter_add(struct sorter *s, const uint32_t *record, struct diag *d);
/* What is in the room becomes a run: the room is free for something else. */
int sorter_flush(struct sorter *s, struct diag *d);

/* Gives all records in order, after sorter_flush; -1 of `take` ends it. `room`
 * is for the reading. */
int sorter_merge(struct sorter *s, uint32_t *room, size_t bytes,
    int (*take)(void *ctx, const uint32_t *record, struct diag *d), void *ctx,
    struct diag *d);

/* A file without a name in the folder. */
int nameless_open(const char *folder, struct diag *d);
/* All of it, at a place of such a file. */
int nameless_write(int fd, const void *data, size_t len, uint64_t at,
    const char *folder, struct diag *d);
/* … and back: less than was written is an error. */
int nameless_read(int fd, void *data, size_t len, uint64_t at,
    const char *folder, struct diag *d);

#endif
