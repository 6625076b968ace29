/* SPDX-License-Identifier: MIT */
/*
 * The first character in which two texts differ, with its number and, where it
 * has one that people know, its name. Which letters of other scripts are drawn
 * like Latin ones is not listed one by one: Greek and Cyrillic where the other
 * text has a Latin letter is enough to say so.
 */
#include "base/unicode.h"

static const struct {
	uint32_t c;
	const char *name;
} names[] = {
    {0x09, "tab"},
    {0x20, "blank"},
    {0xA0, "no-break space"},
    {0xAD, "soft hyphen"},
    {0x200B, "zero-width space"},
    {0x200C, "zero-width non-joiner"},
    {0x200D, "zero-width joiner"},
    {0x200E, "left-to-right mark"},
    {0x200F, "right-to-left mark"},
    {0x202F, "narrow no-break space"},
    {0x2060, "word joiner"},
    {0x3000, "ideographic space"},
    {0xFEFF, "byte order mark"},
};

bool
code_point_is_unseen(uint32_t c)
{
	return c < 0x20 || c == 0x7F || c == 0xA0 || c == 0xAD || c == 0x180E ||
	       (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
	       c == 0x205F || (c >= 0x2060 && c <= 0x2064) || c == 0x3000 ||
	       c == 0xFEFF;
}

static const char *
name_of(uint32_t c)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].c == c)
			return names[i].name;
	if (code_point_is_mark(c))
		return "combining mark";
	if (c >= 0x400 && c < 0x530)
		return "Cyrillic letter";
	if (c >= 0x370 && c < 0x400)
		return "Greek letter";
	return NULL;
}

static bool
is_latin(uint32_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_hidden(uint32_t c, uint32_t beside)
{
	return code_point_is_unseen(c) || code_point_is_mark(c) ||
	       (c >= 0x370 && c < 0x530 && is_latin(beside));
}

static void
say(struct buf *out, const char *owner, uint32_t c, size_t place)
{
	const char *name = name_of(c);

	buf_addf(out, "%s has U+%04X", owner, (unsigned)c);
	if (name)
		buf_addf(out, " (%s)", name);
	buf_addf(out, " as character %zu", place);
}

/* The code point at *pos, or 0 at the end. */
static uint32_t
step(struct text t, size_t *pos)
{
	return *pos < t.len ? utf8_next(t.s, t.len, pos) : 0;
}

bool
look_alike_explain(struct buf *out, const char *other, struct text ours,
    const char *owner, struct text theirs)
{
	size_t i = 0, j = 0, place = 0;
	uint32_t c, d;

	do {
		c = step(ours, &i);
		d = step(theirs, &j);
		place++;
	} while (c == d && c != 0);
	if (d != 0 && is_hidden(d, c))
		say(out, owner, d, place);
	else if (c != 0 && is_hidden(c, d))
		say(out, other, c, place);
	else
		return false;
	return true;
}
