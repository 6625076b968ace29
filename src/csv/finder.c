/* SPDX-License-Identifier: MIT */
/*
 * Two ways lead from bytes to a record. A regular one is split in a single
 * pass (split.h). Anything else (it passes the window's end, its quotes are
 * irregular, it may break a limit) is measured by the tracker first
 * (extent.h), judged (structure.h), and split by libcsv, the authority, which
 * sees one complete record at a time: so it can neither join rows after a
 * stray quote nor lose count of lines. Feeding libcsv the file and guessing
 * lines from its callbacks was refused for that reason.
 */
#include "finder.h"

#include "base/xalloc.h"
#include "csv/reader.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LINE_END_LONGEST ((size_t)2)
#define LIBCSV_BLOCK ((size_t)4096)

/* Blanks are part of cells. */
static int
is_no_blank(unsigned char c)
{
	(void)c;
	return 0;
}

void
finder_init(struct finder *f, struct byte_source from,
    uint64_t (*to_source)(void *ctx, uint64_t offset), void *ctx,
    const struct reader_options *o)
{
	const struct dialect *dialect = &o->dialect;

	*f = (struct finder){.o = o,
	    .to_source = to_source,
	    .to_source_ctx = ctx,
	    .mapped = UINT64_MAX};
	window_init(&f->window, from, finder_reach(f), o->read_size);
	splitter_init(
	    &f->split, dialect->delimiter, dialect->quote, o->max_columns);
	csv_init(&f->csv, 0);
	csv_set_delim(&f->csv, (unsigned char)dialect->delimiter);
	/* Without a quote: NUL, which never reaches libcsv. */
	csv_set_quote(&f->csv, (unsigned char)dialect->quote);
	csv_set_space_func(&f->csv, is_no_blank);
	csv_set_blk_size(&f->csv, LIBCSV_BLOCK);
}

int
finder_fill(struct finder *f, struct diag *d)
{
	splitter_forget(&f->split);
	return window_fill(&f->window, d);
}

void
finder_release(struct finder *f)
{
	csv_free(&f->csv);
	free(f->copy);
	splitter_release(&f->split);
	window_release(&f->window);
}

size_t
finder_reach(const struct finder *f)
{
	return f->o->max_record + LINE_END_LONGEST;
}

uint64_t
finder_mapped_offset(struct finder *f, uint64_t offset)
{
	if (offset != f->mapped) {
		f->mapped_to = f->to_source(f->to_source_ctx, offset);
		f->mapped = offset;
	}
	return f->mapped_to;
}

/* Takes the measured part of a record that is too long to keep. */
static void
drop_measured(struct finder *f, size_t *fed)
{
	/* Not the CR that may have ended it. */
	size_t n = (size_t)(f->extent.length - f->dropped);

	n = damage_scan(&f->damage, window_bytes(&f->window), n, false);
	window_take(&f->window, n);
	finder_source_offset(f, f->window.offset);
	f->dropped += n;
	*fed -= n;
}

int
finder_measure(
    struct finder *f, size_t at, char quote, bool may_drop, struct diag *d)
{
	struct window *w = &f->window;
	size_t fed = at;

	extent_begin(&f->extent, f->o->dialect.delimiter, quote);
	f->extent.skips_blanks = f->o->dialect.blanks == BLANKS_AROUND_QUOTES;
	f->damage = (struct damage){0};
	f->dropped = 0;
	f->is_unclosed = false;
	for (;;) {
		fed += extent_feed(
		    &f->extent, window_bytes(w) + fed, window_length(w) - fed);
		if (f->extent.state == EXTENT_DONE)
			return 1;
		if (w->eof) {
			f->is_unclosed = extent_finish(&f->extent);
			return 1;
		}
		if (window_length(w) > finder_reach(f)) {
			if (!may_drop)
				return 0;
			drop_measured(f, &fed);
		}
		if (finder_fill(f, d) < 0)
			return -1;
	}
}

int
finder_look_for_end(struct finder *f, bool *is_end, struct diag *d)
{
	while (window_length(&f->window) == 0 && !f->window.eof)
		if (finder_fill(f, d) < 0)
			return -1;
	*is_end = window_length(&f->window) == 0;
	return 0;
}

uint64_t
finder_measured(const struct finder *f)
{
	return f->extent.length + f->extent.end_length;
}

static void
on_cell(void *s, size_t len, void *ctx)
{
	struct finder *f = ctx;

	if (len > 0)
		memcpy(f->csv_out, s, len);
	splitter_add(&f->split, (struct text){f->csv_out, len});
	f->csv_out += len;
}

