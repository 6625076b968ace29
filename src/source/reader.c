/* SPDX-License-Identifier: MIT */
/*
 * Puts numbers on what the finder finds: rows, lines, offsets, tallies; reads
 * what stands before the first record; holds the number of cells against the
 * header's.
 */
#include "source/reader.h"

#include "base/xalloc.h"
#include "source/finder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE_DEFAULT ((size_t)128 << 10)
#define BOM "\xef\xbb\xbf"
#define BOM_LENGTH ((size_t)3)

struct reader {
	struct reader_options o;
	struct finder finder;
	struct header header;
	struct text *header_names;
	char *header_text;
	struct reader_tally tally;
	uint64_t row; /* rows so far */
	size_t width; /* 0 = not known yet */
	uint64_t body_begin;
};

static bool
is_empty(const struct reader *r, struct text cell)
{
	unsigned char first;

	if (cell.len == 0)
		return true;
	first = (unsigned char)cell.s[0];
	/* No blank begins with anything else. */
	if (!r->o.trim || (first > ' ' && first != 0xC2))
		return false;
	return text_trim(cell).len == 0;
}

static bool
cells_are_empty(const struct reader *r, const struct text *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_empty(r, cells[i]))
			return false;
	return true;
}

/* The number of cells against the width; pads where that is allowed. */
static void
check_width(
    struct reader *r, const struct found *found, struct problem_list *problems)
{
	bool has_no_text;

	if (found->cells == 0)
		return;
	if (r->width == 0) {
		/* One that is too wide decides nothing; nor does it in
		 * look_for_width. */
		if (found->cells > r->o.max_columns)
			return;
		r->width = found->cells > r->o.min_width ? found->cells
							 : r->o.min_width;
	}
	if (found->cells == r->width)
		return;
	has_no_text =
	    found->has_cells && !r->o.keeps_empty &&
	    cells_are_empty(r, r->finder.split.cells, r->finder.split.count);
	if (!has_no_text &&
	    (found->cells > r->width || r->o.ragged == RAGGED_REJECT)) {
		structure_ragged(found->cells, r->width,
		    r->o.dialect.has_header, r->o.dialect.delimiter, problems);
		return;
	}
	while (found->has_cells && r->finder.split.count < r->width)
		splitter_add(&r->finder.split, (struct text){"", 0});
}

/* Takes what was found out of the window and says where it stood. */
static void
take(struct reader *r, const struct found *found, uint64_t begin,
    struct record *record)
{
	struct window *w = &r->finder.window;
	size_t n = found->length + found->end_length;
	/* What an unclosed quote takes may end with a whole line. */
	bool ends_line =
	    r->finder.is_unclosed && r->finder.extent.after_line_end;

	*record = (struct record){.row = ++r->row,
	    .line = r->tally.lines + 1,
	    .line_count = found->line_ends + !ends_line,
	    .begin = begin,
	    .end = w->offset + n};
	window_take(w, n);
	record->source_end = finder_source_offset(&r->finder, record->end);
	r->tally.lines += record->line_count;
}

/* A record that finder_split has split. */
static void
take_split(
    struct reader *r, struct record *record, struct problem_list *problems)
{
	struct splitter *split = &r->finder.split;
	struct window *w = &r->finder.window;
	size_t n = split->length + split->end_length;

	record->row = ++r->row;
	record->origin_row = 0;
	record->line = r->tally.lines + 1;
	record->line_count = split->line_ends + 1;
	record->begin = w->offset;
	record->source_begin = finder_source_offset(&r->finder, w->offset);
	window_take(w, n);
	record->end = w->offset;
	record->source_end = finder_source_offset(&r->finder, w->offset);
	r->tally.lines += split->line_ends + 1;
	if (split->count != r->width) {
		struct found found = {.cells = split->count, .has_cells = true};

		check_width(r, &found, problems);
	}
	record->cells = split->cells;
	record->cell_count = split->count;
	record->is_padded = true;
	record->odd = split->has_odd ? split->odd : NULL;
}

