/* SPDX-License-Identifier: MIT */
/* The mapping is the copy in the run's folder: the file that it came from may
 * have been edited since. */
#include "run_reopen.h"

#include "base/hash.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "changes.h"
#include "import/import.h"
#include "input/input.h"
#include "plan/options.h"
#include "plan/reading.h"
#include "report/run_report.h"
#include "retry_columns.h"
#include "retry_gate.h"
#include "run_settings.h"
#include "runs/run.h"
#include "system/screen.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * The sums keep a run from being continued by mistake with a mapping that was
 * worked on in its folder; who can write to the ledger can write a sum, too.
 */

/* Number i of the files that a run begins with, and the sum's name. False
 * after the last. */
struct kept {
	char file[32], meta[32];
};
static bool
get_kept(size_t i, struct kept *k)
{
	static const struct kept named[] = {
	    {"run.json", "run_sha256"},
	    {"mapping.yaml", "mapping_sha256"},
	    {RUN_SUMS, "sums_sha256"},
	    {RUN_ROWS, "rows_sha256"},
	    {RUN_VERDICTS, META_VERDICTS_SUM},
	    {RUN_CHANGES, META_CHANGES_SUM},
	};
	size_t count = sizeof(named) / sizeof(named[0]);

	if (i >= count + RUN_TABLES_MAX)
		return false;
	if (i < count) {
		*k = named[i];
		return true;
	}
	snprintf(k->file, sizeof(k->file), "table.%zu", i - count + 1);
	snprintf(k->meta, sizeof(k->meta), "table_%zu_sha256", i - count + 1);
	return true;
}

/* "" if the file does not exist or cannot be read. */
static void
sum_of(const struct run *run, const char *file, char out[SHA256_HEX_SIZE])
{
	char *path = run_path(run, file);
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    sha256_of_file(fd, out) != 0)
		out[0] = '\0';
	if (fd >= 0)
		close(fd);
	free(path);
}

int
run_sums_store(struct ledger *l, const struct run *run, struct diag *d)
{
	char sum[SHA256_HEX_SIZE];
	struct kept k;

	for (size_t i = 0; get_kept(i, &k); i++) {
		sum_of(run, k.file, sum);
		if (sum[0] != '\0' && ledger_set(l, k.meta, sum, d) != 0)
			return -1;
	}
	return 0;
}

static int
changed(const struct run *run, const char *file, bool is_gone, struct diag *d)
{
	diag_set(d, DIAG_INPUT, "'%s/%s' %s; nothing was sent", run_folder(run),
	    file,
	    is_gone ? "is gone, or cannot be read"
		    : "has changed since the run began");
	diag_code(d, "run.changed");
	return diag_help(d,
	    "put it back as it was; to send the rest with another mapping, "
	    "start a new run: csv2chakra %s",
	    run_import_rest(run_identity(run)));
}

int
run_sums_check(struct ledger *l, const struct run *run, struct diag *d)
{
	char sum[SHA256_HEX_SIZE];
	struct kept k;
	int ret = 0;

	for (size_t i = 0; ret == 0 && get_kept(i, &k); i++) {
		char *was;

		if (ledger_get(l, k.meta, &was, d))
			return -1;
		if (was == NULL)
			continue; /* of 0.1.0 */
		sum_of(run, k.file, sum);
		if (strcmp(sum, was) != 0)
			ret = changed(run, k.file, sum[0] == '\0', d);
		free(was);
	}
	return ret;
}

int
run_verdicts_open(struct ledger *l, const struct run *run,
    struct key_verdicts **out, struct diag *d)
{
	char *sum, *path;

	*out = NULL;
	if (ledger_get(l, META_VERDICTS_SUM, &sum, d))
		return -1;
	if (sum == NULL)
		return 0;
	path = run_path(run, RUN_VERDICTS);
	*out = key_verdicts_open(path, d);
	free(path);
	free(sum);
	return *out ? 0 : -1;
}

/* A command is worth its line only if it can be pasted: the operands are those
 * that were just typed, or else those of the run. */
static void
add_word(struct buf *out, const char *word, const char *missing)
{
	shell_add(out, word[0] == '\0'		      ? missing
		       : strcmp(word, "<stdin>") == 0 ? "-"
						      : word);
}

void
run_damage_next(const struct run_summary *s, const struct settings *o,
    struct shell_where where, struct buf *out)
{
	const struct run_identity *id = &s->identity;

	shell_command(out,
	    s->can_go_on ? "resume --after-damage"
	    : s->sent	 ? run_import_rest(id)
			 : "import",
	    where);
	if (s->can_go_on) {
		add_word(out, id->id, "RUN");
	} else if (o != NULL && o->command == COMMAND_IMPORT) {
		settings_typed_input(o, out);
	} else {
		settings_place_of(id->base_url, id->procedure, out);
		add_word(out, id->mapping_path, "MAPPING");
		add_word(out, id->input_path, "CSV");
	}
}

