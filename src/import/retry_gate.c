/* SPDX-License-Identifier: MIT */
/* Reads the files of the parents, and the retry's own input once ahead, into
 * the matcher, which decides. */
#include "retry_gate.h"

#include "base/xalloc.h"
#include "plan/reading.h"
#include "result_files.h"
#include "results/row_files.h"
#include "system/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
read_own_keys(struct retry_match *m, struct plan *plan, struct diag *d)
{
	struct chunker_options options = plan->chunker_options;
	int ret;

	options.gate = retry_match_collector(m);
	ret = reading_ahead(plan, &options, NULL, NULL, d);
	retry_match_sort(m);
	return ret;
}

/* Runs that are met one after the other. One of them is kept, a later one
 * after 1, 2, 4, … more: in a circle it comes again. */
struct walk {
	char kept[128];
	size_t steps, next;
};

static bool
is_met_again(struct walk *w, const char *id)
{
	if (strcmp(w->kept, id) == 0)
		return true;
	if (w->steps++ >= w->next) {
		snprintf(w->kept, sizeof(w->kept), "%s", id);
		w->next = w->steps * 2;
	}
	return false;
}

int
retry_chain_each(const char *runs_dir, const struct run *run,
    int (*visit)(void *ctx, const struct run *run, struct diag *d), void *ctx,
    struct diag *d)
{
	struct run *up = NULL, *next;
	struct walk w = {.steps = 0};
	int ret;

	for (;;) {
		const struct run_identity *id = run_identity(run);

		ret = is_met_again(&w, id->id)
			  ? run_refuse_circle(run_folder(run), id->id, d)
			  : visit(ctx, run, d);
		if (ret != 0 || id->parent[0] == '\0')
			break;
		next = run_open_own(runs_dir, id->parent, d);
		run_free(up);
		if (next == NULL)
			return -1;
		run = up = next;
	}
	run_free(up);
	return ret;
}

static int
read_results(void *ctx, const struct run *run, struct diag *d)
{
	return result_file_each(
	    run, OWN_RESULTS, retry_match_mark_taken, ctx, d);
}

/* The runs there are, and who retries whom. */
struct family {
	struct run_list *list;
	const struct run_entry *runs; /* the newest first */
	size_t count;
};

static int
family_read(struct family *f, const char *runs_dir, struct diag *d)
{
	f->list = run_list_read(runs_dir, d);
	if (f->list == NULL)
		return -1;
	f->runs = run_list_entries(f->list, &f->count);
	return 0;
}

static const struct run_entry *
find_kin(const struct family *f, const char *id)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->runs[i].name, id) == 0)
			return &f->runs[i];
	return NULL;
}

/* The first of the runs that it comes from. Runs whose parents make a circle
 * come from none of ours. */
static const char *
root_of(const struct family *f, const char *id)
{
	const struct run_entry *k = find_kin(f, id);

	for (size_t up = 0; k && k->parent[0] && up < f->count; up++) {
		id = k->parent;
		k = find_kin(f, id);
	}
	return id;
}

static bool
is_ancestor(const struct family *f, const char *id, const char *of)
{
	const struct run_entry *k = find_kin(f, of);

	for (size_t up = 0; k && up < f->count; up++) {
		if (strcmp(k->name, id) == 0)
			return true;
		k = find_kin(f, k->parent);
	}
	return false;
}

static bool
is_relative(const struct family *f, const struct run_entry *k,
    const char *parent, const char *self)
{
	if (k->may_retry)
		return true;
	return k->parent[0] != '\0' && !is_ancestor(f, k->name, parent) &&
	       (self == NULL || !is_ancestor(f, self, k->name)) &&
	       strcmp(root_of(f, k->name), root_of(f, parent)) == 0;
}

struct kin_walk {
	int (*each)(void *ctx, const struct run_summary *k, struct diag *d);
	void *ctx;
	struct diag *d;
};

static int
visit_kin(void *ctx, const struct run_summary *s)
{
	const struct kin_walk *w = ctx;

	return w->each(w->ctx, s, w->d);
}

/* Whatever else retried rows of the runs that `parent` comes from, the newest
 * first, but for what comes from `self`: only their ledgers are opened. */
static int
each_relative(const struct family *f, const char *parent, const char *self,
    struct kin_walk *w)
{
	int ret = 0;

	for (size_t i = 0; i < f->count && ret == 0; i++) {
		const struct run_filter one = {.name = f->runs[i].name};

		if (is_relative(f, &f->runs[i], parent, self))
			ret = run_list_each(f->list, &one, visit_kin, w);
	}
	return ret;
}

static int
refuse_kin(const struct run_summary *k, const char *why, const char *command,
    struct diag *d)
{
	const char *id = k->identity.id;
	char word[SHELL_WORD_SIZE];

	diag_set(d, DIAG_USAGE,
	    "run %s retries rows of the same run and %s; nothing was sent", id,
	    why);
	return diag_help(d, "csv2chakra %s %s", command, shell_word(id, word));
}

/* A run that looks at the others that retry the same rows. */
struct reader_of_kin {
	struct retry_match *match;
	const char *runs_dir, *self; /* NULL: a new run */
	char started[32];	     /* of that one; "": it is not there */
};

/* One that goes on decides by what there is; a new one waits until the others
 * came to their end. */