/* Finds the record that finder_split left, and takes it. */
static int
take_irregular(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d)
{
	struct finder *f = &r->finder;
	uint64_t begin = f->window.offset;
	uint64_t source_begin = finder_source_offset(f, begin);
	struct found found;

	if (finder_next(f, r->tally.lines + 1, &found, problems, d) < 0)
		return -1;
	take(r, &found, begin, record);
	record->source_begin = source_begin;
	check_width(r, &found, problems);
	if (!found.has_cells)
		return 0;
	record->cells = f->split.cells;
	record->cell_count = f->split.count;
	record->is_padded = true;
	splitter_mark_all_odd(&f->split);
	record->odd = f->split.odd;
	return 0;
}

static int
take_blank(struct reader *r, struct record *record, struct diag *d)
{
	uint64_t begin = r->finder.window.offset;
	uint64_t source_begin = finder_source_offset(&r->finder, begin);
	struct found found;

	if (finder_measure(&r->finder, 0, r->o.dialect.quote, true, d) < 0)
		return -1;
	found = (struct found){.end_length = r->finder.extent.end_length};
	take(r, &found, begin, record);
	record->source_begin = source_begin;
	return 0;
}

static bool
is_at_blank(const struct reader *r)
{
	char c = *window_bytes(&r->finder.window);

	return c == '\n' || c == '\r';
}

int
reader_next(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d)
{
	bool is_end;

	if (finder_at_end(&r->finder, &is_end, d) < 0)
		return -1;
	if (is_end)
		return READER_END;
	if (is_at_blank(r) && !r->o.blank_line_is_record) {
		if (take_blank(r, record, d) < 0)
			return -1;
		r->tally.blank_bytes += record->end - record->begin;
		r->tally.blank_lines++;
		return READER_BLANK;
	}
	if (finder_split(&r->finder))
		take_split(r, record, problems);
	else if (take_irregular(r, record, problems, d) < 0)
		return -1;
	record->number = ++r->tally.records;
	r->tally.record_bytes += record->end - record->begin;
	return READER_RECORD;
}

