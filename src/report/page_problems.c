/* SPDX-License-Identifier: MIT */
/*
 * Problems for an analyst: every cause with its count and examples. Where all
 * that is to be said about them does not fit, a line says each.
 */
#include "base/text.h"
#include "base/unicode.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GROUPS_SHOWN 15
#define GROUPS_LEAST 3 /* of a kind, however little room there is */

/* `column "Score": message [code]` */
static void
group_words(struct buf *out, const struct problem_group *x, bool has_code)
{
	problem_group_place(out, x);
	if (x->varied)
		buf_adds(out, "e.g. ");
	if (x->message[0] != '\0')
		buf_adds(out, x->message);
	else
		buf_adds(out, x->code[0] ? x->code : "no reason was given");
	if (has_code && x->code[0] != '\0' && x->message[0] != '\0')
		buf_addf(out, " [%s]", x->code);
}

/* "D129 'abc', D130 'x1', …" or "rows 129, 130, …" */
static void
group_examples(struct buf *out, const struct problem_group *x)
{
	bool has_cell = x->examples[0].cell[0] != '\0';
	char number[32];

	if (!has_cell)
		buf_adds(out, x->rows == 1 ? "row " : "rows ");
	for (size_t i = 0; i < x->example_count; i++) {
		const struct problem_example *e = &x->examples[i];

		buf_adds(out, i > 0 ? ", " : "");
		if (has_cell)
			buf_adds(out, e->cell);
		else
			buf_addf(out, "%" PRIu64, e->row);
		if (e->value[0] != '\0')
			buf_addf(out, " '%s'", e->value);
	}
	if (x->problems > x->example_count)
		buf_addf(out, " and %s more",
		    text_count(x->problems - x->example_count, number));
}

void
page_problem_line(const struct problem_group *x, struct buf *out)
{
	char rows[48];

	buf_addf(out, "%s: ", page_rows(x->rows, rows));
	group_words(out, x, false);
	if (x->example_count > 0) {
		buf_adds(out, ": ");
		group_examples(out, x);
	}
}

static void
page_group(const struct page *p, const struct problem_group *x, int width)
{
	struct buf line = BUF_INIT(0);
	size_t indent = (size_t)width + 4;
	char rows[48];

	/* "1 row " is aligned with "2 rows". */
	buf_addf(p->out, "  %*s%s  ", x->rows == 1 ? width - 1 : width,
	    page_rows(x->rows, rows), x->rows == 1 ? " " : "");
	group_words(&line, x, true);
	page_wrap(p, indent, indent, buf_str(&line));
	buf_clear(&line);
	if (x->example_count > 0) {
		group_examples(&line, x);
		buf_addf(p->out, "%*s", (int)indent, "");
		page_wrap(p, indent, indent, buf_str(&line));
	}
	if (x->hint[0] != '\0') {
		buf_clear(&line);
		buf_addf(&line, "help: %s", x->hint);
		buf_addf(p->out, "%*s", (int)indent, "");
		page_wrap(p, indent, indent + 6, buf_str(&line));
	}
	buf_release(&line);
}

/* Cells or rows in brackets: the first `count`, with the values of the first
 * `values`. */
static void
put_examples(
    struct buf *out, const struct problem_group *x, size_t count, size_t values)
{
	const struct problem_example *e = x->examples;

	buf_adds(out, e->cell[0] ? " (" : x->rows == 1 ? " (row " : " (rows ");
	for (size_t i = 0; i < count; i++) {
		buf_adds(out, i > 0 ? ", " : "");
		if (e[i].cell[0])
			buf_adds(out, e[i].cell);
		else
			buf_addf(out, "%" PRIu64, e[i].row);
		if (i < values && e[i].value[0])
			buf_addf(out, " '%s'", e[i].value);
	}
	buf_adds(out, x->problems > count ? ", …)" : ")");
}

/* As much of them as fits into `room` columns. */
static void
short_examples(struct buf *out, const struct problem_group *x, size_t room)
{
	static const struct {
		size_t count, values;
	} forms[] = {{3, 3}, {3, 1}, {3, 0}, {2, 1}, {2, 0}, {1, 0}};
	size_t begin = out->len;

	for (size_t i = 0;
	     x->example_count > 0 && i < sizeof(forms) / sizeof(forms[0]);
	     i++) {
		size_t count = forms[i].count;

		if (count > x->example_count)
			count = x->example_count;
		put_examples(out, x, count, forms[i].values);
		if (text_width(out->data + begin, out->len - begin) <= room)
			return;
		buf_truncate(out, begin);
	}
}

/* Cuts a text to `room` columns, the last of them "…". */
static void
cut_after(struct buf *text, size_t room)
{
	size_t pos = 0, end = 0, column = 0;

	if (text_width(buf_str(text), text->len) <= room)
		return;
	while (column < room) {
		end = pos;
		column +=
		    code_point_width(utf8_next(text->data, text->len, &pos));
	}
	buf_truncate(text, end);
	buf_adds(text, "…");
}

/* A cause in one line: its place and words are cut before an example is left
 * out. */
