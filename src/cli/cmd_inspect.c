/* SPDX-License-Identifier: MIT */
/* inspect: what a file is, before anybody writes a mapping for it. */
#include "author/author.h"
#include "command.h"

static int
run_inspect(struct options *o, struct diag *d)
{
	return inspect_run(&o->settings, d);
}

const struct command command_inspect = {
    .id = COMMAND_INSPECT,
    .name = "inspect",
    .operands = "CSV",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "show a file's encoding, dialect, columns and hazards",
    .details = "Hazards are what spreadsheets and exports do to data: lost "
	       "leading zeros, numbers in scientific notation, totals at the "
	       "end.",
    .examples = {{"inspect leads.csv", "with the evidence"},
	{"inspect --format json leads.csv", "for a program"}},
    .run = run_inspect,
};
