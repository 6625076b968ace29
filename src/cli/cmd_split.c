/* SPDX-License-Identifier: MIT */
/* split: one file cut into several, for engines that run many imports. */
#include "batch/batch.h"
#include "command.h"

static int
run_split(struct options *o, struct diag *d)
{
	return batch_split(o, d);
}

const struct command command_split = {
    .id = COMMAND_SPLIT,
    .name = "split",
    .operands = "MAPPING CSV",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "cut a CSV into parts that can be imported side by side",
    .details = "Reads the CSV as check does, and writes the rows that would "
	       "be sent into part-0001.csv, part-0002.csv and so on in a new "
	       "folder: whole records, the input's own bytes, its header in "
	       "each. What would be rejected stays behind, in the folder's "
	       "rejected.csv and to-fix.csv. An import of a part speaks of "
	       "the rows and lines of the whole.",
    .examples = {{"split -o parts leads.yaml leads.csv",
		     "64 parts of about the same size, in parts/"},
	{"split -o parts --rows 100000 leads.yaml leads.csv",
	    "parts of 100,000 rows"}},
    .run = run_split,
};
