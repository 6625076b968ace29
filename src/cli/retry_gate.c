/* SPDX-License-Identifier: MIT */
#include "cli/retry_gate.h"

/*
 * Keys are compared by a 64-bit hash: a false equality would refuse a row
 * with a message that names it, and never send one. The retry's own keys are
 * collected first, in a reading of their own, so that only they are
 * remembered while the parents' results stream by.
 */

#include "base/xalloc.h"
#include "cli/result_files.h"
#include "process/hash64.h"
#include "report/row_files.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char hash_key[16] = "csv2chakra retry";

struct failed_row {
	uint64_t row;	      /* in the parent's input */
	uint64_t key;	      /* hash of its key; 0 = it had none */
	uint64_t used_by;     /* record number in the retry; 0 = none yet */
	bool was_sent;	      /* refused behind the door, not at it */
};

struct own_key {
	uint64_t key;
	bool is_taken; /* created, accepted or unknown in the chain */
};

struct retry_gate {
	struct row_gate hooks;
	const char *parent_id;
	bool is_to_fix;	 /* rows are named in it, else in the parent's order */
	bool is_guarded; /* cells may have a guard against formulas */
	int row_column; /* of csv2chakra_row, or -1 */
	struct failed_row *failed; /* by row; by key when rows are not named */
	size_t failed_count, failed_cap;
	struct own_key *own; /* by key */
	size_t own_count, own_cap;
	struct text *cells; /* of the record that is being built */
	size_t cell_cap;
	bool names_row;	    /* the cell of row_column is a number */
	uint64_t named_row;
};

static uint64_t
hash_of(struct text key)
{
	uint64_t h = key.len ? hash64(hash_key, key) : 0;

	return key.len && h == 0 ? 1 : h;
}

static int
add_failed(void *ctx, const struct result_row *r)
{
	struct retry_gate *g = ctx;
	struct failed_row *last =
	    g->failed_count ? &g->failed[g->failed_count - 1] : NULL;

	/* A row has a line for each of its problems. */
	if (last == NULL || last->row != r->row) {
		if (g->failed_count == g->failed_cap) {
			g->failed_cap = g->failed_cap ? g->failed_cap * 2 : 64;
			g->failed = xreallocarray(
			    g->failed, g->failed_cap, sizeof(*g->failed));
		}
		assert(g->failed != NULL);
		last = &g->failed[g->failed_count++];
		*last = (struct failed_row){
		    .row = r->row, .key = hash_of(r->lead_id)};
	}
	if (r->outcome == OUTCOME_REFUSED && !text_is(r->code, "http.413"))
		last->was_sent = true;
	return 0;
}

static struct failed_row *
find_row(struct retry_gate *g, uint64_t row)
{
	size_t low = 0, high = g->failed_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (g->failed[mid].row < row)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < g->failed_count && g->failed[low].row == row)
		return &g->failed[low];
	return NULL;
}

