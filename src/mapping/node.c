/* SPDX-License-Identifier: MIT */
/*
 * What a node is. Plain scalars follow the JSON rules and nothing else: `NO`,
 * `on`, `010`, `0x1F`, `.5`, `~` and dates are text, because a guess by YAML
 * 1.1 has cost enough people a country code or a leading zero.
 */
#include "node.h"

#include <string.h>

static size_t
skip_digits(struct text t, size_t i)
{
	while (i < t.len && t.s[i] >= '0' && t.s[i] <= '9')
		i++;
	return i;
}

bool
text_is_json_number(struct text t)
{
	size_t i = 0, begin;
	if (i < t.len && t.s[i] == '-')
		i++;
	begin = i;
	i = skip_digits(t, i);
	if (i == begin || (t.s[begin] == '0' && i - begin > 1))
		return false;
	if (i < t.len && t.s[i] == '.') {
		begin = ++i;
		i = skip_digits(t, i);
		if (i == begin)
			return false;
	}
	if (i < t.len && (t.s[i] == 'e' || t.s[i] == 'E')) {
		i++;
		if (i < t.len && (t.s[i] == '+' || t.s[i] == '-'))
			i++;
		begin = i;
		i = skip_digits(t, i);
		if (i == begin)
			return false;
	}
	return i == t.len;
}

enum scalar_kind
node_scalar_kind(const struct node *n)
{
	if (n->style != STYLE_PLAIN)
		return SCALAR_TEXT;
	if (text_is(n->text, "true"))
		return SCALAR_TRUE;
	if (text_is(n->text, "false"))
		return SCALAR_FALSE;
	if (text_is(n->text, "null"))
		return SCALAR_NULL;
	return text_is_json_number(n->text) ? SCALAR_NUMBER : SCALAR_TEXT;
}

bool
node_is_nothing(const struct node *n)
{
	return n->kind == NODE_SCALAR && n->style == STYLE_PLAIN &&
	       n->text.len == 0;
}

const char *
node_describe(const struct node *n)
{
	if (n->kind == NODE_LIST)
		return "a list";
	if (n->kind == NODE_MAP)
		return "a map";
	if (node_is_nothing(n))
		return "nothing";
	switch (node_scalar_kind(n)) {
	case SCALAR_NUMBER:
		return "a number";
	case SCALAR_TRUE:
		return "true";
	case SCALAR_FALSE:
		return "false";
	case SCALAR_NULL:
		return "null";
	case SCALAR_TEXT:
		break;
	}
	return "text";
}

struct node *
node_get(const struct node *map, const char *key)
{
	for (size_t i = 0; map->kind == NODE_MAP && i < map->count; i++)
		if (map->pairs[i].key->kind == NODE_SCALAR &&
		    text_is(map->pairs[i].key->text, key))
			return map->pairs[i].value;
	return NULL;
}

void
hint_quote(struct buf *out, struct text t)
{
	bool single = (t.len && memchr(t.s, '\\', t.len)) ||
		      (t.len && memchr(t.s, '"', t.len));
	char quote = single ? '\'' : '"';
	buf_addc(out, quote);
	for (size_t i = 0; i < t.len; i++) {
		if (single && t.s[i] == '\'')
			buf_addc(out, '\'');
		buf_addc(out, t.s[i]);
	}
	buf_addc(out, quote);
}

static void
visit_map(const struct node *map, unsigned depth,
    void (*visit)(void *ctx, const struct yaml_entry *e), void *ctx)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct node *key = map->pairs[i].key;
		const struct node *value = map->pairs[i].value;
		const struct yaml_entry e = {
		    .depth = depth,
		    .key = key->text,
		    .value =
			value->kind == NODE_SCALAR ? value->text : text_of(""),
		    .line = key->at.line,
		    .column = key->at.column,
		    .value_line = value->at.line,
		    .value_column = value->at.column,
		    .is_map = value->kind == NODE_MAP,
		    .is_scalar =
			value->kind == NODE_SCALAR && !node_is_nothing(value),
		    .what = node_describe(value),
		};

		if (key->kind != NODE_SCALAR || value->kind == NODE_BAD)
			continue;
		visit(ctx, &e);
		if (e.is_map)
			visit_map(value, depth + 1, visit, ctx);
	}
}

bool
yaml_entries(const char *file, struct text bytes,
    void (*visit)(void *ctx, const struct yaml_entry *e), void *ctx,
    struct diagnostics *list)
{
	struct arena tree = ARENA_INIT;
	const struct node *root = node_read(file, bytes, &tree, list);

	/* Settings may all be comments. */
	if (root == NULL && list->count == 1 &&
	    strcmp(list->items[0].code, "mapping.empty") == 0)
		list->count = list->errors = 0;
	if (root && root->kind == NODE_MAP)
		visit_map(root, 0, visit, ctx);
	else if (root && !node_is_nothing(root))
		diagnostics_add(list, SEVERITY_ERROR, "mapping.yaml", file,
		    root->at.line, root->at.column,
		    "expected keys and values, and this is %s",
		    node_describe(root));
	arena_release(&tree);
	return list->errors == 0;
}

static void
cursor_begin_line(struct source_cursor *c, int line, size_t begin)
{
	c->line = line;
	c->column = 1;
	c->begin = c->at = begin;
}

void
source_seek(struct source_cursor *c, struct place to)
{
	if (c->line == 0 || to.line < c->line)
		cursor_begin_line(
		    c, 1, c->bytes.len - text_after_bom(c->bytes).len);
	while (c->line < to.line) {
		const char *end = memchr(
		    c->bytes.s + c->begin, '\n', c->bytes.len - c->begin);

		cursor_begin_line(c, c->line + 1,
		    end ? (size_t)(end - c->bytes.s) + 1 : c->bytes.len);
	}
	if (to.column < c->column)
		cursor_begin_line(c, c->line, c->begin);
	for (; c->column < to.column && c->at < c->bytes.len; c->column++)
		utf8_next(c->bytes.s, c->bytes.len, &c->at);
}
