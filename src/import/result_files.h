/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RESULT_FILES_H
#define IMPORT_RESULT_FILES_H

/* Reading the files of a run's folder back: results.csv and
 * rejected.reasons.csv (results/row_files.h). */

#include "base/diag.h"
#include "base/outcome.h"
#include "base/text.h"
#include "runs/run.h"
#include "system/own_files.h"

#include <stdint.h>

struct result_row {
	uint64_t row;
	struct text lead_id;
	enum outcome outcome;
	struct text code; /* rejected.reasons.csv only */
};

/* What to say where it is not there: -1, DIAG_INPUT, and that report writes
 * it. */
int result_file_missing(
    const struct run *run, enum own_file file, struct diag *d);
/* The path of a file that the run wrote; owned. NULL, DIAG_INPUT: it is not
 * there, or was changed since (run.changed). */
char *result_file_path(
    const struct run *run, enum own_file file, struct diag *d);
/* Calls each for every line of it; views are valid during the call. -1,
 * DIAG_INPUT: as above, or it is not as a run writes it. */
int result_file_each(const struct run *run, enum own_file file,
    int (*each)(void *ctx, const struct result_row *r), void *ctx,
    struct diag *d);

#endif
