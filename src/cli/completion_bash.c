/* SPDX-License-Identifier: MIT */
/*
 * The script for bash: one function that finds the command, the option whose
 * value is wanted and the number of operands, and tables as `case` in two
 * functions. It needs bash 4 and nothing of the bash-completion package,
 * nor /dev/fd, which not every chroot has.
 * `=` ends a word in bash's eyes, so that `--format=js` comes as three.
 */
#include "completion.h"

static void
add_option_names(struct buf *out, const struct optspec *o, const char *between)
{
	if (o->name)
		buf_addf(out, "--%s", o->name);
	if (o->letter)
		buf_addf(out, "%s-%c", o->name ? between : "", o->letter);
}

/* What the shell function is told: a kind, and words after it. */
static void
add_kind(struct buf *out, enum wanted wanted, const char *words)
{
	static const char *const kinds[] = {
	    [WANT_NOTHING] = "nothing",
	    [WANT_FILE] = "file",
	    [WANT_FOLDER] = "folder",
	    [WANT_MAPPING] = "mapping",
	    [WANT_CSV] = "csv",
	    [WANT_RUN] = "run",
	    [WANT_COMMAND] = "command",
	    [WANT_WORDS] = "words",
	};

	buf_addf(out, "_csv2chakra_kind='%s'", kinds[wanted]);
	if (wanted != WANT_WORDS)
		return;
	buf_adds(out, " _csv2chakra_list='");
	completion_words(out, words);
	buf_addc(out, '\'');
}

/* The options of each command, as words. */
static void
add_option_lists(struct buf *out)
{
	const struct optspec_table *t = options_table();

	buf_adds(out, "_csv2chakra_options() {\n\tcase $1 in\n");
	for (size_t c = 0; c < COMMAND_COUNT; c++) {
		buf_addf(out, "\t%s) _csv2chakra_list='", command_at(c)->name);
		for (size_t i = 0; i < t->count; i++) {
			if (!completion_takes(&t->items[i], command_at(c)))
				continue;
			add_option_names(out, &t->items[i], " ");
			buf_addc(out, ' ');
		}
		buf_adds(out, "' ;;\n");
	}
	buf_adds(out, "\tesac\n}\n");
}

/* `_csv2chakra_value COMMAND OPTION`: false if it takes none. */
static void
add_values(struct buf *out)
{
	const struct optspec_table *t = options_table();

	buf_adds(out, "_csv2chakra_value() {\n\tcase $1,$2 in\n");
	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *o = &t->items[i];
		bool first = true;

		if (!o->argument)
			continue;
		for (size_t c = 0; c < COMMAND_COUNT; c++) {
			const char *name = command_at(c)->name;

			if (!completion_takes(o, command_at(c)))
				continue;
			buf_adds(out, first ? "\t" : " | ");
			if (o->name)
				buf_addf(out, "%s,--%s", name, o->name);
			if (o->letter)
				buf_addf(out, "%s%s,-%c", o->name ? " | " : "",
				    name, o->letter);
			first = false;
		}
		if (first)
			continue;
		buf_adds(out, ") ");
		add_kind(out, completion_of_option(o), o->words);
		buf_adds(out, " ;;\n");
	}
	buf_adds(out, "\t*) return 1 ;;\n\tesac\n}\n");
}

/* `_csv2chakra_operand COMMAND NUMBER`, from 1. */
static void
add_operands(struct buf *out)
{
	buf_adds(out, "_csv2chakra_operand() {\n\tcase $1,$2 in\n");
	for (size_t c = 0; c < COMMAND_COUNT; c++) {
		struct operand operands[OPERAND_KINDS_MAX];
		size_t n = completion_operands(command_at(c), operands);

		for (size_t i = 0; i < n; i++) {
			buf_addf(out, "\t%s,", command_at(c)->name);
			if (operands[i].repeats)
				buf_adds(out, "*) ");
			else
				buf_addf(out, "%zu) ", i + 1);
			add_kind(out, operands[i].wanted, operands[i].words);
			buf_adds(out, " ;;\n");
		}
	}
	buf_adds(out, "\t*) return 1 ;;\n\tesac\n}\n");
}

static void
add_commands(struct buf *out)
{
	buf_adds(out, "_csv2chakra_commands='");
	for (size_t c = 0; c < COMMAND_COUNT; c++)
		if (command_at(c)->run)
			buf_addf(
			    out, "%s%s", c > 0 ? " " : "", command_at(c)->name);
	buf_adds(out, "'\n");
}

