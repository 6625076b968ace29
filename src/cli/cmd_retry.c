/* SPDX-License-Identifier: MIT */
/* retry: the rows of a run that failed, once they are fixed. */
#include "command.h"
#include "import/import.h"

static int
run_retry(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	return retry_run(&o->settings, audience, d);
}

const struct command command_retry = {
    .id = COMMAND_RETRY,
    .name = "retry",
    .operands = "RUN [TO-FIX.csv]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "send rejected and refused rows again, once fixed",
    .details = "Starts a new run. Rows of a to-fix.csv are matched by "
	       "csv2chakra_row, or by key if that column is missing. Only "
	       "rows that failed in RUN are sent; rows that may have been "
	       "sent before are looked up first. Without a file, RUN's own "
	       "to-fix.csv is read; with --mapping, RUN's rejected.csv if "
	       "to-fix.csv was not edited.",
    .examples = {{"retry latest",
		     "send the rows that were fixed in RUN's to-fix.csv"},
	{"retry --mapping leads.yaml latest",
	    "the mapping was fixed, not the data"}},
    .send = run_retry,
};
