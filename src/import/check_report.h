/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_CHECK_REPORT_H
#define IMPORT_CHECK_REPORT_H

/*
 * A dry run's facts and how they are printed: as text, as the JSON of
 * report.json, as GitHub workflow commands.
 */

#include "base/diag.h"
#include "grown.h"
#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "look/hazards.h"
#include "plan/reading.h"
#include "plan/settings.h"
#include "report/problems.h"
#include "report/run_report.h"
#include "results/row_files.h"

struct dry_run_tap;

struct dry_run {
	struct settings told;
	const struct shared_keys *keys; /* or NULL */
	struct run_audience audience;
	const struct dry_run_tap *tap; /* NULL = there is none */
	bool only_hazards;	       /* nothing else is shown */
	struct arena arena;	       /* what the report borrows */
	struct plan plan;
	struct grown grown; /* for --after */
	struct reading *reading;
	struct ledger *ledger; /* a temporary one */
	struct problem_groups groups;
	bool has_groups;
	struct row_files *files;
	struct raw_reading raw;
	const struct row_observer *next; /* the row files' */
	struct hazards *hazards;	 /* of the mapped columns */
	uint64_t rows, rejected;	 /* of the chunks that were delivered */
	uint64_t chunks_end;
	uint64_t last_begin, last_end, last_line; /* of the last row judged */
	struct diag stop, unbalanced;
	struct diag held; /* what would keep an import from sending */
	struct run_report report;
	char spool[4096]; /* the copy of a pipe, or "" */
};

/* Puts into r->report what it borrows from everywhere else. */
void check_fill_report(struct dry_run *r, const char *mapping_path);
/* Hazards of the columns that the mapping uses, and of the whole file: watched
 * row by row (check_hazards.c), part of the report's facts, and shown as
 * warnings after it: on stderr, or for GitHub on stdout. They change no exit
 * status. */
void check_hazards_begin(struct dry_run *r);
void check_hazards_row(
    struct dry_run *r, const struct record *rec, enum row_verdict verdict);
int check_hazards_show(struct dry_run *r, struct diag *d);
/* On stdout, and with -o as report.json in the folder. */
int check_print_report(struct dry_run *r, struct diag *d);
#endif
