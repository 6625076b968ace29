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
/* Ends the program as above, for libraries that say that memory failed. */
_Noreturn void xalloc_failed(void);
char *xstrndup(const char *s, size_t len); /* copies exactly len bytes */

#endif
