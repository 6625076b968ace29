/* SPDX-License-Identifier: MIT */
#ifndef LOOK_NUMBER_WAYS_H
#define LOOK_NUMBER_WAYS_H

#include "look/column_profile.h"

/* Which of column_sign_ways read the text as a decimal: bit i for way i.
 * scratch: any buffer; it is cleared. */
unsigned number_ways(struct text t, struct buf *scratch);
/* Counts them. */
void number_ways_add(uint64_t fits[SIGN_WAYS], unsigned ways);

#endif
