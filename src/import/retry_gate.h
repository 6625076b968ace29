/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RETRY_GATE_H
#define IMPORT_RETRY_GATE_H

/*
 * Which rows of a retry may be sent: those that were rejected or refused in
 * the parent run, once each, unless their key was created, accepted or is
 * unknown anywhere in the family of runs: those it comes from, and all that
 * ever retried them. Rows that were on the wire before
 * are looked up by key first.
 *
 * Rows of a to-fix.csv are matched by the column csv2chakra_row, or, when that
 * column is gone, by key; rows of the parent's rejected.csv by their order.
 * Everything is read from the files of the parents' folders; memory grows with
 * the rows of the retry, not with the parent's. retry_match.h decides.
 */

#include "base/diag.h"
#include "plan/plan.h"
#include "retry_match.h"
#include "runs/run.h"

/* `plan` is of the retry's input (`input` says which file that is), and was not
 * read by yet. Returns owned, ready for retry_match_gate, or NULL:
 * DIAG_INPUT when the parents' files are not there or cannot be read,
 * DIAG_USAGE when another retry of the same rows has not come to its end.
 * `self`: the id of the retry that goes on, NULL = a new one. Borrows
 * `parent`. */
struct retry_match *retry_gate_open(const char *runs_dir,
    const struct run *parent, const char *self, struct plan *plan,
    enum retry_input input, struct diag *d);

/* So that no two retries of the same rows begin at once: the lock on the input
 * of the first run of the family (*lock may stay NULL when it is the retry's
 * own). -1: another process has it (DIAG_LOCKED). */
int retry_gate_lock(const char *runs_dir, const struct run *parent,
    const char *own_key, struct run_lock **lock, struct diag *d);
/* Before a retry goes on: DIAG_USAGE and -1 if another retry of the same rows
 * began after it and has sent some. */
int retry_gate_check_newest(
    const char *runs_dir, const struct run_identity *id, struct diag *d);

/* Calls `visit` for the run, then for the run that it retries, up to the first
 * one. What it returns ends the walk unless it is 0, and is returned. -1 with
 * DIAG_INPUT, "run.changed": the runs retry each other in a circle. */
int retry_chain_each(const char *runs_dir, const struct run *run,
    int (*visit)(void *ctx, const struct run *run, struct diag *d), void *ctx,
    struct diag *d);

#endif
