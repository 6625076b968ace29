/* SPDX-License-Identifier: MIT */
#ifndef BASE_UTF8_BLOCK_H
#define BASE_UTF8_BLOCK_H

/* Whether 64 bytes are UTF-8, without looking at them one by one. */

#include <stddef.h>

#define UTF8_BLOCK ((size_t)64)

/*
 * How many of the UTF8_BLOCK bytes at s, of which the first begins a
 * character, make whole characters that are well-formed: all, or all but those
 * of a last character that may go on behind. 0: only a look at each byte can
 * tell.
 */
typedef size_t utf8_block_check(const char *s);

/* The quickest way of this processor; NULL = none. */
utf8_block_check *utf8_block_best(void);
/* Its ways, from 0 on; NULL behind the last. */
utf8_block_check *utf8_block_way(size_t i);

#endif
