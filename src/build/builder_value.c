/* SPDX-License-Identifier: MIT */
/*
 * From the record to the text that the type gets. Each step reads the text of
 * the one before: a view of the record as long as nothing changed it, else one
 * of two work buffers in turn, so that no step writes where it reads.
 */
#include "base/unicode.h"
#include "builder_plan.h"
#include "evidence.h"
#include "value/convert.h"
#include "value/forms.h"

#include <string.h>

struct text
value_clean(
    struct text cell, bool trim, const struct text *nulls, size_t null_count)
{
	if (trim)
		cell = text_trim(cell);
	if (null_count > 0 && texts_have(nulls, null_count, cell))
		cell.len = 0;
	return cell;
}

/* The text in ="…", with its quotes single again; any other cell as it is. A
 * view of the cell or of builder.unwrapped. */
static struct text
value_unwrap(struct builder *b, struct text cell)
{
	struct text inner = text_in_formula(text_trim(cell));
	size_t at = 0;

	if (inner.s == NULL)
		return cell;
	if (memchr(inner.s, '"', inner.len) == NULL)
		return inner;
	buf_clear(&b->unwrapped);
	while (at < inner.len) {
		(void)buf_addc(&b->unwrapped, inner.s[at]);
		at += inner.s[at] == '"' ? 2 : 1;
	}
	return (struct text){buf_str(&b->unwrapped), b->unwrapped.len};
}

struct text
value_of_cell(struct builder *b, struct text cell, enum unwrap unwrap,
    bool trim, const struct text *nulls, size_t null_count)
{
	if (unwrap == UNWRAP_FORMULA_TEXT)
		cell = value_unwrap(b, cell);
	return value_clean(cell, trim, nulls, null_count);
}

struct buf *
value_work(struct builder *b)
{
	struct buf *work = &b->work[b->work_next];

	b->work_next = 1 - b->work_next;
	buf_clear(work);
	return work;
}

static struct text
work_text(const struct buf *work)
{
	return (struct text){buf_str(work), work->len};
}

static bool
clears(const struct field *f, struct text cell)
{
	return texts_have(f->clears, f->clear_count, cell);
}

static void
from_columns(struct builder *b, const struct plan_field *p, struct value *v)
{
	const struct field *f = p->f;
	struct text cell = {"", 0};
	size_t i;

	for (i = 0; i < f->column_count && !v->has && !v->is_cleared; i++) {
		int column = f->columns[i].column;

		if (column < 0)
			continue;
		cell = value_cell(b->rec, column);
		v->t = value_of_cell(
		    b, cell, f->unwrap, f->trim, f->nulls, f->null_count);
		v->has = v->t.len > 0;
		if (v->has || v->column < 0)
			v->column = column;
		if (f->clear_count > 0 && v->has && clears(f, v->t)) {
			v->has = false;
			v->is_cleared = true;
		}
	}
	if (b->step == NULL)
		return;
	note_step(b, p, "cell", cell);
	if (f->unwrap == UNWRAP_FORMULA_TEXT) {
		cell = value_unwrap(b, cell);
		note_step(b, p, "unwrap", cell);
	}
	if (f->trim)
		note_step(b, p, "trim", text_trim(cell));
	if (f->null_count > 0)
		note_step(b, p, "nulls", v->t);
	if (v->is_cleared)
		note_step(b, p, "clear", TEXT_LITERAL("null"));
}

static void
from_template(struct builder *b, const struct plan_field *p, struct value *v)
{
	const struct field *f = p->f;
	struct buf *work = value_work(b);
	bool any = false, any_clears = false;
	size_t i;

	for (i = 0; i < f->part_count; i++) {
		const struct template_part *part = &f->parts[i];
		struct text cell;
		int column;

		buf_add(work, part->literal.s, part->literal.len);
		if (part->ref < 0)
			continue;
		column = f->columns[part->ref].column;
		cell = value_of_cell(b, value_cell(b->rec, column), f->unwrap,
		    f->trim, f->nulls, f->null_count);
		if (f->clear_count > 0 && clears(f, cell)) {
			any_clears = true;
			cell.len = 0;
		}
		any = any || cell.len > 0;
		if (v->column < 0)
			v->column = column;
		buf_add(work, cell.s, cell.len);
	}
	if (!any)
		buf_clear(work);
	/* "{First} {Last}" without a last name is not a name with a blank. */
	v->t = f->trim ? text_trim(work_text(work)) : work_text(work);
	v->has = v->t.len > 0;
	note_step(b, p, "template", v->t);
	/* Of several cells one that clears is like an empty one, unless there
	 * is nothing else. */
	v->is_cleared = any_clears && !v->has && !any;
	if (v->is_cleared)
		note_step(b, p, "clear", TEXT_LITERAL("null"));
}

static void
from_meta(struct builder *b, const struct plan_field *p, struct value *v)
{
	struct buf *work;

	switch (p->f->meta) {
	case META_FILE:
		v->t = text_of(b->facts->file_name);
		break;
	case META_INPUT_KEY:
		v->t = text_of(b->facts->input_key);
		break;
	default:
		work = value_work(b);
		buf_addf(work, "%llu",
		    (unsigned long long)(b->rec->origin_row ? b->rec->origin_row
							    : b->rec->row));
		v->t = work_text(work);
	}
	v->has = v->t.len > 0;
	note_step(b, p, "meta", v->t);
}

