/* SPDX-License-Identifier: MIT */
/*
 * Problem groups: a table of groups in the order in which they came up, and
 * an open-addressing index over it. Sorting happens when somebody looks.
 * Refused: groups by message text (a server that puts the key into its words
 * would make one group per row); so words are reduced to their shape first.
 */
#include "report/problems.h"

#include "base/xalloc.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4096 /* a power of two, well above GROUPS_MAX */
#define TEXT_CHARS 300

/* What makes a group, and what its first problem tells. */
struct group_key {
	enum group_kind kind;
	const char *code;
	int column;
	struct text shape;
};

static const char *const kind_names[GROUP_KIND_COUNT] = {
    [GROUP_REJECTED] = "rejected",
    [GROUP_REFUSED] = "refused",
    [GROUP_UNKNOWN] = "unknown",
    [GROUP_UNSENT] = "unsent",
    [GROUP_SKIPPED] = "skipped",
    [GROUP_NOTE] = "note",
};

const char *
group_kind_name(enum group_kind kind)
{
	assert(kind >= 0 && kind < GROUP_KIND_COUNT);
	return kind_names[kind];
}

void
problem_groups_init(struct problem_groups *g, const char *csv_name)
{
	memset(g, 0, sizeof(*g));
	g->csv_name = xstrdup(csv_name);
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
	}
	for (size_t i = 0; i < g->first_count; i++)
		free(g->first[i]);
	free(g->items);
	free(g->slots);
	free(g->csv_name);
	memset(g, 0, sizeof(*g));
}

