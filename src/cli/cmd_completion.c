/* SPDX-License-Identifier: MIT */
/*
 * completion: the script of a shell. A script only carries words to and fro:
 * it asks `csv2chakra __complete WORD...` (complete.c) with the words after the
 * program's name up to the cursor, and reads the answer: a line
 *	words SKIP | files SKIP [ENDINGS] | folders SKIP
 * where SKIP bytes of the last word stay as they are and ENDINGS are
 * alternatives ("yaml|yml"), then for words a line each, "VALUE" or
 * "VALUE<tab>WHAT". Files are the shell's own business, so that their names
 * are quoted as it quotes them.
 */
#include "base/text.h"
#include "command.h"

#include <string.h>

/* bash 4, without the package bash-completion and without /dev/fd. `=` and `:`
 * end a word in its eyes; they are put together again. */
static const char bash_script[] =
    "# csv2chakra(1) for bash, made by: csv2chakra completion bash\n"
    "# shellcheck shell=bash\n"
    "_csv2chakra() {\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} full='' glue='' word kind skip "
    "names\n"
    "\tlocal -a words=()\n"
    "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD}\"; do\n"
    "\t\tif [[ -n $glue || $word =~ ^[=:]+$ ]] && ((${#words[@]})); then\n"
    "\t\t\tunset \"words[${#words[@]}-1]\"\n"
    "\t\telse\n"
    "\t\t\tfull=\n"
    "\t\tfi\n"
    "\t\tfull+=$word\n"
    "\t\twords+=(\"$full\")\n"
    "\t\tglue=; [[ $word =~ ^[=:]+$ ]] && glue=1\n"
    "\tdone\n"
    "\tCOMPREPLY=()\n"
    "\t[[ -n $glue ]] && cur=\n"
    "\t{\n"
    "\t\tread -r kind skip names\n"
    "\t\twhile [[ $kind == words ]] && IFS=$'\\t' read -r word _; do\n"
    "\t\t\t[[ $word == \"${full:skip}\"* ]] && COMPREPLY+=(\"$word\")\n"
    "\t\tdone\n"
    "\t} <<<\"$(csv2chakra __complete \"${words[@]//[\\\\\\\"\\']/}\" "
    "2>/dev/null)\"\n"
    "\twhile [[ $kind == f* ]] && IFS= read -r word; do\n"
    "\t\tif [[ -d $word || $kind == files && -n $word && ${word,,} =~ "
    "${names:+\\.($names)$} ]]; then\n"
    "\t\t\tCOMPREPLY+=(\"$word\")\n"
    "\t\t\tcompopt -o filenames 2>/dev/null\n"
    "\t\tfi\n"
    "\tdone <<<\"$(compgen -f -- \"${full:skip}\")\"\n"
    "\tCOMPREPLY=(\"${COMPREPLY[@]/#/${full:0:skip}}\")\n"
    "\tCOMPREPLY=(\"${COMPREPLY[@]#\"${full%\"$cur\"}\"}\")\n"
    "}\n"
    "complete -F _csv2chakra csv2chakra\n";

static const char zsh_script[] =
    "#compdef csv2chakra\n"
    "# csv2chakra(1) for zsh, made by: csv2chakra completion zsh\n"
    "_csv2chakra() {\n"
    "\tlocal -a answer head typed\n"
    "\ttyped=(\"${(@)words[2,CURRENT-1]}\" \"$PREFIX\")\n"
    "\tanswer=(\"${(@f)$(csv2chakra __complete \"${(@Q)typed}\" "
    "2>/dev/null)}\")\n"
    "\thead=(${(s: :)answer[1]})\n"
    "\tanswer=(\"${(@)answer[2,-1]/$'\\t'/:}\")\n"
    "\t((head[2])) && compset -p $head[2]\n"
    "\tcase $head[1] in\n"
    "\twords) _describe -V -t values value answer ;;\n"
    "\tfolders) _files -/ ;;\n"
    "\tfiles) _files ${head[3]:+-g} ${head[3]:+\"(#i)*.($head[3])(-.)\"} ;;\n"
    "\tesac\n"
    "}\n"
    "if [[ $funcstack[1] == _csv2chakra ]]; then\n"
    "\t_csv2chakra \"$@\"\n"
    "else\n"
    "\tcompdef _csv2chakra csv2chakra\n"
    "fi\n";

/* Files: what fish itself offers to a command of which it knows nothing. */
static const char fish_script[] =
    "# csv2chakra(1) for fish, made by: csv2chakra completion fish\n"
    "function __csv2chakra\n"
    "\tset -l token (commandline -ct)\n"
    "\tset -l words (commandline -opc) \"$token\"\n"
    "\tset -l answer (csv2chakra __complete $words[2..-1] 2>/dev/null)\n"
    "\tset -l head (string split ' ' -- $answer[1])\n"
    "\tset -q head[2]; or return\n"
    "\tset -l keep (string sub -l $head[2] -- \"$token\")\n"
    "\tset -l rest (string sub -s (math $head[2] + 1) -- \"$token\")\n"
    "\tset -e answer[1]\n"
    "\tif test $head[1] = words\n"
    "\t\tstring join \\n -- \"$keep\"$answer\n"
    "\t\treturn\n"
    "\tend\n"
    "\tset -l names '/$'\n"
    "\ttest $head[1] = files; and set names (set -q head[3]; and echo "
    "\"/\\$|\\.($head[3])\\$\"; or echo .)\n"
    "\tfor file in (complete -C \"'' $rest\")\n"
    "\t\tstring match -q -r -i -- $names (string split -m 1 \\t -- $file)[1]\n"
    "\t\tand printf '%s\\n' \"$keep\"$file\n"
    "\tend\n"
    "end\n"
    "complete -c csv2chakra -f -k -a '(__csv2chakra)'\n";

static int
run_completion(struct options *o, struct diag *d)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = {
	    {"bash", bash_script}, {"zsh", zsh_script}, {"fish", fish_script}};
	const char *shell = o->settings.operands[0];
	struct buf out = BUF_INIT(1 << 20);

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		if (strcmp(scripts[i].shell, shell) == 0)
			buf_adds(&out, scripts[i].script);
	if (out.len == 0) {
		text_display(&out, text_of(shell), 40);
		diag_set(
		    d, DIAG_USAGE, "no completion for '%s'", buf_str(&out));
		buf_release(&out);
		return diag_help(d, "use bash, zsh or fish");
	}
	return command_answer(&out, false, d);
}

const struct command command_completion = {
    .id = COMMAND_COMPLETION,
    .name = "completion",
    .operands = "bash|zsh|fish",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "print a completion script for a shell",
    .details = "For bash, save it as "
	       "~/.local/share/bash-completion/completions/csv2chakra; for "
	       "zsh, as _csv2chakra in a folder of fpath; for fish, as "
	       "~/.config/fish/completions/csv2chakra.fish.",
    .examples = {{"completion bash", "for bash"},
	{"completion fish", "for fish"}},
    .run = run_completion,
};
