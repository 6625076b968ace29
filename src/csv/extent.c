/* SPDX-License-Identifier: MIT */
/*
 * A state machine over the bytes that matter, with a short cut: a line that
 * holds no quote needs no machine.
 * The rules are those of reader.h; libcsv splits what is found here, so the
 * two must agree on every record that is well-formed.
 */
#include "csv/sample.h"

#include <string.h>

#define FIRST_BLOCK ((size_t)256)

void
extent_begin(struct extent *e, char delimiter, char quote)
{
	*e = (struct extent){.delimiter = delimiter, .quote = quote};
}

/* Searched in growing blocks: with CR line ends only, a search for LF would
 * otherwise run to the end of the window for each line. */
size_t
line_length(const char *s, size_t n)
{
	size_t at = 0, block = FIRST_BLOCK;

	while (at < n) {
		size_t len = n - at < block ? n - at : block;
		const char *lf = memchr(s + at, '\n', len);
		const char *cr;

		if (lf)
			len = (size_t)(lf - (s + at));
		cr = memchr(s + at, '\r', len);
		if (cr)
			return (size_t)(cr - s);
		if (lf)
			return (size_t)(lf - s);
		at += len;
		block *= 2;
	}
	return n;
}

static bool
is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

static bool
is_quote(const struct extent *e, char c)
{
	return c == e->quote && e->quote != 0;
}

static bool
passes_over(const struct extent *e, char c)
{
	return e->skips_blanks && is_skipped_blank(c, e->delimiter);
}

static void
end_record(struct extent *e, char c)
{
	e->end_length = 1;
	e->state = c == '\r' ? EXTENT_CR : EXTENT_DONE;
}

/* A byte outside quotes. */
static void
plain_byte(struct extent *e, char c)
{
	if (is_line_end(c)) {
		end_record(e, c);
		return;
	}
	e->length++;
	if (e->state == EXTENT_STRAY)
		return;
	if (c == e->delimiter) {
		e->column++;
		e->state = EXTENT_CELL;
	} else if (is_quote(e, c) && e->state == EXTENT_CELL) {
		e->has_quote = true;
		e->state = EXTENT_QUOTED;
		e->open_at = e->length - 1;
		e->open_line = e->line_ends;
		e->after_cr = e->after_line_end = false;
	} else if (e->state != EXTENT_CELL || !passes_over(e, c)) {
		e->has_quote |= is_quote(e, c);
		e->state = EXTENT_PLAIN;
	}
}

static void
quoted_byte(struct extent *e, char c)
{
	e->length++;
	if (c == '\r' || (c == '\n' && !e->after_cr))
		e->line_ends++;
	e->after_cr = c == '\r';
	e->after_line_end = is_line_end(c);
	if (is_quote(e, c))
		e->state = EXTENT_CLOSED;
}

/* The byte after a quote of a quoted cell, or after blanks there. */
static void
closed_byte(struct extent *e, char c)
{
	if (is_quote(e, c) && e->state == EXTENT_CLOSED) {
		e->length++;
		e->state = EXTENT_QUOTED;
		return;
	}
	if (passes_over(e, c)) {
		e->length++;
		e->state = EXTENT_SPACED;
		return;
	}
	if (c != e->delimiter && !is_line_end(c)) {
		e->has_stray = true;
		e->stray_at = e->length;
		e->stray_column = e->column;
		e->state = EXTENT_STRAY;
	}
	plain_byte(e, c);
}

/* A line without a quote, from its beginning: takes all of it at once. */
static size_t
feed_plain_line(struct extent *e, const char *s, size_t n)
{
	size_t len = line_length(s, n), last;

	if (e->quote != 0 && memchr(s, e->quote, len))
		return 0;
	if (len == n) {
		/* The line goes on in bytes that are not there yet. */
		for (size_t i = 0; i < n; i++)
			e->column += s[i] == e->delimiter;
		e->length += n;
		for (last = n; last > 0 && passes_over(e, s[last - 1]);)
			last--;
		if (last > 0 && s[last - 1] != e->delimiter)
			e->state = EXTENT_PLAIN;
		return n;
	}
	e->length += len;
	end_record(e, s[len]);
	return len + 1;
}

