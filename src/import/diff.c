/* SPDX-License-Identifier: MIT */
/*
 * diff: the loop of an import whose submitter looks rows up, decides them, and
 * tells instead of sending; its ledger is gone at the end. So what it says is
 * what an import at the same moment would do.
 */
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "import/import.h"
#include "import/run_facts.h"
#include "plan/reading.h"
#include "results/row_files.h"
#include "session.h"
#include "shared_keys.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are shown; the folder has all. */
#define SHOWN_ROWS 10
#define LINE_VALUE 40

struct field_tally {
	char *path;
	uint64_t rows;
};

struct diff {
	struct session s;
	struct change_files *files; /* NULL = none are asked for */
	struct field_tally *fields;
	size_t field_count, field_cap;
	struct ledger_totals totals;
	struct outcome_counts decided;
	struct buf shown; /* the first rows that differ, as text */
	uint64_t looked, changed;
	/* Chunks as an import makes them; those that are looked up are larger,
	 * so that each lookup is full. */
	uint64_t chunk_rows, times;
	uint64_t last_chunk, chunks; /* with changes */
	uint64_t first_chunk_rows;
	const char *verb;
};

static void
count_field(struct diff *f, const char *path)
{
	for (size_t i = 0; i < f->field_count; i++)
		if (strcmp(f->fields[i].path, path) == 0) {
			f->fields[i].rows++;
			return;
		}
	ARRAY_ROOM(f->fields, f->field_count, f->field_cap);
	f->fields[f->field_count++] =
	    (struct field_tally){.path = xstrdup(path), .rows = 1};
}

/* A token as a person reads it. */
static void
show_value(struct buf *out, struct text token)
{
	if (token.s == NULL || text_is(token, "null"))
		buf_adds(out, "nothing");
	else
		text_display(out, token, LINE_VALUE);
}

/* "~ L-17 (row 18)    data.score  "105" → "110"" */
static void
show_change(struct diff *f, const struct told_row *row, const char *path,
    struct text before, struct text after, bool is_first)
{
	struct buf key = BUF_INIT(0);

	if (f->changed > SHOWN_ROWS)
		return;
	if (is_first) {
		json_decode(row->key, &key);
		buf_adds(&f->shown, "~ ");
		text_display(&f->shown, buf_text(&key), LINE_VALUE);
		buf_addf(&f->shown, " (row %" PRIu64 ")\n", row->row);
	}
	buf_adds(&f->shown, "    ");
	text_display(&f->shown, text_of(path), LINE_VALUE);
	buf_adds(&f->shown, "  ");
	show_value(&f->shown, before);
	buf_adds(&f->shown, " \xe2\x86\x92 ");
	show_value(&f->shown, after);
	buf_addc(&f->shown, '\n');
	buf_release(&key);
}

static void
tell_changed(struct diff *f, const struct told_row *row)
{
	struct json_walk w;
	struct text name, before;
	struct buf path = BUF_INIT(0);
	bool is_first = true;
	uint64_t chunk;

	f->changed++;
	chunk = row->chunk * f->times + row->index / f->chunk_rows;
	if (f->chunks == 0 || chunk != f->last_chunk)
		f->chunks++;
	f->last_chunk = chunk;
	f->first_chunk_rows += f->chunks == 1;
	json_walk_begin(&w, row->before);
	while (json_walk_next(&w, &name, &before)) {
		struct field_line line = {.row = row->row,
		    .key = row->key,
		    .process_id = row->process_id,
		    .verb = f->verb,
		    .before = before};

		buf_clear(&path);
		json_decode(name, &path);
		line.field = buf_text(&path);
		line.after = process_field(row->wanted, buf_str(&path));
		count_field(f, buf_str(&path));
		show_change(
		    f, row, buf_str(&path), before, line.after, is_first);
		is_first = false;
		if (f->files != NULL)
			change_files_add(f->files, &line);
	}
	buf_release(&path);
}

static void
tell(void *ctx, const struct told_row *row)
{
	struct diff *f = ctx;

	f->looked++;
	f->decided.rows[row->outcome]++;
	if (row->before.len > 0)
		tell_changed(f, row);
}

/* The first change of a run goes alone. */
static uint64_t
calls_of(const struct diff *f)
{
	return f->chunks + (f->first_chunk_rows > 1);
}

static void
add_fields(const struct diff *f, struct buf *out)
{
	char number[32];

	for (size_t i = 0; i < f->field_count; i++) {
		buf_adds(out, i == 0 ? "      " : " \xc2\xb7 ");
		text_display(out, text_of(f->fields[i].path), LINE_VALUE);
		buf_addf(out, " %s", text_count(f->fields[i].rows, number));
	}
}

