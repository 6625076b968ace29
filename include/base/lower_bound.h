/* SPDX-License-Identifier: MIT */
#ifndef BASE_LOWER_BOUND_H
#define BASE_LOWER_BOUND_H

/* Binary search in an array that is sorted by a number in its elements. */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How many of the `count` elements of `size` bytes come before `key`: where
 * the first stands that does not. Each has its number, 64 bits that are not
 * negative, at `offset`. */
static inline size_t
lower_bound(
    const void *items, size_t count, size_t size, size_t offset, uint64_t key)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		uint64_t found;

		memcpy(&found, (const char *)items + middle * size + offset,
		    sizeof(found));
		if (found < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

#endif
