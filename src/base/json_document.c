/* SPDX-License-Identifier: MIT */
/*
 * Members by name, over the text itself. Refused: a tree. The files are
 * small, and a look-up that walks them is soon done.
 */
#include "base/json_read.h"
#include "base/xalloc.h"

#include <string.h>

bool
json_document(struct text t, struct text *root)
{
	struct json_reader r;

	json_begin(&r, t, JSON_DOCUMENT_LEVELS);
	return json_next_value(&r, root) && json_next(&r) == JSON_DONE;
}

struct text
json_member(struct text object, const char *name)
{
	struct text found = {NULL, 0}, key, value;
	struct json_walk w;

	if (!json_is_object(object))
		return found;
	json_walk_begin(&w, object);
	while (json_walk_next(&w, &key, &value))
		if (json_is_text(key, name))
			found =
			    found.s == NULL ? value : (struct text){value.s, 0};
	return found;
}

bool
json_is_object(struct text token)
{
	return token.len > 0 && token.s[0] == '{';
}

bool
json_is_array(struct text token)
{
	return token.len > 0 && token.s[0] == '[';
}

static bool
is_string(struct text token)
{
	return token.len > 0 && token.s[0] == '"';
}

bool
json_is_text(struct text token, const char *s)
{
	struct buf b = BUF_INIT(0);
	bool is_it;

	if (!is_string(token))
		return false;
	if (memchr(token.s, '\\', token.len) == NULL)
		return text_is((struct text){token.s + 1, token.len - 2}, s);
	json_decode(token, &b);
	is_it = text_is((struct text){buf_str(&b), b.len}, s);
	buf_release(&b);
	return is_it;
}

bool
json_get_text(struct text token, char *out, size_t size)
{
	struct buf b = BUF_INIT(0);
	bool fits;

	if (!is_string(token))
		return false;
	json_decode(token, &b);
	fits = b.len < size && strlen(buf_str(&b)) == b.len;
	if (fits)
		memcpy(out, buf_str(&b), b.len + 1);
	buf_release(&b);
	return fits;
}

char *
json_arena_text(struct text token, struct arena *a)
{
	/* What an escape stands for is never longer; nor are two quotes. */
	char *text = is_string(token) ? arena_alloc(a, token.len) : NULL;

	return text && json_get_text(token, text, token.len) ? text : NULL;
}

bool
json_get_uint(struct text token, uint64_t *out)
{
	uint64_t n;

	if (!text_parse_uint(token, &n) || n > JSON_NUMBER_MAX)
		return false;
	*out = n;
	return true;
}

bool
json_get_int(struct text token, int64_t *out)
{
	bool is_negative = token.len > 0 && token.s[0] == '-';
	struct text digits = {
	    token.s + is_negative, token.len - (size_t)is_negative};
	uint64_t n;

	if (!json_get_uint(digits, &n))
		return false;
	*out = is_negative ? -(int64_t)n : (int64_t)n;
	return true;
}

bool
json_get_bool(struct text token, bool *out)
{
	bool is_true = text_is(token, "true");

	if (!is_true && !text_is(token, "false"))
		return false;
	*out = is_true;
	return true;
}
