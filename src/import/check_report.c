/* SPDX-License-Identifier: MIT */
/*
 * The answer of `check MAPPING CSV`. The report itself is report/'s; here its
 * facts are collected and the format is chosen.
 */
#include "check_report.h"

#include "answer.h"
#include "base/json_write.h"
#include "base/text.h"
#include "import/import.h"
#include "plan/settings.h"
#include "plan/plan.h"
#include "run_books.h"
#include "run_settings.h"
#include "system/screen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void
check_fill_report(struct dry_run *r, const char *mapping_path)
{
	const struct plan *p = &r->plan;
	const struct settings *o = &p->settings;
	struct run_report *report = &r->report;
	struct buf text = BUF_INIT(0);

	books_describe(report, p, r->reading->reader, &r->arena);
	report->dry_run = true;
	report->folder = r->tap ? r->tap->folder : o->output;
	report->has_row_files = o->output != NULL;
	report->input_name = p->csv_name;
	report->input_sha256 = p->sha256_hex[0] ? p->sha256_hex : NULL;
	report->input_bytes =
	    p->has_survey ? p->survey.bytes : report->accounts.bytes;
	report->mapping_file = mapping_path;
	settings_typed_all(o, &text);
	report->typed_options = arena_strdup(&r->arena, buf_str(&text));
	report->where = settings_where(o);
	buf_clear(&text);
	settings_shown(o, COMMAND_CHECK, &text);
	report->settings = run_settings_shown(
	    buf_str(&text), &r->arena, &report->setting_count);
	buf_release(&text);
	report->base_url = p->base_url;
	report->procedure = p->procedure;
	report->groups = &r->groups;
	/* What is tapped is not sent in these chunks. */
	report->ledger = r->tap ? NULL : r->ledger;
	report->limit = o->limit;
	report->rate_per_s =
	    rate_share_of(o->submit.rate_per_s, o->submit.rate_share);
	if (r->keys)
		report->next_command = r->keys->next;
	/* Without a row to send there is nothing to import. */
	if (r->tap && outcome_counts_of(&report->accounts.rows, TRAIT_DUE) > 0)
		report->next_command = report->stopped_by
					   ? r->tap->same_command
					   : r->tap->next_command;
	report->hazards = hazards_finish(r->hazards, &report->hazard_count);
	report->header = reader_header(r->reading->reader);
}

int
check_print_report(struct dry_run *r, struct diag *d)
{
	const struct settings *o = &r->told;

	r->report.failed = r->files ? row_files_failed(r->files) : NULL;
	if (o->output && report_files_write(&r->report, o->output,
			     row_files_own(r->files), r->files, d) < 0)
		return -1;
	return answer_report(&r->audience, &r->report, o, d);
}

/* What kept the rows from being read, unless the mapping's own mistakes say
 * it. */
static void
add_run_error(struct plan *p, const struct diag *d)
{
	struct diagnostic *x;

	if (p->diagnostics.errors > 0)
		return;
	x = diagnostics_add(&p->diagnostics, SEVERITY_ERROR,
	    *d->code		    ? d->code
	    : d->kind == DIAG_INPUT ? "input.unreadable"
				    : "usage",
	    *d->file ? d->file : p->csv_name, d->line, d->column, "%s",
	    d->message);
	if (*d->help)
		diagnostics_help(&p->diagnostics, x, "%s", d->help);
}

void
check_tell_diagnostics(struct plan *p, const struct settings *o,
    const char *mapping_path, const struct run_audience *to,
    const struct diag *d)
{
	const struct run_answer answer = {.diagnostics = &p->diagnostics};
	struct buf out = BUF_INIT(0);
	struct diag ignored = DIAG_INIT;

	if (o->format == FORMAT_TEXT) {
		show_diagnostics(p, o, mapping_path, to->shown);
		return;
	}
	add_run_error(p, d);
	if (o->format == FORMAT_GITHUB) {
		diagnostics_github(&p->diagnostics, &out);
		(void)answer_write(&out, &ignored);
	} else if (to->take) {
		(void)to->take(to->ctx, &answer, &ignored);
	} else {
		json_object(&out, NULL);
		json_string(&out, "schema", "csv2chakra.check/1");
		json_string(&out, "mapping", mapping_path);
		json_bool(&out, "ok", false);
		json_name(&out, "diagnostics");
		diagnostics_json(&p->diagnostics, &out);
		json_end_object(&out);
		buf_addc(&out, '\n');
		(void)answer_write_json(&out, &ignored);
	}
	buf_release(&out);
}
