/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_SCHEMA_H
#define SANDBOX_SCHEMA_H

/*
 * The sandbox's own small schema: a few procedures, with their primary key,
 * attributes and states. Enough to rehearse a mapping against; the real
 * schema of a team is known only to its ChakraHQ.
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct schema_attribute {
	const char *name;    /* short id */
	const char *title;   /* for people */
	const char *type;    /* ChakraHQ's attribute type */
	const char *options; /* of an enum: "A|B", as they are shown; any value
			      * is taken all the same. NULL = not told */
};
struct schema_procedure {
	const char *name; /* short id, as in paths */
	const char *title;
	const char *id;	 /* uuid; works in paths too */
	const char *key; /* the primary key's short id */
	const struct schema_attribute *attributes;
	size_t attribute_count;
	const char *const *states; /* the first is where a process begins */
	size_t state_count;
	bool takes_any_state;
};

struct sandbox;

/* By short id or uuid; its number, or -1. */
int schema_find(const struct sandbox *s, struct text name);
/* By number. */
const struct schema_procedure *schema_at(const struct sandbox *s, int i);
/* "NAME=KEY": a procedure without attributes that takes any state. Owned, with
 * texts that free themselves with it; NULL: not of that form. */
struct schema_procedure *schema_make(const char *text);
/* The uuid of a state, as in the configuration; false if it has no such. */
bool schema_state_id(
    const struct schema_procedure *p, struct text state, char id[37]);
bool schema_has_state(const struct schema_procedure *p, struct text state);
/* Uuids, static: of the sandbox's team, of the user whose token it is, and of
 * a colleague who works in ChakraHQ's own screens. */
const char *schema_team(void);
const char *schema_user(void);
const char *schema_colleague(void);

/* Appends the answer to GET /v1/ext/config. A procedure that an option added
 * is listed without attributes and states: it takes any. */
void schema_config(const struct sandbox *s, struct buf *out);

#endif
