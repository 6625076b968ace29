/* SPDX-License-Identifier: MIT */
/*
 * Records are found with the tracker that the reader uses, so that a sample
 * is read as the file will be. A record whose quotes break under a delimiter
 * counts as one of no width: that is how `"a";"b"` speaks against the comma.
 */
#include "csv/sample.h"

#include "base/xalloc.h"
#include "left_out.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH_MAX ((uint32_t)16384) /* wider ones are counted as this */
#define SHOWN_CELLS 8
#define SHOWN_CHARS 24

/* Takes one physical line off the front. */
static bool
skip_line(struct sample *sample)
{
	size_t len = line_length(sample->s, sample->len);

	if (sample->len == 0)
		return false;
	if (len < sample->len)
		len += sample->s[len] == '\r' && len + 1 < sample->len &&
			       sample->s[len + 1] == '\n'
			   ? 2
			   : 1;
	sample->s += len;
	sample->len -= len;
	sample->lines_before++;
	return true;
}

void
sample_open(struct sample *sample, const char *s, size_t len, bool is_whole,
    const struct dialect *dialect)
{
	const struct text t = text_after_bom((struct text){s, len});

	*sample = (struct sample){.s = t.s,
	    .len = t.len,
	    .is_whole = is_whole,
	    .has_header = dialect->has_header,
	    .quote = dialect->quote,
	    .skips_blanks = dialect->blanks == BLANKS_AROUND_QUOTES,
	    .dialect = dialect};
}

void
sample_skip(struct sample *sample, const struct dialect *dialect)
{
	uint64_t lines = dialect->skip_lines;

	if (lines == 0 && dialect->has_sep_line)
		lines = 1;
	while (lines > 0 && skip_line(sample))
		lines--;
}

struct sample_walk
sample_walk_begin(const struct sample *sample, char delimiter)
{
	return (struct sample_walk){.sample = sample, .delimiter = delimiter};
}

/* A record that the reader will not take for one: a rule of `ignore`, or the
 * end marker on the last line. */
static bool
is_left_out(const struct sample_walk *w)
{
	const struct sample *sample = w->sample;
	size_t rule;

	if (!w->is_unclosed &&
	    ignore_find(sample->dialect, w->content, &rule) > 0)
		return true;
	return sample->is_whole && w->at == sample->len &&
	       is_end_marker(w->content.s, w->content.len);
}

/* The cells of its record; raw_cells_next gives them. */
static struct raw_cells
sample_walk_cells(const struct sample_walk *w)
{
	struct raw_cells cells;

	raw_cells_begin(&cells, w->content.s, w->content.len, w->delimiter,
	    w->sample->quote);
	cells.skips_blanks = w->sample->skips_blanks;
	return cells;
}

bool
sample_walk_next(struct sample_walk *w)
{
	const struct sample *sample = w->sample;
	struct extent e;
	size_t n;

	while (w->at < sample->len) {
		extent_begin(&e, w->delimiter, sample->quote);
		e.skips_blanks = sample->skips_blanks;
		n = extent_feed(&e, sample->s + w->at, sample->len - w->at);
		w->is_unclosed = false;
		w->stray_at = (size_t)e.stray_at;
		if (e.state != EXTENT_DONE) {
			if (!sample->is_whole)
				return false;
			w->is_unclosed = extent_finish(&e);
		}
		w->is_broken = e.has_stray || w->is_unclosed;
		w->content = (struct text){sample->s + w->at, (size_t)e.length};
		w->record_line = w->lines;
		w->lines += e.line_ends + 1;
		w->at += n;
		if (e.length > 0 && !is_left_out(w))
			return true;
	}
	return false;
}

/* *is_spaced: some cell has blanks around its quotes. */
static uint32_t
width_of(const struct sample_walk *w, bool *is_spaced)
{
	struct raw_cells cells = sample_walk_cells(w);
	struct raw_cell cell;
	uint32_t count = 0;

	*is_spaced = false;
	if (w->is_broken)
		return 0;
	while (raw_cells_next(&cells, &cell) && count < WIDTH_MAX) {
		*is_spaced |= cell.has_blanks;
		count++;
	}
	return count;
}

/* The most frequent width; the larger one of two. Broken records are none. */
static void
find_usual(struct sample_reading *r, const uint32_t *how_many)
{
	for (uint32_t width = 1; width <= WIDTH_MAX; width++)
		if (how_many[width] > 0 && how_many[width] >= r->even) {
			r->usual = width;
			r->even = how_many[width];
		}
}

