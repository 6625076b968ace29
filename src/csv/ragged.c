/* SPDX-License-Identifier: MIT */
/*
 * Short records that follow each other are put together like pieces: where a
 * line break cut a record, its pieces have one cell more for each break than
 * the header. What does not come out as a record of the right width is taken
 * for what it is alone.
 */
#include "csv/reader.h"
#include "structure.h"

#include <string.h>

const char *
ragged_code(bool is_reject)
{
	return is_reject ? "csv.ragged_row" : "csv.padded_row";
}

const char *
ragged_shape_cause(enum ragged_shape shape)
{
	static const char *const causes[RAGGED_SHAPES] = {
	    [SHAPE_LINE_BREAK] = "line_break",
	    [SHAPE_FOOTER] = "footer",
	    [SHAPE_ONE_CELL] = "one_cell",
	    [SHAPE_ENDS_EARLY] = "ends_early",
	    [SHAPE_EXCESS_EMPTY] = "excess_empty",
	    [SHAPE_BLANK_QUOTE] = "blank_before_quote",
	    [SHAPE_EXCESS] = "excess",
	};

	return causes[shape];
}

/* One that holds a quote may be written in several ways. */
static void
keep_text(struct ragged_tally *t, struct text cell, char quote)
{
	size_t len = cell.len;
	char *kept = t->texts[t->text_count];

	if (len > RAGGED_TEXT_BYTES) {
		len = RAGGED_TEXT_BYTES;
		/* Whole characters. */
		while (len > 0 && ((unsigned char)cell.s[len] & 0xC0) == 0x80)
			len--;
	}
	for (size_t i = 0; i < t->text_count; i++)
		if (text_is((struct text){cell.s, len}, t->texts[i]))
			return;
	if (t->text_count == RAGGED_TEXTS || memchr(cell.s, '\0', cell.len) ||
	    (quote != 0 && memchr(cell.s, quote, cell.len))) {
		t->further++;
		return;
	}
	memcpy(kept, cell.s, len);
	kept[len] = '\0';
	t->is_cut[t->text_count++] = len < cell.len;
}

static void
count(struct ragged_tally *t, const struct ragged_row *row)
{
	t->rows++;
	if (row->width == 1 && row->cell_count > 0 && row->cells[0].len > 0)
		keep_text(t, row->cells[0], row->quote);
	if (t->example_count == RAGGED_EXAMPLES)
		return;
	t->examples[t->example_count].row = row->row;
	t->examples[t->example_count].line = row->line;
	t->examples[t->example_count++].cells = row->width;
}

/* Moves all of `from` after what `to` has. */
static void
move(struct ragged_tally *to, struct ragged_tally *from)
{
	to->rows += from->rows;
	for (size_t i = 0;
	     i < from->example_count && to->example_count < RAGGED_EXAMPLES;
	     i++)
		to->examples[to->example_count++] = from->examples[i];
	to->further += from->further;
	for (size_t i = 0; i < from->text_count; i++) {
		size_t before = to->text_count;

		keep_text(to, text_of(from->texts[i]), 0);
		if (to->text_count > before)
			to->is_cut[before] = from->is_cut[i];
	}
	memset(from, 0, sizeof(*from));
}

/* The pieces make no record. What stands at the very end stays in the tail. */
static void
drop_pieces(struct ragged *g)
{
	move(&g->shapes[SHAPE_ENDS_EARLY], &g->pieces);
	move(&g->shapes[SHAPE_ONE_CELL], &g->between);
	g->piece_cells = 0;
}

/* A record of the right width, or of too many cells, follows. */
static void
end_run(struct ragged *g)
{
	drop_pieces(g);
	move(&g->shapes[SHAPE_ONE_CELL], &g->tail);
}

static void
see_piece(struct ragged *g, const struct ragged_row *row)
{
	struct ragged_tally *whole = &g->shapes[SHAPE_LINE_BREAK];
	size_t cells = g->piece_cells + row->width - 1;

	if (row->width == 1) {
		count(&g->tail, row);
		return;
	}
	if (g->piece_cells == 0 || cells > row->header_width) {
		end_run(g);
		g->piece_cells = row->width;
		count(&g->pieces, row);
		return;
	}
	move(&g->between, &g->tail);
	count(&g->pieces, row);
	g->piece_cells = cells;
	if (cells < row->header_width)
		return;
	move(whole, &g->pieces);
	move(whole, &g->between);
	g->piece_cells = 0;
}

/* A cell that begins with blanks and then a quote. */
static bool
ragged_has_blank_before_quote(
    const struct text *cells, size_t count_, char quote)
{
	for (size_t i = 0; i < count_ && quote != 0; i++) {
		size_t at = 0;

		while (at < cells[i].len &&
		       (cells[i].s[at] == ' ' || cells[i].s[at] == '\t'))
			at++;
		if (at > 0 && at < cells[i].len && cells[i].s[at] == quote)
			return true;
	}
	return false;
}

