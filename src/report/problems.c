/* SPDX-License-Identifier: MIT */
/*
 * Rows and answers into groups. Refused: groups by message text (a server
 * that puts the key into its words would make one group per row); so words
 * are reduced to their shape first (words_shape.c).
 */
#include "report/problems.h"

#include "base/xalloc.h"
#include "build/builder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_CHARS 300

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

/* Makes room for an example whose value none of the kept ones has, at the
 * expense of one whose value came before. */
static bool
drop_repeated_example(struct problem_group *x, uint64_t value_hash)
{
	size_t repeated = 0;

	for (size_t i = 0; i < x->example_count; i++) {
		if (x->examples[i].value_hash == value_hash)
			return false;
		for (size_t j = 0; j < i; j++) {
			if (x->examples[j].value_hash ==
			    x->examples[i].value_hash)
				repeated = i;
		}
	}
	if (repeated == 0)
		return false;
	free(x->examples[repeated].value);
	x->example_count--;
	memmove(&x->examples[repeated], &x->examples[repeated + 1],
	    (x->example_count - repeated) * sizeof(x->examples[0]));
	return true;
}

static void
add_example(struct problem_group *x, uint64_t row, uint64_t line, int column,
    struct text value)
{
	uint64_t value_hash =
	    problem_hash(PROBLEM_HASH_START, value.s, value.len);
	struct problem_example *e;

	if (x->example_count == GROUP_EXAMPLES &&
	    !drop_repeated_example(x, value_hash))
		return;
	e = &x->examples[x->example_count++];
	e->row = row;
	e->line = line;
	problem_cell(column, row, e->cell);
	e->value = displayed(value, GROUP_VALUE_CHARS);
	e->value_hash = value_hash;
}

static void
describe(struct problem_group *x, enum problem_stage stage, struct text name,
    struct text message, struct text hint)
{
	x->stage = stage;
	x->fields = xstrdup("");
	x->column_name = displayed(name, 60);
	x->message = displayed(message, TEXT_CHARS);
	x->hint = displayed(hint, TEXT_CHARS);
	x->message_hash =
	    problem_hash(PROBLEM_HASH_START, message.s, message.len);
}

static void
count_into(struct problem_group *x, struct text message, uint64_t row,
    uint64_t problems)
{
	x->problems += problems;
	if (row == 0 || x->last_row != row)
		x->rows++;
	x->last_row = row;
	if (!x->varied && problem_hash(PROBLEM_HASH_START, message.s,
			      message.len) != x->message_hash)
		x->varied = true;
}

#define OTHER_MESSAGE TEXT_LITERAL(GROUP_OTHER_MESSAGE)

#define FIELDS_CHARS 120

/* The paths, for who advises. */
static void
keep_twins(struct problem_group *x, const struct problem_list *l, size_t i)
{
	for (size_t k = i + 1; k < l->count; k++) {
		struct text path = problem_path(l, &l->items[k]);

		if (problem_twin(l, k) != i)
			continue;
		if (x->twin == NULL)
			x->twin = xstrndup(path.s, path.len);
		else if (!text_is(path, x->twin))
			x->has_more_twins = true;
	}
}

/* A later row may have twins where the first had none. */
static void
set_fields(struct problem_group *x, const struct problem_list *l, size_t i)
{
	const struct problem *p = &l->items[i];
	struct buf paths = BUF_INIT(0);
	char *fields;

	problem_add_fields(&paths, l, i);
	fields = displayed(buf_text(&paths), FIELDS_CHARS);
	buf_release(&paths);
	keep_twins(x, l, i);
	if (strlen(fields) > strlen(x->fields)) {
		free(x->fields);
		x->fields = fields;
	} else {
		free(fields);
	}
	x->names_field = x->fields[0] != '\0' &&
			 (p->column < 0 || p->is_shared || x->names_field);
}

static struct problem_group *
group_of(struct problem_groups *g, const struct problem_list *l, size_t i,
    const struct header *header)
{
	const struct problem *p = &l->items[i];
	struct group_key k = {
	    p->level == PROBLEM_REJECT ? (int)OUTCOME_REJECTED : GROUP_NOTE,
	    p->code, p->cause, p->column, problem_path(l, p)};
	struct text name = {NULL, 0}, none = {NULL, 0};
	struct problem_group *x;
	bool is_new, is_other;

	x = problem_groups_find(g, &k, &is_new);
	is_other = strcmp(x->code, GROUP_OTHER_CODE) == 0;
	if (header && p->column >= 0 && (size_t)p->column < header->count)
		name = header->names[p->column];
	if (is_new && is_other)
		describe(x, p->stage, none, OTHER_MESSAGE, none);
	else if (is_new)
		describe(x, p->stage, name, problem_message(l, p),
		    problem_hint(l, p));
	if (!is_other && (is_new || p->is_shared))
		set_fields(x, l, i);
	return x;
}

static void
add_to_group(struct problem_groups *g, const struct record *rec,
    const struct problem_list *l, size_t i, const struct header *header)
{
	const struct problem *p = &l->items[i];
	struct problem_group *x = group_of(g, l, i, header);
	struct text message = problem_message(l, p);

	if (strcmp(x->code, GROUP_OTHER_CODE) == 0)
		message = OTHER_MESSAGE;
	count_into(x, message, rec->row, 1);
	add_example(x, rec->row, rec->line, p->column, problem_value(l, p));
}

