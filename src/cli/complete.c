/* SPDX-License-Identifier: MIT */
/*
 * What can be typed at the cursor: the answer to the shells' scripts, out of
 * the tables of commands and options. A shell waits for it at each TAB, so it
 * opens nothing but the runs folder and the file of profiles; and what is
 * wrong on the line (an unknown option, too many operands) is not its business:
 * it answers with nothing, or as if the rest were right.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "command.h"
#include "runs/run.h"
#include "system/optspec.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Endings of names, as alternatives. */
#define MAPPINGS "yaml|yml"
#define PACKED(ending)                                                         \
	ending "|" ending ".gz|" ending ".zst|" ending ".xz|" ending           \
	       ".bz2|" ending ".zip"
#define CSVS                                                                   \
	PACKED("csv")                                                          \
	"|" PACKED("tsv") "|" PACKED("tab") "|" PACKED("psv") "|" PACKED(      \
	    "txt") "|zip"

/* The line up to the cursor. */
struct line {
	const struct command *command; /* NULL = it is what is typed, or none */
	const char *last;	       /* the word that is typed */
	const char *runs_dir;	       /* NULL = not on the line */
	const struct optspec *valued;  /* `last` is its value */
	size_t skip;		       /* bytes of `last` before the value */
	bool ended;		       /* after -- */
	size_t number;		       /* of the operand, from 0 */
};

static void
offer(struct buf *out, const char *value, size_t len, const char *what)
{
	buf_add(out, value, len);
	if (what)
		buf_addf(out, "\t%s", what);
	buf_addc(out, '\n');
}

/* "a|b". */
static void
offer_words(struct buf *out, const char *words)
{
	while (*words != '\0') {
		size_t len = strcspn(words, "|");

		offer(out, words, len, NULL);
		words += len + (words[len] == '|');
	}
}

static void
offer_commands(struct buf *out)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		offer(out, command_at(i)->name, strlen(command_at(i)->name),
		    command_at(i)->summary);
}

static bool
takes(const struct command *c, const struct optspec *o)
{
	return (o->commands >> c->id & 1) != 0;
}

static void
offer_options(struct buf *out, const struct command *c)
{
	const struct optspec_table *t = options_table();
	char name[64];

	for (size_t i = 0; i < t->count; i++) {
		const struct optspec *o = &t->items[i];

		if (!takes(c, o))
			continue;
		if (o->name)
			offer(out, name,
			    (size_t)snprintf(
				name, sizeof(name), "--%s", o->name),
			    o->help);
		if (o->letter)
			offer(out, (char[]){'-', o->letter}, 2, o->help);
	}
}