/* Of a record with more cells than the header, by itself. */
static enum ragged_shape
long_shape(const struct ragged_row *row)
{
	size_t i = row->header_width;

	if (ragged_has_blank_before_quote(
		row->cells, row->cell_count, row->quote))
		return SHAPE_BLANK_QUOTE;
	while (i < row->cell_count && text_trim(row->cells[i]).len == 0)
		i++;
	return row->cell_count == row->width && i == row->cell_count
		   ? SHAPE_EXCESS_EMPTY
		   : SHAPE_EXCESS;
}

void
ragged_see(struct ragged *g, const struct ragged_row *row)
{
	g->delimiter = row->delimiter;
	g->quote = row->quote;
	if (row->number != g->last + 1)
		end_run(g);
	g->last = row->number;
	if (row->width < row->header_width) {
		see_piece(g, row);
		return;
	}
	end_run(g);
	count(&g->shapes[long_shape(row)], row);
}

void
ragged_finish(struct ragged *g, uint64_t last_number)
{
	if (g->is_finished)
		return;
	g->is_finished = true;
	drop_pieces(g);
	move(&g->shapes[last_number > 0 && g->last == last_number
			    ? SHAPE_FOOTER
			    : SHAPE_ONE_CELL],
	    &g->tail);
}

/* No record in the file has another shape than that of ending early. */
static bool
only_ends_early(const struct ragged *g)
{
	for (int i = 0; i < RAGGED_SHAPES; i++)
		if (i != SHAPE_ENDS_EARLY && g->shapes[i].rows > 0)
			return false;
	return true;
}

/* The part of a text that will be the same next time: up to its first digit,
 * if words come before that. */
