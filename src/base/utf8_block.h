/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8_BLOCK_H
#define BASE_UTF8_BLOCK_H

/* Whether bytes are UTF-8, 64 at a time, without looking at each of them. */

#include <stddef.h>

#define UTF8_BLOCK ((size_t)64)

/*
 * How many bytes from s on, of which the first begins a character, make whole
 * characters that are well-formed, as far as it can tell: it ends before the
 * last bytes, if they do not fill a block, and before a block of which only a
 * look at each byte tells.
 */
typedef size_t utf8_block_check(const char *s, size_t len);

/* The quickest way of this processor; NULL = none. */
utf8_block_check *utf8_block_best(void);
/* Its ways, from 0 on; NULL after the last. */
utf8_block_check *utf8_block_way(size_t i);

#endif
