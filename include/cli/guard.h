/* SPDX-License-Identifier: MIT */
#ifndef CLI_GUARD_H
#define CLI_GUARD_H

/*
 * The guard against importing the same input twice: the same bytes to the
 * same base URL and procedure. A run that ever sent a row blocks, a run that
 * sent nothing never does; --again overrides.
 */

#include "base/diag.h"
#include "cli/options.h"

/* -1 with DIAG_IMPORTED: an earlier run in this runs folder sent rows of this
 * input; the help names the one command that goes on from it. */
int guard_check(const struct options *o, const char *runs_dir,
    const char *input_key, struct diag *d);

#endif
