/* SPDX-License-Identifier: MIT */
#ifndef BASE_PROBLEM_H
#define BASE_PROBLEM_H

/*
 * What is wrong with a row: data for the report, never a run error.
 *
 * A problem_list collects the problems of one row and is cleared for the
 * next; its memory is kept, so a steady state allocates nothing. All problems
 * of a row are collected, not the first only. A list has room for
 * PROBLEM_MAX problems a row; further ones are counted in `dropped` (they
 * still reject the row).
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROBLEM_MAX 256

enum problem_level {
	PROBLEM_NOTE,  /* counted and shown; the row goes on */
	PROBLEM_REJECT /* the row is rejected */
};

enum problem_stage {
	STAGE_READ, /* "read": CSV structure, encoding */
	STAGE_MAP,  /* "map": mapping, types, checks */
	STAGE_SEND, /* "send": an HTTP answer */
	STAGE_JOB   /* "job": the background job's entry */
};
const char *problem_stage_name(enum problem_stage stage);

#define PROBLEM_NO_COLUMN (-1)
#define PROBLEM_NO_BYTE UINT64_MAX

struct problem {
	const char *code;  /* dotted, static: "rule.required" */
	const char *cause; /* static, one word: which of the code's reasons
			    * (type.decimal: "exponent", "parentheses"); ""
			    * where a code has only one */
	enum problem_level level;
	enum problem_stage stage;
	int column;	/* index from 0, or PROBLEM_NO_COLUMN */
	bool is_shared; /* more fields than one read the column: a message
			 * names the field */
	uint64_t byte;	/* offset in the decoded input of the offending
			 * byte, or PROBLEM_NO_BYTE */
	uint64_t other_row, other_line; /* rule.not_unique: who had it first */
	/* Offsets and lengths in problem_list.text. */
	size_t path_at, path_len;	/* "data.score", or empty */
	size_t value_at, value_len;	/* the offending text, whole */
	size_t message_at, message_len; /* words for a person */
	size_t hint_at, hint_len;	/* what to do, or empty */
};

struct problem_list {
	struct problem *items;
	size_t count, cap;
	size_t rejects; /* problems of level PROBLEM_REJECT, dropped too */
	size_t dropped; /* beyond PROBLEM_MAX */
	struct buf text;
};

void problem_list_init(struct problem_list *l);
void problem_list_release(struct problem_list *l);
void problem_list_empty(struct problem_list *l);

/* The same, for a list that nearly always is empty. */
static inline void
problem_list_clear(struct problem_list *l)
{
	if (l->count > 0 || l->rejects > 0 || l->dropped > 0 ||
	    l->text.len > 0 || l->text.overflow)
		problem_list_empty(l);
}

/* Adds a problem with the given facts and message; returns it, valid until
 * the next add, to fill in what is rare (byte, other_row), or NULL when it
 * was dropped. `code` must outlive the list. `value` may be {NULL, 0}. */
struct problem *problem_add(struct problem_list *l, enum problem_level level,
    enum problem_stage stage, const char *code, int column, struct text value,
    const char *fmt, ...) __attribute__((format(printf, 7, 8)));
/* p may be NULL. */
void problem_set_cause(struct problem *p, const char *cause);
void problem_set_path(
    struct problem_list *l, struct problem *p, struct text path);
void problem_set_hint(struct problem_list *l, struct problem *p,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The twin of problem number `i`: the first one with its cell, value, code,
 * cause and words, found by another field that reads the same column; `i`
 * itself if there is none before it. A person reads of a cell and its cause
 * once. */
size_t problem_twin(const struct problem_list *l, size_t i);
/* Appends the paths of problem `i` and of its later twins, comma between them,
 * as they are. */
void problem_add_fields(
    struct buf *out, const struct problem_list *l, size_t i);

/* Views, valid until the list is changed. */
struct text problem_path(const struct problem_list *l, const struct problem *p);
struct text problem_value(
    const struct problem_list *l, const struct problem *p);
struct text problem_message(
    const struct problem_list *l, const struct problem *p);
struct text problem_hint(const struct problem_list *l, const struct problem *p);

#endif
