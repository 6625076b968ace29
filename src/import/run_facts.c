/* SPDX-License-Identifier: MIT */
/* The counts are those of the ledger: rows that were read and had no chunk
 * yet when a run was killed are in none of them. */
#include "import/run_facts.h"

#include "base/civil.h"
#include "base/json_write.h"
#include "base/text.h"
#include "guard.h"
#include "import/import.h"
#include "report/run_report.h"
#include "report/terminal.h"
#include "run_reopen.h"
#include "run_end.h"
#include "run_settings.h"
#include "system/clock.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
load_texts(struct run_facts *f, struct ledger *l, bool is_stopped,
    bool finished, struct diag *d)
{
	char by[128], over[8], status[8];

	if (ledger_get_into(l, LEDGER_UNDONE_BY, by, sizeof(by), d) ||
	    ledger_get_into(l, LEDGER_UNDONE, over, sizeof(over), d) ||
	    ledger_get(l, META_INPUT_PATH, &f->moved_to, d))
		return -1;
	f->is_undone = by[0] != '\0';
	f->undo_is_over = over[0] != '\0';
	if (is_stopped)
		return ledger_get_into(l, META_STOP_CODE, f->stop_code,
			   sizeof(f->stop_code), d) ||
			       ledger_get_into(l, META_STOP_TEXT, f->stopped_by,
				   sizeof(f->stopped_by), d)
			   ? -1
			   : 0;
	if (ledger_get_into(l, META_EXIT_STATUS, status, sizeof(status), d))
		return -1;
	snprintf(f->stopped_by, sizeof(f->stopped_by), "%s",
	    !finished	 ? "the process ended unexpectedly"
	    : !status[0] ? "the process ended while it closed its books"
			 : "");
	return 0;
}

static int
load_end(struct run_facts *f, struct ledger *l, const struct run_identity *id,
    struct diag *d)
{
	uint64_t kind, finished, limited, rehearsal;

	if (run_meta_number(l, META_STOP_KIND, 0, &kind, d) ||
	    run_meta_number(l, META_FINISHED, 0, &finished, d) ||
	    run_meta_number(l, META_LIMITED, 0, &limited, d) ||
	    run_meta_number(l, LEDGER_REHEARSAL, 0, &rehearsal, d) ||
	    run_meta_number(l, META_ROWS_READ, 0, &f->rows_read, d) ||
	    run_end_rest(l, id->looks_first, &f->rest, d) ||
	    run_end_other_version(l, id, &f->is_other_version, d))
		return -1;
	f->rehearsal = rehearsal != 0;
	f->limited = limited != 0;
	return load_texts(f, l, kind != DIAG_NONE, finished != 0, d);
}

static void
load_ledger(struct run_facts *f, const struct run *run)
{
	struct diag d = DIAG_INIT;
	struct ledger *l = run_ledger_open(run, true, false, &d);

	if (l == NULL)
		return;
	f->has_books = ledger_totals(l, &f->totals, &d) == 0 &&
		       run_story_load(&f->story, l, &d) == 0 &&
		       load_end(f, l, run_identity(run), &d) == 0;
	ledger_free(l);
}

/* The newer of the ledger and its log. */
static void
load_worker(struct run_facts *f, const struct run *run, const char *runs_dir)
{
	static const char *const files[] = {
	    "ledger.sqlite", "ledger.sqlite-wal"};
	struct clock clock = clock_system();
	int64_t since_ms;

	f->worker =
	    run_worker(runs_dir, run_identity(run)->input_key, &f->work);
	if (civil_read_iso8601(f->work.since, &since_ms))
		f->took_ms = clock.wall_ms(clock.ctx) - since_ms;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = run_path(run, files[i]);
		struct stat st;

		if (lstat(path, &st) == 0 &&
		    (int64_t)st.st_mtime * 1000 > f->written_ms)
			f->written_ms = (int64_t)st.st_mtime * 1000;
		free(path);
	}
}

static int64_t
between(const char *from, const char *to)
{
	int64_t a, b;

	return civil_read_iso8601(from, &a) && civil_read_iso8601(to, &b) &&
		       b >= a
		   ? b - a
		   : -1;
}

/* A part that was killed has no end; its time is not known. */
static int64_t
took(const struct run_story *story)
{
	int64_t sum = -1;

	for (size_t i = 0; i < story->count; i++) {
		const struct run_part *p = &story->parts[i];

		if (p->ended_ms >= p->started_ms)
			sum = (sum < 0 ? 0 : sum) + p->ended_ms - p->started_ms;
	}
	return sum;
}

/* A command that is cut cannot be pasted. Releases the text. */
static void
take_next(struct run_facts *f, struct buf *next)
{
	if (!next->overflow)
		snprintf(f->next, sizeof(f->next), "%s", buf_str(next));
	buf_release(next);
}