/* Bytes before the next one that is `a`, `b` or a line end. */
static inline size_t
ordinary(const char *s, size_t n, char a, char b)
{
	size_t i = 0;

	while (i < n && s[i] != a && s[i] != b && !is_line_end(s[i]))
		i++;
	return i;
}

/* Takes the bytes that change no state. */
static size_t
pass_over(struct extent *e, const char *s, size_t n)
{
	size_t len = 0;

	if (e->state == EXTENT_PLAIN)
		len = ordinary(
		    s, n, e->delimiter, e->quote ? e->quote : e->delimiter);
	else if (e->state == EXTENT_QUOTED)
		len = ordinary(s, n, e->quote, e->quote);
	if (len > 0)
		e->after_cr = e->after_line_end = false;
	e->length += len;
	return len;
}

size_t
extent_feed(struct extent *e, const char *s, size_t n)
{
	size_t i = 0;

	if (e->state == EXTENT_CELL && e->length == 0)
		i = feed_plain_line(e, s, n);
	for (; i < n; i++) {
		i += pass_over(e, s + i, n - i);
		if (i == n)
			break;
		switch (e->state) {
		case EXTENT_CELL:
		case EXTENT_PLAIN:
		case EXTENT_STRAY:
			plain_byte(e, s[i]);
			break;
		case EXTENT_QUOTED:
			quoted_byte(e, s[i]);
			break;
		case EXTENT_CLOSED:
		case EXTENT_SPACED:
			closed_byte(e, s[i]);
			break;
		case EXTENT_CR:
			e->state = EXTENT_DONE;
			if (s[i] == '\n') {
				e->end_length = 2;
				return i + 1;
			}
			return i;
		case EXTENT_DONE:
			return i;
		}
	}
	return n;
}

bool
extent_finish(struct extent *e)
{
	bool is_unclosed = e->state == EXTENT_QUOTED;

	e->state = EXTENT_DONE;
	return is_unclosed;
}

void
raw_cells_begin(
    struct raw_cells *w, const char *s, size_t len, char delimiter, char quote)
{
	*w = (struct raw_cells){
	    .s = s, .len = len, .delimiter = delimiter, .quote = quote};
}

/* After the closing quote of the quoted cell that begins at `at`, or the
 * record's end if it has none. */
static size_t
after_quotes(const struct raw_cells *w, size_t at)
{
	for (;;) {
		const char *q = memchr(w->s + at, w->quote, w->len - at);

		if (!q)
			return w->len;
		at = (size_t)(q - w->s) + 1;
		if (at == w->len || w->s[at] != w->quote)
			return at;
		at++;
	}
}

/* After the blanks at `at`, if they are to be skipped. */
static size_t
after_blanks(const struct raw_cells *w, size_t at)
{
	while (w->skips_blanks && at < w->len &&
	       is_skipped_blank(w->s[at], w->delimiter))
		at++;
	return at;
}

/* The quoted cell that begins at `begin`; returns where the next one is. */
static size_t
quoted_cell(const struct raw_cells *w, size_t begin, struct raw_cell *cell)
{
	size_t end = after_quotes(w, begin + 1), at = after_blanks(w, end);

	cell->is_quoted = true;
	cell->has_blanks = begin > cell->begin || at > end;
	cell->begin = begin;
	cell->end = end;
	/* Text after a closing quote takes the rest of the record. */
	if (at < w->len && w->s[at] != w->delimiter)
		cell->end = at = w->len;
	return at;
}

bool
raw_cells_next(struct raw_cells *w, struct raw_cell *cell)
{
	size_t at = w->at, begin = after_blanks(w, at);
	const char *delimiter;

	if (w->is_over)
		return false;
	*cell = (struct raw_cell){.begin = at, .column = w->column++};
	if (w->quote != 0 && begin < w->len && w->s[begin] == w->quote) {
		at = quoted_cell(w, begin, cell);
	} else {
		delimiter = memchr(w->s + at, w->delimiter, w->len - at);
		at = delimiter ? (size_t)(delimiter - w->s) : w->len;
		cell->has_bare_quote =
		    w->quote != 0 &&
		    memchr(w->s + cell->begin, w->quote, at - cell->begin);
		cell->end = at;
	}
	w->is_over = at == w->len;
	w->at = at + 1;
	return true;
}
