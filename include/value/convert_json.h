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

enum list_element { LIST_STRING, LIST_INTEGER, LIST_DECIMAL };
struct list_rules {
	char separator;
	enum list_element element;
	struct decimal_signs signs;
};
/* The next element that is not empty after trimming; false = none is left. */
bool list_next(struct text *rest, char separator, struct text *element);
/* A JSON array; [] when all elements are empty. */
bool convert_list(struct text t, const struct list_rules *rules,
    struct buf *out, struct convert_reason *r);

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
