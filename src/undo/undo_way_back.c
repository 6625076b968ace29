/* SPDX-License-Identifier: MIT */
/*
 * The way back of what the parent changed: what was before each change is in
 * its ledger, what was sent is in its input. Nothing is sent from here: the
 * folder is looked at by a person, and applied by `import --changes`.
 */
#include "base/xalloc.h"
#include "results/row_files.h"
#include "undo_run.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct walk {
	struct undo *u;
	struct way_back *files;
	struct buf fields;
};

static int
take_row(struct walk *w, const struct chunk *k, size_t i, struct diag *d)
{
	const struct chunk_row *c = &k->rows[i];
	struct ledger_before before = {.process_id = ""};
	struct way_back_row row;
	int got;

	buf_clear(&w->fields);
	got = ledger_get_before(
	    w->u->parent.ledger, k->ordinal, i, &before, &w->fields, d);
	if (got < 0)
		return -1;
	if (got == 0) {
		diag_set(d, DIAG_INPUT,
		    "the ledger of run %s does not say what row %llu was "
		    "before it was changed",
		    run_identity(w->u->parent.run)->id,
		    (unsigned long long)c->row);
		return diag_code(d, "ledger.damaged");
	}
	row = (struct way_back_row){
	    .key = {k->body.data + c->key_at, c->key_len},
	    .process_id = before.process_id,
	    .before = before.fields,
	    .sent = {k->body.data + c->json_at, c->json_len},
	};
	way_back_add(w->files, &row);
	return 0;
}

static int
take_chunk(void *ctx, const struct chunk *k, struct diag *d)
{
	struct walk *w = ctx;
	struct ledger_outcomes *made = w->u->rows.made;
	int updated = outcome_of_verb("update");
	int got;

	if (k->row_count == 0 || k->cut)
		return 0;
	got = submitter_compare_chunk(w->u->parent.ledger, k, d);
	if (got != 0)
		return got > 0 ? 0 : -1;
	if (ledger_outcomes_load(made, k->ordinal, d))
		return -1;
	for (size_t i = 0; i < k->row_count; i++)
		if ((int)ledger_outcomes_get(made, i).outcome == updated &&
		    take_row(w, k, i, d))
			return -1;
	return 0;
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
		buf_addf(&path, "%s/way-back", run_folder(u->parent.run));
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
	const struct run_identity *id = run_identity(u->parent.run);
	const struct mapping *m = u->plan.mapping;
	struct walk w = {.u = u, .fields = BUF_INIT(0)};
	struct way_back_target target = {.run_id = id->id,
	    .mode = mapping_mode_name(MODE_UPDATE),
	    .procedure = id->procedure,
	    .base_url = id->base_url,
	    .key_name = u->rows.rules.key_name,
	    .key_in_data = m->key_in_data,
	    .send_only = m->update.send_only,
	    .send_count = m->update.send_count};
	int failed;

	if (u->updated == 0 || choose_folder(u))
		return 0;
	target.folder = u->way_back;
	w.files = way_back_new(&target, d);
	failed = w.files == NULL ||
		 reading_ahead(&u->plan, NULL, take_chunk, &w, d) ||
		 way_back_commit(w.files, d);
	way_back_free(w.files);
	buf_release(&w.fields);
	return failed ? -1 : 0;
}
