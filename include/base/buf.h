/* SPDX-License-Identifier: MIT */
#ifndef BASE_BUF_H
#define BASE_BUF_H

/*
 * A growing byte buffer with a mandatory maximum.
 *
 * `data` is always NUL-terminated once anything was added (the NUL is not
 * counted in `len`). A buffer that would pass its maximum refuses what is
 * added, keeps what it had, and remembers it in `overflow`; callers that can
 * meet the maximum look at the return value or at `overflow`. Memory that
 * cannot be had ends the program (see xalloc.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct buf {
	char *data;
	size_t len;
	size_t cap;
	size_t max; /* bytes; 0 = BUF_MAX_DEFAULT */
	bool overflow;
};

#define BUF_MAX_DEFAULT ((size_t)1 << 30)
#define BUF_INIT(max_bytes)                                                    \
	{                                                                      \
		.max = (max_bytes)                                             \
	}

/* Over an array of the caller's that begins with a NUL: nothing is allocated,
 * and it is not to be released. */
#define BUF_OVER(array)                                                        \
	{                                                                      \
		.data = (array), .cap = sizeof(array),                         \
		.max = sizeof(array) - 1                                       \
	}

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b); /* frees the memory; usable again */
/* len = 0, keeps the memory */
static inline void
buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}
void buf_truncate(struct buf *b, size_t len); /* len must be <= b->len */

/* Room for `extra` more bytes; false if that passes the maximum. */
bool buf_reserve(struct buf *b, size_t extra);
bool buf_adds(struct buf *b, const char *s);
bool buf_addf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* buf_add and buf_addc where there may be no room. */
bool buf_add_slowly(struct buf *b, const void *data, size_t len);
bool buf_addc_slowly(struct buf *b, char c);

static inline bool
buf_add(struct buf *b, const void *data, size_t len)
{
	size_t max = b->max ? b->max : BUF_MAX_DEFAULT;
	char *at;

	if (len >= b->cap - b->len || len > max || b->len > max - len)
		return buf_add_slowly(b, data, len);
	if (b->data == NULL) /* there is room, so there is data */
		__builtin_unreachable();
	at = b->data + b->len;
	if (len > 0)
		memcpy(at, data, len);
	b->len += len;
	at[len] = '\0';
	return true;
}

static inline bool
buf_addc(struct buf *b, char c)
{
	size_t len = b->len;
	char *at;

	if (len + 1 >= b->cap || len >= (b->max ? b->max : BUF_MAX_DEFAULT))
		return buf_addc_slowly(b, c);
	at = b->data + len;
	b->len = len + 1;
	at[0] = c;
	at[1] = '\0';
	return true;
}

/* Never NULL: "" for an empty buffer. Valid until the next change. */
const char *buf_str(const struct buf *b);
/* Returns owned memory (free()), NUL-terminated; the buffer is empty after. */
char *buf_detach(struct buf *b);

#endif
