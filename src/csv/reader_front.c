/* SPDX-License-Identifier: MIT */
/*
 * What comes before the first record: BOM, skipped and ignored lines, blank
 * ones, the header.
 */
#include "base/xalloc.h"
#include "reader_core.h"

#include <inttypes.h>
#include <string.h>

static int
skip_bom(struct reader *r, struct diag *d)
{
	struct window *w = &r->finder.window;

	while (window_length(w) < UTF8_BOM_LENGTH && !w->eof)
		if (finder_fill(&r->finder, d) < 0)
			return -1;
	if (window_length(w) == 0) {
		diag_set(d, DIAG_INPUT, "'%s' is empty", r->o.name);
		return diag_help(d, "was the export cut off?");
	}
	if (!r->o.bom_is_text && window_length(w) >= UTF8_BOM_LENGTH &&
	    memcmp(window_bytes(w), UTF8_BOM, UTF8_BOM_LENGTH) == 0) {
		window_take(w, UTF8_BOM_LENGTH);
		r->tally.bom_bytes = UTF8_BOM_LENGTH;
	}
	return 0;
}

/* The lines before the header, whatever they hold. */
static int
skip_preamble(struct reader *r, struct diag *d)
{
	const struct dialect *dialect = &r->o.dialect;
	uint64_t lines = dialect->skip_lines, begin;
	bool is_end;

	if (lines == 0 && dialect->has_sep_line)
		lines = 1;
	for (uint64_t i = 0; i < lines; i++) {
		if (finder_at_end(&r->finder, &is_end, d) < 0)
			return -1;
		if (is_end)
			return diag_set(d, DIAG_INPUT,
			    "'%s' has %" PRIu64 " lines, and %" PRIu64
			    " are to be skipped before the header",
			    r->o.name, i, lines);
		begin = r->finder.window.offset;
		if (finder_measure(&r->finder, 0, 0, true, d) < 0)
			return -1;
		window_take(&r->finder.window,
		    (size_t)(finder_measured(&r->finder) - r->finder.dropped));
		r->tally.preamble_bytes += r->finder.window.offset - begin;
		r->tally.lines++;
		/* A spreadsheet does not show the sep line. */
		if (i > 0 || !dialect->has_sep_line)
			r->row++;
	}
	return 0;
}

/* Keeps the names, trimmed. */
static void
keep_header(struct reader *r, const struct record *record, size_t length)
{
	size_t count = r->finder.split.count;
	struct text *names = xcalloc(count, sizeof(*names));
	char *out = xmalloc(length + 1);

	r->header = (struct header){.count = count,
	    .names = names,
	    .delimiter = r->o.dialect.delimiter,
	    .quote = r->o.dialect.quote,
	    .row = record->row,
	    .line = record->line};
	r->header_names = names;
	r->header_text = out;
	for (size_t i = 0; i < count; i++) {
		struct text name = text_trim(r->finder.split.cells[i]);

		if (name.len > 0)
			memcpy(out, name.s, name.len);
		names[i] = (struct text){out, name.len};
		out += name.len;
	}
}

/* The first reject of the header's structure as a run error. */
static int
header_error(struct reader *r, const struct problem_list *problems,
    uint64_t line, struct diag *d)
{
	const struct problem *p = NULL;
	struct text message, help;

	for (size_t i = 0; i < problems->count && !p; i++)
		if (problems->items[i].level == PROBLEM_REJECT)
			p = &problems->items[i];
	if (!p)
		return diag_set(d, DIAG_INPUT,
		    "the header of '%s' cannot be read", r->o.name);
	message = problem_message(problems, p);
	help = problem_hint(problems, p);
	diag_set(d, DIAG_INPUT, "the header cannot be read: %.*s",
	    (int)message.len, message.s);
	diag_at(d, r->o.name, line < INT32_MAX ? (int)line : 0, 0);
	diag_code(d, p->code);
	if (help.len > 0)
		diag_help(d, "%.*s", (int)help.len, help.s);
	return -1;
}

/* Takes blank and ignored lines: what comes before the header is preamble.
 * Then the header is measured, and *record begins there. */
