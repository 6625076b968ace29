/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RETRY_COLUMNS_H
#define IMPORT_RETRY_COLUMNS_H

/*
 * What `index: N` means in the file of a retry: column N of the first run's
 * input, wherever the person who fixed the file has moved it. It is found by
 * its name there (of columns with one name, the first by the first).
 */

#include "base/diag.h"
#include "plan/plan.h"
#include "runs/run.h"

/* After plan_make, before the gate is made and before the first reading;
 * `parent` is the run that is retried. Opens the first run's rejected.csv if
 * the mapping says `index:` at all. -1: DIAG_USAGE (retry.column), such a
 * column is not in the file, or not as often as in the input; DIAG_INPUT, the
 * first run cannot tell its columns. */
int retry_columns_place(struct plan *p, const char *runs_dir,
    const struct run *parent, struct diag *d);

#endif