static bool
is_verbs(const struct diff *f, enum outcome o)
{
	const char *verb = outcome_row(o)->verb;

	return verb != NULL && strcmp(verb, f->verb) == 0;
}

static void
add_outcome(const struct diff *f, enum outcome o, struct buf *out)
{
	const struct outcome_row *row = outcome_row(o);
	uint64_t n = f->totals.outcomes.rows[o];
	char number[32];

	if (n == 0 && !is_verbs(f, o))
		return;
	buf_addf(out, "%c %9s %s", row->sign, text_count(n, number),
	    outcome_shown(o, true));
	if (is_verbs(f, o)) {
		add_fields(f, out);
	} else if (row->would_mean[0] != '\0') {
		buf_adds(out, ": ");
		outcome_say(out, row->would_mean, "ChakraHQ");
	}
	buf_addc(out, '\n');
}

static void
text_answer(const struct diff *f, struct buf *out)
{
	const struct submitter_facts facts = submitter_facts(f->s.submitter);
	char a[32], b[32], c[32];

	for (int o = 0; o < OUTCOME_COUNT; o++)
		add_outcome(f, (enum outcome)o, out);
	buf_add(out, buf_str(&f->shown), f->shown.len);
	if (f->changed > SHOWN_ROWS)
		buf_addf(out, "\xe2\x80\xa6 and %s more%s\n",
		    text_count(f->changed - SHOWN_ROWS, a),
		    f->files ? ", in changes.csv" : "; -o FOLDER lists all");
	buf_addf(out, "Looked up %s row%s in %s call%s. ",
	    text_count(f->looked, a), f->looked == 1 ? "" : "s",
	    text_count(facts.lookups, b), facts.lookups == 1 ? "" : "s");
	if (f->changed == 0)
		buf_adds(out, "An import would change nothing.\n");
	else
		buf_addf(out, "An import would take about %s update call%s.\n",
		    text_count(calls_of(f), c), calls_of(f) == 1 ? "" : "s");
}

static void
json_answer(const struct diff *f, struct buf *out)
{
	const struct plan *p = &f->s.plan;
	char mapping_key[65];

	import_changes_key(p, mapping_key);
	json_object(out, NULL);
	json_string(out, "schema", CHANGES_SCHEMA);
	json_string(out, "input", p->csv_name);
	json_string(out, "input_key", p->input_key);
	json_string(out, "mapping_key", mapping_key);
	json_string(out, "mode", f->verb);
	json_string(out, "procedure", p->procedure);
	json_string(out, "base_url", p->base_url);
	json_object(out, "rows");
	json_uint(out, "read", f->totals.records);
	for (int o = 0; o < OUTCOME_COUNT; o++)
		json_uint(out,
		    is_verbs(f, (enum outcome)o)
			? "to_change"
			: outcome_name((enum outcome)o),
		    f->totals.outcomes.rows[o]);
	json_end_object(out);
	json_object(out, "fields");
	for (size_t i = 0; i < f->field_count; i++)
		json_uint(out, f->fields[i].path, f->fields[i].rows);
	json_end_object(out);
	json_uint(out, "lookups", submitter_facts(f->s.submitter).lookups);
	json_uint(out, "calls", calls_of(f));
	json_end_object(out);
}

static int
answer(struct diff *f, struct diag *d)
{
	struct buf out = BUF_INIT(0);
	int failed = 0;

	json_answer(f, &out);
	if (f->files != NULL)
		failed = change_files_commit(f->files, &out, d);
	if (f->s.settings.format != FORMAT_JSON) {
		buf_clear(&out);
		text_answer(f, &out);
	} else {
		buf_addc(&out, '\n');
	}
	if (!failed &&
	    (!f->s.settings.quiet || f->s.settings.format == FORMAT_JSON))
		failed = f->s.settings.format == FORMAT_JSON
			     ? answer_write_json(&out, d)
			     : answer_write(&out, d);
	buf_release(&out);
	return failed;
}

static int
make_plan(struct diff *f, const char *mapping_path, const char *csv_path,
    struct diag *d)
{
	struct plan_request r = {
	    .settings = &f->s.settings,
	    .mapping_path = mapping_path,
	    .csv_path = csv_path,
	    .payload_version = RUN_PAYLOAD_VERSION,
	    .must_survey = true,
	    .looks_at_text = true,
	    .keys_folder = f->s.runs_dir,
	};
	int failed;