/* No shell reads it as anything but a word. */
static bool
is_plain(const char *name)
{
	if (name[0] == '-')
		return false;
	for (const char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return false;
	return true;
}

static int
is_run(void *ctx, const struct run_summary *s)
{
	(void)ctx;
	(void)s;
	return 1;
}

/* The newest first, also those that are damaged. */
static void
list_runs(struct buf *out, const char *dir)
{
	struct diag ignored = DIAG_INIT;
	struct run_list *l = run_list_read(dir, &ignored);
	const struct run_entry *e = NULL;
	size_t count = 0;
	bool any = false;

	if (l)
		e = run_list_entries(l, &count);
	for (size_t i = 0; i < count; i++) {
		const struct run_filter one = {.name = e[i].name};

		if (!is_plain(e[i].name) ||
		    (!e[i].is_known && !run_list_each(l, &one, is_run, NULL)))
			continue;
		if (!any)
			offer(out, "latest", strlen("latest"), NULL);
		any = true;
		offer(out, e[i].name, strlen(e[i].name), NULL);
	}
	run_list_free(l);
}

/* Of the folder that the line names, else of that of the environment. A shell
 * leaves the ~ of a word that is not yet a command's. */
static void
offer_runs(struct buf *out, const char *option)
{
	const char *home = getenv("HOME");
	struct buf expanded = BUF_INIT(4096);
	struct diag ignored = DIAG_INIT;
	char *dir;

	if (!option)
		option = getenv("CSV2CHAKRA_RUNS_DIR");
	if (option && strncmp(option, "~/", 2) == 0 && home) {
		buf_addf(&expanded, "%s%s", home, option + 1);
		option = buf_str(&expanded);
	}
	dir = runs_dir_default(
	    option && option[0] != '\0' ? option : NULL, &ignored);
	if (dir)
		list_runs(out, dir);
	free(dir);
	buf_release(&expanded);
}

static void
offer_profile(void *ctx, const char *name)
{
	if (is_plain(name))
		offer(ctx, name, strlen(name), NULL);
}

/* The kind of answer, how much of the word stays, and for files the endings of
 * their names; then what there is to offer, a line each. */
static void
head(struct buf *out, const char *kind, const struct line *l, const char *names)
{
	buf_addf(out, "%s %zu%s%s\n", kind, l->skip, names ? " " : "",
	    names ? names : "");
}

static bool
is_called(const struct optspec *o, const char *name)
{
	return o->name && strcmp(o->name, name) == 0;
}

static void
answer_option(struct buf *out, const struct line *l)
{
	const struct optspec *o = l->valued;
	const char *argument = o->argument;
	bool is_text = o->kind == OPTSPEC_TEXT;

	if (o->words) {
		head(out, "words", l, NULL);
		offer_words(out, o->words);
	} else if (is_called(o, "profile")) {
		head(out, "words", l, NULL);
		options_each_profile(getenv, offer_profile, out);
	} else if (is_text && strcmp(argument, "DIR") == 0) {
		head(out, "folders", l, NULL);
	} else if (is_text && strcmp(argument, "M") == 0) {
		head(out, "files", l, MAPPINGS);
	} else if (is_text && !is_called(o, "field") &&
		   (strcmp(argument, "FILE") == 0 ||
		       strcmp(argument, "PATH") == 0)) {
		head(out, "files", l, NULL);
	}
}

/* The operand of that number; false: there is none. "[RUN...]" is any. */
static bool
operand_at(const struct command *c, size_t number, struct text *name)
{
	const char *at = c->operands;

	for (size_t i = 0; *at != '\0'; i++) {
		size_t len = strcspn(at, " ");
		bool repeats = len > 3 && memcmp(at + len - 3, "...", 3) == 0;

		*name = (struct text){at, len - (repeats ? 3 : 0)};
		if (name->s[0] == '[')
			*name = (struct text){name->s + 1, name->len - 2};
		if (i == number || repeats)
			return true;
		at += len + (at[len] == ' ');
	}
	return false;
}

static void
answer_operand(struct buf *out, const struct line *l)
{
	struct text name;

	if (!operand_at(l->command, l->number, &name))
		return;
	if (text_is(name, "MAPPING")) {
		head(out, "files", l, MAPPINGS);
	} else if (text_is(name, "CSV") || text_is(name, "TO-FIX.csv")) {
		head(out, "files", l, CSVS);
	} else if (text_is(name, "RUN") || text_is(name, "CSV|RUN")) {
		head(out, "words", l, NULL);
		offer_runs(out, l->runs_dir);
	} else if (text_is(name, "COMMAND")) {
		head(out, "words", l, NULL);
		offer_commands(out);
	} else if (memchr(name.s, '|', name.len)) {
		struct buf words = BUF_INIT(256);

		buf_add(&words, name.s, name.len);
		head(out, "words", l, NULL);
		offer_words(out, buf_str(&words));
		buf_release(&words);
	} else {
		head(out, "files", l, NULL);
	}
}

static const struct optspec *
find(const struct command *c, const char *name, size_t len)
{
	const struct optspec_table *t = options_table();
	char word[64];
	int row;

	if (len == 0 || len >= sizeof(word))
		return NULL;
	memcpy(word, name, len);
	word[len] = '\0';
	row = optspec_find(t, (unsigned)c->id, word);
	return row >= 0 ? &t->items[row] : NULL;
}

/* The option of the word that takes a value, and where in the word its value
 * begins; at its end: the value is the next word. */
static const struct optspec *
valued_option(const struct command *c, const char *word, size_t *at)
{
	const struct optspec *o;

	if (strncmp(word, "--", 2) == 0) {
		size_t len = strcspn(word, "=");

		/* One letter after two dashes names no option. */
		o = len > 3 ? find(c, word + 2, len - 2) : NULL;
		*at = len + (word[len] == '=');
		return o && o->argument ? o : NULL;
	}
	for (size_t i = 1; word[i] != '\0'; i++) {
		o = find(c, word + i, 1);
		*at = i + 1;
		if (o && o->argument)
			return o;
	}
	return NULL;
}

static void
take_value(struct line *l, const struct optspec *o, const char *value)
{
	if (is_called(o, "runs-dir"))
		l->runs_dir = value;
}

/* words: all before the one that is typed. */
static void
read_words(struct line *l, char **words, int count)
{
	for (int i = 1; i < count; i++) {
		const char *word = words[i];
		const struct optspec *o;
		size_t at;

		if (l->ended || word[0] != '-' || word[1] == '\0') {
			l->number++;
		} else if (strcmp(word, "--") == 0) {
			l->ended = true;
		} else if ((o = valued_option(l->command, word, &at))) {
			if (word[at] != '\0' || word[at - 1] == '=')
				take_value(l, o, word + at);
			else if (++i == count)
				l->valued = o;
			else
				take_value(l, o, words[i]);
		}
	}
}

void
complete(char **words, int count, struct buf *out)
{
	struct line l = {.last = count > 0 ? words[count - 1] : ""};
	const struct optspec *o;
	size_t at;

	if (count <= 1) {
		head(out, "words", &l, NULL);
		offer_commands(out);
		return;
	}
	for (size_t i = 0; i < COMMAND_COUNT && !l.command; i++)
		if (strcmp(command_at(i)->name, words[0]) == 0)
			l.command = command_at(i);
	if (!l.command)
		return;
	read_words(&l, words, count - 1);
	if (!l.valued && !l.ended && l.last[0] == '-' &&
	    (o = valued_option(l.command, l.last, &at)) &&
	    (l.last[at] != '\0' || l.last[at - 1] == '=')) {
		l.valued = o;
		l.skip = at;
	}
	if (l.valued) {
		answer_option(out, &l);
	} else if (!l.ended && l.last[0] == '-') {
		if (strchr(l.last, '=')) /* of an option that takes none */
			return;
		head(out, "words", &l, NULL);
		offer_options(out, l.command);
	} else {
		answer_operand(out, &l);
	}
}
