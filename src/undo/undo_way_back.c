/* SPDX-License-Identifier: MIT */
/*
 * The way back of what the parent changed: what was before each change, and
 * what it sent, is in its ledger. Nothing is sent from here: the folder is
 * looked at by a person, and applied by `import --changes`.
 */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "results/row_files.h"
#include "undo_run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct walk {
	struct undo *u;
	struct way_back *files;
	struct buf fields, after;
};

static int
take_row(
    struct walk *w, const struct sent_row *sent, uint64_t index, struct diag *d)
{
	struct undo_input *in = &w->u->input;
	uint64_t chunk = w->u->rows.ordinal;
	struct ledger_before before = {.process_id = ""};
	struct way_back_row row;
	struct text root;
	int got = ledger_get_before(
	    in->run.ledger, chunk, index, &before, &w->fields, d);

	if (got > 0)
		got = ledger_get_after(in->rows, chunk, index, &w->after, d);
	if (got < 0)
		return -1;
	/* A file may hold anything. */
	if (got == 0 || !json_document(before.fields, &root) ||
	    !json_is_object(root) ||
	    !json_document(buf_text(&w->after), &root) ||
	    !json_is_object(root)) {
		diag_set(d, DIAG_INPUT,
		    "the ledger of run %s does not say what row %llu was "
		    "before it was changed",
		    run_identity(in->run.run)->id,
		    (unsigned long long)sent->row);
		return diag_code(d, "ledger.damaged");
	}
	row = (struct way_back_row){
	    .key = sent->key,
	    .process_id = before.process_id,
	    .before = before.fields,
	    .after = buf_text(&w->after),
	};
	way_back_add(w->files, &row);
	return 0;
}

static int
take_rows(struct walk *w, struct diag *d)
{
	struct undo_rows *rows = &w->u->rows;
	int updated = outcome_of_verb("update"), got;
	struct sent_row sent;

	undo_rows_begin(rows);
	while ((got = undo_rows_open(rows, d)) > 0)
		for (uint64_t i = 0; i < rows->chunk.rows; i++)
			if (undo_rows_read(rows, &sent, d) ||
			    ((int)ledger_outcomes_get(rows->made, i).outcome ==
				    updated &&
				take_row(w, &sent, i, d)))
				return -1;
	return got;
}

/* In the parent's folder, unless another one is named: one that is whole is
 * kept, one that a kill left is not used. */
static bool
choose_folder(struct undo *u)
{
	struct buf path = BUF_INIT(0);
	bool is_whole = false;

	if (u->settings.output) {
		u->way_back = xstrdup(u->settings.output);
		return false;
	}
	for (int n = 1; u->way_back == NULL; n++) {
		buf_clear(&path);
		buf_addf(&path, "%s/way-back", run_folder(u->input.run.run));
		if (n > 1)
			buf_addf(&path, ".%d", n);
		u->way_back = xstrdup(buf_str(&path));
		if (access(u->way_back, F_OK) != 0)
			break;
		buf_adds(&path, "/changes.json");
		is_whole = access(buf_str(&path), F_OK) == 0;
		if (is_whole)
			break;
		free(u->way_back);
		u->way_back = NULL;
	}
	buf_release(&path);
	return is_whole;
}

int
undo_write_way_back(struct undo *u, struct diag *d)
{
	const struct run_identity *id = run_identity(u->input.run.run);
	const struct mapping *m = u->input.plan.mapping;
	struct walk w = {.u = u, .fields = BUF_INIT(0), .after = BUF_INIT(0)};
	struct way_back_target target = {.run_id = id->id,
	    .mode = mapping_mode_name(MODE_UPDATE),
	    .procedure = id->procedure,
	    .base_url = id->base_url,
	    .key_name = u->input.key_name,
	    .key_in_data = m->key_in_data,
	    .send_only = m->update.send_only,
	    .send_count = m->update.send_count};
	int failed;

	if (u->updated == 0 || choose_folder(u))
		return 0;
	target.folder = u->way_back;
	w.files = way_back_new(&target, d);
	failed =
	    w.files == NULL || take_rows(&w, d) || way_back_commit(w.files, d);
	way_back_free(w.files);
	buf_release(&w.fields);
	buf_release(&w.after);
	return failed ? -1 : 0;
}
