/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_PROC_H
#define SANDBOX_PROC_H

/*
 * A process object: whether a received one is good, and how a kept one is
 * shown. All by byte ranges; the values go out as they came in.
 */

#include "base/buf.h"
#include "base/text.h"
#include "schema.h"

#include <stdbool.h>
#include <stdint.h>

/* What became of an entry; the numbers are in the database. */
enum verdict {
	VERDICT_REFUSED = 0, /* its call was refused: there is no entry */
	VERDICT_CREATED = 1,
	VERDICT_MERGED = 2, /* into the process that has its key */
	VERDICT_ERROR = 3,
	VERDICT_INVALID = 4
};

/* Appends the object's primary key: at the top level, else in data. What a
 * string says, or a number's digits as they are. False if it has none (absent,
 * null, "", no scalar). */
bool proc_key(
    const struct schema_procedure *p, struct text object, struct buf *key);

/* The key's token as it was sent, in the same places. */
bool proc_key_token(
    const struct schema_procedure *p, struct text object, struct text *token);

/* VERDICT_CREATED, or why not: INVALID for what is not a process object, ERROR
 * for values that the schema does not have; with words in `message`. */
enum verdict proc_examine(
    const struct schema_procedure *p, struct text object, char message[256]);

/* `base` with the members of `over`: those of `data` one by one, every other
 * one as a whole. Appends an object. */
void proc_merge(struct buf *out, struct text base, struct text over);

/* A process as it is now. */
struct proc {
	const struct schema_procedure *procedure;
	char id[37];
	int64_t created_ms, updated_ms;
	struct text body; /* an object */
	bool key_in_data; /* wherever it was sent */
};
/* Appends it as lookups show it: id, procedure, times, status, state (with
 * their defaults), then the members of the body as they came; with
 * key_in_data the primary key is the first of data's. */
void proc_show(const struct proc *p, struct buf *out);
/* Its value under a name as `where` has it: id, procedure, createdAt,
 * updatedAt, status, state, then a member at the top level, else in data.
 * A token, valid until `scratch` changes; false if it has none. */
bool proc_value(const struct proc *p, const char *name, struct text *token,
    struct buf *scratch);

#endif