static uint64_t
hash_add(uint64_t h, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

#define HASH_START UINT64_C(0xcbf29ce484222325)

static uint64_t
key_hash(const struct group_key *k)
{
	uint64_t h = hash_add(HASH_START, k->code, strlen(k->code));

	h = hash_add(h, &k->kind, sizeof(k->kind));
	h = hash_add(h, &k->column, sizeof(k->column));
	h = hash_add(h, k->shape.s, k->shape.len);
	return h ^ (h >> 29);
}

static bool
is_group(const struct problem_group *x, const struct group_key *k)
{
	return x->kind == k->kind && x->column == k->column &&
	       strncmp(x->code, k->code, sizeof(x->code) - 1) == 0 &&
	       text_is(k->shape, x->shape);
}

static struct problem_group *
append_group(struct problem_groups *g, const struct group_key *k)
{
	struct problem_group *x;

	if (g->count == g->cap) {
		g->cap = g->cap ? g->cap * 2 : 16;
		g->items = xreallocarray(g->items, g->cap, sizeof(*g->items));
	}
	x = &g->items[g->count++];
	memset(x, 0, sizeof(*x));
	x->kind = k->kind;
	x->column = k->column;
	snprintf(x->code, sizeof(x->code), "%s", k->code);
	x->shape = xstrndup(k->shape.len ? k->shape.s : "", k->shape.len);
	return x;
}

static struct problem_group *
other_group(struct problem_groups *g, enum group_kind kind, bool *is_new)
{
	struct group_key k = {
	    kind, GROUP_OTHER_CODE, PROBLEM_NO_COLUMN, {NULL, 0}};

	*is_new = g->other[kind] < 0;
	if (*is_new) {
		append_group(g, &k);
		g->other[kind] = (int)(g->count - 1);
	}
	return &g->items[g->other[kind]];
}

/* The group of k, made if it is new; the kind's "other" when there are too
 * many. */
static struct problem_group *
find_group(struct problem_groups *g, const struct group_key *k, bool *is_new)
{
	size_t at = (size_t)key_hash(k) & (SLOTS - 1);

	*is_new = false;
	for (; g->slots[at] != 0; at = (at + 1) & (SLOTS - 1)) {
		struct problem_group *x = &g->items[g->slots[at] - 1];

		if (is_group(x, k))
			return x;
	}
	if (g->count >= GROUPS_MAX)
		return other_group(g, k->kind, is_new);
	*is_new = true;
	append_group(g, k);
	g->slots[at] = (uint32_t)g->count;
	return &g->items[g->count - 1];
}

static char *
displayed(struct text t, size_t max_chars)
{
	struct buf b = BUF_INIT(0);

	text_display(&b, t, max_chars);
	if (b.len == 0) {
		buf_release(&b);
		return xstrdup("");
	}
	return buf_detach(&b);
}

static void
add_example(struct problem_group *x, uint64_t row, uint64_t line, int column,
    struct text value)
{
	struct problem_example *e;

	if (x->example_count == GROUP_EXAMPLES)
		return;
	e = &x->examples[x->example_count++];
	e->row = row;
	e->line = line;
	problem_cell(column, row, e->cell);
	e->value = displayed(value, GROUP_VALUE_CHARS);
}

static void
describe(struct problem_group *x, enum problem_stage stage, struct text name,
    struct text message, struct text hint)
{
	x->stage = stage;
	x->column_name = displayed(name, 60);
	x->message = displayed(message, TEXT_CHARS);
	x->hint = displayed(hint, TEXT_CHARS);
	x->message_hash = hash_add(HASH_START, message.s, message.len);
}

static void
count_into(struct problem_group *x, struct text message, uint64_t row,
    uint64_t problems)
{
	x->problems += problems;
	if (x->last_row != row)
		x->rows++;
	x->last_row = row;
	if (!x->varied &&
	    hash_add(HASH_START, message.s, message.len) != x->message_hash)
		x->varied = true;
}

#define OTHER_MESSAGE                                                          \
	TEXT_LITERAL("further kinds of problems, counted here together")

static void
add_problem(struct problem_groups *g, const struct record *rec,
    const struct problem_list *l, const struct problem *p,
    const struct header *header)
{
	bool is_reject = p->level == PROBLEM_REJECT, is_new;
	struct group_key k = {is_reject ? GROUP_REJECTED : GROUP_NOTE, p->code,
	    p->column, {NULL, 0}};
	struct text message = problem_message(l, p), name = {NULL, 0};
	struct problem_group *x;

	if (p->column < 0)
		k.shape = problem_path(l, p);
	x = find_group(g, &k, &is_new);
	if (header && p->column >= 0 && (size_t)p->column < header->count)
		name = header->names[p->column];
	if (strcmp(x->code, GROUP_OTHER_CODE) == 0) {
		name = (struct text){NULL, 0};
		message = OTHER_MESSAGE;
	}
	if (is_new)
		describe(x, p->stage, name, message, problem_hint(l, p));
	count_into(x, message, rec->row, 1);
	add_example(x, rec->row, rec->line, p->column, problem_value(l, p));
	if (!is_reject) {
		g->note_problems++;
		return;
	}
	g->reject_problems++;
	if (g->first_count < GROUPS_FIRST) {
		struct buf line = BUF_INIT(0);

		problem_format(&line, g->csv_name, rec, header, l, p);
		g->first[g->first_count++] = buf_detach(&line);
	} else {
		g->unshown++;
	}
}

void
problem_groups_add(struct problem_groups *g, const struct record *rec,
    const struct problem_list *problems, const struct header *header)
{
	bool has_note = false;

	for (size_t i = 0; i < problems->count; i++) {
		const struct problem *p = &problems->items[i];

		has_note = has_note || p->level == PROBLEM_NOTE;
		add_problem(g, rec, problems, p, header);
	}
	if (problems->dropped > 0) {
		bool is_new;
		struct problem_group *x = other_group(g,
		    problems->rejects > 0 ? GROUP_REJECTED : GROUP_NOTE,
		    &is_new);

		if (is_new)
			describe(x, STAGE_READ, (struct text){NULL, 0},
			    OTHER_MESSAGE, (struct text){NULL, 0});
		count_into(x, OTHER_MESSAGE, rec->row, problems->dropped);
		add_example(x, rec->row, rec->line, PROBLEM_NO_COLUMN,
		    (struct text){NULL, 0});
		if (x->kind == GROUP_REJECTED) {
			g->reject_problems += problems->dropped;
			g->unshown += problems->dropped;
		} else {
			g->note_problems += problems->dropped;
		}
	}
	g->reject_rows += problems->rejects > 0;
	g->note_rows += has_note;
}

static bool
kind_of_outcome(enum outcome outcome, enum group_kind *kind)
{
	switch (outcome) {
	case OUTCOME_REFUSED:
		*kind = GROUP_REFUSED;
		return true;
	case OUTCOME_UNKNOWN:
		*kind = GROUP_UNKNOWN;
		return true;
	case OUTCOME_UNSENT:
		*kind = GROUP_UNSENT;
		return true;
	case OUTCOME_SKIPPED:
		*kind = GROUP_SKIPPED;
		return true;
	case OUTCOME_CREATED:
	case OUTCOME_ACCEPTED:
	case OUTCOME_REJECTED:
	case OUTCOME_COUNT:
		break;
	}
	return false;
}

static enum problem_stage
stage_of_code(const char *code)
{
	if (strncmp(code, "job.", 4) == 0)
		return STAGE_JOB;
	if (strncmp(code, "rows.", 5) == 0 && strcmp(code, "rows.exists") != 0)
		return STAGE_MAP;
	return STAGE_SEND;
}

static void
keep_refusal(struct problem_groups *g, const char *code, const char *words,
    uint64_t row, uint64_t line)
{
	struct buf b = BUF_INIT(0);

	g->refused_problems++;
	if (g->first_count == GROUPS_FIRST) {
		g->unshown++;
		return;
	}
	text_display(&b, text_of(g->csv_name), 0);
	buf_addf(&b, ":%" PRIu64 ": row %" PRIu64 ": ChakraHQ refused it", line,
	    row);
	if (words[0] != '\0') {
		buf_adds(&b, ": ");
		text_display(&b, text_of(words), TEXT_CHARS);
	}
	if (code[0] != '\0')
		buf_addf(&b, " [%s]", code);
	g->first[g->first_count++] = buf_detach(&b);
}

void
problem_groups_add_outcome(struct problem_groups *g, enum outcome outcome,
    const char *code, const char *words, uint64_t row, uint64_t line)
{
	struct group_key k = {.code = code, .column = PROBLEM_NO_COLUMN};
	struct text message = text_of(words), none = {NULL, 0};
	struct buf shape = BUF_INIT(0);
	struct problem_group *x;
	bool is_new;

	if (!kind_of_outcome(outcome, &k.kind))
		return;
	problem_words_shape(&shape, words);
	k.shape = (struct text){buf_str(&shape), shape.len};
	x = find_group(g, &k, &is_new);
	if (strcmp(x->code, GROUP_OTHER_CODE) == 0)
		message = OTHER_MESSAGE;
	if (is_new)
		describe(x, stage_of_code(code), none, message, none);
	count_into(x, message, row, 1);
	add_example(x, row, line, PROBLEM_NO_COLUMN, none);
	buf_release(&shape);
	if (k.kind == GROUP_REFUSED)
		keep_refusal(g, code, words, row, line);
}

size_t
problem_groups_count(const struct problem_groups *g, enum group_kind kind)
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
problem_groups_sorted(const struct problem_groups *g, enum group_kind kind,
    const struct problem_group **out, size_t max)
{
	size_t total = problem_groups_count(g, kind), n = 0;
	const struct problem_group **all;

	if (total == 0)
		return 0;
	all = xcalloc(total, sizeof(*all));
	for (size_t i = 0; i < g->count; i++) {
		if (g->items[i].kind == kind)
			all[n++] = &g->items[i];
	}
	qsort(all, total, sizeof(*all), by_rows);
	n = total < max ? total : max;
	memcpy(out, all, n * sizeof(*all));
	free(all);
	return n;
}
