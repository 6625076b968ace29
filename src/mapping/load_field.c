/* SPDX-License-Identifier: MIT */
/*
 * One field: its source, then its type, then everything else, because which
 * options a field may have is decided by its type.
 */
#include "loader.h"

#include <stdio.h>
#include <string.h>

void
field_init(struct loader *l, struct field *f, struct text key, struct text path,
    struct place at)
{
	struct buf b = BUF_INIT(0);
	buf_add(&b, path.s, path.len);
	if (path.len)
		buf_addc(&b, '.');
	buf_add(&b, key.s, key.len);
	*f = (struct field){.key = loader_keep(l, key),
	    .path = loader_keep(l, (struct text){buf_str(&b), b.len}),
	    .at = at,
	    .unwrap = l->defaults.unwrap,
	    .trim = l->defaults.trim,
	    .nulls = l->m->source.nulls,
	    .null_count = l->m->source.null_count,
	    .clears = l->defaults.clears,
	    .clear_count = l->defaults.clear_count,
	    .type = TYPE_STRING,
	    .decimal_sign = '.',
	    .separator = TEXT_LITERAL(","),
	    .unique_slot = -1,
	    .empty = l->defaults.empty};
	buf_release(&b);
}

static void
init_process_key(struct field *f)
{
	static struct text statuses[] = {
	    {"CANCELLED", 9}, {"COMPLETED", 9}, {"OPEN", 4}};
	if (text_is(f->path, "lead_id"))
		f->required = f->unique = true;
	else if (text_is(f->path, "nextActionAt"))
		f->type = TYPE_DATETIME;
	else if (text_is(f->path, "status")) {
		f->one_of = statuses;
		f->one_of_count = 3;
	}
}

static void
short_form(struct loader *l, struct field *f, const struct node *value)
{
	const struct key *column = keys_row(&keys_field, "column");
	if (value->kind == NODE_BAD)
		return;
	if (value->kind == NODE_LIST) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    value, "'%s' must be a column's name or a map, not a list",
		    loader_show(l, f->path));
		loader_help(
		    l, x, "several columns: %s: {column: [A, B]}", f->key.s);
		return;
	}
	if (node_is_nothing(value)) {
		struct diagnostic *x = loader_error_at(l, "mapping.no_source",
		    f->at, "'%s' has no column", loader_show(l, f->path));
		if (!loader_help_gap(l, x, f->key))
			loader_help(l, x,
			    "write %s: Column Name, or a constant: %s: "
			    "{value: X}",
			    loader_show(l, f->key), loader_show(l, f->key));
		return;
	}
	struct key named = *column;
	named.name = loader_show(l, f->key);
	read_columns(l, &named, value, f);
}

/* Exactly one source. Returns its row, or NULL (reported). */
static const struct key *
find_source(struct loader *l, struct field *f, const struct given *given,
    size_t base, const struct node *value)
{
	const struct key *found = NULL;
	bool several = false;
	for (size_t i = 0; i < keys_field.count; i++) {
		const struct key *k = &keys_field.keys[i];
		if (!k->is_source || !given->pairs[base + i])
			continue;
		if (found) {
			loader_error(l, "mapping.two_sources",
			    given->pairs[base + i]->key,
			    "'%s' has two sources, '%s' and '%s'",
			    loader_show(l, f->path), found->name, k->name);
			several = true;
		} else {
			found = k;
		}
	}
	if (!found && !given->has_unknown) {
		struct diagnostic *x = loader_error(l, "mapping.no_source",
		    value, "'%s' has no source", loader_show(l, f->path));
		loader_help(l, x,
		    "add column:, index:, value:, meta:, "
		    "template:, fields: or items:");
	}
	return several ? NULL : found;
}

/* What a cell may decide. */
static bool
has_cells(const struct field *f)
{
	if (f->source != SOURCE_OBJECT && f->source != SOURCE_ITEMS)
		return f->source != SOURCE_CONSTANT && f->source != SOURCE_META;
	for (size_t i = 0; i < f->child_count; i++)
		if (has_cells(&f->children[i]))
			return true;
	return false;
}

