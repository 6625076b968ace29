/* SPDX-License-Identifier: MIT */
#ifndef CLI_RUN_SUMS_H
#define CLI_RUN_SUMS_H

/*
 * A run belongs to what it began with: the sums of run.json, mapping.yaml and
 * input.sums stand in its ledger, and whoever goes on with it or tells of it
 * asks whether these files are still the same. Runs of 0.1.0 have no sums, and
 * go on.
 */

#include "base/diag.h"
#include "ledger/ledger.h"
#include "ledger/run.h"

/* Of the files as they stand in the folder; a file that is not there has no
 * sum. */
int run_sums_store(struct ledger *l, const struct run *run, struct diag *d);
/* -1 with run.changed (DIAG_INPUT) if one of them is another now, gone, or no
 * regular file. Nothing is waited for, no link is followed. */
int run_sums_check(struct ledger *l, const struct run *run, struct diag *d);

#endif
