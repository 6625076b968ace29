/* SPDX-License-Identifier: MIT */
/*
 * The shape of a server's sentence: what is left of it without its values.
 * "lead L-7 exists" and "lead L-8 exists" have one shape, so that refusals
 * group by their cause. Refused: learning templates over all messages; a
 * shape must not depend on what else was answered.
 */
#include "report/problems.h"

#include <string.h>

#define SHAPE_MAX 512

static bool
is_word_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c == '-' || c == '.' ||
	       c == '@' || c == '+' || ((unsigned char)c & 0x80) != 0;
}

/* A word that holds a digit or an @ is a value, not a part of the sentence:
 * keys, counts, dates, addresses, uuids. */
static size_t
add_word_shape(struct buf *out, const char *s, size_t len)
{
	size_t n = 0;
	bool is_value = false;

	while (n < len && is_word_char(s[n])) {
		if ((s[n] >= '0' && s[n] <= '9') || s[n] == '@')
			is_value = true;
		n++;
	}
	if (is_value)
		buf_addc(out, '#');
	else
		buf_add(out, s, n);
	return n;
}

void
problem_words_shape(struct buf *out, const char *s)
{
	size_t len = strlen(s), i = 0;

	while (i < len && out->len < SHAPE_MAX) {
		const char *close = NULL;

		/* An apostrophe inside a word opens nothing. */
		if (s[i] == '"' || s[i] == '`' ||
		    (s[i] == '\'' && (i == 0 || !is_word_char(s[i - 1]))))
			close = memchr(s + i + 1, s[i], len - i - 1);
		if (close) {
			buf_adds(out, "''");
			i = (size_t)(close - s) + 1;
		} else if (is_word_char(s[i])) {
			i += add_word_shape(out, s + i, len - i);
		} else {
			buf_addc(out, s[i++]);
		}
	}
}
