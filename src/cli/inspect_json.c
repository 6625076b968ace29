/* SPDX-License-Identifier: MIT */
/*
 * inspect for a program: the same facts, schema csv2chakra.inspect/1. Written
 * with the hot path's writer, so that counts keep all their digits.
 */
#include "csv_look.h"
#include "process/json_writer.h"

#include <inttypes.h>
#include <string.h>

/* A text that may hold anything, a file's name say. */
static void
add_shown(struct buf *out, const char *s)
{
	struct buf shown = BUF_INIT(0);

	text_display(&shown, text_of(s), 0);
	json_add_string(out, (struct text){buf_str(&shown), shown.len});
	buf_release(&shown);
}

static void
add_char(struct buf *out, char c)
{
	if (c == 0)
		buf_adds(out, "null");
	else
		json_add_string(out, (struct text){&c, 1});
}

static void
add_cell(
    struct buf *out, int column, uint64_t row, struct text value, bool is_cut)
{
	char cell[24];

	buf_adds(out, "{\"cell\":");
	if (column >= 0)
		json_add_string(out, text_of(problem_cell(column, row, cell)));
	else
		buf_adds(out, "null");
	buf_addf(out, ",\"row\":%" PRIu64 ",\"value\":", row);
	json_add_string(out, value);
	buf_addf(out, ",\"cut\":%s}", is_cut ? "true" : "false");
}

static void
add_cells(struct buf *out, const struct hazard_cell *cells, size_t count)
{
	buf_addc(out, '[');
	for (size_t i = 0; i < count; i++) {
		buf_adds(out, i > 0 ? "," : "");
		add_cell(out, cells[i].column, cells[i].row,
		    (struct text){cells[i].value, cells[i].value_len},
		    cells[i].is_cut);
	}
	buf_addc(out, ']');
}

/* Those that decode all of it, the best first. */
static void
add_candidates(struct buf *out, const struct encoding_decision *e)
{
	const struct encoding_ranking *r = &e->ranking;

	buf_adds(out, ",\"candidates\":[");
	for (size_t i = 0; i < r->count; i++) {
		buf_adds(out, i > 0 ? ",{\"name\":" : "{\"name\":");
		add_shown(out, r->list[i].name);
		buf_adds(out, ",\"language\":");
		add_shown(out, r->list[i].language ? r->list[i].language : "");
		buf_addf(out, ",\"score\":%ld}", r->list[i].score);
	}
	buf_addc(out, ']');
}

static void
add_input(struct buf *out, const struct csv_look *l)
{
	const struct reader_tally *t = reader_tally(l->reader);
	const struct encoding_decision *e = &l->encoding;
	const struct dialect *x = &l->dialect;
	bool is_guess = e->evidence == ENCODING_GUESSED;

	buf_adds(out, "\"input\":{\"name\":");
	add_shown(out, l->name);
	buf_adds(out, ",\"compression\":");
	add_shown(out, input_compression(l->input));
	if (!l->is_pipe)
		buf_addf(out, ",\"bytes\":%" PRIu64, l->survey.bytes);
	buf_addf(out,
	    ",\"lines\":%" PRIu64 ",\"blank_lines\":%" PRIu64 "},\"encoding\":{"
	    "\"name\":",
	    t->lines, t->blank_lines);
	add_shown(out, e->name);
	buf_adds(out, ",\"evidence\":");
	add_shown(out, csv_look_evidence(l));
	buf_addf(out, ",\"guessed\":%s,\"weak\":%s",
	    is_guess ? "true" : "false",
	    is_guess && e->ranking.is_weak ? "true" : "false");
	if (is_guess) {
		buf_addf(out,
		    ",\"first_bad_byte\":%" PRIu64
		    ",\"first_bad_line\":%" PRIu64 ",\"affected\":",
		    e->first_bad_offset, e->first_bad_line);
		add_cells(out, l->decoded, l->decoded_count);
		add_candidates(out, e);
	} else if (e->evidence == ENCODING_NEARLY ||
		   e->evidence == ENCODING_MIXED) {
		buf_addf(out,
		    ",\"first_bad_byte\":%" PRIu64
		    ",\"first_bad_line\":%" PRIu64 ",\"bad_places\":%" PRIu64
		    ",\"good_characters\":%" PRIu64 ",\"cut\":%s",
		    e->first_bad_offset, e->first_bad_line, e->bad_places,
		    e->good_characters, e->is_cut ? "true" : "false");
	}
	buf_adds(out, "},\"dialect\":{\"delimiter\":");
	add_char(out, x->delimiter);
	buf_adds(out, ",\"quote\":");
	add_char(out, x->quote);
	buf_addf(out,
	    ",\"header\":%s,\"skip_lines\":%" PRIu64 ",\"sep_line\":%s,"
	    "\"blanks\":\"%s\",\"evidence\":",
	    x->has_header ? "true" : "false", x->skip_lines,
	    x->has_sep_line ? "true" : "false",
	    x->blanks == BLANKS_AROUND_QUOTES ? "around_quotes" : "keep");
	add_shown(out, buf_str(&l->dialect_evidence));
	buf_addf(out,
	    "},\"rows\":{\"records\":%" PRIu64 ",\"good\":%" PRIu64
	    ",\"empty\":%" PRIu64 ",\"rejected\":%" PRIu64
	    ",\"repeated_header\":%" PRIu64 ",\"unclosed_quote\":%s}",
	    t->records, l->good, l->empty, l->rejected, l->left_out,
	    l->is_unclosed ? "true" : "false");
}

