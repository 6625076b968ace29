/* SPDX-License-Identifier: MIT */
/*
 * The parts of a mapping that are no fields: how to read the CSV, which rows
 * to take.
 */
#include "loader.h"

#include <string.h>

void
load_source(struct loader *l, const struct node *map)
{
	struct mapping_source *s = &l->m->source;
	struct given given;
	if (!loader_read_table(l, &keys_source, map, &given, s))
		return;
	s->dialect.says_header = given_value(&given, "header") != NULL;
	s->dialect.says_skip_lines = given_value(&given, "skip_lines") != NULL;
	s->dialect.says_quote = given_value(&given, "quote") != NULL;
	const struct node *delimiter = given_value(&given, "delimiter");
	const struct node *quote = given_value(&given, "quote");
	if (s->dialect.quote && s->dialect.delimiter == s->dialect.quote)
		loader_error(l, "mapping.conflict", quote ? quote : delimiter,
		    "the delimiter and the quote are both '%c'",
		    s->dialect.quote);
	if (quote && text_is(quote->text, "auto"))
		loader_error(
		    l, "mapping.bad_value", quote, "'quote' cannot be 'auto'");
}

/* The tests that a condition may have, in the order of row_condition_kind. */
static const char *const test_names[] = {"in", "not_in", "matches", "empty"};

static void
condition_place(struct loader *l, struct row_condition *c,
    const struct given *given, const struct node *map)
{
	const struct node *column = given_value(given, "column");
	const struct node *index = given_value(given, "index");
	if (!column && !index && !given->has_unknown) {
		struct diagnostic *x = loader_error(
		    l, "mapping.no_source", map, "a condition needs a column");
		loader_help(l, x, "for example {column: Country, in: [IN]}");
	} else if (column && index) {
		loader_error(l, "mapping.two_sources",
		    given_pair(given, "index")->key,
		    "a condition has two sources, 'column' and 'index'");
	} else if (index) {
		read_index(l,
		    keys_find(
			&keys_condition, TEXT_LITERAL("index"), TYPE_COUNT),
		    index, &c->column);
	}
}

static void
load_condition(
    struct loader *l, const struct node *map, struct row_condition *c)
{
	struct given given;
	int tests = 0;
	*c = (struct row_condition){.at = map->at, .column.column = -1};
	if (!loader_read_table(l, &keys_condition, map, &given, c))
		return;
	condition_place(l, c, &given, map);
	for (int i = 0; i < 4; i++) {
		const struct pair *p = given_pair(&given, test_names[i]);
		if (!p)
			continue;
		c->kind = (enum row_condition_kind)i;
		if (tests++)
			loader_error(l, "mapping.conflict", p->key,
			    "a condition has one test only: in, not_in, "
			    "matches or empty");
	}
	const struct node *matches = given_value(&given, "matches");
	if (matches && c->pattern)
		c->pattern_text = loader_keep(l, matches->text);
	if (tests == 0 && !given.has_unknown) {
		struct diagnostic *x = loader_error(l, "mapping.missing_key",
		    map, "a condition without a test");
		loader_help(l, x, "add in:, not_in:, matches: or empty:");
	}
}

static void
load_conditions(struct loader *l, const struct node *n,
    struct row_condition **list, size_t *count)
{
	bool is_list = n->kind == NODE_LIST;
	if (n->kind == NODE_BAD)
		return;
	*count = is_list ? n->count : 1;
	*list = arena_array(l->arena, *count ? *count : 1, sizeof(**list));
	if (is_list && n->count == 0)
		loader_error(
		    l, "mapping.bad_value", n, "an empty list of conditions");
	for (size_t i = 0; i < *count; i++)
		load_condition(l, is_list ? n->items[i] : n, &(*list)[i]);
}

void
load_rows(struct loader *l, const struct node *map)
{
	struct given given;
	struct mapping *m = l->m;
	if (!loader_read_table(l, &keys_rows, map, &given, m))
		return;
	const struct node *only = given_value(&given, "only");
	const struct node *except = given_value(&given, "except");
	if (only)
		load_conditions(l, only, &m->only, &m->only_count);
	if (except)
		load_conditions(l, except, &m->except, &m->except_count);
}
