/* SPDX-License-Identifier: MIT */
/*
 * Keys are compared by a 64-bit hash: a false equality would refuse a row
 * with a message that names it, and never send one. The retry's own keys are
 * collected first, in a reading of their own, so that only they are
 * remembered while the parents' results stream by.
 */
#include "retry_match.h"

#include "base/hash.h"
#include "base/lower_bound.h"
#include "base/xalloc.h"
#include "results/row_files.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char hash_key[16] = "csv2chakra retry";

struct failed_row {
	uint64_t row;	  /* in the parent's input */
	uint64_t key;	  /* hash of its key; 0 = it had none */
	uint64_t used_by; /* record number in the retry; 0 = none yet */
	bool was_sent;	  /* refused after it was sent, not by our checks */
};

struct own_key {
	uint64_t key;
	bool is_taken; /* created, accepted or unknown in a run before */
};

struct retry_match {
	struct retry_match_options o;
	struct row_gate collector, gate;
	struct failed_row *failed; /* by row; by key when rows are not named */
	size_t failed_count, failed_cap;
	struct own_key *own; /* by key */
	size_t own_count, own_cap;
	struct text *cells; /* of the record that is being built */
	size_t cell_cap;
	bool others_sent; /* rows that this one cannot name by their rows */
	bool is_blind;	  /* nor by their keys */
	bool names_row;	  /* the cell of row_column is a number */
	uint64_t named_row;
};

static uint64_t
hash_of(struct text key)
{
	uint64_t h = key.len ? hash64(hash_key, key) : 0;

	return key.len && h == 0 ? 1 : h;
}

int
retry_match_add_failed(void *match, const struct result_row *r)
{
	struct retry_match *m = match;
	struct failed_row *last =
	    m->failed_count ? &m->failed[m->failed_count - 1] : NULL;

	/* A row has a line for each of its problems. */
	if (last == NULL || last->row != r->row) {
		ARRAY_ROOM(m->failed, m->failed_count, m->failed_cap);
		assert(m->failed != NULL);
		last = &m->failed[m->failed_count++];
		*last = (struct failed_row){
		    .row = r->row, .key = hash_of(r->lead_id)};
	}
	if (outcome_is(r->outcome, TRAIT_SENT) && !text_is(r->code, "http.413"))
		last->was_sent = true;
	return 0;
}

/* The failed row with that number at `offset`, by which they are sorted. */
static struct failed_row *
find_by(struct retry_match *m, size_t offset, uint64_t number)
{
	size_t i = lower_bound(
	    m->failed, m->failed_count, sizeof(*m->failed), offset, number);
	struct failed_row *f = i < m->failed_count ? &m->failed[i] : NULL;

	return f && !memcmp((char *)f + offset, &number, sizeof(number)) ? f
									 : NULL;
}

static int
compare_failed_keys(const void *a, const void *b)
{
	const struct failed_row *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : x->row > y->row;
}