static void
add_guess(struct buf *out, const struct column_profile *c,
    const struct column_guess *g, size_t column)
{
	static const char *const classes[CLASS_COUNT] = {"integer", "decimal",
	    "amount", "boolean", "email", "phone", "date", "time", "url"};
	struct buf words = BUF_INIT(0);
	char format[DATE_FORMAT_SIZE];

	column_guess_words(&words, c, g, column);
	buf_addf(out, "{\"kind\":\"%s\",\"words\":", column_kind_name(g->kind));
	json_add_string(out, (struct text){buf_str(&words), words.len});
	buf_addf(out, ",\"ambiguous\":%s",
	    g->is_ambiguous || g->is_mixed ? "true" : "false");
	if (g->kind == COLUMN_DATE) {
		buf_addf(out, ",\"time\":%s,\"formats\":[",
		    g->has_time ? "true" : "false");
		for (size_t i = 0; i < g->format_count; i++) {
			date_code_format(g->formats[i], format);
			buf_adds(out, i > 0 ? "," : "");
			json_add_string(
			    out, text_of(*format ? format : "ISO 8601"));
		}
		buf_addc(out, ']');
	}
	if (g->kind == COLUMN_DECIMAL && !g->is_ambiguous) {
		buf_adds(out, ",\"decimal\":");
		add_char(out, g->signs.decimal);
		buf_adds(out, ",\"thousands\":");
		add_char(out, g->signs.thousands);
	}
	if (g->is_nearly) {
		const struct profile_value *v = &c->misfits[g->nearly];

		buf_addf(out,
		    ",\"nearly\":{\"kind\":\"%s\",\"misfits\":%" PRIu64
		    ",\"first\":",
		    classes[g->nearly], g->misfit_count);
		add_cell(out, (int)column, v->row,
		    (struct text){v->text, v->len}, v->is_cut);
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
	buf_release(&words);
}

static void
add_words(struct buf *out, const struct distinct *x)
{
	buf_adds(out, ",\"values\":[");
	for (size_t i = 0; i < x->word_count; i++) {
		const struct distinct_word *w = &x->words[i];

		buf_addf(out, "%s{\"value\":", i > 0 ? "," : "");
		json_add_string(out, (struct text){w->text, w->len});
		buf_addf(out, ",\"count\":%" PRIu64 "}", w->count);
	}
	buf_addc(out, ']');
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
	buf_addf(
	    out, "{\"index\":%zu,\"letter\":\"%s\",\"name\":", i + 1, letters);
	json_add_string(out, csv_look_name(l, i));
	buf_addf(out,
	    ",\"cells\":%" PRIu64 ",\"filled\":%" PRIu64
	    ",\"different\":%" PRIu64 ",\"different_exact\":%s",
	    c->cells, c->filled, different < c->filled ? different : c->filled,
	    is_exact ? "true" : "false");
	buf_addf(out,
	    ",\"shortest\":%" PRIu64 ",\"longest\":%" PRIu64
	    ",\"longest_row\":%" PRIu64 ",\"looks_like\":",
	    c->shortest, c->longest, c->longest_row);
	add_guess(out, c, &guess, i);
	if (!c->distinct.has_no_words)
		add_words(out, &c->distinct);
	buf_adds(out, ",\"examples\":[");
	for (size_t k = 0; k < c->example_count; k++) {
		const struct profile_value *v = &c->examples[k];

		buf_adds(out, k > 0 ? "," : "");
		add_cell(out, (int)i, v->row, (struct text){v->text, v->len},
		    v->is_cut);
	}
	buf_adds(out, "]}");
}

/* A finding about the header, as a hazard without cells. */
static void
add_front(struct buf *out, const struct front *f)
{
	struct buf words = BUF_INIT(0);

	buf_addf(out, "{\"code\":\"%s\",\"title\":", front_code(f->kind));
	front_message(f, &words);
	json_add_string(out, (struct text){buf_str(&words), words.len});
	buf_clear(&words);
	front_help(f, &words);
	buf_adds(out, ",\"count\":1,\"cells\":[],\"advice\":");
	json_add_string(out, (struct text){buf_str(&words), words.len});
	buf_addc(out, '}');
	buf_release(&words);
}

static void
add_hazards(struct buf *out, const struct csv_look *l)
{
	for (size_t i = 0; i < l->front_count; i++) {
		buf_adds(out, i > 0 ? "," : "");
		add_front(out, &l->fronts[i]);
	}
	for (size_t i = 0; i < l->found_count; i++) {
		const struct hazard *h = &l->found[i];
		char letters[8];

		buf_addf(out, "%s{\"code\":\"%s\",\"title\":",
		    i + l->front_count > 0 ? "," : "", hazard_code(h->kind));
		json_add_string(out, text_of(hazard_title(h->kind)));
		if (h->column >= 0) {
			text_column_letters((size_t)h->column, letters);
			buf_addf(
			    out, ",\"letter\":\"%s\",\"column\":", letters);
			json_add_string(
			    out, csv_look_name(l, (size_t)h->column));
		}
		buf_addf(out, ",\"count\":%" PRIu64 ",\"cells\":", h->count);
		add_cells(out, h->cells, h->cell_count);
		buf_adds(out, ",\"advice\":");
		json_add_string(out, text_of(hazard_advice(h->kind)));
		buf_addc(out, '}');
	}
}

static void
add_problems(struct buf *out, const struct problem_groups *g)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct problem_group *x = &g->items[i];

		buf_addf(out,
		    "%s{\"code\":\"%s\",\"kind\":\"%s\",\"rows\":"
		    "%" PRIu64 ",\"first_row\":%" PRIu64 ",\"message\":",
		    i > 0 ? "," : "", x->code, group_kind_name(x->kind),
		    x->rows, x->example_count > 0 ? x->examples[0].row : 0);
		json_add_string(out, text_of(x->message ? x->message : ""));
		buf_addc(out, '}');
	}
}

void
inspect_json(const struct csv_look *l, struct buf *out)
{
	buf_adds(out, "{\"schema\":\"csv2chakra.inspect/1\",");
	add_input(out, l);
	buf_adds(out, ",\"columns\":[");
	for (size_t i = 0; i < l->column_count; i++) {
		buf_adds(out, i > 0 ? "," : "");
		add_column(out, l, i);
	}
	buf_adds(out, "],\"hazards\":[");
	add_hazards(out, l);
	buf_adds(out, "],\"problems\":[");
	add_problems(out, &l->groups);
	buf_adds(out, "]}\n");
}
