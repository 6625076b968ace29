/* SPDX-License-Identifier: MIT */
#ifndef CLI_RUN_REOPEN_H
#define CLI_RUN_REOPEN_H

/*
 * A run that was made before, opened again: its folder, its ledger, and its
 * input read with its own mapping and settings. The input's bytes decide:
 * wherever the file lies now, its SHA-256 must be the one of the run.
 */

#include "base/arena.h"
#include "base/diag.h"
#include "cli/options.h"
#include "cli/pipeline.h"
#include "ledger/ledger.h"
#include "ledger/run.h"

struct reopened_run {
	struct arena arena;
	char *runs_dir;
	struct run *run;
	struct ledger *ledger;
	struct options settings; /* as the run was made */
	struct pipeline pipeline;
	char *mapping_path, *input_path; /* owned */
};

/* `name`: an id, a folder or "latest". `csv`: where the input lies now; NULL =
 * where it was (or in the run's folder, when it came through a pipe). On -1
 * too, reopened_run_release. */
int reopened_run_open(struct reopened_run *r, const char *runs_dir,
    const char *name, const char *csv, bool read_only, struct diag *d);
void reopened_run_release(struct reopened_run *r);

#endif
