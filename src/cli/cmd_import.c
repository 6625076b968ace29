/* SPDX-License-Identifier: MIT */
/* import: the main job; with --dry-run the same as check. */
#include "batch/batch.h"
#include "command.h"
#include "import/import.h"

static int
run(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	const struct settings *s = &o->settings;
	struct import_request r = {
	    .settings = s,
	    .command = "import",
	    .mapping_path = s->operand_count > 0 ? s->operands[0] : NULL,
	    .csv_path = s->operand_count > 1 ? s->operands[1] : NULL,
	    .audience = audience,
	};

	if (batch_is_meant(o) && o->settings.after) {
		diag_set(d, DIAG_USAGE,
		    "--after is for one file: the one whose first rows that "
		    "run imported");
		return diag_help(d, "name one file");
	}
	if (s->changes && (batch_is_meant(o) || s->dry_run)) {
		diag_set(d, DIAG_USAGE,
		    s->dry_run ? "--changes does not go with --dry-run: the "
				 "folder lists what would be sent"
			       : "--changes is for one file: the one that diff "
				 "was run with");
		return diag_help(
		    d, s->dry_run ? "read its changes.csv" : "name one file");
	}
	if (batch_is_meant(o))
		return batch_run(o, audience, d);
	if (o->settings.dry_run)
		return check_run(&r, d);
	return import_job_run(&r, d);
}

const struct command command_import = {
    .id = COMMAND_IMPORT,
    .name = "import",
    .operands = "MAPPING CSV...",
    .operands_min = 2,
    .operands_max = SIZE_MAX,
    .summary = "create a process for every row",
    .details = "Reads the input once to check it, then sends it in chunks "
	       "and follows the background jobs to their end. The report "
	       "names the run folder, which says what happened to every row. "
	       "Each of several files, or of the tables in a folder, has a "
	       "run of its own.",
    .examples = {{"import leads.yaml leads.csv", "import the whole file"},
	{"import --limit 100 leads.yaml leads.csv",
	    "the first 100 records only, as a canary"}},
    .send = run,
};
