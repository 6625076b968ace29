/* SPDX-License-Identifier: MIT */
/*
 * A cursor holds a piece of the file that has all verdicts of its row: when
 * fewer are left than a row may have, the rest moves to the front and the file
 * is read on.
 */
#include "build/builder.h"

#include "base/xalloc.h"
#include "key_record.h"
#include "record_sort.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES 65536

struct verdict_cursor {
	const struct key_verdicts *v;
	size_t file;
	uint64_t next; /* verdict of the file of verdicts to be read */
	uint32_t *piece;
	size_t at, count, cap; /* verdicts of the piece */
	bool is_begun;
	struct diag failure;
};

struct key_verdicts *
key_verdicts_new(int fd, uint64_t count, const struct key_spool_options *o)
{
	struct key_verdicts *v = xmalloc(sizeof(*v));

	*v = (struct key_verdicts){
	    .fd = fd,
	    .count = count,
	    .fields = o->fields,
	    .folder = o->folder,
	    .names = o->names,
	};
	memcpy(v->seed, o->seed, sizeof(v->seed));
	return v;
}

void
key_verdicts_free(struct key_verdicts *v)
{
	if (v == NULL)
		return;
	close(v->fd);
	kept_head_free(v->head);
	free(v);
}

uint64_t
key_verdicts_count(const struct key_verdicts *v)
{
	return v->count;
}

int
key_verdicts_read(const struct key_verdicts *v, uint32_t *out, uint64_t from,
    size_t count, struct diag *d)
{
	if (nameless_read(v->fd, out, count * VERDICT_BYTES,
		v->at + from * VERDICT_BYTES, v->folder, d))
		return -1;
	/* A run's folder may be read by another machine. */
	for (size_t i = 0; v->head && i < count * VERDICT_WORDS; i++)
		out[i] = le32toh(out[i]);
	return 0;
}

int
key_verdicts_seek(const struct key_verdicts *v, size_t file, uint64_t row,
    uint64_t *out, struct diag *d)
{
	uint64_t low = 0, high = v->count;
	uint32_t wanted[PLACE_WORDS], w[VERDICT_WORDS];

	place_pack(wanted, (uint32_t)file, row, 0);
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (key_verdicts_read(v, w, middle, 1, d))
			return -1;
		if (w[0] < wanted[0] || (w[0] == wanted[0] && w[1] < wanted[1]))
			low = middle + 1;
		else
			high = middle;
	}
	*out = low;
	return 0;
}

int
key_verdicts_each(const struct key_verdicts *v, uint64_t from,
    int (*each)(void *ctx, const uint32_t *w, struct diag *d), void *ctx,
    struct diag *d)
{
	uint32_t *piece = xmalloc(PIECE_BYTES);
	int ret = 0;

	while (ret == 0 && from < v->count) {
		uint64_t left = v->count - from;
		size_t room = PIECE_BYTES / VERDICT_BYTES;
		size_t count = left < room ? (size_t)left : room;

		ret = diag_stopped(d)
			  ? -1
			  : key_verdicts_read(v, piece, from, count, d);
		for (size_t i = 0; ret == 0 && i < count; i++)
			ret = each(ctx, piece + i * VERDICT_WORDS, d);
		from += count;
	}
	free(piece);
	return ret;
}

static int
refers_to(void *ctx, const uint32_t *w, struct diag *d)
{
	const size_t *file = ctx;

	(void)d;
	return place_source(w) != *file &&
	       place_source(w + PLACE_WORDS) == *file;
}

int
key_verdicts_refer(const struct key_verdicts *v, size_t file, struct diag *d)
{
	return key_verdicts_each(v, 0, refers_to, &file, d);
}

struct verdict_cursor *
verdict_cursor_new(const struct key_verdicts *v, size_t file)
{
	struct verdict_cursor *c = xcalloc(1, sizeof(*c));

	c->v = v;
	c->file = file;
	c->cap = PIECE_BYTES / VERDICT_BYTES;
	if (c->cap < 2 * v->fields)
		c->cap = 2 * v->fields;
	c->piece = xmalloc(c->cap * VERDICT_BYTES);
	return c;
}

void
verdict_cursor_free(struct verdict_cursor *c)
{
	if (c == NULL)
		return;
	free(c->piece);
	free(c);
}

static void
fail(struct verdict_cursor *c)
{
	c->at = c->count = 0;
	c->next = c->v->count;
}

/* Reads on until the piece is full. */
static void
fill(struct verdict_cursor *c)
{
	uint64_t left = c->v->count - c->next;
	size_t room, count;

	c->count -= c->at;
	memmove(c->piece, c->piece + c->at * VERDICT_WORDS,
	    c->count * VERDICT_BYTES);
	c->at = 0;
	room = c->cap - c->count;
	count = left < room ? (size_t)left : room;
	if (key_verdicts_read(c->v, c->piece + c->count * VERDICT_WORDS,
		c->next, count, &c->failure)) {
		fail(c);
		return;
	}
	c->next += count;
	c->count += count;
}

/* The first verdict from that row on: searched once, for a reading may begin
 * to ask at any row. */
static void
begin(struct verdict_cursor *c, uint64_t row)
{
	c->is_begun = true;
	if (key_verdicts_seek(c->v, c->file, row, &c->next, &c->failure) == 0)
		fill(c);
}

bool
verdict_cursor_find(struct verdict_cursor *c, uint64_t row, size_t field,
    struct first_place *first)
{
	if (!c->is_begun)
		begin(c, row);
	for (; c->at < c->count; c->at++) {
		const uint32_t *w = c->piece + c->at * VERDICT_WORDS;

		if (place_source(w) != c->file || place_row(w) >= row)
			break;
		if (c->count - c->at <= c->v->fields && c->next < c->v->count)
			fill(c);
	}
	for (size_t i = c->at; i < c->count; i++) {
		const uint32_t *w = c->piece + i * VERDICT_WORDS;
		const uint32_t *there = w + PLACE_WORDS;

		if (place_source(w) != c->file || place_row(w) != row)
			break;
		if (place_line(w) != field)
			continue;
		first->row = place_row(there);
		first->line = place_line(there);
		first->file = place_source(there) == c->file || !c->v->names
				  ? NULL
				  : c->v->names[place_source(there)];
		return true;
	}
	return false;
}

bool
verdict_cursor_finds_other(struct verdict_cursor *c, uint64_t row, size_t field)
{
	struct first_place first;

	return verdict_cursor_find(c, row, field, &first) && first.file != NULL;
}

int
verdict_cursor_check(const struct verdict_cursor *c, struct diag *d)
{
	if (c->failure.kind == DIAG_NONE)
		return 0;
	*d = c->failure;
	return -1;
}
