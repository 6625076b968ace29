/* SPDX-License-Identifier: MIT */
/*
 * Is a body JSON? Decided once, strictly, so that everything after it may
 * trust every bracket and quote.
 *
 * cJSON alone is no judge: it lets 007, `5.` and raw control characters pass,
 * which a real service does not. So the strict rules come first, and cJSON,
 * as a parser that somebody else wrote, must agree.
 */
#include "scan.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

struct check {
	struct text t;
	size_t at;
	size_t depth;
	char closers[SCAN_DEPTH_MAX];
	const char *why;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
fail(struct check *c, const char *why)
{
	c->why = why;
	return false;
}

/* The byte at the cursor, NUL at the end (a NUL inside is refused anyway). */
static char
peek(const struct check *c)
{
	if (c->at < c->t.len)
		return c->t.s[c->at];
	return '\0';
}

static void
skip_blanks(struct check *c)
{
	while (is_blank(peek(c)))
		c->at++;
}

static bool
is_high(int unit)
{
	return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool
is_low(int unit)
{
	return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* At the backslash. */
static bool
check_escape(struct check *c)
{
	const char *s = c->t.s + c->at;
	size_t left = c->t.len - c->at;
	int unit;

	if (left < 2 || s[1] == '\0' || strchr("\"\\/bfnrtu", s[1]) == NULL)
		return fail(c, "unknown escape in a string");
	if (s[1] != 'u') {
		c->at += 2;
		return true;
	}
	unit = scan_hex4(s + 2, left - 2);
	if (unit < 0)
		return fail(c, "\\u without four hex digits");
	if (is_low(unit))
		return fail(c, "half of a surrogate pair");
	c->at += 6;
	if (!is_high(unit))
		return true;
	if (left < 12 || s[6] != '\\' || s[7] != 'u' ||
	    !is_low(scan_hex4(s + 8, left - 8)))
		return fail(c, "half of a surrogate pair");
	c->at += 6;
	return true;
}

static bool
check_string(struct check *c)
{
	c->at++;
	while (c->at < c->t.len) {
		unsigned char byte = (unsigned char)c->t.s[c->at];

		if (byte == '"') {
			c->at++;
			return true;
		}
		if (byte < 0x20)
			return fail(c, "control character in a string");
		if (byte != '\\')
			c->at++;
		else if (!check_escape(c))
			return false;
	}
	return fail(c, "string without an end");
}

static bool
check_digits(struct check *c)
{
	if (!is_digit(peek(c)))
		return fail(c, "malformed number");
	while (is_digit(peek(c)))
		c->at++;
	return true;
}

static bool
check_number(struct check *c)
{
	if (peek(c) == '-')
		c->at++;
	if (peek(c) == '0') {
		c->at++;
		if (is_digit(peek(c)))
			return fail(c, "number with a leading zero");
	} else if (!check_digits(c)) {
		return false;
	}
	if (peek(c) == '.') {
		c->at++;
		if (!check_digits(c))
			return false;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->at++;
		if (peek(c) == '+' || peek(c) == '-')
			c->at++;
		return check_digits(c);
	}
	return true;
}

static bool
check_word(struct check *c, const char *word)
{
	size_t len = strlen(word);

	if (c->t.len - c->at < len || memcmp(c->t.s + c->at, word, len) != 0)
		return fail(c, "unexpected character");
	c->at += len;
	return true;
}

/* A member's name and its colon. */
static bool
check_name(struct check *c)
{
	skip_blanks(c);
	if (peek(c) != '"')
		return fail(c, "expected a member's name in quotes");
	if (!check_string(c))
		return false;
	skip_blanks(c);
	if (peek(c) != ':')
		return fail(c, "expected ':' after a member's name");
	c->at++;
	return true;
}

static bool check_value(struct check *c);

/* Opens a container and checks its first value; the recursion is bounded by
 * SCAN_DEPTH_MAX. */
static bool
check_open(struct check *c, char closer)
{
	if (c->depth == SCAN_DEPTH_MAX)
		return fail(c, "nested too deeply");
	c->closers[c->depth++] = closer;
	c->at++;
	skip_blanks(c);
	if (peek(c) == closer) {
		c->at++;
		c->depth--;
		return true;
	}
	if (closer == '}' && !check_name(c))
		return false;
	return check_value(c);
}

static bool
check_value(struct check *c)
{
	skip_blanks(c);
	switch (peek(c)) {
	case '{':
		return check_open(c, '}');
	case '[':
		return check_open(c, ']');
	case '"':
		return check_string(c);
	case 't':
		return check_word(c, "true");
	case 'f':
		return check_word(c, "false");
	case 'n':
		return check_word(c, "null");
	case '\0':
		return fail(c, "expected a value");
	default:
		if (peek(c) == '-' || is_digit(peek(c)))
			return check_number(c);
		return fail(c, "unexpected character");
	}
}

/* What follows a value inside a container. */
static bool
check_next(struct check *c)
{
	char closer = c->closers[c->depth - 1];

	skip_blanks(c);
	if (peek(c) == closer) {
		c->at++;
		c->depth--;
		return true;
	}
	if (peek(c) != ',')
		return fail(c, closer == '}' ? "expected ',' or '}'"
					     : "expected ',' or ']'");
	c->at++;
	if (closer == '}' && !check_name(c))
		return false;
	return check_value(c);
}

static bool
check_document(struct check *c)
{
	size_t bad = utf8_check(c->t.s, c->t.len);

	if (bad != c->t.len) {
		c->at = bad;
		return fail(c, "no valid UTF-8");
	}
	if (!check_value(c))
		return false;
	while (c->depth > 0)
		if (!check_next(c))
			return false;
	skip_blanks(c);
	if (c->at != c->t.len)
		return fail(c, "something follows the value");
	return true;
}

bool
scan_check(struct text body, char error[160])
{
	struct check c = {.t = body};
	const char *stop = NULL;
	cJSON *tree;

	error[0] = '\0';
	if (!check_document(&c)) {
		snprintf(
		    error, 160, "invalid JSON at byte %zu: %s", c.at, c.why);
		return false;
	}
	tree = cJSON_ParseWithLengthOpts(body.s, body.len + 1, &stop, 1);
	if (tree == NULL) {
		snprintf(error, 160, "invalid JSON at byte %zu",
		    stop == NULL ? 0 : (size_t)(stop - body.s));
		return false;
	}
	cJSON_Delete(tree);
	return true;
}
