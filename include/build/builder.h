/* SPDX-License-Identifier: MIT */
#ifndef BUILD_BUILDER_H
#define BUILD_BUILDER_H

/*
 * Record + mapping -> one process object as JSON text, or problems.
 *
 * The builder compiles the bound mapping once (key fragments, column numbers,
 * rules) and allocates nothing per row in a steady state. It is a pure
 * function of mapping, facts and the records before (for `unique`): the same
 * file and mapping give the same bytes.
 *
 * What the mapping language leaves open is decided here:
 * - pattern, lengths and one_of look at the value after its type: the text of
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
#include "base/diag.h"
#include "base/problem.h"
#include "base/text.h"
#include "csv/reader.h"
#include "mapping/mapping.h"

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

/*
 * The same rows once more. A builder that has told a reading remembers, in a
 * bit a row, of which of its rows nothing was said; of the first
 * BUILDER_QUIET_ROWS.
 */
#define BUILDER_QUIET_ROWS ((uint64_t)1 << 26)

/* The newest row was built, is wanted, and has neither problem nor note. */
void builder_note_quiet(struct builder *b);
/* From now on the same records come again, from the first on: builder_row says
 * the same of them (verdict, problems, key text), but of a row that was quiet
 * it gives the key text alone, and no object. Their values are in the index
 * already. Records that did not come then may follow, and are as any others.
 * Verdicts must be given anew. */
void builder_retell(struct builder *b);
/* Some are still to come again. */
bool builder_retells(const struct builder *b);

/* The column of whose cells it would like to know ahead (builder_hint): that of
 * a key that is looked up among those before. -1 = of none. */
int builder_hint_column(const struct builder *b);
/* The cell of a record that may come soon. Nothing but the time that it takes
 * depends on it. */
void builder_hint(struct builder *b, struct text cell);

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

/*
 * Which record first had a value; values that differ only in their Unicode
 * form (NFC) are one. The texts are not kept: a keyed 64-bit hash
 * and a 40-bit number are, at most 40 bytes a key at the peak, growth
 * included. The builder's numbers are those of its place_log.h, which knows
 * row and line of each. Two texts with one hash would be a false alarm: about
 * n*n / 2^65 for n keys, 1 in 1.5 million at 5,000,000; the message names
 * both places so that a person can see one.
 */

struct unique_index;

/* The hash's key is derived from `seed` (16 bytes), which is fixed for
 * determinism: the same file gives the same answer. */
struct unique_index *unique_new(const unsigned char seed[16]);
void unique_free(struct unique_index *u);
/* Remembers `value` for record `number` (from 1, below 2^40). False if it was
 * there: *first is the number that had it first. */
bool unique_add(struct unique_index *u, struct text value, uint64_t number,
    uint64_t *first);
/* The same in two steps: the hash, which also asks for the memory that the
 * second will look at. In a large index that takes longer than to build the
 * rest of a row, which may be done in between. */
uint64_t unique_hash(struct unique_index *u, struct text value);
bool unique_add_hash(
    struct unique_index *u, uint64_t hash, uint64_t number, uint64_t *first);
/* The number that had the hash first; 0 = none. Adds nothing. */
uint64_t unique_find_hash(const struct unique_index *u, uint64_t hash);
/* A guess that this value will be asked for within the next ten or so. Nothing
 * but the time of unique_hash depends on it: the memory is asked for that much
 * sooner. Of guesses that do not come true it takes no more after a while. */
void unique_hint(struct unique_index *u, struct text value);
bool unique_takes_hints(const struct unique_index *u);
uint64_t unique_count(const struct unique_index *u);
/* Bytes of memory in use. */
size_t unique_bytes(const struct unique_index *u);
/* Forgets all values and gives their memory back. */
void unique_clear(struct unique_index *u);

