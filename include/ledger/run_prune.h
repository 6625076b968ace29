/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_RUN_PRUNE_H
#define LEDGER_RUN_PRUNE_H

/*
 * Taking a settled run apart: what stays is `run.json` and a stub,
 * `pruned.json`, from which the guard against a second import, `status` and
 * everybody who looks for the ledger know what it was. The stub is on disk
 * before the first file goes; the ledger goes last. A prune that was ended in
 * the middle is finished by the next one.
 */

#include "base/diag.h"
#include "base/outcome.h"
#include "ledger/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prune_result {
	bool pruned;
	bool was_pruned;       /* before; nothing was left to do */
	bool too_young;	       /* that is the only reason against it */
	uint64_t files, bytes; /* that are gone */
	uint64_t left; /* entries that are none of ours, or no plain files */
	char why[256]; /* why it was kept, "" if pruned */
};

/* Prunes the run if it is settled: it came to its end, no row is unknown, no
 * process works on it. older_than_ms: and if it ended so long before now_ms.
 * One that never sent a row, or whose input was imported since by a later run
 * (superseded), has nothing left to settle. 0 also when it was kept (out->why);
 * -1: the disk failed. */
int run_prune(const struct run *r, const char *runs_dir, int64_t now_ms,
    int64_t older_than_ms, bool superseded, struct prune_result *out,
    struct diag *d);

/* Removes what imports left that were killed before their run had a name, a
 * day ago or earlier. Nothing there belongs to a run, so nothing is said. */
void runs_sweep(const char *runs_dir, int64_t now_ms);

#define RUN_EXIT_UNKNOWN "unknown"
/* What a stub says. */
struct pruned_run {
	char pruned[32]; /* when, ISO 8601 */
	char ended[32];
	char exit_status[8]; /* RUN_EXIT_UNKNOWN: its ledger was gone or
			      * damaged, and any row may have been sent */
	bool sent;
	struct outcome_counts rows;
};
/* 1 = the run was pruned, 0 = not, -1: its stub cannot be read (DIAG_INPUT). */
int run_pruned_read(
    const struct run *r, struct pruned_run *out, struct diag *d);
/* -1 if it was pruned (DIAG_USAGE with the date), or the stub is damaged: for
 * all who need the ledger. */
int run_check_pruned(const struct run *r, struct diag *d);

#endif
