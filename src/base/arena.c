/* SPDX-License-Identifier: MIT */
/* A chain of blocks; large requests get a block of their own after the
 * current one, so that its rest is not wasted. */
#include "base/xalloc.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK ((size_t)16 * 1024)
#define ARENA_KEPT ((size_t)64 * 1024)

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	alignas(max_align_t) unsigned char data[];
};

/* A spare one, or a new one. */
static struct arena_block *
block_of(struct arena *a, size_t size)
{
	struct arena_block **at = &a->spare, *b;

	while (*at != NULL && (*at)->size < size)
		at = &(*at)->next;
	b = *at;
	if (b != NULL) {
		*at = b->next;
		b->next = NULL;
		return b;
	}
	b = xcalloc(1, sizeof(*b) + size);
	b->size = size;
	return b;
}

static void *
alloc_large(struct arena *a, size_t size)
{
	struct arena_block *b = block_of(a, size);

	b->used = size;
	if (a->head) {
		b->next = a->head->next;
		a->head->next = b;
	} else {
		a->head = b;
	}
	return b->data;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	size_t align = alignof(max_align_t);
	struct arena_block *b = a->head;
	void *p;

	size = (size + align - 1) / align * align;
	if (size > ARENA_BLOCK / 4)
		return alloc_large(a, size);
	if (b == NULL || b->size - b->used < size) {
		b = block_of(a, ARENA_BLOCK);
		b->next = a->head;
		a->head = b;
	}
	p = b->data + b->used;
	b->used += size;
	return p;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / 2 / size)
		return xreallocarray(NULL, SIZE_MAX, 2); /* ends the program */
	return arena_alloc(a, count * size);
}

char *
arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

static void
free_blocks(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void
arena_release(struct arena *a)
{
	free_blocks(a->head);
	free_blocks(a->spare);
	*a = (struct arena){.head = NULL};
}

void
arena_reset(struct arena *a)
{
	struct arena_block *b = a->head;

	while (b != NULL) {
		struct arena_block *next = b->next;

		if (b->size > ARENA_KEPT) {
			free(b);
		} else {
			memset(b->data, 0, b->used);
			b->used = 0;
			b->next = a->spare;
			a->spare = b;
		}
		b = next;
	}
	a->head = NULL;
}
