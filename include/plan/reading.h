/* SPDX-License-Identifier: MIT */
#ifndef PLAN_READING_H
#define PLAN_READING_H

/*
 * One reading of an input by its plan, from the first byte on:
 *
 *   input -> (sums) -> decoder -> (guard) -> reader -> builder -> chunker
 *
 * A plan may be read as often as one likes, one reading beside another, but a
 * pipe once. All readings of an input that was hashed get the same bytes, or
 * fail as "input.changed".
 */

#include "base/diag.h"
#include "input/input.h"
#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Byte sources that a reading puts between its stages.
 */

/*
 * The first bytes of a source read twice: what passes is recorded until
 * replay_rewind, then given out again before the source goes on. That is how
 * a pipe's encoding and dialect are found before it is read. The memory is
 * freed as soon as the recording has been given out.
 */
struct replay_source;
struct replay_source *replay_new(struct byte_source from); /* borrows from */
void replay_free(struct replay_source *r);
struct byte_source replay_byte_source(struct replay_source *r);
/* Records until `max` bytes are there or the source ends; *data is valid
 * until replay_rewind. *is_whole: the source ended. */
int replay_fill(struct replay_source *r, size_t max, const char **data,
    size_t *len, bool *is_whole, struct diag *d);
/* The same of as much as an encoding is decided by; meter: who is shown that a
 * pipe is slow, or NULL. */
struct meter;
int replay_head(struct replay_source *r, struct meter *meter, const char **data,
    size_t *len, bool *is_whole, struct diag *d);
/* Back to the first byte; nothing is recorded any more. Once. */
void replay_rewind(struct replay_source *r);

/* The first `left` bytes of a source, and no more of it. */
struct limited_source {
	struct byte_source from;
	uint64_t left;
};
struct byte_source limited_byte_source(struct limited_source *l);

/* Counts the bytes that pass: put between decoder and reader, it is the left
 * side of the second equation. */
struct byte_counter {
	struct byte_source from;
	uint64_t bytes;
};
struct byte_source byte_counter_source(struct byte_counter *c); /* borrows c */
/* Reads on to the end, so that `bytes` is the whole input. */
int byte_counter_drain(struct byte_counter *c, struct diag *d);

/*
 * Holds a source to strict UTF-8: the first byte that is not ends it with
 * DIAG_INPUT. For an input that was taken for UTF-8 after its first bytes
 * only.
 */
struct utf8_guard;
/* Borrows both. Its error names the line only if it counts lines. */
struct utf8_guard *utf8_guard_new(
    struct byte_source from, const char *name, bool counts_lines);
void utf8_guard_free(struct utf8_guard *g);
struct byte_source utf8_guard_source(struct utf8_guard *g);
/* It ended the source. */
bool utf8_guard_has_failed(const struct utf8_guard *g);

/* An input that can be read once only, as a file that can be read again. */

/* Copies the decompressed bytes of `from` ("-" or a FIFO) into a new file at
 * `to`, mode 0600, fsynced. At most as many as the limits say, and as the disk
 * has room for less a reserve (disk.room): a pipe may never end. */
int spool_input(const char *from, const char *to,
    const struct input_limits *limits, struct diag *d);
/* True if `path` can be read once only: a FIFO, a terminal, "-" unless a file
 * stands after it at its beginning. */
bool input_needs_spool(const char *path);
/* The path of the file that standard input is, under which a later part of a
 * run finds it again; owned. NULL: it has none, and is a pipe to us. */
char *stdin_file(void);

struct held_source;
struct part_way;

struct reading {
	struct plan *plan;	      /* borrowed */
	struct input *again;	      /* NULL: it reads the plan's own input */
	struct held_source *held;     /* to the sums; NULL without them */
	struct replay_source *replay; /* its first bytes, read twice */
	struct decoder *decoder;
	struct utf8_guard *guard;    /* a pipe taken for UTF-8 */
	struct byte_counter counter; /* what the reader was given */
	struct part_way *way;	     /* of a part; NULL = it is whole */
	struct reader *reader;
	struct builder *builder;
	struct chunker *chunker;     /* NULL before reading_start */
	const struct row_gate *gate; /* of the chunker */
};

