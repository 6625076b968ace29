/* SPDX-License-Identifier: MIT */
/*
 * The parts of a mapping that are not fields: how to read the CSV, which rows
 * to take, and its own tests.
 */
#include "base/json_write.h"
#include "loader.h"

#include <string.h>

static const struct key_word empty_rows_words[] = {{"skip", EMPTY_ROWS_SKIP},
    {"reject", EMPTY_ROWS_REJECT}, {"keep", EMPTY_ROWS_KEEP}, {NULL, 0}};

static const struct key condition_rows[] = {
    {"column", VALUE_COLUMN, AT(row_condition, column), .is_source = true,
	.doc = "a header name", .example = "Country"},
    {"index", VALUE_INDEX, AT(row_condition, column), .is_source = true,
	.min = 1, .max = 16384, .doc = "the number of a column, from 1",
	.example = "3"},
    {"in", VALUE_WORD_LIST, LIST_AT(row_condition, words, word_count),
	.is_nfc = true, .doc = "the cell is one of these",
	.example = "[IN, AE]"},
    {"not_in", VALUE_WORD_LIST, LIST_AT(row_condition, words, word_count),
	.is_nfc = true, .doc = "the cell is none of these",
	.example = "[Test]"},
    {"matches", VALUE_PATTERN, AT(row_condition, pattern),
	.doc = "PCRE2; it may match anywhere in the cell",
	.example = "'^[A-Z]'"},
    {"empty", VALUE_BOOLEAN, AT(row_condition, empty),
	.doc = "the cell is empty (true) or is not (false)",
	.example = "false"},
};
const struct key_table keys_condition = {
    "condition", ROWS(condition_rows), NULL};

static const struct key rows_rows[] = {
    {"empty", VALUE_WORD, AT(mapping, empty_rows), .words = empty_rows_words,
	.doc = "what to do with rows whose cells are all empty",
	.example = "reject"},
    {"only", VALUE_CONDITIONS, NOWHERE, .table = &keys_condition,
	.doc = "take only rows for which all conditions hold",
	.example = "{column: Country, in: [IN, AE]}"},
    {"except", VALUE_CONDITIONS, NOWHERE, .table = &keys_condition,
	.doc = "leave out rows for which any condition holds",
	.example = "{column: Status, in: [Test]}"},
};
const struct key_table keys_rows = {"rows", ROWS(rows_rows), NULL};

static const struct key test_rows[] = {
    {"row", VALUE_CELLS, NOWHERE, .is_required = true,
	.doc = "a row: cell texts by column name",
	.example = "{Lead Ref: L-1, Status: Open}"},
    {"gives", VALUE_JSON, AT(mapping_test, gives_json),
	.doc = "the process object that the row must become",
	.example = "{lead_id: L-1, state: NEW}"},
    {"rejects", VALUE_TEXT, AT(mapping_test, rejects),
	.doc = "the code with which the row must be rejected",
	.example = "rule.required"},
};
const struct key_table keys_test = {"test", ROWS(test_rows), NULL};

void
load_source(struct loader *l, const struct node *map, struct mapping_source *s)
{
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
		read_index(
		    l, keys_row(&keys_condition, "index"), index, &c->column);
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
		struct diagnostic *x = loader_error(
		    l, "mapping.missing_key", map, "a condition needs a test");
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

static void
yaml_to_json(struct loader *l, const struct node *n, struct buf *out)
{
	switch (n->kind) {
	case NODE_LIST:
		json_array(out, NULL);
		for (size_t i = 0; i < n->count; i++)
			yaml_to_json(l, n->items[i], out);
		json_end_array(out);
		break;
	case NODE_MAP:
		json_object(out, NULL);
		for (size_t i = 0; i < n->count; i++) {
			json_text(out, NULL, n->pairs[i].key->text);
			buf_addc(out, ':');
			yaml_to_json(l, n->pairs[i].value, out);
		}
		json_end_object(out);
		break;
	case NODE_SCALAR:
		if (node_is_nothing(n)) {
			struct diagnostic *x = loader_error(
			    l, "mapping.wrong_kind", n, "a value is missing");
			loader_help(l, x, "write null, \"\" or the value");
		} else if (node_scalar_kind(n) == SCALAR_TEXT) {
			json_text(out, NULL, n->text);
		} else {
			json_name(out, NULL);
			buf_add(out, n->text.s, n->text.len);
		}
		break;
	case NODE_BAD:
		break;
	}
}

struct column_names {
	struct text *names;
	size_t count;
	bool has_index;
};

static void
count_column(void *ctx, const struct column_ref *ref)
{
	(void)ref;
	++*(size_t *)ctx;
}

static void
add_column(void *ctx, const struct column_ref *ref)
{
	struct column_names *c = ctx;

	if (ref->index)
		c->has_index = true;
	else if (ref->name.s) /* else it was refused */
		c->names[c->count++] = ref->name;
}

static void
collect_columns(struct loader *l, struct column_names *c)
{
	size_t most = 1;

	*c = (struct column_names){.names = NULL};
	mapping_each_column(l->m, count_column, &most);
	c->names = arena_array(l->arena, most, sizeof(*c->names));
	mapping_each_column(l->m, add_column, c);
	texts_sort(c->names, c->count);
}

static void
check_column(
    struct loader *l, const struct column_names *c, const struct node *key)
{
	/* With index: a test's columns stand by position. */
	if (c->has_index)
		return;
	if (texts_have(c->names, c->count, key->text))
		return;
	struct diagnostic *x = loader_warning(l, "mapping.unused_column", key,
	    "the mapping does not use a column '%s'",
	    loader_show(l, key->text));
	int meant = -1;
	if (loader_may_suggest(l))
		meant = text_did_you_mean(key->text, c->names, c->count);
	if (meant >= 0)
		loader_help(l, x, "did you mean '%s'?",
		    loader_show(l, c->names[meant]));
}

static void
load_cells(struct loader *l, const struct column_names *columns,
    const struct node *row, struct mapping_test *t)
{
	if (row->kind == NODE_BAD)
		return;
	if (row->kind != NODE_MAP) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    row, "'row' must be a map of cells, not %s",
		    node_describe(row));
		loader_help(l, x, "for example row: {Lead Ref: L-1}");
		return;
	}
	t->columns = arena_array(l->arena, row->count + 1, sizeof(struct text));
	t->cells = arena_array(l->arena, row->count + 1, sizeof(struct text));
	for (size_t i = 0; i < row->count; i++) {
		const struct pair *p = &row->pairs[i];
		if (p->key->kind != NODE_SCALAR)
			continue;
		check_column(l, columns, p->key);
		if (p->value->kind != NODE_SCALAR) {
			if (p->value->kind != NODE_BAD)
				loader_error(l, "mapping.wrong_kind", p->value,
				    "a cell must be text, not %s",
				    node_describe(p->value));
			continue;
		}
		t->columns[t->cell_count] = loader_keep(l, p->key->text);
		t->cells[t->cell_count++] = loader_keep(l, p->value->text);
	}
}

