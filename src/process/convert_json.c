/* SPDX-License-Identifier: MIT */
/*
 * Checks a cell that says it is JSON, and writes it without its blanks: one
 * pass, bounded depth, no tree. Refused: cJSON as the judge. It takes 01, 1.
 * and raw control characters, which would then be sent as they stand, keeps
 * the first of two equal keys, and allocates for each value; it is the
 * yardstick in the tests instead.
 */
#include "convert_json.h"

#include "base/xalloc.h"
#include "process/hash64.h"

#include <stdlib.h>
#include <string.h>

/* Two keys of one object with the same 64-bit hash are taken for equal. */
struct json_key {
	uint64_t hash;
	size_t at, len; /* in the text, escaped */
};

static const unsigned char key_seed[16] = "csv2chakra json";

void
json_checker_init(struct json_checker *c)
{
	memset(c, 0, sizeof(*c));
}

void
json_checker_release(struct json_checker *c)
{
	free(c->keys);
	buf_release(&c->text);
	json_checker_init(c);
}

/* What is said of a group must hold for all of it. */
static const char *
json_cause(struct text t, size_t at)
{
	if (at == t.len)
		return "unfinished";
	if (t.s[at] == '\'')
		return "single_quotes";
	return at == 0 && t.s[0] == '\\' ? "escaped" : "syntax";
}

static bool
fail(struct json_checker *c, const char *what)
{
	struct text t = {c->begin, (size_t)(c->end - c->begin)};
	size_t at = (size_t)(c->at - c->begin);
	char name[48];

	convert_fail(c->r, json_cause(t, at),
	    "this is no JSON: %s, and character %zu is %s", what,
	    utf8_length(t.s, at) + 1, convert_name_char(t, at, name));
	if (at < t.len && t.s[at] == '\'')
		convert_hint(c->r, "strings and keys of JSON stand in double "
				   "quotes");
	else if (at < t.len && at == 0 && t.s[0] == '\\')
		convert_hint(c->r, "the quotes were escaped once too often");
	return false;
}

static void
skip_blanks(struct json_checker *c)
{
	while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' ||
				     *c->at == '\n' || *c->at == '\r'))
		c->at++;
}

/* The buffer remembers when it is full; convert_json looks at the end. */
static void
put(struct json_checker *c, const char *from)
{
	(void)buf_add(c->out, from, (size_t)(c->at - from));
}

static bool
read_char(struct json_checker *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	(void)buf_addc(c->out, wanted);
	return true;
}

static bool
read_hex4(struct json_checker *c, uint32_t *value)
{
	int i;

	*value = 0;
	for (i = 0; i < 4; i++, c->at++) {
		uint32_t digit;

		if (c->at == c->end)
			return fail(c, "an escape \\u has four hex digits");
		if (*c->at >= '0' && *c->at <= '9')
			digit = (uint32_t)(*c->at - '0');
		else if ((*c->at | 0x20) >= 'a' && (*c->at | 0x20) <= 'f')
			digit = (uint32_t)((*c->at | 0x20) - 'a' + 10);
		else
			return fail(c, "an escape \\u has four hex digits");
		*value = *value << 4 | digit;
	}
	return true;
}

