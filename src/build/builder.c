/* SPDX-License-Identifier: MIT */
/*
 * Walks the plan for a record and writes its object straight into the
 * caller's buffer; what turns out to have no value is cut off again.
 *
 * A row that does not fit is still judged to its end, so that all its
 * problems are known: from then on each value is written at the row's
 * beginning and taken away again. Refused: a tree of nodes that is printed at
 * the end, and a row buffer of our own that is copied (both were measured).
 */
#include "build/builder.h"

#include "base/json_write.h"
#include "base/xalloc.h"
#include "builder_plan.h"
#include "evidence.h"

#include <stdlib.h>
#include <string.h>

struct builder *
builder_new(const struct mapping *m, const struct builder_facts *facts)
{
	struct builder *b = xcalloc(1, sizeof(*b));

	b->m = m;
	b->facts = facts;
	b->judges_rows = m->only_count > 0 || m->except_count > 0;
	b->unique_count = m->unique_count;
	b->unique = xcalloc(m->unique_count > 0 ? m->unique_count : 1,
	    sizeof(struct unique_index *));
	b->places = place_log_new();
	json_checker_init(&b->json);
	problem_list_init(&b->explain_problems);
	plan_build(b);
	return b;
}

void
builder_free(struct builder *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->unique_count; i++)
		unique_free(b->unique[i]);
	free(b->unique);
	free(b->quiet);
	buf_release(&b->folded);
	place_log_free(b->places);
	verdict_cursor_free(b->verdicts);
	json_checker_release(&b->json);
	problem_list_release(&b->explain_problems);
	buf_release(&b->explain_out);
	buf_release(&b->form);
	maps_release(b);
	buf_release(&b->key_text);
	buf_release(&b->unwrapped);
	items_release(&b->list);
	buf_release(&b->work[0]);
	buf_release(&b->work[1]);
	arena_release(&b->arena);
	free(b);
}

/* The fragment, without its comma where it comes first. */
static inline __attribute__((always_inline)) void
add_fragment(struct builder *b, const struct plan_field *p)
{
	struct buf *out = b->out;
	size_t skip;

	if (b->too_large)
		return;
	skip = out->len > 0 && out->data[out->len - 1] == '{';
	json_add_fragment(
	    out, (struct text){p->fragment.s + skip, p->fragment.len - skip});
}

/* The row does not fit: forget what was written of it, judge what follows. */
static void
become_too_large(struct builder *b)
{
	b->too_large = true;
	buf_truncate(b->out, b->row_begin);
	b->out->overflow = false;
}

static void
set_key(struct builder *b, const struct typed *y)
{
	buf_clear(&b->key_text);
	(void)buf_add(&b->key_text, y->text.s, y->text.len);
	b->built->key_at = y->json_at;
	b->built->key_len = b->out->len - y->json_at;
}

/* Type and checks. False if the field is to be left out. */
static bool
add_typed(struct builder *b, const struct plan_field *p, const struct value *v)
{
	struct convert_reason r; /* not cleared: 512 bytes a value */
	struct typed y;
	bool ok;

	r.message[0] = '\0';
	ok = type_convert(b, p, v->t, &y, &r);
	if (b->out->overflow) {
		become_too_large(b);
		ok = type_convert(b, p, v->t, &y, &r);
		b->out->overflow = false;
	}
	if (!ok) {
		if (r.message[0] != '\0') {
			evidence_fail(b, p, v->t, r.cause);
			note_problem(b, p, v->column,
			    field_type_code(p->f->type), true, v->t, &r);
		}
		return false;
	}
	evidence_pass(p, v->t, y.text);
	if (b->step != NULL)
		note_step(b, p, p->type_rule,
		    (struct text){
			b->out->data + y.json_at, b->out->len - y.json_at});
	if (p->is_key)
		set_key(b, &y);
	if (type_is_integer(p->f->type) && !integer_is_safe(y.text))
		note_big_integer(b, p, v);
	return check_value(b, p, v, &y);
}

/* True if there is a value, or a null that the cell asked for (clear). */
static bool
build_anew(struct builder *b, const struct plan_field *p)
{
	size_t begin = b->out->len;
	struct value v;
	bool ok, is_null;

	if (!value_prepare(b, p, &v)) {
		if (p->is_key)
			(void)buf_add(&b->key_text, v.t.s, v.t.len);
		return false;
	}
	is_null = v.is_cleared && !p->is_key;
	if (!v.has && p->f->empty == EMPTY_OMIT && !is_null) {
		note_step(b, p, "no value", v.t);
		return false;
	}
	if (p->is_key)
		(void)buf_add(&b->key_text, v.t.s, v.t.len);
	add_fragment(b, p);
	if (v.has)
		ok = add_typed(b, p, &v);
	else
		ok = buf_adds(b->out,
		    is_null || p->f->empty == EMPTY_NULL ? "null" : "\"\"");
	if (b->too_large)
		buf_truncate(b->out, b->row_begin);
	else if (!ok && !b->out->overflow)
		buf_truncate(b->out, begin);
	return ok && (v.has || is_null);
}

