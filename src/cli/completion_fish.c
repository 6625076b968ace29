/* SPDX-License-Identifier: MIT */
#include "cli/completion.h"

/*
 * The script for fish: a line for each option and command. fish does not
 * count operands; a command that takes a mapping and a CSV is offered both.
 */

static void
add_quoted(struct buf *out, const char *s)
{
	buf_addc(out, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'' || *s == '\\')
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

/* The argument of -a. */
static void
add_choice(struct buf *out, enum wanted wanted, const char *words)
{
	switch (wanted) {
	case WANT_NOTHING:
		break;
	case WANT_FILE:
		buf_adds(out, " -a '(__csv2chakra_files .)'");
		break;
	case WANT_FOLDER:
		buf_adds(out, " -a '(__fish_complete_directories)'");
		break;
	case WANT_MAPPING:
		buf_adds(out, " -a '(__csv2chakra_files \"\\\\.ya?ml\")'");
		break;
	case WANT_CSV:
		buf_adds(out,
		    " -a '(__csv2chakra_files \"\\\\.(csv|tsv|tab|psv|txt)"
		    "(\\\\.(gz|zst|xz|bz2|zip))?\")'");
		break;
	case WANT_RUN:
		buf_adds(
		    out, " -k -a '(csv2chakra completion runs 2>/dev/null)'");
		break;
	case WANT_COMMAND:
		buf_adds(out, " -a '");
		for (size_t i = 0; i < COMMAND_COUNT; i++)
			buf_addf(
			    out, "%s%s", i > 0 ? " " : "", command_at(i)->name);
		buf_addc(out, '\'');
		break;
	case WANT_WORDS:
		buf_adds(out, " -a '");
		completion_words(out, words);
		buf_addc(out, '\'');
		break;
	}
}

static void
add_condition(struct buf *out, const struct command *c)
{
	buf_addf(out,
	    "complete -c csv2chakra -n '__fish_seen_subcommand_from %s'",
	    c->name);
}

static void
add_option(
    struct buf *out, const struct optspec *o, const struct command *c)
{
	add_condition(out, c);
	if (o->name)
		buf_addf(out, " -l %s", o->name);
	if (o->letter)
		buf_addf(out, " -s %c", o->letter);
	if (o->argument) {
		buf_adds(out, " -x");
		add_choice(out, completion_of_option(o), o->words);
	}
	buf_adds(out, " -d ");
	add_quoted(out, o->help);
	buf_addc(out, '\n');
}

static void
add_command(struct buf *out, const struct command *c)
{
	const struct optspec_table *t = options_table();
	struct operand operands[OPERAND_KINDS_MAX];
	size_t n = completion_operands(c, operands);

	buf_addf(out,
	    "complete -c csv2chakra -n __fish_use_subcommand -a %s -d ",
	    c->name);
	add_quoted(out, c->summary);
	buf_addc(out, '\n');
	for (size_t i = 0; i < n; i++) {
		add_condition(out, c);
		add_choice(out, operands[i].wanted, operands[i].words);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < t->count; i++)
		if (completion_takes(&t->items[i], c))
			add_option(out, &t->items[i], c);
}

void
completion_fish(struct buf *out)
{
	buf_adds(out,
	    "# csv2chakra(1) for fish, made by: csv2chakra completion fish\n"
	    "function __csv2chakra_files\n"
	    "\t__fish_complete_path (commandline -ct) |\n"
	    "\t\tstring match -r -i '^[^\\t]*(?:/|'$argv[1]')(?:\\t.*)?$'\n"
	    "end\n"
	    "complete -c csv2chakra -f\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (command_at(i)->run)
			add_command(out, command_at(i));
}