#define EXAMPLE_ROOM 10
#define PLACE_ROOM 36

static void
page_short_group(const struct page *p, const struct problem_group *x, int width)
{
	static const char known[] = "column "; /* by the quotes around it */
	const size_t room = PAGE_WIDTH - (size_t)width - 4;
	struct buf line = BUF_INIT(0), words = BUF_INIT(0);
	size_t begin = 0, place;
	char number[32];

	buf_addf(p->out, "  %*s  ", width, text_count(x->rows, number));
	problem_group_place(&words, x);
	place = words.len;
	buf_clear(&words);
	group_words(&words, x, false);
	if (strncmp(buf_str(&words), known, strlen(known)) == 0)
		begin = strlen(known);
	if (place > begin) {
		buf_add(&line, words.data + begin, place - begin - 2);
		cut_after(&line, PLACE_ROOM);
		buf_adds(&line, ": ");
	}
	buf_adds(&line, buf_str(&words) + place);
	cut_after(&line, room - EXAMPLE_ROOM);
	short_examples(&line, x, room - text_width(buf_str(&line), line.len));
	buf_addf(p->out, "%s\n", buf_str(&line));
	buf_release(&words);
	buf_release(&line);
}

/* The help of a cause below its line, if it fits into *room lines. */
static void
page_short_help(const struct page *p, const struct problem_group *x, int width,
    size_t *room)
{
	struct buf line = BUF_INIT(0), shown = BUF_INIT(0);
	const struct page inner = {&shown, false};
	size_t indent = (size_t)width + 4;

	if (x->hint[0] != '\0') {
		buf_addf(&line, "help: %s", x->hint);
		buf_addf(&shown, "%*s", (int)indent, "");
		page_wrap(&inner, indent, indent + 6, buf_str(&line));
		if (page_lines(&shown) <= *room) {
			*room -= page_lines(&shown);
			buf_adds(p->out, buf_str(&shown));
		}
	}
	buf_release(&shown);
	buf_release(&line);
}

/* How much of the problems is shown. */
struct extent {
	size_t max;    /* causes of a kind */
	bool is_whole; /* all of a cause, else a line of it */
	size_t helps;  /* lines that are left for help */
};

static int
rows_width(const struct problem_group *const *shown, size_t n, bool is_whole)
{
	char rows[48];
	int width = 0;

	for (size_t i = 0; i < n; i++) {
		int w = is_whole
			    ? (int)strlen(page_rows(shown[i]->rows, rows)) +
				  (shown[i]->rows == 1)
			    : (int)strlen(text_count(shown[i]->rows, rows));

		width = w > width ? w : width;
	}
	return width;
}

static void
page_section(const struct page *p, const struct problem_groups *g, int kind,
    const char *where, struct extent *extent)
{
	const struct problem_group *shown[GROUPS_MAX + 1];
	size_t total = problem_groups_count(g, kind), n;
	struct buf heading = BUF_INIT(0);
	int width;

	n = problem_groups_sorted(g, kind, shown, extent->max);
	if (n == 0)
		return;
	problem_groups_heading(g, kind, &heading);
	page_heading(p, buf_str(&heading));
	buf_release(&heading);
	width = rows_width(shown, n, extent->is_whole);
	for (size_t i = 0; i < n; i++) {
		if (extent->is_whole) {
			page_group(p, shown[i], width);
			continue;
		}
		page_short_group(p, shown[i], width);
		page_short_help(p, shown[i], width, &extent->helps);
	}
	if (total > n)
		buf_addf(p->out, "  ... and %zu more cause%s%s\n", total - n,
		    total - n == 1 ? "" : "s",
		    where ? ", all in report.json" : "");
}

static void
page_sections(const struct page *p, const struct problem_groups *g,
    const char *where, struct extent extent, struct buf *out)
{
	const struct page inner = {out, p->with_colour};

	for (size_t i = 0; outcome_trouble(i) != OUTCOME_COUNT; i++)
		page_section(
		    &inner, g, (int)outcome_trouble(i), where, &extent);
	page_section(&inner, g, GROUP_NOTE, where, &extent);
}

void
page_problems(const struct page *p, const struct problem_groups *g,
    const char *where, size_t room)
{
	struct buf out = BUF_INIT(0);
	size_t most, lines;

	page_sections(p, g, where,
	    (struct extent){room ? GROUPS_SHOWN : GROUPS_MAX + 1, true, 0},
	    &out);
	if (room > 0 && page_lines(&out) > room) {
		for (most = GROUPS_SHOWN; most >= GROUPS_LEAST; most--) {
			buf_clear(&out);
			page_sections(
			    p, g, where, (struct extent){most, false, 0}, &out);
			lines = page_lines(&out);
			if (lines <= room)
				break;
		}
		buf_clear(&out);
		page_sections(p, g, where,
		    (struct extent){most < GROUPS_LEAST ? GROUPS_LEAST : most,
			false, lines < room ? room - lines : 0},
		    &out);
	}
	buf_add(p->out, buf_str(&out), out.len);
	buf_release(&out);
}
