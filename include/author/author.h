/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_AUTHOR_H
#define AUTHOR_AUTHOR_H

/*
 * For who writes a mapping, before there is one: what a file is, and a first
 * mapping for it. Each returns the exit status, or -1 with a diag.
 */

#include "base/diag.h"
#include "plan/settings.h"

/* `inspect CSV`: on stdout, as text or JSON. */
int inspect_run(const struct settings *o, struct diag *d);
/* `init CSV`: on stdout, or into a file that was not there before. */
int init_run(const struct settings *o, struct diag *d);

#endif
