/* SPDX-License-Identifier: MIT */
/* What a diff writes. */
#include "base/json_read.h"
#include "base/json_write.h"
#include "base/xalloc.h"
#include "change_page.h"
#include "csv_writer.h"
#include "results/row_files.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART CHANGES_CSV ".part"
#define PROGRESS "diff.json"
#define PROGRESS_SCHEMA "csv2chakra.diff-progress/1"
#define PROGRESS_BYTES_MAX ((size_t)1 << 16)

struct change_files {
	char *folder;
	FILE *out; /* of the part, locked */
	struct csv_writer writer;
	struct buf cell, key;
	bool is_kept; /* the folder stays */
};

static char *
path_in(const struct change_files *f, const char *name)
{
	struct buf path = BUF_INIT(0);

	buf_addf(&path, "%s/%s", f->folder, name);
	return buf_detach(&path);
}

static int
fail(const struct change_files *f, const char *what, const char *name,
    struct diag *d)
{
	return diag_set_errno(
	    d, DIAG_DISK, errno, "unable to %s '%s/%s'", what, f->folder, name);
}

static int
open_part(struct change_files *f, int flags, struct diag *d)
{
	char *path = path_in(f, PART);
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);

	free(path);
	if (fd < 0)
		return fail(f, "write", PART, d);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		diag_set(d, DIAG_LOCKED,
		    "another csv2chakra diff is working on '%s'", f->folder);
		close(fd);
		return -1;
	}
	f->out = fdopen(fd, "w");
	if (f->out == NULL) {
		close(fd);
		return fail(f, "write", PART, d);
	}
	csv_writer_init(&f->writer, f->out, ',', "\n");
	return 0;
}