/* The same, from memory where the cell was seen before. Only what became a
 * value without a word said is remembered: problems and notes are each row's
 * own. */
static bool
build_value(struct builder *b, const struct plan_field *p)
{
	struct memo_entry *place = NULL;
	struct text cell = {"", 0};
	size_t begin, said;

	if (p->is_map_alone && map_add(b, p))
		return true;
	if (p->memo != NULL && b->step == NULL && !b->too_large &&
	    !b->out->overflow) {
		cell = value_cell(b->rec, p->column);
		place = memo_place(p->memo, &b->arena, cell);
	}
	if (place == NULL)
		return build_anew(b, p);
	begin = b->out->len;
	if (memo_knows(p->memo, place, cell)) {
		add_fragment(b, p);
		if (!b->out->overflow && memo_add(place, b->out))
			return true;
		buf_truncate(b->out, begin);
		b->out->overflow = false;
		return build_anew(b, p);
	}
	said = b->problems->count + b->problems->dropped;
	if (!build_anew(b, p))
		return false;
	if (!b->too_large && !b->out->overflow &&
	    said == b->problems->count + b->problems->dropped) {
		/* The fragment's first byte is a comma, which may be left out.
		 */
		begin += p->fragment.len - (b->out->data[begin] != ',');
		memo_keep(place, cell,
		    (struct text){b->out->data + begin, b->out->len - begin});
	}
	return true;
}

static void build_fields(
    struct builder *b, const struct plan_field *fields, size_t count);
static bool build_items(struct builder *b, const struct plan_field *p);

/* Of one object, or of a list of them. */
static void
build_object(struct builder *b, const struct plan_field *p)
{
	size_t begin = b->out->len, inside;

	if (p->kind == PLAN_ITEMS) {
		(void)build_items(b, p);
		return;
	}
	add_fragment(b, p);
	inside = b->out->len;
	build_fields(b, p->children, p->child_count);
	if (b->too_large)
		return;
	if (b->out->len == inside)
		buf_truncate(b->out, begin);
	else
		(void)buf_addc(b->out, '}');
}

/* The same in an item; true if a cell gave one of them a value. Constants and
 * `empty: null` make no item. */
static bool
build_item(struct builder *b, const struct plan_field *fields, size_t count)
{
	bool has_value = false;

	for (size_t i = 0; i < count; i++) {
		const struct plan_field *p = &fields[i];
		size_t begin = b->out->len, inside;

		if (p->kind == PLAN_ITEMS) {
			has_value |= build_items(b, p);
		} else if (p->kind == PLAN_CONSTANT) {
			add_fragment(b, p);
		} else if (p->kind != PLAN_OBJECT) {
			has_value |= build_value(b, p) &&
				     p->f->source != SOURCE_CONSTANT &&
				     p->f->source != SOURCE_META;
		} else {
			add_fragment(b, p);
			inside = b->out->len;
			has_value |= build_item(b, p->children, p->child_count);
			if (b->too_large)
				continue;
			if (b->out->len == inside)
				buf_truncate(b->out, begin);
			else
				(void)buf_addc(b->out, '}');
		}
	}
	return has_value;
}

static bool
build_items(struct builder *b, const struct plan_field *p)
{
	size_t begin = b->out->len, inside;
	bool has_value = false;

	add_fragment(b, p);
	inside = b->out->len;
	for (size_t i = 0; i < p->child_count; i++) {
		const struct plan_field *item = &p->children[i];
		size_t at = b->out->len;

		if (!b->too_large)
			(void)buf_adds(b->out, at > inside ? ",{" : "{");
		if (build_item(b, item->children, item->child_count)) {
			has_value = true;
			if (!b->too_large)
				(void)buf_addc(b->out, '}');
		} else if (!b->too_large) {
			buf_truncate(b->out, at);
		}
	}
	if (!has_value && p->f->required) {
		struct convert_reason r;

		convert_say_fail(&r, "", "at least one item is required");
		note_problem(b, p, PROBLEM_NO_COLUMN, "rule.required", false,
		    (struct text){"", 0}, &r);
	}
	if (b->too_large)
		return has_value;
	if (has_value)
		(void)buf_addc(b->out, ']');
	else
		buf_truncate(b->out, begin);
	return has_value;
}

static void
build_fields(struct builder *b, const struct plan_field *fields, size_t count)
{
	const struct plan_field *end = fields + count;

	for (const struct plan_field *p = fields; p < end; p++) {
		switch (p->kind) {
		case PLAN_PLAIN:
			if (!b->too_large)
				plain_add_run(b, p->run);
			p += p->run->fields - 1;
			break;
		case PLAN_KEY:
			if (b->too_large || !plain_add_key(b, p))
				(void)build_value(b, p);
			break;
		case PLAN_CONSTANT:
			add_fragment(b, p);
			break;
		case PLAN_OBJECT:
		case PLAN_ITEMS:
			build_object(b, p);
			break;
		default:
			(void)build_value(b, p);
		}
	}
}

