/* SPDX-License-Identifier: MIT */
/*
 * The table of failed rows, and all that is asked for months later: which file,
 * which mapping, which settings, and that these are the very bytes.
 */
#include "chakra/contact.h"
#include "failed_rows.h"
#include "html.h"
#include "html_sections.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <string.h>

/* The name of a file beside the page, which opens it. */
static void
put_file(FILE *out, const struct run_report *r, enum own_file which)
{
	const char *name = own_files_name(r->files, which);

	if (r->folder)
		html_put(out, "<a href=\"%s\"><code>%s</code></a>", name, name);
	else
		html_put(out, "<code>%s</code>", name);
}

static void
put_failed_words(
    FILE *out, const struct run_report *r, const struct failed_rows_counts *c)
{
	uint64_t unknown = outcome_counts_of(&r->accounts.rows, TRAIT_LOST);
	const char *others = unknown > 0    ? "the rejected and refused ones"
			     : c->rows == 1 ? "it"
					    : "them";
	bool has_more = c->rows > c->rows_shown;

	html_put(out, "<p>%s %" PRIu64, has_more ? "The first" : "All",
	    c->rows_shown);
	if (has_more)
		html_put(out, " of %" PRIu64, c->rows);
	html_put(out, " row%s that failed, one line per problem.",
	    c->rows == 1 ? "" : "s");
	if (has_more) {
		fputs(" All are in ", out);
		put_file(out, r, r->dry_run ? OWN_REASONS : OWN_RESULTS);
		fputc('.', out);
	}
	if (c->rows > unknown) {
		fputc(' ', out);
		put_file(out, r, OWN_TO_FIX);
		html_put(out, " has %s for a spreadsheet.", others);
	}
	fputs("</p>\n", out);
}

int
html_failed(FILE *out, const struct run_report *r, struct diag *d)
{
	struct failed_rows_counts c;

	if (!r->failed)
		return 0;
	c = failed_rows_counts(r->failed);
	if (c.rows == 0)
		return 0;
	html_section(out, "failed", "The rows that failed");
	put_failed_words(out, r, &c);
	/* The script shows the tools that are of no use without it. */
	fputs(
	    "<div class=\"tools\" hidden><label for=\"find\">Find</label>"
	    "<input id=\"find\" type=\"search\" autocomplete=\"off\" "
	    "spellcheck=\"false\"><p id=\"found\" role=\"status\"></p></div>\n",
	    out);
	fprintf(out,
	    "<table id=\"failures\" class=\"failures%s\"><caption "
	    "class=\"off\">"
	    "Rows that failed</caption>\n<thead><tr>"
	    "<th scope=\"col\" data-k=\"n\">Row</th>"
	    "<th scope=\"col\">Key</th>"
	    "<th scope=\"col\" data-k=\"c\">Cell</th>"
	    "<th scope=\"col\">Column</th><th scope=\"col\">Value</th>"
	    "<th scope=\"col\">Problem</th><th scope=\"col\">Outcome</th>"
	    "</tr></thead>\n<tbody>\n",
	    c.has_keys ? "" : " keyless");
	if (failed_rows_copy(r->failed, out, d) != 0)
		return -1;
	fputs("</tbody></table>\n</section>\n", out);
	return 0;
}

static void
fact(FILE *out, const char *name, const char *value)
{
	if (value && value[0] != '\0')
		html_put(out, "<div><dt>%s</dt><dd><bdi>%s</bdi></dd></div>\n",
		    name, value);
}

static void
path_fact(FILE *out, const char *name, const char *path)
{
	if (path == NULL || path[0] == '\0')
		return;
	html_put(out, "<div><dt>%s</dt><dd>", name);
	html_path(out, path);
	fputs("</dd></div>\n", out);
}

static void
hash_fact(FILE *out, const char *name, const char *hex)
{
	if (hex && hex[0] != '\0')
		html_put(out,
		    "<div><dt>%s</dt><dd><code class=\"hash\">%s</code></dd>"
		    "</div>\n",
		    name, hex);
}

static void
put_input(FILE *out, const struct run_report *r)
{
	char text[48], delimiter[2] = {r->dialect.delimiter, '\0'};

	fputs("<h3>Input</h3>\n<dl>\n", out);
	path_fact(out, "file", r->input_name);
	html_put(
	    out, "<div><dt>size</dt><dd>%s", page_bytes(r->input_bytes, text));
	if (r->input_bytes >= 1000)
		html_put(out, " (%" PRIu64 " bytes)", r->input_bytes);
	if (r->compression && strcmp(r->compression, "none") != 0)
		html_put(out, ", out of %s", r->compression);
	fputs("</dd></div>\n", out);
	hash_fact(out, "SHA-256", r->input_sha256);
	if (r->encoding)
		html_put(out, "<div><dt>encoding</dt><dd>%s (%s)</dd></div>\n",
		    r->encoding, r->encoding_evidence);
	/* An undo reads nothing of it. */
	if (r->is_undo) {
		fputs("</dl>\n", out);
		return;
	}
	html_put(out, "<div><dt>form</dt><dd>%zu column%s, delimiter ",
	    r->columns, r->columns == 1 ? "" : "s");
	if (r->dialect.delimiter == '\t')
		fputs("tab", out);
	else
		html_put(out, "<code>%s</code>", delimiter);
	fputs(r->dialect.has_header ? ", with a header" : ", no header", out);
	fputs(r->unclosed_quote ? ", a quote never closes" : "", out);
	fputs("</dd></div>\n</dl>\n", out);
}