	if (input_needs_spool(csv_path)) {
		diag_set(d, DIAG_USAGE,
		    "diff reads its input from a file, not from a pipe");
		return diag_help(d, "save it to a file and name that");
	}
	failed = plan_make(&f->s.plan, &r, d);
	show_diagnostics(&f->s.plan, &f->s.settings, mapping_path, 0);
	if (failed)
		return -1;
	f->s.settings = f->s.plan.settings;
	if (f->s.plan.mapping->mode != MODE_CREATE)
		return plan_check_guess(&f->s.plan, d);
	diag_set(d, DIAG_USAGE,
	    "the mapping '%s' creates processes: there is nothing to compare",
	    mapping_path);
	diag_code(d, "diff.mode");
	return diag_help(d, "for what an import would send, use check; for "
			    "rows that change processes, write mode: update");
}

static void
make_submitter(struct diff *f)
{
	struct session *s = &f->s;
	const char *key =
	    mapping_key_name(s->plan.mapping, s->key_name, sizeof(s->key_name));
	struct submitter_options so =
	    submitter_options_of(&s->settings.submit, &s->plan, key);

	so.settings.open_jobs = s->settings.submit.in_flight;
	so.looks_only = true;
	so.told = tell;
	so.told_ctx = f;
	s->loop.ledger = s->ledger;
	s->submitter = submitter_new(&so, &s->transport, s->ledger, &s->clock);
	s->loop.submitter = s->submitter;
	f->verb = mapping_mode_name(s->plan.mapping->mode);
}

/* What stopped the looking, if anything did. A field that comes back in another
 * form is a mistake in the mapping. */
static int
check_stopped(struct diff *f, struct diag *d)
{
	const struct diag *why = submitter_stopped(f->s.submitter);

	if (why == NULL)
		return 0;
	*d = *why;
	if (d->kind == DIAG_MAX_ERRORS)
		d->kind = DIAG_USAGE;
	return -1;
}

/* The rows that were told of are in no ledger: to it they are due. */
static int
sum_up(struct diff *f, struct diag *d)
{
	uint64_t *rows = f->totals.outcomes.rows;

	if (ledger_totals(f->s.ledger, &f->totals, d))
		return -1;
	for (int o = 0; o < OUTCOME_COUNT; o++)
		if (outcome_is((enum outcome)o, TRAIT_DUE))
			rows[o] -= f->looked;
	outcome_counts_add(&f->totals.outcomes, &f->decided);
	return 0;
}

/* As many of an import's chunks at once as fill lookups best. */
static void
plan_lookups(struct diff *f)
{
	struct chunker_options *o = &f->s.plan.chunker_options;
	uint64_t least = 0, lookups;

	f->chunk_rows = o->chunk_rows;
	for (uint64_t n = 1; n * f->chunk_rows <= CHUNK_ROWS_MAX; n++) {
		lookups = (n * f->chunk_rows + LOOK_ROWS - 1) / LOOK_ROWS;
		if (n > 1 && lookups * f->times > least * n)
			continue;
		f->times = n;
		least = lookups;
	}
	o->chunk_rows *= f->times;
}

static int
look(struct diff *f, struct diag *d)
{
	struct session *s = &f->s;
	int got;

	plan_lookups(f);
	s->ledger = ledger_create(NULL, d);
	if (s->ledger == NULL || session_prepare(s, d))
		return -1;
	if (plan_keys_bytes(&s->plan) > 0 && reading_settle_keys(s->reading, d))
		return -1;
	got = send_loop_prime(&s->loop, d);
	if (got < 0)
		return -1;
	make_submitter(f);
	if (got > 0 && send_loop_run(&s->loop, d))
		return -1;
	progress_end(s->progress, &(struct progress_facts){.phase = "compared",
				      .rows_settled = s->loop.rows_pulled,
				      .rows_read = s->loop.rows_pulled});
	if (check_stopped(f, d) || sum_up(f, d) ||
	    plan_check_unchanged(&s->plan, d))
		return -1;
	return answer(f, d);
}

int
diff_run(const struct settings *o, const char *mapping_path,
    const char *csv_path, struct diag *d)
{
	struct diff f = {.field_count = 0};
	int status = -1;

	if (session_init(&f.s, o, d) == 0 &&
	    session_open_transport(&f.s, o->base_url, d) == 0 &&
	    make_plan(&f, mapping_path, csv_path, d) == 0 &&
	    (o->output == NULL ||
		(f.files = change_files_new(o->output, d)) != NULL) &&
	    look(&f, d) == 0)
		status = EXIT_GOOD;
	if (status == EXIT_GOOD && o->exit_code &&
	    (f.changed > 0 ||
		exit_status_of_rows(&f.totals.outcomes) != EXIT_GOOD))
		status = EXIT_BAD_ROWS;
	for (size_t i = 0; i < f.field_count; i++)
		free(f.fields[i].path);
	free(f.fields);
	change_files_free(f.files);
	buf_release(&f.shown);
	session_release(&f.s);
	return status;
}