static void
find_next(struct run_facts *f, const struct run *run,
    const struct run_summary *s, bool is_retried, const struct run_list *runs,
    struct shell_where where)
{
	struct buf next = BUF_INIT(sizeof(f->next) - 1);
	struct buf check = BUF_INIT(sizeof(f->check_first) - 1);
	const struct run_identity *id = run_identity(run);
	struct own_files own;
	char *to_fix;
	struct run_report r = {
	    .run_id = run_identity(run)->id,
	    .folder = run_folder(run),
	    .where = where,
	    .stopped_by = f->stopped_by[0] ? f->stopped_by : NULL,
	    .stop_code = f->stop_code,
	    .mapping_file = id->mapping_path,
	    .input_name = id->input_path,
	    .limited = f->limited,
	    .rehearsal = f->rehearsal,
	    .rest = f->rest,
	    .looks_first = id->looks_first,
	    .is_other_version = f->is_other_version,
	    .is_retried = is_retried,
	    .parent = id->parent[0] ? id->parent : NULL,
	    .is_undo = id->kind[0] != '\0',
	    .balanced = true,
	    .files = &own,
	};

	own_files_load(&own, run_folder(run));
	to_fix = own_files_path(&own, OWN_TO_FIX);
	r.has_row_files = access(to_fix, F_OK) == 0;
	r.accounts.rows = f->totals.outcomes;
	/* Nobody goes on with a run whose input a later one imported, nor with
	 * one that was killed before it had a ledger. */
	if (!s->has_ledger || guard_is_superseded(runs, id)) {
		run_report_add_command(&r, "prune", &next);
	} else if (f->is_undone) {
		if (!f->undo_is_over)
			run_report_add_command(&r, "undo", &next);
	} else {
		run_report_next(&r, &next);
		run_report_check_first(&r, &check);
	}
	snprintf(f->check_first, sizeof(f->check_first), "%s", buf_str(&check));
	buf_release(&check);
	take_next(f, &next);
	free(to_fix);
	own_files_release(&own);
}

void
run_facts_load(struct run_facts *f, const struct run *run,
    const struct run_summary *s, bool is_retried, const struct run_list *runs,
    const char *runs_dir, struct shell_where where)
{
	struct diag ignored = DIAG_INIT;

	memset(f, 0, sizeof(*f));
	f->took_ms = -1;
	if (strcmp(s->state, "running") == 0) {
		load_worker(f, run, runs_dir);
		return;
	}
	if (strcmp(s->state, "pruned") == 0) {
		f->is_pruned = run_pruned_read(run, &f->stub, &ignored) == 1;
		if (f->is_pruned)
			f->took_ms =
			    between(s->identity.started, f->stub.ended);
		return;
	}
	if (strcmp(s->state, "damaged") == 0) {
		struct buf next = BUF_INIT(sizeof(f->next) - 1);

		run_damage_next(s, NULL, where, &next);
		take_next(f, &next);
		return;
	}
	if (s->has_ledger)
		load_ledger(f, run);
	if (f->has_books)
		f->took_ms = took(&f->story);
	if (f->has_books || strcmp(s->state, "empty") == 0)
		find_next(f, run, s, is_retried, runs, where);
}

void
run_facts_release(struct run_facts *f)
{
	run_story_release(&f->story);
	free(f->moved_to);
}

static void
line(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%-10s ", name);
	text_display(out, text_of(value), 0);
	buf_addc(out, '\n');
}

/* "4,988 created, 12 refused", or nothing. */
static void
add_outcomes(struct buf *out, const struct outcome_counts *rows)
{
	char n[32];
	bool any = false;

	for (int o = 0; o < OUTCOME_COUNT; o++) {
		if (rows->rows[o] == 0)
			continue;
		buf_addf(out, "%s%s %s", any ? ", " : "",
		    text_count(rows->rows[o], n),
		    outcome_name((enum outcome)o));
		any = true;
	}
}

void
run_facts_rows(const struct run_facts *f, struct buf *out)
{
	char n[2][32];

	if (f->work.has_rows)
		buf_addf(out, "%s of %s settled",
		    text_count(f->work.settled, n[0]),
		    text_count(f->work.read, n[1]));
	else if (f->is_pruned)
		add_outcomes(out, &f->stub.rows);
	else if (f->has_books)
		add_outcomes(out, &f->totals.outcomes);
}

static void
add_counts(struct buf *out, const struct outcome_counts *rows)
{
	struct buf words = BUF_INIT(0);

	add_outcomes(&words, rows);
	buf_addf(out, "%-10s %s\n", "rows",
	    words.len > 0 ? buf_str(&words) : "none");
	buf_release(&words);
}

static void
add_parts(struct buf *out, const struct run_facts *f)
{
	char from[32], to[32];

	for (size_t i = 0; i < f->story.count; i++) {
		const struct run_part *p = &f->story.parts[i];

		buf_addf(out, "%-10s %-9s %s to %s\n", i == 0 ? "parts" : "",
		    p->command, civil_iso8601(p->started_ms, from),
		    p->ended_ms ? civil_iso8601(p->ended_ms, to)
				: "no known end");
	}
}

