/* SPDX-License-Identifier: MIT */
/*
 * What every part of the loader does: report with a place, match a map
 * against its key table, hand each value to the reader of its kind.
 */
#include "loader.h"

#include "base/unicode.h"
#include "base/xalloc.h"
#include "mapping/mapping.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct diagnostic *vreport(struct loader *l, enum severity severity,
    const char *code, struct place at, const char *fmt, va_list ap)
    __attribute__((format(printf, 5, 0)));

static struct diagnostic *
vreport(struct loader *l, enum severity severity, const char *code,
    struct place at, const char *fmt, va_list ap)
{
	char words[1024];
	vsnprintf(words, sizeof(words), fmt, ap);
	return diagnostics_add(l->list, severity, code, l->m->file, at.line,
	    at.column, "%s", words);
}

static struct diagnostic *
with_length(struct diagnostic *x, const struct node *at)
{
	if (at->end.line == at->at.line && at->end.column > at->at.column)
		x->length = at->end.column - at->at.column;
	return x;
}

struct diagnostic *
loader_error(struct loader *l, const char *code, const struct node *at,
    const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diagnostic *x =
	    vreport(l, SEVERITY_ERROR, code, at->at, fmt, ap);
	va_end(ap);
	return with_length(x, at);
}

struct diagnostic *
loader_warning(struct loader *l, const char *code, const struct node *at,
    const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diagnostic *x =
	    vreport(l, SEVERITY_WARNING, code, at->at, fmt, ap);
	va_end(ap);
	return with_length(x, at);
}

struct diagnostic *
loader_error_at(
    struct loader *l, const char *code, struct place at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diagnostic *x = vreport(l, SEVERITY_ERROR, code, at, fmt, ap);
	va_end(ap);
	return x;
}

void
loader_help(struct loader *l, struct diagnostic *x, const char *fmt, ...)
{
	char words[1024];
	va_list ap;
	if (!x)
		return;
	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	diagnostics_help(l->list, x, "%s", words);
}

const char *
loader_show(struct loader *l, struct text t)
{
	struct buf b = BUF_INIT(4096);
	text_display(&b, t, 60);
	const char *shown = arena_strdup(&l->list->arena, buf_str(&b));
	buf_release(&b);
	return shown;
}

int
place_order(struct place a, struct place b)
{
	return a.line != b.line ? a.line - b.line : a.column - b.column;
}

struct text
loader_keep(struct loader *l, struct text t)
{
	return (struct text){
	    arena_strndup(l->arena, t.s ? t.s : "", t.len), t.len};
}

struct text
loader_keep_nfc(struct loader *l, struct text t)
{
	struct buf work = BUF_INIT(0);
	struct text kept = loader_keep(l, text_nfc(&work, t));

	buf_release(&work);
	return kept;
}

bool
loader_may_suggest(const struct loader *l)
{
	return l->list->count <= SUGGESTIONS_MAX;
}

/* The row of a given key: its index in the table, base's rows after. */
static size_t
row_index(const struct key_table *t, struct text name)
{
	size_t before = 0;
	for (; t; t = t->base) {
		for (size_t i = 0; i < t->count; i++)
			if (name.len > 0 && *t->keys[i].name == *name.s &&
			    text_is(name, t->keys[i].name))
				return before + i;
		before += t->count;
	}
	return GIVEN_MAX;
}

static void
report_unknown(
    struct loader *l, const struct key_table *table, const struct node *key)
{
	struct diagnostic *x = loader_error(l, "mapping.unknown_key", key,
	    "unknown key '%s' in %s", loader_show(l, key->text), table->name);
	const char *meant = keys_did_you_mean(table, key->text);
	if (meant)
		loader_help(l, x, "did you mean '%s'?", meant);
}

bool
loader_help_gap(struct loader *l, struct diagnostic *x, struct text t)
{
	const char *colon = t.len ? memchr(t.s, ':', t.len) : NULL;
	size_t before = colon ? (size_t)(colon - t.s) : 0;
	if (!before || before + 1 == t.len || colon[1] == '/')
		return false;
	loader_help(l, x, "a space is missing after the colon: write %s: %s",
	    loader_show(l, (struct text){t.s, before}),
	    loader_show(l, (struct text){colon + 1, t.len - before - 1}));
	return true;
}