/* A code that no row can have would never be met. */
static void
check_code(struct loader *l, const struct node *value)
{
	static const char *const rules[] = {"rule.required", "rule.min",
	    "rule.max", "rule.min_length", "rule.max_length", "rule.one_of",
	    "rule.pattern", "rule.replace", "rule.not_unique", "map.no_entry",
	    "rows.empty", "rows.only", "rows.except"};
	const size_t rule_count = sizeof(rules) / sizeof(*rules);
	struct text codes[TYPE_COUNT + sizeof(rules) / sizeof(*rules)];
	struct diagnostic *x;
	int near;

	for (size_t i = 0; i < rule_count; i++)
		codes[i] = text_of(rules[i]);
	for (size_t i = 0; i < TYPE_COUNT; i++)
		codes[rule_count + i] =
		    text_of(field_type_code((enum field_type)i));
	for (size_t i = 0; i < rule_count + TYPE_COUNT; i++)
		if (text_equal(codes[i], value->text))
			return;
	x = loader_error(l, "mapping.bad_value", value,
	    "no row is rejected with the code %s", loader_show(l, value->text));
	near = text_did_you_mean(value->text, codes, rule_count + TYPE_COUNT);
	if (near >= 0)
		loader_help(l, x, "did you mean '%.*s'?", (int)codes[near].len,
		    codes[near].s);
	else
		loader_help(l, x,
		    "csv2chakra-mapping(5) lists the codes, such as "
		    "rule.required and type.date");
}

static void
load_test(struct loader *l, const struct column_names *columns,
    const struct node *map, struct mapping_test *t)
{
	struct given given;
	*t = (struct mapping_test){.at = map->at};
	if (!loader_read_table(l, &keys_test, map, &given, t))
		return;
	const struct node *row = given_value(&given, "row");
	const struct node *gives = given_value(&given, "gives");
	const struct pair *rejects = given_pair(&given, "rejects");
	if (row)
		load_cells(l, columns, row, t);
	if (!gives == !rejects) {
		struct diagnostic *x = loader_error(l,
		    gives ? "mapping.conflict" : "mapping.missing_key",
		    gives ? rejects->key : map,
		    gives ? "a test has 'gives' or 'rejects', not both"
			  : "a test needs 'gives' or 'rejects'");
		loader_help(l, x,
		    "gives: the object that the row becomes; "
		    "rejects: the code that rejects it");
	}
	if (rejects && t->rejects.len > 0 && !l->is_stored)
		check_code(l, rejects->value);
	if (!gives || gives->kind == NODE_BAD)
		return;
	if (gives->kind != NODE_MAP) {
		loader_error(l, "mapping.wrong_kind", gives,
		    "'gives' must be a map, the process object, not %s",
		    node_describe(gives));
		return;
	}
	struct buf b = BUF_INIT(0);
	yaml_to_json(l, gives, &b);
	t->gives_json = loader_keep(l, (struct text){buf_str(&b), b.len});
	buf_release(&b);
}

void
load_tests(struct loader *l, const struct node *list)
{
	struct mapping *m = l->m;
	struct column_names columns;
	if (list->kind == NODE_BAD)
		return;
	if (list->kind != NODE_LIST) {
		struct diagnostic *x =
		    loader_error(l, "mapping.wrong_kind", list,
			"'tests' must be a list, not %s", node_describe(list));
		loader_help(l, x, "each test begins with \"- row:\"");
		return;
	}
	collect_columns(l, &columns);
	m->tests = arena_array(
	    l->arena, list->count ? list->count : 1, sizeof(*m->tests));
	m->test_count = list->count;
	for (size_t i = 0; i < list->count; i++)
		load_test(l, &columns, list->items[i], &m->tests[i]);
}
