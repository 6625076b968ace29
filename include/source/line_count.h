/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_LINE_COUNT_H
#define SOURCE_LINE_COUNT_H

/* Line ends in bytes that come piece by piece: LF, CRLF (also when a piece
 * ends between the two) and a lone CR are one each. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero at the beginning. */
struct line_count {
	uint64_t lines;
	bool after_cr; /* the last byte was a CR: an LF belongs to it */
};

void line_count_add(struct line_count *c, const char *s, size_t len);

#endif
