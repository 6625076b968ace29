/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_JSON_TEXT_H
#define AUTHOR_JSON_TEXT_H

/*
 * A compact JSON object as a list of paths and tokens: nested objects are
 * taken apart ("data.address.pin"), arrays and scalars stay as their text. Two
 * objects are the same when the lists are, whatever the order of their keys;
 * numbers are compared as they are written.
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct json_item {
	char *path;	   /* owned */
	struct text token; /* borrows the JSON text */
};
struct json_items {
	struct json_item *items;
	size_t count, cap;
};

/* Appends a line for each difference, `- path: wanted` and `+ path: got`.
 * True if there is one. */
bool json_difference(struct text wanted, struct text got, struct buf *out);

#endif
