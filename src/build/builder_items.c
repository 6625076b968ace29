/* SPDX-License-Identifier: MIT */
/*
 * A list in one cell, as items. Items of a plain list are views of the cell;
 * those that were quoted, or that `each` changes, are copied one after the
 * other into a buffer, and become views of it when it grows no more. The cell
 * itself is copied first where steps may write over it.
 */
#include "base/xalloc.h"
#include "builder_plan.h"

#include <stdlib.h>

void
items_release(struct list_items *list)
{
	free(list->items);
	buf_release(&list->cell);
	buf_release(&list->text);
}

static void
add_item(struct list_items *list, struct text item)
{
	ARRAY_ROOM(list->items, list->count, list->cap);
	list->items[list->count++] = item;
}

/* The next item into *v; 0 = none is left, -1 = a problem was added. */
static int
next_item(struct builder *b, const struct plan_field *p, struct text *rest,
    struct text cell, struct value *v)
{
	struct text separator = p->f->separator;
	struct buf *work;
	struct convert_reason r;
	int found;

	v->has = true;
	if (!p->f->is_quoted)
		return list_next(rest, separator, &v->t);
	work = value_work(b);
	found = list_next_quoted(rest, separator, work, &r);
	if (found < 0)
		note_problem(b, p, v->column, field_type_code(p->f->type), true,
		    cell, &r);
	v->t = (struct text){buf_str(work), work->len};
	return found;
}

/* All items, also after one with a problem, so that all are told. */
static bool
copy_items(struct builder *b, const struct plan_field *p, bool is_changed,
    struct text cell, int column)
{
	struct list_items *list = &b->list;
	struct text rest = cell;
	struct value v = {.column = column};
	bool ok = true;
	int found;

	buf_clear(&list->text);
	while ((found = next_item(b, p, &rest, cell, &v)) > 0) {
		note_step(b, p, "item", v.t);
		if (is_changed && !value_change(b, p, &p->each, &v)) {
			ok = false;
			continue;
		}
		/* Steps may have left blanks, or nothing. */
		v.t = text_trim(v.t);
		if (!v.has || v.t.len == 0)
			continue;
		(void)buf_add(&list->text, v.t.s, v.t.len);
		add_item(list, v.t);
	}
	for (size_t i = 0, at = 0; i < list->count; at += list->items[i++].len)
		list->items[i].s = list->text.data + at;
	return ok && found == 0;
}

bool
items_split(struct builder *b, const struct plan_field *p, bool is_changed,
    struct value *v)
{
	struct list_items *list = &b->list;
	bool changes = is_changed && p->each.are_any;
	struct text rest = v->t, item;
	bool ok = true;

	list->count = 0;
	if (changes || p->f->is_quoted) {
		buf_clear(&list->cell);
		(void)buf_add(&list->cell, v->t.s, v->t.len);
		v->t = (struct text){buf_str(&list->cell), list->cell.len};
		ok = copy_items(b, p, changes, v->t, v->column);
	} else {
		while (list_next(&rest, p->f->separator, &item))
			add_item(list, item);
	}
	v->has = list->count > 0;
	return ok;
}
