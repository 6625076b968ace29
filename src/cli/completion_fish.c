/* SPDX-License-Identifier: MIT */
/*
 * The script for fish: a line for each option, operand and command, and a few
 * functions for their conditions. fish knows no operands by number, nor that
 * `check` may be a file: __csv2chakra_operand counts, for which each command
 * has a list of its options that take a value.
 */
#include "completion.h"

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
		buf_adds(out, " -a '(__csv2chakra_files \"/\\$\")'");
		break;
	case WANT_MAPPING:
		buf_adds(out, " -a '(__csv2chakra_mappings)'");
		break;
	case WANT_CSV:
		buf_adds(out, " -a '(__csv2chakra_csvs)'");
		break;
	case WANT_RUN:
		buf_adds(out, " -k -a '(__csv2chakra_runs)'");
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
add_option(struct buf *out, const struct optspec *o, const struct command *c)
{
	buf_addf(
	    out, "complete -c csv2chakra -n '__csv2chakra_is %s'", c->name);
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

/* The options whose value is the next word. */
static void
add_valued(struct buf *out, const struct command *c)
{
	const struct optspec_table *t = options_table();

	buf_addf(out, "set -g __csv2chakra_valued_%s", c->name);
	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *o = &t->items[i];

		if (!o->argument || !completion_takes(o, c))
			continue;
		if (o->name)
			buf_addf(out, " --%s", o->name);
		if (o->letter)
			buf_addf(out, " -%c", o->letter);
	}
	buf_addc(out, '\n');
}

static void
add_command(struct buf *out, const struct command *c)
{
	const struct optspec_table *t = options_table();
	struct operand operands[OPERAND_KINDS_MAX];
	size_t n = completion_operands(c, operands);

	add_valued(out, c);
	buf_addf(out, "complete -c csv2chakra -n __csv2chakra_first -a %s -d ",
	    c->name);
	add_quoted(out, c->summary);
	buf_addc(out, '\n');
	for (size_t i = 0; i < n; i++) {
		buf_addf(out,
		    "complete -c csv2chakra -n '__csv2chakra_operand %s ",
		    c->name);
		if (operands[i].repeats)
			buf_adds(out, "any'");
		else
			buf_addf(out, "%zu'", i + 1);
		add_choice(out, operands[i].wanted, operands[i].words);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < t->count; i++)
		if (completion_takes(&t->items[i], c))
			add_option(out, &t->items[i], c);
}

static const char conditions_text[] =
    "function __csv2chakra_first\n"
    "\ttest (count (commandline -opc)) -eq 1\n"
    "end\n"
    "function __csv2chakra_is # COMMAND\n"
    "\tset -l words (commandline -opc)\n"
    "\ttest (count $words) -ge 2; and test $words[2] = $argv[1]\n"
    "end\n"
    "# Is the cursor at this operand of the command?\n"
    "function __csv2chakra_operand # COMMAND NUMBER|any\n"
    "\t__csv2chakra_is $argv[1]; or return\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -l valued __csv2chakra_valued_$argv[1]\n"
    "\tset -l number 1\n"
    "\tset -l skip 0\n"
    "\tset -l ended 0\n"
    "\tset -e words[1..2]\n"
    "\tfor word in $words\n"
    "\t\tif test $skip = 1\n"
    "\t\t\tset skip 0\n"
    "\t\telse if test $ended = 1\n"
    "\t\t\tset number (math $number + 1)\n"
    "\t\telse if test \"$word\" = --\n"
    "\t\t\tset ended 1\n"
    "\t\telse if string match -q -- '-?*' $word\n"
    "\t\t\tcontains -- $word $$valued; and set skip 1\n"
    "\t\telse\n"
    "\t\t\tset number (math $number + 1)\n"
    "\t\tend\n"
    "\tend\n"
    "\ttest $skip = 0; or return\n"
    "\ttest $argv[2] = any; or test $argv[2] = $number\n"
    "end\n";

static const char files_text[] =
    "# Folders, and files whose name matches: what fish itself offers to a\n"
    "# command of which it knows nothing.\n"
    "function __csv2chakra_files # PATTERN\n"
    "\tset -l token (commandline -ct | string replace -r '^--[^=]*=' '')\n"
    "\tfor file in (complete -C \"'' $token\")\n"
    "\t\tset -l name (string split -m 1 \\t -- $file)[1]\n"
    "\t\tif string match -q '*/' -- $name\n"
    "\t\t\tor string match -q -r -i -- $argv[1] $name\n"
    "\t\t\techo $file\n"
    "\t\tend\n"
    "\tend\n"
    "end\n"
    "function __csv2chakra_mappings\n"
    "\t__csv2chakra_files '" MAPPING_NAMES "'\n"
    "end\n"
    "function __csv2chakra_csvs\n"
    "\t__csv2chakra_files '" CSV_NAMES "'\n"
    "end\n"
    "function __csv2chakra_runs\n"
    "\tset -l words (commandline -opc)\n"
    "\tset -l folder\n"
    "\tfor i in (seq (count $words))\n"
    "\t\tif string match -q -- '--runs-dir=*' $words[$i]\n"
    "\t\t\tset folder (string split -m 1 = -- $words[$i])[2]\n"
    "\t\telse if test $words[$i] = --runs-dir; and set -q words[(math $i + "
    "1)]\n"
    "\t\t\tset folder $words[(math $i + 1)]\n"
    "\t\tend\n"
    "\tend\n"
    "\tset folder (string replace -r '^~/' $HOME/ -- $folder)\n"
    "\tcsv2chakra completion runs --runs-dir=$folder 2>/dev/null\n"
    "end\n";

void
completion_fish(struct buf *out)
{
	buf_adds(out,
	    "# csv2chakra(1) for fish, made by: csv2chakra completion fish\n");
	buf_adds(out, conditions_text);
	buf_adds(out, files_text);
	buf_adds(out, "complete -c csv2chakra -f\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (command_at(i)->run)
			add_command(out, command_at(i));
}
