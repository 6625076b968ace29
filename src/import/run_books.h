/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_RUN_BOOKS_H
#define IMPORT_RUN_BOOKS_H

/*
 * Closing the books of a run: the input is read again beside the ledger, the
 * files with a line per row are written, both equations are checked, and the
 * report is made. `import` does it at its end, `report` again at any time.
 */

#include "base/diag.h"
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "plan/reading.h"
#include "plan/settings.h"
#include "report/problems.h"
#include "report/run_report.h"
#include "runs/run.h"

#include <stdio.h>

struct run_books {
	struct run_report report;
	struct problem_groups groups;
	struct arena arena;	/* what the report borrows */
	struct run_story story; /* likewise */
	struct own_files own;	/* how they are called */
	bool stop_ended;	/* see may_end_stop */
};

struct books_request {
	const struct run *run;
	struct plan *plan;
	/* A reading of the input that was opened before: for its header, should
	 * the input be lost. What its builder knows of the rows that it told is
	 * taken from it. */
	struct reading *reading;
	struct ledger *ledger;	  /* reopened */
	struct shell_where where; /* for the commands that are printed */
	bool write_files;
	/* A part that only asked came to its end: if it left nothing to be
	 * resumed, the stop of an earlier part is over. */
	bool may_end_stop;
	/* Copies the exact records of that outcome there; NULL = none. */
	enum outcome exact_outcome;
	FILE *exact_out;
	bool exact_is_screen;
	/* Called now and then while the input is read again; may be NULL. */
	void (*tick)(void *ctx, uint64_t bytes_consumed);
	void *tick_ctx;
};

/* Fills *b (run_books_release either way). -1: the input is gone or is not
 * what it was, or a file cannot be written. Books that do not balance are
 * not -1 but b->report.exit_status 70, with *books_diag filled. */
int run_books_close(struct run_books *b, const struct books_request *r,
    struct diag *books_diag, struct diag *d);
void run_books_release(struct run_books *b);

/* What any report says of the input and the mapping, in a dry run too: fills
 * these members, with what the plan has and `arena` keeps. */
void books_describe(struct run_report *out, const struct plan *p,
    const struct reader *reader, struct arena *arena);

#endif
