/* SPDX-License-Identifier: MIT */
/*
 * Shapes that are not a table as they stand, each with a name of its own: a
 * CSV inside the cells of a CSV, a header with another delimiter than its
 * rows, apostrophes for quotes, backslashes before quotes.
 */
#include "csv/sample.h"
#include "front_looks.h"

#include <string.h>

static const char SIGNS[] = {',', ';', '\t', '|'};
/* Shares in percent. */
enum { NEARLY_ALL = 90, MOST = 75 };

/* Cells of a line under a delimiter; 0 if its quotes break. */
static size_t
cells_of(struct text line, char delimiter, char quote)
{
	struct raw_cells walk;
	struct raw_cell cell;
	struct extent e;
	size_t count = 0;

	extent_begin(&e, delimiter, quote);
	(void)extent_feed(&e, line.s, line.len);
	if (e.has_stray || (e.state != EXTENT_DONE && extent_finish(&e)))
		return 0;
	raw_cells_begin(&walk, line.s, line.len, delimiter, quote);
	while (raw_cells_next(&walk, &cell))
		count++;
	return count;
}

/* Each comma of a text has a blank after it. */
static bool
is_prose(struct text t, char sign)
{
	size_t signs = 0, blanks = 0;

	for (size_t i = 0; i < t.len; i++) {
		signs += t.s[i] == sign;
		blanks += t.s[i] == sign && i + 1 < t.len && t.s[i + 1] == ' ';
	}
	return signs > 0 && signs == blanks;
}

/* All records have one filled cell, in quotes; cut at `sign`, all of these
 * have as many parts. */
static bool
is_quoted_table(const struct front *f, char sign, char quote)
{
	size_t width = cells_of(f->records[0].cells[0], sign, quote);

	if (width < 2)
		return false;
	for (size_t i = 0; i < f->count; i++) {
		const struct front_record *r = &f->records[i];

		if (cells_of(r->cells[0], sign, quote) != width ||
		    is_prose(r->cells[0], sign))
			return false;
	}
	return true;
}

bool
front_find_quoted_lines(struct front *f, char quote)
{
	if (quote != '"' || f->count < 2)
		return false;
	for (size_t i = 0; i < f->count; i++)
		if (f->records[i].width != 1 || f->records[i].quoted != 1)
			return false;
	for (size_t k = 0; k < sizeof(SIGNS); k++) {
		if (!is_quoted_table(f, SIGNS[k], quote))
			continue;
		f->kind = FRONT_QUOTED_LINES;
		f->other = SIGNS[k];
		return true;
	}
	return false;
}

/* The width that nearly all records after the first have; 0 = none. */
static size_t
width_below(const struct front_record *records, size_t count)
{
	size_t width = count > 1 ? records[1].width : 0, even = 0;

	for (size_t i = 1; i < count; i++)
		even += records[i].width == width;
	return width > 1 && even * 100 >= (count - 1) * NEARLY_ALL ? width : 0;
}

/* The first line, cut at `sign`, has `width` parts that are names. */
static bool
is_header_with(struct text line, char sign, char quote, size_t width)
{
	struct raw_cells walk;
	struct raw_cell cell;

	if (cells_of(line, sign, quote) != width)
		return false;
	raw_cells_begin(&walk, line.s, line.len, sign, quote);
	while (raw_cells_next(&walk, &cell)) {
		struct text t = {line.s + cell.begin, cell.end - cell.begin};

		if (cell.is_quoted)
			t = (struct text){t.s + 1, t.len - 2};
		if (front_cell(t) != FRONT_TEXT && front_cell(t) != FRONT_CODE)
			return false;
	}
	return true;
}

bool
front_find_mixed(struct front *f, const struct sample *sample)
{
	const struct front_record *first = &f->records[0];

	/* A header that fits its rows, whatever else is in them. */
	if (first->width > 1 &&
	    first->width == width_below(f->records, f->count))
		return false;
	for (size_t k = 0; k < sizeof(SIGNS) && f->count > 1; k++) {
		struct front_record *records = f->records;
		size_t count = f->count, width;
		struct text second = f->records[1].raw;

		/* The rows under this delimiter, the header under each. */
		if (memchr(first->raw.s, SIGNS[k], first->raw.len) ||
		    !memchr(second.s, SIGNS[k], second.len))
			continue;
		if (SIGNS[k] != f->delimiter)
			front_collect(f, sample, SIGNS[k], &records, &count);
		width = width_below(records, count);
		if (width == 0)
			continue;
		for (size_t i = 0; i < sizeof(SIGNS); i++) {
			if (i == k || !is_header_with(first->raw, SIGNS[i],
					  sample->quote, width))
				continue;
			f->kind = FRONT_MIXED_DELIMITERS;
			f->delimiter = SIGNS[k];
			f->other = SIGNS[i];
			f->skip_lines = records[1].line - 1;
			return true;
		}
	}
	return false;
}

static bool
is_in_apostrophes(struct text t)
{
	return t.len > 1 && t.s[0] == '\'' && t.s[t.len - 1] == '\'';
}

/* One part of a cell in apostrophes that a delimiter inside cut in two. */
static bool
is_cut(struct text t)
{
	return t.len > 0 && (t.s[0] == '\'') != (t.s[t.len - 1] == '\'');
}

/* Nearly all cells with text stand in apostrophes; the header's need not. */
static bool
are_in_apostrophes(const struct front *f)
{
	size_t texts = 0, in = 0;

	for (size_t i = 0; i < f->count; i++)
		for (size_t c = 0; c < f->records[i].cell_count; c++) {
			struct text t = f->records[i].cells[c];

			if (is_in_apostrophes(t))
				in++;
			else if (i == 0 || is_cut(t) ||
				 front_cell(t) != FRONT_TEXT)
				continue;
			texts++;
		}
	return in > 1 && in * 100 >= texts * MOST;
}

bool
front_find_apostrophes(struct front *f, const struct sample *sample)
{
	struct sample quoted = *sample;
	struct front_record *records;
	size_t count, even = 0, cells = 0;

	if (sample->quote == '\'' || !are_in_apostrophes(f))
		return false;
	quoted.quote = '\'';
	front_collect(f, &quoted, f->delimiter, &records, &count);
	for (size_t i = 0; i < count; i++) {
		even += records[i].width > 0 &&
			records[i].width == records[0].width;
		cells += records[i].quoted;
	}
	if (count < 2 || even * 100 < count * NEARLY_ALL || cells < 2)
		return false;
	f->kind = FRONT_APOSTROPHES;
	return true;
}

bool
front_find_backslashes(struct front *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->records[i].has_backslash_quote) {
			f->kind = FRONT_BACKSLASHES;
			return true;
		}
	return false;
}
