/* SPDX-License-Identifier: MIT */
#ifndef BATCH_SUM_H
#define BATCH_SUM_H

/*
 * What came of several inputs, while they end one after the other: a line or
 * two each on stdout, then how many ended how, and the sum of their books. As
 * JSON: the reports as they come, then `files` and `sum`. For GitHub each file
 * says what it would alone. What is kept of a
 * file is what the end needs of it.
 *
 *	batch_sum_begin, then for each file: batch_sum_next, the engine with
 *	batch_sum_audience, batch_sum_end; batch_sum_finish.
 */

#include "base/diag.h"
#include "plan/settings.h"
#include "report/run_report.h"

#include <stdbool.h>
#include <stddef.h>

/* A file, or a run of `report RUN RUN`, and how it ended. Strings are owned;
 * NULL = there is none. */
struct batch_item {
	char *name;
	int status; /* exit status; -1 = it was not begun */
	bool has_report;
	int ended;     /* with a report: the exit status of its run */
	bool is_idle;  /* nothing to do: imported before, or without rows */
	bool was_left; /* for later; nothing was looked at */
	char *words;   /* the verdict; or why it was left, or there was nothing
			* to do */
	char *next;    /* the command that goes on */
	char *run_id, *folder;
	char *to_fix;	   /* path of its to-fix.csv */
	char *diagnostics; /* JSON */
	struct diag why;
	char *moved_to;
	char *fix_there; /* the to-fix.csv that was laid beside it there */
	char *note;	 /* why it was not moved */
};

struct batch_sum {
	const struct settings *settings;
	bool is_dry;
	struct batch_item *items;
	size_t count, cap;
	struct batch_item *now; /* the one that is at work */
	size_t reports;		/* that were printed as JSON */
	struct accounts accounts;
	size_t with_books;    /* how many have theirs in it */
	size_t rehearsals;    /* how many of them met the sandbox */
	const char *noun;     /* "part"; NULL = by the command */
	int at_least;	      /* the exit status, or a worse one of a file */
	const char *not_done; /* numbers of parts, "3,17-19", or NULL */
	struct run_metrics *metrics;
	bool is_broken; /* stdout failed, which was said */
};

void batch_sum_begin(struct batch_sum *s, const struct settings *settings,
    bool is_dry, struct run_metrics *metrics);
void batch_sum_release(struct batch_sum *s);
/* Adds a file that was not begun. */
void batch_sum_add(struct batch_sum *s, const char *name);
/* Number i (from 0) is at work; what it gave before is forgotten. */
void batch_sum_next(struct batch_sum *s, size_t i);
struct run_audience batch_sum_audience(struct batch_sum *s);
/* It ended: what the engine returned, and its diag. */
void batch_sum_end(struct batch_sum *s, int status, const struct diag *d);
/* Something failed after it: its diag, and the worse status. */
void batch_sum_fail(struct batch_sum *s, const struct diag *d);
/* It was left where it is, for this reason; its status is 0. */
void batch_sum_leave(struct batch_sum *s, const char *why);
/* Its line, once it is known where the file lies. */
int batch_sum_print(struct batch_sum *s, struct diag *d);
/* What was not yet known of the file's place when its line was printed. */
int batch_sum_print_move(struct batch_sum *s, struct diag *d);
/* The end of the answer. Returns the exit status of all, or -1 when stdout
 * failed. `hint`: what to do next, or "". */
int batch_sum_finish(struct batch_sum *s, const char *hint, struct diag *d);

#endif
