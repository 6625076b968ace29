/* SPDX-License-Identifier: MIT */
/*
 * Reasons: fixed arrays, so that a failing cell allocates nothing, and names
 * for characters, so that a message can point at a blank that nobody sees.
 */
#include "value/convert.h"

#include "base/unicode.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A text that was cut may end in half a character. */
static void
end_at_character(char *text)
{
	text[utf8_check(text, strlen(text))] = '\0';
}

bool
convert_say_fail(
    struct convert_reason *r, const char *cause, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->message, sizeof(r->message), fmt, ap);
	va_end(ap);
	end_at_character(r->message);
	r->hint[0] = '\0';
	r->cause = cause;
	return false;
}

bool
convert_say_hint(struct convert_reason *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(r->hint, sizeof(r->hint), fmt, ap);
	va_end(ap);
	end_at_character(r->hint);
	return false;
}

bool
convert_done(
    struct convert_reason *r, struct buf *out, size_t start, bool added)
{
	if (added)
		return true;
	buf_truncate(out, start);
	if (r == NULL)
		return false;
	r->cause = "";
	r->message[0] = '\0';
	r->hint[0] = '\0';
	return false;
}

static const struct {
	uint32_t c;
	const char *name;
} char_names[] = {
    {' ', "a blank"},
    {'\t', "a tab"},
    {'\n', "a line end"},
    {'\r', "a line end"},
    {',', "a comma"},
    {';', "a semicolon"},
    {'.', "a full stop"},
    {'-', "a hyphen"},
    {'+', "a plus sign"},
    {'%', "a percent sign"},
    {'\'', "an apostrophe"},
    {0xA0, "a no-break space (U+00A0)"},
    {0x202F, "a narrow no-break space (U+202F)"},
    {0x200B, "a zero-width space (U+200B)"},
    {0x2212, "a minus sign that is not the hyphen (U+2212)"},
    {0xFEFF, "a byte order mark (U+FEFF)"},
};

static bool
is_shown(uint32_t c)
{
	return (c > 0x20 && c < 0x7F) ||
	       (c > 0xA0 && c < 0x2000 && c != 0xAD && c != 0x61C) ||
	       (c > 0x206F && c < 0xE000) || (c >= 0x20A0 && c < 0x3000);
}

const char *
convert_name_char(struct text t, size_t at, char out[48])
{
	size_t pos = at, i;
	uint32_t c;

	if (at >= t.len) {
		(void)snprintf(out, 48, "the end");
		return out;
	}
	c = utf8_next(t.s, t.len, &pos);
	for (i = 0; i < sizeof(char_names) / sizeof(char_names[0]); i++) {
		if (char_names[i].c == c) {
			(void)snprintf(out, 48, "%s", char_names[i].name);
			return out;
		}
	}
	if (c < 0x80 && ascii_is_letter((char)c))
		(void)snprintf(out, 48, "the letter '%c'", (char)c);
	else if (c >= '0' && c <= '9')
		(void)snprintf(out, 48, "the digit '%c'", (char)c);
	else if (is_shown(c))
		(void)snprintf(
		    out, 48, "the character '%.*s'", (int)(pos - at), t.s + at);
	else
		(void)snprintf(out, 48, "the character U+%04X", (unsigned)c);
	return out;
}

const char *
convert_char_cause(struct text t, size_t at)
{
	static const struct {
		uint32_t c;
		const char *cause;
	} signs[] = {{'%', "percent"}, {'(', "parentheses"},
	    {')', "parentheses"}, {'-', "minus"}, {0x2212, "minus"},
	    {',', "comma"}, {'.', "full_stop"}, {'/', "slash"}};
	size_t pos = at;
	uint32_t c;

	if (at >= t.len)
		return "end";
	c = utf8_next(t.s, t.len, &pos);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i].c == c)
			return signs[i].cause;
	if (c >= 0x2010 && c <= 0x2015)
		return "minus";
	if (code_point_is_currency(c))
		return "currency";
	if (code_point_digit(c) >= 0)
		return c < 0x80 ? "digits" : "other_digits";
	if (code_point_is_word(c))
		return "letter";
	if (text_trim((struct text){t.s + at, pos - at}).len == 0 ||
	    (c >= '\t' && c <= '\r') || c == 0x202F)
		return "blank";
	return is_shown(c) ? "sign" : "unseen";
}
