/* SPDX-License-Identifier: MIT */
/*
 * Problems for an analyst: every kind with its count and examples, then the
 * first ones one by one, which begin so that an editor can jump there.
 */
#include "report/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define GROUPS_SHOWN 15

static void
page_first(
    const struct page *p, const struct problem_groups *g, const char *where)
{
	char number[32];

	if (g->first_count == 0)
		return;
	page_heading(p, g->unshown > 0 ? "The first problems, one by one"
				       : "The problems, one by one");
	for (size_t i = 0; i < g->first_count; i++) {
		page_wrap(p, 0, 4, g->first[i]);
	}
	if (g->unshown > 0) {
		buf_addf(
		    p->out, "... and %s more", text_count(g->unshown, number));
		if (where)
			buf_addf(p->out, "; all are in %s", where);
		buf_addc(p->out, '\n');
	}
}

/* `column "Score": message [code]` */
static void
group_words(struct buf *out, const struct problem_group *x)
{
	problem_group_place(out, x);
	if (x->varied)
		buf_adds(out, "e.g. ");
	if (x->message[0] != '\0')
		buf_adds(out, x->message);
	else
		buf_adds(out, x->code[0] ? x->code : "no reason was given");
	if (x->code[0] != '\0' && x->message[0] != '\0')
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

static void
page_group(const struct page *p, const struct problem_group *x, int width)
{
	struct buf line = BUF_INIT(0);
	size_t indent = (size_t)width + 4;
	char rows[48];

	/* "1 row " is aligned with "2 rows". */
	buf_addf(p->out, "  %*s%s  ", x->rows == 1 ? width - 1 : width,
	    page_rows(x->rows, rows), x->rows == 1 ? " " : "");
	group_words(&line, x);
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

static void
page_section(const struct page *p, const struct problem_groups *g, int kind,
    const char *where)
{
	const struct problem_group *shown[GROUPS_SHOWN];
	size_t total = problem_groups_count(g, kind), n;
	struct buf heading = BUF_INIT(0);
	char rows[48];
	int width = 0;

	n = problem_groups_sorted(g, kind, shown, GROUPS_SHOWN);
	if (n == 0)
		return;
	problem_groups_heading(g, kind, &heading);
	page_heading(p, buf_str(&heading));
	buf_release(&heading);
	for (size_t i = 0; i < n; i++) {
		int w = (int)strlen(page_rows(shown[i]->rows, rows)) +
			(shown[i]->rows == 1);

		width = w > width ? w : width;
	}
	for (size_t i = 0; i < n; i++)
		page_group(p, shown[i], width);
	if (total > n)
		buf_addf(p->out, "  ... and %zu more%s\n", total - n,
		    where ? ", all in report.json" : "");
}

void
page_problems(
    const struct page *p, const struct problem_groups *g, const char *where)
{
	for (size_t i = 0; outcome_trouble(i) != OUTCOME_COUNT; i++)
		page_section(p, g, (int)outcome_trouble(i), where);
	page_section(p, g, GROUP_NOTE, where);
	page_first(p, g, where);
}
