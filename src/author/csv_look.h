/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_CSV_LOOK_H
#define AUTHOR_CSV_LOOK_H

/*
 * A CSV looked at without a mapping: what `inspect` shows and `init` writes
 * from. The input is read by a plan without a mapping (plan_look); each good
 * record goes to a profile per column and to the hazards. One reading after
 * the survey, so a pipe will do: its encoding is decided on the first 1 MiB,
 * and rows that contradict it are among the problems.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "csv/dialect.h"
#include "csv/reader.h"
#include "look/column_profile.h"
#include "look/front.h"
#include "look/hazards.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "report/problems.h"

#include <stdbool.h>

#define LOOK_CELLS 3
#define LOOK_FRONTS 4

struct csv_look {
	/* For a caller that wants more of each good record; may be NULL. */
	void (*row)(void *ctx, const struct record *rec);
	void *row_ctx;

	struct plan plan; /* without a mapping */
	const char *name; /* the plan's, for messages */
	bool is_pipe;	  /* no survey: its size is not known before the end */
	struct buf typed; /* settings_typed */
	/* What the first records say about the header, one finding after the
	 * other: the file is read as each of them proposes. */
	struct front fronts[LOOK_FRONTS];
	size_t front_count;
	/* Cells beyond ASCII: what a guess of the encoding made of them. */
	struct hazard_cell decoded[LOOK_CELLS];
	size_t decoded_count;

	struct column_profile *columns;
	size_t column_count;
	bool has_columns; /* one of them has a name or a value */
	/* Records: their sum is all of them. */
	uint64_t good, empty, rejected, left_out;
	bool is_unclosed;
	struct problem_groups groups;
	bool has_groups;
	struct hazards *hazards;
	const struct hazard *found;
	size_t found_count;

	struct reader *reader; /* the plan's, for header and tally */
};

/* Reads the whole input. `row` and `row_ctx` may be set before, everything
 * else is zero. -1 with DIAG_INPUT or DIAG_USAGE; csv_look_release either
 * way. */
int csv_look_read(struct csv_look *l, const struct settings *o,
    const char *path, struct diag *d);
void csv_look_release(struct csv_look *l);

/* "every byte of it is UTF-8", "byte order mark", …: static. */
const char *csv_look_evidence(const struct csv_look *l);
/* Appends what the encoding rests on, in a sentence without its end: "guessed
 * by its letters (German); byte 12 on line 2 is not UTF-8". */
void csv_look_encoding_words(const struct csv_look *l, struct buf *out);
/* The same of a guess, without that word. */
void csv_look_guess_words(const struct csv_look *l, struct buf *out);
/* Appends two cells as the candidate number `i` of a guess reads them:
 * "macintosh reads B2 'Jörg', C2 'Köln'". */
void csv_look_reading(const struct csv_look *l, size_t i, struct buf *out);
/* The name of a column as its header has it; empty without one. */
struct text csv_look_name(const struct csv_look *l, size_t column);
/* A column without a name and without a value, as spreadsheets add them
 * beside others. */
bool csv_look_is_unused(const struct csv_look *l, size_t column);
/* "1,000 columns without a name and without a value, C to ALN"; nothing if
 * there is none. */
void csv_look_unused(const struct csv_look *l, struct buf *out);

/* `inspect`'s answer. */
void inspect_text(const struct csv_look *l, bool with_colour, struct buf *out);
void inspect_json(const struct csv_look *l, struct buf *out);

#endif
