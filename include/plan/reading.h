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

#include "plan/plan.h"
#include "plan/sources.h"

#include <stdbool.h>

struct held_source;
struct utf8_guard;

struct reading {
	struct plan *plan;	      /* borrowed */
	struct input *again;	      /* NULL: it reads the plan's own input */
	struct held_source *held;     /* to the sums; NULL without them */
	struct replay_source *replay; /* its first bytes, read twice */
	struct decoder *decoder;
	struct utf8_guard *guard;    /* a pipe taken for UTF-8 */
	struct byte_counter counter; /* what the reader was given */
	struct reader *reader;
	struct builder *builder;
	struct chunker *chunker; /* NULL before reading_start */
};

/* Everything up to the builder; the header was read. Owned, or NULL. The plan
 * must outlive it. */
struct reading *reading_open(struct plan *p, struct diag *d);
/* Makes the chunker, from which everything is pulled: by the plan's options, or
 * by others (NULL = the plan's). The observer (borrowed, may be NULL) comes
 * only now because it may need r->reader and r->builder. */
void reading_start(struct reading *r, const struct chunker_options *options,
    const struct row_observer *observer);
/* The file that this reading goes through. */
struct input *reading_input(const struct reading *r);
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
