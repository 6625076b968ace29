/* SPDX-License-Identifier: MIT */
/* init: a first mapping for a file that has none. */
#include "author/author.h"
#include "command.h"

static int
run_init(struct options *o, struct diag *d)
{
	return init_run(&o->settings, d);
}

const struct command command_init = {
    .id = COMMAND_INIT,
    .name = "init",
    .operands = "CSV",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "write a commented mapping for a file",
    .details = "Every guess in it is marked, with the evidence for it. An "
	       "existing file is not overwritten. With --procedure and a "
	       "token, the service is asked for the fields and states of that "
	       "procedure, and each column is put into the one that it sounds "
	       "like.",
    .examples = {{"init leads.csv", "on stdout"},
	{"init --procedure lead -o leads.yaml leads.csv",
	    "into a new file, with the fields of 'lead'"}},
    .run = run_init,
};
