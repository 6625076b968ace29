/* SPDX-License-Identifier: MIT */
#ifndef SERVE_OUTPUTS_H
#define SERVE_OUTPUTS_H

/* Before anything is opened: --db, --log and --port-file are different files,
 * and nothing is there yet, or what a sandbox wrote. -1: DIAG_USAGE. */

#include "base/diag.h"
#include "options.h"

int sandbox_outputs_check(const struct sandbox_options *o, struct diag *d);

#endif
