/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_IMPORT_JOB_H
#define IMPORT_IMPORT_JOB_H

/*
 * One input brought into ChakraHQ as a run of its own: what import and retry
 * have in common.
 */

#include "base/diag.h"
#include "plan/options.h"
#include "plan/plan.h"
#include "runs/run.h"

struct import_request {
	struct options *options; /* with base URL and procedure settled */
	const char *command;	 /* "import", "retry": for the timeline */
	const char *mapping_path, *csv_path;
	bool mapping_is_stored; /* a run's own copy */
	/* A retry: only rows that failed in this run are sent. */
	const struct run *parent; /* NULL = none; borrowed */
	enum retry_input input;	  /* with a parent: what csv_path is */
};

/* Returns the exit status, or -1 (diag). */
int import_job_run(const struct import_request *request, struct diag *d);

/* `resume RUN [CSV]`, and `import --resume` that found one. csv may be NULL. */
int resume_run(
    struct options *o, const char *run, const char *csv, struct diag *d);

#endif
