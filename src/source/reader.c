/* SPDX-License-Identifier: MIT */
/*
 * Two ways lead from bytes to a record. A regular one is split in a single
 * pass (split.h). Anything else (it passes the window's end, its quotes are
 * irregular, it may break a limit) is measured by the tracker first
 * (extent.h), judged (structure.h), and split by libcsv, the authority, which
 * sees one complete record at a time: so it can neither join rows behind a
 * stray quote nor lose count of lines. Feeding libcsv the file and guessing
 * lines from its callbacks was refused for that reason.
 */
#include "source/reader.h"

#include "base/xalloc.h"
#include "source/extent.h"
#include "source/split.h"
#include "source/structure.h"
#include "source/window.h"

#include <csv.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE_DEFAULT ((size_t)128 << 10)
#define LINE_END_LONGEST ((size_t)2)
#define LIBCSV_BLOCK ((size_t)4096)
#define BOM "\xef\xbb\xbf"
#define BOM_LENGTH ((size_t)3)

struct reader {
	struct reader_options o;
	struct window window;
	struct splitter split; /* the cells of the record, whoever split it */
	struct csv_parser csv;
	size_t csv_records;
	char *csv_out;

	/* The record that was measured last. */
	struct extent extent;
	struct damage damage;
	uint64_t dropped; /* bytes of it that are not in the window */
	bool is_unclosed;

	uint64_t (*to_source)(void *ctx, uint64_t offset);
	void *to_source_ctx;
	uint64_t mapped, mapped_to; /* the last answer of to_source */

	struct header header;
	struct text *header_names;
	char *header_text;
	struct reader_tally tally;
	uint64_t row; /* rows so far */
	size_t width; /* 0 = not known yet */
	uint64_t body_begin;
};

/* What was found at the front of the window. */
struct found {
	size_t length, end_length; /* of what is still in the window */
	uint64_t line_ends;
	size_t cells; /* as counted; 0 = cannot be told */
	bool has_cells;
};

static uint64_t
source_offset(struct reader *r, uint64_t offset)
{
	if (!r->to_source)
		return offset;
	if (offset != r->mapped) {
		r->mapped_to = r->to_source(r->to_source_ctx, offset);
		r->mapped = offset;
	}
	return r->mapped_to;
}

static size_t
keep_max(const struct reader *r)
{
	return r->o.max_record + LINE_END_LONGEST;
}

/* Takes the measured part of a record that is too long to keep. */
static void
drop_measured(struct reader *r, size_t *fed)
{
	/* Not the CR that may have ended it. */
	size_t n = (size_t)(r->extent.length - r->dropped);

	n = damage_scan(&r->damage, window_bytes(&r->window), n, false);
	window_take(&r->window, n);
	source_offset(r, r->window.offset);
	r->dropped += n;
	*fed -= n;
}

/*
 * Measures the record that begins `at` bytes into the window, reading on as
 * needed. 1 = r->extent holds it, -1 = the diag is filled. What is too long
 * to be kept is dropped from the window; 0 = it would have to be, but
 * may_drop is false.
 */
static int
measure(struct reader *r, size_t at, char quote, bool may_drop, struct diag *d)
{
	struct window *w = &r->window;
	size_t fed = at;

	extent_begin(&r->extent, r->o.dialect.delimiter, quote);
	r->damage = (struct damage){0};
	r->dropped = 0;
	r->is_unclosed = false;
	for (;;) {
		fed += extent_feed(&r->extent, window_bytes(w) + fed,
		    window_length(w) - fed);
		if (r->extent.state == EXTENT_DONE)
			return 1;
		if (w->eof) {
			r->is_unclosed = extent_finish(&r->extent);
			return 1;
		}
		if (window_length(w) > keep_max(r)) {
			if (!may_drop)
				return 0;
			drop_measured(r, &fed);
		}
		if (window_fill(w, d) < 0)
			return -1;
	}
}