int
run_damage_help(const struct run *r, struct shell_where where, struct diag *d)
{
	static const char *const codes[] = {"ledger.damaged", "ledger.foreign",
	    "ledger.missing", "ledger.rolled_back", "run.changed"};
	struct buf next = BUF_INIT(sizeof(d->help) - 1);
	struct run_summary s = {
	    .identity = *run_identity(r),
	    .can_go_on = run_can_go_on(d),
	    .sent =
		strcmp(d->code, "ledger.missing") != 0 || !run_never_sent(r),
	};
	bool is_known = false;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		is_known |= strcmp(d->code, codes[i]) == 0;
	if (is_known) {
		run_damage_next(&s, NULL, where, &next);
		if (!next.overflow)
			diag_help(d, "%s", buf_str(&next));
	}
	buf_release(&next);
	return -1;
}

void
reopened_run_release(struct reopened_run *r)
{
	key_verdicts_free(r->verdicts);
	retry_match_free(r->gate);
	run_changes_free(r->changes);
	run_free(r->parent);
	ledger_free(r->ledger);
	run_free(r->run);
	arena_release(&r->arena);
	free(r->runs_dir);
	free(r->mapping_path);
	free(r->input_path);
	memset(r, 0, sizeof(*r));
}

/* Where the input lies: said, else kept in the folder, else where it was moved
 * to, else where it was. NULL: the ledger cannot say. */
static char *
find_input(
    const struct run *run, struct ledger *l, const char *csv, struct diag *d)
{
	char *path;

	if (csv)
		return xstrdup(csv);
	path = run_path(run, "input");
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	if (ledger_get(l, META_INPUT_PATH, &path, d))
		return NULL;
	if (path && access(path, F_OK) == 0)
		return path;
	free(path);
	return xstrdup(run_identity(run)->input_path);
}

/* A path that holds wherever it is read. */
static char *
from_root(const char *path)
{
	struct buf out = BUF_INIT(0);
	char cwd[PATH_MAX];

	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)))
		buf_addf(&out, "%s/", cwd);
	buf_adds(&out, path);
	return buf_detach(&out);
}

struct run *
run_hold_input(const char *runs_dir, const char *run_id, struct diag *d)
{
	char *dir = runs_dir_own(runs_dir, d);
	struct run *run = dir ? run_open_own(dir, run_id, d) : NULL;

	free(dir);
	if (run && run_hold(run, d) == 0)
		return run;
	run_free(run);
	return NULL;
}

void
run_note_input(const struct run *run, const char *path)
{
	struct diag ignored = DIAG_INIT;
	struct ledger *l = run_ledger_open(run, false, false, &ignored);
	char *at = from_root(path);

	if (l && ledger_set(l, META_INPUT_PATH, at, &ignored) == 0)
		(void)ledger_close(l, &ignored);
	else
		ledger_free(l);
	free(at);
}

/* Where it differs, as far as the sums of the run tell; runs of 0.1.0 have
 * none. */
static int
changed_input(const struct reopened_run *r, struct diag *d)
{
	const struct run_identity *id = run_identity(r->run);
	char *path = run_path(r->run, RUN_SUMS), at[32];
	struct block_sums *was = block_sums_read(path);
	uint64_t from =
	    was ? block_sums_difference(was, r->plan->sums) : UINT64_MAX;

	free(path);
	if (was && from > 0 && from < UINT64_MAX)
		diag_set(d, DIAG_INPUT,
		    "'%s' is not the input of run %s: it differs somewhere "
		    "after its first %s bytes",
		    r->input_path, id->id, text_count(from, at));
	else
		diag_set(d, DIAG_INPUT,
		    "'%s' is not the input of run %s: its SHA-256 is %.12s…, "
		    "and was %.12s…",
		    r->input_path, id->id, r->plan->sha256_hex,
		    id->input_sha256);
	block_sums_free(was);
	diag_code(d, "input.changed");
	return diag_help(d, "name the file as it was when the run began");
}

static int
check_input(const struct reopened_run *r, struct diag *d)
{
	const struct run_identity *id = run_identity(r->run);

	return strcmp(r->plan->sha256_hex, id->input_sha256) == 0
		   ? 0
		   : changed_input(r, d);
}

/* By name and size, for a person to look for; its bytes decide. */
static int
ask_for_input(const struct reopened_run *r, struct diag *d)
{
	const struct run_identity *id = run_identity(r->run);
	const char *slash = strrchr(id->input_path, '/');
	char size[32];

	return diag_help(d,
	    "name the present path of '%s' (%s bytes, unpacked) after the "
	    "run's "
	    "id; its report.json is in '%s'",
	    slash ? slash + 1 : id->input_path,
	    text_count(id->input_bytes, size), run_folder(r->run));
}

