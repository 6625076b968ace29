/* SPDX-License-Identifier: MIT */
/*
 * inspect for a person: the file, its columns, what may be wrong with it, and
 * the command that goes on from here. 80 columns.
 */
#include "csv_look.h"
#include "report/terminal.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INDENT_FACTS ((size_t)12)

static void
fact(const struct page *p, const char *name, struct buf *value)
{
	if (value->len == 0)
		return;
	buf_addf(p->out, "  %-8s  ", name);
	page_wrap(p, INDENT_FACTS, INDENT_FACTS, buf_str(value));
	buf_clear(value);
}

static void
add_cell(struct buf *out, const struct hazard_cell *c)
{
	char cell[24];

	if (c->column >= 0)
		buf_adds(out, problem_cell(c->column, c->row, cell));
	else
		buf_addf(out, "row %" PRIu64, c->row);
	if (c->value_len == 0)
		return;
	buf_adds(out, " '");
	text_display(out, (struct text){c->value, c->value_len}, 0);
	buf_adds(out, c->is_cut ? "…'" : "'");
}

static void
encoding_facts(const struct page *p, const struct csv_look *l)
{
	const struct encoding_decision *e = &l->plan.encoding;
	struct buf b = BUF_INIT(0);

	buf_addf(&b, "%s: ", e->name);
	csv_look_encoding_words(l, &b);
	if (e->evidence == ENCODING_GUESSED)
		buf_addf(&b, "%s --encoding %s",
		    e->ranking.is_weak
			? ". Look at the cells before you pin it:"
			: ". Pin it:",
		    e->name);
	fact(p, "encoding", &b);
	for (size_t i = 0; i < l->decoded_count; i++) {
		buf_adds(&b, "reads ");
		add_cell(&b, &l->decoded[i]);
		fact(p, "", &b);
	}
	if (e->evidence != ENCODING_GUESSED || !e->ranking.is_weak)
		goto out;
	for (size_t i = 1; i < e->ranking.count; i++) {
		csv_look_reading(l, i, &b);
		fact(p, "", &b);
	}
out:
	buf_release(&b);
}

static void
dialect_facts(const struct page *p, const struct csv_look *l)
{
	const struct dialect *x = &l->plan.dialect;
	struct buf b = BUF_INIT(0);

	if (l->plan.dialect_evidence.len > 0)
		buf_adds(&b, buf_str(&l->plan.dialect_evidence));
	else {
		buf_adds(&b, "delimiter ");
		text_add_sign(&b, x->delimiter);
	}
	if (x->quote == 0)
		buf_adds(&b, ", no quotes");
	else if (x->quote != '"')
		buf_addf(&b, ", quote %c", x->quote);
	if (!x->has_header)
		buf_adds(&b, ", no header");
	if (x->skip_lines > 0)
		buf_addf(&b, ", %" PRIu64 " line%s before the header",
		    x->skip_lines, x->skip_lines == 1 ? "" : "s");
	fact(p, "dialect", &b);
	buf_release(&b);
}

/* ", 2 that repeat the header (rows 4, 6)" */
static void
add_left_out(struct buf *out, const struct csv_look *l)
{
	const struct problem_group *g;
	char number[32];

	buf_addf(out, ", %s that repeat%s the header",
	    text_count(l->left_out, number), l->left_out == 1 ? "s" : "");
	if (problem_groups_sorted(&l->groups, OUTCOME_SKIPPED, &g, 1) == 0)
		return;
	for (size_t i = 0; i < g->example_count; i++)
		buf_addf(out, "%s%" PRIu64,
		    i > 0		    ? ", "
		    : g->example_count == 1 ? " (row "
					    : " (rows ",
		    g->examples[i].row);
	buf_adds(out, g->rows > g->example_count ? ", …)" : ")");
}

