/* SPDX-License-Identifier: MIT */
#ifndef CLI_EXIT_STATUS_H
#define CLI_EXIT_STATUS_H

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
