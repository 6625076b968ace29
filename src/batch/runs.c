/* SPDX-License-Identifier: MIT */
/* Runs that were made before, one after the other: `report RUN RUN…`. */
#include "batch/batch.h"

#include "import/import.h"
#include "runs/run.h"
#include "sum.h"

#include <stdlib.h>

bool
batch_runs_are_meant(const struct options *o)
{
	const struct settings *s = &o->settings;
	struct diag ignored = DIAG_INIT;
	struct run *run;
	char *dir;

	if (s->operand_count != 2)
		return s->operand_count > 2;
	dir = runs_dir_default(s->runs_dir, &ignored);
	run = dir ? run_open(dir, s->operands[1], &ignored) : NULL;
	run_free(run);
	free(dir);
	return run != NULL;
}

int
batch_report(const struct options *o, struct diag *d)
{
	const struct settings *s = &o->settings;
	struct batch_sum sum;
	int ret = 0;

	if (o->rows_outcome >= 0)
		return diag_set(d, DIAG_USAGE,
		    "--rows prints the records of one run; %zu are named",
		    s->operand_count);
	batch_sum_begin(&sum, s, false, NULL);
	for (size_t i = 0; i < s->operand_count; i++)
		batch_sum_add(&sum, s->operands[i]);
	for (size_t i = 0; i < sum.count && ret == 0; i++) {
		struct diag own = DIAG_INIT;
		struct run_audience audience;
		struct again_request q = {
		    .settings = s,
		    .run = s->operands[i],
		    .audience = &audience,
		};
		int status;

		batch_sum_next(&sum, i);
		audience = batch_sum_audience(&sum);
		status = report_run(&q, -1, &own);
		batch_sum_end(&sum, status, &own);
		ret = batch_sum_print(&sum, d);
	}
	if (ret == 0)
		ret = batch_sum_finish(&sum, "", d);
	batch_sum_release(&sum);
	return ret;
}
