/* SPDX-License-Identifier: MIT */
/*
 * The header is read from rejected.csv, where it is as it was, with the mapping
 * and the settings of the first run. Refused: counting from after the two
 * columns that to-fix.csv has in front; where a column had been moved, that
 * sent one value as another.
 */
#include "retry_columns.h"

#include "base/xalloc.h"
#include "ledger/ledger.h"
#include "result_files.h"
#include "results/row_files.h"
#include "retry_gate.h"
#include "run_settings.h"

#include <stdlib.h>
#include <string.h>

struct first_header {
	struct arena arena;
	struct settings options;
	struct plan plan;
};

struct placing {
	const struct header *was, *is;
	const char *file;
	struct diag *d;
	int ret;
};

struct each_column {
	void (*see)(void *ctx, struct column_ref *ref);
	void *ctx;
};

static void
each_of_field(void *ctx, struct field *f)
{
	const struct each_column *e = ctx;

	for (size_t i = 0; i < f->column_count; i++)
		e->see(e->ctx, &f->columns[i]);
}

/* Every column that the mapping names: of fields and of conditions. */
static void
each_column(struct mapping *m, void (*see)(void *ctx, struct column_ref *ref),
    void *ctx)
{
	struct each_column e = {see, ctx};

	mapping_each_field(m, each_of_field, &e);
	for (size_t i = 0; i < m->only_count; i++)
		see(ctx, &m->only[i].column);
	for (size_t i = 0; i < m->except_count; i++)
		see(ctx, &m->except[i].column);
}

static void
note_index(void *ctx, struct column_ref *ref)
{
	bool *found = ctx;

	*found |= ref->index != 0;
}

/* As to-fix.csv names it. */
static struct text
name_at(const struct header *h, size_t i, char letters[8])
{
	if (h->row > 0)
		return text_trim(h->names[i]);
	text_column_letters(i, letters);
	return text_of(letters);
}

/* How many of the first `end` columns have the name; *at is the n-th one's
 * place, if there are so many. */
static size_t
count_named(
    const struct header *h, struct text name, size_t end, size_t n, int *at)
{
	size_t count = 0;

	for (size_t i = 0; i < end; i++) {
		char letters[8];
		struct text other = name_at(h, i, letters);

		if (text_equal(other, name) && ++count == n)
			*at = (int)i;
	}
	return count;
}

static int
refuse(const struct placing *p, const struct column_ref *ref, struct text name,
    size_t was, size_t is)
{
	struct buf shown = BUF_INIT(512);

	text_display(&shown, name, 60);
	if (is == 0)
		diag_set(p->d, DIAG_USAGE,
		    "the mapping takes '%s' by 'index: %u', and '%s' has no "
		    "such column",
		    buf_str(&shown), ref->index, p->file);
	else
		diag_set(p->d, DIAG_USAGE,
		    "the mapping takes '%s' by 'index: %u', and '%s' has %zu "
		    "columns of that name, not %zu: it is unclear which one",
		    buf_str(&shown), ref->index, p->file, is, was);
	buf_release(&shown);
	diag_code(p->d, "retry.column");
	return diag_help(p->d, "columns may be moved and added; keep the names "
			       "of the others as in "
			       "to-fix.csv");
}

static void
place(void *ctx, struct column_ref *ref)
{
	struct placing *p = ctx;
	char letters[8];
	size_t was, is, from = ref->index - 1;
	struct text name;
	size_t nth;

	if (ref->index == 0 || p->ret != 0)
		return;
	ref->column = -1; /* the input had no such column */
	if (from >= p->was->count)
		return;
	name = name_at(p->was, from, letters);
	nth = count_named(p->was, name, from + 1, 0, &ref->column);
	was = count_named(p->was, name, p->was->count, 0, &ref->column);
	is = count_named(p->is, name, p->is->count, nth, &ref->column);
	if (is != was)
		p->ret = refuse(p, ref, name, was, is);
}

static int
load_settings(struct first_header *h, const struct run *first, struct diag *d)
{
	struct ledger *l = run_ledger_open(first, true, true, d);
	int ret = -1;

	if (l && run_settings_load(l, &h->options, &h->arena, d) == 0)
		ret = run_reading_apply(l, &h->options, &h->arena, d);
	ledger_free(l);
	return ret;
}

static int
open_first(void *ctx, const struct run *run, struct diag *d)
{
	struct first_header *h = ctx;
	char *mapping, *rejected;
	int ret = -1;

	if (run_identity(run)->parent[0] != '\0')
		return 0;
	if (load_settings(h, run, d) != 0)
		return -1;
	mapping = run_path(run, "mapping.yaml");
	rejected = result_file_path(run, OWN_REJECTED, d);
	if (rejected) {
		struct plan_request q = {
		    .settings = &h->options,
		    .mapping_path = mapping,
		    .mapping_is_stored = true,
		    .payload_version = run_identity(run)->payload_version,
		    .csv_path = rejected,
		};

		ret = plan_make(&h->plan, &q, d);
		if (ret)
			show_diagnostics(&h->plan, &h->options, mapping, 0);
	}
	free(rejected);
	free(mapping);
	return ret;
}

int
retry_columns_place(struct plan *p, const char *runs_dir,
    const struct run *parent, struct diag *d)
{
	struct mapping *m = p->mapping;
	struct first_header first = {.arena = {0}};
	bool has_index = false;
	struct placing placing = {
	    .is = plan_header(p), .file = p->csv_name, .d = d};

	each_column(m, note_index, &has_index);
	if (!has_index)
		return 0;
	placing.ret = retry_chain_each(runs_dir, parent, open_first, &first, d);
	if (placing.ret == 0) {
		placing.was = plan_header(&first.plan);
		each_column(m, place, &placing);
	}
	plan_release(&first.plan);
	arena_release(&first.arena);
	return placing.ret;
}
