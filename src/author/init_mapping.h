/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_INIT_MAPPING_H
#define AUTHOR_INIT_MAPPING_H

/*
 * The commented mapping that `init` writes. Every guess is marked and says
 * what it rests on; where there is none that every value bears out, the
 * column stays text and a comment says what to choose from.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "build/builder.h"
#include "csv_look.h"
#include "init_fields.h"

#include <stdbool.h>
#include <stddef.h>

/* A column that is named like a key, and how near it is to being one: filled
 * in every row and different in each. */
struct init_candidate {
	size_t column;
	int score;
	struct unique_index *seen; /* NULL = it is far from being one */
	uint64_t repeats, repeat_row, repeated_row; /* the first of them */
	uint64_t empties, empty_row;
	uint64_t waiting; /* the hash of the last row's value, not in `seen` */
	uint64_t waiting_row; /* 0 = none waits */
};
#define INIT_CANDIDATES 3
struct init_candidates {
	struct init_candidate list[INIT_CANDIDATES]; /* the best name first */
	size_t count;
};
/* The first of them that is one, or SIZE_MAX. */
size_t init_found_key(const struct init_candidates *c);
/* Comments for a file in which none is: those that are nearly. */
void init_near_keys(
    const struct csv_look *l, const struct init_candidates *c, struct buf *out);
/* A `state:` with every value of the column that is named like one, and the
 * state of the service that sounds like it; as comments, to be filled in, if a
 * value has none. Nothing if there is no such column. */
void init_state(const struct csv_look *l, const struct config_listing *states,
    struct buf *out);

/* service: where the rows go, as far as it is known. this_year is what no year
 * of birth can be after. target: the file that it is written to, or NULL. */
void init_mapping(const struct csv_look *l, const struct init_candidates *keys,
    const struct init_service *service, const char *target, int this_year,
    struct buf *out);

/* The lines of `source` that say the encoding. One that is certain, or a guess
 * that is clearly better than the next, is pinned; any other is commented out,
 * with two cells in each encoding that is possible, so that an import stops
 * until somebody has looked. */
void init_encoding(const struct csv_look *l, struct buf *out);

/* What `init` writes of the first records: how the header was found. */

/* -1 with DIAG_INPUT: no mapping can read the file as it stands. */
int init_front_check(const struct csv_look *l, struct diag *d);
/* From the first line to `procedure:`. target: the mapping's file, or NULL;
 * procedure: NULL = a placeholder is written. */
void init_head(const struct csv_look *l, const char *procedure,
    const char *target, struct buf *out);
/* Comments, within `source:`: each finding that the keys below follow. */
void init_front_source(const struct csv_look *l, struct buf *out);
/* `quote:`, `header:` and `skip_lines:`, where they are not the default or
 * were written out. */
void init_front_keys(const struct dialect *x, struct buf *out);

/* Names and texts of a CSV as a mapping needs them: keys, YAML scalars,
 * comments, and which names say that a column is the key. */

/* "Full Name", "fullName", "Größe (cm)": full_name, full_name, grosse_cm in
 * ASCII; nothing for a name without a letter or digit that has one. Appends
 * at most 60 bytes. */
void init_key(struct buf *out, struct text name);

/* As a YAML scalar that is read as this text: plain where nothing in it could
 * be meant otherwise, else in double quotes. */
void init_scalar(struct buf *out, struct text t);

/* "# " and the text, wrapped at 80 columns, each line after `indent` blanks;
 * what YAML does not take in a comment is left out. */
void init_comment(struct buf *out, size_t indent, const char *text);

/* How much a name sounds like the key of a row: 0 = not at all. */
int init_key_score(struct text name, size_t column);

/* A name for dates, such as "Due Date" or "Startdatum". */
bool init_is_date_name(struct text name);
/* A name for dates of birth, in a few languages. */
bool init_is_birth_name(struct text name);

#endif
