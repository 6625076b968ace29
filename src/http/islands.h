/* SPDX-License-Identifier: MIT */
#ifndef HTTP_ISLANDS_H
#define HTTP_ISLANDS_H

/*
 * Runs of bytes that are all among some: of most texts there are few that are
 * long, and those are found 64 bytes at a time.
 */

#include <stdbool.h>
#include <stddef.h>

/* Begins with zeros. */
struct islands {
	size_t least;	 /* so long is the shortest */
	bool is_in[256]; /* may the byte stand in one? */
	/* The same: bit h of [l] is that of the byte 0xhl below 0x80; those
	 * above are all as if they might, if one may. */
	unsigned char halves[16];
	bool has_upper;
};
void islands_allow(struct islands *x, const char *bytes, size_t len);
void islands_allow_all(struct islands *x);

/* The next one after *end: [*at, *end). Both are 0 before the first. False:
 * there is none any more. A backslash at the end takes the byte after it
 * along. */
bool islands_next(const struct islands *x, const char *text, size_t len,
    size_t *at, size_t *end);

#endif
