/* SPDX-License-Identifier: MIT */
/*
 * retry: what was rejected or refused goes in again, as a run of its own
 * whose parent is the run whose rows were fixed. Without a file it reads the
 * parent's own to-fix.csv, as a spreadsheet may have saved it, in other order,
 * delimiter and encoding; where only the mapping was fixed, the parent's
 * rejected.csv, byte for byte as the parent's input was read.
 */
#include "base/buf.h"
#include "base/xalloc.h"
#include "import/import.h"
#include "mapping/mapping.h"
#include "report/terminal.h"
#include "result_files.h"
#include "run_reopen.h"
#include "run_settings.h"
#include "runs/run.h"
#include "system/own_files.h"
#include "system/screen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct retry {
	struct arena arena;
	struct settings settings; /* the parent's */
	char *runs_dir, *mapping_path, *rejected_path;
	char *to_fix_path; /* to-fix.csv */
	/* to-fix.2.csv; or the edited copy that lies beside the input. */
	char *second_path;
	bool takes_rejected; /* the mapping was fixed, and not the rows */
	struct run *parent;
	struct key_verdicts *keys; /* the parent's kept ones, or NULL */
	bool was_fixed;		   /* its own input was a fixed to-fix.csv */
};

/* Is to-fix.csv not as the run wrote it, or is there a second one? */
static bool
was_edited(const struct retry *r)
{
	struct own_files own;
	bool is_other;

	own_files_load(&own, run_folder(r->parent));
	is_other = access(r->second_path, F_OK) == 0 ||
		   (own.has_report && access(r->to_fix_path, F_OK) == 0 &&
		       !own_files_is_ours(
			   &own, OWN_TO_FIX, own_file_name(OWN_TO_FIX)));
	own_files_release(&own);
	return is_other;
}

void
run_to_fix_beside(const char *input, struct buf *out)
{
	const char *slash = strrchr(input, '/');
	size_t folder = slash ? (size_t)(slash + 1 - input) : 0;

	buf_add(out, input, folder + strcspn(input + folder, "."));
	buf_adds(out, ".to-fix.csv");
}

/* Was that file edited since the run wrote its own? 0 = no, or there is none.
 */
static int
was_edited_beside(const struct retry *r, const char *path, struct diag *d)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), edited;
	char sha256[SHA256_HEX_SIZE];
	struct own_files own;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (fd < 0 || sha256_of_file(fd, sha256) < 0) {
		diag_set_errno(d, DIAG_INPUT, errno,
		    "unable to read '%s', which may have been edited", path);
		edited = -1;
	} else {
		own_files_load(&own, run_folder(r->parent));
		edited = strcmp(sha256, own.file[OWN_TO_FIX].sha256) != 0;
		own_files_release(&own);
	}
	if (fd >= 0)
		close(fd);
	return edited;
}

/* *out: the copy that --move-failed laid beside the input, if somebody edited
 * it there. Owned, or NULL. */
static int
edited_beside(
    const struct retry *r, struct ledger *l, char **out, struct diag *d)
{
	struct buf path = BUF_INIT(8192);
	int edited = 0;
	char *moved;

	if (ledger_get(l, META_INPUT_PATH, &moved, d))
		return -1;
	if (moved) {
		run_to_fix_beside(moved, &path);
		edited = was_edited_beside(r, buf_str(&path), d);
	}
	free(moved);
	*out = edited > 0 ? buf_detach(&path) : NULL;
	buf_release(&path);
	return edited < 0 ? -1 : 0;
}

static int
open_parent(struct retry *r, struct settings *o, struct diag *d)
{
	struct ledger *l;
	uint64_t input = 0;
	int ret;

	r->runs_dir = runs_dir_own(o->runs_dir, d);
	if (r->runs_dir == NULL)
		return -1;
	r->parent = run_open_own(r->runs_dir, o->operands[0], d);
	if (r->parent == NULL || run_refuse_undo(r->parent, d) ||
	    run_check_pruned(r->parent, d))
		return -1;
	l = run_ledger_open(r->parent, true, true, d);
	if (l == NULL)
		return -1;
	if (run_refuse_undone(l, r->parent, d) ||
	    run_sums_check(l, r->parent, d) ||
	    run_verdicts_open(l, r->parent, &r->keys, d) ||
	    edited_beside(r, l, &r->second_path, d)) {
		ledger_free(l);
		return -1;
	}
	r->to_fix_path = run_path(r->parent, "to-fix.csv");
	if (!r->second_path)
		r->second_path = run_path(r->parent, "to-fix.2.csv");
	r->takes_rejected =
	    o->operand_count == 1 && o->mapping && !was_edited(r);
	ret = run_settings_load(l, &r->settings, &r->arena, d);
	if (ret == 0)
		ret = run_meta_number(l, META_TO_FIX, 0, &input, d);
	r->was_fixed = input != RETRY_REJECTED;
	if (ret == 0 && r->takes_rejected)
		ret = run_reading_apply(l, o, &r->arena, d);
	ledger_free(l);
	return ret;
}

static void
note_meta_row(void *ctx, struct field *f)
{
	bool *found = ctx;

	if (f->source == SOURCE_META && f->meta == META_ROW)
		*found = true;
}

/* The same as a retry of the first run: its own file is the one to fix, and
 * what was created meanwhile is not sent again. */
