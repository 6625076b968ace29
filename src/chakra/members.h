/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_MEMBERS_H
#define CHAKRA_MEMBERS_H

/*
 * The members of a JSON object by name, in one pass over it, for objects that
 * are asked for many of them. The object is known to be good JSON. Names are
 * the same when they stand for the same text, however they are escaped.
 *
 * Up to MEMBERS_NEAR names lie in the struct itself: a process takes no
 * allocation.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMBERS_NEAR ((size_t)64)

struct member {
	struct text name;	 /* a string token */
	struct text first, last; /* of one name: which one holds, the caller
				  * knows */
};
struct members {
	struct member *items; /* by their first places */
	uint32_t *slots;      /* index + 1 of an item; 0 = none */
	size_t count, mask;
	bool has_twins; /* a name stands in it twice */
	uint64_t seed;
	struct member near[MEMBERS_NEAR];
	uint32_t near_slots[2 * MEMBERS_NEAR];
};

/* What is not an object has none. Views of the object; members_release. */
void members_read(struct members *m, struct text object);
void members_release(struct members *m);
/* By a string token, and by a text without an escape in it; NULL = there is
 * none. */
const struct member *members_find(const struct members *m, struct text token);
const struct member *members_named(const struct members *m, const char *name);

/* Has an object anywhere in the value two members with one name? What that
 * means, every reader of JSON says otherwise; so a process with twins is not
 * believed, and an answer that holds one is no answer. */
bool json_has_twins(struct text value);

#endif