static void
size_facts(const struct page *p, const struct csv_look *l)
{
	const struct reader_tally *t = reader_tally(l->reader);
	const char *compression = input_compression(l->plan.input);
	struct buf b = BUF_INIT(0);
	uint64_t bytes = l->is_pipe ? t->bom_bytes + t->preamble_bytes +
					  t->header_bytes + t->blank_bytes +
					  t->record_bytes
				    : l->plan.survey.bytes;
	char number[48];

	buf_adds(&b, page_bytes(bytes, number));
	if (strcmp(compression, "none") != 0)
		buf_addf(&b, " (out of %s)", compression);
	buf_addf(&b, ", %s line%s", text_count(t->lines, number),
	    t->lines == 1 ? "" : "s");
	if (t->blank_lines > 0)
		buf_addf(&b, ", %s of them blank",
		    text_count(t->blank_lines, number));
	fact(p, "size", &b);
	buf_adds(&b, page_rows(t->records, number));
	if (l->empty > 0)
		buf_addf(&b, ", %s empty", text_count(l->empty, number));
	if (l->left_out > 0)
		add_left_out(&b, l);
	if (l->rejected > 0)
		buf_addf(&b, ", %s rejected (below)",
		    text_count(l->rejected, number));
	fact(p, "rows", &b);
	buf_release(&b);
}

/* Cut and padded to a width in characters. */
static void
add_padded(struct buf *out, struct text t, size_t width)
{
	struct buf shown = BUF_INIT(0);
	size_t length;

	text_display(&shown, t, 0);
	length = utf8_length(buf_str(&shown), shown.len);
	if (length > width) {
		buf_clear(&shown);
		text_display(&shown, t, width - 1);
		length = utf8_length(buf_str(&shown), shown.len);
	}
	buf_add(out, buf_str(&shown), shown.len);
	for (; length < width; length++)
		buf_addc(out, ' ');
	buf_release(&shown);
}

#define NAME_MAX_WIDTH ((size_t)24)

static size_t
name_width(const struct csv_look *l)
{
	size_t width = 4;

	for (size_t i = 0; i < l->column_count; i++) {
		struct text name = csv_look_name(l, i);
		size_t length = utf8_length(name.s, name.len);

		if (length > width)
			width = length;
	}
	return width < NAME_MAX_WIDTH ? width : NAME_MAX_WIDTH;
}

