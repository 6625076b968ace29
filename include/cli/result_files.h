/* SPDX-License-Identifier: MIT */
#ifndef CLI_RESULT_FILES_H
#define CLI_RESULT_FILES_H

/* Reading the files of a run's folder back: results.csv and
 * rejected.reasons.csv (report/row_files.h). */

#include "base/diag.h"
#include "base/outcome.h"
#include "base/text.h"
#include "ledger/run.h"

#include <stdint.h>

struct result_row {
	uint64_t row;
	struct text lead_id;
	enum outcome outcome;
	struct text code; /* rejected.reasons.csv only */
};

/* Calls each for every line of `file` in the run's folder; views are valid
 * during the call. -1, DIAG_INPUT: the file is not there, or is none of
 * ours. */
int result_file_each(const struct run *run, const char *file,
    int (*each)(void *ctx, const struct result_row *r), void *ctx,
    struct diag *d);

#endif