static int
skip_bom(struct reader *r, struct diag *d)
{
	struct window *w = &r->finder.window;

	while (window_length(w) < BOM_LENGTH && !w->eof)
		if (finder_fill(&r->finder, d) < 0)
			return -1;
	if (window_length(w) == 0) {
		diag_set(d, DIAG_INPUT, "'%s' is empty", r->o.name);
		return diag_help(d, "was the export cut off?");
	}
	if (window_length(w) >= BOM_LENGTH &&
	    memcmp(window_bytes(w), BOM, BOM_LENGTH) == 0) {
		window_take(w, BOM_LENGTH);
		r->tally.bom_bytes = BOM_LENGTH;
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

static int
read_header(struct reader *r, struct problem_list *problems, struct diag *d)
{
	struct record record;
	struct found found;
	uint64_t begin;
	bool is_end;

	for (;;) {
		if (finder_at_end(&r->finder, &is_end, d) < 0)
			return -1;
		if (is_end)
			return diag_set(d, DIAG_INPUT,
			    "'%s' has no header: there is no text in it",
			    r->o.name);
		if (!is_at_blank(r))
			break;
		/* What stands before the header is preamble. */
		if (take_blank(r, &record, d) < 0)
			return -1;
		r->tally.preamble_bytes += record.end - record.begin;
	}
	begin = r->finder.window.offset;
	if (finder_next(&r->finder, r->tally.lines + 1, &found, problems, d) <
	    0)
		return -1;
	if (problems->rejects > 0)
		return header_error(r, problems, r->tally.lines + 1, d);
	take(r, &found, begin, &record);
	r->tally.header_bytes = record.end - begin;
	keep_header(r, &record, found.length);
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
	while (raw_cells_next(&walk, &cell))
		count++;
	return count <= r->o.max_columns ? count : 0;
}

/* Without a header the first record whose cells can be counted gives the
 * width. It stays in the window, for reader_next; so this looks no further
 * than a window reaches whatever the size of reads. */
static int
look_for_width(struct reader *r, struct diag *d)
{
	size_t at = 0, count = 0;
	int rc;

	while (count == 0) {
		rc = finder_measure(
		    &r->finder, at, r->o.dialect.quote, false, d);
		if (rc < 0)
			return -1;
		if (rc == 0 || finder_measured(&r->finder) == 0 ||
		    at + finder_measured(&r->finder) > finder_reach(&r->finder))
			break;
		if (r->finder.extent.length > 0 || r->o.blank_line_is_record)
			count = measured_cells(r, at);
		at += (size_t)finder_measured(&r->finder);
	}
	if (count > 0)
		r->width = count > r->o.min_width ? count : r->o.min_width;
	r->header.count = r->width > 0 ? r->width : r->o.min_width;
	r->header_names =
	    xcalloc(r->header.count + 1, sizeof(*r->header_names));
	r->header.names = r->header_names;
	return 0;
}

static int
read_front(struct reader *r, struct diag *d)
{
	struct problem_list problems;
	int rc;

	if (skip_bom(r, d) < 0 || skip_preamble(r, d) < 0)
		return -1;
	if (!r->o.dialect.has_header) {
		r->body_begin =
		    finder_source_offset(&r->finder, r->finder.window.offset);
		return look_for_width(r, d);
	}
	problem_list_init(&problems);
	rc = read_header(r, &problems, d);
	problem_list_release(&problems);
	if (rc == 0)
		r->body_begin =
		    finder_source_offset(&r->finder, r->finder.window.offset);
	return rc;
}

static int
check_dialect(const struct dialect *dialect, struct diag *d)
{
	unsigned char c = (unsigned char)dialect->delimiter;
	unsigned char q = (unsigned char)dialect->quote;

	if (c == 0 || c >= 0x80 || c == '\n' || c == '\r' || q >= 0x80 ||
	    q == '\n' || q == '\r')
		return diag_set(d, DIAG_USAGE,
		    "delimiter and quote must each be one ASCII character "
		    "that is no line end");
	if (c == q)
		return diag_set(d, DIAG_USAGE,
		    "'%c' cannot be both delimiter and quote", c);
	return 0;
}

struct reader *
reader_new(struct byte_source from,
    uint64_t (*to_source)(void *ctx, uint64_t offset), void *ctx,
    const struct reader_options *o, struct diag *d)
{
	struct reader *r;

	if (check_dialect(&o->dialect, d) < 0)
		return NULL;
	r = xcalloc(1, sizeof(*r));
	r->o = *o;
	if (r->o.read_size == 0)
		r->o.read_size = READ_SIZE_DEFAULT;
	if (!r->o.name)
		r->o.name = "input";
	finder_init(&r->finder, from, to_source, ctx, &r->o);
	if (read_front(r, d) < 0) {
		reader_free(r);
		return NULL;
	}
	return r;
}

void
reader_free(struct reader *r)
{
	if (!r)
		return;
	finder_release(&r->finder);
	free(r->header_names);
	free(r->header_text);
	free(r);
}

const struct header *
reader_header(const struct reader *r)
{
	return &r->header;
}

bool
reader_unclosed(const struct reader *r)
{
	return r->finder.is_unclosed;
}

bool
reader_cells_are_empty(const struct reader *r, const struct record *rec)
{
	return rec->cell_count > 0 &&
	       cells_are_empty(r, rec->cells, rec->cell_count);
}

const struct reader_tally *
reader_tally(const struct reader *r)
{
	return &r->tally;
}

uint64_t
reader_body_begin(const struct reader *r)
{
	return r->body_begin;
}