/* True when nothing is left. */
static int
at_end(struct reader *r, bool *is_end, struct diag *d)
{
	while (window_length(&r->window) == 0 && !r->window.eof)
		if (window_fill(&r->window, d) < 0)
			return -1;
	*is_end = window_length(&r->window) == 0;
	return 0;
}

static uint64_t
measured_total(const struct reader *r)
{
	return r->extent.length + r->extent.end_length;
}

static void
on_cell(void *s, size_t len, void *ctx)
{
	struct reader *r = ctx;

	if (len > 0)
		memcpy(r->csv_out, s, len);
	splitter_add(&r->split, (struct text){r->csv_out, len});
	r->csv_out += len;
}

static void
on_record(int end, void *ctx)
{
	struct reader *r = ctx;

	(void)end;
	r->csv_records++;
}

/* Splits a well-formed record with libcsv. */
static int
split_with_libcsv(struct reader *r, const char *s, size_t len, struct diag *d)
{
	r->split.count = 0;
	r->csv_records = 0;
	if (len == 0) {
		/* A blank line, which libcsv would pass over. */
		splitter_add(&r->split, (struct text){s, 0});
		return 0;
	}
	/* A copied cell is never longer than it is in the file. */
	r->csv_out = splitter_copy_room(&r->split, len + 1);
	if (csv_parse(&r->csv, s, len, on_cell, on_record, r) == len &&
	    csv_parse(&r->csv, "\n", 1, on_cell, on_record, r) == 1 &&
	    r->csv_records == 1)
		return 0;
	return diag_set(d, DIAG_INTERNAL,
	    "libcsv gave %zu records for the one at byte %" PRIu64 ": %s",
	    r->csv_records, r->window.offset,
	    csv_strerror(csv_error(&r->csv)));
}

static bool
may_break_a_rule(const struct reader *r)
{
	return r->extent.has_quote || r->is_unclosed || r->damage.has_nul ||
	    r->damage.has_bad || r->extent.length > r->o.max_cell ||
	    r->extent.length >= r->o.max_columns;
}

/* Judges the measured record and splits it, if it can be. */
static int
judge(struct reader *r, struct found *found, struct problem_list *problems,
    struct diag *d)
{
	const char *s = window_bytes(&r->window);
	size_t rejects = problems->rejects;
	bool is_too_long = r->extent.length > r->o.max_record;
	struct record_shape shape = {.extent = &r->extent,
	    .damage = &r->damage,
	    .is_unclosed = r->is_unclosed,
	    .begin = r->window.offset - r->dropped,
	    .line = r->tally.lines + 1,
	    .content = is_too_long ? NULL : s,
	    .limits = {r->o.max_cell, r->o.max_record, r->o.max_columns}};

	found->end_length = r->extent.end_length;
	found->length = (size_t)(r->extent.length - r->dropped);
	found->line_ends = r->extent.line_ends;
	damage_scan(&r->damage, s, found->length, true);
	if (is_too_long || may_break_a_rule(r))
		found->cells = structure_check(&shape, problems);
	if (problems->rejects > rejects &&
	    (found->cells == 0 || found->cells > r->o.max_columns ||
		r->damage.has_nul))
		return 0;
	found->has_cells = true;
	/* What libcsv alone decides: a quote that is just a character. */
	if (r->o.libcsv_only ||
	    splitter_record(&r->split, s, found->length, true) != SPLIT_DONE)
		if (split_with_libcsv(r, s, found->length, d) < 0)
			return -1;
	found->cells = r->split.count;
	return 0;
}

/* Finds the record at the front of the window, which is not empty. */
static int
find_record(struct reader *r, struct found *found,
    struct problem_list *problems, struct diag *d)
{
	struct window *w = &r->window;
	struct splitter *split = &r->split;
	const char *s = window_bytes(w);