static int
open_input(struct reopened_run *r, bool read_only, struct diag *d)
{
	struct plan_request q = {
	    .settings = &r->settings,
	    .mapping_path = r->mapping_path,
	    .mapping_is_stored = true,
	    .payload_version = run_identity(r->run)->payload_version,
	    .csv_path = r->input_path,
	    .csv_name = run_identity(r->run)->input_path,
	    .must_survey = true,
	    .surveyed_bytes = run_identity(r->run)->input_bytes,
	    .keys_folder = read_only ? NULL : run_folder(r->run),
	};
	struct stat st;
	uint64_t input;
	char *rows = NULL;
	int ret;

	/* Before it is opened: opening a pipe waits until somebody writes. */
	if (stat(r->input_path, &st) == 0 && !S_ISREG(st.st_mode)) {
		diag_set(d, DIAG_USAGE,
		    "'%s' is not a file, and the input of a run is read more "
		    "than once",
		    r->input_path);
		return diag_help(d, "name a file");
	}
	if (access(r->input_path, F_OK) != 0) {
		diag_set(d, DIAG_INPUT,
		    "the input of run %s is no longer at '%s'",
		    run_identity(r->run)->id, r->input_path);
		diag_code(d, "input.missing");
		return ask_for_input(r, d);
	}
	if (run_meta_number(r->ledger, META_TO_FIX, 0, &input, d))
		return -1;
	q.is_to_fix = input != RETRY_REJECTED;
	if (run_identity(r->run)->whole_key[0] != '\0')
		rows = run_path(r->run, RUN_ROWS);
	q.rows_path = rows;
	ret = plan_make(r->plan, &q, d);
	if (ret)
		show_diagnostics(r->plan, &r->settings, r->mapping_path, 0);
	free(rows);
	if (ret || run_meta_number(r->ledger, META_AFTER, 0,
		       &r->plan->chunker_options.imported_end, d))
		return -1;
	return check_input(r, d);
}

/* A retry sends what its parent's files allow, also when it goes on. */
static int
open_gate(struct reopened_run *r, struct diag *d)
{
	const char *parent = run_identity(r->run)->parent;
	uint64_t input;

	if (parent[0] == '\0')
		return run_changes_reopen(
		    &r->changes, r->run, r->ledger, r->plan, d);
	if (run_meta_number(r->ledger, META_TO_FIX, 0, &input, d))
		return -1;
	r->parent = run_open_own(r->runs_dir, parent, d);
	if (r->parent == NULL)
		return -1;
	plan_set_parent(r->plan, run_identity(r->parent));
	if (input != RETRY_REJECTED &&
	    retry_columns_place(r->plan, r->runs_dir, r->parent, d))
		return -1;
	r->gate = retry_gate_open(r->runs_dir, r->parent,
	    run_identity(r->run)->id, r->plan, (enum retry_input)input, d);
	if (r->gate == NULL)
		return -1;
	r->plan->chunker_options.gate = retry_match_gate(r->gate);
	return 0;
}

int
reopened_run_begin(struct reopened_run *r, const struct settings *o,
    const char *name, enum reopen_as as, struct diag *d)
{
	const char *runs_dir = o->runs_dir;
	bool read_only = as == REOPEN_READ;
	char *path;

	memset(r, 0, sizeof(*r));
	r->runs_dir = read_only ? runs_dir_default(runs_dir, d)
				: runs_dir_own(runs_dir, d);
	if (r->runs_dir == NULL)
		return -1;
	r->run = read_only ? run_open(r->runs_dir, name, d)
			   : run_open_own(r->runs_dir, name, d);
	if (r->run == NULL || run_refuse_undo(r->run, d) ||
	    run_check_pruned(r->run, d) || (!read_only && run_hold(r->run, d)))
		return -1;
	path = run_path(r->run, "ledger.sqlite");
	r->ledger = as == REOPEN_HURT ? ledger_open_hurt(path, d)
				      : ledger_open(path, read_only, true, d);
	free(path);
	if (r->ledger == NULL)
		return run_damage_help(r->run, settings_where(o), d);
	if ((as == REOPEN_WRITE || as == REOPEN_HURT) &&
	    run_refuse_undone(r->ledger, r->run, d))
		return -1;
	if (run_sums_check(r->ledger, r->run, d) ||
	    run_settings_load(r->ledger, &r->settings, &r->arena, d))
		return -1;
	r->settings.unique_memory = o->unique_memory;
	r->settings.verbose = o->verbose;
	r->settings.view = o->view;
	r->settings.all_problems = o->all_problems;
	r->mapping_path = run_path(r->run, "mapping.yaml");
	return 0;
}

int
reopened_run_read(struct reopened_run *r, struct plan *plan, const char *csv,
    enum reopen_as as, struct diag *d)
{
	r->plan = plan;
	r->input_path = find_input(r->run, r->ledger, csv, d);
	if (r->input_path == NULL || outputs_spare(r->input_path, d))
		return -1;
	if (open_input(r, as == REOPEN_READ, d) ||
	    run_verdicts_open(r->ledger, r->run, &r->verdicts, d))
		return -1;
	if (r->verdicts)
		plan_use_verdicts(plan, r->verdicts, 0);
	return open_gate(r, d);
}

int
reopened_run_open(struct reopened_run *r, struct plan *plan,
    const struct settings *o, const char *name, const char *csv,
    enum reopen_as as, struct diag *d)
{
	memset(plan, 0, sizeof(*plan));
	return reopened_run_begin(r, o, name, as, d) ||
		       reopened_run_read(r, plan, csv, as, d)
		   ? -1
		   : 0;
}