/*
 * Unique keys in constant memory, for inputs that can be read twice.
 *
 * First a reading collects: a builder with a spool builds nothing but the
 * unique fields, and puts a hash of each value with its place into the spool.
 * Settling the spool gives the verdicts: each place whose value was there
 * before, with the place where it was first. Then any number of readings ask
 * the verdicts, in the order of their rows, where a builder would else look
 * into its index. Rows, problems, places and bytes are the same either way.
 *
 * A place is a file, a row and a line. The file is a number that the caller
 * gives, 0 for the only one. Files of one mapping whose keys must differ from
 * each other's go into one spool, one after the other in any order; "first"
 * is the file with the lowest number, and in it the first row. The verdicts of
 * each file are asked with its number, in any order, also beside each other;
 * `names` are what messages call the first one's file when it is another.
 *
 * Memory: KEY_SPOOL_MEMORY while collecting and settling, for all fields and
 * files together; of verdicts 64 KiB a reading. Disk: 28 bytes a value, and
 * while settling 80 a duplicate, of which 40 stay; in files of `folder`
 * without a name, mode 0600. Values are told apart by SipHash-2-4 of 128 bits,
 * keyed by `seed`, which is random: one false pair in 10^10 values has a
 * chance of 1.5 * 10^-19. The texts are not kept.
 *
 * Errors: DIAG_DISK, DIAG_SIGNAL, and DIAG_USAGE for more than there is room
 * for in a place: 2^20 fields of all files together, 2^38 rows or lines.
 */

#define KEY_SPOOL_MEMORY ((size_t)64 << 20)
/* Of disk: a value, and a duplicate. */
#define KEY_SPOOL_BYTES 28
#define KEY_SPOOL_DUPLICATE_BYTES 80

struct key_spool;
struct key_verdicts;

struct key_spool_options {
	const char *folder; /* borrowed, also by the verdicts */
	unsigned char seed[16];
	size_t fields; /* the mapping's unique_count; at least 1 */
	/* Their paths, by which they are told apart also where another mapping
	 * numbers them otherwise; borrowed for the call; NULL = by number. */
	const struct text *paths;
	const char *const *names; /* of the files; borrowed, NULL = of one */
	size_t memory;		  /* 0 = KEY_SPOOL_MEMORY; at least 128 KiB */
};

/* Owned, or NULL. */
struct key_spool *key_spool_new(
    const struct key_spool_options *o, struct diag *d);
void key_spool_free(struct key_spool *s);
/* The JSON of field `field` (its unique_slot). An error is kept, and all that
 * comes after it is not: key_spool_check says it. */
void key_spool_add(struct key_spool *s, size_t file, size_t field,
    struct text json, uint64_t row, uint64_t line);
int key_spool_check(const struct key_spool *s, struct diag *d);
/* Adds what kept verdicts (below) say of other files: the values that were met
 * there first, in the places where they are. The files have the numbers and
 * names that they are kept with; the spool has the seed of the verdicts. */
int key_spool_add_others(
    struct key_spool *s, const struct key_verdicts *v, struct diag *d);
/* Owned, or NULL. The spool holds nothing after that, and is to be freed. */
struct key_verdicts *key_spool_settle(struct key_spool *s, struct diag *d);

void key_verdicts_free(struct key_verdicts *v);
uint64_t key_verdicts_count(const struct key_verdicts *v);
/* 1 if a value of another file was first in this one, 0, or -1. */
int key_verdicts_refer(
    const struct key_verdicts *v, size_t file, struct diag *d);

/*
 * Kept verdicts: those of one file among several, for a run that goes on, or is
 * told of, without the others. They are of file 0; the others are numbered from
 * 1. The values are not in it, but their hashes and the seed are.
 */

/* Writes those of file `file` to `path`, mode 0600, synced. */
int key_verdicts_keep(const struct key_verdicts *v, size_t file,
    const char *path, struct diag *d);
