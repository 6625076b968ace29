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
 * It does not look at UTF-8 (utf8_check) nor, as a cursor, for names that come
 * twice.
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
/* All of the value that comes next, at the beginning or after a name; false:
 * it broke. */
bool json_next_value(struct json_reader *r, struct text *value);
/* The caller has read the object or array that the newest event opened: it is
 * good, and ends before `end`. */
void json_left(struct json_reader *r, const char *end);

/* Appends the text that a string token stands for; other tokens as they
 * are. The token is good. */
void json_decode(struct text token, struct buf *out);
/* Do two string tokens stand for the same text, whatever they escape? */
bool json_same_text(struct text a, struct text b);

/* Walks the elements of an array or the members of an object, in order, of
 * JSON that is known to be good; what is neither has none. `name` is a string
 * token, empty for an element; it may be NULL. */
struct json_walk {
	const char *p, *end;
	bool is_object;
};
void json_walk_begin(struct json_walk *w, struct text container);
bool json_walk_next(struct json_walk *w, struct text *name, struct text *value);

/*
 * For a file of the program's own: read whole once, then asked by name.
 *
 *	if (!json_document(text, &root))	it is not JSON
 *	n = json_member(root, "rows");
 *	good = n.s == NULL || json_get_uint(n, &rows);
 *
 * What a getter does not take, it leaves alone and says false.
 */

#define JSON_DOCUMENT_LEVELS 64
/* Numbers up to here are the same to all who read JSON (RFC 8259, section 6).
 */
#define JSON_NUMBER_MAX UINT64_C(9007199254740991)

bool json_document(struct text t, struct text *root);
/* The value of the member with this name; s is NULL if there is none, or
 * `object` is not one. Of two with one name nobody can say which holds: that
 * is an empty token, which no getter takes. */
struct text json_member(struct text object, const char *name);

bool json_is_object(struct text token);
bool json_is_array(struct text token);
/* A string that stands for s. */
bool json_is_text(struct text token, const char *s);
/* A string that fits with its NUL, and holds none. */
bool json_get_text(struct text token, char *out, size_t size);
/* The same, owned by the arena; NULL: it is not a string, or holds a NUL. */
struct arena;
char *json_arena_text(struct text token, struct arena *a);
/* Whole numbers written without a point or an exponent, of at most
 * JSON_NUMBER_MAX on either side. */
bool json_get_uint(struct text token, uint64_t *out);
bool json_get_int(struct text token, int64_t *out);
bool json_get_bool(struct text token, bool *out);

#endif
