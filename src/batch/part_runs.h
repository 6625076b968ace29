/* SPDX-License-Identifier: MIT */
#ifndef BATCH_PART_RUNS_H
#define BATCH_PART_RUNS_H

/*
 * The runs of parts, in the runs folders that --runs-dir names. The guard
 * against a second import knows one folder; what two of them sent is found
 * here.
 */

#include "base/diag.h"
#include "plan/options.h"
#include "runs/run.h"

struct place_of_runs {
	struct shell_where where; /* with --runs-dir, if it is on the line */
	char *dir;
	struct run_list *runs;
};
struct part_runs {
	struct place_of_runs *places;
	size_t count; /* at least 1 */
};

/* -1: a folder cannot be listed. part_runs_close in any case. */
int part_runs_open(struct part_runs *r, const struct settings *s,
    const struct folders *said, struct diag *d);
void part_runs_close(struct part_runs *r);

/* The run that counts: the newest that sent something or may have, in the
 * first folder that has such a one; else any. NULL: there is none. *twice is
 * the folder of another run that counts, too, and is not a copy of it; else
 * NULL. */
const struct place_of_runs *part_runs_find(const struct part_runs *r,
    const struct run_filter *f, struct run_summary *s,
    const struct place_of_runs **twice);

#endif