static int
wait_for_kin(const struct run_summary *k, struct diag *d)
{
	if (strcmp(k->state, "running") == 0)
		return refuse_kin(k, "is at work", "status", d);
	if (strcmp(k->state, "in use") == 0)
		return refuse_kin(
		    k, "its ledger is open in another process", "status", d);
	if (strcmp(k->state, "stopped") == 0)
		return refuse_kin(k, "stopped", "resume", d);
	if (strcmp(k->state, "damaged") != 0 || !k->sent)
		return 0;
	diag_set(d, DIAG_INPUT,
	    "run %s %s rows of the same run and cannot be read; nothing was "
	    "sent",
	    k->identity.id,
	    k->identity.parent[0] != '\0' ? "retries" : "may have retried");
	diag_code(d, "run.damaged");
	return diag_help(d, "restore its folder from a backup");
}

static int
read_kin(void *ctx, const struct run_summary *k, struct diag *d)
{
	const struct reader_of_kin *r = ctx;
	bool is_whole =
	    strcmp(k->state, "damaged") != 0 && strcmp(k->state, "pruned") != 0;
	struct run *run;
	int ret;

	/* One that goes on does not ask what began after it. */
	if (r->started[0] != '\0' &&
	    strcmp(k->identity.started, r->started) >= 0)
		return 0;
	if (r->self == NULL && wait_for_kin(k, d) != 0)
		return -1;
	if (!k->sent || k->identity.kind[0] != '\0')
		return 0;
	retry_match_note_other(r->match, is_whole);
	if (!is_whole)
		return 0;
	run = run_open_own(r->runs_dir, k->identity.id, d);
	if (run == NULL)
		return -1;
	ret = result_file_each(
	    run, OWN_RESULTS, retry_match_mark_taken, r->match, d);
	run_free(run);
	return ret;
}

static int
note_started(void *ctx, const struct run_summary *s)
{
	memcpy(ctx, s->identity.started, sizeof(s->identity.started));
	return 0;
}

static int
read_family(struct retry_match *m, const char *runs_dir, const char *parent,
    const char *self, struct diag *d)
{
	struct reader_of_kin r = {m, runs_dir, self, ""};
	struct kin_walk w = {read_kin, &r, d};
	const struct run_filter own = {.name = self};
	struct family f;
	int ret;

	if (family_read(&f, runs_dir, d) != 0)
		return -1;
	if (self != NULL)
		(void)run_list_each(f.list, &own, note_started, r.started);
	ret = each_relative(&f, parent, self, &w);
	run_list_free(f.list);
	return ret;
}

/* Of two of 0.1.0 in one second both are the newer one. */
static int
refuse_newer(void *ctx, const struct run_summary *k, struct diag *d)
{
	const struct run_identity *id = ctx;

	return k->sent && k->identity.kind[0] == '\0' &&
		       strcmp(k->identity.started, id->started) >= 0
		   ? refuse_kin(k, "has sent some since", "status", d)
		   : 0;
}

int
retry_gate_check_newest(
    const char *runs_dir, const struct run_identity *id, struct diag *d)
{
	struct run_identity own = *id;
	struct kin_walk w = {refuse_newer, &own, d};
	struct family f;
	int ret;

	if (family_read(&f, runs_dir, d) != 0)
		return -1;
	ret = each_relative(&f, id->parent, id->id, &w);
	run_list_free(f.list);
	return ret;
}

int
retry_gate_lock(const char *runs_dir, const struct run *parent,
    const char *own_key, struct run_lock **lock, struct diag *d)
{
	const char *parent_id = run_identity(parent)->id;
	const char *key;
	struct family f;
	struct run *root;
	int ret = -1;

	*lock = NULL;
	if (family_read(&f, runs_dir, d) != 0)
		return -1;
	root = run_open_own(runs_dir, root_of(&f, parent_id), d);
	key = root ? run_identity(root)->input_key : "";
	/* The retry of the first input itself locks that as its own. */
	if (root && strcmp(key, own_key) != 0)
		*lock = run_lock_take(runs_dir, key, d);
	if (root && (*lock || strcmp(key, own_key) == 0))
		ret = 0;
	run_free(root);
	run_list_free(f.list);
	return ret;
}

/* Where the rows' numbers are, -1 = nowhere. Of two columns nobody can tell
 * which one a person meant. */
static int
find_row_column(const struct plan *plan, int *column, struct diag *d)
{
	const struct header *h = plan_header(plan);

	*column = -1;
	for (size_t i = 0; i < h->count; i++) {
		if (!text_is(h->names[i], TO_FIX_ROW_COLUMN))
			continue;
		if (*column >= 0) {
			diag_set(d, DIAG_USAGE,
			    "'%s' has several columns '" TO_FIX_ROW_COLUMN
			    "'; nothing was sent",
			    plan->csv_name);
			diag_code(d, "mapping.duplicate_column");
			return diag_help(
			    d, "delete all but the one that the run wrote");
		}
		*column = (int)i;
	}
	return 0;
}

struct retry_match *
retry_gate_open(const char *runs_dir, const struct run *parent,
    const char *self, struct plan *plan, enum retry_input input, struct diag *d)
{
	struct retry_match_options o = {.parent_id = run_identity(parent)->id,
	    .is_to_fix = input == RETRY_TO_FIX,
	    .is_guarded = input != RETRY_REJECTED,
	    .row_column = -1};
	struct retry_match *m;

	if (o.is_to_fix && find_row_column(plan, &o.row_column, d))
		return NULL;
	m = retry_match_new(&o);
	if (result_file_each(
		parent, OWN_REASONS, retry_match_add_failed, m, d) ||
	    read_own_keys(m, plan, d) ||
	    retry_chain_each(runs_dir, parent, read_results, m, d) ||
	    read_family(m, runs_dir, o.parent_id, self, d)) {
		retry_match_free(m);
		return NULL;
	}
	return m;
}
