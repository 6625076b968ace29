/* SPDX-License-Identifier: MIT */
/*
 * Problems by cause with examples, the columns that have them, and the hazards
 * of a dry run. The texts of groups were made fit to be shown when they were
 * collected.
 */
#include "base/xalloc.h"
#include "html.h"
#include "html_sections.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_PER_KIND 100
#define COLUMNS_SHOWN 30

/* `column <b>Score</b> (D)`; without a name its letters alone. */
static void
put_column_name(FILE *out, int column, struct text name)
{
	char letters[8];

	text_column_letters((size_t)column, letters);
	fputs("<span class=\"col\">column <b>", out);
	if (name.len > 0) {
		html_bdi(out, name, 60);
		html_put(out, "</b> (%s)</span> ", letters);
	} else {
		html_put(out, "%s</b></span> ", letters);
	}
}

static void
put_where(FILE *out, const struct problem_group *x)
{
	if (x->column >= 0)
		put_column_name(out, x->column,
		    text_of(x->column_name ? x->column_name : ""));
	if (x->names_field)
		html_put(out,
		    "<span class=\"col\">field <b><bdi>%s</bdi></b></span> ",
		    x->fields);
}

static void
put_examples(FILE *out, const struct problem_group *x)
{
	if (x->example_count == 0)
		return;
	fputs("<ul class=\"examples\">", out);
	for (size_t i = 0; i < x->example_count; i++) {
		const struct problem_example *e = &x->examples[i];

		if (e->cell[0] != '\0')
			html_put(out, "<li><b class=\"cell\">%s</b>", e->cell);
		else
			fprintf(out,
			    "<li><b class=\"cell\">row %" PRIu64 "</b>",
			    e->row);
		if (e->value && e->value[0] != '\0')
			html_put(out, " <q><bdi>%s</bdi></q>", e->value);
		fputs("</li>", out);
	}
	if (x->problems > x->example_count)
		html_put(out, "<li class=\"more\">and %" PRIu64 " more</li>",
		    x->problems - x->example_count);
	fputs("</ul>", out);
}

static void
put_group(FILE *out, const struct problem_group *x)
{
	const char *words = x->message && x->message[0] ? x->message
			    : x->code[0]		? x->code
							: "no reason was given";

	html_put(out,
	    "<tr><td class=\"n\"><b class=\"big\">%" PRIu64
	    "</b> row%s</td><td><p class=\"cause\">",
	    x->rows, x->rows == 1 ? "" : "s");
	put_where(out, x);
	html_put(out, "%s<bdi>%s</bdi>", x->varied ? "e.g. " : "", words);
	if (x->code[0] != '\0')
		html_put(out, " <code>%s</code>", x->code);
	fputs("</p>", out);
	put_examples(out, x);
	if (x->hint && x->hint[0] != '\0')
		html_put(out, "<p class=\"fix\"><bdi>%s</bdi></p>", x->hint);
	fputs("</td></tr>\n", out);
}

static void
put_kind(FILE *out, const struct problem_groups *g, int kind)
{
	const struct problem_group *list[GROUPS_PER_KIND];
	size_t total = problem_groups_count(g, kind);
	size_t n = problem_groups_sorted(g, kind, list, GROUPS_PER_KIND);
	struct buf heading = BUF_INIT(0);

	if (n == 0)
		return;
	problem_groups_heading(g, kind, &heading);
	html_put(out,
	    "<h3 class=\"kind k-%s\">%s</h3>\n<table class=\"groups\"><thead "
	    "class=\"off\"><tr><th scope=\"col\">Rows</th><th "
	    "scope=\"col\">Cause</th></tr></thead>\n<tbody>\n",
	    kind == GROUP_NOTE ? "note" : outcome_row((enum outcome)kind)->tint,
	    buf_str(&heading));
	buf_release(&heading);
	for (size_t i = 0; i < n; i++)
		put_group(out, list[i]);
	fputs("</tbody></table>\n", out);
	if (total > n)
		fprintf(out,
		    "<p class=\"rest\">and %zu more kinds, all in "
		    "report.json</p>\n",
		    total - n);
}

void
html_problems(FILE *out, const struct run_report *r)
{
	if (!r->groups || r->groups->count == 0)
		return;
	html_section(out, "problems", "What went wrong, by cause");
	for (size_t i = 0; outcome_trouble(i) != OUTCOME_COUNT; i++)
		put_kind(out, r->groups, (int)outcome_trouble(i));
	put_kind(out, r->groups, GROUP_NOTE);
	fputs("</section>\n", out);
}

/* One column with all that is wrong in it. */
struct column {
	int column;
	const char *name;
	uint64_t problems, notes;
};

static int
by_column(const void *a, const void *b)
{
	const struct column *x = a, *y = b;

	return x->column < y->column ? -1 : x->column > y->column;
}

static int
by_problems(const void *a, const void *b)
{
	const struct column *x = a, *y = b;

	if (x->problems != y->problems)
		return x->problems > y->problems ? -1 : 1;
	if (x->notes != y->notes)
		return x->notes > y->notes ? -1 : 1;
	return by_column(a, b);
}

