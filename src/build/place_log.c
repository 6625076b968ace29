/* SPDX-License-Identifier: MIT */
/*
 * A delta-coded list with checkpoints. Steps are bytes: 1-255 is "one row and
 * so many lines further", 0 is followed by row and line as variable-length
 * numbers. Steps lie in blocks that are never moved, so that growth costs no
 * second copy; a checkpoint's steps never cross a block's end. Refused: 16
 * bytes a record (a third of what the whole index may take), and reading the
 * input again to find the line.
 */
#include "place_log.h"

#include "base/xalloc.h"

#include <assert.h>
#include <stdlib.h>

#define SPAN 128    /* places a checkpoint */
#define STEP_MAX 21 /* a zero and two numbers of ten bytes */
#define BLOCK_SIZE 65536

struct checkpoint {
	uint64_t row, line;
	uint32_t block, at; /* where the steps after it begin */
};

struct place_log {
	uint64_t count, row, line; /* the newest place */
	struct checkpoint *points;
	size_t point_count, point_cap;
	unsigned char **blocks;
	size_t block_count, block_cap;
	uint32_t used; /* of the last block */
};

struct place_log *
place_log_new(void)
{
	return xcalloc(1, sizeof(struct place_log));
}

void
place_log_free(struct place_log *l)
{
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < l->block_count; i++)
		free(l->blocks[i]);
	free(l->blocks);
	free(l->points);
	free(l);
}

static void
add_block(struct place_log *l)
{
	ARRAY_ROOM(l->blocks, l->block_count, l->block_cap);
	l->blocks[l->block_count++] = xmalloc(BLOCK_SIZE);
	l->used = 0;
}

static void
add_checkpoint(struct place_log *l, uint64_t row, uint64_t line)
{
	if (l->block_count == 0 || BLOCK_SIZE - l->used < SPAN * STEP_MAX)
		add_block(l);
	if (l->point_count == l->point_cap) {
		l->point_cap += l->point_cap / 2 + 16;
		l->points =
		    xreallocarray(l->points, l->point_cap, sizeof(*l->points));
	}
	l->points[l->point_count++] = (struct checkpoint){
	    .row = row,
	    .line = line,
	    .block = (uint32_t)(l->block_count - 1),
	    .at = l->used,
	};
}

static unsigned char *
put_number(unsigned char *p, uint64_t n)
{
	for (; n >= 0x80; n >>= 7)
		*p++ = (unsigned char)(n | 0x80);
	*p++ = (unsigned char)n;
	return p;
}

static const unsigned char *
get_number(const unsigned char *p, uint64_t *n)
{
	int shift = 0;

	*n = 0;
	for (; *p & 0x80; shift += 7)
		*n |= (uint64_t)(*p++ & 0x7f) << shift;
	*n |= (uint64_t)*p++ << shift;
	return p;
}

uint64_t
place_log_add(struct place_log *l, uint64_t row, uint64_t line)
{
	if (l->count % SPAN == 0) {
		add_checkpoint(l, row, line);
	} else {
		unsigned char *block = l->blocks[l->block_count - 1];
		unsigned char *p = block + l->used;

		if (row == l->row + 1 && line > l->line &&
		    line - l->line <= 255) {
			*p++ = (unsigned char)(line - l->line);
		} else {
			*p++ = 0;
			p = put_number(put_number(p, row), line);
		}
		l->used = (uint32_t)(p - block);
	}
	l->row = row;
	l->line = line;
	return ++l->count;
}

void
place_log_get(
    const struct place_log *l, uint64_t number, uint64_t *row, uint64_t *line)
{
	const struct checkpoint *c;
	const unsigned char *p;
	uint64_t steps;

	assert(number > 0 && number <= l->count);
	c = &l->points[(number - 1) / SPAN];
	p = l->blocks[c->block] + c->at;
	*row = c->row;
	*line = c->line;
	for (steps = (number - 1) % SPAN; steps > 0; steps--) {
		if (*p != 0) {
			*row += 1;
			*line += *p++;
		} else {
			p = get_number(get_number(p + 1, row), line);
		}
	}
}

size_t
place_log_bytes(const struct place_log *l)
{
	return l->block_count * BLOCK_SIZE + l->block_cap * sizeof(*l->blocks) +
	       l->point_cap * sizeof(*l->points);
}