/* A problem came up: is its line wanted? */
static bool
wants_line(struct problem_groups *g)
{
	g->unshown += g->first_count == GROUPS_FIRST;
	return g->every || g->first_count < GROUPS_FIRST;
}

static void
keep_line(struct problem_groups *g, struct buf *line)
{
	if (g->every)
		fprintf(g->every, "%s\n", buf_str(line));
	if (g->first_count < GROUPS_FIRST)
		g->first[g->first_count++] = buf_detach(line);
	buf_release(line);
}

static void
add_problem(struct problem_groups *g, const struct record *rec,
    const struct problem_list *l, size_t i, const struct header *header)
{
	const struct problem *p = &l->items[i];

	if (!problem_groups_keep_ragged(g, rec, p, header))
		add_to_group(g, rec, l, i, header);
	if (p->level != PROBLEM_REJECT) {
		g->note_problems++;
		return;
	}
	g->reject_problems++;
	if (wants_line(g)) {
		struct buf line = BUF_INIT(0);

		problem_format(&line, g->csv_name, rec, header, l, p);
		keep_line(g, &line);
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
		if (problem_twin(problems, i) == i)
			add_problem(g, rec, problems, i, header);
	}
	if (problems->dropped > 0) {
		bool is_new;
		struct problem_group *x = problem_groups_other(g,
		    problems->rejects > 0 ? (int)OUTCOME_REJECTED : GROUP_NOTE,
		    &is_new);

		if (is_new)
			describe(x, STAGE_READ, (struct text){NULL, 0},
			    OTHER_MESSAGE, (struct text){NULL, 0});
		count_into(x, OTHER_MESSAGE, rec->row, problems->dropped);
		add_example(x, rec->row, rec->line, PROBLEM_NO_COLUMN,
		    (struct text){NULL, 0});
		if (x->kind == (int)OUTCOME_REJECTED) {
			g->reject_problems += problems->dropped;
			g->unshown += problems->dropped;
		} else {
			g->note_problems += problems->dropped;
		}
	}
	g->reject_rows += problems->rejects > 0;
	g->note_rows += has_note;
}

#define ADVICE_BYTES 2000

static void
advise(struct problem_group *x, const struct builder *b)
{
	struct buf advice = BUF_INIT(ADVICE_BYTES), other = BUF_INIT(0);

	if (x->shape[0] == '\0' || x->stage != STAGE_MAP ||
	    !builder_advise(
		b, text_of(x->shape), x->fields, x->code, x->cause, &advice))
		goto out;
	if (x->twin && (x->has_more_twins ||
			   !builder_advise(b, text_of(x->twin), x->fields,
			       x->code, x->cause, &other) ||
			   strcmp(buf_str(&advice), buf_str(&other)) != 0))
		goto out;
	free(x->hint);
	x->hint = displayed(buf_text(&advice), ADVICE_BYTES);
out:
	buf_release(&advice);
	buf_release(&other);
}

void
problem_groups_advise(struct problem_groups *g, const struct builder *b)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->items[i].kind == (int)OUTCOME_REJECTED ||
		    g->items[i].kind == GROUP_NOTE)
			advise(&g->items[i], b);
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
	if (!wants_line(g))
		return;
	text_display(&b, text_of(g->csv_name), 0);
	buf_addf(&b, ":%" PRIu64 ": row %" PRIu64, line, row);
	if (!problem_is_ours(code))
		buf_addf(&b, ": %s refused it", g->service);
	if (words[0] != '\0') {
		buf_adds(&b, ": ");
		text_display(&b, text_of(words), TEXT_CHARS);
	}
	if (code[0] != '\0')
		buf_addf(&b, " [%s]", code);
	keep_line(g, &b);
}

bool
problem_is_ours(const char *code)
{
	return strncmp(code, "lookup.", 7) == 0 ||
	       strncmp(code, "update.", 7) == 0;
}

void
problem_groups_add_outcome(struct problem_groups *g, enum outcome outcome,
    const char *code, const char *words, uint64_t row, uint64_t line)
{
	struct group_key k = {.kind = (int)outcome,
	    .code = code,
	    .cause = "",
	    .column = PROBLEM_NO_COLUMN};
	struct text message = text_of(words), none = {NULL, 0};
	struct buf shape = BUF_INIT(0);
	struct problem_group *x;
	bool is_new;

	if (!outcome_row(outcome)->heading || outcome_is(outcome, TRAIT_OURS))
		return;
	problem_words_shape(&shape, words);
	k.shape = buf_text(&shape);
	x = problem_groups_find(g, &k, &is_new);
	if (strcmp(x->code, GROUP_OTHER_CODE) == 0)
		message = OTHER_MESSAGE;
	if (is_new)
		describe(x, stage_of_code(code), none, message, none);
	count_into(x, message, row, 1);
	if (row > 0) /* else it is unknown which one it is */
		add_example(x, row, line, PROBLEM_NO_COLUMN, none);
	buf_release(&shape);
	if (outcome_is(outcome, TRAIT_SENT | TRAIT_FAILED))
		keep_refusal(g, code, words, row, line);
}
