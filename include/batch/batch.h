/* SPDX-License-Identifier: MIT */
#ifndef BATCH_BATCH_H
#define BATCH_BATCH_H

/*
 * Several inputs under one command: which they are, a run (or a dry run) of
 * its own for each, in their order, and one answer at the end. Nothing here
 * reads a record or opens a connection: import/ does that for one input at a
 * time.
 */

#include "base/diag.h"
#include "plan/options.h"
#include "report/run_report.h"

#include <stdbool.h>

/* True if the operands after MAPPING, or the options, are about more than one
 * file: several, a folder, a list of files, the inbox options. */
bool batch_is_meant(const struct options *o);

/*
 * `import` and `check`: goes on after a file that failed on its own account,
 * and stops where the next one would fail, too (exit 3, 4, 5, 70). A file
 * that another process has is tried once more at the end. Prints a line a
 * file and the sum, or both as JSON (csv2chakra.runs/1). The exit status is
 * that of exit_status_worst_file.
 *
 * audience->metrics gets the sums. -1 before any file: what all of them need
 * is missing (the token, the mapping, the list, a folder to move to).
 */
int batch_run(const struct options *o, const struct run_audience *audience,
    struct diag *d);

/* `split MAPPING CSV`: the rows that would be sent, cut into files in a new
 * folder, whose path is printed; the report of the dry run goes to stderr.
 * Anything but exit 0 or 1 leaves no folder. */
int batch_split(const struct options *o, struct diag *d);

/* The JSON Schema of split.json. */
struct text split_schema(void);

/* True if the only operand is a folder that a split made. */
bool batch_split_is_meant(const struct options *o);
/* `report DIR`: one summary of the parts, by their runs. The exit status is
 * that of an import of the whole; 4 while parts are not done. */
int batch_report_split(const struct options *o, struct diag *d);

/* True if the operands are runs, and not one run and its input. */
bool batch_runs_are_meant(const struct options *o);
/* `report RUN RUN…`: one summary of runs that were made before. */
int batch_report(const struct options *o, struct diag *d);

#endif
