/* SPDX-License-Identifier: MIT */
/* diff: what an import of a mapping that updates would change. */
#include "command.h"
#include "import/import.h"

static int
run(struct options *o, struct diag *d)
{
	return diff_run(
	    &o->settings, o->settings.operands[0], o->settings.operands[1], d);
}

const struct command command_diff = {
    .id = COMMAND_DIFF,
    .name = "diff",
    .operands = "MAPPING CSV",
    .operands_min = 2,
    .operands_max = 2,
    .summary = "show what an import would change in ChakraHQ",
    .details = "For a mapping with mode: update. Looks every row up by its "
	       "key and compares; nothing is sent that changes anything.",
    .examples = {{"diff update.yaml leads.csv", "what would be changed"},
	{"diff -o changes update.yaml leads.csv",
	    "the same, field by field in changes/changes.csv"}},
    .run = run,
};
