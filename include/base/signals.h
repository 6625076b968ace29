/* SPDX-License-Identifier: MIT */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

/*
 * The stop flag. The first SIGINT, SIGTERM or SIGHUP sets it; loops look at
 * it between rows and waits end early. A second one ends the process at once
 * (the ledger is valid at every moment). SIGPIPE is ignored by `import` and
 * keeps its default for `convert` and `preview`.
 *
 * No wait of the kernel's outlasts the first signal by more than a second: a
 * read, a write, an open of a FIFO or a lock fails with EINTR, also if it
 * began just after the signal. So what has to be done all the same (a file on
 * a disk) is tried again, and what waits for somebody else is not
 * (signals_may_wait).
 */

#include <stdbool.h>

void signals_install(void);
void signals_ignore_pipe(void);
/* The signal that asked for the stop, or 0. */
int signals_stop(void);
/* After a call that waits for somebody else (a reader of a pipe, a writer of a
 * FIFO, the holder of a lock) failed: true if it was a signal that asks for no
 * stop, and the call is to be made again. */
bool signals_may_wait(void);
/* Dies of the signal with its default action (130 in a shell for SIGINT). */
void signals_die(int signal_number);

#endif