static int
compare_own(const void *a, const void *b)
{
	const struct own_key *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

static struct own_key *
find_own(struct retry_match *m, uint64_t key)
{
	size_t i = lower_bound(m->own, m->own_count, sizeof(*m->own),
	    offsetof(struct own_key, key), key);

	return key && i < m->own_count && m->own[i].key == key ? &m->own[i]
							       : NULL;
}

int
retry_match_mark_taken(void *match, const struct result_row *r)
{
	struct own_key *own;

	if (!outcome_is(r->outcome, TRAIT_SENT) ||
	    outcome_is(r->outcome, TRAIT_FAILED))
		return 0;
	own = find_own(match, hash_of(r->lead_id));
	if (own)
		own->is_taken = true;
	return 0;
}

void
retry_match_note_other(struct retry_match *m, bool is_known)
{
	m->others_sent = true;
	m->is_blind |= !is_known;
}

/* Each is still an end of the reader's cell: is_padded and odd hold. */
static void
take_guards_off(struct retry_match *m, struct record *rec)
{
	if (rec->cell_count > m->cell_cap) {
		m->cell_cap = rec->cell_count;
		m->cells =
		    xreallocarray(m->cells, m->cell_cap, sizeof(*m->cells));
	}
	for (size_t i = 0; i < rec->cell_count; i++)
		m->cells[i] = to_fix_unguard(rec->cells[i]);
	rec->cells = m->cells;
}

/* Rows of rejected.csv come in the parent's order. */
static struct failed_row *
find_in_order(struct retry_match *m, const struct record *rec)
{
	return rec->number <= m->failed_count ? &m->failed[rec->number - 1]
					      : NULL;
}

static void
prepare(void *ctx, struct record *rec)
{
	struct retry_match *m = ctx;
	const struct failed_row *f;

	m->names_row = false;
	if (m->o.is_guarded)
		take_guards_off(m, rec);
	if (!m->o.is_to_fix) {
		f = find_in_order(m, rec);
		rec->origin_row = f ? f->row : 0;
		return;
	}
	if (m->o.row_column >= 0 && (size_t)m->o.row_column < rec->cell_count) {
		m->names_row = text_parse_uint(
		    text_trim(rec->cells[m->o.row_column]), &m->named_row);
		rec->origin_row = m->names_row ? m->named_row : 0;
	}
}

static struct failed_row *
find_failed(struct retry_match *m, const struct record *rec, struct text key)
{
	uint64_t hash;

	if (!m->o.is_to_fix)
		return find_in_order(m, rec);
	if (m->o.row_column >= 0)
		return m->names_row
			   ? find_by(m, offsetof(struct failed_row, row),
				 m->named_row)
			   : NULL;
	hash = hash_of(key);
	return hash ? find_by(m, offsetof(struct failed_row, key), hash) : NULL;
}

static bool
refuse(struct retry_match *m, struct problem_list *problems, struct text key,
    const char *why)
{
	problem_add(problems, PROBLEM_REJECT, STAGE_MAP, "retry.not_retryable",
	    m->o.row_column, key, "this row is not sent again: %s (run %s)",
	    why, m->o.parent_id);
	return false;
}

static bool
admit(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	struct retry_match *m = ctx;
	struct failed_row *f = find_failed(m, rec, key);
	const struct own_key *own = find_own(m, hash_of(key));

	if (f == NULL && m->o.is_to_fix && m->o.row_column >= 0 &&
	    !m->names_row)
		return refuse(m, problems, key,
		    "csv2chakra_row does not hold a row number");
	if (f == NULL)
		return refuse(m, problems, key,
		    "it is not one of those that were rejected or refused");
	if (f->used_by && f->used_by != rec->number)
		return refuse(
		    m, problems, key, "the same row is in the file twice");
	f->used_by = rec->number;
	if (own && own->is_taken)
		return refuse(
		    m, problems, key, "its key was created, or may have been");
	if (f->was_sent && key.len == 0)
		return refuse(m, problems, key,
		    "it was sent once, and has no key to look it up by");
	if (m->others_sent && key.len == 0)
		return refuse(m, problems, key,
		    "another retry has sent rows of that run, and it has no "
		    "key that tells whether it was one of them");
	*check_first = f->was_sent || m->is_blind;
	return true;
}

/* The first reading admits every row that is built and keeps its key. */
static bool
admit_all(void *ctx, const struct record *rec, struct text key,
    struct problem_list *problems, bool *check_first)
{
	struct retry_match *m = ctx;

	(void)rec;
	(void)problems;
	(void)check_first;
	ARRAY_ROOM(m->own, m->own_count, m->own_cap);
	if (key.len)
		m->own[m->own_count++] = (struct own_key){.key = hash_of(key)};
	return true;
}

struct retry_match *
retry_match_new(const struct retry_match_options *o)
{
	struct retry_match *m = xcalloc(1, sizeof(*m));

	m->o = *o;
	m->collector =
	    (struct row_gate){.ctx = m, .prepare = prepare, .admit = admit_all};
	m->gate =
	    (struct row_gate){.ctx = m, .prepare = prepare, .admit = admit};
	return m;
}

void
retry_match_free(struct retry_match *m)
{
	if (m == NULL)
		return;
	free(m->failed);
	free(m->own);
	free(m->cells);
	free(m);
}

const struct row_gate *
retry_match_collector(struct retry_match *m)
{
	return &m->collector;
}

void
retry_match_sort(struct retry_match *m)
{
	if (m->own_count)
		qsort(m->own, m->own_count, sizeof(*m->own), compare_own);
	if (m->o.is_to_fix && m->o.row_column < 0 && m->failed_count)
		qsort(m->failed, m->failed_count, sizeof(*m->failed),
		    compare_failed_keys);
}

const struct row_gate *
retry_match_gate(struct retry_match *m)
{
	return &m->gate;
}
