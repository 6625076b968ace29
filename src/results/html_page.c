/* SPDX-License-Identifier: MIT */
/*
 * report.html: the frame, the verdict and the next command. The page loads
 * nothing from anywhere: its Content-Security-Policy allows one script and one
 * style, by their hashes, and nothing else. Without the script everything can
 * be read; with it the table of failed rows can be searched and sorted and the
 * command copied.
 */
#include "html.h"
#include "html_sections.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <string.h>

/* page.css and page.js, see the makefile. */
extern const struct text asset_page_css, asset_page_js;

struct status {
	const char *style, *word;
};

static struct status
status_of(const struct run_report *r)
{
	if (!r->balanced)
		return (struct status){"bad", "The books do not balance"};
	if (r->stopped_by)
		return (struct status){"bad", "Stopped"};
	if (r->accounts.rows_read == 0 && r->exit_status == 0)
		return (struct status){"good", "Nothing to import"};
	if (r->exit_status == 0)
		return (struct status){"good", r->dry_run ? "Ready to import"
					       : r->limited
						   ? "Complete up to the limit"
						   : "Complete"};
	if (outcome_counts_of(&r->accounts.rows, TRAIT_LOST) > 0)
		return (struct status){"warn", "Some rows are unknown"};
	return (struct status){
	    "warn", r->dry_run ? "To be fixed first" : "Some rows failed"};
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] != '\0' ? slash + 1 : path;
}

void
html_head(FILE *out, const struct run_report *r, const char *verdict)
{
	fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n"
	      "<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" "
	      "content=\"default-src 'none'; style-src ",
	    out);
	html_csp_hash(out, asset_page_css);
	fputs("; script-src ", out);
	html_csp_hash(out, asset_page_js);
	html_put(out,
	    "; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"generator\" content=\"csv2chakra %s\">\n<title>",
	    r->program_version);
	if (r->input_name)
		html_put(out, "%s: ", base_name(r->input_name));
	html_put(out, "%s</title>\n<style>", verdict);
	fwrite(asset_page_css.s, 1, asset_page_css.len, out);
	fputs("</style>\n</head>\n<body>\n", out);
}

/* The command that began it. */
static const char *
what_it_was(const struct run_report *r)
{
	const char *command = r->part_count > 0 ? r->parts[0].command : "";

	return strcmp(command, "undo") == 0    ? "Undo"
	       : strcmp(command, "retry") == 0 ? "Retry"
					       : "Import";
}

void
html_verdict(FILE *out, const struct run_report *r, const char *verdict)
{
	struct status s = status_of(r);
	int64_t ms = run_report_worked_ms(r);
	char text[48];

	html_put(out,
	    "<header class=\"top %s\">\n<p class=\"status\"><svg "
	    "aria-hidden=\"true\" viewBox=\"0 0 16 16\" class=\"icon\">"
	    "<path d=\"%s\"/></svg>%s</p>\n<h1>%s</h1>\n<p class=\"sub\">"
	    "<span>%s</span>",
	    s.style,
	    strcmp(s.style, "good") == 0   ? "M3 8.5l3.5 3.5L13 4.5"
	    : strcmp(s.style, "warn") == 0 ? "M8 3v6.5M8 12.2v.3"
					   : "M4 4l8 8M12 4l-8 8",
	    s.word, verdict,
	    r->dry_run ? "Dry run, nothing was sent" : what_it_was(r));
	if (r->input_name)
		html_put(out, "<span><bdi>%.80s</bdi></span>",
		    base_name(r->input_name));
	/* A rehearsal names its own in the verdict. */
	if (r->base_url && r->procedure && !r->dry_run && !r->rehearsal)
		html_put(out, "<span>into %.80s at <bdi>%.200s</bdi></span>",
		    r->procedure, r->base_url);
	if (r->part_count > 0 && r->parts[0].started_ms > 0) {
		fputs("<span>", out);
		html_time(out, r->parts[0].started_ms);
		fputs("</span>", out);
	}
	if (ms > 0)
		html_put(out, "<span>took %s%s</span>", html_duration(ms, text),
		    r->part_count > 1 ? " in parts" : "");
	fprintf(out, "<span>exit status %d</span></p>\n", r->exit_status);
}

/* A command with characters that would not be seen cannot be copied from
 * what is shown. */
static bool
is_plain(struct text t)
{
	struct buf shown = BUF_INIT(0);
	bool plain;

	text_display(&shown, t, 0);
	plain = text_is(t, buf_str(&shown));
	buf_release(&shown);
	return plain;
}

static void
put_next(FILE *out, const struct run_report *r)
{
	struct buf command = BUF_INIT(0), words = BUF_INIT(0);

	run_report_next(r, &command);
	if (command.len > 0) {
		struct text t = buf_text(&command);

		run_report_next_words(r, t.s, &words);
		fputs("<div class=\"next\"><h2>Next</h2>", out);
		if (words.len > 0)
			html_put(out, "<p>%s</p>", buf_str(&words));
		html_put(out,
		    "<div class=\"run\"><pre><code id=\"command\"%s>%s</code>"
		    "</pre></div></div>\n",
		    is_plain(t) ? " data-copy" : "", t.s);
	}
	buf_release(&words);
	buf_release(&command);
	fputs("</header>\n", out);
}

static void
put_would_send(FILE *out, const struct run_report *r)
{
	char rows[48], bytes[48];

	if (!r->dry_run || r->accounts.rows_read == 0)
		return;
	html_section(out, "would", "What an import would do");
	html_put(out,
	    "<p>It would send %s in %" PRIu64
	    " request%s, %s.</p>\n<p>What only ChakraHQ can check:</p>\n<ul>\n",
	    page_rows(outcome_counts_of(&r->accounts.rows, TRAIT_DUE), rows),
	    r->requests, r->requests == 1 ? "" : "s",
	    page_bytes(r->request_bytes, bytes));
	for (size_t i = 0; run_report_offline(i); i++)
		html_put(out, "<li>%s</li>\n", run_report_offline(i));
	fputs("</ul>\n</section>\n", out);
}

void
html_section(FILE *out, const char *id, const char *heading)
{
	html_put(out, "<section id=\"%s\">\n<h2>%s</h2>\n", id, heading);
}

void
html_foot(FILE *out, const struct run_report *r)
{
	html_put(out,
	    "</main>\n<footer><p>csv2chakra %s. This page loads nothing from "
	    "anywhere; it may hold cells of the input.</p></footer>\n<script>",
	    r->program_version);
	fwrite(asset_page_js.s, 1, asset_page_js.len, out);
	fputs("</script>\n</body>\n</html>\n", out);
}

int
report_html(const struct run_report *r, FILE *out, struct diag *d)
{
	struct buf verdict = BUF_INIT(0);

	run_report_verdict(r, &verdict);
	html_head(out, r, buf_str(&verdict));
	html_verdict(out, r, buf_str(&verdict));
	buf_release(&verdict);
	put_next(out, r);
	fputs("<main>\n", out);
	html_rows(out, r);
	html_problems(out, r);
	html_columns(out, r);
	html_hazards(out, r);
	if (html_timeline(out, r, d) != 0 || html_failed(out, r, d) != 0)
		return -1;
	put_would_send(out, r);
	html_facts(out, r);
	html_foot(out, r);
	return 0;
}
