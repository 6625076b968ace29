/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RUN_REOPEN_H
#define IMPORT_RUN_REOPEN_H

/*
 * A run that was made before, opened again: its folder, its ledger, and its
 * input read with its own mapping and settings. The input's bytes decide:
 * wherever the file lies now, its SHA-256 must be the one of the run.
 */

#include "base/diag.h"
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "runs/run.h"

struct retry_match;

struct reopened_run {
	struct arena arena;
	char *runs_dir;
	struct run *run;	  /* a caller that takes one sets NULL here */
	struct ledger *ledger;	  /* likewise */
	struct settings settings; /* as the run was made */
	struct plan *plan;	  /* the caller's, borrowed */
	char *mapping_path, *input_path; /* owned */
	/* Of a retry: its parent, and which rows it may send. */
	struct run *parent;
	struct retry_match *gate;
	struct key_verdicts *verdicts; /* kept ones, or NULL */
};

enum reopen_as {
	REOPEN_READ,  /* report: nothing is written into the ledger */
	REOPEN_WRITE, /* resume, reconcile */
	REOPEN_HURT   /* resume --after-damage (ledger_open_hurt) */
};
/* `o`: what this command was told, of which the runs folder and the memory
 * for unique keys are taken. `name`: an id, a folder or "latest". `csv`: where
 * the input lies now; NULL = where it was (or in the run's folder, when it came
 * through a pipe). Opens *plan, which borrows from *r and is released first. On
 * -1 too, both are to be released. */
int reopened_run_open(struct reopened_run *r, struct plan *plan,
    const struct settings *o, const char *name, const char *csv,
    enum reopen_as as, struct diag *d);
void reopened_run_release(struct reopened_run *r);

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

#endif
