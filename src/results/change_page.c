/* SPDX-License-Identifier: MIT */
/* A page of changes, for the eyes of somebody who has to agree to them. */
#include "change_page.h"

#include "base/json_read.h"
#include "html.h"
#include "html_sections.h"

#include <inttypes.h>
#include <string.h>

/* Of a value; the whole of it is in changes.csv. */
#define VALUE_CHARS 300

static void
put_value(FILE *out, const char *tag, struct text token)
{
	bool is_nothing = token.s == NULL || text_is(token, "null");

	fprintf(out, "<td><%s>", tag);
	if (is_nothing)
		fputs("<i class=\"x\">nothing</i>", out);
	else
		html_bdi(out, token, VALUE_CHARS);
	fprintf(out, "</%s></td>", tag);
}

static void
put_row(FILE *out, const struct recorded_row *row)
{
	struct buf path = BUF_INIT(0);
	struct json_walk w;
	struct text name, before;

	fputs("<tbody><tr><th colspan=\"3\" scope=\"rowgroup\"><b>", out);
	html_bdi(out, row->key, 80);
	html_put(
	    out, "</b> <span>row %" PRIu64 "</span></th></tr>\n", row->row);
	if (row->is_new)
		fputs("<tr><td colspan=\"3\">created: no process has this key"
		      "</td></tr>\n",
		    out);
	json_walk_begin(&w, row->before);
	while (json_walk_next(&w, &name, &before)) {
		buf_clear(&path);
		json_decode(name, &path);
		fputs("<tr><th scope=\"row\">", out);
		html_bdi(out, buf_text(&path), 80);
		fputs("</th>", out);
		put_value(out, "del", before);
		put_value(out, "ins", json_member(row->after, buf_str(&path)));
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n", out);
	buf_release(&path);
}

static int
put_changes(
    FILE *out, const char *csv, const char *mode, uint64_t rows, struct diag *d)
{
	struct change_reader *r = change_reader_open(csv, mode, d);
	const struct recorded_row *row;
	uint64_t n = 0;
	int got = r ? 1 : -1;

	html_section(out, "changes", "Before and after");
	if (rows > CHANGE_PAGE_ROWS)
		html_put(out,
		    "<p>The first %" PRIu64 " of %" PRIu64
		    " rows; changes.csv has all.</p>\n",
		    (uint64_t)CHANGE_PAGE_ROWS, rows);
	fputs("<table class=\"changes\"><thead><tr><th scope=\"col\">Field</th>"
	      "<th scope=\"col\">Before</th><th scope=\"col\">After</th></tr>"
	      "</thead>\n",
	    out);
	while (got > 0 && n++ < CHANGE_PAGE_ROWS &&
	       (got = change_reader_next(r, &row, d)) > 0)
		put_row(out, row);
	fputs("</table></section>\n", out);
	change_reader_free(r);
	return got < 0 ? -1 : 0;
}

static int
count_rows(const char *csv, const char *mode, uint64_t *rows, struct diag *d)
{
	struct change_reader *r = change_reader_open(csv, mode, d);
	const struct recorded_row *row;
	int got = r ? 1 : -1;

	*rows = 0;
	while (got > 0 && (got = change_reader_next(r, &row, d)) > 0)
		++*rows;
	change_reader_free(r);
	return got;
}

static void
put_outcomes(FILE *out, const struct change_summary *s)
{
	struct buf words = BUF_INIT(0);

	html_section(out, "rows", "What an import would do");
	fputs("<table class=\"would\"><tbody>\n", out);
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		enum outcome o = (enum outcome)i;
		const struct outcome_row *row = outcome_row(o);
		uint64_t n = s->rows->rows[o];

		if (n == 0 && !change_is_verbs(s->mode, o))
			continue;
		buf_clear(&words);
		if (row->would_mean[0] != '\0')
			outcome_say(&words, row->would_mean, s->service);
		html_put(out,
		    "<tr><th scope=\"row\"><b class=\"tag o-%s\">%s</b></th>"
		    "<td class=\"n\">%" PRIu64 "</td><td>%s</td></tr>\n",
		    row->tint, outcome_shown(o, true), n, buf_str(&words));
	}
	fputs("</tbody></table></section>\n", out);
	buf_release(&words);
}

static void
add_verdict(const struct change_summary *s, struct buf *out)
{
	const struct change_tally *t = s->tally;
	char number[32];

	if (t->changed + t->created == 0)
		buf_adds(out, "Nothing would change");
	if (t->created > 0)
		buf_addf(out, "%s row%s would be created",
		    text_count(t->created, number), t->created == 1 ? "" : "s");
	if (t->changed > 0)
		buf_addf(out, "%s%s row%s would change",
		    t->created > 0 ? ", " : "", text_count(t->changed, number),
		    t->changed == 1 ? "" : "s");
}

int
change_page(
    FILE *out, const char *csv, const struct change_summary *s, struct diag *d)
{
	struct run_report r = {
	    .input_name = s->input, .program_version = CSV2CHAKRA_VERSION};
	struct buf verdict = BUF_INIT(0);
	uint64_t rows;
	char number[32];
	int ret;

	if (count_rows(csv, s->mode, &rows, d))
		return -1;
	if (s->way_back_of != NULL)
		buf_addf(&verdict, "%s row%s of run %s %s back",
		    text_count(rows, number), rows == 1 ? "" : "s",
		    s->way_back_of, rows == 1 ? "goes" : "go");
	else
		add_verdict(s, &verdict);
	html_head(out, &r, buf_str(&verdict));
	html_put(out,
	    "<header class=\"top good\">\n<h1>%s</h1>\n<p class=\"sub\">"
	    "<span>Nothing was sent</span><span><bdi>%.80s</bdi></span>"
	    "<span>procedure %.80s</span><span>%.200s</span></p>\n</header>\n"
	    "<main>\n",
	    buf_str(&verdict), s->input, s->procedure, s->base_url);
	buf_release(&verdict);
	if (s->rows != NULL)
		put_outcomes(out, s);
	ret = rows > 0 ? put_changes(out, csv, s->mode, rows, d) : 0;
	html_foot(out, &r);
	return ret;
}
