/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_VERB_H
#define CHAKRA_VERB_H

/*
 * What is asked of ChakraHQ: the paths of its API, and one row a verb for the
 * calls that write. All that differs between creating and another way to write
 * is in the row; whoever sends, follows and books calls asks it.
 */

#include "base/buf.h"
#include "base/outcome.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verb_id {
	VERB_CREATE, /* bulk create */
	VERB_UPDATE, /* bulk update */
	VERB_DELETE, /* of one process, by its id (path_of_process) */
	VERB_COUNT
};

struct verb {
	const char *method, *path; /* "POST"; after that of the processes */
	/* The body: the rows' JSON objects, framed. */
	const char *open, *between, *close;
	/* Where the acknowledgement has the id of the background job: names of
	 * members, from the root on. */
	const char *job[4];
	/* May a call be sent again while it is unknown what became of it? The
	 * transport never hands one that may not to a second connection. */
	bool repeatable;
	/* Its rows change processes that are there: each is looked up before it
	 * is sent, and only what differs is. */
	bool changes;
	enum outcome done; /* of a row that a job or a lookup confirms */
};
const struct verb *verb_of(enum verb_id id);
/* By which verb the rows of a mapping's mode ("create", "update", "upsert") are
 * sent: `there` where somebody looked and their process is there, or where
 * nobody looks; `missing` where it is not, NULL = not at all. */
struct mode_verbs {
	const char *mode;
	enum verb_id there;
	const struct verb *missing;
};
const struct mode_verbs *verbs_of_mode(const char *mode);
/* The verb of that name ("create"), which is one. */
enum verb_id verb_named(const char *name);

/* Appends the object of a row to a body, after what separates it. */
void verb_body_add(const struct verb *v, struct buf *body, struct text row);
void verb_body_end(const struct verb *v, struct buf *body);
/* The bytes of a body of this many rows besides the rows. */
size_t verb_frame_bytes(const struct verb *v, size_t rows);

/* Paths, appended; ids are percent-encoded. */
void path_of_processes(struct buf *out, const char *procedure);
void path_of_verb(struct buf *out, const char *processes, const struct verb *v);
/* One process, by its id. */
void path_of_process(struct buf *out, const char *processes, const char *id);
void path_of_list(struct buf *out, const char *processes);
void path_of_job(struct buf *out, const char *job);
void path_of_entries(struct buf *out, const char *job);
#define PATH_OF_CONFIG "/v1/ext/config"

/*
 * Comparing what a row wants with the process that ChakraHQ has: pure
 * functions over JSON that is known to be good. A field is a member of the
 * process (`state`), of its `data` (`data.score`) or of its record's data
 * (`record.data.email`); what is nested deeper is compared, and sent, as one
 * value.
 *
 * Values are compared as JSON: numbers by value, texts exactly, lists by
 * order, objects by member; nothing and null are the same. A number and its
 * text differ.
 */

struct compare_rules {
	const char *key_name; /* never compared */
	/* Paths that are compared and sent; NULL = all that the row has. */
	const struct text *fields;
	size_t field_count;
	/* Written only where ChakraHQ has no value. */
	const struct text *fill_only;
	size_t fill_count;
	/* Sent with another change, and never compared. */
	const struct text *send_only;
	size_t send_count;
	/* Of what a diff recorded: written also where somebody changed it since
	 * (`update: conflict: overwrite`). */
	bool overwrites;
};

struct field_change {
	struct text path;	    /* valid during the call */
	struct text before, wanted; /* JSON tokens; before.s NULL = it has no
				     * value */
	bool is_form; /* they differ in their form, whatever else: "105" and
		       * 105, a time as ISO 8601 and as a number, an id for a
		       * name */
	bool is_sent_only; /* not compared */
};
/* Calls `each` (may be NULL) for every field of the row that differs, and for
 * those of `send_only` if another one does. How many differ. */
typedef void compare_each(void *ctx, const struct field_change *c);
size_t compare_process(const struct compare_rules *rules, struct text wanted,
    struct text process, compare_each *each, void *ctx);
/* Of what a list answer showed: true, then nothing differs. False tells nothing
 * (it looks only where the answer's reader has been). */
struct found_process;
bool compare_is_same(const struct compare_rules *rules, struct text wanted,
    const struct found_process *found);
/*
 * The same bound to what a diff recorded of the row: an object of the fields
 * that differed then, and how they were. No other field is looked at. `each`
 * gets those that are not as wanted now, whoever changed them, and then those
 * of send_only; of fill_only none that has a value.
 */
enum recorded_now {
	RECORDED_DONE,	  /* all are as wanted */
	RECORDED_AS_THEN, /* all are as they were */
	RECORDED_MOVED,	  /* neither */
	RECORDED_KEPT /* neither, and there is nothing that may be written */
};
struct recorded_look {
	struct text wanted, process; /* the row's object; what was found */
	struct text recorded;
};
/* `words` (empty) gets why, of RECORDED_MOVED and _KEPT. */
enum recorded_now compare_recorded(const struct compare_rules *rules,
    const struct recorded_look *l, compare_each *each, void *ctx,
    struct buf *words);