	*found = (struct found){0};
	if (!r->o.libcsv_only &&
	    splitter_record(split, s, window_length(w), w->eof) ==
		SPLIT_DONE &&
	    split->length <= r->o.max_cell && !split->has_nul &&
	    (!split->has_high ||
		utf8_check(s, split->length) == split->length)) {
		*found = (struct found){.length = split->length,
		    .end_length = split->end_length,
		    .line_ends = split->line_ends,
		    .cells = split->count,
		    .has_cells = true};
		r->is_unclosed = false;
		r->dropped = 0;
		return 0;
	}
	if (measure(r, 0, r->o.dialect.quote, true, d) < 0)
		return -1;
	return judge(r, found, problems, d);
}

static bool
cells_are_empty(const struct reader *r, const struct text *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cells[i].len > 0 &&
		    (!r->o.trim || text_trim(cells[i]).len > 0))
			return false;
	return true;
}

/* The number of cells against the width; pads where that is allowed. */
static void
check_width(struct reader *r, const struct found *found,
    struct problem_list *problems)
{
	bool is_empty;

	if (found->cells == 0)
		return;
	if (r->width == 0)
		r->width = found->cells > r->o.min_width ? found->cells
							 : r->o.min_width;
	if (found->cells == r->width)
		return;
	is_empty = found->has_cells &&
	    cells_are_empty(r, r->split.cells, r->split.count);
	if (!is_empty &&
	    (found->cells > r->width || r->o.ragged == RAGGED_REJECT)) {
		structure_ragged(found->cells, r->width,
		    r->o.dialect.has_header, r->o.dialect.delimiter, problems);
		return;
	}
	while (found->has_cells && r->split.count < r->width)
		splitter_add(&r->split, (struct text){"", 0});
}

/* Takes what was found out of the window and says where it stood. */
static void
take(struct reader *r, const struct found *found, uint64_t begin,
    struct record *record)
{
	struct window *w = &r->window;
	size_t n = found->length + found->end_length;
	/* What an unclosed quote takes may end with a whole line. */
	bool ends_line = r->is_unclosed && r->extent.after_line_end;

	*record = (struct record){.row = ++r->row,
	    .line = r->tally.lines + 1,
	    .line_count = found->line_ends + !ends_line,
	    .begin = begin,
	    .end = w->offset + n};
	window_take(w, n);
	record->source_end = source_offset(r, record->end);
	r->tally.lines += record->line_count;
}

static int
take_blank(struct reader *r, struct record *record, struct diag *d)
{
	uint64_t begin = r->window.offset;
	uint64_t source_begin = source_offset(r, begin);
	struct found found;

	if (measure(r, 0, r->o.dialect.quote, true, d) < 0)
		return -1;
	found = (struct found){.end_length = r->extent.end_length};
	take(r, &found, begin, record);
	record->source_begin = source_begin;
	r->tally.blank_bytes += record->end - begin;
	r->tally.blank_lines++;
	return READER_BLANK;
}

static bool
is_at_blank(const struct reader *r)
{
	char c = *window_bytes(&r->window);

	return c == '\n' || c == '\r';
}

int
reader_next(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d)
{
	struct found found;
	uint64_t begin, source_begin;
	bool is_end;

	if (at_end(r, &is_end, d) < 0)
		return -1;
	if (is_end)
		return READER_END;
	if (is_at_blank(r) && !r->o.blank_line_is_record)
		return take_blank(r, record, d);
	begin = r->window.offset;
	source_begin = source_offset(r, begin);
	if (find_record(r, &found, problems, d) < 0)
		return -1;
	take(r, &found, begin, record);
	record->source_begin = source_begin;
	record->number = ++r->tally.records;
	r->tally.record_bytes += record->end - begin;
	check_width(r, &found, problems);
	if (found.has_cells) {
		record->cells = r->split.cells;
		record->cell_count = r->split.count;
	}
	return READER_RECORD;
}

