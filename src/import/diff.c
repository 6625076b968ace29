/* SPDX-License-Identifier: MIT */
/*
 * diff: the loop of an import whose submitter looks rows up, decides them, and
 * tells instead of sending; its ledger is gone at the end. So what it says is
 * what an import at the same moment would do.
 */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "chakra/contact.h"
#include "chakra/verb.h"
#include "import/import.h"
#include "import/run_facts.h"
#include "plan/reading.h"
#include "results/row_files.h"
#include "changes.h"
#include "run_end.h"
#include "session.h"
#include "shared_keys.h"
#include "system/log.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct diff {
	struct session s;
	struct change_files *files; /* NULL = none are asked for */
	struct change_tally tally;
	struct ledger_totals totals;
	uint64_t looked, first_chunk_rows;
	/* Chunks as an import makes them; those that are looked up are larger,
	 * so that each lookup is full. */
	uint64_t chunk_rows, times;
	uint64_t last_chunk, chunks;   /* with changes */
	uint64_t last_new, new_chunks; /* with rows to create */
	const char *mode;
	bool is_verbs[OUTCOME_COUNT]; /* change_is_verbs */
	/* With a folder: how far it came; an earlier part told some rows. */
	struct change_progress at;
	struct row_gate gate; /* … which are skipped */
	struct outcome_counts before;
	uint64_t told_before, last_told;
	uint64_t lookups_before, calls_before, new_calls_before;
	int64_t saved_ms;
	struct diag failure; /* of the folder */
};

/* How often a folder is told how far the diff came. */
#define SAVE_MS INT64_C(5000)
/* Wide rows: so many bodies of an import are kept in memory for it. */
#define TIMES_BYTES 4
/* So few calls take no time that is worth a line. */
#define TOLD_CALLS 20

/* A row that an earlier part of the diff told. */
static void
see_again(void *ctx, const struct recorded_row *row)
{
	struct diff *f = ctx;
	struct json_walk w;
	struct text name, before;
	struct buf path = BUF_INIT(0);

	if (row->is_new) {
		change_tally_new(&f->tally);
		return;
	}
	change_tally_row(&f->tally, row->key, row->row);
	json_walk_begin(&w, row->before);
	while (json_walk_next(&w, &name, &before)) {
		buf_clear(&path);
		json_decode(name, &path);
		change_tally_field(&f->tally, buf_str(&path), before,
		    json_member(row->after, buf_str(&path)));
	}
	buf_release(&path);
}

/* In which of an import's chunks it would be. */
static uint64_t
chunk_of(const struct diff *f, const struct told_row *row)
{
	return row->chunk * f->times + row->index / f->chunk_rows;
}

static void
tell_new(struct diff *f, const struct told_row *row)
{
	const struct field_line line = {.row = row->row,
	    .key = row->key,
	    .verb = outcome_row(row->outcome)->verb};
	uint64_t chunk = chunk_of(f, row);

	change_tally_new(&f->tally);
	f->new_chunks += f->new_chunks == 0 || chunk != f->last_new;
	f->last_new = chunk;
	if (f->files != NULL)
		change_files_add(f->files, &line);
}

static void
tell_changed(struct diff *f, const struct told_row *row)
{
	struct json_walk w;
	struct text name, before;
	struct buf path = BUF_INIT(0), key = BUF_INIT(0);
	struct process_fields *wanted = process_fields_new(row->wanted);
	uint64_t chunk = chunk_of(f, row);

	json_decode(row->key, &key);
	change_tally_row(&f->tally, buf_text(&key), row->row);
	buf_release(&key);
	f->chunks += f->chunks == 0 || chunk != f->last_chunk;
	f->last_chunk = chunk;
	f->first_chunk_rows += f->chunks == 1;
	json_walk_begin(&w, row->before);
	while (json_walk_next(&w, &name, &before)) {
		struct field_line line = {.row = row->row,
		    .key = row->key,
		    .process_id = row->process_id,
		    .verb = outcome_row(row->outcome)->verb,
		    .before = before};

		buf_clear(&path);
		json_decode(name, &path);
		line.field = buf_text(&path);
		line.after = process_fields_of(wanted, buf_str(&path));
		change_tally_field(
		    &f->tally, buf_str(&path), before, line.after);
		if (f->files != NULL)
			change_files_add(f->files, &line);
	}
	process_fields_free(wanted);
	buf_release(&path);
}

/* The first change of a run goes alone. */
static uint64_t
calls_of(const struct diff *f)
{
	return f->calls_before + f->chunks +
	       (f->calls_before == 0 && f->first_chunk_rows > 1);
}

static uint64_t
lookups_of(const struct diff *f)
{
	return f->lookups_before + submitter_facts(f->s.submitter).lookups;
}

