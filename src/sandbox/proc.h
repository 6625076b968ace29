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
	VERDICT_INVALID = 4,
	VERDICT_UPDATED = 5,
	VERDICT_DELETED = 6,
	VERDICT_IGNORED = 7, /* a success that did nothing */
	VERDICT_OPEN = 8     /* to be decided when it is due */
};
#define VERDICTS 9

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
/* The same, but for `data` as a whole: what `over` does not name in it is
 * gone, except for the primary key. */
void proc_replace(const struct schema_procedure *p, struct buf *out,
    struct text base, struct text over);

/* A process as it is now. */
struct proc {
	const struct schema_procedure *procedure;
	char id[37];
	int64_t created_ms, updated_ms;
	const char *created_by; /* a uuid: static */
	struct text body;	/* an object */
	bool is_deleted;
	/* What took effect on it. */
	uint64_t merges, updates, edits, deletes;
	/* How it is shown. */
	bool key_in_data;     /* wherever it was sent */
	bool state_as_id;     /* its uuid instead of its short id */
	bool numbers_as_text; /* but for nextActionAt and its own times */
	bool without_times;   /* no createdAt, updatedAt, createdBy */
	bool with_deleted;    /* isDeleted, whether it is or not */
};
/* Appends it as lookups show it: id, procedure, times, who made it, status,
 * state (with their defaults), then the members of the body as they came; with
 * key_in_data the primary key is the first of data's. */
void proc_show(const struct proc *p, struct buf *out);
/* Its value under a name as `where` has it: id, procedure, createdAt,
 * updatedAt, createdBy, status, state, then a member at the top level, else in
 * data. A token, valid until `scratch` changes; false if it has none. */
bool proc_value(const struct proc *p, const char *name, struct text *token,
    struct buf *scratch);

/*
 * An update. An element of a bulk update names its process, {KEY: …} or
 * {"id": …}, and has an object `update`; a PUT has the latter as its body.
 */
struct proc_change {
	struct buf id, key; /* what it says; the one that it has not is empty */
	struct text update; /* borrowed */
};
/* VERDICT_OPEN, or why it can be none, with words in `message`. */
enum verdict proc_change_read(const struct schema_procedure *p,
    struct text element, struct proc_change *c, char message[256]);
void proc_change_release(struct proc_change *c);
/* Whether `update` alone is good: VERDICT_OPEN, INVALID or ERROR. */
enum verdict proc_update_examine(
    const struct schema_procedure *p, struct text update, char message[256]);
/* What an update of a process with this key makes of it, `p` being as it is:
 * VERDICT_UPDATED, or ERROR. With is_graph a state must not come before the
 * present one in the procedure's list. */
enum verdict proc_update_judge(const struct proc *p, struct text key,
    struct text update, bool is_graph, char message[256]);
/* The process that an element of a bulk update makes where there is none:
 * appends an object. */
void proc_of_change(
    const struct schema_procedure *p, struct text element, struct buf *out);

#endif
