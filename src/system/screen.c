/* SPDX-License-Identifier: MIT */
/*
 * Neutralised at the way out, for a terminal is not the only reader: JSON
 * keeps its meaning, a command can still be pasted. Refused: looking whether
 * there is a terminal (a log is shown on one later), but where bytes must stay
 * exact, as in convert.
 */
#include "system/screen.h"

#include <assert.h>
#include <string.h>

/* A byte that utf8_next could not read. */
static bool
is_broken(uint32_t c, size_t len)
{
	return c == 0xFFFD && len == 1;
}

/* The end of the run from `at` on that any terminal shows as it is. */
static size_t
plain_end(struct text t, size_t at)
{
	while (at < t.len && (unsigned char)t.s[at] >= 0x20 &&
	       (unsigned char)t.s[at] < 0x7F)
		at++;
	return at;
}

void
screen_json(struct buf *out, struct text json)
{
	size_t at = 0;

	while (at < json.len) {
		size_t from = at;
		uint32_t c;

		at = plain_end(json, at);
		buf_add(out, json.s + from, at - from);
		if (at == json.len)
			return;
		from = at;
		c = utf8_next(json.s, json.len, &at);
		/* Below U+0020 there is only layout: it is escaped inside
		 * strings already. */
		if (is_broken(c, at - from))
			buf_adds(out, "\xEF\xBF\xBD");
		else if (c >= 0x20 && text_is_hidden(c))
			buf_addf(out, "\\u%04x", (unsigned)c);
		else
			buf_add(out, json.s + from, at - from);
	}
}

static bool
has_hidden(struct text t)
{
	size_t at = 0;

	while ((at = plain_end(t, at)) < t.len) {
		size_t from = at;
		uint32_t c = utf8_next(t.s, t.len, &at);

		if (text_is_hidden(c) || is_broken(c, at - from))
			return true;
	}
	return false;
}

static void
add_dollar_word(struct buf *out, struct text t)
{
	size_t at = 0;

	buf_adds(out, "$'");
	while (at < t.len) {
		size_t from = at;
		uint32_t c = utf8_next(t.s, t.len, &at);

		if (c == '\'' || c == '\\')
			buf_addf(out, "\\%c", (char)c);
		else if (!text_is_hidden(c) && !is_broken(c, at - from))
			buf_add(out, t.s + from, at - from);
		else
			for (size_t i = from; i < at; i++)
				buf_addf(out, "\\%03o", (unsigned char)t.s[i]);
	}
	buf_addc(out, '\'');
}

void
shell_quote(struct buf *out, const char *s)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789%+,-./:=@_";

	if (s[0] != '\0' && s[strspn(s, safe)] == '\0') {
		buf_adds(out, s);
		return;
	}
	if (has_hidden(text_of(s))) {
		add_dollar_word(out, text_of(s));
		return;
	}
	buf_addc(out, '\'');
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

char *
shell_word(const char *s, char out[SHELL_WORD_SIZE])
{
	struct buf word = BUF_INIT(0);

	shell_quote(&word, s);
	assert(word.len < SHELL_WORD_SIZE);
	memcpy(out, buf_str(&word), word.len + 1);
	buf_release(&word);
	return out;
}

void
screen_github(struct buf *out, const char *s, bool is_property)
{
	const char *special = is_property ? "%\r\n:," : "%\r\n";

	for (;;) {
		size_t plain = strcspn(s, special);

		text_display(out, (struct text){s, plain}, 0);
		s += plain;
		if (*s == '\0')
			return;
		buf_addf(out, "%%%02X", (unsigned char)*s++);
	}
}

void
screen_records(struct buf *out, struct text t)
{
	size_t from = 0;

	for (size_t i = 0; i < t.len; i++) {
		bool is_end = t.s[i] == '\n';

		if (!is_end && t.s[i] != '\t')
			continue;
		size_t end =
		    is_end && i > from && t.s[i - 1] == '\r' ? i - 1 : i;
		text_display(out, (struct text){t.s + from, end - from}, 0);
		buf_addc(out, t.s[i]);
		from = i + 1;
	}
	text_display(out, (struct text){t.s + from, t.len - from}, 0);
}

void
shell_add(struct buf *out, const char *word)
{
	buf_addc(out, ' ');
	shell_quote(out, word);
}

void
shell_command(struct buf *out, const char *command, struct shell_where where)
{
	buf_addf(out, "csv2chakra %s", command);
	shell_add_where(out, where);
}

void
shell_add_where(struct buf *out, struct shell_where where)
{
	if (where.profile != NULL) {
		buf_adds(out, " --profile");
		shell_add(out, where.profile);
	}
	if (where.runs_dir != NULL) {
		buf_adds(out, " --runs-dir");
		shell_add(out, where.runs_dir);
	}
}

int
screen_help_command(struct diag *d, const char *command, const char *path)
{
	struct buf line = BUF_INIT(16384);

	/* Not an option of the command. */
	buf_addf(&line, "run: %s %s", command, *path == '-' ? "./" : "");
	shell_quote(&line, path);
	/* A command that was cut may do something else. */
	if (line.overflow || line.len >= sizeof(d->help))
		diag_help(d, "run '%s' on it", command);
	else
		diag_help(d, "%s", buf_str(&line));
	buf_release(&line);
	return -1;
}
