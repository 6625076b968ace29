/* SPDX-License-Identifier: MIT */
/*
 * inspect for a program: the same facts, schema csv2chakra.inspect/1. Names
 * of files are shown as a terminal would have them.
 */
#include "base/json_write.h"
#include "csv_look.h"

/* A text that may hold anything, a file's name say. */
static void
add_shown(struct buf *out, const char *name, const char *s)
{
	struct buf shown = BUF_INIT(0);

	text_display(&shown, text_of(s), 0);
	json_string(out, name, buf_str(&shown));
	buf_release(&shown);
}

static void
add_char(struct buf *out, const char *name, char c)
{
	char s[2] = {c, '\0'};

	json_string(out, name, c != '\0' ? s : NULL);
}

static void
add_cell(struct buf *out, const char *name, int column, uint64_t row,
    struct text value, bool is_cut)
{
	char cell[24];

	json_object(out, name);
	json_string(
	    out, "cell", column >= 0 ? problem_cell(column, row, cell) : NULL);
	json_uint(out, "row", row);
	json_text(out, "value", value);
	json_bool(out, "cut", is_cut);
	json_end_object(out);
}

static void
add_cells(struct buf *out, const char *name, const struct hazard_cell *cells,
    size_t count)
{
	json_array(out, name);
	for (size_t i = 0; i < count; i++)
		add_cell(out, NULL, cells[i].column, cells[i].row,
		    (struct text){cells[i].value, cells[i].value_len},
		    cells[i].is_cut);
	json_end_array(out);
}

/* Those that decode all of it, the best first. */
static void
add_candidates(struct buf *out, const struct encoding_decision *e)
{
	const struct encoding_ranking *r = &e->ranking;

	json_array(out, "candidates");
	for (size_t i = 0; i < r->count; i++) {
		const char *language = r->list[i].language;

		json_object(out, NULL);
		json_string(out, "name", r->list[i].name);
		json_string(out, "language", language ? language : "");
		json_int(out, "score", r->list[i].score);
		json_end_object(out);
	}
	json_end_array(out);
}

static void
add_input(struct buf *out, const struct csv_look *l)
{
	const struct reader_tally *t = reader_tally(l->reader);

	json_object(out, "input");
	add_shown(out, "name", l->name);
	add_shown(out, "compression", input_compression(l->plan.input));
	if (!l->is_pipe)
		json_uint(out, "bytes", l->plan.survey.bytes);
	json_uint(out, "lines", t->lines);
	json_uint(out, "blank_lines", t->blank_lines);
	json_end_object(out);
}

static void
add_encoding(struct buf *out, const struct csv_look *l)
{
	const struct encoding_decision *e = &l->plan.encoding;
	bool is_guess = e->evidence == ENCODING_GUESSED;
	bool is_broken =
	    e->evidence == ENCODING_NEARLY || e->evidence == ENCODING_MIXED;

	json_object(out, "encoding");
	add_shown(out, "name", e->name);
	add_shown(out, "evidence", csv_look_evidence(l));
	json_bool(out, "guessed", is_guess);
	json_bool(out, "weak", is_guess && e->ranking.is_weak);
	if (is_guess || is_broken) {
		json_uint(out, "first_bad_byte", e->first_bad_offset);
		json_uint(out, "first_bad_line", e->first_bad_line);
	}
	if (is_guess) {
		add_cells(out, "affected", l->decoded, l->decoded_count);
		add_candidates(out, e);
	} else if (is_broken) {
		json_uint(out, "bad_places", e->bad_places);
		json_uint(out, "good_characters", e->good_characters);
		json_bool(out, "cut", e->is_cut);
	}
	json_end_object(out);
}

static void
add_dialect(struct buf *out, const struct csv_look *l)
{
	const struct dialect *x = &l->plan.dialect;

	json_object(out, "dialect");
	add_char(out, "delimiter", x->delimiter);
	add_char(out, "quote", x->quote);
	json_bool(out, "header", x->has_header);
	json_uint(out, "skip_lines", x->skip_lines);
	json_bool(out, "sep_line", x->has_sep_line);
	json_string(out, "blanks",
	    x->blanks == BLANKS_AROUND_QUOTES ? "around_quotes" : "keep");
	add_shown(out, "evidence", buf_str(&l->plan.dialect_evidence));
	json_end_object(out);
}

static void
add_rows(struct buf *out, const struct csv_look *l)
{
	json_object(out, "rows");
	json_uint(out, "records", reader_tally(l->reader)->records);
	json_uint(out, "good", l->good);
	json_uint(out, "empty", l->empty);
	json_uint(out, "rejected", l->rejected);
	json_uint(out, "repeated_header", l->left_out);
	json_bool(out, "unclosed_quote", l->is_unclosed);
	json_end_object(out);
}

static void
add_formats(struct buf *out, const struct column_guess *g)
{
	char format[DATE_FORMAT_SIZE];

	json_bool(out, "time", g->has_time);
	json_array(out, "formats");
	for (size_t i = 0; i < g->format_count; i++) {
		date_code_format(g->formats[i], format);
		json_string(out, NULL, *format ? format : "ISO 8601");
	}
	json_end_array(out);
}

