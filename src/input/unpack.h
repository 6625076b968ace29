/* SPDX-License-Identifier: MIT */
#ifndef INPUT_UNPACK_H
#define INPUT_UNPACK_H

/*
 * Compressed bytes -> bytes, by libarchive; its only user (gzip by gunzip.h).
 * A zip archive must hold exactly one file (what macOS adds under __MACOSX/ is
 * not counted), and at most UNPACK_MEMBERS_MAX members of all kinds.
 * Damage is an error (DIAG_INPUT) with the byte at which it was met, never an
 * early end.
 */

#include "content.h"
#include "input/input.h"

#define UNPACK_MEMBERS_MAX 10000

struct unpack_source {
	struct byte_source from;
	/* As lseek, or NULL for a pipe; the zip's members are then known one
	 * by one only. */
	int64_t (*seek)(void *ctx, int64_t offset, int whence);
	/* Bytes taken from the source so far. */
	uint64_t (*position)(void *ctx);
	/* So many bytes were decompressed and not given: members of a zip
	 * from a pipe that nobody asked for. -1: that is too many. */
	int (*spent)(void *ctx, size_t bytes, struct diag *d);
};

struct unpack;

/* Borrows what `from` reads. Returns owned, or NULL. */
struct unpack *unpack_new(const struct unpack_source *from,
    enum compression compression, const char *name, struct diag *d);
void unpack_free(struct unpack *u);
ssize_t unpack_read(struct unpack *u, char *buf, size_t max, struct diag *d);

#endif
