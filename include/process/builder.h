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
 *
 * What the mapping language leaves open is decided here:
 * - pattern, lengths and one_of look at the value behind its type: the text of
 *   strings, emails and phones, the digits of numbers (one_of by value: 1.50
 *   is 1.5), true or false; of dates, times, JSON and places at the text
 *   before the type; of lists at each element.
 * - All checks of a field are made, and all fields of a row, also when one
 *   failed. on_error: omit is for types and checks; `required` and a value
 *   that the map lacks reject in any case.
 * - A value of a rejected row counts for `unique` (it is in the file) if it
 *   passed its type; one that on_error leaves out does not.
 * - `date` with `as: iso` is the day that the cell names: "2026-04-15".
 * - A plain number or boolean as `value:` goes out as written, whatever the
 *   type. A list of empty elements is [].
 * - A row that `out` has no room for is judged to its end all the same, then
 *   rejected (chunk.row_too_large).
 *
 * Codes: type.*, rule.required, rule.pattern, rule.min, rule.max,
 * rule.min_length, rule.max_length, rule.one_of, rule.not_unique,
 * rule.replace (a pattern that took too long), map.no_entry, rows.empty,
 * rows.only and rows.except (a pattern that took too long),
 * chunk.row_too_large; as a note type.big_integer (beyond 2^53).
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
	const char *rule; /* "cell", "trim", "map", "type datetime", … */
	struct text value;
};
/* Calls step for every step of every field whose path equals or is below
 * `path` ({NULL,0} = all). */
void builder_explain(struct builder *b, const struct record *rec,
    struct text path,
    void (*step)(
	void *ctx, const struct field *f, const struct explain_step *s),
    void *ctx);

#endif
