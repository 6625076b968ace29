/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

/*
 * Reading JSON by byte ranges: nothing is copied, no number goes through a
 * double, and what was read can be given back as it came. A token is the bytes
 * of one value, a string's with its quotes, without blanks around it.
 *
 * The reader is strict, by RFC 8259: one value and nothing after it, no raw
 * control characters in strings, no half of a surrogate pair, no 007 or `5.`.
 * It does not look at UTF-8 (utf8_check) nor for names that come twice.
 *
 *	json_begin(&r, text, 64);
 *	while ((e = json_next(&r)) > JSON_DONE)
 *		…
 *	if (e == JSON_BROKEN)	r.why says what, r.at where
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum json_event {
	JSON_BROKEN,
	JSON_DONE,
	JSON_OBJECT,
	JSON_END_OBJECT,
	JSON_ARRAY,
	JSON_END_ARRAY,
	JSON_NAME, /* of the value that comes next */
	JSON_STRING,
	JSON_NUMBER,
	JSON_WORD /* true, false, null */
};

#define JSON_LEVELS_MAX 1000

struct json_reader {
	struct text t;
	size_t at;
	struct text token; /* of names and values that are not nested */
	const char *why;   /* static words */
	bool is_too_deep;  /* the reason why it broke */
	/* The reader's own. */
	unsigned depth, levels;
	int next;
	uint64_t objects[JSON_LEVELS_MAX / 64 + 1]; /* a bit a level */
};

/* A value inside more than `levels` others is refused; at most
 * JSON_LEVELS_MAX. */
void json_begin(struct json_reader *r, struct text t, unsigned levels);
enum json_event json_next(struct json_reader *r);

/* Appends the text that a string token stands for; other tokens as they
 * are. The token is good. */
void json_decode(struct text token, struct buf *out);

/* Walks the elements of an array or the members of an object, in order, of
 * JSON that is known to be good. `name` is a string token, empty for an
 * element; it may be NULL. */
struct json_walk {
	const char *p, *end;
	bool is_object;
};
void json_walk_begin(struct json_walk *w, struct text container);
bool json_walk_next(struct json_walk *w, struct text *name, struct text *value);

#endif
