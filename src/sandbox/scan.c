/* SPDX-License-Identifier: MIT */
/*
 * Is a body JSON? Decided once, strictly, so that everything after it may
 * trust every bracket and quote; and cJSON, as a parser that somebody else
 * wrote, must agree. Then values are found by their bytes.
 *
 * Refused: working on cJSON's tree. It prints numbers through a double and
 * has no byte ranges, while the sandbox must give back what it received.
 */
#include "scan.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

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
	json_decode(token, &said);
	same = said.len == len && memcmp(buf_str(&said), name, len) == 0;
	buf_release(&said);
	return same;
}

void
scan_members(struct text object, const char *const *names, struct text *values,
    size_t count)
{
	struct json_walk it;
	struct text name, value;

	for (size_t i = 0; i < count; i++)
		values[i] = (struct text){NULL, 0};
	if (scan_kind(object) != SCAN_OBJECT)
		return;
	json_walk_begin(&it, object);
	while (json_walk_next(&it, &name, &value))
		for (size_t i = 0; i < count; i++)
			if (scan_string_is(name, names[i]))
				values[i] = value;
}

bool
scan_member(struct text object, const char *name, struct text *value)
{
	struct text found;

	scan_members(object, &name, &found, 1);
	if (found.s == NULL)
		return false;
	*value = found;
	return true;
}

bool
scan_check(struct text body, char error[160])
{
	size_t bad = utf8_check(body.s, body.len);
	struct json_reader r;
	enum json_event e = JSON_DONE;
	const char *stop = NULL;
	cJSON *tree;

	error[0] = '\0';
	/* An array in an array counts as a level, also if it is empty. */
	json_begin(&r, body, SCAN_DEPTH_MAX - 1);
	if (bad == body.len)
		while ((e = json_next(&r)) > JSON_DONE)
			;
	if (bad != body.len || e == JSON_BROKEN) {
		snprintf(error, 160, "invalid JSON at byte %zu: %s",
		    bad != body.len ? bad : r.at,
		    bad != body.len ? "not valid UTF-8" : r.why);
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