static int
compare_failed_keys(const void *a, const void *b)
{
	const struct failed_row *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

/* For files without csv2chakra_row: the rows are found by key instead. */
static struct failed_row *
find_key(struct retry_gate *g, uint64_t key)
{
	size_t low = 0, high = g->failed_count;

	while (key && low < high) {
		size_t mid = low + (high - low) / 2;

		if (g->failed[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	if (key && low < g->failed_count && g->failed[low].key == key)
		return &g->failed[low];
	return NULL;
}

static int
compare_own(const void *a, const void *b)
{
	const struct own_key *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static struct own_key *
find_own(struct retry_gate *g, uint64_t key)
{
	struct own_key wanted = {.key = key};

	if (key == 0 || g->own_count == 0)
		return NULL;
	return bsearch(
	    &wanted, g->own, g->own_count, sizeof(*g->own), compare_own);
}

static int
mark_taken(void *ctx, const struct result_row *r)
{
	struct own_key *own;

	if (r->outcome != OUTCOME_CREATED && r->outcome != OUTCOME_ACCEPTED &&
	    r->outcome != OUTCOME_UNKNOWN)
		return 0;
	own = find_own(ctx, hash_of(r->lead_id));
	if (own)
		own->is_taken = true;
	return 0;
}

static void
take_guards_off(struct retry_gate *g, struct record *rec)
{
	if (rec->cell_count > g->cell_cap) {
		g->cell_cap = rec->cell_count;
		g->cells = xreallocarray(
		    g->cells, g->cell_cap, sizeof(*g->cells));
	}
	for (size_t i = 0; i < rec->cell_count; i++)
		g->cells[i] = to_fix_unguard(rec->cells[i]);
	rec->cells = g->cells;
}

static void
prepare(void *ctx, struct record *rec)
{
	struct retry_gate *g = ctx;
	struct failed_row *f = NULL;

	g->names_row = false;
	if (g->is_guarded)
		take_guards_off(g, rec);
	if (!g->is_to_fix) {
		if (rec->number <= g->failed_count)
			f = &g->failed[rec->number - 1];
		rec->origin_row = f ? f->row : 0;
		return;
	}
	if (g->row_column >= 0 && (size_t)g->row_column < rec->cell_count) {
		g->names_row = text_parse_uint(
		    text_trim(g->cells[g->row_column]), &g->named_row);
		rec->origin_row = g->names_row ? g->named_row : 0;
	}
}

static struct failed_row *
match(struct retry_gate *g, const struct record *rec, struct text key)
{
	if (!g->is_to_fix)
		return rec->number <= g->failed_count
		    ? &g->failed[rec->number - 1]
		    : NULL;
	if (g->row_column < 0)
		return find_key(g, hash_of(key));
	return g->names_row ? find_row(g, g->named_row) : NULL;
}

static bool
refuse(struct retry_gate *g, struct problem_list *problems, struct text key,
    const char *why)
{
	problem_add(problems, PROBLEM_REJECT, STAGE_MAP,
	    "retry.not_retryable", g->row_column, key,
	    "this row is not sent again: %s (run %s)", why, g->parent_id);
	return false;
}

static bool
admit(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	struct retry_gate *g = ctx;
	struct failed_row *f = match(g, rec, key);
	const struct own_key *own = find_own(g, hash_of(key));

	if (f == NULL && g->is_to_fix && g->row_column >= 0 && !g->names_row)
		return refuse(g, problems, key,
		    "csv2chakra_row does not hold a row number");
	if (f == NULL)
		return refuse(g, problems, key,
		    "it is none of those that were rejected or refused");
	if (f->used_by && f->used_by != rec->number)
		return refuse(
		    g, problems, key, "the same row stands here twice");
	f->used_by = rec->number;
	if (own && own->is_taken)
		return refuse(g, problems, key,
		    "its key was created, or may have been");
	if (f->was_sent && key.len == 0)
		return refuse(g, problems, key,
		    "it was sent once, and has no key to look it up by");
	*check_first = f->was_sent;
	return true;
}

/* The first reading admits every row that is built and keeps its key. */
static bool
admit_all(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	struct retry_gate *g = ctx;

	(void)rec;
	(void)problems;
	(void)check_first;
	if (g->own_count == g->own_cap) {
		g->own_cap = g->own_cap ? g->own_cap * 2 : 64;
		g->own = xreallocarray(g->own, g->own_cap, sizeof(*g->own));
	}
	if (key.len)
		g->own[g->own_count++] = (struct own_key){.key = hash_of(key)};
	return true;
}

static int
read_own_keys(
    struct retry_gate *g, const struct pipeline *pipeline, struct diag *d)
{
	struct row_gate all = {
	    .ctx = g, .prepare = prepare, .admit = admit_all};
	struct pipeline ahead = {0};
	struct chunk chunk;
	int got;

	chunk_init(&chunk);
	got = pipeline_reopen(&ahead, pipeline, d);
	if (got == 0) {
		ahead.chunker_options.gate = &all;
		pipeline_start(&ahead, NULL);
		do
			got = chunker_next(ahead.chunker, &chunk, d);
		while (got > 0);
	}
	chunk_release(&chunk);
	pipeline_release(&ahead);
	if (g->own_count)
		qsort(g->own, g->own_count, sizeof(*g->own), compare_own);
	return got;
}

/* The results of the parent and of its parents. */
static int
read_chain(struct retry_gate *g, const char *runs_dir,
    const struct run *parent, struct diag *d)
{
	struct run *up = NULL;
	int depth = 0, result;

	result = result_file_each(parent, "results.csv", mark_taken, g, d);
	while (result == 0 && run_identity(parent)->parent[0] && depth++ < 1000) {
		struct run *next =
		    run_open(runs_dir, run_identity(parent)->parent, d);

		run_free(up);
		up = next;
		parent = next;
		if (next == NULL)
			return -1;
		result =
		    result_file_each(parent, "results.csv", mark_taken, g, d);
	}
	run_free(up);
	return result;
}

struct retry_gate *
retry_gate_new(const char *runs_dir, const struct run *parent,
    const struct pipeline *pipeline, enum retry_input input, struct diag *d)
{
	const struct header *h = reader_header(pipeline->reader);
	struct retry_gate *g = xcalloc(1, sizeof(*g));

	g->hooks = (struct row_gate){
	    .ctx = g, .prepare = prepare, .admit = admit};
	g->parent_id = run_identity(parent)->id;
	g->is_to_fix = input == RETRY_TO_FIX;
	g->is_guarded = input != RETRY_REJECTED;
	g->row_column = -1;
	for (size_t i = 0; g->is_to_fix && i < h->count; i++)
		if (text_is(h->names[i], TO_FIX_ROW_COLUMN))
			g->row_column = (int)i;
	if (result_file_each(
		parent, "rejected.reasons.csv", add_failed, g, d) ||
	    read_own_keys(g, pipeline, d) ||
	    read_chain(g, runs_dir, parent, d)) {
		retry_gate_free(g);
		return NULL;
	}
	if (g->is_to_fix && g->row_column < 0 && g->failed_count)
		qsort(g->failed, g->failed_count, sizeof(*g->failed),
		    compare_failed_keys);
	return g;
}

void
retry_gate_free(struct retry_gate *g)
{
	if (g == NULL)
		return;
	free(g->failed);
	free(g->own);
	free(g->cells);
	free(g);
}

const struct row_gate *
retry_gate_hooks(struct retry_gate *g)
{
	return &g->hooks;
}

uint64_t
retry_gate_rows(const struct retry_gate *g)
{
	return g->failed_count;
}
