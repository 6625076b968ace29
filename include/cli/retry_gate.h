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
 * Everything is read from the files of the parent's folder; memory grows with
 * the rows of the retry, not with the parent's.
 */

#include "base/diag.h"
#include "cli/pipeline.h"
#include "ledger/run.h"
#include "submit/chunker.h"

#include <stdbool.h>

struct retry_gate;

/* `pipeline` is open over the retry's input, which `input` says what it is,
 * and not started. Returns owned, or NULL: DIAG_INPUT when the parent's files
 * are not there or cannot be read. */
struct retry_gate *retry_gate_new(const char *runs_dir,
    const struct run *parent, const struct pipeline *pipeline,
    enum retry_input input, struct diag *d);
void retry_gate_free(struct retry_gate *g);
/* Valid until retry_gate_free. */
const struct row_gate *retry_gate_hooks(struct retry_gate *g);
/* How many rows the parent rejected or refused. */
uint64_t retry_gate_rows(const struct retry_gate *g);

#endif
