/* SPDX-License-Identifier: MIT */
#ifndef PLAN_PROFILE_H
#define PLAN_PROFILE_H

/*
 * Named sets of settings in $XDG_CONFIG_HOME/csv2chakra/config.yaml, else
 * ~/.config/csv2chakra/config.yaml:
 *
 *	default_profile: prod
 *	profiles:
 *	  prod: {base_url: …, token_file: …, runs_dir: …, rate: 5/s}
 *
 * The keys are those that rows of the option table have in `profile`. The file
 * names where tokens go and a command that is run, so it is read only if nobody
 * but us and root may write to it (path_trusted); a group may.
 */

#include "plan/options.h"

struct profile;

/* Which profile counts (--profile, else CSV2CHAKRA_PROFILE, which are in
 * *o already, else default_profile; "none" is none), and what it says into the
 * options that the command takes and that nothing better has said. No file is
 * no profile. DIAG_USAGE: the file is not trusted, or has mistakes, which have
 * places; there is no such profile. Sets o->own_profile, also then. */
int profile_apply(
    struct options *o, char *(*lookup)(const char *), struct diag *d);
/* p may be NULL. The strings that it gave end, too. */
void profile_free(struct profile *p);

#endif