/* Where the table begins, if something comes before it. */
static void
find_table(struct sample_reading *r, const struct sample *sample)
{
	struct sample_walk w = sample_walk_begin(sample, r->delimiter);
	uint32_t width;
	bool is_spaced;

	r->is_rising = true;
	while (sample_walk_next(&w)) {
		width = width_of(&w, &is_spaced);
		if (width == r->usual) {
			r->table_line = w.record_line;
			r->table_records = r->records - r->table_record;
			return;
		}
		r->is_rising &= width > 0 && width < r->usual;
		r->table_record++;
	}
}

void
sample_read(
    struct sample_reading *r, const struct sample *sample, char delimiter)
{
	struct sample_walk w = sample_walk_begin(sample, delimiter);
	uint32_t *how_many = xcalloc(WIDTH_MAX + 1, sizeof(*how_many));
	uint32_t width;
	bool is_spaced;

	*r = (struct sample_reading){.delimiter = delimiter};
	while (sample_walk_next(&w)) {
		width = width_of(&w, &is_spaced);
		if (r->records++ == 0)
			r->first = width;
		how_many[width]++;
		r->broken += w.is_broken;
		r->spaced += is_spaced;
	}
	find_usual(r, how_many);
	find_table(r, sample);
	free(how_many);
}

static bool
is_separator(char c)
{
	return c == ',' || c == '.' || c == '\'' || c == ' ';
}

/* 1,5 1.234,50 -3,2 12,5% $1,200 1 234,5: digits around the separators. */
static bool
is_number(struct text t)
{
	t = text_trim(t);
	if (t.len > 0 && (*t.s == '-' || *t.s == '+')) {
		t.s++;
		t.len--;
	}
	if (t.len > 0 && *t.s == '$') {
		t.s++;
		t.len--;
	}
	if (t.len > 0 && t.s[t.len - 1] == '%')
		t.len--;
	if (t.len == 0 || !ascii_is_digit(t.s[t.len - 1]))
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (!ascii_is_digit(t.s[i]) && !is_separator(t.s[i]))
			return false;
	return true;
}

struct cell_evidence
sample_cells(const struct sample *sample, char delimiter, char other)
{
	struct sample_walk w = sample_walk_begin(sample, delimiter);
	struct cell_evidence evidence = {0};
	bool is_header = sample->has_header;

	while (sample_walk_next(&w)) {
		struct raw_cells cells = sample_walk_cells(&w);
		struct raw_cell cell;
		bool is_data = !is_header;

		is_header = false;
		while (!w.is_broken && raw_cells_next(&cells, &cell)) {
			struct text t = {
			    w.content.s + cell.begin, cell.end - cell.begin};

			evidence.bare += cell.has_bare_quote;
			if (!is_data)
				continue;
			evidence.inner += cell.column > 0;
			evidence.blank +=
			    cell.column > 0 && t.len > 0 && *t.s == ' ';
			if (cell.is_quoted || t.len == 0 ||
			    !memchr(t.s, other, t.len))
				continue;
			evidence.holding++;
			evidence.numbers += is_number(t);
		}
	}
	return evidence;
}

bool
sample_is_numbers(const struct sample *sample, size_t from)
{
	struct sample_walk w = sample_walk_begin(sample, ',');
	size_t count = 0;

	while (sample_walk_next(&w))
		if (count++ >= from && !is_number(w.content))
			return false;
	return count > from;
}

void
sample_show(
    const struct sample *sample, char delimiter, size_t count, struct buf *out)
{
	struct sample_walk w = sample_walk_begin(sample, delimiter);

	for (size_t i = 0; i < count && sample_walk_next(&w); i++) {
		struct raw_cells cells = sample_walk_cells(&w);
		struct raw_cell cell;

		if (i > 0)
			buf_adds(out, " /");
		while (raw_cells_next(&cells, &cell)) {
			struct text t = {
			    w.content.s + cell.begin, cell.end - cell.begin};

			if (cell.column == SHOWN_CELLS) {
				buf_adds(out, " …");
				break;
			}
			buf_adds(out, i > 0 || cell.column > 0 ? " [" : "[");
			text_display(out, t, SHOWN_CHARS);
			buf_adds(out, "]");
		}
	}
}
