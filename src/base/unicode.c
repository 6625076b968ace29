/* SPDX-License-Identifier: MIT */
/*
 * The few questions that the program asks utf8proc. ASCII is answered
 * here, since nearly all text is.
 */
#include "base/unicode.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

void
utf8_add(struct buf *b, uint32_t c)
{
	utf8proc_uint8_t bytes[4];

	if (c < 0x80) {
		(void)buf_addc(b, (char)c);
		return;
	}
	buf_add(
	    b, bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)c, bytes));
}

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
	utf8proc_category_t category;

	if (c < 0x80)
		return ascii_is_letter((char)c) || ascii_is_digit((char)c);
	category = utf8proc_category((utf8proc_int32_t)c);
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

bool
code_point_is_currency(uint32_t c)
{
	return utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_SC;
}

bool
code_point_is_composed(uint32_t c)
{
	/* Of Latin-1: AE, eth, times, O with stroke, thorn, sharp s, divided
	 * by.
	 */
	static const unsigned char alone[] = {
	    0xC6, 0xD0, 0xD7, 0xD8, 0xDE, 0xDF, 0xE6, 0xF0, 0xF7, 0xF8, 0xFE};
	utf8proc_int32_t parts[8];
	int class = 0;

	/* The letters that are met most; decompositions never change. */
	if (c < 0x100)
		return c >= 0xC0 &&
		       memchr(alone, (int)c, sizeof(alone)) == NULL;
	if (c >= 0x900 && c < 0x980)
		return c == 0x929 || c == 0x931 || c == 0x934 ||
		       (c >= 0x958 && c <= 0x95F);
	return utf8proc_decompose_char((utf8proc_int32_t)c, parts, 8,
		   UTF8PROC_DECOMPOSE, &class) > 1;
}

/* utf8proc does not keep the values; in every script the ten digits follow
 * each other, so the value is the distance to the first of the run. Runs that
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

/* Ranges in which no character changes under NFC, and none joins the one
 * before it or changes places with it (of marks that could, they hold none but
 * Devanagari's virama). */
static bool
is_plain(uint32_t c)
{
	return c < 0x300 || (c >= 0x400 && c < 0x483) ||
	       (c >= 0x48A && c < 0x530) || (c >= 0x904 && c < 0x93C) ||
	       (c >= 0x93D && c < 0x951) || (c >= 0x964 && c < 0x980) ||
	       (c >= 0x2010 && c < 0x2030) || (c >= 0x20A0 && c < 0x20C0) ||
	       (c >= 0x3001 && c < 0x3003) || (c >= 0x3041 && c < 0x3097) ||
	       (c >= 0x30A1 && c < 0x30FF) || (c >= 0x3400 && c < 0xA000) ||
	       (c >= 0xAC00 && c < 0xD7A4) || (c >= 0xFF01 && c < 0xFFE0);
}

bool
text_is_plainly_nfc(struct text t)
{
	size_t i = 0;

	for (uint64_t eight; t.len - i >= 8; i += 8) {
		memcpy(&eight, t.s + i, 8);
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	while (i < t.len && (unsigned char)t.s[i] < 0xCC)
		i++;
	/* What is not well-formed reads as U+FFFD, which is not plain. */
	while (i < t.len)
		if (!is_plain(utf8_next(t.s, t.len, &i)))
			return false;
	return true;
}

/* Code points that fit on the stack: names and cells nearly always do. */
#define POINTS_SHORT 256

bool
text_add_nfc(struct buf *out, struct text t)
{
	utf8proc_int32_t few[POINTS_SHORT], *points = few;
	utf8proc_ssize_t room, n;

	if (text_is_plainly_nfc(t) || utf8_check(t.s, t.len) != t.len)
		return buf_add(out, t.s, t.len);
	/* Decomposing makes at most three code points of one byte's worth; one
	 * is for the NUL that utf8proc adds. */
	room = (utf8proc_ssize_t)t.len * 3 + 1;
	if (room > POINTS_SHORT)
		points = xreallocarray(NULL, (size_t)room, sizeof(*points));
	n = utf8proc_decompose((const utf8proc_uint8_t *)t.s,
	    (utf8proc_ssize_t)t.len, points, room - 1, UTF8PROC_DECOMPOSE);
	if (n >= 0 && n < room)
		n = utf8proc_reencode(
		    points, n, UTF8PROC_COMPOSE | UTF8PROC_STABLE);
	if (n >= 0)
		buf_add(out, points, (size_t)n);
	else
		buf_add(out, t.s, t.len);
	if (points != few)
		free(points);
	return !out->overflow;
}

struct text
text_nfc(struct buf *work, struct text t)
{
	if (text_is_plainly_nfc(t))
		return t;
	buf_clear(work);
	text_add_nfc(work, t);
	return (struct text){buf_str(work), work->len};
}

bool
text_equal_nfc(struct text a, struct text b)
{
	struct buf x = BUF_INIT(0), y = BUF_INIT(0);
	bool equal =
	    text_equal(a, b) || text_equal(text_nfc(&x, a), text_nfc(&y, b));

	buf_release(&x);
	buf_release(&y);
	return equal;
}
