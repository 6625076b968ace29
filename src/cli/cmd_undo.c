/* SPDX-License-Identifier: MIT */
/* undo: what a run created is deleted again. */
#include "command.h"
#include "undo/undo.h"

static int
run_undo(const struct options *o, const struct run_audience *audience,
    struct diag *d)
{
	return undo_run(&o->settings, audience, d);
}

const struct command command_undo = {
    .id = COMMAND_UNDO,
    .name = "undo",
    .operands = "RUN [CSV]",
    .operands_min = 1,
    .operands_max = 2,
    .summary = "delete what a run created, and nothing else",
    .details = "Start with --dry-run: it deletes nothing and prints the "
	       "number of processes that would be deleted. On a terminal that "
	       "number must be typed; elsewhere --delete must give it. A "
	       "process is kept, and named with the reason, if it cannot be "
	       "proven to be RUN's own, or was changed since. Tasks, calls "
	       "and messages on a process go with it.",
    .examples = {{"undo --dry-run latest", "what would be deleted, and kept"},
	{"undo --delete 487 latest", "delete these 487 processes"}},
    .send = run_undo,
};
