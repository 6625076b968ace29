/* SPDX-License-Identifier: MIT */
/* What a diff writes. */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "csv_writer.h"
#include "results/row_files.h"
#include "system/atomic_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct change_files {
	char *folder;
	struct atomic_file csv;
	struct csv_writer writer;
	struct buf cell, key;
	bool is_committed;
};

static void
path_in(struct buf *out, const struct change_files *f, const char *name)
{
	buf_clear(out);
	buf_addf(out, "%s/%s", f->folder, name);
}

struct change_files *
change_files_new(const char *folder, struct diag *d)
{
	struct change_files *f;
	struct buf path = BUF_INIT(0);
	int failed;

	if (mkdir(folder, S_IRWXU) != 0 && errno == EEXIST) {
		diag_set(d, DIAG_USAGE, "'%s' is there already", folder);
		diag_help(d, "name a new folder: a diff never changes one");
		return NULL;
	}
	if (access(folder, W_OK) != 0) {
		diag_set_errno(d, DIAG_DISK, errno,
		    "unable to make the folder '%s'", folder);
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->folder = xstrdup(folder);
	path_in(&path, f, CHANGES_CSV);
	failed = atomic_open(&f->csv, buf_str(&path), d);
	buf_release(&path);
	if (failed) {
		change_files_free(f);
		return NULL;
	}
	csv_writer_init(&f->writer, f->csv.stream, ',', "\n");
	for (const char *const *name = change_columns; *name != NULL; name++)
		csv_cell_str(&f->writer, *name);
	csv_end_row(&f->writer);
	return f;
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

int
change_files_commit(
    struct change_files *f, const struct buf *json, struct diag *d)
{
	struct atomic_file out = {.stream = NULL};
	struct buf path = BUF_INIT(0);
	int failed = atomic_commit(&f->csv, d);

	path_in(&path, f, CHANGES_JSON);
	if (!failed)
		failed = atomic_open(&out, buf_str(&path), d);
	if (!failed) {
		(void)fwrite(json->data, 1, json->len, out.stream);
		failed = atomic_commit(&out, d);
	}
	f->is_committed = !failed;
	buf_release(&path);
	return failed;
}

void
change_files_free(struct change_files *f)
{
	if (f == NULL)
		return;
	if (!f->is_committed) {
		atomic_abort(&f->csv);
		(void)rmdir(f->folder);
	}
	buf_release(&f->cell);
	buf_release(&f->key);
	free(f->folder);
	free(f);
}
