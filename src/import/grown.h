/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_GROWN_H
#define IMPORT_GROWN_H

/*
 * A sheet that grew: a file that begins with all the bytes of an input that an
 * earlier run imported, to the same address and procedure, and goes on after
 * the end of a record. The lengths of earlier inputs come from the index of
 * the runs folder; while the survey reads the file, its hash at each of these
 * lengths is kept, and tells which of them it begins with. `--after RUN` sends
 * the rest; without it, the guard refuses what would send the first rows again.
 *
 *   grown_begin		before plan_make: plan_request.marks = &g.marks
 *   grown_settle_after		after it: --after, if it was given
 *   grown_check		with the lock on the input
 *   grown_release
 */

#include "base/diag.h"
#include "input/decoder.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "runs/run.h"

#include <stdint.h>

struct grown {
	struct run_list *runs;
	char *runs_dir;
	uint64_t *lengths;
	struct survey_marks marks;
};

int grown_begin(struct grown *g, const char *runs_dir, struct diag *d);
void grown_release(struct grown *g);
/* Sets p->chunker_options.imported_end. -1: the file does not begin with the
 * bytes of that run's input (DIAG_USAGE), or that run comes first
 * (DIAG_IMPORTED). Nothing happens without --after. */
int grown_settle_after(const struct grown *g, struct plan *p,
    const struct settings *o, struct diag *d);
/* -1, DIAG_IMPORTED, guard.grown: a run imported the first rows of this file,
 * which would be sent again. DIAG_INPUT, run.damaged: that cannot be known of a
 * run that sent something. */
int grown_check(const struct grown *g, struct plan *p, const struct settings *o,
    struct diag *d);

#endif
