/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_INIT_TYPES_H
#define AUTHOR_INIT_TYPES_H

#include "base/buf.h"
#include "csv_look.h"

#include <stdbool.h>
#include <stddef.h>

/* What a column is written with whose cells look like ="00123". */
#define INIT_UNWRAP ", unwrap: formula_text"

/* Appends to `rest` what stands after the source of a field (", type: date,
 * format: …"; nothing for text), and to `say` what the guess rests on or what
 * keeps it from being one. this_year is for years of two digits. */
void init_type(const struct csv_look *l, size_t column, int this_year,
    struct buf *say, struct buf *rest);
/* Of a column that stays text because its values can be read in several ways:
 * appends way number i (from 0) to `rest`. False: there are no more. */
bool init_type_way(const struct csv_look *l, size_t column, int this_year,
    size_t i, struct buf *rest);

#endif