/* The value of a field in a process; s NULL: it has none. Who asks for several
 * has it read once: process_fields_new (owned), _of, _free. */
struct text process_field(struct text process, const char *path);
struct process_fields;
struct process_fields *process_fields_new(struct text process);
struct text process_fields_of(const struct process_fields *f, const char *path);
void process_fields_free(struct process_fields *f);
bool json_same(struct text a, struct text b);

/* Appends the item of an update: {KEY: …, "update": {…}}, with the fields of
 * `wanted` that `sent` (an object of paths) names. */
void update_item(const char *key_name, struct text key, struct text wanted,
    struct text sent, struct buf *out);

/*
 * The rows of a chunk, as the ledger of the run keeps them (its table `sent`),
 * so that they can be looked up, and told from others, without the input: of
 * each its row, line and key, which fields it had, and a hash of their values.
 * The key is told; the values are not, but who has the ledger can try what they
 * may be.
 *
 *	byte 1, count of names; of each: place (0 top, 1 data, 2 record.data),
 *	length, token; then rows to the end: row and line (less those of the
 *	row before), length of the key, key token, the names that it has, in
 *	their order: 0 (those of the row before), or 2 * n and a bitmap of n
 *	bytes, or 2 * n + 1 and n numbers; eight bytes of hash, and a byte a
 *field that tells which one is another.
 *
 * Numbers are LEB128. The seed of the hashes is the first eight bytes of the
 * chunk's SHA-256.
 */
struct sent_name {
	unsigned place;
	size_t at, len; /* of its token, in `tokens` */
};
/* What stands before a value of an object, or after the last. */
struct sent_gap {
	size_t at, len; /* in `between` */
	size_t name;	/* the value's, a number; or what sent_rows.c says */
	/* Another gap in its place, and the first after its value; 0 = none. */
	size_t beside, below;
};
struct sent_writer {
	uint64_t seed;
	struct buf key_name; /* a token, or empty */
	struct buf rows, tokens, marks, scratch, out;
	struct sent_name *names;
	size_t count, cap, next;
	/* Of the row before: its fields, numbers of names, and its last gap. */
	size_t *fields;
	size_t field_count, field_cap;
	size_t last_gap;
	/* Of all rows, a tree, below the first of them. */
	struct sent_gap *gaps;
	size_t gap_count, gap_cap;
	struct buf between;
	uint64_t row, line;
};
/* Begins a chunk; what *w has from the one before is used again. */
void sent_begin(
    struct sent_writer *w, const char *key_name, const unsigned char key[8]);
void sent_add(struct sent_writer *w, uint64_t row, uint64_t line,
    struct text key, struct text json);
/* All of them; valid until the next begin. */
struct text sent_end(struct sent_writer *w);
void sent_writer_release(struct sent_writer *w);

struct sent_row {
	uint64_t row, line;
	struct text key; /* a JSON token, or empty */
	/* The reader's own. */
	struct text shape, marks;
	bool is_list;
	uint64_t hash;
};
struct sent_reader {
	uint64_t seed;
	const unsigned char *p, *end;
	struct text bytes;
	struct sent_name *names; /* `at` is in `bytes` */
	size_t count, cap;
	struct buf scratch;
	uint64_t row, line;
	struct text shape; /* of the row before */
	bool is_list;
};
/* False: these are not rows. Borrows the bytes. */
bool sent_open(
    struct sent_reader *r, struct text bytes, const unsigned char key[8]);
/* 1 = the next row, 0 = there is none, -1 = it is damaged. */
int sent_next(struct sent_reader *r, struct sent_row *row);
/* Has the process every field of the row as it was sent? *path (empty) gets the
 * first one that it has not, where that can be told. */
bool sent_is_there(struct sent_reader *r, const struct sent_row *row,
    struct text process, struct buf *path);
void sent_reader_release(struct sent_reader *r);

/* Appends an object of the same paths as `paths` is, with the values that the
 * row's object has; null where it has none. */
void fields_like(struct text paths, struct text row, struct buf *out);

/* The body of a list request for the processes that have one of the keys, JSON
 * tokens; `key_name` is where they have it. list_body_end releases it. */
struct list_body {
	struct buf *out; /* borrowed */
	struct buf item; /* what is before each token */
	bool has_keys;
};
void list_body_begin(
    struct list_body *l, const char *key_name, struct buf *out);
void list_body_key(struct list_body *l, struct text token);
void list_body_end(struct list_body *l, uint64_t skip, unsigned limit);

/* The body of a list request for any one process. */
#define LIST_ANY_BODY "{\"where\":{},\"skip\":0,\"limit\":1}"

#endif