static int
help_first(const struct retry *r, const struct settings *o, struct diag *d)
{
	const char *first = run_identity(r->parent)->parent;
	struct buf line = BUF_INIT(16384);
	bool needs_file = o->operand_count > 1 || !o->mapping;

	if (needs_file)
		buf_adds(&line, "fix the rows in the first run's file: ");
	shell_command(&line, "retry", settings_where(o));
	if (o->mapping) {
		buf_adds(&line, " --mapping");
		shell_add(&line, o->mapping);
	}
	shell_add(&line, first);
	if (needs_file) {
		struct buf file = BUF_INIT(8192);

		buf_addf(&file, "%s/%s/to-fix.csv", r->runs_dir, first);
		shell_add(&line, buf_str(&file));
		buf_release(&file);
	}
	diag_help(d, "%s", buf_str(&line));
	buf_release(&line);
	return -1;
}

/* `meta: row` is the row of the first input. A retry of a retry does not know
 * it any more. */
static int
check_meta_row(const struct retry *r, const struct settings *o,
    const char *mapping, struct diag *d)
{
	const struct run_identity *id = run_identity(r->parent);
	struct diagnostics list;
	struct mapping *m;
	bool found = false;

	if (id->parent[0] == '\0')
		return 0;
	diagnostics_init(&list);
	m = o->mapping ? mapping_load(mapping, &list)
		       : mapping_load_stored(mapping, &list);
	if (m)
		mapping_each_field(m, note_meta_row, &found);
	mapping_free(m);
	diagnostics_release(&list);
	if (!found)
		return 0;
	diag_set(d, DIAG_USAGE,
	    "the mapping '%s' uses 'meta: row', and run %s is a retry itself: "
	    "its rows are numbered anew",
	    mapping, id->id);
	return help_first(r, o, d);
}

/* The run's own to-fix.csv; with a second one beside it a person must say
 * which is the fixed one. */
static int
take_own(const struct retry *r, struct diag *d)
{
	struct buf help = BUF_INIT(sizeof(d->help) - 1);
	char word[SHELL_WORD_SIZE];
	int ret = 0;

	shell_word(run_identity(r->parent)->id, word);

	if (access(r->second_path, F_OK) == 0) {
		ret = diag_set(d, DIAG_USAGE,
		    "run %s has two files of its failed rows: to-fix.csv and "
		    "%s",
		    run_identity(r->parent)->id,
		    strrchr(r->second_path, '/') + 1);
		buf_addf(&help,
		    "name the one that was fixed: csv2chakra retry "
		    "%s ",
		    word);
		shell_quote(&help, r->to_fix_path);
		buf_addf(&help, " or csv2chakra retry %s ", word);
		shell_quote(&help, r->second_path);
		diag_help(d, "%s", buf_str(&help));
	} else if (access(r->to_fix_path, F_OK) != 0) {
		ret = result_file_missing(r->parent, OWN_TO_FIX, d);
	}
	buf_release(&help);
	return ret;
}

/* A file that was named as if it lay here, and lies with the run. */
static int
check_named(const struct retry *r, const char *named, struct diag *d)
{
	struct buf help = BUF_INIT(sizeof(d->help) - 1);
	const char *id = run_identity(r->parent)->id;
	char word[SHELL_WORD_SIZE];

	if (strcmp(named, "-") == 0 || access(named, F_OK) == 0 ||
	    access(r->to_fix_path, F_OK) != 0)
		return 0;
	diag_set(d, DIAG_INPUT, "there is no file '%s'", named);
	buf_addf(&help, "run %s has its own: csv2chakra retry %s ", id,
	    shell_word(id, word));
	shell_quote(&help, r->to_fix_path);
	diag_help(d, "%s", buf_str(&help));
	buf_release(&help);
	return -1;
}

static int
find_rows(struct retry *r, const struct settings *o, struct import_request *q,
    struct diag *d)
{
	if (o->operand_count > 1) {
		q->csv_path = o->operands[1];
		q->input = RETRY_TO_FIX;
		return check_named(r, q->csv_path, d);
	}
	if (r->takes_rejected) {
		r->rejected_path = result_file_path(r->parent, OWN_REJECTED, d);
		q->csv_path = r->rejected_path;
		q->input = r->was_fixed ? RETRY_GUARDED : RETRY_REJECTED;
		return r->rejected_path ? 0 : -1;
	}
	q->csv_path = r->to_fix_path;
	q->input = RETRY_TO_FIX;
	return take_own(r, d);
}

static int
retry_with(struct retry *r, struct settings *s,
    const struct run_audience *audience, struct diag *d)
{
	struct import_request q = {
	    .settings = s,
	    .command = "retry",
	    .audience = audience,
	};

	if (open_parent(r, s, d))
		return -1;
	s->base_url = r->settings.base_url;
	s->procedure = r->settings.procedure;
	r->mapping_path = run_path(r->parent, "mapping.yaml");
	q.mapping_path = s->mapping ? s->mapping : r->mapping_path;
	q.mapping_is_stored = s->mapping == NULL;
	q.parent = r->parent;
	q.parent_keys = r->keys;
	if (find_rows(r, s, &q, d))
		return -1;
	if (check_meta_row(r, s, q.mapping_path, d))
		return -1;
	return import_job_run(&q, d);
}

int
retry_run(const struct settings *settings, const struct run_audience *audience,
    struct diag *d)
{
	struct settings s = *settings;
	struct retry r = {0};
	int status;

	status = retry_with(&r, &s, audience, d);
	key_verdicts_free(r.keys);
	run_free(r.parent);
	free(r.runs_dir);
	free(r.mapping_path);
	free(r.rejected_path);
	free(r.to_fix_path);
	free(r.second_path);
	arena_release(&r.arena);
	return status;
}
