/* SPDX-License-Identifier: MIT */
#ifndef CSV_SPECIAL_INDEX_H
#define CSV_SPECIAL_INDEX_H

/*
 * The places of delimiters and line ends outside quotes in some thousands
 * of bytes, found all at once; and what else is in each block of 64 bytes.
 * The bytes begin where a record begins. Whether a quote stands where one may
 * is found out here, too: the index ends before a block in which one does not.
 */

#include "block_masks.h"

#define SPECIAL_INDEX_FIRST ((size_t)1 << 10)
#define SPECIAL_INDEX_MAX ((size_t)1 << 17)

/* What a block can hold. One number holds running totals of all five. */
#define BLOCK_HIGH ((uint64_t)1)	   /* a byte of 0x80 or more */
#define BLOCK_QUOTE ((uint64_t)1 << 12)	   /* a quote, or the inside of two */
#define BLOCK_ODD ((uint64_t)1 << 24)	   /* block_masks.has_odd */
#define BLOCK_DOUBLED ((uint64_t)1 << 36)  /* a doubled quote */
#define BLOCK_LINE_END ((uint64_t)1 << 48) /* a line end within quotes */
#define BLOCK_TOTAL(flag) ((flag)*0xfff)

struct special_index {
	char delimiter, quote; /* quote 0 = none */
	const char *base;
	size_t length; /* bytes from base on */
	uint32_t *at;  /* of the specials, from base; ascending */
	size_t count;
	uint64_t *totals; /* of the blocks before each one, and of all */
	bool is_cut;	  /* a quote that may not be there follows */
	bool is_inside;	  /* the bytes end within quotes */
	size_t ahead;	  /* bytes to index at the next time, at most */
	size_t cap;
	bool has_quotes; /* there was one lately */
	block_masks_look *look;
	bool has_bmi; /* the processor's instructions for bits are there */
};

void special_index_init(struct special_index *x, char delimiter, char quote);
void special_index_release(struct special_index *x);
/* Indexes s[0, n), or less of it. */
void special_index_make(struct special_index *x, const char *s, size_t n);
/* The next time twice as much, if need be. False: it is SPECIAL_INDEX_MAX
 * already. */
bool special_index_grow(struct special_index *x);
/* Nothing is indexed, and the next time it will be little: what is found may
 * be forgotten soon. */
void special_index_forget(struct special_index *x);

/* The totals of what the blocks of [begin, end) hold. */
static inline uint64_t
special_index_totals(const struct special_index *x, size_t begin, size_t end)
{
	return x->totals[(end + BLOCK_BYTES - 1) / BLOCK_BYTES] -
	       x->totals[begin / BLOCK_BYTES];
}

#endif
