/* SPDX-License-Identifier: MIT */
#ifndef BASE_OUTCOME_H
#define BASE_OUTCOME_H

/* What became of a row. Every row read has exactly one of these at the end;
 * their meaning is in csv2chakra(1), "OUTCOMES". */

#include "base/diag.h"

#include <stdint.h>
#include <stdbool.h>

enum outcome {
	OUTCOME_CREATED,
	OUTCOME_ACCEPTED,
	OUTCOME_REFUSED,
	OUTCOME_REJECTED,
	OUTCOME_SKIPPED,
	OUTCOME_UNKNOWN,
	OUTCOME_UNSENT,
	OUTCOME_COUNT
};
/* "created", …: static. */
const char *outcome_name(enum outcome o);
/* Its value, or -1. */
int outcome_parse(const char *name);

/* How many rows had each outcome. */
struct outcome_counts {
	uint64_t rows[OUTCOME_COUNT];
};

/*
 * --max-errors: how many rows may be bad before a run stops. A dry run and an
 * import ask the same question with the same counts, those of the chunks that
 * were delivered, after each of them and at the end: so both stop at the same
 * chunk, unless the service refuses rows that a dry run cannot know of.
 */

/* N or P%. All zero: no limit. */
struct error_limit {
	bool is_set, is_percent;
	uint64_t rows;
	double percent;
};

/* From so many rows on a share of them means something; a smaller input is
 * judged at its end. */
#define ERROR_LIMIT_PERCENT_ROWS 1000

/* True when `bad` rows (rejected or refused) of `read` are more than the limit
 * allows; then *why is DIAG_MAX_ERRORS, with a help. */
bool error_limit_passed(const struct error_limit *limit, uint64_t bad,
    uint64_t read, bool at_end, struct diag *why);

/* The exit statuses of csv2chakra(1), frozen. Which one wins when several
 * apply is exit_status_worse of report/run_report.h. */

enum exit_status {
	EXIT_GOOD = 0,	   /* no row rejected, refused, unknown, unsent */
	EXIT_BAD_ROWS = 1, /* some rows rejected or refused */
	EXIT_USAGE = 2,
	EXIT_MAX_ERRORS = 3,
	EXIT_SERVICE = 4, /* network, service, local disk: resumable */
	EXIT_SIGNAL = 5,
	EXIT_UNKNOWN = 6, /* some rows are unknown: reconcile */
	EXIT_INPUT = 7,
	EXIT_IMPORTED = 8,
	EXIT_INTERNAL = 70,
	EXIT_LOCKED = 75
};

#endif
