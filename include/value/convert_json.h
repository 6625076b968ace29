/* SPDX-License-Identifier: MIT */
#ifndef VALUE_CONVERT_JSON_H
#define VALUE_CONVERT_JSON_H

/* Texts that become something other than one scalar: JSON, lists, places on
 * the globe. See convert.h for the shape. */

#include "value/convert.h"
#include "value/convert_number.h"

#include <stddef.h>
#include <stdint.h>

/* Nested values; deeper ones are refused. */
#define JSON_DEPTH_MAX 64

/* Scratch memory of convert_json, kept from call to call. */
struct json_key;
struct json_checker {
	struct json_key *keys; /* of the objects that are open */
	size_t key_count, key_cap;
	size_t first[JSON_DEPTH_MAX + 2]; /* of each level's */
	struct buf text;		  /* a key without its escapes */
};
void json_checker_init(struct json_checker *c);
void json_checker_release(struct json_checker *c);

/* The JSON text without its blanks; strings and the digits of numbers as they
 * stand. Strict RFC 8259: one value and nothing after it. Also refused: a key
 * that stands twice in an object, a \u escape of half a surrogate pair, more
 * than JSON_DEPTH_MAX levels. */
bool convert_json(struct json_checker *c, struct text t, struct buf *out,
    struct convert_reason *r);

/* The next item that is not empty after trimming; false = none is left. The
 * separator has at least one byte. */
bool list_next(struct text *rest, struct text separator, struct text *item);
/* The same of a text that is a CSV record of its own ("a","b, c"): an item may
 * stand in double quotes, blanks around these are passed over, and a quote
 * inside them is doubled. Appends the item to `text`, trimmed and never empty,
 * and returns 1; 0 = none is left; -1 with a reason: a quote that is not
 * closed, or text after one that is. */
int list_next_quoted(struct text *rest, struct text separator, struct buf *text,
    struct convert_reason *r);

enum list_element { LIST_STRING, LIST_INTEGER, LIST_DECIMAL };
struct list_rules {
	enum list_element element;
	struct decimal_signs signs;
};
/* A JSON array of the items. */
bool convert_list(const struct text *items, size_t count,
    const struct list_rules *rules, struct buf *out, struct convert_reason *r);

enum place_form {
	PLACE_AS_ARRAY,	 /* [12.97,77.59] */
	PLACE_AS_OBJECT, /* {"lat":12.97,"lng":77.59} */
	PLACE_AS_TEXT	 /* "12.97,77.59" */
};
/* Latitude, then longitude, in decimal degrees, with a comma (a semicolon
 * where the comma is the decimal sign) between; -90 to 90, -180 to 180. */
bool convert_place(struct text t, char decimal_sign, enum place_form form,
    struct buf *out, struct convert_reason *r);

#endif
