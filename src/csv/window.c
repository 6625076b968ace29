/* SPDX-License-Identifier: MIT */
/*
 * A plain buffer that is moved to its front when room is needed. mmap was
 * refused: it needs a regular, uncompressed file, and its pages count as the
 * process's memory. So was a ring: records must lie in one piece.
 */
#include "window.h"

#include "base/xalloc.h"
#include "csv/reader.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
window_init(struct window *w, struct byte_source from, size_t keep_max,
    size_t read_size)
{
	*w = (struct window){
	    .from = from, .max = keep_max + read_size, .read_size = read_size};
	w->cap = read_size <= w->max / 2 ? 2 * read_size : w->max;
	w->data = xmalloc(w->cap + RECORD_PADDING);
}

void
window_release(struct window *w)
{
	free(w->data);
	w->data = NULL;
}

static void
make_room(struct window *w)
{
	size_t length = window_length(w);

	if (w->cap - w->end >= w->read_size)
		return;
	if (w->begin > 0) {
		memmove(w->data, w->data + w->begin, length);
		w->begin = 0;
		w->end = length;
	}
	if (w->cap - w->end >= w->read_size)
		return;
	w->cap = w->cap <= w->max / 2 ? 2 * w->cap : w->max;
	w->data = xrealloc(w->data, w->cap + RECORD_PADDING);
}

int
window_fill(struct window *w, struct diag *d)
{
	ssize_t n;

	if (w->eof)
		return 0;
	make_room(w);
	assert(w->cap - w->end >= w->read_size);
	n = w->from.read(w->from.ctx, w->data + w->end, w->read_size, d);
	if (n < 0)
		return -1;
	if (n == 0) {
		w->eof = true;
		return 0;
	}
	w->end += (size_t)n;
	return 1;
}
