/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_INIT_RAGGED_H
#define AUTHOR_INIT_RAGGED_H

/*
 * The parts of `init`'s mapping that are about the structure of rows.
 */

#include "csv_look.h"

/* Comments: which rows will be rejected, and why. */
void init_problems(const struct csv_look *l, struct buf *out);
/* Lines of `source:` (blanks, ragged, ignore), where the data asks for them. */
void init_ragged_source(const struct csv_look *l, struct buf *out);

#endif
