/* SPDX-License-Identifier: MIT */
#ifndef PLAN_READING_CHOICES_H
#define PLAN_READING_CHOICES_H

/*
 * What is decided about an input before its first record, in the same way for
 * those who have a mapping (the plan) and those who have none (inspect,
 * init).
 */

#include "base/buf.h"
#include "base/diag.h"
#include "csv/dialect.h"
#include "input/decoder.h"
#include "input/input.h"
#include "look/front.h"
#include "mapping/mapping.h"
#include "plan/settings.h"

#include <stddef.h>
#include <stdint.h>

struct replay_source;

/* The path to open: owned. A file behind standard input ("-") is named
 * /dev/stdin, so that it can be opened afresh for each reading. */
char *operand_path(const char *operand);
/* What messages call it: "<stdin>" for "-". Borrows. */
const char *operand_name(const char *operand);

/* True if the name ends as a table does (.csv, .tsv, .txt, … compressed or
 * not), or as a mapping does (.yaml, .yml). */
bool operand_is_csv(const char *name);
bool operand_is_mapping(const char *name);
/* What a folder is taken to mean by its files: .csv and .tsv, compressed or
 * not. */
bool name_is_table(const char *name);

/* The options --delimiter, --quote, --header, --no-header and --skip-lines
 * over what *dialect says. -1 with DIAG_USAGE: two that contradict each
 * other. */
int dialect_settle(
    struct dialect *dialect, const struct settings *o, struct diag *d);
/* The input's first bytes, decoded: what its dialect and its header are
 * judged by. */
struct first_bytes {
	struct buf bytes; /* DIALECT_SAMPLE of them */
	bool is_whole;	  /* the input has no more */
};
/* Reads them from `from`, which is rewound then. -1 with DIAG_INPUT;
 * first_bytes_release either way. */
int first_bytes_decode(struct first_bytes *b, struct replay_source *from,
    const char *encoding, struct diag *d);
void first_bytes_release(struct first_bytes *b);

/* What *dialect leaves open, and what the first records say about the header
 * (*front, for front_release). Borrows all; appends to `evidence`. -1 with
 * DIAG_INPUT. */
int dialect_decide(const struct first_bytes *b, const char *name,
    struct dialect *dialect, struct buf *evidence, struct front *front,
    struct diag *d);

/* decoder_source_offset with the decoder as `ctx`, as reader_new wants it. */
uint64_t decoder_offset_of(void *ctx, uint64_t offset);

/*
 * The next step for rows of bad encoding: which encodings decode the whole
 * input. When nobody has looked at all of it yet, it is read ahead once more,
 * at the first such row, and only up to 64 MiB.
 */

struct encoding_help {
	const char *path; /* borrowed; NULL = it cannot be read again */
	struct input_limits limits;
	/* Borrowed: how the input is read. */
	const struct encoding_decision *decision;
	struct buf words; /* once somebody asked */
};

/* For reader_options; borrows h. */
struct encoding_advice encoding_help_advice(struct encoding_help *h);
void encoding_help_release(struct encoding_help *h);

/*
 * The values that a mapping brings along itself: a `default` or a constant
 * that does not pass its own type and checks would reject every row that
 * needs it. The builder is the judge, so that nothing is judged twice.
 */

/* `m` is bound to a header of `width` columns. Adds an error
 * (mapping.refused_value) for each such value; -1 if there is one. */
int mapping_values_check(
    const struct mapping *m, size_t width, struct diagnostics *list);

#endif
