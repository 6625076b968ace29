/* SPDX-License-Identifier: MIT */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

/*
 * Allocation that never returns NULL: without memory the program says so on
 * stderr and ends with exit status 70. That loses nothing: what is on the
 * wire is in the ledger before it is sent, and `resume` goes on from there.
 */

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
/* count * size with a check for overflow. */
void *xreallocarray(void *p, size_t count, size_t size);
/* Makes room for one more in an array that grows: `items` may move, `cap`, a
 * size_t, doubles. All three are lvalues without side effects. */
#define ARRAY_ROOM(items, count, cap)                                          \
	((count) < (cap) ? (void)0                                             \
			 : (void)((items) = xgrow((items), (count), &(cap),    \
				      sizeof(*(items)))))
void *xgrow(void *items, size_t count, size_t *cap, size_t size);
char *xstrdup(const char *s);
char *xstrdup_or_null(const char *s); /* of NULL: NULL */
/* Ends the program as above, for libraries that say that memory failed. */
_Noreturn void xalloc_failed(void);
char *xstrndup(const char *s, size_t len); /* copies exactly len bytes */

/*
 * Memory with one lifetime: allocated piece by piece, freed all at once. Used
 * for what lives as long as a run (mapping, options).
 */

struct arena_block;
struct arena {
	struct arena_block *head;
	struct arena_block *spare; /* for what comes: empty, zeroed */
};

#define ARENA_INIT                                                             \
	{                                                                      \
		.head = NULL                                                   \
	}

/* Zeroed, aligned for any type; valid until arena_release. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size);
/* Copies len bytes and adds a NUL. */
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_strdup(struct arena *a, const char *s);
void arena_release(struct arena *a);
/* Nothing of it is valid any more; its memory is kept for what comes, but for
 * single pieces of more than 64 KiB. */
void arena_reset(struct arena *a);

#endif
