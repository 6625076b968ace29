/* SPDX-License-Identifier: MIT */
#ifndef CSV_BLOCK_MASKS_H
#define CSV_BLOCK_MASKS_H

/*
 * What the splitter asks about bytes, 64 at a time: which of them are
 * delimiters, line ends and quotes. Bit i of a mask is byte i.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_BYTES ((size_t)64)

struct block_masks {
	uint64_t delimiters, quotes;
	uint64_t line_ends; /* LF and CR */
	bool has_high;	    /* a byte of 0x80 or more */
	bool has_odd; /* a backslash, or a control character (NUL, too) that is
		       * no delimiter and no line end */
};

/* Looks at `count` blocks from s on. quote 0 = none. */
typedef void block_masks_look(const char *s, size_t count, char delimiter,
    char quote, struct block_masks *blocks);

/* The quickest way of this processor. */
block_masks_look *block_masks_best(void);
/* Its ways, from 0 on; NULL after the last. They make the same masks. */
block_masks_look *block_masks_way(size_t i);

#endif
