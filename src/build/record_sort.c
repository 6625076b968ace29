/* SPDX-License-Identifier: MIT */
/*
 * By bytes, the first one first, each record swapped to where its byte says:
 * no second copy, as the one of the C library's qsort, and no worst case. What
 * is left over in small groups is put in order by insertion.
 */
#include "record_sort.h"

#include <stdbool.h>
#include <string.h>

#define DIGITS 256
#define SMALL 48 /* records that are sorted by insertion */

static inline unsigned
digit_of(const uint32_t *record, size_t byte)
{
	return record[byte / 4] >> (24 - byte % 4 * 8) & 0xff;
}

static inline bool
comes_before(const uint32_t *a, const uint32_t *b, size_t width)
{
	for (size_t i = 0; i < width; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

static void
sort_few(uint32_t *r, size_t count, size_t width)
{
	const size_t size = width * sizeof(*r);
	uint32_t one[RECORD_WORDS_MAX];

	for (size_t i = 1; i < count; i++) {
		size_t to = i;

		while (to > 0 &&
		       comes_before(r + i * width, r + (to - 1) * width, width))
			to--;
		if (to == i)
			continue;
		memcpy(one, r + i * width, size);
		memmove(r + (to + 1) * width, r + to * width, (i - to) * size);
		memcpy(r + to * width, one, size);
	}
}

/* Swaps each record into the range of its digit: [begin, end) of the digit
 * d is from heads[d] to heads[d] of the beginning plus its count. */
static void
spread(uint32_t *r, size_t width, size_t byte, size_t heads[DIGITS],
    const size_t ends[DIGITS])
{
	const size_t size = width * sizeof(*r);
	uint32_t one[RECORD_WORDS_MAX];

	for (unsigned d = 0; d < DIGITS; d++)
		while (heads[d] < ends[d]) {
			uint32_t *here = r + heads[d] * width;
			unsigned to = digit_of(here, byte);
			uint32_t *there = r + heads[to]++ * width;

			if (to == d)
				continue;
			memcpy(one, here, size);
			memcpy(here, there, size);
			memcpy(there, one, size);
		}
}

/* By the bytes from `byte` on; the ones before are equal. */
static void
sort_from(uint32_t *r, size_t count, size_t width, size_t byte)
{
	size_t heads[DIGITS], ends[DIGITS] = {0};
	size_t sum = 0;

	while (byte < width * 4 && count > SMALL) {
		memset(ends, 0, sizeof(ends));
		for (size_t i = 0; i < count; i++)
			ends[digit_of(r + i * width, byte)]++;
		if (ends[digit_of(r, byte)] < count)
			break;
		byte++;
	}
	if (byte == width * 4)
		return;
	if (count <= SMALL) {
		sort_few(r, count, width);
		return;
	}
	for (unsigned d = 0; d < DIGITS; d++) {
		heads[d] = sum;
		sum += ends[d];
		ends[d] = sum;
	}
	spread(r, width, byte, heads, ends);
	for (unsigned d = 0; d < DIGITS; d++) {
		size_t begin = d > 0 ? ends[d - 1] : 0;

		if (ends[d] - begin > 1)
			sort_from(r + begin * width, ends[d] - begin, width,
			    byte + 1);
	}
}

void
records_sort(uint32_t *records, size_t count, size_t width)
{
	sort_from(records, count, width, 0);
}
