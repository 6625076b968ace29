/* SPDX-License-Identifier: MIT */
/*
 * Checks a cell that says it is JSON, and writes it without its blanks: one
 * pass, bounded depth, no tree.
 */
#include "value/convert.h"

#include "base/hash.h"
#include "base/json_read.h"
#include "base/xalloc.h"

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
fail(const struct json_reader *json, struct convert_reason *r)
{
	struct text t = json->t;
	size_t at = json->at;
	char name[48];

	if (json->is_too_deep)
		return convert_fail(r, "depth",
		    "this JSON is nested deeper than "
		    "%d levels",
		    JSON_DEPTH_MAX);
	convert_fail(r, json_cause(t, at),
	    "this is not JSON: %s, and character %zu is %s", json->why,
	    utf8_length(t.s, at) + 1, convert_name_char(t, at, name));
	if (at < t.len && t.s[at] == '\'')
		convert_hint(r, "strings and keys in JSON need double quotes");
	else if (at < t.len && at == 0 && t.s[0] == '\\')
		convert_hint(r, "the quotes were escaped once too often");
	return false;
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

/* Closes an object: its keys must differ. */
static bool
keys_differ(struct json_checker *c, size_t first, struct text t,
    struct convert_reason *r)
{
	size_t i;

	if (c->key_count > first) /* else there may be no array yet */
		sort_keys(c->keys + first, c->key_count - first);
	for (i = first + 1; i < c->key_count; i++) {
		const struct json_key *key = &c->keys[i];

		if (key->hash != key[-1].hash)
			continue;
		return convert_fail(r, "key_twice",
		    "the key %.*s is in an object "
		    "twice",
		    (int)(key->len > 80 ? 80 : key->len), t.s + key->at);
	}
	c->key_count = first;
	return true;
}

static void
add_key(struct json_checker *c, struct text token, size_t at)
{
	struct text said = {token.s + 1, token.len - 2};

	if (memchr(token.s, '\\', token.len) != NULL) {
		buf_clear(&c->text);
		json_decode(token, &c->text);
		said = (struct text){buf_str(&c->text), c->text.len};
	}
	ARRAY_ROOM(c->keys, c->key_count, c->key_cap);
	c->keys[c->key_count++] = (struct json_key){
	    .hash = hash64(key_seed, said), .at = at, .len = token.len};
}

/* What is read goes out at once; the buffer remembers when it is full. */
static bool
take(struct json_checker *c, const struct json_reader *json, enum json_event e,
    struct buf *out, struct convert_reason *r)
{
	switch (e) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		c->first[json->depth] = c->key_count;
		(void)buf_addc(out, e == JSON_OBJECT ? '{' : '[');
		return true;
	case JSON_END_OBJECT:
		(void)buf_addc(out, '}');
		return keys_differ(c, c->first[json->depth + 1], json->t, r);
	case JSON_END_ARRAY:
		(void)buf_addc(out, ']');
		return true;
	default:
		(void)buf_add(out, json->token.s, json->token.len);
		if (e == JSON_NAME) {
			(void)buf_addc(out, ':');
			add_key(c, json->token,
			    (size_t)(json->token.s - json->t.s));
		}
		return true;
	}
}

bool
convert_json(struct json_checker *c, struct text t, struct buf *out,
    struct convert_reason *r)
{
	size_t start = out->len;
	struct json_reader json;
	enum json_event e;
	bool ok = true, follows = false; /* a value */

	c->key_count = 0;
	json_begin(&json, t, JSON_DEPTH_MAX);
	while (ok && (e = json_next(&json)) > JSON_DONE) {
		bool ends = e == JSON_END_OBJECT || e == JSON_END_ARRAY;

		if (follows && !ends)
			(void)buf_addc(out, ',');
		ok = take(c, &json, e, out, r);
		follows = ends || e >= JSON_STRING;
	}
	if (ok && e == JSON_BROKEN)
		ok = fail(&json, r);
	if (!ok) {
		buf_truncate(out, start);
		return false;
	}
	return convert_done(r, out, start, !out->overflow);
}
