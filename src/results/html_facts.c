/* SPDX-License-Identifier: MIT */
/*
 * The table of failed rows, and all that one asks for months later: which
 * file, which mapping, which settings, and that these are the very bytes.
 */
#include "chakra/contact.h"
#include "failed_rows.h"
#include "html.h"
#include "html_sections.h"
#include "report/terminal.h"

#include <inttypes.h>
#include <string.h>

static void
put_failed_words(
    FILE *out, const struct run_report *r, const struct failed_rows_counts *c)
{
	uint64_t unknown = outcome_counts_of(&r->accounts.rows, TRAIT_LOST);
	const char *others = unknown > 0    ? "the rejected and refused ones"
			     : c->rows == 1 ? "it"
					    : "them";

	fputs(c->rows > c->rows_shown ? "<p>The first " : "<p>All ", out);
	html_count(out, c->rows_shown);
	if (c->rows > c->rows_shown) {
		fputs(" of ", out);
		html_count(out, c->rows);
	}
	fprintf(out, " row%s that failed, one line per problem.",
	    c->rows == 1 ? "" : "s");
	if (c->rows > c->rows_shown)
		fprintf(out, " All are in <code>%s</code>.",
		    own_files_name(
			r->files, r->dry_run ? OWN_REASONS : OWN_RESULTS));
	if (c->rows > unknown)
		fprintf(out,
		    " <code>to-fix.csv</code> has %s for a spreadsheet.",
		    others);
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
begin_fact(FILE *out, const char *name)
{
	fprintf(out, "<div><dt>%s</dt><dd>", name);
}

static void
fact(FILE *out, const char *name, const char *value)
{
	if (!value || value[0] == '\0')
		return;
	begin_fact(out, name);
	html_bdi(out, text_of(value), 0);
	fputs("</dd></div>\n", out);
}

static void
hash_fact(FILE *out, const char *name, const char *hex)
{
	if (!hex || hex[0] == '\0')
		return;
	begin_fact(out, name);
	fprintf(out, "<code class=\"hash\">%s</code></dd></div>\n", hex);
}

static void
put_input(FILE *out, const struct run_report *r)
{
	char text[48];

	fputs("<h3>Input</h3>\n<dl>\n", out);
	fact(out, "file", r->input_name);
	begin_fact(out, "size");
	fputs(page_bytes(r->input_bytes, text), out);
	if (r->input_bytes >= 1000) {
		fputs(" (", out);
		html_count(out, r->input_bytes);
		fputs(" bytes)", out);
	}
	if (r->compression && strcmp(r->compression, "none") != 0) {
		fputs(", out of ", out);
		html_str(out, r->compression);
	}
	fputs("</dd></div>\n", out);
	hash_fact(out, "SHA-256", r->input_sha256);
	if (r->encoding) {
		begin_fact(out, "encoding");
		html_str(out, r->encoding);
		fputs(" (", out);
		html_str(out, r->encoding_evidence);
		fputs(")</dd></div>\n", out);
	}
	begin_fact(out, "form");
	fprintf(out, "%zu column%s, delimiter ", r->columns,
	    r->columns == 1 ? "" : "s");
	if (r->dialect.delimiter == '\t') {
		fputs("tab", out);
	} else {
		fputs("<code>", out);
		html_text(out, (struct text){&r->dialect.delimiter, 1}, 0);
		fputs("</code>", out);
	}
	fputs(r->dialect.has_header ? ", with a header" : ", no header", out);
	fputs(r->unclosed_quote ? ", a quote never closes" : "", out);
	fputs("</dd></div>\n</dl>\n", out);
}

static void
put_target(FILE *out, const struct run_report *r)
{
	fputs("<h3>Mapping and target</h3>\n<dl>\n", out);
	fact(out, "mapping", r->mapping_file);
	hash_fact(out, "SHA-256", r->mapping_sha256);
	for (size_t i = 0; i < r->table_count; i++) {
		fact(out, "lookup table", r->tables[i].file);
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
	fact(out, "a retry of", r->parent);
	fact(out, "folder", r->folder);
	for (size_t i = 0; i < r->part_count; i++) {
		const struct run_part *p = &r->parts[i];

		begin_fact(out, i == 0 ? "began" : "went on");
		html_str(out, p->command);
		fputs(", ", out);
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

		fputs("<tr><th scope=\"row\">", out);
		html_str(out, s->name);
		fputs("</th><td>", out);
		html_bdi(out, text_of(s->value), 200);
		fputs("</td><td>", out);
		html_str(out, s->from);
		fputs("</td></tr>\n", out);
	}
	fputs("<tr><th scope=\"row\">token</th><td colspan=\"2\">never written "
	      "to any file</td></tr>\n</tbody></table>\n",
	    out);
}

static void
put_file(FILE *out, const struct run_report *r, enum own_file which,
    const char *words)
{
	fprintf(out, "<div><dt><code>%s</code></dt><dd>%s</dd></div>\n",
	    own_files_name(r->files, which), words);
}

static void
put_files(FILE *out, const struct run_report *r)
{
	uint64_t failed = outcome_counts_of(&r->accounts.rows, TRAIT_FAILED);

	if (!r->folder)
		return;
	fputs("<h3>Files beside this page</h3>\n<dl>\n", out);
	if (r->has_row_files && failed > 0) {
		put_file(out, r, OWN_TO_FIX,
		    "the failed rows for a spreadsheet, each with what is "
		    "wrong");
		put_file(out, r, OWN_REJECTED,
		    "the same rows, byte for byte as they came");
		put_file(
		    out, r, OWN_REASONS, "what is wrong, one line per problem");
	}
	if (r->has_row_files && !r->dry_run)
		put_file(out, r, OWN_RESULTS, "what happened to each row");
	put_file(out, r, OWN_JSON, "this report and all calls, for programs");
	if (!r->dry_run)
		fputs("<div><dt><code>mapping.yaml</code></dt><dd>the mapping "
		      "as it was read</dd></div>\n",
		    out);
	fputs("</dl>\n", out);
	if (r->has_row_files && failed > 0 && r->reading_options &&
	    r->reading_options[0] != '\0') {
		fputs("<p>To read rejected.csv again, add <code>", out);
		html_str(out, r->reading_options);
		fputs("</code></p>\n", out);
	}
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