/* The key of a row that is not built, as far as its cells have one. */
static void
find_key(struct builder *b)
{
	struct value v;

	if (b->key == NULL)
		return;
	b->is_quiet = true;
	(void)value_prepare(b, b->key, &v);
	b->is_quiet = false;
	(void)buf_add(&b->key_text, v.t.s, v.t.len);
}

/* The cells of a record with bad encoding are not text that rules could read.
 */
static bool
cells_are_utf8(const struct record *rec)
{
	for (size_t i = 0; i < rec->cell_count; i++)
		if (utf8_check(rec->cells[i].s, rec->cells[i].len) !=
		    rec->cells[i].len)
			return false;
	return true;
}

static void
begin_row(struct builder *b, const struct record *rec, struct buf *out,
    struct problem_list *problems, struct built_row *built)
{
	*built = (struct built_row){.json_at = out->len};
	b->rec = rec;
	b->out = out;
	b->problems = problems;
	b->built = built;
	b->row_begin = out->len;
	b->row_number++;
	b->place = 0;
	b->too_large = false;
	b->late_key = NULL;
	buf_clear(&b->key_text);
	if (b->early != NULL)
		map_ask_early(b);
}

static void
note_too_large(struct builder *b)
{
	struct problem *x;
	size_t max = b->out->max != 0 ? b->out->max : BUF_MAX_DEFAULT;

	x = problem_add(b->problems, PROBLEM_REJECT, STAGE_MAP,
	    "chunk.row_too_large", PROBLEM_NO_COLUMN, (struct text){"", 0},
	    "the process object is larger than the %zu bytes available",
	    max - b->row_begin);
	problem_set_hint(b->problems, x, "check first: map fewer columns");
}

enum row_verdict
builder_row(struct builder *b, const struct record *rec, bool is_empty,
    struct buf *out, struct problem_list *problems, struct built_row *built)
{
	bool overflow = out->overflow;
	enum row_verdict verdict;

	begin_row(b, rec, out, problems, built);
	if (b->told > 0 && rows_are_quiet(b)) {
		find_key(b);
		return ROW_BUILT;
	}
	if (rec->skip_code) {
		built->skip_code = rec->skip_code;
		return ROW_SKIPPED;
	}
	if (problems->rejects > 0) {
		if (cells_are_utf8(rec))
			find_key(b);
		return ROW_REJECTED;
	}
	verdict =
	    is_empty || b->judges_rows ? rows_judge(b, is_empty) : ROW_BUILT;
	if (verdict != ROW_BUILT) {
		find_key(b);
		return verdict;
	}
	out->overflow = false;
	(void)buf_addc(out, '{');
	build_fields(b, b->fields, b->field_count);
	if (b->late_key != NULL)
		plain_settle_key(b);
	if (!b->too_large)
		(void)buf_addc(out, '}');
	if (b->too_large || out->overflow)
		note_too_large(b);
	out->overflow = overflow;
	if (problems->rejects > 0) {
		buf_truncate(out, b->row_begin);
		built->key_at = built->key_len = 0;
		return ROW_REJECTED;
	}
	built->json_len = out->len - built->json_at;
	return ROW_BUILT;
}

struct text
builder_key_text(const struct builder *b)
{
	return (struct text){buf_str(&b->key_text), b->key_text.len};
}

/* `path` is the field's own, or one of those it lies below; "" is all. */
static bool
is_at_or_below(struct text field, struct text path)
{
	if (path.len == 0)
		return true;
	return field.len >= path.len && !memcmp(field.s, path.s, path.len) &&
	       (field.len == path.len || field.s[path.len] == '.');
}

static void
explain_fields(struct builder *b, const struct plan_field *fields, size_t count,
    struct text path)
{
	for (size_t i = 0; i < count; i++) {
		const struct plan_field *p = &fields[i];

		if (p->kind == PLAN_OBJECT || p->kind == PLAN_ITEMS)
			explain_fields(b, p->children, p->child_count, path);
		else if (p->kind == PLAN_CONSTANT &&
			 is_at_or_below(p->f->path, path))
			note_step(b, p, "value", p->f->constant_json);
		else if (is_at_or_below(p->f->path, path))
			(void)build_value(b, p);
		buf_clear(b->out);
	}
}

void
builder_explain(struct builder *b, const struct record *rec, struct text path,
    void (*step)(
	void *ctx, const struct field *f, const struct explain_step *s),
    void *ctx)
{
	struct built_row built;

	problem_list_clear(&b->explain_problems);
	begin_row(b, rec, &b->explain_out, &b->explain_problems, &built);
	b->step = step;
	b->step_ctx = ctx;
	explain_fields(b, b->fields, b->field_count, path);
	b->step = NULL;
}