static void
report_not_a_map(
    struct loader *l, const struct key_table *table, const struct node *n)
{
	if (n->kind == NODE_BAD)
		return;
	struct diagnostic *x = loader_error(l, "mapping.wrong_kind", n,
	    "%s must be a map of keys, not %s", table->name, node_describe(n));
	if (n->kind != NODE_SCALAR || n->style != STYLE_PLAIN ||
	    !loader_help_gap(l, x, n->text))
		loader_help(l, x, "its keys are %s, …", table->keys[0].name);
}

bool
loader_match(struct loader *l, const struct key_table *table,
    const struct node *map, struct given *given)
{
	*given = (struct given){.table = table};
	if (map->kind != NODE_MAP) {
		report_not_a_map(l, table, map);
		return false;
	}
	for (size_t i = 0; i < map->count; i++) {
		const struct pair *pair = &map->pairs[i];
		if (pair->key->kind != NODE_SCALAR)
			continue;
		size_t row = row_index(table, pair->key->text);
		if (row >= GIVEN_MAX) {
			report_unknown(l, table, pair->key);
			given->has_unknown = true;
		} else if (!given->pairs[row]) {
			given->pairs[row] = pair;
		}
	}
	for (const struct key_table *t = table; t; t = t->base)
		for (size_t i = 0; i < t->count; i++)
			if (t->keys[i].is_required &&
			    !given_pair(given, t->keys[i].name)) {
				struct diagnostic *x =
				    loader_error_at(l, "mapping.missing_key",
					map->at, "'%s' is missing in %s",
					t->keys[i].name, table->name);
				loader_help(l, x, "write %s: %s",
				    t->keys[i].name, t->keys[i].example);
			}
	return true;
}

const struct pair *
given_pair(const struct given *g, const char *name)
{
	size_t row = row_index(g->table, text_of(name));
	return row < GIVEN_MAX ? g->pairs[row] : NULL;
}

const struct node *
given_value(const struct given *g, const char *name)
{
	const struct pair *pair = given_pair(g, name);
	return pair ? pair->value : NULL;
}

bool
loader_read_table(struct loader *l, const struct key_table *table,
    const struct node *map, struct given *given, void *target)
{
	if (!loader_match(l, table, map, given))
		return false;
	for (size_t i = 0; i < table->count; i++)
		if (given->pairs[i] && table->keys[i].offset != KEY_NO_OFFSET)
			loader_read(
			    l, &table->keys[i], given->pairs[i]->value, target);
	return true;
}

/* What the author probably meant by something that is not text. */
static void
help_with_raw_text(struct loader *l, struct diagnostic *x, const struct key *k,
    const struct node *value)
{
	if (!loader_may_suggest(l))
		return;
	struct text line = source_line(l->m->bytes, value->at.line);
	struct buf b = BUF_INIT(4096);
	struct text raw;
	if (node_is_nothing(value) || value->style == STYLE_BLOCK) {
		/* `quote: #`, `{delimiter: ,}`, `delimiter: |` */
		struct place end = {
		    value->at.line, (int)utf8_length(line.s, line.len) + 1};
		raw = text_trim(source_between(l->m->bytes, value->at, end));
		if (raw.len && !strchr("#,|>", raw.s[0]))
			raw.len = 0;
		if (raw.len > 1)
			raw.len = 1;
	} else {
		/* A map or list on one line: braces or brackets that were
		 * meant as text, and what stands after them. */
		raw = source_between(l->m->bytes, value->at, value->end);
		if (value->at.line != value->end.line)
			raw.len = 0;
	}
	if (raw.len) {
		hint_quote(&b, raw);
		loader_help(l, x, "write %s: %s", k->name, buf_str(&b));
	} else {
		loader_help(l, x, "for example %s: %s", k->name, k->example);
	}
	buf_release(&b);
}

bool
loader_text(struct loader *l, const struct key *k, const struct node *value,
    struct text *out)
{
	if (value->kind == NODE_BAD)
		return false;
	if (value->kind != NODE_SCALAR || node_is_nothing(value) ||
	    (value->style == STYLE_BLOCK && value->text.len == 0)) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    value, "'%s' must be text, not %s", k->name,
		    value->style == STYLE_BLOCK ? "an empty block"
						: node_describe(value));
		help_with_raw_text(l, x, k, value);
		return false;
	}
	*out = loader_keep(l, value->text);
	return true;
}
