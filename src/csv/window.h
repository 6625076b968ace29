/* SPDX-License-Identifier: MIT */
#ifndef CSV_WINDOW_H
#define CSV_WINDOW_H

/*
 * The part of a byte source that is in memory: the reader looks at it, takes
 * from its front, and asks for more after. It grows up to a maximum and
 * never further, so the caller takes bytes before it asks beyond that.
 */

#include "input/input.h"

#include <assert.h>

struct window {
	struct byte_source from;
	char *data;
	size_t begin, end; /* what is there: data[begin, end) */
	size_t cap, max;
	size_t read_size;
	uint64_t offset; /* of data[begin] in the source */
	bool eof;
};

/* Room for at most `keep_max` bytes kept plus one read of `read_size`. */
void window_init(struct window *w, struct byte_source from, size_t keep_max,
    size_t read_size);
void window_release(struct window *w);
/* Reads more after what is there, which must be at most keep_max bytes.
 * 1 = there is more, 0 = the end (eof is set), -1 = the diag is filled. */
int window_fill(struct window *w, struct diag *d);

/* Until the next fill; RECORD_PADDING bytes after the end may be read. */
static inline const char *
window_bytes(const struct window *w)
{
	return w->data + w->begin;
}

static inline size_t
window_length(const struct window *w)
{
	return w->end - w->begin;
}

/* Takes the first n bytes away; n <= window_length. */
static inline void
window_take(struct window *w, size_t n)
{
	assert(n <= window_length(w));
	w->begin += n;
	w->offset += n;
	if (w->begin == w->end)
		w->begin = w->end = 0;
}

#endif
