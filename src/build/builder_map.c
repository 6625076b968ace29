/* SPDX-License-Identifier: MIT */
/*
 * What a map makes of a text, and lookup tables that are asked before their
 * turn. Of a large table a text comes from memory, twice (the slot, then the
 * entry), and waiting for it was nearly half of all time: so each row begins
 * by asking for what its cells will need, and the fields before it are built
 * meanwhile.
 */
#include "base/json_write.h"
#include "base/unicode.h"
#include "builder_plan.h"
#include "evidence.h"
#include "value/convert.h"

#include <stdlib.h>

/* By text, where base/lower_bound.h goes by number; a row's way, so that an
 * entry that is found ends it. */
static const struct map_entry *
find_entry(const struct text_steps *s, struct text from)
{
	size_t low = 0, high = s->map_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_order(from, s->map[middle].from);

		if (order == 0)
			return &s->map[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool
fail_map(struct builder *b, const struct plan_field *p,
    const struct plan_steps *x, const struct value *v)
{
	int meant = note_meant(b, p, v->t, x->map_names, x->map_name_count);
	const char *whose = x->is_each ? "the map of each" : "the map";
	struct convert_reason r;
	char bytes[200] = "";
	struct buf differs = BUF_OVER(bytes);

	if (meant >= 0 && look_alike_explain(&differs, "the mapping's",
			      x->map_names[meant], "the file's", v->t))
		convert_say_fail(&r, "look_alike",
		    "%s has no entry for this value, but has one that looks "
		    "like it: %s",
		    whose, buf_str(&differs));
	else
		convert_say_fail(
		    &r, "", "%s has no entry for this value", whose);
	/* Advice is about the field's own map. */
	if (!x->is_each)
		evidence_word(b, p, v->t);
	note_problem(b, p, v->column, "map.no_entry", false, v->t, &r);
	return false;
}

/* What the map has for a text; false = nothing. */
static bool
look_up(struct builder *b, const struct plan_steps *x, struct text from,
    struct text *to)
{
	const struct text_steps *s = x->s;
	const struct early_lookup *early = x->early;
	const struct map_entry *entry;
	struct lookup_key key;

	if (s->lookup != NULL) {
		/* The same bytes of the same record. */
		if (early != NULL && early->cell.s == from.s &&
		    early->cell.len == from.len)
			return lookup_table_find(s->lookup, &early->key, to);
		key = lookup_table_key(s->lookup, from, b->lookup);
		return lookup_table_find(s->lookup, &key, to);
	}
	entry = find_entry(s, text_nfc(&b->form, from));
	if (entry != NULL)
		*to = entry->to;
	return entry != NULL;
}

/* Nothing but the map and the nulls touches the value on its way. */
static bool
is_map_alone(const struct field *f)
{
	return type_is_text(f->type) && f->type != TYPE_EMAIL &&
	       f->type != TYPE_PHONE && f->pattern == NULL &&
	       !f->has_min_length && !f->has_max_length && f->one_of == NULL &&
	       !f->unique && f->clear_count == 0;
}

bool
map_add(struct builder *b, const struct plan_field *p)
{
	const struct early_lookup *early = p->cell.early;
	const struct field *f = p->f;
	struct text fragment = {p->fragment.s, p->fragment.len + 1}, to;
	struct buf *out = b->out;
	const char *end = out->data + out->len;

	if (b->step != NULL || b->too_large || early->cell.len == 0 ||
	    (f->null_count > 0 &&
		texts_have(f->nulls, f->null_count, early->cell)) ||
	    !lookup_table_find(early->table, &early->key, &to) || to.len == 0)
		return false;
	if (end[-1] == '{') {
		fragment.s++;
		fragment.len--;
	}
	if (!json_add_member(out, fragment, to))
		return false;
	evidence_pass(p, to, to);
	return true;
}

bool
map_value(struct builder *b, const struct plan_field *p,
    const struct plan_steps *x, struct value *v)
{
	struct text to;

	if (look_up(b, x, v->t, &to)) {
		v->t = to;
		note_step(b, p, steps_name(x, "map", "each map"), v->t);
	} else if (x->s->otherwise == OTHERWISE_REJECT) {
		return fail_map(b, p, x, v);
	} else {
		if (x->s->otherwise == OTHERWISE_OMIT)
			v->t.len = 0;
		else if (x->s->otherwise == OTHERWISE_VALUE)
			v->t = x->s->otherwise_value;
		note_step(
		    b, p, steps_name(x, "otherwise", "each otherwise"), v->t);
	}
	v->has = v->t.len > 0;
	return true;
}

void
map_plan_early(struct builder *b, struct plan_field *p)
{
	const struct field *f = p->f;
	struct early_lookup *early;

	if (f->steps.lookup == NULL || f->column_count != 1 ||
	    f->part_count > 0 || p->column < 0 || f->steps.replace_count > 0 ||
	    f->steps.case_rule != CASE_KEEP || f->unwrap != UNWRAP_NOTHING)
		return;
	early = arena_alloc(&b->arena, sizeof(*early));
	early->table = f->steps.lookup;
	early->column = p->column;
	early->is_trimmed = f->trim;
	early->next = b->early;
	b->early = early;
	p->cell.early = early;
	p->is_map_alone = f != b->m->key && is_map_alone(f);
}

void
maps_release(struct builder *b)
{
	for (struct early_lookup *x = b->early; x != NULL; x = x->next) {
		buf_release(&x->work[0]);
		buf_release(&x->work[1]);
	}
	buf_release(&b->lookup[0]);
	buf_release(&b->lookup[1]);
}

void
map_ask_early(struct builder *b)
{
	/* The cells of other rows may not even be UTF-8. */
	bool is_wanted = !b->rec->skip_code && b->problems->rejects == 0;

	for (struct early_lookup *early = b->early; early != NULL;
	     early = early->next) {
		struct text cell = {"", 0};

		if (is_wanted)
			cell = value_cell(b->rec, early->column);
		early->cell = early->is_trimmed ? text_trim(cell) : cell;
		early->key =
		    lookup_table_key(early->table, early->cell, early->work);
	}
}