/* Rows are told in their order: all up to the last one are. */
static int
save(struct diff *f, struct diag *d)
{
	f->at.last_row = f->last_told;
	f->at.lookups = lookups_of(f);
	f->at.calls = calls_of(f);
	f->at.new_calls = f->new_calls_before + f->new_chunks;
	f->saved_ms = f->s.clock.mono_ms(f->s.clock.ctx);
	return change_files_save(f->files, &f->at, d);
}

static void
tell(void *ctx, const struct told_row *row)
{
	struct diff *f = ctx;

	f->looked++;
	f->last_told = row->row;
	f->at.rows.rows[row->outcome]++;
	if (row->before.len > 0)
		tell_changed(f, row);
	else if (f->is_verbs[row->outcome])
		tell_new(f, row);
	if (f->files != NULL && f->looked % LOOK_ROWS == 0 &&
	    f->failure.kind == DIAG_NONE &&
	    f->s.clock.mono_ms(f->s.clock.ctx) - f->saved_ms >= SAVE_MS &&
	    save(f, &f->failure))
		submitter_stop(f->s.submitter, &f->failure, STOP_LEAVE);
}

static void
prepare_none(void *ctx, struct record *rec)
{
	(void)ctx;
	(void)rec;
}

/* It is read for its keys, and not looked up again. */
static bool
is_untold(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	struct diff *f = ctx;

	(void)key;
	(void)problems;
	(void)check_first;
	return rec->row > f->told_before;
}

static int
begin_files(struct diff *f, struct diag *d)
{
	struct plan *p = &f->s.plan;

	if (f->s.settings.output == NULL)
		return 0;
	memcpy(f->at.input_key, p->input_key, sizeof(f->at.input_key));
	import_changes_key(p, f->at.mapping_key);
	f->mode = mapping_mode_name(p->mapping->mode);
	f->files = change_files_begin(f->s.settings.output, &f->at, d);
	if (f->files == NULL || f->at.last_row == 0)
		return f->files == NULL ? -1 : 0;
	f->told_before = f->last_told = f->at.last_row;
	f->before = f->at.rows;
	f->lookups_before = f->at.lookups;
	f->calls_before = f->at.calls;
	f->new_calls_before = f->at.new_calls;
	f->looked = outcome_counts_sum(&f->at.rows);
	f->gate = (struct row_gate){.ctx = f,
	    .prepare = prepare_none,
	    .admit = is_untold,
	    .skip_code = "rows.imported"};
	p->chunker_options.gate = &f->gate;
	if (!f->s.settings.quiet)
		log_note("note: going on after row %" PRIu64
			 ", where the diff in '%s' stopped\n",
		    f->told_before, f->s.settings.output);
	return change_files_each(f->files, f->mode, see_again, f, d);
}

static int
answer(struct diff *f, struct diag *d)
{
	const struct plan *p = &f->s.plan;
	char mapping_key[65];
	struct buf next = BUF_INIT(65536), out = BUF_INIT(0);
	struct change_summary summary = {.input = p->csv_name,
	    .input_key = p->input_key,
	    .mapping_key = mapping_key,
	    .procedure = p->procedure,
	    .base_url = p->base_url,
	    .mode = f->mode,
	    .read = f->totals.records,
	    .looked = f->looked,
	    .lookups = lookups_of(f),
	    .calls = calls_of(f),
	    .new_calls = f->new_calls_before + f->new_chunks,
	    .has_folder = f->files != NULL,
	    .rows = &f->totals.outcomes,
	    .tally = &f->tally};
	bool is_json = f->s.settings.format == FORMAT_JSON;
	int failed =
	    run_end_service(f->s.ledger, p->base_url, &summary.service, d);

	import_changes_key(p, mapping_key);
	change_tally_json(&summary, &out);
	if (!failed && f->files != NULL)
		failed = change_files_commit(f->files, &out, &summary, d);
	if (!is_json) {
		buf_clear(&out);
		run_changes_command(&f->s.settings, &next);
		summary.next = buf_str(&next);
		change_tally_text(&summary, &out);
	} else {
		buf_addc(&out, '\n');
	}
	if (!failed && is_json)
		failed = answer_write_json(&out, d);
	else if (!failed && !f->s.settings.quiet)
		failed = answer_write(&out, d);
	buf_release(&next);
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
	    .needs_no_hash = !settings_tell_input(&f->s.settings),
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
			    "rows that change processes, write mode: update or "
			    "mode: upsert");
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
	f->mode = mapping_mode_name(s->plan.mapping->mode);
	for (int o = 0; o < OUTCOME_COUNT; o++)
		f->is_verbs[o] = change_is_verbs(f->mode, (enum outcome)o);
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

/* The rows that were told of are in no ledger: to it they are due, and those
 * that an earlier part told are skipped. */