/* Offers what fits $cur. */
static const char offer_text[] =
    "_csv2chakra_files() {\n"
    "\tlocal name\n"
    "\twhile IFS= read -r name; do\n"
    "\t\tif [[ -d $name || -n $name && ${name,,} =~ $1 ]]; then\n"
    "\t\t\tCOMPREPLY+=(\"$name\")\n"
    "\t\tfi\n"
    "\tdone <<<\"$(compgen -f -- \"$cur\")\"\n"
    "\tcompopt -o filenames 2>/dev/null\n"
    "}\n"
    "_csv2chakra_words() {\n"
    "\tlocal word\n"
    "\twhile IFS= read -r word; do\n"
    "\t\tCOMPREPLY+=(${word:+\"$word\"})\n"
    "\tdone <<<\"$(compgen -W \"$1\" -- \"$cur\")\"\n"
    "}\n"
    "_csv2chakra_offer() {\n"
    "\tcase $_csv2chakra_kind in\n"
    "\tfile) _csv2chakra_files '' ;;\n"
    "\tfolder) _csv2chakra_files '^$' ;;\n"
    "\tmapping) _csv2chakra_files '" MAPPING_NAMES "' ;;\n"
    "\tcsv) _csv2chakra_files '" CSV_NAMES "' ;;\n"
    "\tcommand) _csv2chakra_words \"$_csv2chakra_commands\" ;;\n"
    "\twords) _csv2chakra_words \"$_csv2chakra_list\" ;;\n"
    "\trun)\n"
    "\t\tlocal runs\n"
    "\t\truns=$(csv2chakra completion runs ${dir:+--runs-dir \"$dir\"} \\\n"
    "\t\t\t2>/dev/null)\n"
    "\t\t_csv2chakra_words \"$runs\"\n"
    "\t\t;;\n"
    "\tesac\n"
    "}\n";

static const char main_text[] =
    "_csv2chakra() {\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} command='' dir='' word value\n"
    "\tlocal _csv2chakra_kind='' _csv2chakra_list=''\n"
    "\tlocal -i i operands=0 ended=0 wants=0\n"
    "\tCOMPREPLY=()\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\tif [[ -z $command ]]; then\n"
    "\t\t\tcommand=$word\n"
    "\t\telif ((ended)) || [[ $word != -?* ]]; then\n"
    "\t\t\toperands+=1\n"
    "\t\telif [[ $word == -- ]]; then\n"
    "\t\t\tended=1\n"
    "\t\telif _csv2chakra_value \"$command\" \"$word\"; then\n"
    "\t\t\ti+=1\n"
    "\t\t\tif [[ ${COMP_WORDS[i]} == = ]] && ((i < COMP_CWORD)); then\n"
    "\t\t\t\ti+=1\n"
    "\t\t\tfi\n"
    "\t\t\tvalue=${COMP_WORDS[i]}\n"
    "\t\t\tif ((i >= COMP_CWORD)); then\n"
    "\t\t\t\twants=1\n"
    "\t\t\telif [[ $word == --runs-dir ]]; then\n"
    "\t\t\t\tdir=${value/#'~/'/$HOME/}\n"
    "\t\t\tfi\n"
    "\t\tfi\n"
    "\tdone\n"
    "\tif [[ -z $command ]]; then\n"
    "\t\t_csv2chakra_kind='command'\n"
    "\telif ((wants)); then\n"
    "\t\tif [[ $cur == = ]]; then\n"
    "\t\t\tcur=\n"
    "\t\tfi\n"
    "\telif ((!ended)) && [[ $cur == -* ]]; then\n"
    "\t\t_csv2chakra_kind=words\n"
    "\t\t_csv2chakra_options \"$command\"\n"
    "\telse\n"
    "\t\t_csv2chakra_kind=''\n"
    "\t\t_csv2chakra_operand \"$command\" $((operands + 1))\n"
    "\tfi\n"
    "\t_csv2chakra_offer\n"
    "}\n"
    "complete -F _csv2chakra csv2chakra\n";

void
completion_bash(struct buf *out)
{
	buf_adds(out,
	    "# csv2chakra(1) for bash, made by: csv2chakra completion bash\n"
	    "# shellcheck shell=bash\n");
	add_commands(out);
	add_option_lists(out);
	add_values(out);
	add_operands(out);
	buf_adds(out, offer_text);
	buf_adds(out, main_text);
}
