/* SPDX-License-Identifier: MIT */
/*
 * Text for a terminal. Widths are counted in characters; that is right for
 * what reports are made of, and only a little short for wide scripts.
 */
#include "report/page.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

void
page_wrap(const struct page *p, size_t first, size_t indent, const char *text)
{
	size_t column = first;
	bool is_begun = false;

	while (*text != '\0') {
		size_t bytes = strcspn(text, " "), width;

		if (bytes == 0) {
			text++;
			continue;
		}
		width = utf8_length(text, bytes);
		if (is_begun && column + 1 + width > PAGE_WIDTH) {
			buf_addf(p->out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (is_begun) {
			buf_addc(p->out, ' ');
			column++;
		}
		buf_add(p->out, text, bytes);
		column += width;
		is_begun = true;
		text += bytes;
	}
	buf_addc(p->out, '\n');
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
