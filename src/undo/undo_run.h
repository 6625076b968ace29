/* SPDX-License-Identifier: MIT */
#ifndef UNDO_UNDO_RUN_H
#define UNDO_UNDO_RUN_H

/*
 * One undo from its beginning to its end, while a command works on it.
 */

#include "base/diag.h"
#include "report/run_report.h"
#include "runs/run.h"
#include "system/clock.h"
#include "undo_rows.h"

#include <stdbool.h>
#include <stdint.h>

struct undo {
	struct settings settings;
	struct run_audience audience;
	struct clock clock;
	struct undo_input input;
	struct run_lock *lock;
	struct undo_service service;
	struct undo_rows rows;
	struct progress *progress;

	struct run *run; /* the undo's own; NULL until it is confirmed */
	struct ledger *ledger;
	char own_id[128]; /* of one that an earlier command began, or "" */

	uint64_t updated; /* rows that the parent changed */
	char *way_back;	  /* the folder of their way back; owned, or NULL */
	uint64_t created; /* rows that the parent created */
	uint64_t stay;	  /* accepted ones, which nothing can look up */
	struct outcome_counts counted; /* the first pass: `unsent` is "to
					* delete" */
	uint64_t changed, older, no_proof;
	uint64_t seen; /* rows that were judged, for the progress */
	const char *phase;
	/* Of the deleting. */
	uint64_t judged, deleted, confirmed, part;
	unsigned bad;	  /* kept or refused among the first eleven */
	struct diag stop; /* why it ended early */
};

/* undo_delete.c: deletes what the first pass counted. -1 with the diag if it
 * stopped early; the ledger is committed either way. */
int undo_delete_all(struct undo *u, struct diag *d);

/* undo_way_back.c: the folder with the way back of what the parent changed, if
 * it changed anything. */
int undo_write_way_back(struct undo *u, struct diag *d);

/* undo_tell.c */
/* The number is the one that was counted: given, or typed. */
int undo_confirm(struct undo *u, struct diag *d);
/* Of a dry run, or of a run that created nothing. */
int undo_tell(const struct undo *u, struct diag *d);
/* Where the way back is, on standard error; nothing if there is none. */
void undo_tell_way_back(const struct undo *u);
/* How many calls deleting takes from here on. */
uint64_t undo_calls(const struct undo *u);

/* undo_report.c: writes the report and the row file of an undo, from its
 * ledger and its parent's, and tells the audience. The exit status, or -1. */
struct undo_books {
	const struct run *run;
	struct ledger *ledger;
	struct undo_input *input;
	const struct settings *settings;
	const struct run_audience *audience;
};
int undo_close_books(const struct undo_books *b, struct diag *d);

#endif
