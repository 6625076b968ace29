/* SPDX-License-Identifier: MIT */
/*
 * The page of several runs: what all of them came to, then a line for each.
 * Their own pages are named, not linked: what is in a path stays text.
 */
#include "html.h"
#include "html_sections.h"

static void
put_run(FILE *out, const struct html_run *run)
{
	html_put(
	    out, "<tr><th><bdi>%s</bdi></th><td>%s", run->name, run->words);
	if (run->next && run->next[0] != '\0')
		html_put(out,
		    "<span class=\"also\">Next: <code>%s</code></span>",
		    run->next);
	if (run->folder) {
		fputs("<span class=\"also\">Its page: ", out);
		html_path(out, run->folder);
		fputs("/<wbr>report.html</span>", out);
	}
	fputs("</td></tr>\n", out);
}

void
report_html_runs(const struct run_report *sum, const char *verdict,
    const struct html_run *runs, size_t count, FILE *out)
{
	html_head(out, sum, verdict);
	html_verdict(out, sum, verdict);
	fputs("</header>\n<main>\n", out);
	html_rows(out, sum);
	html_section(out, "runs", "Run by run");
	fputs("<table class=\"runs\">\n<tbody>\n", out);
	for (size_t i = 0; i < count; i++)
		put_run(out, &runs[i]);
	fputs("</tbody>\n</table>\n</section>\n", out);
	html_foot(out, sum);
}
