/* SPDX-License-Identifier: MIT */
/*
 * CSV out. Cells go straight into the stream, which nobody else writes to, so
 * without its lock; nothing is kept but what the end of a row must know: a row
 * of one empty cell would read as a blank line, so it is written as "".
 */
#include "csv_writer.h"

#include <string.h>

void
csv_writer_init(
    struct csv_writer *w, FILE *out, char delimiter, const char *line_end)
{
	*w = (struct csv_writer){
	    .out = out, .delimiter = delimiter, .line_end = line_end};
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
needs_quotes(const struct csv_writer *w, struct text t)
{
	if (t.len == 0)
		return false;
	if (is_blank(t.s[0]) || is_blank(t.s[t.len - 1]))
		return true;
	return memchr(t.s, w->delimiter, t.len) != NULL ||
	       memchr(t.s, '"', t.len) != NULL ||
	       memchr(t.s, '\n', t.len) != NULL ||
	       memchr(t.s, '\r', t.len) != NULL;
}

static void
write_quoted(FILE *out, struct text t)
{
	putc_unlocked('"', out);
	while (t.len > 0) {
		const char *quote = memchr(t.s, '"', t.len);
		size_t n = quote ? (size_t)(quote - t.s) + 1 : t.len;

		fwrite_unlocked(t.s, 1, n, out);
		if (quote)
			putc_unlocked('"', out);
		t.s += n;
		t.len -= n;
	}
	putc_unlocked('"', out);
}

void
csv_cell(struct csv_writer *w, struct text t)
{
	if (w->cells > 0)
		putc_unlocked(w->delimiter, w->out);
	w->only_empty = w->cells == 0 && t.len == 0;
	w->cells++;
	if (needs_quotes(w, t))
		write_quoted(w->out, t);
	else if (t.len > 0)
		fwrite_unlocked(t.s, 1, t.len, w->out);
}

void
csv_cell_str(struct csv_writer *w, const char *s)
{
	csv_cell(w, text_of(s));
}

void
csv_cell_uint(struct csv_writer *w, uint64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	csv_cell(w, (struct text){digits + at, sizeof(digits) - at});
}

void
csv_end_row(struct csv_writer *w)
{
	if (w->only_empty)
		fputs("\"\"", w->out);
	fputs(w->line_end, w->out);
	w->cells = 0;
	w->only_empty = false;
}