static void
load_item(struct loader *l, const struct key *k, const struct node *value,
    size_t number, const struct field *list, struct field *item)
{
	char name[32];
	size_t errors = l->list->errors;
	struct given given;
	const struct node *fields;

	snprintf(name, sizeof(name), "%zu", number);
	field_init(l, item, text_of(name), list->path, value->at);
	item->source = SOURCE_OBJECT;
	if (!loader_match(l, k->table, value, &given))
		return;
	fields = given_value(&given, "fields");
	if (fields)
		load_fields(
		    l, fields, item->path, &item->children, &item->child_count);
	if (l->list->errors > errors || !fields || has_cells(item))
		return;
	struct diagnostic *x = loader_error(l, "mapping.conflict", value,
	    "the item '%s' is made of constants alone",
	    loader_show(l, item->path));
	loader_help(l, x,
	    "an item is left out when none of its columns has a value: give "
	    "it a column:");
}

/* `items: [{fields: …}, …]`: objects by their numbers, from 1. */
static void
load_items(struct loader *l, const struct key *k, const struct node *value,
    struct field *f)
{
	if (value->kind == NODE_BAD)
		return;
	if (value->kind != NODE_LIST || value->count == 0) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    value, "'items' must be a list of items, not %s",
		    value->kind == NODE_LIST ? "an empty one"
					     : node_describe(value));
		loader_help(l, x, "for example items: %s", k->example);
		return;
	}
	f->children = arena_array(l->arena, value->count, sizeof(*f->children));
	for (size_t i = 0; i < value->count; i++)
		load_item(l, k, value->items[i], i + 1, f,
		    &f->children[f->child_count++]);
}

static bool
read_source(struct loader *l, struct field *f, const struct key *k,
    const struct node *value)
{
	if (!strcmp(k->name, "index")) {
		f->source = SOURCE_INDEX;
		f->columns = arena_alloc(l->arena, sizeof(*f->columns));
		if (!read_index(l, k, value, f->columns))
			return false;
		f->column_count = 1;
		return true;
	}
	if (!strcmp(k->name, "fields")) {
		f->source = SOURCE_OBJECT;
		load_fields(l, value, f->path, &f->children, &f->child_count);
		return true;
	}
	if (!strcmp(k->name, "items")) {
		f->source = SOURCE_ITEMS;
		load_items(l, k, value, f);
		return true;
	}
	if (!strcmp(k->name, "meta"))
		f->source = SOURCE_META;
	return loader_read(l, k, value, f);
}

static void
report_not_for_type(
    struct loader *l, const struct field *f, const struct pair *pair)
{
	struct buf b = BUF_INIT(1024);
	struct diagnostic *x = loader_error(l, "mapping.not_for_type",
	    pair->key, "'%s' cannot be used with the type %s",
	    pair->key->text.s, field_type_name(f->type));
	const struct key *k =
	    keys_find(&keys_field, pair->key->text, TYPE_COUNT);
	for (const struct key *end = keys_field.keys + keys_field.count;
	     k < end && text_is(pair->key->text, k->name); k++)
		for (int t = 0; t < TYPE_COUNT; t++)
			if (k->types & TYPE_BIT(t))
				buf_addf(&b, "%s%s", b.len ? ", " : "",
				    field_type_name((enum field_type)t));
	loader_help(l, x, "it is for %s", buf_str(&b));
	buf_release(&b);
}

