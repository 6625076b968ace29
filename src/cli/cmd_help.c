/* SPDX-License-Identifier: MIT */
/*
 * Help, made from the commands' descriptors and the option table. It goes to
 * stdout, because it is the answer.
 */
#include "command.h"
#include "system/optspec.h"

#include <stdio.h>
#include <string.h>

static void
add_overview(struct buf *out)
{
	buf_adds(out,
	    "csv2chakra loads CSV files into ChakraHQ, driven by a YAML "
	    "mapping, and\n"
	    "accounts for every row.\n"
	    "\n"
	    "usage: csv2chakra COMMAND [OPTION]... [ARGUMENT]...\n"
	    "\n"
	    "Commands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command *c = command_at(i);

		buf_addf(out, "  %-11s %s\n", c->name, c->summary);
	}
	buf_adds(out,
	    "\nExamples:\n"
	    "  csv2chakra check leads.yaml leads.csv     what would happen\n"
	    "  csv2chakra import leads.yaml leads.csv    make it happen\n"
	    "\n'csv2chakra COMMAND --help' shows a command's options. The "
	    "manual is\n"
	    "csv2chakra(1); csv2chakra-mapping(5) describes the mapping "
	    "language.\n");
}

void
help_short(void)
{
	fputs(
	    "usage: csv2chakra COMMAND [OPTION]... [ARGUMENT]...\n"
	    "\n"
	    "  csv2chakra init leads.csv -o leads.yaml    write a mapping for "
	    "a file\n"
	    "  csv2chakra rehearse leads.yaml leads.csv   import it into a "
	    "sandbox\n"
	    "  csv2chakra import leads.yaml leads.csv     import it into "
	    "ChakraHQ\n"
	    "\n",
	    stderr);
}

/* Words of `text`, at most 79 columns a line. */
static void
add_paragraph(struct buf *out, const char *text)
{
	size_t at = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " \n");

		if (at > 0 && at + 1 + n > 79) {
			buf_addc(out, '\n');
			at = 0;
		} else if (at > 0) {
			buf_addc(out, ' ');
			at++;
		}
		buf_add(out, text, n);
		at += n;
		text += n;
		text += strspn(text, " \n");
	}
	buf_addc(out, '\n');
}

void
help_command(const struct command *c, struct buf *out)
{
	struct buf options = BUF_INIT(1 << 20);

	buf_addf(out, "usage: csv2chakra %s [OPTION]...%s%s\n\n", c->name,
	    c->operands[0] != '\0' ? " " : "", c->operands);
	buf_addf(out, "%s\n", c->summary);
	if (c->details) {
		buf_addc(out, '\n');
		add_paragraph(out, c->details);
	}
	buf_adds(out, "\nExamples:\n");
	for (size_t i = 0; i < 2; i++)
		if (c->examples[i].line)
			buf_addf(out, "  csv2chakra %s\n      %s\n",
			    c->examples[i].line, c->examples[i].what);
	optspec_help(options_table(), (unsigned)c->id, &options);
	buf_addf(out, "\n%s", buf_str(&options));
	buf_release(&options);
}

int
help_print(const struct command *c, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 20);

	if (c)
		help_command(c, &out);
	else
		add_overview(&out);
	return command_answer(&out, false, d);
}

static int
run_help(struct options *o, struct diag *d)
{
	const struct command *c = NULL;

	if (o->settings.operand_count > 0 &&
	    (c = command_find(o->settings.operands[0], d)) == NULL)
		return -1;
	return help_print(c, d);
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