/* Behind "\u". */
static bool
read_unicode(struct json_checker *c)
{
	uint32_t high, low;

	if (!read_hex4(c, &high))
		return false;
	if (high >= 0xDC00 && high <= 0xDFFF)
		return fail(c, "an escape is half a surrogate pair");
	if (high >= 0xD800 && high <= 0xDBFF) {
		if (c->end - c->at < 2 || c->at[0] != '\\' || c->at[1] != 'u')
			return fail(c, "an escape is half a surrogate pair");
		c->at += 2;
		if (!read_hex4(c, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return fail(c, "an escape is half a surrogate pair");
		high = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
	}
	utf8_add(&c->text, high);
	return true;
}

/* Behind the backslash. */
static bool
read_escape(struct json_checker *c)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (c->at == c->end)
		return fail(c, "a string does not end");
	if (*c->at == 'u') {
		c->at++;
		return read_unicode(c);
	}
	letter = *c->at != '\0' ? strchr(letters, *c->at) : NULL;
	if (letter == NULL)
		return fail(c, "this escape is not known");
	(void)buf_addc(&c->text, meant[letter - letters]);
	c->at++;
	return true;
}

/* At the opening quote. c->text is the string without its escapes. */
static bool
read_string(struct json_checker *c)
{
	const char *begin = c->at++, *run = c->at;

	buf_clear(&c->text);
	for (;;) {
		if (c->at == c->end)
			return fail(c, "a string does not end");
		if ((unsigned char)*c->at < 0x20)
			return fail(c, "a string holds a control character");
		if (*c->at != '"' && *c->at != '\\') {
			c->at++;
			continue;
		}
		(void)buf_add(&c->text, run, (size_t)(c->at - run));
		if (*c->at++ == '"')
			break;
		if (!read_escape(c))
			return false;
		run = c->at;
	}
	put(c, begin);
	return true;
}

static bool
read_digits(struct json_checker *c)
{
	const char *begin = c->at;

	while (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		c->at++;
	return c->at > begin || fail(c, "a number needs a digit");
}

static bool
read_number(struct json_checker *c)
{
	const char *begin = c->at;

	if (*c->at == '-')
		c->at++;
	if (c->at < c->end && *c->at == '0')
		c->at++;
	else if (!read_digits(c))
		return false;
	if (c->at < c->end && *c->at >= '0' && *c->at <= '9')
		return fail(c, "a number begins with a zero");
	if (c->at < c->end && *c->at == '.') {
		c->at++;
		if (!read_digits(c))
			return false;
	}
	if (c->at < c->end && (*c->at == 'e' || *c->at == 'E')) {
		c->at++;
		if (c->at < c->end && (*c->at == '+' || *c->at == '-'))
			c->at++;
		if (!read_digits(c))
			return false;
	}
	put(c, begin);
	return true;
}

static bool
read_word(struct json_checker *c)
{
	static const char *const words[] = {"true", "false", "null"};
	size_t i;

	for (i = 0; i < 3; i++) {
		size_t len = strlen(words[i]);

		if ((size_t)(c->end - c->at) >= len &&
		    !memcmp(c->at, words[i], len)) {
			c->at += len;
			(void)buf_add(c->out, words[i], len);
			return true;
		}
	}
	return fail(c, "a value is missing");
}

/* Sorts by hash in place; without memory of its own and without a bad case
 * worth the name (an object of a hundred thousand keys is one cell). */
static void
sort_keys(struct json_key *keys, size_t count)
{
	size_t gap, i, j;

	for (gap = count / 2; gap > 0; gap = gap == 2 ? 1 : gap * 5 / 11) {
		for (i = gap; i < count; i++) {
			struct json_key key = keys[i];

			for (j = i; j >= gap && keys[j - gap].hash > key.hash;
			     j -= gap)
				keys[j] = keys[j - gap];
			keys[j] = key;
		}
	}
}

static bool
keys_differ(struct json_checker *c, size_t first)
{
	size_t i;

	sort_keys(c->keys + first, c->key_count - first);
	for (i = first + 1; i < c->key_count; i++) {
		const struct json_key *key = &c->keys[i];

		if (key->hash != key[-1].hash)
			continue;
		return convert_fail(c->r, "key_twice",
		    "the key %.*s stands twice in an "
		    "object",
		    (int)(key->len > 80 ? 80 : key->len), c->begin + key->at);
	}
	return true;
}

static bool
read_key(struct json_checker *c)
{
	const char *begin = c->at;
	struct json_key *key;

	if (c->at == c->end || *c->at != '"')
		return fail(c, "a key in double quotes is missing");
	if (!read_string(c))
		return false;
	ARRAY_ROOM(c->keys, c->key_count, c->key_cap);
	key = &c->keys[c->key_count++];
	key->at = (size_t)(begin - c->begin);
	key->len = (size_t)(c->at - begin);
	key->hash =
	    hash64(key_seed, (struct text){buf_str(&c->text), c->text.len});
	skip_blanks(c);
	return read_char(c, ':') || fail(c, "a colon is missing");
}

static bool read_value(struct json_checker *c, int depth);

static bool
read_members(struct json_checker *c, char close, int depth)
{
	size_t first = c->key_count;

	c->at++;
	(void)buf_addc(c->out, close == '}' ? '{' : '[');
	skip_blanks(c);
	if (read_char(c, close))
		return true;
	for (;;) {
		skip_blanks(c);
		if (close == '}' && !read_key(c))
			return false;
		if (!read_value(c, depth + 1))
			return false;
		if (read_char(c, close))
			break;
		if (!read_char(c, ','))
			return fail(c, close == '}'
					   ? "a comma or } is missing"
					   : "a comma or ] is missing");
	}
	if (close == '}' && !keys_differ(c, first))
		return false;
	c->key_count = first;
	return true;
}

/* With the blanks on both sides. */
static bool
read_value(struct json_checker *c, int depth)
{
	bool ok;

	skip_blanks(c);
	if (c->at == c->end)
		return fail(c, "a value is missing");
	if (depth > JSON_DEPTH_MAX)
		return convert_fail(c->r, "depth",
		    "this JSON is nested deeper than "
		    "%d levels",
		    JSON_DEPTH_MAX);
	if (*c->at == '{')
		ok = read_members(c, '}', depth);
	else if (*c->at == '[')
		ok = read_members(c, ']', depth);
	else if (*c->at == '"')
		ok = read_string(c);
	else if (*c->at == '-' || (*c->at >= '0' && *c->at <= '9'))
		ok = read_number(c);
	else
		ok = read_word(c);
	skip_blanks(c);
	return ok;
}

bool
convert_json(struct json_checker *c, struct text t, struct buf *out,
    struct convert_reason *r)
{
	size_t start = out->len;
	bool ok;

	c->begin = c->at = t.s;
	c->end = t.s + t.len;
	c->out = out;
	c->r = r;
	c->key_count = 0;
	ok =
	    read_value(c, 0) && (c->at == c->end || fail(c, "it ended before"));
	if (!ok) {
		buf_truncate(out, start);
		return false;
	}
	return convert_done(r, out, start, !out->overflow);
}
