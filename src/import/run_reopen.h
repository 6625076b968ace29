/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RUN_REOPEN_H
#define IMPORT_RUN_REOPEN_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/xalloc.h"
#include "import/run_facts.h"
#include "ledger/ledger.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "runs/run.h"

/*
 * A run belongs to what it began with: the sums of run.json, mapping.yaml,
 * input.sums, verdicts and lookup tables stand in its ledger, and whoever goes
 * on with it or tells of it asks whether these files are still the same. Runs
 * of 0.1.0 have no sums, and go on.
 */

/* Of the files as they stand in the folder; a file that is not there has no
 * sum. */
int run_sums_store(struct ledger *l, const struct run *run, struct diag *d);
/* -1 with run.changed (DIAG_INPUT) if one of them is another now, gone, or no
 * regular file. Nothing is waited for, no link is followed. */
int run_sums_check(struct ledger *l, const struct run *run, struct diag *d);
/* The verdicts of a run whose sums were checked; *out is owned, and NULL if it
 * has none. */
int run_verdicts_open(struct ledger *l, const struct run *run,
    struct key_verdicts **out, struct diag *d);

/*
 * The one command that helps with a run whose ledger is hurt. One that can be
 * read and is not the one that was sent from: `resume --after-damage`. One that
 * is gone or cannot be read: `import --again --skip-existing`, which asks
 * ChakraHQ for every row. One that is gone and sent nothing: `import`.
 */

/* The command for a run that runs_each calls damaged. `o`: an import's, whose
 * operands are named again; NULL: those of the run. */
void run_damage_next(const struct run_summary *s, const struct settings *o,
    struct shell_where where, struct buf *out);
/* Puts it into the help of *d, with which the ledger of `r` was refused; what
 * is not about its damage stays as it is. Returns -1. */
int run_damage_help(
    const struct run *r, struct shell_where where, struct diag *d);

#endif
