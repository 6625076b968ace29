/* SPDX-License-Identifier: MIT */
/*
 * The sum of the characters' widths.
 */
#include "text_width.h"

#include "base/text.h"
#include "base/unicode.h"

size_t
text_width(const char *s, size_t len)
{
	size_t width = 0, pos = 0;

	while (pos < len)
		width += code_point_width(utf8_next(s, len, &pos));
	return width;
}