struct change_files *
change_files_new(const char *folder, struct diag *d)
{
	struct change_files *f;

	if (mkdir(folder, S_IRWXU) != 0) {
		if (errno != EEXIST) {
			diag_no_folder(d, errno, folder);
			return NULL;
		}
		diag_set(d, DIAG_USAGE, "'%s' already exists", folder);
		diag_help(d, "name a new folder: a list of changes is never "
			     "written over");
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->folder = xstrdup(folder);
	if (open_part(f, O_CREAT | O_EXCL, d)) {
		change_files_free(f);
		return NULL;
	}
	for (const char *const *name = change_columns; *name != NULL; name++)
		csv_cell_str(&f->writer, *name);
	csv_end_row(&f->writer);
	return f;
}

/*
 * How far it came.
 */

static bool
read_counts(struct text root, struct change_progress *at)
{
	struct text rows = json_member(root, "rows");
	bool is_good = true;

	for (int o = 0; o < OUTCOME_COUNT; o++) {
		struct text n =
		    json_member(rows, outcome_name((enum outcome)o));

		is_good = is_good &&
			  (n.s == NULL || json_get_uint(n, &at->rows.rows[o]));
	}
	return is_good;
}

/* 1 = read; 0 = there is none; -1. */
static int
read_progress(const struct change_files *f, struct change_progress *at,
    uint64_t *bytes, struct diag *d)
{
	struct buf text = BUF_INIT(PROGRESS_BYTES_MAX);
	char *path = path_in(f, PROGRESS);
	const char *why = file_read_whole(AT_FDCWD, path, &text);
	bool is_missing = why != NULL && errno == ENOENT;
	struct text root;
	bool is_good =
	    why == NULL && json_document(buf_text(&text), &root) &&
	    json_is_text(json_member(root, "schema"), PROGRESS_SCHEMA) &&
	    json_get_text(json_member(root, "input_key"), at->input_key,
		sizeof(at->input_key)) &&
	    json_get_text(json_member(root, "mapping_key"), at->mapping_key,
		sizeof(at->mapping_key)) &&
	    json_get_uint(json_member(root, "last_row"), &at->last_row) &&
	    json_get_uint(json_member(root, "bytes"), bytes) &&
	    json_get_uint(json_member(root, "lookups"), &at->lookups) &&
	    json_get_uint(json_member(root, "calls"), &at->calls) &&
	    json_get_uint(json_member(root, "new_calls"), &at->new_calls) &&
	    read_counts(root, at);

	free(path);
	buf_release(&text);
	if (is_good || is_missing)
		return is_good;
	diag_set(d, DIAG_INPUT, "'%s/%s' cannot be read", f->folder, PROGRESS);
	diag_code(d, "changes.damaged");
	return diag_help(d, "delete the folder, and run the diff again");
}

int
change_files_save(
    struct change_files *f, const struct change_progress *at, struct diag *d)
{
	struct atomic_file file = {.stream = NULL};
	struct buf json = BUF_INIT(0);
	char *path;
	int failed;

	if (fflush(f->out) != 0 || fdatasync(fileno(f->out)) != 0)
		return fail(f, "write", PART, d);
	json_object(&json, NULL);
	json_string(&json, "schema", PROGRESS_SCHEMA);
	json_string(&json, "input_key", at->input_key);
	json_string(&json, "mapping_key", at->mapping_key);
	json_uint(&json, "last_row", at->last_row);
	json_uint(&json, "bytes", (uint64_t)ftello(f->out));
	json_uint(&json, "lookups", at->lookups);
	json_uint(&json, "calls", at->calls);
	json_uint(&json, "new_calls", at->new_calls);
	json_object(&json, "rows");
	for (int o = 0; o < OUTCOME_COUNT; o++)
		json_uint(
		    &json, outcome_name((enum outcome)o), at->rows.rows[o]);
	json_end_object(&json);
	json_end_object(&json);
	path = path_in(f, PROGRESS);
	failed = atomic_open(&file, path, d);
	if (!failed) {
		(void)fwrite(json.data, 1, json.len, file.stream);
		failed = atomic_commit(&file, d);
	}
	free(path);
	buf_release(&json);
	f->is_kept |= !failed;
	return failed;
}

/* Goes on in a folder that an earlier one left; what it wrote after it last
 * said how far it came is done again. */
static int
go_on(struct change_files *f, struct change_progress *at, struct diag *d)
{
	struct change_progress was = {.last_row = 0};
	uint64_t bytes = 0;
	int got;

	f->is_kept = true;
	got = read_progress(f, &was, &bytes, d);
	if (got == 0) {
		diag_set(d, DIAG_USAGE, "'%s' already exists", f->folder);
		diag_help(d, "name a new folder: a list of changes is never "
			     "written over");
	}
	if (got <= 0)
		return -1;
	if (strcmp(was.input_key, at->input_key) != 0 ||
	    strcmp(was.mapping_key, at->mapping_key) != 0) {
		diag_set(d, DIAG_USAGE,
		    "'%s' holds an unfinished diff of another input or mapping",
		    f->folder);
		diag_code(d, "changes.other");
		return diag_help(d, "name a new folder");
	}
	if (open_part(f, 0, d))
		return -1;
	if (ftruncate(fileno(f->out), (off_t)bytes) != 0 ||
	    fseeko(f->out, 0, SEEK_END) != 0 || ftello(f->out) != (off_t)bytes)
		return fail(f, "go on with", PART, d);
	*at = was;
	return 0;
}

struct change_files *
change_files_begin(
    const char *folder, struct change_progress *at, struct diag *d)
{
	struct change_files *f;

	if (access(folder, F_OK) != 0)
		return change_files_new(folder, d);
	f = xcalloc(1, sizeof(*f));
	f->folder = xstrdup(folder);
	if (go_on(f, at, d) == 0)
		return f;
	change_files_free(f);
	return NULL;
}

int
change_files_each(struct change_files *f, const char *mode,
    void (*each)(void *ctx, const struct recorded_row *row), void *ctx,
    struct diag *d)
{
	char *path = path_in(f, PART);
	struct change_reader *r = change_reader_open(path, mode, d);
	const struct recorded_row *row;
	int got = r ? 1 : -1;

	while (got > 0 && (got = change_reader_next(r, &row, d)) > 0)
		each(ctx, row);
	change_reader_free(r);
	free(path);
	return got;
}

/* A spreadsheet opens it, too. */
static void
guarded(struct change_files *f, struct text t)
{
	buf_clear(&f->cell);
	to_fix_guard(&f->cell, t);
	csv_cell(&f->writer, buf_text(&f->cell));
}

void
change_files_add(struct change_files *f, const struct field_line *line)
{
	csv_cell_uint(&f->writer, line->row);
	buf_clear(&f->key);
	json_decode(line->key, &f->key);
	guarded(f, buf_text(&f->key));
	csv_cell(&f->writer, line->process_id);
	csv_cell_str(&f->writer, line->verb);
	guarded(f, line->field);
	guarded(f, line->before);
	guarded(f, line->after);
	csv_end_row(&f->writer);
}

static int
write_file(struct change_files *f, const char *name, const struct buf *json,
    const struct change_summary *summary, struct diag *d)
{
	struct atomic_file out = {.stream = NULL};
	char *path = path_in(f, name), *csv = path_in(f, CHANGES_CSV);
	int failed = atomic_open(&out, path, d);

	if (!failed && json == NULL)
		failed = change_page(out.stream, csv, summary, d);
	else if (!failed)
		(void)fwrite(json->data, 1, json->len, out.stream);
	if (!failed)
		failed = atomic_commit(&out, d);
	else
		atomic_abort(&out);
	free(csv);
	free(path);
	return failed;
}

int
change_files_commit(struct change_files *f, const struct buf *json,
    const struct change_summary *summary, struct diag *d)
{
	char *part = path_in(f, PART), *csv = path_in(f, CHANGES_CSV);
	char *progress = path_in(f, PROGRESS);
	int failed = 0;

	if (fflush(f->out) != 0 || ferror(f->out) || fsync(fileno(f->out)) != 0)
		failed = fail(f, "write", PART, d);
	else if (rename(part, csv) != 0)
		failed = fail(f, "write", CHANGES_CSV, d);
	if (!failed)
		failed = write_file(f, CHANGES_HTML, NULL, summary, d) ||
			 write_file(f, CHANGES_JSON, json, NULL, d);
	if (!failed) {
		f->is_kept = true;
		(void)unlink(progress);
	} else {
		(void)unlink(csv);
		f->is_kept = false;
	}
	free(progress);
	free(part);
	free(csv);
	return failed ? -1 : 0;
}

void
change_files_free(struct change_files *f)
{
	static const char *const names[] = {PART, CHANGES_HTML, PROGRESS};

	if (f == NULL)
		return;
	if (f->out != NULL)
		fclose(f->out);
	for (size_t i = 0; !f->is_kept && i < sizeof(names) / sizeof(names[0]);
	     i++) {
		char *path = path_in(f, names[i]);

		(void)unlink(path);
		free(path);
	}
	if (!f->is_kept)
		(void)rmdir(f->folder);
	buf_release(&f->cell);
	buf_release(&f->key);
	free(f->folder);
	free(f);
}