/* Owned, or NULL: DIAG_INPUT (run.changed) if it is not such a file. */
struct key_verdicts *key_verdicts_open(const char *path, struct diag *d);
/* Of such: the files' names, the first of which is NULL, and how many. */
const char *const *key_verdicts_names(
    const struct key_verdicts *v, size_t *count);
const unsigned char *key_verdicts_seed(const struct key_verdicts *v);

/* The verdicts of one file, row by row. */
struct verdict_cursor;
struct first_place {
	uint64_t row, line;
	const char *file; /* its name, when it is in another; else NULL */
};
/* Borrows the verdicts. */
struct verdict_cursor *verdict_cursor_new(
    const struct key_verdicts *v, size_t file);
void verdict_cursor_free(struct verdict_cursor *c);
/* True if the value of the field in that row was there before. Rows never go
 * back; within a row any field may be asked. Verdicts that cannot be read are
 * "no", and verdict_cursor_check says so: nobody may use such an answer. */
bool verdict_cursor_find(struct verdict_cursor *c, uint64_t row, size_t field,
    struct first_place *first);
/* True if it was there before in another file. */
bool verdict_cursor_finds_other(
    struct verdict_cursor *c, uint64_t row, size_t field);
int verdict_cursor_check(const struct verdict_cursor *c, struct diag *d);

/* Bytes that the builder's index and places take. */
size_t builder_unique_bytes(const struct builder *b);
/* At most so many, for that many rows. */
uint64_t builder_unique_most(const struct mapping *m, uint64_t rows);
/* From now on the builder only collects: its rows are not to be used. Before
 * the first row; borrows the spool. With verdicts to ask besides, values that
 * were in another file before are left out. */
void builder_collect(struct builder *b, struct key_spool *s, size_t file);
/* Gives the memory of the index back; verdicts are to follow. */
void builder_forget_keys(struct builder *b);
/* From now on it asks these verdicts of file `file`, and forgets its index.
 * Before any row or between two; borrows the verdicts. */
void builder_ask_verdicts(
    struct builder *b, const struct key_verdicts *v, size_t file);
bool builder_asks_verdicts(const struct builder *b);
/* -1 if verdicts could not be read: its newest rows are not to be used. */
int builder_check_verdicts(const struct builder *b, struct diag *d);

/*
 * How a mapping could read the cells that it refuses, as a help line for the
 * group of problems of one field, code and cause.
 *
 * Obeying a line must be right for every cell of its group, and change no
 * value of a cell that passes today. A line that begins with "check first: "
 * names what a person must judge (which of two ways to read a date is meant,
 * whether a percentage is 12.5 or 0.125) and is not to be obeyed unread. What
 * is to be written stands between backquotes, in YAML, and can be pasted.
 */

struct builder;
struct plan_field;
struct cause_evidence;

#define ADVICE_CHECK_FIRST "check first: "

/* Appends the advice for the field at `path`, which the words call `name`,
 * from all rows that the builder has seen. False and nothing appended if
 * there is none that is right for all of them. */
bool builder_advise(const struct builder *b, struct text path, const char *name,
    const char *code, const char *cause, struct buf *out);

/* advice.c, advice_number.c, advice_date.c: the same for a field with
 * evidence; c is that of the group's cause. */
bool advise_number(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out);
bool advise_date(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out);
bool advise_time(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out);
bool advise_boolean(
    const struct plan_field *p, const char *name, struct buf *out);
bool advise_map(const struct plan_field *p, const char *name, struct buf *out);

/* "`decimal: ","`, `thousands: "."`": one key after the other. */
struct advice_keys {
	struct buf *out;
	unsigned count;
};
void advice_key(struct advice_keys *k, const char *name, struct text value);
/* … with a word as value, or a list of texts; both as YAML. */
void advice_key_word(struct advice_keys *k, const char *name, const char *word);
void advice_key_list(struct advice_keys *k, const char *name,
    const struct text *items, size_t count);

#endif
