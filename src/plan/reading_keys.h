/* SPDX-License-Identifier: MIT */
#ifndef PLAN_READING_KEYS_H
#define PLAN_READING_KEYS_H

/* Before each chunk of a reading (ctx): whether its unique keys still fit into
 * memory, and if not, the verdicts. */

#include "base/diag.h"

int keys_before_chunk(void *ctx, struct diag *d);

#endif
