/* SPDX-License-Identifier: MIT */
/*
 * Runs lie one after the other in one file, so that a spool takes one
 * descriptor whatever it holds. Merging reads pieces of all of them, as large
 * as the room allows: with 64 MiB and records of 28 bytes 10^10 of them are
 * 4,200 runs, and a piece has 16 KiB. Refused: partitions by the hash, each
 * sorted on its own (as many reads and writes, and a second way for one that
 * is larger than the memory).
 */
#include "record_sort.h"

#include "base/xalloc.h"
#include "system/atomic_file.h"
#include "system/fault.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many records are merged between two looks at the stop flag. */
#define LOOK_EVERY 65536

static int
fail(int err, const char *what, const char *folder, struct diag *d)
{
	diag_set_errno(d, DIAG_DISK, err,
	    "unable to %s the unique keys in '%s'", what, folder);
	if (err == ENOSPC || err == EDQUOT || err == EFBIG)
		diag_help(d,
		    "free some room there, name a folder on another disk, or "
		    "raise --unique-memory");
	return -1;
}

int
nameless_open(const char *folder, struct diag *d)
{
	int fd = file_open_nameless(folder);

	return fd >= 0 ? fd : fail(errno, "keep", folder, d);
}

int
nameless_write(int fd, const void *data, size_t len, uint64_t at,
    const char *folder, struct diag *d)
{
	const char *bytes = data;

	while (len > 0) {
		ssize_t n = FAULT("unique.write")
				? (errno = ENOSPC, -1)
				: pwrite(fd, bytes, len, (off_t)at);

		if (n < 0 && errno == EINTR) {
			if (diag_stopped(d))
				return -1;
			continue;
		}
		if (n <= 0)
			return fail(n < 0 ? errno : EIO, "keep", folder, d);
		bytes += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int
nameless_read(int fd, void *data, size_t len, uint64_t at, const char *folder,
    struct diag *d)
{
	char *bytes = data;

	while (len > 0) {
		ssize_t n = FAULT("unique.read")
				? (errno = EIO, -1)
				: pread(fd, bytes, len, (off_t)at);

		if (n < 0 && errno == EINTR) {
			if (diag_stopped(d))
				return -1;
			continue;
		}
		if (n <= 0)
			return fail(n < 0 ? errno : EIO, "read", folder, d);
		bytes += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int
sorter_open(struct sorter *s, size_t width, uint32_t *room, size_t bytes,
    const char *folder, struct diag *d)
{
	assert(width <= RECORD_WORDS_MAX);
	*s = (struct sorter){
	    .width = width,
	    .room = room,
	    .cap = bytes / (width * sizeof(*room)),
	    .folder = folder,
	};
	s->fd = nameless_open(folder, d);
	return s->fd < 0 ? -1 : 0;
}

void
sorter_close(struct sorter *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->runs);
	*s = (struct sorter){.fd = -1};
}

int
sorter_flush(struct sorter *s, struct diag *d)
{
	size_t len = s->count * s->width * sizeof(*s->room);

	if (s->count == 0)
		return 0;
	if (diag_stopped(d))
		return -1;
	records_sort(s->room, s->count, s->width);
	if (nameless_write(s->fd, s->room, len, s->end, s->folder, d))
		return -1;
	ARRAY_ROOM(s->runs, s->run_count, s->run_cap);
	s->runs[s->run_count++] = (struct sort_run){s->end, s->count};
	s->end += len;
	s->count = 0;
	return 0;
}

int
sorter_add(struct sorter *s, const uint32_t *record, struct diag *d)
{
	if (s->count == s->cap && sorter_flush(s, d))
		return -1;
	memcpy(s->room + s->count++ * s->width, record,
	    s->width * sizeof(*record));
	return 0;
}

/* A run that is being read. */
struct source {
	uint32_t *piece;
	size_t at, count;    /* records of the piece */
	uint64_t from, left; /* in the file after it */
};

struct merge {
	struct sorter *s;
	struct source *sources;
	struct source **heap; /* the one with the least record first */
	size_t count, piece;  /* records a piece */
};

/* 1 = there is a record, 0 = the run is over, -1. */
static int
source_fill(const struct merge *m, struct source *x, struct diag *d)
{
	size_t size = m->s->width * sizeof(*x->piece);

	if (x->left == 0)
		return 0;
	x->at = 0;
	x->count = x->left < m->piece ? (size_t)x->left : m->piece;
	if (nameless_read(
		m->s->fd, x->piece, x->count * size, x->from, m->s->folder, d))
		return -1;
	x->from += x->count * size;
	x->left -= x->count;
	return 1;
}

static bool
is_less(const struct merge *m, const struct source *a, const struct source *b)
{
	const uint32_t *x = a->piece + a->at * m->s->width;
	const uint32_t *y = b->piece + b->at * m->s->width;

	for (size_t i = 0; i < m->s->width; i++)
		if (x[i] != y[i])
			return x[i] < y[i];
	return false;
}

/* The source at `i` may be larger than those below it. */
static void
sink(struct merge *m, size_t i)
{
	struct source *x = m->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= m->count)
			break;
		if (child + 1 < m->count &&
		    is_less(m, m->heap[child + 1], m->heap[child]))
			child++;
		if (!is_less(m, m->heap[child], x))
			break;
		m->heap[i] = m->heap[child];
		i = child;
	}
	m->heap[i] = x;
}

static int
merge_open(struct merge *m, uint32_t *room, size_t bytes, struct diag *d)
{
	const struct sorter *s = m->s;

	m->sources = xcalloc(s->run_count + 1, sizeof(*m->sources));
	m->heap = xcalloc(s->run_count + 1, sizeof(struct source *));
	if (s->run_count == 0)
		return 0;
	m->piece = bytes / (s->width * sizeof(*room)) / s->run_count;
	assert(m->piece > 0);
	for (size_t i = 0; i < s->run_count; i++) {
		struct source *x = &m->sources[i];

		x->piece = room + i * m->piece * s->width;
		x->from = s->runs[i].at;
		x->left = s->runs[i].count;
		if (source_fill(m, x, d) < 0)
			return -1;
		m->heap[m->count++] = x;
	}
	for (size_t i = m->count / 2; i-- > 0;)
		sink(m, i);
	return 0;
}

/* After the record of the first source. */
static int
merge_next(struct merge *m, struct diag *d)
{
	struct source *x = m->heap[0];
	int got = ++x->at < x->count ? 1 : source_fill(m, x, d);

	if (got < 0)
		return -1;
	if (got == 0)
		m->heap[0] = m->heap[--m->count];
	if (m->count > 0)
		sink(m, 0);
	return 0;
}

int
sorter_merge(struct sorter *s, uint32_t *room, size_t bytes,
    int (*take)(void *ctx, const uint32_t *record, struct diag *d), void *ctx,
    struct diag *d)
{
	struct merge m = {.s = s};
	int ret = merge_open(&m, room, bytes, d);

	for (uint64_t n = 0; ret == 0 && m.count > 0; n++) {
		const struct source *x = m.heap[0];

		if (n % LOOK_EVERY == 0)
			ret = diag_stopped(d);
		if (ret == 0)
			ret = take(ctx, x->piece + x->at * s->width, d);
		if (ret == 0)
			ret = merge_next(&m, d);
	}
	free(m.sources);
	free(m.heap);
	return ret;
}
