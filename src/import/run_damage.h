/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RUN_DAMAGE_H
#define IMPORT_RUN_DAMAGE_H

/*
 * The one command that helps with a run whose ledger is hurt. One that can be
 * read and is not the one that was sent from: `resume --after-damage`. One that
 * is gone or cannot be read: `import --again --skip-existing`, which asks
 * ChakraHQ for every row. One that is gone and sent nothing: `import`.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "plan/settings.h"
#include "runs/run.h"

/* The command for a run that runs_each calls damaged. `o`: an import's, whose
 * operands are named again; NULL: those of the run. */
void run_damage_next(const struct run_summary *s, const struct settings *o,
    const char *runs_dir_said, struct buf *out);
/* Puts it into the help of *d, with which the ledger of `r` was refused; what
 * is not about its damage stays as it is. Returns -1. */
int run_damage_help(
    const struct run *r, const char *runs_dir_said, struct diag *d);

#endif
