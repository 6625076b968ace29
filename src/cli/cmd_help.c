/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include "cli/answer.h"

/* help and version: answers that need no input. */

static int
run_help(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 20);
	const struct command *c = NULL;
	int ret = -1;

	if (o->operand_count > 0 &&
	    (c = command_find(o->operands[0], d)) == NULL)
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
    .summary = "show what there is, or a command's options",
    .examples = {{"help", "the list of commands"},
	{"help import", "the same as csv2chakra import --help"}},
    .run = run_help,
};

static int
run_version(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(256);
	int ret;

	(void)o;
	buf_adds(&out, "csv2chakra " CSV2CHAKRA_VERSION "\n");
	ret = answer_write(&out, d);
	buf_release(&out);
	return ret < 0 ? -1 : EXIT_GOOD;
}

const struct command command_version = {
    .id = COMMAND_VERSION,
    .name = "version",
    .operands = "",
    .summary = "show the program's version",
    .examples = {{"version", "the version on one line"},
	{"--version", "the same"}},
    .run = run_version,
};