static void
from_source(struct builder *b, const struct plan_field *p, struct value *v)
{
	*v = (struct value){.t = {"", 0}, .column = -1};
	switch (p->f->source) {
	case SOURCE_TEMPLATE:
		from_template(b, p, v);
		break;
	case SOURCE_META:
		from_meta(b, p, v);
		break;
	case SOURCE_CONSTANT:
		v->t = p->f->constant_text;
		v->has = v->t.len > 0;
		note_step(b, p, "value", v->t);
		break;
	default:
		from_columns(b, p, v);
	}
}

static bool
replace(struct builder *b, const struct plan_field *p,
    const struct plan_steps *x, const struct replace_step *step,
    struct value *v)
{
	struct buf *work = value_work(b);

	if (pattern_replace(step->pattern, v->t, step->with, work) != 0)
		return note_too_slow(b, p, v->column, "rule.replace", v->t,
		    "the pattern of replace");
	v->t = work_text(work);
	v->has = v->t.len > 0;
	note_step(b, p, steps_name(x, "replace", "each replace"), v->t);
	return true;
}

static void
change_case(struct builder *b, const struct plan_field *p,
    const struct plan_steps *x, struct value *v)
{
	struct buf *work = value_work(b);

	if (x->s->case_rule == CASE_UPPER)
		(void)text_add_upper(work, v->t);
	else if (x->s->case_rule == CASE_LOWER)
		(void)text_add_lower(work, v->t);
	else
		(void)text_add_title(work, v->t);
	v->t = work_text(work);
	note_step(b, p, steps_name(x, "case", "each case"), v->t);
}

static inline bool
change(struct builder *b, const struct plan_field *p,
    const struct plan_steps *x, struct value *v)
{
	for (size_t i = 0; v->has && i < x->s->replace_count; i++)
		if (!replace(b, p, x, &x->s->replaces[i], v))
			return false;
	if (v->has && x->s->case_rule != CASE_KEEP)
		change_case(b, p, x, v);
	return !v->has || !x->has_map || map_value(b, p, x, v);
}

bool
value_change(struct builder *b, const struct plan_field *p,
    const struct plan_steps *x, struct value *v)
{
	return change(b, p, x, v);
}

bool
digits_to_ascii(struct text t, struct buf *out)
{
	bool has_other = false;
	size_t at = 0;

	while (at < t.len) {
		size_t begin = at;
		int digit = code_point_digit(utf8_next(t.s, t.len, &at));

		if (digit >= 0) {
			has_other = has_other || at - begin > 1;
			(void)buf_addc(out, (char)('0' + digit));
		} else {
			(void)buf_add(out, t.s + begin, at - begin);
		}
	}
	return has_other;
}

static void
to_ascii_digits(struct builder *b, const struct plan_field *p, struct value *v)
{
	struct buf *work;

	if (text_is_ascii(v->t))
		return;
	work = value_work(b);
	(void)digits_to_ascii(v->t, work);
	v->t = work_text(work);
	note_step(b, p, "digits", v->t);
}

/* Names of months are compared in NFC. */
static void
to_nfc(struct builder *b, struct value *v)
{
	struct buf *work;

	if (text_is_plainly_nfc(v->t))
		return;
	work = value_work(b);
	(void)text_add_nfc(work, v->t);
	v->t = work_text(work);
}

/* What only special fields need. False if a problem was added. */
static bool
look_closely(struct builder *b, const struct plan_field *p, bool is_default,
    struct value *v)
{
	if (p->is_list)
		return items_split(b, p, !is_default, v);
	if (p->f->months.count > 0)
		to_nfc(b, v);
	if (p->f->any_digits)
		to_ascii_digits(b, p, v);
	return true;
}

bool
value_prepare(struct builder *b, const struct plan_field *p, struct value *v)
{
	const struct field *f = p->f;

	if (p->takes_cell && b->step == NULL) {
		*v = (struct value){
		    .t = plain_text(b->rec, &p->slot), .column = p->column};
		v->has = v->t.len > 0;
	} else {
		from_source(b, p, v);
	}
	if (p->cell.are_any && !change(b, p, &p->cell, v))
		return false;
	if (p->is_special && v->has && !look_closely(b, p, false, v))
		return false;
	if (!v->has && f->has_default && !v->is_cleared) {
		v->t = f->default_text;
		v->has = v->t.len > 0;
		note_step(b, p, "default", v->t);
		if (p->is_special && v->has && !look_closely(b, p, true, v))
			return false;
	}
	if (!v->has && f->required) {
		struct convert_reason r;

		if (v->is_cleared)
			convert_say_fail(&r, "clear",
			    "a value is required, and this cell clears it");
		else
			convert_say_fail(&r, "", "a value is required");
		note_problem(b, p, v->column, "rule.required", false,
		    v->is_cleared ? v->t : (struct text){"", 0}, &r);
		return false;
	}
	return true;
}