static void
add_books(const struct run_facts *f, struct buf *out)
{
	char n[2][32];

	if (f->moved_to)
		line(out, "moved to", f->moved_to);
	add_counts(out, &f->totals.outcomes);
	buf_addf(out, "%-10s %s chunk%s in %s call%s\n", "sent",
	    text_count(f->totals.chunks, n[0]),
	    f->totals.chunks == 1 ? "" : "s",
	    text_count(f->totals.sent_calls, n[1]),
	    f->totals.sent_calls == 1 ? "" : "s");
	add_parts(out, f);
	if (f->stopped_by[0] != '\0')
		line(out, "stopped by", f->stopped_by);
	else if (f->limited)
		line(out, "stopped by", "--limit");
}

void
run_facts_text(const struct run_facts *f, struct buf *out)
{
	struct page p = {out, false};
	char text[64], iso[32], n[2][32];

	if (f->worker != 0) {
		if (f->worker > 0)
			snprintf(text, sizeof(text), "process %ld", f->worker);
		else
			snprintf(text, sizeof(text), "another process");
		buf_addf(out, "%-10s %s%s%s\n", "worked on", text,
		    f->work.since[0] ? " since " : "", f->work.since);
	}
	if (f->work.has_rows)
		buf_addf(out, "%-10s %s of %s rows settled\n", "so far",
		    text_count(f->work.settled, n[0]),
		    text_count(f->work.read, n[1]));
	if (f->written_ms > 0)
		line(out, "written", civil_iso8601(f->written_ms, iso));
	if (f->is_pruned) {
		line(out, "pruned", f->stub.pruned);
		line(out, "ended", f->stub.ended);
		add_counts(out, &f->stub.rows);
	}
	if (f->has_books)
		add_books(f, out);
	if (f->check_first[0] != '\0') {
		buf_addf(out, "%-10s ", "check");
		page_wrap(&p, 11, 11, f->check_first);
	}
	if (f->next[0] != '\0')
		line(out, "next", f->next);
}

static void
json_counts(struct buf *out, const struct outcome_counts *rows)
{
	json_object(out, "rows");
	for (int o = 0; o < OUTCOME_COUNT; o++)
		json_uint(out, outcome_name((enum outcome)o), rows->rows[o]);
	json_end_object(out);
}

static void
json_parts(struct buf *out, const struct run_facts *f)
{
	json_array(out, "parts");
	for (size_t i = 0; i < f->story.count; i++) {
		const struct run_part *p = &f->story.parts[i];

		json_object(out, NULL);
		json_string(out, "command", p->command);
		json_time(out, "started", p->started_ms);
		json_time_if(out, "ended", p->ended_ms);
		json_end_object(out);
	}
	json_end_array(out);
}

void
run_facts_json(const struct run_facts *f, struct buf *out)
{
	const char *stop =
	    f->stopped_by[0] == '\0' && f->limited ? "--limit" : f->stopped_by;

	if (f->worker > 0)
		json_int(out, "pid", f->worker);
	json_string_if(out, "working_since", f->work.since);
	if (f->work.has_rows) {
		json_uint(out, "rows_settled", f->work.settled);
		json_uint(out, "rows_read", f->work.read);
	}
	if (f->took_ms >= 0)
		json_uint(out, "took_ms", (uint64_t)f->took_ms);
	json_time_if(out, "written", f->written_ms);
	if (f->is_pruned) {
		json_string_if(out, "pruned", f->stub.pruned);
		json_string_if(out, "ended", f->stub.ended);
		json_counts(out, &f->stub.rows);
	}
	if (f->has_books) {
		json_string_if(out, "moved_to", f->moved_to);
		json_counts(out, &f->totals.outcomes);
		json_uint(out, "chunks", f->totals.chunks);
		json_uint(out, "calls", f->totals.sent_calls);
		json_parts(out, f);
		if (stop[0] != '\0')
			json_text(out, "stopped_by", text_whole(stop));
	}
	json_string_if(out, "check_first", f->check_first);
	json_string_if(out, "next", f->next);
}

int
run_refuse_undo(const struct run *run, struct diag *d)
{
	const struct run_identity *id = run_identity(run);
	char word[SHELL_WORD_SIZE];

	if (strcmp(id->kind, RUN_KIND_UNDO) != 0)
		return 0;
	diag_set(d, DIAG_USAGE, "run %s is an undo: it takes run %s back",
	    id->id, id->parent);
	diag_code(d, "undo.of_undo");
	return diag_help(d,
	    "to continue it: csv2chakra undo %s; what it deleted, only an "
	    "import of the file creates again",
	    shell_word(id->parent, word));
}

int
run_refuse_undone(struct ledger *l, const struct run *run, struct diag *d)
{
	char word[SHELL_WORD_SIZE], *by;

	if (ledger_get(l, LEDGER_UNDONE_BY, &by, d))
		return -1;
	if (by == NULL)
		return 0;
	diag_set(d, DIAG_USAGE, "run %s is taken back, by run %s",
	    run_identity(run)->id, by);
	diag_code(d, "run.undone");
	diag_help(d,
	    "continue that: csv2chakra undo %s; when nothing of the run is "
	    "left, the file may be imported again, and before that "
	    "with " IMPORT_REST,
	    shell_word(run_identity(run)->id, word));
	free(by);
	return -1;
}
