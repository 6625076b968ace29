/* SPDX-License-Identifier: MIT */
/*
 * Puts numbers on what the finder finds: rows, lines, offsets, tallies; holds
 * the number of cells against the header's; leaves out what is not data.
 */
#include "csv/reader.h"

#include "base/xalloc.h"
#include "reader_core.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE_DEFAULT ((size_t)128 << 10)
#define IGNORED_SHOWN ((size_t)60) /* bytes of a record, in a message */

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

/* The cells fit into the width after what ragged allows was done to them. */
static bool
make_fit(struct reader *r)
{
	struct splitter *split = &r->finder.split;
	enum ragged_policy ragged = r->o.ragged;

	if (split->count > r->width) {
		if ((ragged != RAGGED_TRIM && ragged != RAGGED_FIT) ||
		    !cells_are_empty(
			r, split->cells + r->width, split->count - r->width))
			return false;
		split->count = r->width;
		return true;
	}
	if (ragged != RAGGED_PAD && ragged != RAGGED_FIT)
		return false;
	while (split->count < r->width)
		splitter_add(split, (struct text){"", 0});
	return true;
}

/* The number of cells against the width; pads and trims where that is
 * allowed. */
static void
check_width(
    struct reader *r, const struct found *found, struct problem_list *problems)
{
	struct splitter *split = &r->finder.split;
	struct ragged_row row = {.cells = split->cells,
	    .cell_count = found->has_cells ? split->count : 0,
	    .width = found->cells,
	    .delimiter = r->o.dialect.delimiter,
	    .quote = r->o.dialect.quote};

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
	row.header_width = r->width;
	if (found->cells == r->width)
		return;
	if (found->has_cells && !r->o.keeps_empty &&
	    cells_are_empty(r, split->cells, split->count)) {
		while (split->count < r->width)
			splitter_add(split, (struct text){"", 0});
		return;
	}
	if (found->has_cells && make_fit(r)) {
		if (found->cells < r->width)
			ragged_note_padded(&row, problems);
		return;
	}
	ragged_reject(&row, r->o.dialect.has_header, problems);
}

/* Whether a rule of `ignore` matches. One that gives up rejects the record:
 * whether it is data nobody knows. */
static bool
is_ignored(struct reader *r, struct text raw, struct record *record,
    struct problem_list *problems)
{
	size_t rule;
	int found = ignore_find(&r->o.dialect, raw, &rule);
	struct text shown = {
	    raw.s, raw.len < IGNORED_SHOWN ? raw.len : IGNORED_SHOWN};

	if (found < 0)
		problem_add(problems, PROBLEM_REJECT, STAGE_READ,
		    "rows.ignored", PROBLEM_NO_COLUMN, shown,
		    "pattern %zu of source.ignore took too long on this record",
		    rule + 1);
	if (found <= 0)
		return false;
	record->skip_code = "rows.ignored";
	record->skip_rule = rule;
	return true;
}

static void
leave_out(struct record *record, const char *code)
{
	record->skip_code = code;
	record->cell_count = 0;
}

void
reader_take(struct reader *r, const struct found *found, struct record *record)
{
	struct window *w = &r->finder.window;
	size_t n = found->length + found->end_length;
	/* What an unclosed quote takes may end with a whole line. */
	bool ends_line =
	    r->finder.is_unclosed && r->finder.extent.after_line_end;

	record->row = ++r->row;
	record->line = r->tally.lines + 1;
	record->line_count = found->line_ends + !ends_line;
	record->end = w->offset + n;
	window_take(w, n);
	record->source_end = finder_source_offset(&r->finder, record->end);
	r->tally.lines += record->line_count;
}

void
reader_begin_record(struct reader *r, struct record *record)
{
	uint64_t begin = r->finder.window.offset;

	*record = (struct record){.begin = begin,
	    .whole_begin = begin + r->moved,
	    .source_begin = finder_source_offset(&r->finder, begin)};
}

/* A record that finder_split has split. */
static void
take_split(
    struct reader *r, struct record *record, struct problem_list *problems)
{
	struct splitter *split = &r->finder.split;
	struct window *w = &r->finder.window;
	size_t n = split->length + split->end_length;
	struct text raw = {window_bytes(w), split->length};

	record->row = ++r->row;
	record->origin_row = 0;
	record->line = r->tally.lines + 1;
	record->line_count = split->line_ends + 1;
	record->begin = w->offset;
	record->whole_begin = w->offset + r->moved;
	record->source_begin = finder_source_offset(&r->finder, w->offset);
	record->width = split->count;
	record->skip_code = NULL;
	record->cell_count = 0;
	window_take(w, n);
	record->end = w->offset;
	record->source_end = finder_source_offset(&r->finder, w->offset);
	r->tally.lines += split->line_ends + 1;
	if (r->o.dialect.ignore_count > 0 &&
	    is_ignored(r, raw, record, problems))
		return;
	if (split->count != r->width) {
		struct found found = {.cells = split->count, .has_cells = true};

		check_width(r, &found, problems);
	}
	record->cells = split->cells;
	record->cell_count = split->count;
	record->is_padded = true;
	record->odd = split->has_odd ? split->odd : NULL;
}

