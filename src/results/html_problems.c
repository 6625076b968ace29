/* SPDX-License-Identifier: MIT */
/*
 * Problems by cause with examples, the columns that suffer from them, and the
 * hazards of a dry run. The texts of groups were made fit to be shown when
 * they were collected.
 */
#include "base/xalloc.h"
#include "html.h"
#include "html_sections.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_PER_KIND 100
#define COLUMNS_SHOWN 30

static void
put_where(FILE *out, const struct problem_group *x)
{
	char letters[8];

	if (x->column >= 0) {
		text_column_letters((size_t)x->column, letters);
		fputs("<span class=\"col\">column ", out);
		if (x->column_name && x->column_name[0] != '\0') {
			fputs("<b>", out);
			html_bdi(out, text_of(x->column_name), 0);
			fprintf(out, "</b> (%s)</span> ", letters);
		} else {
			fprintf(out, "<b>%s</b></span> ", letters);
		}
	}
	if (x->names_field) {
		fputs("<span class=\"col\">field <b>", out);
		html_bdi(out, text_of(x->fields), 0);
		fputs("</b></span> ", out);
	}
}

static void
put_examples(FILE *out, const struct problem_group *x)
{
	if (x->example_count == 0)
		return;
	fputs("<ul class=\"examples\">", out);
	for (size_t i = 0; i < x->example_count; i++) {
		const struct problem_example *e = &x->examples[i];

		fputs("<li>", out);
		if (e->cell[0] != '\0')
			fprintf(out, "<b class=\"cell\">%s</b>", e->cell);
		else
			fprintf(out, "<b class=\"cell\">row %" PRIu64 "</b>",
			    e->row);
		if (e->value && e->value[0] != '\0') {
			fputs(" <q>", out);
			html_bdi(out, text_of(e->value), 0);
			fputs("</q>", out);
		}
		fputs("</li>", out);
	}
	if (x->problems > x->example_count) {
		fputs("<li class=\"more\">and ", out);
		html_count(out, x->problems - x->example_count);
		fputs(" more</li>", out);
	}
	fputs("</ul>", out);
}

static void
put_group(FILE *out, const struct problem_group *x)
{
	const char *words = x->message && x->message[0] ? x->message
			    : x->code[0]		? x->code
							: "no reason was given";

	fputs("<tr><td class=\"n\"><b class=\"big\">", out);
	html_count(out, x->rows);
	fprintf(out, "</b> row%s</td><td>", x->rows == 1 ? "" : "s");
	fputs("<p class=\"cause\">", out);
	put_where(out, x);
	fputs(x->varied ? "e.g. " : "", out);
	html_bdi(out, text_of(words), 0);
	if (x->code[0] != '\0') {
		fputs(" <code>", out);
		html_str(out, x->code);
		fputs("</code>", out);
	}
	fputs("</p>", out);
	put_examples(out, x);
	if (x->hint && x->hint[0] != '\0') {
		fputs("<p class=\"fix\">", out);
		html_bdi(out, text_of(x->hint), 0);
		fputs("</p>", out);
	}
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
	fprintf(out, "<h3 class=\"kind k-%s\">",
	    kind == GROUP_NOTE ? "note"
			       : outcome_row((enum outcome)kind)->tint);
	html_str(out, buf_str(&heading));
	buf_release(&heading);
	fputs("</h3>\n<table class=\"groups\"><thead class=\"off\"><tr>"
	      "<th scope=\"col\">Rows</th><th scope=\"col\">Cause</th></tr>"
	      "</thead>\n<tbody>\n",
	    out);
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
	fprintf(
	    out, "<tr><th scope=\"row\"><b class=\"cell\">%s</b> ", letters);
	if (c->name)
		html_bdi(out, text_of(c->name), 0);
	fputs("</th><td class=\"n\">", out);
	html_count(out, c->problems);
	if (with_notes) {
		fputs("</td><td class=\"n\">", out);
		html_count(out, c->notes);
	}
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
put_hazard(FILE *out, const struct run_report *r, const struct hazard *h)
{
	char letters[8], cell[24];

	fputs("<tr><td class=\"n\"><b class=\"big\">", out);
	html_count(out, h->count);
	fprintf(out, "</b> %s%s</td><td><p class=\"cause\">",
	    h->column >= 0 ? "cell" : "row", h->count == 1 ? "" : "s");
	if (h->column >= 0) {
		text_column_letters((size_t)h->column, letters);
		fputs("<span class=\"col\">column ", out);
		if (r->header && r->header->row > 0 &&
		    (size_t)h->column < r->header->count) {
			fputs("<b>", out);
			html_bdi(out, r->header->names[h->column], 60);
			fprintf(out, "</b> (%s)</span> ", letters);
		} else {
			fprintf(out, "<b>%s</b></span> ", letters);
		}
	}
	html_str(out, hazard_title(h->kind));
	fprintf(out, " <code>%s</code></p><ul class=\"examples\">",
	    hazard_code(h->kind));
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
	fputs("</ul><p class=\"fix\">", out);
	html_str(out, hazard_advice(h->kind));
	fputs("</p></td></tr>\n", out);
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
		put_hazard(out, r, &r->hazards[i]);
	fputs("</tbody></table>\n</section>\n", out);
}
