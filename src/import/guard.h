/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_GUARD_H
#define IMPORT_GUARD_H

/*
 * The guard against importing the same input twice: the same bytes to the
 * same base URL and procedure. A run that ever sent a row blocks, a run that
 * sent nothing never does; --again overrides.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "runs/run.h"

#include <stdbool.h>

/* The newest run in this runs folder that sent rows of this input. */
struct guard_find {
	bool has_found;
	struct run_summary run;
};
int guard_look(const char *runs_dir, const struct plan *p,
    struct guard_find *out, struct diag *d);
/* -1, DIAG_IMPORTED, guard.split: of a part, a run of the whole or of other
 * parts with the same rows sent rows; of a whole, runs of its parts did.
 * DIAG_INPUT, run.damaged: it may be that they did. Not with --again or
 * --skip-existing. */
int guard_check_split(const char *runs_dir, const struct plan *p,
    const struct settings *o, struct diag *d);
/* The same in a folder that was listed. Is there one? If not, *out stays as it
 * is. */
bool guard_look_in(
    const struct run_list *l, const char *input_key, struct guard_find *out);
/* The first run that may have sent something, whose run.json cannot be read,
 * and which may_be does not rule out by the name of its folder. False: *out
 * stays.
 */
bool guard_look_damaged(const struct run_list *l,
    bool (*may_be)(const void *ctx, const char *name), const void *ctx,
    struct guard_find *out);
/* Before a run goes on: DIAG_IMPORTED and -1 if a newer run of its input sent
 * rows. What this one never sent may be among them. DIAG_LOCKED if the newer
 * one is in use. */
int guard_check_newest(
    const char *runs_dir, const struct run_identity *id, struct diag *d);
/* True if that run can be resumed: it stopped before its end. */
bool guard_is_stopped(const struct guard_find *f);
/* True if it was pruned, and rows of it are unknown. */
bool guard_left_unknown(const struct guard_find *f);
/* True if it came to its end, whatever that was. */
bool guard_is_over(const struct guard_find *f);
/* DIAG_LOCKED and -1 if somebody works on it, or has its ledger open: what it
 * sent is known when it is free. */
int guard_check_in_use(const struct guard_find *f, struct diag *d);
/* DIAG_IMPORTED; the help is the one command that goes on from it, with the
 * operands and the runs folder of `o`. A run that cannot be read:
 * DIAG_INPUT. -1. */
int guard_refuse(
    const struct guard_find *f, const struct settings *o, struct diag *d);
/* DIAG_USAGE, -1: options about earlier runs that cannot be meant together. */
int guard_check_options(const struct settings *o, struct diag *d);
/* DIAG_INPUT, -1, if the run cannot be read and may have sent rows. */
int guard_check_damaged(
    const struct guard_find *f, const struct settings *o, struct diag *d);

/* --skip-existing finds rows by a key, and is for rows that are created. */
int guard_check_skipping(const struct settings *o, const struct mapping *m,
    const char *mapping_path, struct diag *d);

#endif
