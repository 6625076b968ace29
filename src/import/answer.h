/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_ANSWER_H
#define IMPORT_ANSWER_H

/*
 * What a command says of one input, in one place for dry runs and real ones:
 * to whoever takes it (struct run_audience), else on stdout in the format that
 * was asked for.
 */

#include "base/diag.h"
#include "plan/settings.h"
#include "report/run_report.h"

/* The report of an input. As a page it is the one that the run has written.
 * -1: it could not be written (DIAG_DISK). */
int answer_report(const struct run_audience *to, const struct run_report *r,
    const struct settings *o, struct diag *d);
/* There was nothing to do: one line; of unknown rows on stderr, with the
 * command that goes on. */
int answer_nothing(const struct run_audience *to, const struct run_answer *a,
    const struct settings *o, struct diag *d);

#endif
