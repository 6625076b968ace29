/* SPDX-License-Identifier: MIT */
/*
 * The checks after the type. Every check of a field is made, even if an earlier
 * one failed, so that everything wrong with a cell is reported at once; only
 * `unique` skips a value that is left out of the object. A value that another
 * rule rejects is in the file all the same, and a second one like it is a
 * duplicate. Lists are checked element by element.
 */
#include "base/unicode.h"
#include "builder_plan.h"
#include "value/forms.h"

#include <stdio.h>

static bool
fail(struct builder *b, const struct plan_field *p, const struct value *v,
    const char *code, struct text value, const struct convert_reason *r)
{
	note_problem(b, p, v->column, code, true, value, r);
	return false;
}

static bool
check_pattern(struct builder *b, const struct plan_field *p,
    const struct value *v, struct text t)
{
	int ret = pattern_match(p->f->pattern, t, true);
	struct text source = p->f->pattern_text;
	struct convert_reason r;

	if (ret > 0)
		return true;
	if (ret < 0)
		return note_too_slow(
		    b, p, v->column, "rule.pattern", t, "the pattern");
	convert_say_fail(&r, "", "this does not match the pattern %.*s",
	    (int)(source.len > 120 ? 120 : source.len), source.s);
	return fail(b, p, v, "rule.pattern", t, &r);
}

static bool
is_allowed(struct builder *b, const struct plan_field *p, struct text t)
{
	if (!type_is_number(p->f->type) &&
	    p->f->type != TYPE_MULTI_INTEGER_ENUM &&
	    p->f->type != TYPE_MULTI_FLOAT_ENUM)
		return texts_have(
		    p->f->one_of, p->f->one_of_count, text_nfc(&b->form, t));
	for (size_t i = 0; i < p->f->one_of_count; i++)
		if (number_compare(t, p->allowed[i]) == 0)
			return true;
	return false;
}

static bool
check_one_of(struct builder *b, const struct plan_field *p,
    const struct value *v, struct text t)
{
	struct convert_reason r;

	if (is_allowed(b, p, t))
		return true;
	convert_say_fail(&r, "", "not one of the %zu values that one_of allows",
	    p->f->one_of_count);
	convert_say_hint(&r,
	    "check first: correct the cells, or add the missing "
	    "values to `one_of:`");
	return fail(b, p, v, "rule.one_of", t, &r);
}

static bool
check_length(struct builder *b, const struct plan_field *p,
    const struct value *v, struct text t)
{
	size_t length = utf8_length(t.s, t.len);
	struct convert_reason r;

	if (p->f->has_min_length && length < p->f->min_length) {
		convert_say_fail(&r, "", "%zu characters, fewer than %llu",
		    length, (unsigned long long)p->f->min_length);
		return fail(b, p, v, "rule.min_length", t, &r);
	}
	if (p->f->has_max_length && length > p->f->max_length) {
		convert_say_fail(&r, "", "%zu characters, more than %llu",
		    length, (unsigned long long)p->f->max_length);
		return fail(b, p, v, "rule.max_length", t, &r);
	}
	return true;
}

/* -1, 0, 1: the value against a limit. */
static int
compare_limit(const struct plan_field *p, const struct typed *y,
    struct text limit, int64_t limit_ms)
{
	if (type_is_number(p->f->type))
		return number_compare(y->text, limit);
	return y->moment_ms < limit_ms ? -1 : y->moment_ms > limit_ms;
}

/* Numbers and dates may have them. */
static bool
check_limits(struct builder *b, const struct plan_field *p,
    const struct value *v, const struct typed *y)
{
	const struct field *f = p->f;
	bool is_moment = type_is_moment(f->type);
	struct convert_reason r;

	if (f->has_min && compare_limit(p, y, p->min, f->min_ms) < 0) {
		convert_say_fail(&r, "", "this is %s %.*s",
		    is_moment ? "before" : "less than",
		    (int)(f->min_text.len > 80 ? 80 : f->min_text.len),
		    f->min_text.s);
		return fail(b, p, v, "rule.min", v->t, &r);
	}
	if (f->has_max && compare_limit(p, y, p->max, f->max_ms) > 0) {
		convert_say_fail(&r, "", "this is %s %.*s",
		    is_moment ? "after" : "more than",
		    (int)(f->max_text.len > 80 ? 80 : f->max_text.len),
		    f->max_text.s);
		return fail(b, p, v, "rule.max", v->t, &r);
	}
	return true;
}

static bool
check_text(struct builder *b, const struct plan_field *p, const struct value *v,
    struct text t)
{
	const struct field *f = p->f;
	bool ok = true;

	if (f->pattern != NULL)
		ok = check_pattern(b, p, v, t);
	if (f->has_min_length || f->has_max_length)
		ok = check_length(b, p, v, t) && ok;
	if (f->one_of != NULL)
		ok = check_one_of(b, p, v, t) && ok;
	return ok;
}

/* Numbers are looked at as they go out, texts as they came. */
static bool
check_elements(struct builder *b, const struct plan_field *p,
    const struct value *v, const struct typed *y)
{
	struct text rest = {
	    b->out->data + y->json_at + 1, b->out->len - y->json_at - 2};
	bool ok = true;

	for (size_t i = 0; i < b->list.count; i++) {
		struct text element = b->list.items[i];

		if (p->list.element != LIST_STRING)
			(void)list_next(&rest, TEXT_LITERAL(","), &element);
		ok = check_text(b, p, v, element) && ok;
	}
	return ok;
}

static bool
check_unique(struct builder *b, const struct plan_field *p,
    const struct value *v, const struct typed *y)
{
	struct text json = {
	    b->out->data + y->json_at, b->out->len - y->json_at};

	return unique_settle(b, p, v, unique_meet(b, p, json));
}

bool
check_value(struct builder *b, const struct plan_field *p,
    const struct value *v, const struct typed *y)
{
	const struct field *f = p->f;
	bool ok = true;

	if (type_is_list(f->type)) {
		if (f->pattern != NULL || f->one_of != NULL ||
		    f->has_min_length || f->has_max_length)
			ok = check_elements(b, p, v, y);
	} else {
		ok = check_text(b, p, v, y->text);
	}
	if (f->has_min || f->has_max)
		ok = check_limits(b, p, v, y) && ok;
	if (p->unique != NULL && b->step == NULL &&
	    (ok || f->on_error == ON_ERROR_REJECT))
		ok = check_unique(b, p, v, y) && ok;
	return ok;
}
