/* SPDX-License-Identifier: MIT */
/*
 * utf8proc behind the few questions that the program asks. ASCII is answered
 * here, since nearly all text is.
 */
#include "base/unicode.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

uint32_t
code_point_lower(uint32_t c)
{
	if (c < 0x80)
		return c >= 'A' && c <= 'Z' ? c + 32 : c;
	return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

uint32_t
code_point_upper(uint32_t c)
{
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 32 : c;
	if (c == 0xDF) /* utf8proc has the rare capital sharp s here */
		return c;
	return (uint32_t)utf8proc_toupper((utf8proc_int32_t)c);
}

unsigned
code_point_width(uint32_t c)
{
	int width = utf8proc_charwidth((utf8proc_int32_t)c);

	return width > 0 ? (unsigned)width : 0;
}

bool
code_point_is_word(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

	return category >= UTF8PROC_CATEGORY_LU &&
	       category <= UTF8PROC_CATEGORY_NO;
}

bool
code_point_is_mark(uint32_t c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

	return category >= UTF8PROC_CATEGORY_MN &&
	       category <= UTF8PROC_CATEGORY_ME;
}

/* utf8proc does not keep the values; in every script the ten digits stand in
 * a row, so the value is the distance to the first of the run. Runs that
 * follow each other (the mathematical digits) begin at multiples of ten
 * from the first. */
int
code_point_digit(uint32_t c)
{
	uint32_t first = c;

	if (c < 0x80)
		return c >= '0' && c <= '9' ? (int)(c - '0') : -1;
	if (utf8proc_category((utf8proc_int32_t)c) != UTF8PROC_CATEGORY_ND)
		return -1;
	while (utf8proc_category((utf8proc_int32_t)(first - 1)) ==
	       UTF8PROC_CATEGORY_ND)
		first--;
	return (int)((c - first) % 10);
}

bool
text_is_plainly_nfc(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.s[i] >= 0xCC)
			return false;
	return true;
}

bool
text_add_nfc(struct buf *out, struct text t)
{
	const utf8proc_option_t options =
	    UTF8PROC_COMPOSE | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE;
	utf8proc_int32_t *points;
	utf8proc_ssize_t room, n;

	if (text_is_plainly_nfc(t) || utf8_check(t.s, t.len) != t.len)
		return buf_add(out, t.s, t.len);
	/* No character becomes more than three on the way (UAX 15, 9), and a
	 * code point of text takes at least one byte; one is for the NUL. */
	room = (utf8proc_ssize_t)t.len * 3 + 1;
	points = xmalloc((size_t)room * sizeof(*points));
	n = utf8proc_decompose((const utf8proc_uint8_t *)t.s,
	    (utf8proc_ssize_t)t.len, points, room - 1, UTF8PROC_DECOMPOSE);
	if (n >= 0 && n < room)
		n = utf8proc_reencode(points, n, options);
	if (n >= 0)
		buf_add(out, points, (size_t)n);
	else
		buf_add(out, t.s, t.len);
	free(points);
	return !out->overflow;
}

bool
text_equal_nfc(struct text a, struct text b)
{
	struct buf x = BUF_INIT(0), y = BUF_INIT(0);
	bool equal;

	if (text_equal(a, b))
		return true;
	if (text_is_plainly_nfc(a) && text_is_plainly_nfc(b))
		return false;
	text_add_nfc(&x, a);
	text_add_nfc(&y, b);
	equal = x.len == y.len && memcmp(x.data, y.data, x.len) == 0;
	buf_release(&x);
	buf_release(&y);
	return equal;
}
