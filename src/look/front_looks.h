/* SPDX-License-Identifier: MIT */
#ifndef LOOK_FRONT_LOOKS_H
#define LOOK_FRONT_LOOKS_H

/* What the files of front.h share. Each look sets
 * f->kind and what belongs to it, and says whether it did. */

#include "csv/sample.h"
#include "look/front.h"

/* The records of the sample under a delimiter, in f's arena. */
void front_collect(struct front *f, const struct sample *sample, char delimiter,
    struct front_record **records, size_t *count);

bool front_find_preamble(
    struct front *f, const struct dialect *dialect, bool has_header);
bool front_find_data(struct front *f);
bool front_find_mixed(struct front *f, const struct sample *sample);
bool front_find_quoted_lines(struct front *f, char quote);
bool front_find_apostrophes(struct front *f, const struct sample *sample);
bool front_find_backslashes(struct front *f);

#endif
