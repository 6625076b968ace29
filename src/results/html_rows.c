/* SPDX-License-Identifier: MIT */
/*
 * The books as a picture: one bar that is all rows, its pieces the outcomes,
 * and the same as a table, so that no colour has to be told from another.
 */
#include "html.h"
#include "html_sections.h"

#include <inttypes.h>
#include <string.h>

/* A few rows of a million are a line that can be seen. */
#define PIECE_MIN 0.4

/* The widths of the pieces, in percent: at least PIECE_MIN each. */
static void
piece_widths(const struct run_report *r, double width[OUTCOME_COUNT])
{
	double left = 100, rows = 0;

	for (int i = 0; i < OUTCOME_COUNT; i++) {
		double n = (double)r->accounts.rows.rows[i];
		double share = 100 * n / (double)r->accounts.rows_read;

		width[i] = n > 0 && share < PIECE_MIN ? PIECE_MIN : 0;
		left -= width[i];
		rows += width[i] > 0 ? 0 : n;
	}
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		double n = (double)r->accounts.rows.rows[i];

		if (n > 0 && width[i] == 0)
			width[i] = left * n / rows;
	}
}

static const char *
tint_of(const struct run_report *r, int outcome)
{
	const struct outcome_row *row = outcome_row((enum outcome)outcome);

	return r->dry_run && row->would_tint ? row->would_tint : row->tint;
}

static void
put_bar(FILE *out, const struct run_report *r)
{
	double width[OUTCOME_COUNT], at = 0;

	piece_widths(r, width);
	fputs("<svg class=\"bar\" role=\"img\" aria-label=\"All rows by "
	      "outcome; the table below has the numbers\">\n",
	    out);
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		if (width[i] <= 0)
			continue;
		fprintf(out, "<rect class=\"o-%s\" x=\"", tint_of(r, i));
		html_percent(out, at, 100);
		fputs("\" width=\"", out);
		html_percent(out, width[i], 100);
		fputs("\" height=\"100%\"/>\n", out);
		at += width[i];
	}
	fputs("</svg>\n", out);
}

/* "70 %", "0.4 %", "< 0.1 %". */
static void
put_share(FILE *out, uint64_t n, uint64_t of)
{
	double share = 100 * (double)n / (double)of;

	if (n == of)
		fputs("100 %", out);
	else if (share < 0.1)
		fputs("&lt; 0.1 %", out);
	else if (share > 99.9)
		fputs("&gt; 99.9 %", out);
	else
		fprintf(out, "%.1f %%", share);
}

static void
put_table(FILE *out, const struct run_report *r)
{
	struct buf meaning = BUF_INIT(0);

	fputs("<table class=\"outcomes\"><caption class=\"off\">Rows by "
	      "outcome</caption>\n<thead><tr><th scope=\"col\">Outcome</th>"
	      "<th scope=\"col\" class=\"n\">Rows</th><th scope=\"col\" "
	      "class=\"n\">Share</th><th scope=\"col\">Meaning</th></tr>"
	      "</thead>\n<tbody>\n",
	    out);
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		uint64_t n = r->accounts.rows.rows[i];

		if (n == 0)
			continue;
		html_put(out,
		    "<tr><th scope=\"row\"><b class=\"tag o-%s\">%s</b></th>"
		    "<td class=\"n\">%" PRIu64 "</td><td class=\"n\">",
		    tint_of(r, i), outcome_shown((enum outcome)i, r->dry_run),
		    n);
		put_share(out, n, r->accounts.rows_read);
		buf_clear(&meaning);
		run_report_meaning(r, (enum outcome)i, &meaning);
		html_put(out, "</td><td>%s</td></tr>\n", buf_str(&meaning));
	}
	html_put(out,
	    "</tbody>\n<tfoot><tr><th scope=\"row\">All</th><td "
	    "class=\"n\">%" PRIu64
	    "</td><td></td><td></td></tr></tfoot>\n</table>\n",
	    r->accounts.rows_read);
	buf_release(&meaning);
}

/* Both equations: a line that is indented by two begins a sentence, what is
 * indented more continues it. */
static void
put_books(FILE *out, const struct run_report *r)
{
	struct buf text = BUF_INIT(0);
	const char *line;
	bool is_open = false;

	accounts_text(&r->accounts, r->dry_run, &text);
	for (line = buf_str(&text); *line != '\0';) {
		size_t len = strcspn(line, "\n");
		size_t from = strspn(line, " "), name;

		/* "rows    10 read": the name of the equation. */
		name = strcspn(line + from, " ");
		if (from <= 2) {
			fputs(is_open ? "</p>\n<p>" : "<p>", out);
			is_open = true;
		} else {
			putc(' ', out);
		}
		if (from <= 2 && strncmp(line + from + name, "  ", 2) == 0) {
			fprintf(out, "<b>%.*s</b>", (int)name, line + from);
			from += name;
		}
		html_text(out, (struct text){line + from, len - from}, 0);
		line += len + (line[len] == '\n');
	}
	fputs(is_open ? "</p>\n" : "", out);
	buf_release(&text);
}

void
html_rows(FILE *out, const struct run_report *r)
{
	html_section(
	    out, "rows", r->balanced ? "Every row is accounted for" : "Rows");
	if (r->accounts.rows_read > 0 &&
	    outcome_counts_sum(&r->accounts.rows) > 0) {
		put_bar(out, r);
		put_table(out, r);
	}
	fputs("<div class=\"books\">\n", out);
	put_books(out, r);
	fputs("</div>\n</section>\n", out);
}
