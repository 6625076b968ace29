/* SPDX-License-Identifier: MIT */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

/*
 * The stop flag. The first SIGINT, SIGTERM or SIGHUP sets it; loops look at
 * it between rows and waits end early. A second one ends the process at once
 * (the ledger is valid at every moment). SIGPIPE is ignored by `import` and
 * keeps its default for `convert` and `preview`.
 */

#include <stdbool.h>

void signals_install(void);
void signals_ignore_pipe(void);
/* The signal that asked for the stop, or 0. */
int signals_stop(void);
/* Dies of the signal with its default action (130 in a shell for SIGINT). */
void signals_die(int signal_number);

#endif
