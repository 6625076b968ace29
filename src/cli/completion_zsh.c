/* SPDX-License-Identifier: MIT */
/*
 * The script for zsh: a spec of _arguments for each command. Everything
 * stands in single quotes; in a spec, `[`, `]` and `:` are escaped as well.
 */
#include "completion.h"

#include <string.h>

static void
add_quoted(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\'') {
			buf_adds(out, "'\\''");
			continue;
		}
		if (strchr("[]:\\", *s) != NULL)
			buf_addc(out, '\\');
		buf_addc(out, *s);
	}
}

/* The action of a spec. */
static void
add_action(struct buf *out, enum wanted wanted, const char *words)
{
	switch (wanted) {
	case WANT_NOTHING:
		buf_addc(out, ' ');
		break;
	case WANT_FILE:
		buf_adds(out, "_files");
		break;
	case WANT_FOLDER:
		buf_adds(out, "_files -/");
		break;
	case WANT_MAPPING:
		buf_adds(out, "_files -g \"(#i)*.(yaml|yml)(-.)\"");
		break;
	case WANT_CSV:
		buf_adds(out, "_files -g \"(#i)*.((csv|tsv|tab|psv|txt)"
			      "(|.gz|.zst|.xz|.bz2|.zip)|zip)(-.)\"");
		break;
	case WANT_RUN:
		buf_adds(out, "_csv2chakra_runs");
		break;
	case WANT_COMMAND:
		buf_adds(out, "_csv2chakra_commands");
		break;
	case WANT_WORDS:
		buf_addc(out, '(');
		completion_words(out, words);
		buf_addc(out, ')');
		break;
	}
}

static void
add_spec(struct buf *out, const struct optspec *o, const char *name,
    const char *other)
{
	buf_adds(out, " \\\n\t\t\t'");
	if (other[0] != '\0')
		buf_addf(out, "(%s %s)", name, other);
	buf_adds(out, name);
	if (o->argument)
		buf_addc(out, name[1] == '-' ? '=' : '+');
	buf_addc(out, '[');
	add_quoted(out, o->help);
	buf_addc(out, ']');
	if (o->argument) {
		buf_addc(out, ':');
		add_quoted(out, o->argument);
		buf_addc(out, ':');
		add_action(out, completion_of_option(o), o->words);
	}
	buf_addc(out, '\'');
}

static void
add_option(struct buf *out, const struct optspec *o)
{
	struct buf name = BUF_INIT(256);
	char letter[3] = {'-', o->letter, '\0'};

	if (o->name)
		buf_addf(&name, "--%s", o->name);
	if (o->letter)
		add_spec(out, o, letter, buf_str(&name));
	if (o->name)
		add_spec(out, o, buf_str(&name), o->letter ? letter : "");
	buf_release(&name);
}

static void
add_command(struct buf *out, const struct command *c)
{
	const struct optspec_table *t = options_table();
	struct operand operands[OPERAND_KINDS_MAX];
	size_t n = completion_operands(c, operands);

	buf_addf(out, "\t%s)\n\t\t_arguments -s -S", c->name);
	for (size_t i = 0; i < t->count; i++)
		if (completion_takes(&t->items[i], c))
			add_option(out, &t->items[i]);
	for (size_t i = 0; i < n; i++) {
		if (operands[i].repeats)
			buf_adds(out, " \\\n\t\t\t'*:");
		else
			buf_addf(out, " \\\n\t\t\t'%zu:", i + 1);
		add_quoted(out, operands[i].words);
		buf_addc(out, ':');
		add_action(out, operands[i].wanted, operands[i].words);
		buf_addc(out, '\'');
	}
	buf_adds(out, "\n\t\t;;\n");
}

void
completion_zsh(struct buf *out)
{
	buf_adds(out,
	    "#compdef csv2chakra\n"
	    "# csv2chakra(1) for zsh, made by: csv2chakra completion zsh\n"
	    "_csv2chakra_runs() {\n"
	    "\tlocal -a runs\n"
	    "\tlocal dir=${(Q)opt_args[--runs-dir]}\n"
	    "\tdir=${dir/#\\~\\//$HOME/}\n"
	    "\truns=(${(f)\"$(csv2chakra completion runs \\\n"
	    "\t\t${dir:+--runs-dir} ${dir:+$dir} 2>/dev/null)\"})\n"
	    "\tcompadd -V runs -a runs\n"
	    "}\n"
	    "_csv2chakra_commands() {\n"
	    "\tlocal -a commands\n"
	    "\tcommands=(");
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (!command_at(i)->run)
			continue;
		buf_addf(out, "\n\t\t'%s:", command_at(i)->name);
		add_quoted(out, command_at(i)->summary);
		buf_addc(out, '\'');
	}
	buf_adds(out, "\n\t)\n"
		      "\t_describe -t commands command commands\n"
		      "}\n"
		      "_csv2chakra() {\n"
		      "\tlocal -A opt_args\n"
		      "\tif ((CURRENT == 2)); then\n"
		      "\t\t_csv2chakra_commands\n"
		      "\t\treturn\n"
		      "\tfi\n"
		      "\tshift words\n"
		      "\t((CURRENT--))\n"
		      "\tcase $words[1] in\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (command_at(i)->run)
			add_command(out, command_at(i));
	buf_adds(out, "\tesac\n"
		      "}\n"
		      "if [[ $funcstack[1] == _csv2chakra ]]; then\n"
		      "\t_csv2chakra \"$@\"\n"
		      "else\n"
		      "\tcompdef _csv2chakra csv2chakra\n"
		      "fi\n");
}