/* The groups that are about a column, one entry a column, the worst first. */
static size_t
collect_columns(const struct problem_groups *g, struct column *list)
{
	size_t n = 0, out = 0;

	for (size_t i = 0; i < g->count; i++) {
		const struct problem_group *x = &g->items[i];
		bool is_note = x->kind == GROUP_NOTE;

		if (x->column >= 0)
			list[n++] = (struct column){x->column, x->column_name,
			    is_note ? 0 : x->problems,
			    is_note ? x->problems : 0};
	}
	if (n == 0)
		return 0;
	qsort(list, n, sizeof(*list), by_column);
	for (size_t i = 1; i < n; i++) {
		if (list[i].column != list[out].column) {
			list[++out] = list[i];
			continue;
		}
		list[out].problems += list[i].problems;
		list[out].notes += list[i].notes;
	}
	qsort(list, out + 1, sizeof(*list), by_problems);
	return out + 1;
}

static void
put_column(FILE *out, const struct column *c, double most, bool with_notes)
{
	char letters[8];

	text_column_letters((size_t)c->column, letters);
	html_put(out,
	    "<tr><th scope=\"row\"><b class=\"cell\">%s</b> <bdi>%s</bdi></th>"
	    "<td class=\"n\">%" PRIu64,
	    letters, c->name, c->problems);
	if (with_notes)
		html_put(out, "</td><td class=\"n\">%" PRIu64, c->notes);
	fputs("</td><td class=\"wide\"><svg class=\"meter\" "
	      "aria-hidden=\"true\"><rect class=\"o-rejected\" width=\"",
	    out);
	html_percent(out, (double)c->problems, most);
	fputs("\" height=\"100%\"/><rect class=\"o-note\" x=\"", out);
	html_percent(out, (double)c->problems, most);
	fputs("\" width=\"", out);
	html_percent(out, (double)c->notes, most);
	fputs("\" height=\"100%\"/></svg></td></tr>\n", out);
}

static void
put_columns(FILE *out, const struct column *list, size_t n)
{
	bool with_notes = false;
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		double all = (double)(list[i].problems + list[i].notes);

		most = all > most ? all : most;
		with_notes = with_notes || list[i].notes > 0;
	}
	html_section(out, "columns", "Columns with problems");
	fprintf(out,
	    "<table class=\"columns\"><thead><tr><th scope=\"col\">Column"
	    "</th><th scope=\"col\" class=\"n\">Problems</th>%s<td></td></tr>"
	    "</thead>\n<tbody>\n",
	    with_notes ? "<th scope=\"col\" class=\"n\">Notes</th>" : "");
	for (size_t i = 0; i < n && i < COLUMNS_SHOWN; i++)
		put_column(out, &list[i], most, with_notes);
	fputs("</tbody></table>\n", out);
	if (n > COLUMNS_SHOWN)
		fprintf(out, "<p class=\"rest\">and %zu more columns</p>\n",
		    n - COLUMNS_SHOWN);
	fputs("</section>\n", out);
}

void
html_columns(FILE *out, const struct run_report *r)
{
	struct column *list;
	size_t n;

	if (!r->groups || r->groups->count == 0)
		return;
	list = xcalloc(r->groups->count, sizeof(*list));
	n = collect_columns(r->groups, list);
	if (n > 0)
		put_columns(out, list, n);
	free(list);
}

static void
put_hazard(FILE *out, const struct run_report *r, const struct hazard *h,
    bool is_first)
{
	struct text name = {NULL, 0};
	char cell[24];

	html_put(out,
	    "<tr><td class=\"n\"><b class=\"big\">%" PRIu64
	    "</b> %s%s</td><td><p class=\"cause\">",
	    h->count, h->column >= 0 ? "cell" : "row",
	    h->count == 1 ? "" : "s");
	if (r->header && r->header->row > 0 && h->column >= 0 &&
	    (size_t)h->column < r->header->count)
		name = r->header->names[h->column];
	if (h->column >= 0)
		put_column_name(out, h->column, name);
	html_put(out, "%s <code>%s</code></p><ul class=\"examples\">",
	    hazard_title(h->kind), hazard_code(h->kind));
	for (size_t i = 0; i < h->cell_count; i++) {
		const struct hazard_cell *c = &h->cells[i];

		if (c->column >= 0)
			problem_cell(c->column, c->row, cell);
		else
			snprintf(cell, sizeof(cell), "row %" PRIu64, c->row);
		fprintf(out, "<li><b class=\"cell\">%s</b> <q>", cell);
		html_bdi(out, (struct text){c->value, c->value_len}, 0);
		fprintf(out, "%s</q></li>", c->is_cut ? "\xE2\x80\xA6" : "");
	}
	fputs("</ul>", out);
	if (is_first)
		html_put(
		    out, "<p class=\"fix\">%s</p>", hazard_advice(h->kind));
	fputs("</td></tr>\n", out);
}

/* The advice of a kind is given once. */
static bool
is_first_of_kind(const struct run_report *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (r->hazards[k].kind == r->hazards[i].kind)
			return false;
	return true;
}

void
html_hazards(FILE *out, const struct run_report *r)
{
	if (r->hazard_count == 0)
		return;
	html_section(out, "hazards", "What looks damaged in the file");
	fputs("<p>Suspicions, not problems: no row was rejected for one.</p>\n"
	      "<table class=\"groups\"><thead class=\"off\"><tr>"
	      "<th scope=\"col\">Count</th><th scope=\"col\">Suspicion</th>"
	      "</tr></thead>\n<tbody>\n",
	    out);
	for (size_t i = 0; i < r->hazard_count; i++)
		put_hazard(out, r, &r->hazards[i], is_first_of_kind(r, i));
	fputs("</tbody></table>\n</section>\n", out);
}
