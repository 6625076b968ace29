/* SPDX-License-Identifier: MIT */
#ifndef LOOK_CELL_BYTES_H
#define LOOK_CELL_BYTES_H

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* What bytes a text is made of, counted in one pass: it rules out most of what
 * a cell could be, before any conversion is tried. */
struct cell_bytes {
	size_t digits, letters; /* of ASCII */
	size_t at_signs, colons;
	size_t number_signs; /* . , ' and blanks */
	size_t others;	     /* of ASCII */
	size_t characters;
	bool has_high; /* a byte of 0x80 or more */
};
struct cell_bytes cell_bytes_count(struct text t);

#endif