static int
skip_bom(struct reader *r, struct diag *d)
{
	struct window *w = &r->window;

	while (window_length(w) < BOM_LENGTH && !w->eof)
		if (window_fill(w, d) < 0)
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
		if (at_end(r, &is_end, d) < 0)
			return -1;
		if (is_end)
			return diag_set(d, DIAG_INPUT,
			    "'%s' has %" PRIu64 " lines, and %" PRIu64
			    " are to be skipped before the header",
			    r->o.name, i, lines);
		begin = r->window.offset;
		if (measure(r, 0, 0, true, d) < 0)
			return -1;
		window_take(&r->window,
		    (size_t)(measured_total(r) - r->dropped));
		r->tally.preamble_bytes += r->window.offset - begin;
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
	size_t count = r->split.count;
	struct text *names = xcalloc(count, sizeof(*names));
	char *out = xmalloc(length + 1);

	r->header = (struct header){.count = count,
	    .names = names,
	    .row = record->row,
	    .line = record->line};
	r->header_names = names;
	r->header_text = out;
	for (size_t i = 0; i < count; i++) {
		struct text name = text_trim(r->split.cells[i]);

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
		if (at_end(r, &is_end, d) < 0)
			return -1;
		if (is_end)
			return diag_set(d, DIAG_INPUT,
			    "'%s' has no header: there is no text in it",
			    r->o.name);
		if (!is_at_blank(r))
			break;
		if (take_blank(r, &record, d) < 0)
			return -1;
	}
	begin = r->window.offset;
	if (find_record(r, &found, problems, d) < 0)
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

	if (r->is_unclosed || r->extent.has_stray ||
	    r->extent.length > r->o.max_record)
		return 0;
	raw_cells_begin(&walk, window_bytes(&r->window) + at,
	    (size_t)r->extent.length, r->o.dialect.delimiter,
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
		rc = measure(r, at, r->o.dialect.quote, false, d);
		if (rc < 0)
			return -1;
		if (rc == 0 || measured_total(r) == 0 ||
		    at + measured_total(r) > keep_max(r))
			break;
		if (r->extent.length > 0 || r->o.blank_line_is_record)
			count = measured_cells(r, at);
		at += (size_t)measured_total(r);
	}
	if (count > 0)
		r->width = count > r->o.min_width ? count : r->o.min_width;
	r->header.count = r->width > 0 ? r->width : r->o.min_width;
	r->header_names = xcalloc(r->header.count + 1,
	    sizeof(*r->header_names));
	r->header.names = r->header_names;
	return 0;
}

/* Blanks are part of cells. */
static int
is_no_blank(unsigned char c)
{
	(void)c;
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
		r->body_begin = source_offset(r, r->window.offset);
		return look_for_width(r, d);
	}
	problem_list_init(&problems);
	rc = read_header(r, &problems, d);
	problem_list_release(&problems);
	if (rc == 0)
		r->body_begin = source_offset(r, r->window.offset);
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
	r->to_source = to_source;
	r->to_source_ctx = ctx;
	r->mapped = UINT64_MAX;
	if (r->o.read_size == 0)
		r->o.read_size = READ_SIZE_DEFAULT;
	if (!r->o.name)
		r->o.name = "input";
	window_init(&r->window, from, keep_max(r), r->o.read_size);
	splitter_init(&r->split, o->dialect.delimiter, o->dialect.quote,
	    o->max_columns);
	csv_init(&r->csv, 0);
	csv_set_delim(&r->csv, (unsigned char)o->dialect.delimiter);
	/* Without a quote: NUL, which never reaches libcsv. */
	csv_set_quote(&r->csv, (unsigned char)o->dialect.quote);
	csv_set_space_func(&r->csv, is_no_blank);
	csv_set_blk_size(&r->csv, LIBCSV_BLOCK);
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
	csv_free(&r->csv);
	splitter_release(&r->split);
	window_release(&r->window);
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
	return r->is_unclosed;
}

bool
reader_record_is_empty(const struct reader *r, const struct record *rec)
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
