/* SPDX-License-Identifier: MIT */
/*
 * report: the report of a run again, made from its ledger and its input as
 * at the run's end, with the files beside it. Books that do not balance are
 * exit 70 here too; else reporting a failed run is not a failure.
 */
#include "command.h"
#include "import/run_books.h"
#include "import/run_reopen.h"
#include "system/log.h"

#include <stdio.h>
#include <unistd.h>

static int
report_with(struct options *o, struct reopened_run *r,
    const struct reading *reading, struct diag *d)
{
	struct books_request q = {
	    .runs_dir = settings_runs_dir_said(&o->settings),
	    .write_files = true,
	};
	struct run_books books = {0};
	struct diag unbalanced = DIAG_INIT;
	int status = -1;

	q.run = r->run;
	q.plan = r->plan;
	q.reading = reading;
	q.ledger = r->ledger;
	if (o->rows_outcome >= 0) {
		q.write_files = false;
		q.exact_outcome = (enum outcome)o->rows_outcome;
		q.exact_out = stdout;
		q.exact_is_screen = isatty(STDOUT_FILENO) == 1;
	}
	if (run_books_close(&books, &q, &unbalanced, d))
		goto out;
	status = EXIT_GOOD;
	if (o->rows_outcome >= 0) {
		if (fflush(stdout) || ferror(stdout))
			status = diag_set(d, DIAG_DISK,
			    "unable to write the records to stdout");
	} else if (run_books_print(&books, &o->settings, d)) {
		status = -1;
	}
	if (status == EXIT_GOOD && unbalanced.kind != DIAG_NONE) {
		*d = unbalanced;
		status = EXIT_INTERNAL;
	}
out:
	run_books_release(&books);
	return status;
}

static int
run_report_command(struct options *o, struct diag *d)
{
	struct reopened_run r;
	struct plan plan;
	struct reading *reading = NULL;
	int status = -1;

	if (reopened_run_open(&r, &plan, o->settings.runs_dir,
		o->settings.operands[0],
		o->settings.operand_count > 1 ? o->settings.operands[1] : NULL,
		REOPEN_READ, d) == 0)
		reading = reading_open(&plan, d);
	if (reading)
		status = report_with(o, &r, reading, d);
	reading_free(reading);
	plan_release(&plan);
	reopened_run_release(&r);
	return status;
}

const struct command command_report = {
    .id = COMMAND_REPORT,
    .name = "report",
    .operands = "RUN [CSV]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "show a run's report again",
    .details = "Reads the run's ledger and its input again and rewrites the "
	       "files in its folder. RUN is a run's id, its folder, or "
	       "latest.",
    .examples = {{"report --format html latest >report.html",
		     "the newest run's report as a page"},
	{"report --rows rejected latest",
	    "the exact records that were rejected"}},
    .run = run_report_command,
};