static void
put_target(FILE *out, const struct run_report *r)
{
	fputs("<h3>Mapping and target</h3>\n<dl>\n", out);
	path_fact(out, "mapping", r->mapping_file);
	hash_fact(out, "SHA-256", r->mapping_sha256);
	for (size_t i = 0; i < r->table_count; i++) {
		path_fact(out, "lookup table", r->tables[i].file);
		hash_fact(out, "SHA-256", r->tables[i].sha256);
	}
	fact(out, "procedure", r->procedure);
	fact(out, "address", r->base_url);
	fact(out, "program", r->program_version);
	fputs("</dl>\n", out);
}

/* What the service showed where ChakraHQ's pages are silent. */
static void
put_service(FILE *out, const struct run_report *r)
{
	struct buf words = BUF_INIT(0);

	fputs("<h3>Service</h3>\n<dl>\n", out);
	for (int i = 0; i < CONTACT_FINDINGS; i++) {
		buf_clear(&words);
		contact_group_words(
		    r->contact, (enum contact_finding)i, &words);
		if (words.len > 0)
			fact(out,
			    contact_finding_title((enum contact_finding)i),
			    buf_str(&words));
	}
	for (size_t i = 0; i < r->contact->change_count; i++) {
		buf_clear(&words);
		contact_change_words(
		    r->contact, &r->contact->changes[i], &words);
		fact(out, "changed", buf_str(&words));
	}
	fputs("</dl>\n", out);
	buf_release(&words);
}

static void
put_run(FILE *out, const struct run_report *r)
{
	fputs("<h3>Run</h3>\n<dl>\n", out);
	fact(out, "id", r->run_id);
	fact(out, r->is_undo ? "takes back" : "a retry of", r->parent);
	fact(out, "undone by", r->undone_by);
	path_fact(out, "folder", r->folder);
	for (size_t i = 0; i < r->part_count; i++) {
		const struct run_part *p = &r->parts[i];

		html_put(out, "<div><dt>%s</dt><dd>%s, ",
		    i == 0 ? "began" : "went on", p->command);
		html_time(out, p->started_ms);
		if (p->ended_ms > 0) {
			fputs(" to ", out);
			html_time(out, p->ended_ms);
		} else {
			fputs(", no known end", out);
		}
		fputs("</dd></div>\n", out);
	}
	if (r->stopped_by)
		fact(out, "stopped by", r->stopped_by);
	fputs("</dl>\n", out);
}

static void
put_settings(FILE *out, const struct run_report *r)
{
	fputs("<h3>Settings</h3>\n<table class=\"settings\"><thead><tr>"
	      "<th scope=\"col\">Setting</th><th scope=\"col\">Value</th>"
	      "<th scope=\"col\">From</th></tr></thead>\n<tbody>\n",
	    out);
	for (size_t i = 0; i < r->setting_count; i++) {
		const struct run_setting *s = &r->settings[i];

		html_put(out,
		    "<tr><th scope=\"row\">%s</th><td><bdi>%.200s</bdi></td>"
		    "<td>%s</td></tr>\n",
		    s->name, s->value, s->from);
	}
	fputs("<tr><th scope=\"row\">token</th><td colspan=\"2\">never written "
	      "to any file</td></tr>\n</tbody></table>\n",
	    out);
}

static void
put_files(FILE *out, const struct run_report *r)
{
	uint64_t failed = outcome_counts_of(&r->accounts.rows, TRAIT_FAILED);
	enum own_file which;
	char words[80];

	if (!r->folder)
		return;
	fputs("<h3>Files beside this page</h3>\n<dl>\n", out);
	for (size_t i = 0; run_report_file(r, i, &which, words); i++)
		if (which != OWN_PAGE) {
			fputs("<div><dt>", out);
			put_file(out, r, which);
			html_put(out, "</dt><dd>%s</dd></div>\n", words);
		}
	if (!r->dry_run)
		fputs("<div><dt><a href=\"mapping.yaml\"><code>mapping.yaml"
		      "</code></a></dt><dd>the mapping as it was read</dd>"
		      "</div>\n",
		    out);
	fputs("</dl>\n", out);
	if (r->has_row_files && failed > 0 && r->reading_options &&
	    r->reading_options[0] != '\0')
		html_put(out,
		    "<p>To read rejected.csv again, add <code>%s</code></p>\n",
		    r->reading_options);
}

void
html_facts(FILE *out, const struct run_report *r)
{
	html_section(out, "facts", "For the record");
	fputs("<div class=\"facts\">\n<div>\n", out);
	if (r->run_id)
		put_run(out, r);
	put_input(out, r);
	put_files(out, r);
	fputs("</div>\n<div>\n", out);
	put_target(out, r);
	if (r->contact)
		put_service(out, r);
	put_settings(out, r);
	fputs("</div>\n</div>\n</section>\n", out);
}