static int
sum_up(struct diff *f, struct diag *d)
{
	uint64_t *rows = f->totals.outcomes.rows;
	uint64_t before = outcome_counts_sum(&f->before);

	if (ledger_totals(f->s.ledger, &f->totals, d))
		return -1;
	for (int o = 0; o < OUTCOME_COUNT; o++)
		if (outcome_is((enum outcome)o, TRAIT_DUE))
			rows[o] -= f->looked - before;
	rows[outcome_left_out()] -= before;
	outcome_counts_add(&f->totals.outcomes, &f->at.rows);
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
	o->bytes_times = f->times < TIMES_BYTES ? f->times : TIMES_BYTES;
	o->no_digest = true;
}

/* It may go on later. */
static int
leave_files(struct diff *f, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct buf command = BUF_INIT(sizeof(d->help) - 1);
	const struct settings *o = &f->s.settings;

	if (f->files == NULL || f->last_told == 0 || save(f, &ignored))
		return -1;
	if (d->help[0] == '\0' || diag_stopped(&ignored)) {
		shell_command(&command, "diff -o", settings_where(o));
		shell_add(&command, o->output);
		settings_typed_input(o, &command);
		diag_help(d, "it goes on after row %" PRIu64 ": %s",
		    f->last_told, buf_str(&command));
	}
	buf_release(&command);
	return -1;
}

/* What it takes, before it begins. */
static void
say_time(const struct diff *f)
{
	const struct session *s = &f->s;
	const struct submit_settings *o = &s->settings.submit;
	struct contact_list known = {.count = 0};
	struct diag ignored = DIAG_INIT;
	const struct contact *c = NULL;
	uint64_t calls = s->plan.survey.lines / LOOK_ROWS + 1;
	double seconds = 0;
	char number[32], about[64] = "";

	if (calls < TOLD_CALLS || s->settings.quiet)
		return;
	if (contact_list_read(s->runs_dir, &known, &ignored) == 0)
		c = contact_list_find(
		    &known, s->plan.base_url, s->plan.procedure);
	if (c != NULL)
		seconds = (double)(calls * c->times[CONTACT_OTHERS].p50_ms) /
			  (1000 * (double)o->in_flight);
	if (o->rate_per_s > 0 && seconds < (double)calls / o->rate_per_s)
		seconds = (double)calls / o->rate_per_s;
	if (seconds >= 90)
		snprintf(
		    about, sizeof(about), ", about %.0f minutes", seconds / 60);
	else if (seconds > 0)
		snprintf(about, sizeof(about), ", about %.0f second%s",
		    seconds + 0.5, seconds < 1 ? "" : "s");
	log_note("note: looking the rows up takes up to %s calls%s%s\n",
	    text_count(calls, number), about,
	    f->files == NULL
		? ""
		: "; after Ctrl-C the same command continues where it stopped");
	contact_list_release(&known);
}

static int
look(struct diff *f, struct diag *d)
{
	struct session *s = &f->s;
	int got;

	plan_lookups(f);
	s->ledger = ledger_create(NULL, d);
	if (s->ledger == NULL || session_prepare(s, d) ||
	    (plan_keys_bytes(&s->plan) > 0 &&
		reading_settle_keys(s->reading, d)))
		return -1;
	s->loop.looks_only = true;
	got = send_loop_prime(&s->loop, d);
	if (got < 0)
		return -1;
	make_submitter(f);
	say_time(f);
	if (got > 0 && send_loop_run(&s->loop, d))
		return -1;
	progress_end(s->progress, &(struct progress_facts){.phase = "compared",
				      .rows_settled = s->loop.rows_pulled,
				      .rows_read = s->loop.rows_pulled,
				      .rows_total = s->loop.rows_pulled});
	if (check_stopped(f, d))
		return leave_files(f, d);
	return sum_up(f, d) || plan_check_unchanged(&s->plan, d) ? -1
								 : answer(f, d);
}

int
diff_run(const struct settings *o, const char *mapping_path,
    const char *csv_path, struct diag *d)
{
	struct diff f = {.looked = 0};
	int status = -1;

	if (session_init(&f.s, o, d) == 0 &&
	    session_open_transport(&f.s, o->base_url, d) == 0 &&
	    make_plan(&f, mapping_path, csv_path, d) == 0 &&
	    begin_files(&f, d) == 0 && look(&f, d) == 0)
		status = EXIT_GOOD;
	if (status == EXIT_GOOD && o->exit_code &&
	    (f.tally.changed + f.tally.created > 0 ||
		exit_status_of_rows(&f.totals.outcomes) != EXIT_GOOD))
		status = EXIT_BAD_ROWS;
	change_tally_release(&f.tally);
	change_files_free(f.files);
	session_release(&f.s);
	return status;
}
