/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_IDS_H
#define SANDBOX_IDS_H

/*
 * Uuids that need no index: a number of ours (a job's, a row's) scattered
 * over 48 bits, behind bits that tell this database and the kind of thing.
 * They look like version 4 and can be turned back into the number.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum id_kind { ID_JOB = 1, ID_PROCESS = 2, ID_ENTRY = 3 };

/* n < 2^48. `out` gets 36 characters and a NUL. Returns out. */
char *id_make(uint64_t salt, enum id_kind kind, int64_t n, char out[37]);
/* False for anything that id_make did not make of this salt and kind. */
bool id_parse(uint64_t salt, enum id_kind kind, struct text t, int64_t *n);

#endif
