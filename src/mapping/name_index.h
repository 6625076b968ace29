/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_NAME_INDEX_H
#define MAPPING_NAME_INDEX_H

/*
 * The names of a header, to be found by name: a sorted list, binary search.
 * Names are compared after trimming and in Unicode NFC; loosely, also without
 * case, blanks, '_' and '-'. Names that are equal so stand in the order of
 * their columns.
 */

#include "base/text.h"
#include "base/xalloc.h"
#include "mapping/mapping.h"

#include <stdbool.h>
#include <stddef.h>

struct name_index {
	struct arena arena;
	struct text *keys; /* what is compared, by column */
	size_t *sorted;	   /* columns in the order of their keys */
	size_t count;
};

/* Appends what is compared of a name. */
void name_key(struct buf *out, struct text name, enum columns_policy policy);

/* Borrows nothing: the keys are copies. */
void name_index_init(struct name_index *x, const struct text *names,
    size_t count, enum columns_policy policy);
void name_index_release(struct name_index *x);
/* How many columns have the name; *first is the place in `sorted` of the
 * first of them. */
size_t name_index_find(const struct name_index *x, struct text name,
    enum columns_policy policy, size_t *first);

#endif
