/* SPDX-License-Identifier: MIT */
#include "cli/guard.h"

/* The newest run that sent something decides which command is the right one,
 * by how it ended. */

#include "ledger/run.h"

#include <stdio.h>
#include <string.h>

struct search {
	struct run_summary found;
	bool has_found;
};

static int
look(void *ctx, const struct run_summary *s)
{
	struct search *search = ctx;

	/* What cannot be read may have sent everything. */
	if (!s->sent && strcmp(s->state, "damaged") != 0)
		return 0;
	search->found = *s;
	search->has_found = true;
	return 1;
}

int
guard_check(const struct options *o, const char *runs_dir,
    const char *input_key, struct diag *d)
{
	static const struct {
		const char *verdict, *command;
	} commands[] = {
	    {"exit 1", "retry"},
	    {"exit 6", "reconcile"},
	    {"exit 3", "resume"},
	    {"exit 4", "resume"},
	    {"exit 5", "resume"},
	};
	struct search search = {0};
	const struct run_summary *s = &search.found;
	const char *command = NULL;

	if (o->again)
		return 0;
	if (runs_each(runs_dir, input_key, look, &search, d) < 0)
		return -1;
	if (!search.has_found)
		return 0;
	if (strcmp(s->state, "stopped") == 0)
		command = "resume";
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(s->verdict, commands[i].verdict) == 0)
			command = commands[i].command;
	diag_set(d, DIAG_IMPORTED,
	    "this input was imported before, by run %s; nothing was sent",
	    s->identity.id);
	if (command)
		return diag_help(d, "csv2chakra %s %s", command,
		    s->identity.id);
	return diag_help(d,
	    "to send all its rows once more: csv2chakra import --again "
	    "MAPPING CSV");
}
