/* SPDX-License-Identifier: MIT */
/*
 * A grammar as small as JSON's needs no tree and no recursion: what may come
 * next, and a bit a level for what is open. Refused: cJSON as the judge. It
 * takes 01, 1. and raw control characters, and has no byte ranges; it is the
 * yardstick in the tests instead.
 */
#include "base/json_read.h"
#include "base/json_write.h"

#include <string.h>

enum { VALUE, FIRST, NAME, AFTER };

static enum json_event
broken(struct json_reader *r, const char *why)
{
	r->why = why;
	return JSON_BROKEN;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* NUL at the end; one inside is refused like other control characters. */
static char
peek(const struct json_reader *r)
{
	return r->at < r->t.len ? r->t.s[r->at] : '\0';
}

static void
skip_blanks(struct json_reader *r)
{
	while (is_blank(peek(r)))
		r->at++;
}

static bool
in_object(const struct json_reader *r)
{
	unsigned level = r->depth - 1;

	return (r->objects[level / 64] >> level % 64 & 1) != 0;
}

/* Four hex digits, or -1. */
static int
read_hex4(struct json_reader *r)
{
	int value = 0;

	for (int i = 0; i < 4; i++, r->at++) {
		int digit = text_hex_digit(peek(r));

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* After "\u". */
static const char *
read_unicode(struct json_reader *r)
{
	static const char hex[] = "an escape \\u needs four hex digits";
	static const char half[] = "an escape is half a surrogate pair";
	int unit = read_hex4(r);

	if (unit < 0)
		return hex;
	if (unit >= 0xDC00 && unit <= 0xDFFF)
		return half;
	if (unit < 0xD800 || unit > 0xDBFF)
		return NULL;
	if (r->t.len - r->at < 2 || memcmp(r->t.s + r->at, "\\u", 2) != 0)
		return half;
	r->at += 2;
	unit = read_hex4(r);
	if (unit < 0)
		return hex;
	return unit >= 0xDC00 && unit <= 0xDFFF ? NULL : half;
}

/* The place is that of the character. */
static const char *
control(struct json_reader *r)
{
	r->at--;
	return "a string holds a control character";
}

/* At the opening quote. Returns what is wrong, or NULL. */
static const char *
read_string(struct json_reader *r)
{
	const char *why = NULL;

	for (r->at++;;) {
		r->at =
		    (size_t)(json_plain_end(r->t.s + r->at, r->t.s + r->t.len) -
			     r->t.s);
		if (r->at == r->t.len || peek(r) == '"')
			break;
		if (r->t.s[r->at++] != '\\')
			return control(r);
		if (r->at == r->t.len)
			break;
		if (peek(r) == '\0' || strchr("\"\\/bfnrtu", peek(r)) == NULL)
			return "unknown escape";
		if (r->t.s[r->at++] == 'u')
			why = read_unicode(r);
		if (why != NULL)
			return why;
	}
	if (r->at == r->t.len)
		return "a string does not end";
	r->at++;
	return NULL;
}

static bool
read_digits(struct json_reader *r)
{
	size_t begin = r->at;

	while (ascii_is_digit(peek(r)))
		r->at++;
	return r->at > begin;
}

static const char *
read_number(struct json_reader *r)
{
	static const char none[] = "a number needs a digit";

	if (peek(r) == '-')
		r->at++;
	if (peek(r) == '0')
		r->at++;
	else if (!read_digits(r))
		return none;
	if (ascii_is_digit(peek(r)))
		return "a number begins with a zero";
	if (peek(r) == '.') {
		r->at++;
		if (!read_digits(r))
			return none;
	}
	if (peek(r) == 'e' || peek(r) == 'E') {
		r->at++;
		if (peek(r) == '+' || peek(r) == '-')
			r->at++;
		if (!read_digits(r))
			return none;
	}
	return NULL;
}

static const char *
read_word(struct json_reader *r)
{
	static const char *const words[] = {"true", "false", "null"};

	for (size_t i = 0; i < 3; i++) {
		size_t len = strlen(words[i]);

		if (r->t.len - r->at >= len &&
		    memcmp(r->t.s + r->at, words[i], len) == 0) {
			r->at += len;
			return NULL;
		}
	}
	return "a value is missing";
}

static enum json_event
open_nested(struct json_reader *r, bool is_object)
{
	uint64_t bit = UINT64_C(1) << r->depth % 64;
	uint64_t *word = &r->objects[r->depth / 64];

	*word = is_object ? *word | bit : *word & ~bit;
	r->depth++;
	r->at++;
	r->next = FIRST;
	return is_object ? JSON_OBJECT : JSON_ARRAY;
}

static enum json_event
close_nested(struct json_reader *r)
{
	bool was_object = in_object(r);

	r->depth--;
	r->at++;
	r->next = AFTER;
	return was_object ? JSON_END_OBJECT : JSON_END_ARRAY;
}

static enum json_event
read_value(struct json_reader *r)
{
	size_t begin = r->at;
	enum json_event e;
	const char *why;
	char c = peek(r);

	if (r->depth > r->levels) {
		r->is_too_deep = true;
		return broken(r, "it is nested too deeply");
	}
	if (c == '{' || c == '[')
		return open_nested(r, c == '{');
	if (c == '"') {
		e = JSON_STRING;
		why = read_string(r);
	} else if (c == '-' || ascii_is_digit(c)) {
		e = JSON_NUMBER;
		why = read_number(r);
	} else {
		e = JSON_WORD;
		why = read_word(r);
	}
	if (why != NULL)
		return broken(r, why);
	r->token = (struct text){r->t.s + begin, r->at - begin};
	r->next = AFTER;
	return e;
}

/* With its colon. */
static enum json_event
read_name(struct json_reader *r)
{
	size_t begin = r->at;
	const char *why = peek(r) == '"' ? read_string(r)
					 : "a key in double quotes is missing";

	if (why != NULL)
		return broken(r, why);
	r->token = (struct text){r->t.s + begin, r->at - begin};
	skip_blanks(r);
	if (peek(r) != ':')
		return broken(r, "a colon is missing");
	r->at++;
	r->next = VALUE;
	return JSON_NAME;
}

void
json_begin(struct json_reader *r, struct text t, unsigned levels)
{
	r->t = t;
	r->at = 0;
	r->token = (struct text){NULL, 0};
	r->why = NULL;
	r->is_too_deep = false;
	r->depth = 0;
	r->levels = levels < JSON_LEVELS_MAX ? levels : JSON_LEVELS_MAX;
	r->next = VALUE;
}

enum json_event
json_next(struct json_reader *r)
{
	skip_blanks(r);
	if (r->next == AFTER && r->depth == 0)
		return r->at == r->t.len ? JSON_DONE
					 : broken(r, "text follows the value");
	if (r->next == AFTER || r->next == FIRST) {
		bool is_object = in_object(r);

		if (peek(r) == (is_object ? '}' : ']'))
			return close_nested(r);
		if (r->next == AFTER && peek(r) != ',')
			return broken(r, is_object ? "a comma or } is missing"
						   : "a comma or ] is missing");
		r->at += r->next == AFTER;
		r->next = is_object ? NAME : VALUE;
		skip_blanks(r);
	}
	return r->next == NAME ? read_name(r) : read_value(r);
}

void
json_left(struct json_reader *r, const char *end)
{
	r->depth--;
	r->at = (size_t)(end - r->t.s);
	r->next = AFTER;
}

bool
json_next_value(struct json_reader *r, struct text *value)
{
	unsigned depth = r->depth;
	enum json_event e;
	size_t begin;

	skip_blanks(r);
	begin = r->at;
	do
		e = json_next(r);
	while (e > JSON_DONE && r->depth > depth);
	*value = (struct text){r->t.s + begin, r->at - begin};
	return e > JSON_DONE;
}

/* The escape at p; returns how many bytes it takes. */
static size_t
decode_escape(const char *p, struct buf *out)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	struct json_reader r = {.t = {p, 12}, .at = 2};
	const char *known = strchr(letters, p[1]);
	uint32_t unit;

	if (p[1] != 'u') {
		buf_addc(out, known ? meant[known - letters] : p[1]);
		return 2;
	}
	unit = (uint32_t)read_hex4(&r);
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		r.at += 2;
		unit = 0x10000 + ((unit - 0xD800) << 10) +
		       ((uint32_t)read_hex4(&r) - 0xDC00);
	}
	utf8_add(out, unit);
	return r.at;
}

void
json_decode(struct text token, struct buf *out)
{
	const char *p = token.s, *end = token.s + token.len;

	if (token.len < 2 || token.s[0] != '"') {
		buf_add(out, token.s, token.len);
		return;
	}
	for (p++, end--; p < end;) {
		const char *plain = p;

		while (p < end && *p != '\\')
			p++;
		buf_add(out, plain, (size_t)(p - plain));
		if (p < end)
			p += decode_escape(p, out);
	}
}

bool
json_same_text(struct text a, struct text b)
{
	struct buf x = BUF_INIT(0), y = BUF_INIT(0);
	bool is_same = text_equal(a, b);

	/* Without an escape, other bytes are another text. */
	if (!is_same &&
	    (memchr(a.s, '\\', a.len) || memchr(b.s, '\\', b.len))) {
		json_decode(a, &x);
		json_decode(b, &y);
		is_same = text_equal(buf_text(&x), buf_text(&y));
	}
	buf_release(&x);
	buf_release(&y);
	return is_same;
}

/* After the string that begins at p. */
static const char *
string_end(const char *p, const char *end)
{
	for (p = json_plain_end(p + 1, end); p < end && *p != '"';)
		p = json_plain_end(p + 1 + (*p == '\\' && p + 1 < end), end);
	return p < end ? p + 1 : end;
}

static const char *
value_end(const char *p, const char *end)
{
	size_t depth = 0;

	while (p < end) {
		if (*p == '"') {
			p = string_end(p, end);
			if (depth == 0)
				return p;
			continue;
		}
		if (*p == '{' || *p == '[')
			depth++;
		else if (depth == 0 && (*p == ',' || is_blank(*p)))
			return p;
		else if (*p == '}' || *p == ']') {
			if (depth == 0)
				return p;
			if (--depth == 0)
				return p + 1;
		}
		p++;
	}
	return end;
}

static const char *
skip_to_token(const char *p, const char *end)
{
	while (p < end && (is_blank(*p) || *p == ',' || *p == ':'))
		p++;
	return p;
}

void
json_walk_begin(struct json_walk *w, struct text container)
{
	w->end = container.len > 0 ? container.s + container.len : container.s;
	w->p = skip_to_token(container.s, w->end);
	w->is_object = w->p < w->end && *w->p == '{';
	if (w->is_object || (w->p < w->end && *w->p == '['))
		w->p++;
	else
		w->p = w->end;
}

bool
json_walk_next(struct json_walk *w, struct text *name, struct text *value)
{
	const char *stop;
	struct text found = {NULL, 0};

	w->p = skip_to_token(w->p, w->end);
	if (w->p >= w->end || *w->p == '}' || *w->p == ']')
		return false;
	if (w->is_object) {
		stop = string_end(w->p, w->end);
		found = (struct text){w->p, (size_t)(stop - w->p)};
		w->p = skip_to_token(stop, w->end);
	}
	stop = value_end(w->p, w->end);
	*value = (struct text){w->p, (size_t)(stop - w->p)};
	if (name != NULL)
		*name = found;
	w->p = stop;
	return true;
}
