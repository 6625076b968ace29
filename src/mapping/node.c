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