static void
on_record(int end, void *ctx)
{
	struct finder *f = ctx;

	(void)end;
	f->csv_records++;
}

/* Splits a well-formed record with libcsv. */
static int
split_with_libcsv(struct finder *f, const char *s, size_t len, struct diag *d)
{
	f->split.count = 0;
	f->csv_records = 0;
	if (len == 0) {
		/* A blank line, which libcsv would pass over. */
		splitter_add(&f->split, (struct text){s, 0});
		return 0;
	}
	/* A copied cell is never longer than it is in the file. */
	f->csv_out = splitter_copy_room(&f->split, len + 1);
	if (csv_parse(&f->csv, s, len, on_cell, on_record, f) == len &&
	    csv_parse(&f->csv, "\n", 1, on_cell, on_record, f) == 1 &&
	    f->csv_records == 1)
		return 0;
	return diag_set(d, DIAG_INTERNAL,
	    "libcsv gave %zu records for the one at byte %" PRIu64 ": %s",
	    f->csv_records, f->window.offset, csv_strerror(csv_error(&f->csv)));
}

static bool
may_break_a_rule(const struct finder *f)
{
	return f->extent.has_quote || f->is_unclosed || f->damage.has_nul ||
	       f->damage.has_bad || f->extent.length > f->o->max_cell ||
	       f->extent.length >= f->o->max_columns;
}

/* A copy of the record without the blanks around quotes. */
static struct text
without_blanks(struct finder *f, struct text record)
{
	struct raw_cells walk;
	struct raw_cell cell;
	size_t len = 0;

	if (f->copy_cap < record.len) {
		free(f->copy);
		f->copy_cap = 2 * record.len;
		f->copy = xmalloc(f->copy_cap + RECORD_PADDING);
	}
	raw_cells_begin(&walk, record.s, record.len, f->o->dialect.delimiter,
	    f->o->dialect.quote);
	walk.skips_blanks = true;
	while (raw_cells_next(&walk, &cell)) {
		if (cell.column > 0)
			f->copy[len++] = f->o->dialect.delimiter;
		memcpy(f->copy + len, record.s + cell.begin,
		    cell.end - cell.begin);
		len += cell.end - cell.begin;
	}
	return (struct text){f->copy, len};
}

int
finder_judge(struct finder *f, uint64_t line, struct found *found,
    struct problem_list *problems, struct diag *d)
{
	const char *s = window_bytes(&f->window);
	size_t rejects = problems->rejects;
	bool is_too_long = f->extent.length > f->o->max_record;
	struct text content;
	struct record_shape shape = {.extent = &f->extent,
	    .damage = &f->damage,
	    .is_unclosed = f->is_unclosed,
	    .begin = f->window.offset - f->dropped,
	    .line = line,
	    .content = is_too_long ? NULL : s,
	    .limits = {f->o->max_cell, f->o->max_record, f->o->max_columns},
	    .advice = f->o->advice};

	*found = (struct found){.end_length = f->extent.end_length};
	found->length = (size_t)(f->extent.length - f->dropped);
	found->line_ends = f->extent.line_ends;
	damage_scan(&f->damage, s, found->length, true);
	if (is_too_long || may_break_a_rule(f))
		found->cells = structure_check(&shape, problems);
	if (problems->rejects > rejects &&
	    (found->cells == 0 || found->cells > f->o->max_columns ||
		f->damage.has_nul))
		return 0;
	found->has_cells = true;
	content = (struct text){s, found->length};
	if (f->extent.skips_blanks && f->extent.has_quote)
		content = without_blanks(f, content);
	/* What libcsv alone decides: a quote that is just a character. */
	splitter_forget(&f->split);
	if (f->o->libcsv_only || splitter_record(&f->split, content.s,
				     content.len, true) != SPLIT_DONE)
		if (split_with_libcsv(f, content.s, content.len, d) < 0)
			return -1;
	/* The copy may be elsewhere, or another, the next time. */
	splitter_forget(&f->split);
	found->cells = f->split.count;
	return 0;
}

bool
finder_split(struct finder *f)
{
	const struct window *w = &f->window;
	const struct splitter *split = &f->split;
	const struct reader_options *o = f->o;
	const char *s = window_bytes(w);

	return !o->libcsv_only &&
	       splitter_record(&f->split, s, window_length(w), w->eof) ==
		   SPLIT_DONE &&
	       split->length <= o->max_cell && split->length <= o->max_record &&
	       !split->has_nul &&
	       (!split->has_high || o->is_utf8 ||
		   utf8_check(s, split->length) == split->length);
}

bool
finder_holds_record(const struct finder *f)
{
	return !f->is_unclosed && f->extent.length <= f->o->max_record;
}