static void
read_options(
    struct loader *l, struct field *f, const struct given *given, size_t base)
{
	for (size_t i = 0; i < keys_field.count; i++) {
		const struct pair *pair = given->pairs[base + i];
		if (!pair || keys_field.keys[i].is_source ||
		    !strcmp(keys_field.keys[i].name, "type"))
			continue;
		const struct key *k =
		    keys_find(&keys_field, pair->key->text, f->type);
		if (f->source == SOURCE_OBJECT ||
		    (f->source == SOURCE_ITEMS &&
			!text_is(pair->key->text, "required")))
			loader_error(l, "mapping.not_for_type", pair->key,
			    "'%s' cannot be used with %s", pair->key->text.s,
			    f->source == SOURCE_ITEMS ? "a list of items"
						      : "an object of fields");
		else if (k)
			loader_read(l, k, pair->value, f);
		else
			report_not_for_type(l, f, pair);
	}
}

static void
default_words(struct field *f)
{
	static struct text yes[] = {
	    {"1", 1}, {"true", 4}, {"y", 1}, {"yes", 3}};
	static struct text no[] = {{"0", 1}, {"false", 5}, {"n", 1}, {"no", 2}};
	if (f->type != TYPE_BOOLEAN)
		return;
	if (!f->true_words) {
		f->true_words = yes;
		f->true_count = 4;
	}
	if (!f->false_words) {
		f->false_words = no;
		f->false_count = 4;
	}
}

static void
long_form(struct loader *l, const struct key_table *table, struct field *f,
    const struct node *value)
{
	struct given given;
	size_t base = table == &keys_field ? 0 : table->count;
	if (!loader_match(l, table, value, &given))
		return;
	const struct node *type = given_value(&given, "type");
	bool knows_type = true;
	if (type)
		knows_type =
		    loader_read(l, keys_row(&keys_field, "type"), type, f);
	const struct key *source = find_source(l, f, &given, base, value);
	if (source)
		read_source(l, f, source, given_value(&given, source->name));
	if (source && type &&
	    (f->source == SOURCE_OBJECT || f->source == SOURCE_ITEMS))
		loader_error(l, "mapping.not_for_type",
		    given_pair(&given, "type")->key,
		    "'type' cannot be used with %s",
		    f->source == SOURCE_ITEMS ? "a list of items"
					      : "an object of fields");
	/* With an unknown type every option would be a second mistake. */
	if (!knows_type)
		return;
	read_options(l, f, &given, base);
	default_words(f);
	check_field(l, f, &given);
}

void
load_field(struct loader *l, const struct key_table *table,
    const struct pair *pair, struct text path, struct field *f)
{
	struct text key = pair->key->text;
	if (table == &keys_key)
		key = l->m->key_name;
	field_init(l, f, key, path, pair->key->at);
	if (path.len == 0)
		init_process_key(f);
	if (table == &keys_key)
		f->required = f->unique = true;
	if (pair->value->kind == NODE_MAP || table == &keys_key)
		long_form(l, table, f, pair->value);
	else
		short_form(l, f, pair->value);
}

void
load_fields(struct loader *l, const struct node *map, struct text path,
    struct field **fields, size_t *count)
{
	*count = 0;
	*fields = NULL;
	if (map->kind == NODE_BAD)
		return;
	if (map->kind != NODE_MAP || map->count == 0) {
		struct diagnostic *x = loader_error(l, "mapping.wrong_kind",
		    map, "'%s' must be a map of fields, not %s",
		    loader_show(l, path),
		    map->kind == NODE_MAP ? "an empty one"
					  : node_describe(map));
		if (map->kind != NODE_SCALAR ||
		    !loader_help_gap(l, x, map->text))
			loader_help(l, x, "for example {score: Score}");
		return;
	}
	*fields = arena_array(l->arena, map->count, sizeof(**fields));
	for (size_t i = 0; i < map->count; i++) {
		const struct pair *pair = &map->pairs[i];
		if (pair->key->kind != NODE_SCALAR)
			continue;
		if (pair->key->text.len == 0) {
			loader_error(l, "mapping.bad_value", pair->key,
			    "a field's name cannot be empty");
			continue;
		}
		load_field(l, &keys_field, pair, path, &(*fields)[(*count)++]);
	}
}
