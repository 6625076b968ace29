/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_FIELDS_H
#define CHAKRA_FIELDS_H

/*
 * Fields, as chakra/verb.h has them: those of a row's object in their order,
 * those of a process by their place and name.
 */

#include "base/buf.h"
#include "base/json_read.h"
#include "base/json_write.h"
#include "members.h"

#include <stdbool.h>

#define PLACE_DATA "data"
#define PLACE_RECORD_DATA "record.data"

/* The end of the string at p if nothing in it is escaped, else NULL. */
static inline const char *
plain_string_end(const char *p, const char *end)
{
	p++;
#ifdef __SSE2__
	unsigned mask = 0;

	for (; mask == 0 && end - p >= 16; p += mask == 0 ? 16 : 0)
		mask = json_escape_bits(load16(p));
	/* It ends there, or something in it is escaped. */
	if (mask != 0) {
		p += __builtin_ctz(mask);
		return *p == '"' ? p + 1 : NULL;
	}
#endif
	while (p < end && *p != '"' && *p != '\\')
		p++;
	return p < end && *p == '"' ? p + 1 : NULL;
}
/* The value at p, good JSON before `end`; is it a text without an escape? */
struct text value_at(const char *p, const char *end, bool *is_plain);

struct field_walk {
	const char *p, *end;
	bool in_record;
	const char *place; /* where the field is; NULL = at the top */
	struct text name;  /* a string token */
	bool is_plain;	   /* the value is a text in which nothing is escaped */
	struct buf path;   /* released by the caller */
};
void field_walk_begin(struct field_walk *w, struct text row);
/* False after the last one. */
bool field_walk_next(struct field_walk *w, struct text *value);
/* Of the field where the walk is: "data.score". */
const char *field_path(struct field_walk *w);

/* Is it the key? At the top of the process, or in its data: elsewhere the name
 * is another field's. */
bool field_is_key(const struct field_walk *w, const char *key_name);

/* The objects of a process that have fields. */
struct fields {
	struct members root, data, record_data;
};
void fields_read(struct fields *f, struct text process);
void fields_release(struct fields *f);
/* The value of the one with that place and name, a string token; s NULL: it has
 * none. */
struct text field_in(
    const struct fields *f, const char *place, struct text name);

#endif
