/* SPDX-License-Identifier: MIT */
/*
 * JSON that our own writer made, taken apart into paths and tokens.
 * cJSON is not used here because it would print numbers through a
 * double, and what is shown must be what is sent, digit for digit.
 */
#include "json_text.h"

#include "base/json_read.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

static void
add_item(struct json_items *l, const struct buf *path, struct text token)
{
	ARRAY_ROOM(l->items, l->count, l->cap);
	l->items[l->count].path = xstrdup(buf_str(path));
	l->items[l->count].token = token;
	l->count++;
}

/* Walks one object; `path` is its own. Recursion is bounded by the depth of
 * mappings (32 levels). */
static void
take_object(
    struct json_items *l, struct buf *path, struct text json, unsigned depth)
{
	size_t before = path->len;
	struct text name, value;
	struct json_walk w;

	if (json.len <= 2 || depth > 64) {
		add_item(l, path, json);
		return;
	}
	json_walk_begin(&w, json);
	while (json_walk_next(&w, &name, &value)) {
		if (before > 0)
			buf_addc(path, '.');
		buf_add(path, name.s + 1, name.len - 2);
		if (value.s[0] == '{')
			take_object(l, path, value, depth + 1);
		else
			add_item(l, path, value);
		buf_truncate(path, before);
	}
}

/* Adds the items of `json`, which is compact and well-formed. */
static void
json_items_take(struct json_items *l, struct text json)
{
	struct buf path = BUF_INIT(1 << 20);

	buf_adds(&path, "");
	if (json.len > 0 && json.s[0] == '{')
		take_object(l, &path, json, 0);
	else
		add_item(l, &path, json);
	buf_release(&path);
}

static void
json_items_release(struct json_items *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->items[i].path);
	free(l->items);
	memset(l, 0, sizeof(*l));
}

static const struct json_item *
find(const struct json_items *l, const char *path)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->items[i].path, path) == 0)
			return &l->items[i];
	return NULL;
}

static void
add_line(struct buf *out, const char *sign, const struct json_item *x)
{
	buf_addf(out, "    %s %s: ", sign, x->path);
	text_display(out, x->token, 200);
	buf_addc(out, '\n');
}

bool
json_difference(struct text wanted, struct text got, struct buf *out)
{
	struct json_items a = {0}, b = {0};
	bool differs = false;

	json_items_take(&a, wanted);
	json_items_take(&b, got);
	for (size_t i = 0; i < a.count; i++) {
		const struct json_item *x = &a.items[i];
		const struct json_item *y = find(&b, x->path);

		if (y && text_equal(x->token, y->token))
			continue;
		differs = true;
		add_line(out, "-", x);
		if (y)
			add_line(out, "+", y);
	}
	for (size_t i = 0; i < b.count; i++) {
		if (find(&a, b.items[i].path))
			continue;
		differs = true;
		add_line(out, "+", &b.items[i]);
	}
	json_items_release(&a);
	json_items_release(&b);
	return differs;
}
