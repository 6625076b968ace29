/* SPDX-License-Identifier: MIT */
/*
 * CSV out. A row goes into the stream, which nobody else writes to, in one
 * piece and so without its lock, where it is not long. A row of one empty cell
 * would read as a blank line, so it is written as "".
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
flush(struct csv_writer *w)
{
	fwrite_unlocked(w->row, 1, w->len, w->out);
	w->len = 0;
	w->is_cut = true;
}

static void
put(struct csv_writer *w, struct text t)
{
	if (t.len > sizeof(w->row) - w->len)
		flush(w);
	if (t.len > sizeof(w->row)) {
		fwrite_unlocked(t.s, 1, t.len, w->out);
		return;
	}
	if (t.len > 0)
		memcpy(w->row + w->len, t.s, t.len);
	w->len += t.len;
}

static void
put_char(struct csv_writer *w, char c)
{
	if (w->len == sizeof(w->row))
		flush(w);
	w->row[w->len++] = c;
}

static void
put_quoted(struct csv_writer *w, struct text t)
{
	put_char(w, '"');
	while (t.len > 0) {
		const char *quote = memchr(t.s, '"', t.len);
		size_t n = quote ? (size_t)(quote - t.s) + 1 : t.len;

		put(w, (struct text){t.s, n});
		if (quote)
			put_char(w, '"');
		t.s += n;
		t.len -= n;
	}
	put_char(w, '"');
}

static void
begin_cell(struct csv_writer *w, size_t len)
{
	if (w->cells > 0)
		put_char(w, w->delimiter);
	w->only_empty = w->cells == 0 && len == 0;
	w->cells++;
}

void
csv_cell(struct csv_writer *w, struct text t)
{
	begin_cell(w, t.len);
	if (needs_quotes(w, t))
		put_quoted(w, t);
	else
		put(w, t);
}

void
csv_cell_str(struct csv_writer *w, const char *s)
{
	csv_cell(w, text_of(s));
}

void
csv_cell_as_is(struct csv_writer *w, struct text t)
{
	begin_cell(w, t.len);
	put(w, t);
}

struct text
csv_row_from(const struct csv_writer *w, size_t from)
{
	if (w->is_cut || from > w->len)
		return (struct text){"", 0};
	return (struct text){w->row + from, w->len - from};
}

void
csv_cell_uint(struct csv_writer *w, uint64_t n)
{
	char digits[24];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	if (ascii_is_digit(w->delimiter))
		csv_cell(w, (struct text){digits + at, sizeof(digits) - at});
	else
		csv_cell_as_is(
		    w, (struct text){digits + at, sizeof(digits) - at});
}

void
csv_end_row(struct csv_writer *w)
{
	if (w->only_empty)
		put(w, TEXT_LITERAL("\"\""));
	put(w, text_of(w->line_end));
	flush(w);
	w->cells = 0;
	w->only_empty = w->is_cut = false;
}
