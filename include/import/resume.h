/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RESUME_H
#define IMPORT_RESUME_H

/*
 * A run that was made before is worked on again.
 */

#include "base/diag.h"
#include "plan/settings.h"

struct run_metrics;

struct again_request {
	const struct settings *settings;
	const char *run; /* as a person names it: "latest" */
	const char *csv; /* where its input lies now; NULL = as the run says */
	struct run_metrics *metrics; /* filled at the end; NULL = nobody asks */
};

/* `resume RUN [CSV]`, and `import --resume` that found one: the rest is sent.
 * Returns the exit status; -1 with a diag. */
int resume_run(const struct again_request *q, struct diag *d);
/* `reconcile RUN [CSV]`: what is open is looked up, nothing new is sent. */
int reconcile_run(const struct again_request *q, struct diag *d);

#endif