static size_t
lasting_length(const char *text)
{
	size_t digit = strcspn(text, "0123456789"), end = digit, letters = 0;

	if (text[digit] == '\0')
		return digit;
	while (end > 0 && text[end - 1] != ' ')
		end--;
	for (size_t i = 0; i < end; i++)
		letters += (text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z';
	return letters >= 4 ? end : strlen(text);
}

/* A character of a pattern in single quotes. */
static void
add_literal(struct buf *out, char c)
{
	if ((unsigned char)c < ' ') {
		buf_addf(out, "\\x%02x", (unsigned)c);
		return;
	}
	if (c == '\'')
		buf_addc(out, '\'');
	else if (strchr("\\^$.[]|()?*+{}#-", c))
		buf_addc(out, '\\');
	buf_addc(out, c);
}

/* [^,"]: neither the delimiter nor the quote. */
static void
add_other(struct buf *out, char delimiter, char quote)
{
	buf_adds(out, "[^");
	if (delimiter != 0)
		add_literal(out, delimiter);
	if (quote != 0)
		add_literal(out, quote);
	buf_adds(out, "]*");
}

/* A quote, which may be left out unless the cell needs it. */
static void
add_quote(struct buf *out, char quote, bool is_needed)
{
	if (quote == 0)
		return;
	add_literal(out, quote);
	if (!is_needed)
		buf_addc(out, '?');
}

/* A record of one cell that begins with the text, in quotes or not; with the
 * delimiter in it, in quotes. */
static void
add_pattern(
    const struct ragged *g, const char *text, bool is_cut, struct buf *out)
{
	size_t len = lasting_length(text);
	bool is_quoted = g->quote != 0 && strchr(text, g->delimiter);

	buf_adds(out, "'^");
	add_quote(out, g->quote, is_quoted);
	for (size_t i = 0; i < len; i++)
		add_literal(out, text[i]);
	if (is_cut || text[len] != '\0')
		add_other(out, is_quoted ? 0 : g->delimiter, g->quote);
	add_quote(out, g->quote, is_quoted);
	buf_adds(out, "$'");
}

void
ragged_patterns(
    const struct ragged *g, enum ragged_shape shape, struct buf *out)
{
	const struct ragged_tally *t = &g->shapes[shape];

	for (size_t i = 0; i < t->text_count; i++) {
		if (i > 0)
			buf_adds(out, ", ");
		add_pattern(g, t->texts[i], t->is_cut[i], out);
	}
}

static void
add_ignore(const struct ragged *g, enum ragged_shape shape, struct buf *out)
{
	const struct ragged_tally *t = &g->shapes[shape];

	if (t->text_count == 0)
		return;
	buf_adds(out, "; to leave them out, add to the mapping's source: "
		      "ignore: [");
	ragged_patterns(g, shape, out);
	buf_addc(out, ']');
	if (t->further > 0)
		buf_adds(out, " (and patterns for the others)");
}

#define EXCESS_EMPTY_WORDS                                                     \
	"the cells beyond the header's are empty: `ragged: trim` in the "      \
	"mapping's source drops them"

static const char *
delimiter_words(char delimiter, char name[8])
{
	if (delimiter == '\t')
		return "a tab";
	name[0] = name[2] = '\'';
	name[1] = delimiter;
	name[3] = '\0';
	return name;
}

static void
advise_short(const struct ragged *g, enum ragged_shape shape, bool is_padded,
    struct buf *out)
{
	if (shape == SHAPE_LINE_BREAK)
		buf_addf(out,
		    "these look like pieces of one record: a line break in a "
		    "cell needs quotes around the cell%s",
		    is_padded ? "; `ragged: pad` makes a record of each piece"
			      : "");
	else if (shape == SHAPE_FOOTER)
		/* A single one may be a record: a file cut in its last line. */
		buf_addf(out,
		    "%srows of one cell at the end look like a footer",
		    g->shapes[shape].rows == 1
			? "check first that the file was not cut: "
			: "");
	else if (shape == SHAPE_ONE_CELL)
		buf_adds(out,
		    "check first: a line break in a cell needs quotes around "
		    "the cell; or these are titles or notes");
	else if (!is_padded)
		buf_adds(out, only_ends_early(g)
				  ? "check first that nothing is missing; "
				    "`ragged: pad` in the mapping's source "
				    "fills up short rows"
				  : "check first what is missing at the end "
				    "of these rows");
	if (shape == SHAPE_FOOTER || shape == SHAPE_ONE_CELL)
		add_ignore(g, shape, out);
}

void
ragged_advice(const struct ragged *g, enum ragged_shape shape, bool is_padded,
    struct buf *out)
{
	char name[8];

	if (shape == SHAPE_EXCESS_EMPTY)
		buf_adds(out, EXCESS_EMPTY_WORDS);
	else if (shape == SHAPE_BLANK_QUOTE)
		buf_adds(out, STRUCTURE_BLANKS_HINT);
	else if (shape == SHAPE_EXCESS)
		buf_addf(out, "a cell that holds %s needs quotes around it",
		    delimiter_words(g->delimiter, name));
	else
		advise_short(g, shape, is_padded, out);
}

/* What a record alone says: a short one nothing that would fit for sure. */
static void
hint_alone(const struct ragged_row *row, enum ragged_shape shape,
    struct problem_list *problems, struct problem *p)
{
	char name[8];

	if (row->width < row->header_width)
		problem_set_hint(problems, p,
		    "a line break in a cell without quotes, a line that is not "
		    "a record, or missing cells: look at the rows around it");
	else if (shape == SHAPE_EXCESS)
		problem_set_hint(problems, p,
		    "a cell that holds %s needs quotes around it",
		    delimiter_words(row->delimiter, name));
	else
		problem_set_hint(problems, p, "%s",
		    shape == SHAPE_EXCESS_EMPTY ? EXCESS_EMPTY_WORDS
						: STRUCTURE_BLANKS_HINT);
}

#define REJECT_WORDS "%zu %s, but the %s %zu"
#define PADDED_WORDS "%zu %s, filled up to %zu"

static const char *
cells_word(size_t width)
{
	return width == 1 ? "cell" : "cells";
}

static const char *
header_words(bool has_header)
{
	return has_header ? "header has" : "width of this input is";
}

void
ragged_message(size_t width, size_t header_width, bool has_header,
    bool is_reject, struct buf *out)
{
	if (is_reject)
		buf_addf(out, REJECT_WORDS, width, cells_word(width),
		    header_words(has_header), header_width);
	else
		buf_addf(
		    out, PADDED_WORDS, width, cells_word(width), header_width);
}

void
ragged_reject(const struct ragged_row *row, bool has_header,
    struct problem_list *problems)
{
	enum ragged_shape shape = row->width > row->header_width
				      ? long_shape(row)
				  : row->width == 1 ? SHAPE_ONE_CELL
						    : SHAPE_ENDS_EARLY;
	struct problem *p = problem_add(problems, PROBLEM_REJECT, STAGE_READ,
	    ragged_code(true), PROBLEM_NO_COLUMN, (struct text){NULL, 0},
	    REJECT_WORDS, row->width, cells_word(row->width),
	    header_words(has_header), row->header_width);

	problem_set_cause(p, ragged_shape_cause(shape));
	if (p)
		hint_alone(row, shape, problems, p);
}

void
ragged_note_padded(const struct ragged_row *row, struct problem_list *problems)
{
	struct problem *p =
	    problem_add(problems, PROBLEM_NOTE, STAGE_READ, ragged_code(false),
		PROBLEM_NO_COLUMN, (struct text){NULL, 0}, PADDED_WORDS,
		row->width, cells_word(row->width), row->header_width);

	problem_set_cause(
	    p, ragged_shape_cause(
		   row->width == 1 ? SHAPE_ONE_CELL : SHAPE_ENDS_EARLY));
}
