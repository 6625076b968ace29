/* SPDX-License-Identifier: MIT */
/*
 * Walking JSON by byte ranges, after scan_check has passed it.
 *
 * Refused: working on cJSON's tree. It prints numbers through a double and
 * has no byte ranges, while the sandbox must give back what it received.
 */
#include "scan.h"

#include <string.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

int
scan_hex4(const char *s, size_t len)
{
	int value = 0;

	if (len < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int digit = text_hex_digit(s[i]);
		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

enum scan_kind
scan_kind(struct text token)
{
	switch (token.len > 0 ? token.s[0] : 'n') {
	case '{':
		return SCAN_OBJECT;
	case '[':
		return SCAN_ARRAY;
	case '"':
		return SCAN_STRING;
	case 't':
	case 'f':
		return SCAN_BOOLEAN;
	case 'n':
		return SCAN_NULL;
	default:
		return SCAN_NUMBER;
	}
}

struct text
scan_trim(struct text t)
{
	while (t.len > 0 && is_blank(t.s[0])) {
		t.s++;
		t.len--;
	}
	while (t.len > 0 && is_blank(t.s[t.len - 1]))
		t.len--;
	return t;
}

/* Behind the string that begins at p. */
static const char *
string_end(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p < end ? p + 1 : end;
}

static const char *
value_end(const char *p, const char *end)
{
	size_t depth = 0;

	if (p < end && *p == '"')
		return string_end(p, end);
	while (p < end) {
		if (*p == '"') {
			p = string_end(p, end);
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

void
scan_begin(struct scan_iter *it, struct text container)
{
	struct text t = scan_trim(container);

	it->object = t.len > 0 && t.s[0] == '{';
	it->p = t.s + (t.len > 0 ? 1 : 0);
	it->end = t.s + t.len;
}

static const char *
skip_to_token(const char *p, const char *end)
{
	while (p < end && (is_blank(*p) || *p == ',' || *p == ':'))
		p++;
	return p;
}

bool
scan_next(struct scan_iter *it, struct text *name, struct text *value)
{
	const char *stop;
	struct text found = {NULL, 0};

	it->p = skip_to_token(it->p, it->end);
	if (it->p >= it->end || *it->p == '}' || *it->p == ']')
		return false;
	if (it->object) {
		stop = string_end(it->p, it->end);
		found = (struct text){it->p, (size_t)(stop - it->p)};
		it->p = skip_to_token(stop, it->end);
	}
	stop = value_end(it->p, it->end);
	*value = (struct text){it->p, (size_t)(stop - it->p)};
	if (name != NULL)
		*name = found;
	it->p = stop;
	return true;
}

bool
scan_string_is(struct text token, const char *name)
{
	size_t len = strlen(name);
	struct buf said = BUF_INIT(0);
	bool same;

	if (token.len < 2 || token.s[0] != '"')
		return false;
	if (memchr(token.s, '\\', token.len) == NULL)
		return token.len == len + 2 &&
		       memcmp(token.s + 1, name, len) == 0;
	scan_decode(token, &said);
	same = said.len == len && memcmp(buf_str(&said), name, len) == 0;
	buf_release(&said);
	return same;
}

bool
scan_member(struct text object, const char *name, struct text *value)
{
	struct scan_iter it;
	struct text found_name, found;
	bool has = false;

	if (scan_kind(object) != SCAN_OBJECT)
		return false;
	scan_begin(&it, object);
	while (scan_next(&it, &found_name, &found)) {
		if (scan_string_is(found_name, name)) {
			*value = found;
			has = true;
		}
	}
	return has;
}

/* The escape at p; returns how many bytes it takes. */
static size_t
decode_escape(const char *p, size_t left, struct buf *out)
{
	static const char letters[] = "bfnrt", bytes[] = "\b\f\n\r\t";
	const char *known = strchr(letters, p[1]);
	int unit;

	if (p[1] != 'u') {
		if (known == NULL)
			buf_addc(out, p[1]);
		else
			buf_addc(out, bytes[known - letters]);
		return 2;
	}
	unit = scan_hex4(p + 2, left - 2);
	if (unit >= 0xD800 && unit <= 0xDBFF && left >= 12) {
		int low = scan_hex4(p + 8, left - 8);
		utf8_add(out, 0x10000u + ((uint32_t)(unit - 0xD800) << 10) +
				  (uint32_t)(low - 0xDC00));
		return 12;
	}
	utf8_add(out, (uint32_t)unit);
	return 6;
}

void
scan_decode(struct text token, struct buf *out)
{
	const char *p = token.s, *end = token.s + token.len;

	if (token.len < 2 || token.s[0] != '"') {
		buf_add(out, token.s, token.len);
		return;
	}
	p++;
	end--;
	while (p < end) {
		const char *plain = p;

		while (p < end && *p != '\\')
			p++;
		buf_add(out, plain, (size_t)(p - plain));
		if (p < end)
			p += decode_escape(p, (size_t)(end - p), out);
	}
}