static void
add_filled(struct buf *out, uint64_t filled, uint64_t of)
{
	/* Rounded so that only all are 100 % and only none are 0 %. */
	uint64_t tenths = of > 0 ? filled * 1000 / of : 0;

	if (tenths == 0 && filled > 0)
		buf_adds(out, " <0.1");
	else
		buf_addf(
		    out, "%3" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
	buf_adds(out, "%");
}

static void
add_range(struct buf *out, const struct column_profile *c)
{
	char range[48];

	if (c->shortest == c->longest)
		snprintf(range, sizeof(range), "%" PRIu64, c->longest);
	else
		snprintf(range, sizeof(range), "%" PRIu64 "-%" PRIu64,
		    c->shortest, c->longest);
	buf_addf(out, "  %7s", c->filled > 0 ? range : "");
}

static void
add_different(struct buf *out, const struct column_profile *c)
{
	bool is_exact;
	char number[32], shown[40];
	uint64_t n = distinct_estimate(&c->distinct, &is_exact);

	if (n > c->filled)
		n = c->filled;
	snprintf(shown, sizeof(shown), "%s%s", is_exact ? "" : "~",
	    text_count(n, number));
	buf_addf(out, "  %9s", shown);
}

static void
show_column(
    const struct page *p, const struct csv_look *l, size_t i, size_t width)
{
	const struct column_profile *c = &l->columns[i];
	struct column_guess guess;
	struct buf line = BUF_INIT(0), words = BUF_INIT(0);
	char letters[8];
	size_t first;

	text_column_letters(i, letters);
	column_profile_judge(c, &guess);
	column_guess_words(&words, c, &guess, i);
	buf_addf(&line, "  %-3s ", letters);
	add_padded(&line, csv_look_name(l, i), width);
	buf_adds(&line, "  ");
	add_filled(&line, c->filled, l->good);
	add_different(&line, c);
	add_range(&line, c);
	buf_adds(&line, "  ");
	first = utf8_length(buf_str(&line), line.len);
	buf_add(p->out, buf_str(&line), line.len);
	page_wrap(p, first, first < 56 ? first : 8, buf_str(&words));
	buf_clear(&words);
	for (size_t k = 0; k < c->example_count; k++) {
		buf_adds(&words, k > 0 ? ", " : "");
		profile_value_show(&words, &c->examples[k]);
	}
	if (words.len > 0) {
		buf_adds(p->out, "        ");
		page_wrap(p, 8, 8, buf_str(&words));
	}
	buf_release(&words);
	buf_release(&line);
}

static void
show_columns(const struct page *p, const struct csv_look *l)
{
	struct buf unused = BUF_INIT(0);
	size_t width = name_width(l);

	page_heading(p, "columns");
	buf_addf(p->out, "  %-3s ", "");
	add_padded(p->out, text_of("name"), width);
	buf_adds(p->out, "  filled  different    chars  looks like\n");
	for (size_t i = 0; i < l->column_count; i++)
		if (!csv_look_is_unused(l, i))
			show_column(p, l, i, width);
	csv_look_unused(l, &unused);
	if (unused.len > 0)
		buf_addf(p->out, "  and %s\n", buf_str(&unused));
	buf_release(&unused);
}

static void
show_hazard(
    const struct page *p, const struct csv_look *l, const struct hazard *h)
{
	struct buf b = BUF_INIT(0);
	char letters[8], number[32];

	if (h->column >= 0) {
		struct text name = csv_look_name(l, (size_t)h->column);

		text_column_letters((size_t)h->column, letters);
		buf_adds(&b, "column ");
		if (name.len > 0) {
			buf_addc(&b, '"');
			text_display(&b, name, 40);
			buf_addf(&b, "\" (%s): ", letters);
		} else {
			buf_addf(&b, "%s: ", letters);
		}
	}
	buf_addf(&b, "%s: %s %s%s [%s]", hazard_title(h->kind),
	    text_count(h->count, number), h->column >= 0 ? "cell" : "row",
	    h->count == 1 ? "" : "s", hazard_code(h->kind));
	buf_adds(p->out, "  ");
	page_wrap(p, 2, 4, buf_str(&b));
	buf_clear(&b);
	for (size_t i = 0; i < h->cell_count; i++) {
		buf_adds(&b, i > 0 ? ", " : "");
		add_cell(&b, &h->cells[i]);
	}
	if (b.len > 0) {
		buf_adds(p->out, "    ");
		page_wrap(p, 4, 4, buf_str(&b));
	}
	buf_adds(p->out, "    help: ");
	page_wrap(p, 10, 10, hazard_advice(h->kind));
	buf_release(&b);
}

static void
show_front(const struct page *p, const struct front *f)
{
	struct buf b = BUF_INIT(0);

	front_message(f, &b);
	buf_addf(&b, " [%s]", front_code(f->kind));
	buf_adds(p->out, "  ");
	page_wrap(p, 2, 4, buf_str(&b));
	buf_clear(&b);
	front_help(f, &b);
	buf_adds(p->out, "    help: ");
	page_wrap(p, 10, 10, buf_str(&b));
	buf_release(&b);
}

static void
show_next(const struct page *p, const struct csv_look *l)
{
	bool is_stdin = strcmp(l->name, "<stdin>") == 0;

	page_heading(p, "next");
	buf_adds(p->out, "  csv2chakra init -o mapping.yaml");
	buf_adds(p->out, buf_str(&l->typed));
	buf_addc(p->out, ' ');
	shell_quote(p->out, is_stdin ? "-" : l->name);
	buf_addc(p->out, '\n');
}

void
inspect_text(const struct csv_look *l, bool with_colour, struct buf *out)
{
	struct page p = {out, with_colour};
	struct buf title = BUF_INIT(0);
	char number[48];

	text_display(&title, text_of(l->name), 0);
	buf_addf(&title, ": %s,",
	    page_rows(reader_tally(l->reader)->records, number));
	buf_addf(&title, " %zu column%s", l->column_count,
	    l->column_count == 1 ? "" : "s");
	page_styled(&p, STYLE_BOLD, buf_str(&title));
	buf_adds(out, "\n\n");
	buf_release(&title);
	encoding_facts(&p, l);
	dialect_facts(&p, l);
	size_facts(&p, l);
	show_columns(&p, l);
	page_heading(&p, "hazards");
	if (l->found_count + l->front_count == 0)
		buf_adds(out, "  none found\n");
	for (size_t i = 0; i < l->front_count; i++)
		show_front(&p, &l->fronts[i]);
	for (size_t i = 0; i < l->found_count; i++)
		show_hazard(&p, l, &l->found[i]);
	page_problems(&p, &l->groups, NULL, PAGE_LINES);
	show_next(&p, l);
}
