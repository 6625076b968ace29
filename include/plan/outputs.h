/* SPDX-License-Identifier: MIT */
#ifndef PLAN_OUTPUTS_H
#define PLAN_OUTPUTS_H

/*
 * No output is an input. What the shell redirected to a file (standard output
 * and standard error) and what was named as an output are compared, by device
 * and inode, with every file that is read, before anything is opened for
 * writing. What stands at a named output is looked at where it is written
 * (system/own_files.h).
 */

#include "base/diag.h"
#include "plan/settings.h"

/* Of options that were read; `form` is what the operands are ("MAPPING [CSV]",
 * see command.h). -1: refused (DIAG_USAGE, output.is_input). If
 * standard error is a file that is read, messages go to standard output
 * instead, or nowhere. */
int outputs_check(const char *form, const struct settings *o, struct diag *d);
/* Of arguments that could not be read: what is wrong with them is not said
 * into a file that one of them names. */
void outputs_turn_away(int argc, char **argv);
/* An input that only shows later: a run's. */
int outputs_spare(const char *path, struct diag *d);
/* The same of a lookup table, which only the mapping names, and against all
 * that the options let the command write. */
int outputs_check_table(
    const struct settings *o, const char *path, struct diag *d);

#endif
