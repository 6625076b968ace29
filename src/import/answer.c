/* SPDX-License-Identifier: MIT */
/* A quiet command says nothing when all is well, but a dry run that is asked
 * for JSON gives its answer always. */
#include "answer.h"

#include "base/buf.h"
#include "base/text.h"
#include "import/run_facts.h"
#include "system/atomic_file.h"
#include "system/log.h"
#include "system/screen.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The page that was just written: its rows are in it and nowhere else. */
static int
copy_page(const struct own_files *own, FILE *out, struct diag *d)
{
	char *path = own_files_path(own, OWN_PAGE);
	int ret = file_pour(path, out, DIAG_DISK, d);

	free(path);
	return ret;
}

static int
print_stream(
    const struct run_report *r, const struct settings *o, struct diag *d)
{
	if (o->format == FORMAT_JSON ? report_json(r, o->calls, stdout, d)
				     : copy_page(r->files, stdout, d))
		return -1;
	return answer_flush(d);
}

static void
github_groups(const struct run_report *r, struct buf *out)
{
	const struct problem_group *sorted[GROUPS_MAX + 1];
	size_t count = problem_groups_sorted(
	    r->groups, OUTCOME_REJECTED, sorted, GROUPS_MAX + 1);

	for (size_t i = 0; i < count; i++) {
		const struct problem_group *g = sorted[i];
		uint64_t line = g->example_count > 0 ? g->examples[0].line : 1;

		buf_adds(out, "::error file=");
		screen_github(out, r->input_name, true);
		buf_addf(out, ",line=%" PRIu64 ",title=%s::", line, g->code);
		buf_addf(out, "%" PRIu64 " row%s: ", g->rows,
		    g->rows == 1 ? "" : "s");
		if (g->column_name && g->column_name[0] != '\0') {
			buf_adds(out, "column \"");
			screen_github(out, g->column_name, false);
			buf_adds(out, "\": ");
		}
		screen_github(out, g->message ? g->message : "", false);
		buf_addc(out, '\n');
	}
}

int
answer_report(const struct run_audience *to, const struct run_report *r,
    const struct settings *o, struct diag *d)
{
	const struct run_answer answer = {.report = r};
	bool is_json = o->format == FORMAT_JSON;
	struct buf text = BUF_INIT(1 << 24);
	int ret;

	if (to->take)
		return to->take(to->ctx, &answer, d);
	if (o->quiet && r->exit_status == 0 && !(is_json && r->dry_run))
		return 0;
	if (is_json || o->format == FORMAT_HTML)
		return print_stream(r, o, d);
	if (o->format == FORMAT_GITHUB)
		github_groups(r, &text);
	else
		report_text(r, settings_colour(o, STDOUT_FILENO), &text);
	ret = answer_write(&text, d);
	buf_release(&text);
	return ret;
}

/* What the run that imported the input before has in its books. */
static int
load_earlier(const struct run *run, struct accounts *a, struct diag *d)
{
	struct ledger_totals totals;
	struct pruned_run stub;
	struct ledger *l;
	int got = run_pruned_read(run, &stub, d);

	*a = (struct accounts){.bytes = run_identity(run)->input_bytes};
	if (got > 0) {
		a->rows = stub.rows;
		a->rows_read = outcome_counts_sum(&stub.rows);
	}
	if (got != 0)
		return got < 0 ? -1 : 0;
	l = run_ledger_open(run, true, false, d);
	got =
	    l != NULL && ledger_totals(l, &totals, d) == 0 &&
		    run_meta_number(l, META_ROWS_READ, 0, &a->rows_read, d) == 0
		? 0
		: -1;
	if (got == 0)
		a->rows = totals.outcomes;
	ledger_free(l);
	return got;
}

/* Metrics say what is so, not what was done: a file that has not changed has
 * the rows that it had. */
static void
measure_earlier(
    struct run_metrics *m, const char *run_id, const struct settings *o)
{
	struct diag ignored = DIAG_INIT;
	char *dir =
	    m && run_id ? runs_dir_default(o->runs_dir, &ignored) : NULL;
	struct run *run = dir ? run_open(dir, run_id, &ignored) : NULL;
	struct accounts a;

	if (run && load_earlier(run, &a, &ignored) == 0)
		metrics_take_earlier(m, &a, run_identity(run));
	run_free(run);
	free(dir);
}

int
answer_nothing(const struct run_audience *to, const struct run_answer *a,
    const struct settings *o, struct diag *d)
{
	struct buf text = BUF_INIT(8192);
	int ret = 0;

	measure_earlier(to->metrics, a->run_id, o);
	if (to->take)
		return to->take(to->ctx, a, d);
	if (a->is_unknown) {
		buf_adds(&text, "csv2chakra: ");
		text_display(&text, text_of(a->words), 0);
		buf_addf(&text, "\n  help: %s\n", a->next);
		log_words(LOG_ERROR, buf_str(&text));
	} else if (!o->quiet) {
		buf_addf(&text, "nothing to do: %s\n", a->words);
		ret = answer_write(&text, d);
	}
	buf_release(&text);
	return ret;
}
