/* SPDX-License-Identifier: MIT */
#ifndef CLI_RETRY_GATE_H
#define CLI_RETRY_GATE_H

/*
 * Which rows of a retry may be sent: those that were rejected or refused in
 * the parent run, once each, unless their key was created, accepted or is
 * unknown anywhere in the chain of runs. Rows that were on the wire before
 * are looked up by key first.
 *
 * Rows of a to-fix.csv are matched by the column csv2chakra_row, or, when that
 * column is gone, by key; rows of the parent's rejected.csv by their order.
 * Everything is read from the files of the parents' folders; memory grows with
 * the rows of the retry, not with the parent's. retry_match.h decides.
 */

#include "base/diag.h"
#include "cli/pipeline.h"
#include "cli/retry_match.h"
#include "ledger/run.h"

/* `pipeline` is open over the retry's input, which `input` says what it is,
 * and not started. Returns owned, ready for retry_match_gate, or NULL:
 * DIAG_INPUT when the parent's files are not there or cannot be read. Borrows
 * `parent`. */
struct retry_match *retry_gate_open(const char *runs_dir,
    const struct run *parent, const struct pipeline *pipeline,
    enum retry_input input, struct diag *d);

#endif
