/* SPDX-License-Identifier: MIT */
/*
 * Case by ranges. In most scripts the two cases lie at a fixed distance, or
 * next to each other with the capital on the even (or odd) code point; what
 * does neither is a list of single pairs. Refused: towlower (locale), and the
 * whole Unicode table, which is of no use for names of people and places in
 * the scripts below.
 */
#include "process/text_case.h"

/* PAIRS: capitals are first, first + 2, … and their small letter is next. */
enum { PAIRS = 1 };

/* Capitals in [first, last]; the small letter is `distance` further. */
static const struct {
	uint16_t first, last;
	int distance;
} ranges[] = {
    {0x0041, 0x005A, 32},
    {0x00C0, 0x00D6, 32},
    {0x00D8, 0x00DE, 32},
    {0x0100, 0x012E, PAIRS},
    {0x0132, 0x0136, PAIRS},
    {0x0139, 0x0147, PAIRS},
    {0x014A, 0x0176, PAIRS},
    {0x0178, 0x0178, -121},
    {0x0179, 0x017D, PAIRS},
    {0x01CD, 0x01DB, PAIRS},
    {0x01DE, 0x01EE, PAIRS},
    {0x01F8, 0x021E, PAIRS},
    {0x0222, 0x0232, PAIRS},
    {0x0386, 0x0386, 38},
    {0x0388, 0x038A, 37},
    {0x038C, 0x038C, 64},
    {0x038E, 0x038F, 63},
    {0x0391, 0x03A1, 32},
    {0x03A3, 0x03AB, 32},
    {0x0400, 0x040F, 80},
    {0x0410, 0x042F, 32},
    {0x0460, 0x0480, PAIRS},
    {0x048A, 0x04BE, PAIRS},
    {0x04C0, 0x04C0, 15},
    {0x04C1, 0x04CD, PAIRS},
    {0x04D0, 0x052E, PAIRS},
    {0x0531, 0x0556, 48},
    {0x1E00, 0x1E94, PAIRS},
    {0x1EA0, 0x1EFE, PAIRS},
    {0xFF21, 0xFF3A, 32},
};
#define RANGE_COUNT (sizeof(ranges) / sizeof(ranges[0]))

uint32_t
code_point_lower(uint32_t c)
{
	size_t i;

	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	if (c == 0x0130)
		return 'i';
	if (c == 0x1E9E)
		return 0x00DF;
	for (i = 0; i < RANGE_COUNT && c >= ranges[i].first; i++) {
		if (c > ranges[i].last)
			continue;
		if (ranges[i].distance == PAIRS && (c - ranges[i].first) % 2)
			return c;
		return (uint32_t)((int64_t)c + ranges[i].distance);
	}
	return c;
}

uint32_t
code_point_upper(uint32_t c)
{
	size_t i;

	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	if (c == 0x0131)
		return 'I';
	if (c == 0x017F)
		return 'S';
	if (c == 0x03C2) /* the sigma at the end of a word */
		return 0x03A3;
	for (i = 0; i < RANGE_COUNT; i++) {
		int64_t capital = (int64_t)c - ranges[i].distance;

		if (capital < ranges[i].first || capital > ranges[i].last ||
		    (ranges[i].distance == PAIRS &&
			(capital - ranges[i].first) % 2))
			continue;
		return (uint32_t)capital;
	}
	return c;
}

static bool
add_mapped(struct buf *out, struct text t, uint32_t (*map)(uint32_t))
{
	size_t pos = 0;

	while (pos < t.len && !out->overflow)
		utf8_add(out, map(utf8_next(t.s, t.len, &pos)));
	return !out->overflow;
}

bool
text_add_upper(struct buf *out, struct text t)
{
	return add_mapped(out, t, code_point_upper);
}

bool
text_add_lower(struct buf *out, struct text t)
{
	return add_mapped(out, t, code_point_lower);
}

static bool
is_apostrophe(uint32_t c)
{
	return c == '\'' || c == 0x2019;
}

/* Letters, digits and marks; beyond ASCII all that is not known to be a blank
 * or punctuation. */
static bool
is_word(uint32_t c)
{
	if (c < 0x80)
		return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		       (c >= 'A' && c <= 'Z');
	if (c < 0xC0)
		return c == 0xAA || c == 0xB5 || c == 0xBA;
	return c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x206F) &&
	       !(c >= 0x3000 && c <= 0x3003);
}

bool
text_add_title(struct buf *out, struct text t)
{
	bool inside = false;
	size_t pos = 0;

	while (pos < t.len && !out->overflow) {
		uint32_t c = utf8_next(t.s, t.len, &pos);

		if (is_word(c)) {
			utf8_add(out,
			    inside ? code_point_lower(c) : code_point_upper(c));
			inside = true;
		} else {
			utf8_add(out, c);
			inside = inside && is_apostrophe(c);
		}
	}
	return !out->overflow;
}

bool
text_equal_fold(struct text a, struct text b)
{
	size_t i = 0, j = 0;

	while (i < a.len && j < b.len) {
		uint32_t c = utf8_next(a.s, a.len, &i);
		uint32_t d = utf8_next(b.s, b.len, &j);

		if (c != d && code_point_lower(c) != code_point_lower(d))
			return false;
	}
	return i == a.len && j == b.len;
}
