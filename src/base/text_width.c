/* SPDX-License-Identifier: MIT */
#include "base/text_width.h"

/*
 * A table of ranges, searched one by one: texts of reports are short, and most
 * characters lie before the first range. wcwidth was refused: it depends on
 * the locale and knows what the C library knew.
 */

#include "base/text.h"

struct range {
	uint32_t from, to;
	unsigned width;
};

static const struct range ranges[] = {
    {0x0300, 0x036F, 0},
    {0x1100, 0x115F, 2},
    {0x200B, 0x200F, 0},
    {0x20D0, 0x20F0, 0},
    {0x231A, 0x231B, 2},
    {0x2329, 0x232A, 2},
    {0x23E9, 0x23F3, 2},
    {0x25FD, 0x25FE, 2},
    {0x2614, 0x2615, 2},
    {0x2630, 0x2653, 2},
    {0x267F, 0x26FD, 2},
    {0x2705, 0x27BF, 2},
    {0x2B1B, 0x2B55, 2},
    {0x2E80, 0x303E, 2},
    {0x3041, 0xA4CF, 2},
    {0xA960, 0xA97C, 2},
    {0xAC00, 0xD7A3, 2},
    {0xF900, 0xFAFF, 2},
    {0xFE00, 0xFE0F, 0},
    {0xFE10, 0xFE19, 2},
    {0xFE20, 0xFE2F, 0},
    {0xFE30, 0xFE6F, 2},
    {0xFF00, 0xFF60, 2},
    {0xFFE0, 0xFFE6, 2},
    {0x16FE0, 0x18D08, 2},
    {0x1AFF0, 0x1B2FB, 2},
    {0x1F004, 0x1F004, 2},
    {0x1F0CF, 0x1F0CF, 2},
    {0x1F18E, 0x1F19A, 2},
    {0x1F1E6, 0x1FAFF, 2},
    {0x20000, 0x3FFFD, 2},
    {0xE0100, 0xE01EF, 0},
};

unsigned
char_width(uint32_t c)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		if (c < ranges[i].from)
			return 1;
		if (c <= ranges[i].to)
			return ranges[i].width;
	}
	return 1;
}

size_t
text_width(const char *s, size_t len)
{
	size_t width = 0, pos = 0;

	while (pos < len)
		width += char_width(utf8_next(s, len, &pos));
	return width;
}
