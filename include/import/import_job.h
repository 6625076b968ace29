/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_IMPORT_JOB_H
#define IMPORT_IMPORT_JOB_H

/*
 * One input brought into ChakraHQ as a run of its own: what import and retry
 * have in common.
 */

#include "base/diag.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "runs/run.h"

struct run_metrics;

struct import_request {
	const struct settings *settings; /* base URL and procedure settled */
	const char *command; /* "import", "retry": for the timeline */
	const char *mapping_path, *csv_path;
	bool mapping_is_stored; /* a run's own copy */
	/* A retry: only rows that failed in this run are sent. */
	const struct run *parent;    /* NULL = none; borrowed */
	enum retry_input input;	     /* with a parent: what csv_path is */
	struct run_metrics *metrics; /* filled at the end; NULL = nobody asks */
};

/* Returns the exit status, or -1 (diag). */
int import_job_run(const struct import_request *request, struct diag *d);

/* `retry RUN [TO-FIX.csv]`: an import of the rows of RUN that failed, as its
 * operands say. */
int retry_run(const struct settings *settings, struct run_metrics *metrics,
    struct diag *d);

#endif
