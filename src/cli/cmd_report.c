/* SPDX-License-Identifier: MIT */
/* report: the report of a run again. */
#include "batch/batch.h"
#include "command.h"
#include "import/import.h"
#include "undo/undo.h"

static bool
is_said(const struct settings *s, const char *name)
{
	return settings_origin(s, name) == ORIGIN_OPTION;
}

static int
run_report_command(struct options *o, struct diag *d)
{
	const struct settings *s = &o->settings;
	const struct run_audience screen = {.metrics = NULL};
	struct again_request q = {
	    .settings = s,
	    .run = s->operands[0],
	    .csv = s->operand_count > 1 ? s->operands[1] : NULL,
	    .audience = &screen,
	};

	if (batch_split_is_meant(o))
		return batch_report_split(o, d);
	if (o->folders.count > 1)
		return diag_set(d, DIAG_USAGE,
		    "several --runs-dir are only for the folder of a split; a "
		    "run is in one folder");
	if (is_said(s, "base-url") || is_said(s, "procedure"))
		return diag_set(d, DIAG_USAGE,
		    "--base-url and --procedure are only for the folder of a "
		    "split; a run has its own");
	if (batch_runs_are_meant(o))
		return batch_report(o, d);
	if (o->rows_outcome < 0 && undo_is_meant(s))
		return undo_report(&q, d);
	return report_run(&q, o->rows_outcome, d);
}

const struct command command_report = {
    .id = COMMAND_REPORT,
    .name = "report",
    .operands = "RUN [CSV|RUN]...",
    .operands_min = 1,
    .operands_max = SIZE_MAX,
    .summary = "show a run's report again",
    .details = "Reads the run's ledger and its input again and rewrites the "
	       "files in its folder. RUN is a run's id, its folder, or "
	       "latest. After a single run the file that was its input may be "
	       "named, where it lies now. Several runs have one summary, and "
	       "so have the "
	       "parts of a file in a folder DIR that split made.",
    .examples = {{"report --format html latest >report.html",
		     "the newest run's report as a page"},
	{"report --rows rejected latest",
	    "the exact records that were rejected"}},
    .run = run_report_command,
};
