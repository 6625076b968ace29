/* SPDX-License-Identifier: MIT */
/*
 * Text for a terminal. No line is wider than PAGE_WIDTH columns, whatever the
 * script, except for commands and paths, which have lines of their own and are
 * never broken: they are there to be copied.
 */
#include "base/text.h"
#include "base/unicode.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

size_t
text_width(const char *s, size_t len)
{
	size_t width = 0, pos = 0;

	while (pos < len)
		width += code_point_width(utf8_next(s, len, &pos));
	return width;
}

static const char *const escapes[] = {
    [STYLE_BOLD] = "\x1b[1m",
    [STYLE_GOOD] = "\x1b[1;32m",
    [STYLE_WARN] = "\x1b[1;33m",
    [STYLE_BAD] = "\x1b[1;31m",
};

void
page_styled(const struct page *p, enum page_style style, const char *text)
{
	if (p->with_colour)
		buf_adds(p->out, escapes[style]);
	buf_adds(p->out, text);
	if (p->with_colour)
		buf_adds(p->out, "\x1b[0m");
}

void
page_heading(const struct page *p, const char *words)
{
	buf_addc(p->out, '\n');
	page_styled(p, STYLE_BOLD, words);
	buf_addc(p->out, '\n');
}

static void
new_line(const struct page *p, size_t indent, size_t *column)
{
	buf_addf(p->out, "\n%*s", (int)indent, "");
	*column = indent;
}

/* A word; one that is longer than a line continues on the next. */
static void
put_word(const struct page *p, size_t indent, size_t *column, struct text word)
{
	size_t pos = 0;

	while (pos < word.len) {
		size_t from = pos;
		unsigned width =
		    code_point_width(utf8_next(word.s, word.len, &pos));

		if (*column + width > PAGE_WIDTH)
			new_line(p, indent, column);
		buf_add(p->out, word.s + from, pos - from);
		*column += width;
	}
}

void
page_wrap(const struct page *p, size_t first, size_t indent, const char *text)
{
	size_t column = first;
	bool is_begun = false;

	for (;;) {
		size_t blanks = strspn(text, " ");
		struct text word = {text + blanks, strcspn(text + blanks, " ")};

		if (word.len == 0)
			break;
		if (is_begun && column + blanks + text_width(word.s, word.len) >
				    PAGE_WIDTH) {
			new_line(p, indent, &column);
		} else if (is_begun) {
			buf_addf(p->out, "%*s", (int)blanks, "");
			column += blanks;
		}
		put_word(p, indent, &column, word);
		is_begun = true;
		text = word.s + word.len;
	}
	buf_addc(p->out, '\n');
}

size_t
page_lines(const struct buf *text)
{
	size_t lines = 0, begin = 0, width;

	for (size_t i = 0; i < text->len; i++) {
		if (text->data[i] != '\n')
			continue;
		width = text_width(text->data + begin, i - begin);
		lines += width > PAGE_WIDTH ? (width - 1) / PAGE_WIDTH : 0;
		lines++;
		begin = i + 1;
	}
	return lines;
}

char *
page_rows(uint64_t n, char out[48])
{
	char number[32];

	snprintf(out, 48, "%s row%s", text_count(n, number), n == 1 ? "" : "s");
	return out;
}

char *
page_bytes(uint64_t n, char out[48])
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB"};
	double size = (double)n / 1000;
	size_t i = 0;

	if (n < 1000) {
		snprintf(out, 48, "%" PRIu64 " byte%s", n, n == 1 ? "" : "s");
		return out;
	}
	for (; size >= 999.95 && i + 1 < sizeof(units) / sizeof(units[0]); i++)
		size /= 1000;
	snprintf(out, 48, "%.1f %s", size, units[i]);
	return out;
}

char *
page_duration(int64_t ms, char out[32])
{
	long long s = (long long)((ms + 500) / 1000);

	if (s >= 360000)
		snprintf(out, 32, "%lldd %lldh", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(out, 32, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60,
		    s % 60);
	else
		snprintf(out, 32, "%lld:%02lld", s / 60, s % 60);
	return out;
}

unsigned
page_columns(FILE *out)
{
	struct winsize size;
	int fd = fileno(out);

	return fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
