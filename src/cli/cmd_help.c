/* SPDX-License-Identifier: MIT */
/* help: the texts are made in help.c. */
#include "command.h"
#include "system/screen.h"

static int
run_help(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 20);
	const struct command *c = NULL;
	int ret = -1;

	if (o->settings.operand_count > 0 &&
	    (c = command_find(o->settings.operands[0], d)) == NULL)
		return -1;
	if (c)
		help_command(c, &out);
	else
		help_overview(&out);
	if (answer_write(&out, d) == 0)
		ret = EXIT_GOOD;
	buf_release(&out);
	return ret;
}

const struct command command_help = {
    .id = COMMAND_HELP,
    .name = "help",
    .operands = "[COMMAND]",
    .operands_max = 1,
    .summary = "show help",
    .examples = {{"help", "the list of commands"},
	{"help import", "the same as csv2chakra import --help"}},
    .run = run_help,
};
