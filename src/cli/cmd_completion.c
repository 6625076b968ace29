/* SPDX-License-Identifier: MIT */
/*
 * completion: the script of a shell, and what is common to the three. The
 * scripts ask `completion runs` for run ids: it reads the names of the runs
 * folder and opens nothing, for a shell waits for it at each TAB.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "completion.h"
#include "runs/run.h"
#include "system/screen.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum wanted
completion_of_option(const struct optspec *o)
{
	if (o->words != NULL)
		return WANT_WORDS;
	if (o->kind != OPTSPEC_TEXT || o->argument == NULL)
		return WANT_NOTHING;
	if (strcmp(o->argument, "DIR") == 0)
		return WANT_FOLDER;
	if (strcmp(o->argument, "M") == 0)
		return WANT_MAPPING;
	if (strcmp(o->argument, "FILE") == 0 ||
	    strcmp(o->argument, "PATH") == 0)
		return strcmp(o->name, "field") == 0 ? WANT_NOTHING : WANT_FILE;
	return WANT_NOTHING;
}

bool
completion_takes(const struct optspec *o, const struct command *c)
{
	return (o->commands >> c->id & 1) != 0 && o->status == OPTSPEC_BUILT;
}

static enum wanted
operand_kind(const char *name)
{
	static const struct {
		const char *name;
		enum wanted wanted;
	} kinds[] = {
	    {"MAPPING", WANT_MAPPING},
	    {"CSV", WANT_CSV},
	    {"TO-FIX.csv", WANT_CSV},
	    {"RUN", WANT_RUN},
	    {"COMMAND", WANT_COMMAND},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].wanted;
	return strchr(name, '|') ? WANT_WORDS : WANT_FILE;
}

size_t
completion_operands(
    const struct command *c, struct operand out[OPERAND_KINDS_MAX])
{
	const char *at = c->operands;
	size_t n = 0;

	while (*at != '\0' && n < OPERAND_KINDS_MAX) {
		size_t len = strcspn(at, " ");
		struct text name = {at, len};

		out[n] = (struct operand){.wanted = WANT_NOTHING};
		if (name.len > 3 && memcmp(at + len - 3, "...", 3) == 0) {
			out[n].repeats = true;
			name.len -= 3;
		}
		if (name.s[0] == '[') {
			name.s++;
			name.len -= 2;
		}
		snprintf(out[n].words, sizeof(out[n].words), "%.*s",
		    (int)name.len, name.s);
		out[n].wanted = operand_kind(out[n].words);
		n++;
		at += len;
		at += strspn(at, " ");
	}
	return n;
}

void
completion_words(struct buf *out, const char *words)
{
	bool first = true;

	while (*words != '\0') {
		size_t len = strcspn(words, "|");

		if (*words != '!') {
			buf_adds(out, first ? "" : " ");
			buf_add(out, words, len);
			first = false;
		}
		words += len;
		words += *words == '|';
	}
}

static int
newest_first(const void *a, const void *b)
{
	return -strcmp(*(char *const *)a, *(char *const *)b);
}

/* Only names that no shell reads as anything but a word. */
static bool
is_run(int folder, const char *name)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789._-";
	struct buf path = BUF_INIT(1024);
	struct stat st;
	bool found;

	if (name[0] == '.' || name[0] == '-' ||
	    name[strspn(name, plain)] != '\0' ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(st.st_mode))
		return false;
	buf_addf(&path, "%s/run.json", name);
	found = fstatat(folder, buf_str(&path), &st, AT_SYMLINK_NOFOLLOW) == 0;
	buf_release(&path);
	return found;
}

static void
list_runs(const char *dir, struct buf *out)
{
	DIR *folder = opendir(dir);
	struct dirent *entry;
	char **names = NULL;
	size_t count = 0, cap = 0;

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (!is_run(dirfd(folder), entry->d_name))
			continue;
		ARRAY_ROOM(names, count, cap);
		names[count++] = xstrdup(entry->d_name);
	}
	if (folder != NULL)
		closedir(folder);
	if (count > 0) {
		qsort(names, count, sizeof(*names), newest_first);
		buf_adds(out, "latest\n");
	}
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "%s\n", names[i]);
		free(names[i]);
	}
	free(names);
}

static int
compose(const struct options *o, struct buf *out, struct diag *d)
{
	const char *what = o->settings.operands[0];
	char *dir;

	if (strcmp(what, "bash") == 0) {
		completion_bash(out);
	} else if (strcmp(what, "zsh") == 0) {
		completion_zsh(out);
	} else if (strcmp(what, "fish") == 0) {
		completion_fish(out);
	} else if (strcmp(what, "runs") == 0) {
		dir = runs_dir_default(o->settings.runs_dir, d);
		if (dir == NULL)
			return -1;
		list_runs(dir, out);
		free(dir);
	} else {
		struct buf shown = BUF_INIT(256);

		text_display(&shown, text_of(what), 40);
		diag_set(
		    d, DIAG_USAGE, "no completion for '%s'", buf_str(&shown));
		buf_release(&shown);
		return diag_help(d, "say bash, zsh or fish");
	}
	return 0;
}

static int
run_completion(struct options *o, struct diag *d)
{
	struct buf out = BUF_INIT(1 << 20);
	int failed = compose(o, &out, d);

	if (!failed && out.len > 0)
		failed = answer_write(&out, d);
	buf_release(&out);
	return failed ? -1 : EXIT_GOOD;
}

const struct command command_completion = {
    .id = COMMAND_COMPLETION,
    .name = "completion",
    .operands = "bash|zsh|fish",
    .operands_min = 1,
    .operands_max = 1,
    .summary = "print a completion script for a shell",
    .details = "For bash: put it into "
	       "~/.local/share/bash-completion/completions/csv2chakra. For "
	       "zsh: as _csv2chakra into a folder of fpath. For fish: into "
	       "~/.config/fish/completions/csv2chakra.fish.",
    .examples = {{"completion bash", "for bash"},
	{"completion fish", "for fish"}},
    .run = run_completion,
};