/* Judges the record that was measured, and takes it. */
static int
take_judged(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d)
{
	struct finder *f = &r->finder;
	struct found found;

	if (finder_judge(f, r->tally.lines + 1, &found, problems, d) < 0)
		return -1;
	reader_take(r, &found, record);
	record->width = found.cells;
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

/* Takes the record that was measured, whatever is in it. */
static void
take_measured(struct reader *r, struct record *record)
{
	const struct extent *e = &r->finder.extent;
	struct found found = {.length = (size_t)e->length,
	    .end_length = e->end_length,
	    .line_ends = e->line_ends};

	reader_take(r, &found, record);
}

bool
reader_take_ignored(
    struct reader *r, struct record *record, struct problem_list *problems)
{
	const struct finder *f = &r->finder;
	struct text raw = {window_bytes(&f->window), (size_t)f->extent.length};

	if (!finder_holds_record(f))
		return false;
	if (header_watch_is_raw(&r->again, raw))
		record->skip_code = "csv.repeated_header";
	else if (r->o.dialect.ignore_count == 0 ||
		 !is_ignored(r, raw, record, problems))
		return false;
	take_measured(r, record);
	return true;
}

/* Finds the record that finder_split left, and takes it. */
static int
take_irregular(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d)
{
	reader_begin_record(r, record);
	if (finder_measure(&r->finder, 0, r->o.dialect.quote, true, d) < 0)
		return -1;
	if (reader_take_ignored(r, record, problems))
		return 0;
	return take_judged(r, record, problems, d);
}

int
reader_take_blank(struct reader *r, struct record *record, struct diag *d)
{
	reader_begin_record(r, record);
	if (finder_measure(&r->finder, 0, r->o.dialect.quote, true, d) < 0)
		return -1;
	take_measured(r, record);
	return 0;
}

/* A last line of END_MARKER alone. */
static int
look_for_end_marker(struct reader *r, bool *is_end, struct diag *d)
{
	struct finder *f = &r->finder;
	uint64_t measured;
	int ret = finder_measure(f, 0, 0, false, d);

	*is_end = false;
	if (ret < 0)
		return -1;
	measured = finder_measured(f);
	if (ret == 0 || measured > finder_reach(f) ||
	    !is_end_marker(window_bytes(&f->window), (size_t)f->extent.length))
		return 0;
	while (window_length(&f->window) == measured && !f->window.eof)
		if (finder_fill(f, d) < 0)
			return -1;
	*is_end = window_length(&f->window) == measured;
	return 0;
}

int
reader_look_for_blank(struct reader *r, bool *is_blank, struct diag *d)
{
	char c = *window_bytes(&r->finder.window);

	*is_blank = false;
	if (c == END_MARKER && !r->o.end_marker_is_record)
		return look_for_end_marker(r, is_blank, d);
	*is_blank = (c == '\n' || c == '\r') && !r->o.blank_line_is_record;
	return 0;
}

/* A record without problems that is the header again. */
static inline bool
is_header_again(const struct reader *r, const struct record *record)
{
	return r->again.header &&
	       header_watch_may_equal(
		   &r->again, record->cells, record->cell_count) &&
	       header_watch_equals(
		   &r->again, record->cells, record->cell_count);
}

static int
load_stretch(struct reader *r, struct diag *d)
{
	int got = r->o.whole.next
		      ? r->o.whole.next(r->o.whole.ctx, &r->stretch, d)
		      : 0;

	if (got == 0)
		r->stretch.at = UINT64_MAX;
	return got < 0 ? -1 : 0;
}

/* The lines from here on are others of the whole. */
static int
enter_stretch(struct reader *r, struct diag *d)
{
	const struct stretch *s = &r->stretch;

	r->row = s->row - 1;
	r->tally.lines = s->line - 1;
	r->moved = s->begin - s->at;
	return load_stretch(r, d);
}

int
reader_next(struct reader *r, struct record *record,
    struct problem_list *problems, struct diag *d)
{
	bool is_end, is_blank;

	if (finder_at_end(&r->finder, &is_end, d) < 0)
		return -1;
	if (is_end)
		return READER_END;
	if (r->finder.window.offset >= r->stretch.at && enter_stretch(r, d) < 0)
		return -1;
	/* What may be a blank line begins with a control character. */
	if ((unsigned char)*window_bytes(&r->finder.window) < ' ') {
		if (reader_look_for_blank(r, &is_blank, d) < 0 ||
		    (is_blank && reader_take_blank(r, record, d) < 0))
			return -1;
		if (is_blank) {
			r->tally.blank_bytes += record->end - record->begin;
			r->tally.blank_lines++;
			return READER_BLANK;
		}
	}
	if (finder_split(&r->finder))
		take_split(r, record, problems);
	else if (take_irregular(r, record, problems, d) < 0)
		return -1;
	if (is_header_again(r, record) && problems->rejects == 0)
		leave_out(record, "csv.repeated_header");
	record->number = ++r->tally.records;
	r->tally.record_bytes += record->end - record->begin;
	return READER_RECORD;
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
		    "that is not a line end");
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
	if (reader_read_front(r, d) < 0 || load_stretch(r, d) < 0) {
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
	header_watch_release(&r->again);
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
reader_is_part(const struct reader *r)
{
	return r->o.whole.next != NULL;
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

bool
reader_peek(struct reader *r, size_t column, struct text *cell)
{
	return splitter_peek(&r->finder.split, column, cell);
}
