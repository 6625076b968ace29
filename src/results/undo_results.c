/* SPDX-License-Identifier: MIT */
/* results.csv of an undo: the columns of every results.csv. */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "csv_writer.h"
#include "results/row_files.h"
#include "system/atomic_file.h"

#include <stdlib.h>

struct undo_results {
	struct atomic_file file;
	bool is_open;
	struct csv_writer writer;
	struct buf cell, text;
};

struct undo_results *
undo_results_new(const char *folder, struct diag *d)
{
	static const char *const names[] = {"row", "line", "lead_id",
	    "process_id", "chunk", "job_id", "outcome", "evidence", "message",
	    "verb"};
	struct undo_results *f = xcalloc(1, sizeof(*f));

	if (atomic_open_in(&f->file, folder, d) != 0) {
		free(f);
		return NULL;
	}
	f->is_open = true;
	buf_init(&f->cell, 0);
	buf_init(&f->text, 0);
	csv_writer_init(&f->writer, f->file.stream, ',', "\n");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		csv_cell_str(&f->writer, names[i]);
	csv_end_row(&f->writer);
	return f;
}

/* A spreadsheet opens it, too. */
static void
guarded(struct undo_results *f, struct text t)
{
	buf_clear(&f->cell);
	to_fix_guard(&f->cell, t);
	csv_cell(&f->writer, buf_text(&f->cell));
}

void
undo_results_add(struct undo_results *f, const struct undo_result *r)
{
	csv_cell_uint(&f->writer, r->row);
	csv_cell_uint(&f->writer, r->line);
	buf_clear(&f->text);
	if (r->key.len > 0)
		json_decode(r->key, &f->text);
	guarded(f, buf_text(&f->text));
	guarded(f, text_of(r->process_id));
	csv_cell_uint(&f->writer, r->chunk);
	csv_cell_str(&f->writer, "");
	csv_cell_str(&f->writer, outcome_name(r->outcome));
	csv_cell_str(&f->writer, r->evidence);
	buf_clear(&f->text);
	text_display(&f->text, text_of(r->words), 0);
	if (r->code[0] != '\0')
		buf_addf(
		    &f->text, "%s[%s]", f->text.len > 0 ? " " : "", r->code);
	guarded(f, buf_text(&f->text));
	csv_cell_str(&f->writer, "delete");
	csv_end_row(&f->writer);
}

int
undo_results_finish(
    struct undo_results *f, struct own_files *own, struct diag *d)
{
	char sum[SHA256_HEX_SIZE];

	return atomic_finish(&f->file, sum, d) != 0
		   ? -1
		   : own_files_choose(own, OWN_RESULTS, sum, d);
}

int
undo_results_commit(
    struct undo_results *f, const struct own_files *own, struct diag *d)
{
	const struct own_entry *e = &own->file[OWN_RESULTS];

	f->is_open = false;
	atomic_name(&f->file, e->new_name, e->is_new);
	return atomic_commit(&f->file, d);
}

void
undo_results_free(struct undo_results *f)
{
	if (f == NULL)
		return;
	if (f->is_open)
		atomic_abort(&f->file);
	buf_release(&f->cell);
	buf_release(&f->text);
	free(f);
}
