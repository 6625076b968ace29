/* SPDX-License-Identifier: MIT */
#ifndef BASE_LOWER_BOUND_H
#define BASE_LOWER_BOUND_H

/* Binary search in an array that is sorted by a number in its elements. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How many of the `count` elements of `size` bytes come before `key`: where
 * the first stands that does not. Each has its number, 64 bits that are not
 * negative, at `offset`. Of no elements, `items` may be NULL. */
static inline size_t
lower_bound(
    const void *items, size_t count, size_t size, size_t offset, uint64_t key)
{
	size_t low = 0;

	/* Nobody can guess on which side it is, so nothing branches: it is
	 * among the `count` from `low` on, or behind them. */
	while (count > 0) {
		size_t half = (count + 1) / 2;
		const char *at =
		    (const char *)items + (low + half - 1) * size + offset;
		uint64_t found;

		memcpy(&found, at, sizeof(found));
		low += half & -(size_t)(found < key);
		count -= half;
	}
	return low;
}

#endif
