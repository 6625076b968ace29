/* SPDX-License-Identifier: MIT */
#ifndef SERVE_OPTIONS_H
#define SERVE_OPTIONS_H

/*
 * The command line of chakra-sandbox: one table feeds the parser, --help and
 * the test against the man page.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "sandbox/sandbox.h"

/* `argv` as main has it; texts are borrowed from it. 0, or -1 and DIAG_USAGE;
 * sandbox_options_release in any case. */
int sandbox_options_parse(
    struct sandbox_options *o, int argc, char **argv, struct diag *d);
void sandbox_options_release(struct sandbox_options *o);
/* Appends what --help prints. */
void sandbox_options_help(struct buf *out);

#endif
