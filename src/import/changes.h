/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_CHANGES_H
#define IMPORT_CHANGES_H

/*
 * `import --changes FOLDER`: what a diff listed is applied, row by row, and
 * nothing else. Rows that changes.csv does not name are skipped
 * (rows.not_named) and not looked up. The folder is bound to the input, the
 * mapping, its mode and the service; what it names must be rows that the
 * mapping sends, with the key and the values that it lists. All that is known
 * before a row is sent.
 *
 * A run keeps a copy of changes.csv (RUN_CHANGES), whose sum its ledger has:
 * who goes on with the run, or reads it again, goes by the copy.
 */

#include "base/diag.h"
#include "ledger/ledger.h"
#include "plan/plan.h"
#include "runs/run.h"
#include "send/submitter.h"

struct run_changes;

/* Of a new run: binds the folder to the plan, whose chunker asks it which rows
 * to take from then on. Owned (release the plan's readings first), or NULL:
 * DIAG_USAGE if it belongs to something else, DIAG_INPUT if it is damaged. */
struct run_changes *run_changes_open(
    const char *folder, struct plan *p, struct diag *d);
/* Reads the input once: does each row that is named say what is listed? */
int run_changes_check(struct run_changes *c, struct plan *p, struct diag *d);
/* The copy in a new run's folder, by which it goes from then on. */
int run_changes_keep(
    struct run_changes *c, const struct run *run, struct diag *d);
/* Of a run that was made before, whose sums were checked; *out NULL: it is not
 * bound to a list of changes. */
int run_changes_reopen(struct run_changes **out, const struct run *run,
    struct ledger *l, struct plan *p, struct diag *d);
/* Puts it into what the submitter is told; c may be NULL. */
void run_changes_tell(struct run_changes *c, struct submitter_options *o);
void run_changes_free(struct run_changes *c);

/* The command that makes the changes which a diff with these settings showed.
 */
void run_changes_command(const struct settings *o, struct buf *out);

/* The mapping and the input that a way back has with it: owned texts, or -1
 * (DIAG_USAGE: the folder is none, and needs MAPPING and CSV). */
int run_changes_operands(
    const char *folder, char **mapping, char **csv, struct diag *d);

#endif
