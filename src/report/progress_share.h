/* SPDX-License-Identifier: MIT */
#ifndef REPORT_PROGRESS_SHARE_H
#define REPORT_PROGRESS_SHARE_H

/* Which share of a phase and of the whole command is done: pure. */

#include "report/terminal.h"

/* In percent of the whole command. */
struct span {
	double from, to;
};

/* The part of `whole` that is input number `input` of several; 0, 0 = the only
 * one. */
struct span progress_span_of_input(
    struct span whole, size_t input, size_t inputs);
/* Of a phase that begins when `done` percent were shown. */
struct span progress_span_of_phase(
    const struct progress_facts *f, double done, struct span input);
/* What people wait for, and not what prepares it: when it ends says when the
 * command does. */
bool progress_is_main(const char *phase);

/* Sets percent (of the phase), rows_total and is_estimate. */
void progress_estimate(
    const struct progress_facts *f, struct progress_numbers *n);

/* The next outcome, from *i on, that asks for an exit status; false: there is
 * none. */
bool progress_next_bad(size_t *i, enum outcome *o);

#endif