static int
find_header(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d)
{
	bool is_end, is_taken;

	do {
		if (finder_at_end(&r->finder, &is_end, d) < 0)
			return -1;
		if (is_end)
			return diag_set(d, DIAG_INPUT, "'%s' has no header: %s",
			    r->o.name,
			    r->o.dialect.ignore_count > 0
				? "source.ignore leaves out all of its text"
				: "there is no text in it");
		if (reader_look_for_blank(r, &is_taken, d) < 0)
			return -1;
		reader_begin_record(r, record);
		if (is_taken) {
			if (reader_take_blank(r, record, d) < 0)
				return -1;
		} else {
			if (finder_measure(
				&r->finder, 0, r->o.dialect.quote, true, d) < 0)
				return -1;
			is_taken = reader_take_ignored(r, record, problems);
		}
		if (is_taken)
			r->tally.preamble_bytes += record->end - record->begin;
	} while (is_taken);
	return 0;
}

static int
read_header(struct reader *r, struct problem_list *problems, struct diag *d)
{
	struct text raw;
	struct record record;
	struct found found;

	if (find_header(r, &record, problems, d) < 0 ||
	    finder_judge(&r->finder, r->tally.lines + 1, &found, problems, d) <
		0)
		return -1;
	if (problems->rejects > 0)
		return header_error(r, problems, r->tally.lines + 1, d);
	raw = (struct text){window_bytes(&r->finder.window), found.length};
	reader_take(r, &found, &record);
	r->tally.header_bytes = record.end - record.begin;
	keep_header(r, &record, found.length);
	if (!r->o.repeated_header_is_record)
		header_watch_init(&r->again, &r->header, raw);
	r->width = r->header.count;
	return 0;
}

static size_t
measured_cells(struct reader *r, size_t at)
{
	struct raw_cells walk;
	struct raw_cell cell;
	size_t count = 0;

	if (r->finder.is_unclosed || r->finder.extent.has_stray ||
	    r->finder.extent.length > r->o.max_record)
		return 0;
	raw_cells_begin(&walk, window_bytes(&r->finder.window) + at,
	    (size_t)r->finder.extent.length, r->o.dialect.delimiter,
	    r->o.dialect.quote);
	walk.skips_blanks = r->finder.extent.skips_blanks;
	while (raw_cells_next(&walk, &cell))
		count++;
	return count <= r->o.max_columns ? count : 0;
}

/* The measured record at `at` gives no width: a blank line, an ignored one. */
static bool
is_left_out(const struct reader *r, size_t at)
{
	const struct finder *f = &r->finder;
	struct text raw = {
	    window_bytes(&f->window) + at, (size_t)f->extent.length};
	size_t rule;

	if (raw.len == 0 && !r->o.blank_line_is_record)
		return true;
	return finder_holds_record(f) &&
	       ignore_find(&r->o.dialect, raw, &rule) > 0;
}

/* Without a header the first record whose cells can be counted gives the
 * width. It stays in the window, for reader_next; so this looks no further
 * than a window reaches whatever the size of reads. */
static int
look_for_width(struct reader *r, struct diag *d)
{
	size_t at = 0, count = r->o.width;
	int ret;

	while (count == 0) {
		ret = finder_measure(
		    &r->finder, at, r->o.dialect.quote, false, d);
		if (ret < 0)
			return -1;
		if (ret == 0 || finder_measured(&r->finder) == 0 ||
		    at + finder_measured(&r->finder) > finder_reach(&r->finder))
			break;
		if (!is_left_out(r, at))
			count = measured_cells(r, at);
		at += (size_t)finder_measured(&r->finder);
	}
	if (count > 0)
		r->width = count > r->o.min_width ? count : r->o.min_width;
	r->header.count = r->width > 0 ? r->width : r->o.min_width;
	r->header_names =
	    xcalloc(r->header.count + 1, sizeof(*r->header_names));
	r->header.names = r->header_names;
	r->header.delimiter = r->o.dialect.delimiter;
	r->header.quote = r->o.dialect.quote;
	return 0;
}

int
reader_read_front(struct reader *r, struct diag *d)
{
	struct problem_list problems;
	int ret;

	if (skip_bom(r, d) < 0 || skip_preamble(r, d) < 0)
		return -1;
	if (!r->o.dialect.has_header) {
		r->body_begin =
		    finder_source_offset(&r->finder, r->finder.window.offset);
		return look_for_width(r, d);
	}
	problem_list_init(&problems);
	ret = read_header(r, &problems, d);
	problem_list_release(&problems);
	if (ret == 0)
		r->body_begin =
		    finder_source_offset(&r->finder, r->finder.window.offset);
	return ret;
}
