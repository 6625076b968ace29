/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPERANDS_H
#define CLI_OPERANDS_H

/*
 * The operands of the command line: whether it is enough, too much, or in the
 * wrong order, judged by names alone.
 */

#include "base/diag.h"
#include "command.h"

#include <stdbool.h>

/* DIAG_USAGE when there are too few or too many, or when MAPPING and CSV have
 * each other's endings. */
int operands_check(
    const struct command *c, const struct options *o, struct diag *d);

#endif
