/* SPDX-License-Identifier: MIT */
/*
 * The report of a run again, made from its ledger and its input as at the
 * run's end, with the files beside it. Books that do not balance are exit 70
 * here too; else reporting a failed run is not a failure.
 */
#include "answer.h"
#include "import/import.h"
#include "run_books.h"
#include "run_reopen.h"
#include "system/log.h"

#include <stdio.h>
#include <unistd.h>

static int
report_with(const struct again_request *again, int rows_outcome,
    struct reopened_run *r, const struct reading *reading, struct diag *d)
{
	struct books_request q = {
	    .runs_dir = settings_runs_dir_said(again->settings),
	    .write_files = true,
	};
	struct run_books books = {0};
	struct diag unbalanced = DIAG_INIT;
	int status = -1;

	q.run = r->run;
	q.plan = r->plan;
	q.reading = reading;
	q.ledger = r->ledger;
	if (rows_outcome >= 0) {
		q.write_files = false;
		q.exact_outcome = (enum outcome)rows_outcome;
		q.exact_out = stdout;
		q.exact_is_screen = isatty(STDOUT_FILENO) == 1;
	}
	if (run_books_close(&books, &q, &unbalanced, d))
		goto out;
	status = EXIT_GOOD;
	if (rows_outcome >= 0) {
		if (fflush(stdout) || ferror(stdout))
			status = diag_set(d, DIAG_DISK,
			    "unable to write the records to stdout");
	} else if (answer_report(
		       again->audience, &books.report, again->settings, d)) {
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

int
report_run(const struct again_request *q, int rows_outcome, struct diag *d)
{
	struct reopened_run r;
	struct plan plan;
	struct reading *reading = NULL;
	int status = -1;

	if (reopened_run_open(
		&r, &plan, q->settings, q->run, q->csv, REOPEN_READ, d) == 0)
		reading = reading_open(&plan, d);
	if (reading)
		status = report_with(q, rows_outcome, &r, reading, d);
	reading_free(reading);
	plan_release(&plan);
	reopened_run_release(&r);
	return status;
}