static void
add_guess(struct buf *out, const struct column_profile *c,
    const struct column_guess *g, size_t column)
{
	static const char *const classes[CLASS_COUNT] = {"integer", "decimal",
	    "amount", "boolean", "email", "phone", "date", "time", "url"};
	struct buf words = BUF_INIT(0);

	column_guess_words(&words, c, g, column);
	json_object(out, "looks_like");
	json_string(out, "kind", column_kind_name(g->kind));
	json_string(out, "words", buf_str(&words));
	json_bool(out, "ambiguous", g->is_ambiguous || g->is_mixed);
	if (g->kind == COLUMN_DATE)
		add_formats(out, g);
	if (g->kind == COLUMN_DECIMAL && !g->is_ambiguous) {
		add_char(out, "decimal", g->signs.decimal);
		add_char(out, "thousands", g->signs.thousands);
	}
	if (g->is_nearly) {
		const struct profile_value *v = &c->misfits[g->nearly];

		json_object(out, "nearly");
		json_string(out, "kind", classes[g->nearly]);
		json_uint(out, "misfits", g->misfit_count);
		add_cell(out, "first", (int)column, v->row,
		    (struct text){v->text, v->len}, v->is_cut);
		json_end_object(out);
	}
	json_end_object(out);
	buf_release(&words);
}

static void
add_words(struct buf *out, const struct distinct *x)
{
	json_array(out, "values");
	for (size_t i = 0; i < x->word_count; i++) {
		const struct distinct_word *w = &x->words[i];

		json_object(out, NULL);
		json_text(out, "value", (struct text){w->text, w->len});
		json_uint(out, "count", w->count);
		json_end_object(out);
	}
	json_end_array(out);
}

static void
add_column(struct buf *out, const struct csv_look *l, size_t i)
{
	const struct column_profile *c = &l->columns[i];
	struct column_guess guess;
	char letters[8];
	bool is_exact;
	uint64_t different = distinct_estimate(&c->distinct, &is_exact);

	text_column_letters(i, letters);
	column_profile_judge(c, &guess);
	json_object(out, NULL);
	json_uint(out, "index", i + 1);
	json_string(out, "letter", letters);
	json_text(out, "name", csv_look_name(l, i));
	json_uint(out, "cells", c->cells);
	json_uint(out, "filled", c->filled);
	json_uint(
	    out, "different", different < c->filled ? different : c->filled);
	json_bool(out, "different_exact", is_exact);
	json_uint(out, "shortest", c->shortest);
	json_uint(out, "longest", c->longest);
	json_uint(out, "longest_row", c->longest_row);
	add_guess(out, c, &guess, i);
	if (!c->distinct.has_no_words)
		add_words(out, &c->distinct);
	json_array(out, "examples");
	for (size_t k = 0; k < c->example_count; k++) {
		const struct profile_value *v = &c->examples[k];

		add_cell(out, NULL, (int)i, v->row,
		    (struct text){v->text, v->len}, v->is_cut);
	}
	json_end_array(out);
	json_end_object(out);
}

/* A finding about the header, as a hazard without cells. */
static void
add_front(struct buf *out, const struct front *f)
{
	struct buf words = BUF_INIT(0);

	json_object(out, NULL);
	json_string(out, "code", front_code(f->kind));
	front_message(f, &words);
	json_string(out, "title", buf_str(&words));
	json_uint(out, "count", 1);
	add_cells(out, "cells", NULL, 0);
	buf_clear(&words);
	front_help(f, &words);
	json_string(out, "advice", buf_str(&words));
	json_end_object(out);
	buf_release(&words);
}

static void
add_hazard(struct buf *out, const struct csv_look *l, const struct hazard *h)
{
	char letters[8];

	json_object(out, NULL);
	json_string(out, "code", hazard_code(h->kind));
	json_string(out, "title", hazard_title(h->kind));
	if (h->column >= 0) {
		text_column_letters((size_t)h->column, letters);
		json_string(out, "letter", letters);
		json_text(out, "column", csv_look_name(l, (size_t)h->column));
	}
	json_uint(out, "count", h->count);
	add_cells(out, "cells", h->cells, h->cell_count);
	json_string(out, "advice", hazard_advice(h->kind));
	json_end_object(out);
}

static void
add_problem(struct buf *out, const struct problem_group *x)
{
	json_object(out, NULL);
	json_string(out, "code", x->code);
	json_string(out, "kind", problem_group_kind(x->kind));
	json_uint(out, "rows", x->rows);
	json_uint(
	    out, "first_row", x->example_count > 0 ? x->examples[0].row : 0);
	json_string(out, "message", x->message ? x->message : "");
	json_end_object(out);
}

void
inspect_json(const struct csv_look *l, struct buf *out)
{
	json_object(out, NULL);
	json_string(out, "schema", "csv2chakra.inspect/1");
	add_input(out, l);
	add_encoding(out, l);
	add_dialect(out, l);
	add_rows(out, l);
	json_array(out, "columns");
	for (size_t i = 0; i < l->column_count; i++)
		add_column(out, l, i);
	json_end_array(out);
	json_array(out, "hazards");
	for (size_t i = 0; i < l->front_count; i++)
		add_front(out, &l->fronts[i]);
	for (size_t i = 0; i < l->found_count; i++)
		add_hazard(out, l, &l->found[i]);
	json_end_array(out);
	json_array(out, "problems");
	for (size_t i = 0; i < l->groups.count; i++)
		add_problem(out, &l->groups.items[i]);
	json_end_array(out);
	json_end_object(out);
	buf_addc(out, '\n');
}