/* Everything up to the builder; the header was read. Owned, or NULL. The plan
 * must outlive it. */
struct reading *reading_open(struct plan *p, struct diag *d);
/* The same once more. If `first` was started, it is stopped, and its builder
 * goes on: it tells again what it told (builder_retell). */
struct reading *reading_open_after(struct reading *first, struct diag *d);
/* Makes the chunker, from which everything is pulled: by the plan's options, or
 * by others (NULL = the plan's). The observer (borrowed, may be NULL) comes
 * only now because it may need r->reader and r->builder. */
void reading_start(struct reading *r, const struct chunker_options *options,
    const struct row_observer *observer);
/* Reads the whole input ahead of its sending, by options as reading_start takes
 * them. `each` (may be NULL) sees every chunk; its -1 ends the reading. 0, or
 * -1: the input failed, `each` did, or a signal came (DIAG_SIGNAL). */
int reading_ahead(struct plan *p, const struct chunker_options *options,
    int (*each)(void *ctx, const struct chunk *k, struct diag *d), void *ctx,
    struct diag *d);
/* The file that this reading goes through. */
struct input *reading_input(const struct reading *r);

/*
 * Unique keys. A reading that was started has them in memory until that takes
 * more than --unique-memory. Then, between two chunks, a second reading of the
 * whole input collects them into a spool, and from there on this one and all
 * later readings of the plan ask the verdicts (builder.h). What cannot be read
 * twice keeps them in memory, with a note on stderr. A second reading that
 * meets an input that fails ends there: what is read by the verdicts meets it,
 * too.
 */

/* Where a pause of minutes must not come between two chunks: if the input,
 * which was surveyed, may hold more keys than fit, the second reading is made
 * now. After reading_start. */
int reading_settle_keys(struct reading *r, struct diag *d);
/* Bytes that the spool may take on the disk; 0 if it is not needed, or the
 * input was not surveyed. */
uint64_t plan_keys_bytes(const struct plan *p);
/* For keys that are compared over several inputs: a spool for the plan's
 * unique fields, as key_spool_new. Of *like the folder, the names and the seed
 * are taken; no folder: as the plan was told; a seed of zeros: one by chance.
 */
struct key_spool *plan_spool_new(
    const struct plan *p, const struct key_spool_options *like, struct diag *d);
/* The keys of this input go into the spool under number `file`; the caller
 * settles it, and gives its verdicts to each plan before a reading of it is
 * started. `gate`: the one that its readings have, or NULL. Values that
 * verdicts of the plan itself call another file's are left out. *records: how
 * many there are. */
int plan_collect_keys(struct plan *p, const struct row_gate *gate,
    struct key_spool *s, size_t file, uint64_t *records, struct diag *d);
void plan_use_verdicts(struct plan *p, struct key_verdicts *v, size_t file);
/* $TMPDIR, else /tmp: for the folder of a spool. */
const char *keys_folder_default(void);

/* It is over: frees the chunker and the builder with its unique index, and
 * keeps what was counted. */
void reading_stop(struct reading *r);
void reading_free(struct reading *r);

/* The input was taken for UTF-8 after its first bytes, and is none. */
bool reading_is_contradicted(const struct reading *r);
/* -1 with DIAG_INPUT: a quote never closed. */
int reading_check_unclosed(const struct reading *r, struct diag *d);
/* The reading came to the end of what was surveyed, and more follows. */
bool reading_has_grown(const struct reading *r);

/* For the plan, which looks at the first bytes (r->replay) before it knows how
 * to go on: a new reading, its input from the first byte on (again after a
 * survey), and the way to the header. */
struct reading *reading_begin(struct plan *p);
void reading_take_input(struct reading *r);
int reading_find_header(struct reading *r, struct diag *d);

/* The decompressed bytes of the same file as they came (exact rejects), held
 * to the sums as every reading is. */
struct raw_reading {
	struct input *input;
	struct held_source *held;
};
int raw_reading_open(
    struct raw_reading *raw, const struct plan *p, struct diag *d);
struct byte_source raw_reading_source(const struct raw_reading *raw);
void raw_reading_release(struct raw_reading *raw);

#endif
