/* SPDX-License-Identifier: MIT */
/*
 * Records the problems of a row and the steps of an explanation, in one place:
 * so all problems have path and column, and `on_error` means the same
 * everywhere.
 */
#include "builder_plan.h"

#include <string.h>

static enum problem_level
level_of(const struct plan_field *p, bool may_omit)
{
	return may_omit && p->f->on_error == ON_ERROR_OMIT ? PROBLEM_NOTE
							   : PROBLEM_REJECT;
}

int
note_meant(struct builder *b, const struct plan_field *p, struct text t,
    const struct text *names, size_t count)
{
	struct meant_cost *cost = p->meant;

	if (b->step == NULL &&
	    (b->is_quiet || (cost->asked >= MEANT_ALWAYS &&
				cost->names + count > MEANT_NAMES)))
		return -1;
	cost->asked++;
	cost->names += count;
	return text_did_you_mean(t, names, count);
}

/* Which field it is about, and whether that must be named. */
static void
set_field(struct builder *b, const struct plan_field *p, struct problem *x)
{
	problem_set_path(b->problems, x, p->f->path);
	if (x != NULL)
		x->is_shared = p->shares_column;
}

void
note_problem(struct builder *b, const struct plan_field *p, int column,
    const char *code, bool may_omit, struct text value,
    const struct convert_reason *r)
{
	struct problem *x;

	if (b->step != NULL)
		note_step(b, p, code, text_of(r->message));
	if (b->is_quiet)
		return;
	x = problem_add(b->problems, level_of(p, may_omit), STAGE_MAP, code,
	    column, value, "%s", r->message);
	problem_set_cause(x, r->cause);
	set_field(b, p, x);
	if (r->hint[0] != '\0')
		problem_set_hint(b->problems, x, "%s", r->hint);
}

bool
note_too_slow(struct builder *b, const struct plan_field *p, int column,
    const char *code, struct text value, const char *words)
{
	struct convert_reason r;

	convert_say_fail(
	    &r, "too_slow", "%s took too long on this value", words);
	convert_say_hint(&r,
	    "a pattern with nested repeats, such as (a+)+, can "
	    "take for ever");
	note_problem(b, p, column, code, true, value, &r);
	return false;
}

void
note_not_unique(struct builder *b, const struct plan_field *p,
    const struct value *v, const struct first_place *first)
{
	struct problem *x = problem_add(b->problems, level_of(p, true),
	    STAGE_MAP, "rule.not_unique", v->column, v->t,
	    first->file ? "the value is already in row %llu (line %llu) of '%s'"
			: "the value is already in row %llu (line %llu)",
	    (unsigned long long)first->row, (unsigned long long)first->line,
	    first->file);

	set_field(b, p, x);
	if (x != NULL && !first->file) {
		x->other_row = first->row;
		x->other_line = first->line;
	}
}

void
note_big_integer(
    struct builder *b, const struct plan_field *p, const struct value *v)
{
	struct problem *x;

	if (b->is_quiet)
		return;
	x = problem_add(b->problems, PROBLEM_NOTE, STAGE_MAP,
	    "type.big_integer", v->column, v->t,
	    "this is beyond 2^53: all digits are sent, but a receiver that "
	    "counts in doubles rounds them");
	set_field(b, p, x);
	problem_set_hint(b->problems, x,
	    "check first: if these are ids, delete `type:`, and they are sent "
	    "as text");
}

void
note_step_said(struct builder *b, const struct plan_field *p, const char *rule,
    struct text value)
{
	struct explain_step s = {rule, value};

	b->step(b->step_ctx, p->f, &s);
}
