/* SPDX-License-Identifier: MIT */
/*
 * The table of problem groups: groups in the order in which they came up, and
 * an open-addressing index over it. Sorting happens when somebody looks.
 */
#include "base/xalloc.h"
#include "report/problems.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4096 /* a power of two, well above GROUPS_MAX */

const char *
problem_group_kind(int kind)
{
	return kind == GROUP_NOTE ? "note" : outcome_name((enum outcome)kind);
}

/* What a lookup showed before a send is not an answer to the row. */
static const char *
heading_of(const struct problem_groups *g, int kind)
{
	const struct problem_group *list[GROUPS_MAX + 1];
	size_t n = problem_groups_sorted(g, kind, list, GROUPS_MAX + 1);
	size_t ours = 0;

	if (outcome_is((enum outcome)kind, TRAIT_SENT | TRAIT_FAILED))
		for (size_t i = 0; i < n; i++)
			ours += problem_is_ours(list[i]->code);
	if (ours == 0)
		return outcome_row((enum outcome)kind)->heading;
	return ours == n ? "Not sent, by what a lookup in * showed"
			 : "Refused by *, or not sent after a lookup";
}

void
problem_groups_heading(
    const struct problem_groups *g, int kind, struct buf *out)
{
	if (kind == GROUP_NOTE)
		buf_adds(out, "Notes: these rows were not rejected");
	else
		outcome_say(out, heading_of(g, kind), g->service);
}

void
problem_groups_init(struct problem_groups *g, const char *csv_name)
{
	memset(g, 0, sizeof(*g));
	g->csv_name = xstrdup(csv_name);
	g->service = "ChakraHQ";
	g->slots = xcalloc(SLOTS, sizeof(*g->slots));
	for (int k = 0; k < GROUP_KIND_COUNT; k++)
		g->other[k] = -1;
}

void
problem_groups_release(struct problem_groups *g)
{
	for (size_t i = 0; i < g->count; i++) {
		struct problem_group *x = &g->items[i];

		for (size_t e = 0; e < x->example_count; e++)
			free(x->examples[e].value);
		free(x->column_name);
		free(x->message);
		free(x->hint);
		free(x->shape);
		free(x->fields);
		free(x->twin);
	}
	for (size_t i = 0; i < g->first_count; i++)
		free(g->first[i]);
	free(g->items);
	free(g->slots);
	free(g->csv_name);
	problem_groups_release_ragged(g);
	memset(g, 0, sizeof(*g));
}

uint64_t
problem_hash(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
key_hash(const struct group_key *k)
{
	uint64_t h = problem_hash(PROBLEM_HASH_START, k->code, strlen(k->code));

	h = problem_hash(h, k->cause, strlen(k->cause) + 1);
	h = problem_hash(h, &k->kind, sizeof(k->kind));
	h = problem_hash(h, &k->column, sizeof(k->column));
	h = problem_hash(h, k->shape.s, k->shape.len);
	return h ^ (h >> 29);
}

static bool
is_group(const struct problem_group *x, const struct group_key *k)
{
	return x->kind == k->kind && x->column == k->column &&
	       strncmp(x->code, k->code, sizeof(x->code) - 1) == 0 &&
	       strncmp(x->cause, k->cause, sizeof(x->cause) - 1) == 0 &&
	       text_is(k->shape, x->shape);
}

static struct problem_group *
append_group(struct problem_groups *g, const struct group_key *k)
{
	struct problem_group *x;

	ARRAY_ROOM(g->items, g->count, g->cap);
	x = &g->items[g->count++];
	memset(x, 0, sizeof(*x));
	x->kind = k->kind;
	x->column = k->column;
	snprintf(x->code, sizeof(x->code), "%s", k->code);
	snprintf(x->cause, sizeof(x->cause), "%s", k->cause);
	x->shape = xstrndup(k->shape.len ? k->shape.s : "", k->shape.len);
	return x;
}

struct problem_group *
problem_groups_other(struct problem_groups *g, int kind, bool *is_new)
{
	struct group_key k = {
	    kind, GROUP_OTHER_CODE, "", PROBLEM_NO_COLUMN, {NULL, 0}};

	*is_new = g->other[kind] < 0;
	if (*is_new) {
		append_group(g, &k);
		g->other[kind] = (int)(g->count - 1);
	}
	return &g->items[g->other[kind]];
}

struct problem_group *
problem_groups_find(
    struct problem_groups *g, const struct group_key *k, bool *is_new)
{
	size_t at = (size_t)key_hash(k) & (SLOTS - 1);

	*is_new = false;
	for (; g->slots[at] != 0; at = (at + 1) & (SLOTS - 1)) {
		struct problem_group *x = &g->items[g->slots[at] - 1];

		if (is_group(x, k))
			return x;
	}
	if (g->count >= GROUPS_MAX)
		return problem_groups_other(g, k->kind, is_new);
	*is_new = true;
	append_group(g, k);
	g->slots[at] = (uint32_t)g->count;
	return &g->items[g->count - 1];
}

size_t
problem_groups_count(const struct problem_groups *g, int kind)
{
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += g->items[i].kind == kind;
	return n;
}

static int
by_rows(const void *a, const void *b)
{
	const struct problem_group *x = *(struct problem_group *const *)a;
	const struct problem_group *y = *(struct problem_group *const *)b;
	bool other_x = strcmp(x->code, GROUP_OTHER_CODE) == 0;
	bool other_y = strcmp(y->code, GROUP_OTHER_CODE) == 0;

	if (other_x != other_y)
		return other_x ? 1 : -1;
	if (x->rows != y->rows)
		return x->rows > y->rows ? -1 : 1;
	return x < y ? -1 : x > y;
}

size_t
problem_groups_sorted(const struct problem_groups *g, int kind,
    const struct problem_group **out, size_t max)
{
	size_t total = problem_groups_count(g, kind), n = 0;
	const struct problem_group **all;

	if (total == 0)
		return 0;
	all = xcalloc(total, sizeof(struct problem_group *));
	for (size_t i = 0; i < g->count; i++) {
		if (g->items[i].kind == kind)
			all[n++] = &g->items[i];
	}
	qsort(all, total, sizeof(struct problem_group *), by_rows);
	n = total < max ? total : max;
	memcpy(out, all, n * sizeof(struct problem_group *));
	free(all);
	return n;
}
