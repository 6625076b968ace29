/* SPDX-License-Identifier: MIT */
/*
 * Refused: wordexp. It also puts in variables, home folders and the names of
 * files, and what a secret's name may hold ($, ?, *) would change on the way.
 */
#include "base/buf.h"
#include "base/xalloc.h"
#include "system/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct splitter {
	const char *at;
	struct buf word;
	bool has_word; /* '' is one, too */
	char **words;
	size_t count;
	char *why;
};

static int
refuse(struct splitter *s, const char *reason)
{
	snprintf(s->why, SHELL_WHY_SIZE, "%s", reason);
	return -1;
}

/* What a shell would act on, and nothing here does. */
static int
refuse_sign(struct splitter *s, char sign)
{
	char shown[3] = {sign, '\0', '\0'};

	if (sign == '\n')
		snprintf(shown, sizeof(shown), "\\n");
	snprintf(s->why, SHELL_WHY_SIZE,
	    "no shell reads it, so '%s' must be quoted; to have a shell, "
	    "name it: sh -c '...'",
	    shown);
	return -1;
}

static void
end_word(struct splitter *s)
{
	if (!s->has_word)
		return;
	s->words = xrealloc(s->words, (s->count + 2) * sizeof(*s->words));
	s->words[s->count++] = xstrdup(buf_str(&s->word));
	s->words[s->count] = NULL;
	buf_clear(&s->word);
	s->has_word = false;
}

static int
take_single(struct splitter *s)
{
	const char *end = strchr(s->at, '\'');

	if (end == NULL)
		return refuse(s, "a ' is not closed");
	buf_add(&s->word, s->at, (size_t)(end - s->at));
	s->at = end + 1;
	return 0;
}

/* Between double quotes a backslash protects these alone. */
static int
take_double(struct splitter *s)
{
	for (; *s->at != '\0'; s->at++) {
		if (*s->at == '"') {
			s->at++;
			return 0;
		}
		if (*s->at == '$' || *s->at == '`')
			return refuse_sign(s, *s->at);
		if (*s->at == '\\' && s->at[1] != '\0' &&
		    strchr("$`\"\\\n", s->at[1]) != NULL) {
			s->at++;
			if (*s->at == '\n')
				continue;
		}
		buf_addc(&s->word, *s->at);
	}
	return refuse(s, "a \" is not closed");
}

static int
take_escaped(struct splitter *s)
{
	if (*s->at == '\0')
		return refuse(s, "it ends in a backslash");
	if (*s->at != '\n') {
		buf_addc(&s->word, *s->at);
		s->has_word = true;
	}
	s->at++;
	return 0;
}

static int
take_sign(struct splitter *s)
{
	char c = *s->at++;

	if (c == ' ' || c == '\t') {
		end_word(s);
		return 0;
	}
	if (c == '\\')
		return take_escaped(s);
	if (strchr("|&;<>()$`\n", c) != NULL ||
	    (!s->has_word && (c == '~' || c == '#')))
		return refuse_sign(s, c);
	s->has_word = true;
	if (c == '\'')
		return take_single(s);
	if (c == '"')
		return take_double(s);
	buf_addc(&s->word, c);
	return 0;
}

char **
shell_split(const char *text, char why[SHELL_WHY_SIZE])
{
	struct splitter s = {.at = text, .word = BUF_INIT(0), .why = why};
	int failed = 0;

	while (!failed && *s.at != '\0')
		failed = take_sign(&s);
	if (!failed)
		end_word(&s);
	if (!failed && (s.count == 0 || s.words[0][0] == '\0'))
		failed = refuse(&s, "it names no program");
	buf_release(&s.word);
	if (!failed)
		return s.words;
	shell_words_free(s.words);
	return NULL;
}

void
shell_words_free(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}
