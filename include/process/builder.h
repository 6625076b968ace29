/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_BUILDER_H
#define PROCESS_BUILDER_H

/*
 * Record + mapping -> one process object as JSON text, or problems.
 *
 * The builder compiles the bound mapping once (key fragments, column numbers,
 * rules) and allocates nothing per row in a steady state. It is a pure
 * function of mapping, facts and the records before (for `unique`): the same
 * file and mapping give the same bytes.
 */

#include "base/buf.h"
#include "base/problem.h"
#include "mapping/mapping.h"
#include "source/record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct builder;

struct builder_facts {
	const char *file_name; /* base name, for `meta: file` */
	const char *input_key; /* 64 hex digits, for `meta: input_key` */
};

enum row_verdict { ROW_BUILT, ROW_REJECTED, ROW_SKIPPED };

struct built_row {
	size_t json_at, json_len; /* the object's bytes in `out` */
	size_t key_at, key_len;	  /* the key's JSON token in `out` (a string
				   * with its quotes, or a number); len 0 =
				   * the row has no key */
	const char *skip_code;	  /* when skipped: "rows.empty", "rows.only",
				   * "rows.except": static */
};

/* Borrows m (bound to the header) and the facts until builder_free. */
struct builder *builder_new(
    const struct mapping *m, const struct builder_facts *facts);
void builder_free(struct builder *b);

/* Appends the object for the record to `out`. `problems` holds what the
 * reader found; the builder adds its own. A record with rejects from the
 * reader is ROW_REJECTED at once (structural rejects come before rules).
 * is_empty: all its cells are empty (reader_record_is_empty).
 * On ROW_REJECTED and ROW_SKIPPED `out` is as it was before. */
enum row_verdict builder_row(struct builder *b, const struct record *rec,
    bool is_empty, struct buf *out, struct problem_list *problems,
    struct built_row *built);

/* The text of the row's key for messages and results.csv, also for rejected
 * rows (its cell, after trim and the like): a view valid until the next
 * builder_row; empty if it has none. */
struct text builder_key_text(const struct builder *b);

/* One step in the life of a value, for `preview --explain`. */
struct explain_step {
	const char *rule;    /* "cell", "trim", "map", "type datetime", … */
	struct text value;
};
/* Calls step for every step of every field whose path equals or is below
 * `path` ({NULL,0} = all). */
void builder_explain(struct builder *b, const struct record *rec,
    struct text path,
    void (*step)(void *ctx, const struct field *f,
	const struct explain_step *s),
    void *ctx);

#endif
