/* SPDX-License-Identifier: MIT */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

/* The exit statuses of csv2chakra(1), frozen, and which one wins when several
 * apply. A new one goes into the man page's table and into both tests. */

#include "base/diag.h"
#include "base/outcome.h"

enum exit_status {
	EXIT_GOOD = 0,	     /* no row rejected, refused, unknown, unsent */
	EXIT_BAD_ROWS = 1,   /* some rows rejected or refused */
	EXIT_USAGE = 2,
	EXIT_MAX_ERRORS = 3,
	EXIT_SERVICE = 4,    /* network, service, local disk: resumable */
	EXIT_SIGNAL = 5,
	EXIT_UNKNOWN = 6,    /* some rows are unknown: reconcile */
	EXIT_INPUT = 7,
	EXIT_IMPORTED = 8,
	EXIT_INTERNAL = 70,
	EXIT_LOCKED = 75
};

/* The one that wins: 70, 2, 75, 8, 5, 4, 3, 7, 6, 1, 0. */
int exit_status_worse(int a, int b);
/* What the outcomes alone mean: 1 for rejected or refused rows, 6 for unknown
 * ones, the worse of both. Unsent rows have a stop's status, from its diag. */
int exit_status_of_outcomes(const struct outcome_counts *c);

#endif
