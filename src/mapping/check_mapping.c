/* SPDX-License-Identifier: MIT */
/*
 * What spans several fields: the key, paths that clash, and the numbering of
 * unique fields. Runs when every field is in its final place.
 */
#include "loader.h"

#include <stdlib.h>
#include <string.h>

/* The end of a path in the JSON: a field that is not an object. */
struct leaf {
	struct text path;
	struct field *field;
};

struct leaves {
	struct leaf *items;
	size_t count;
};

static void
count_leaf(void *ctx, struct field *f)
{
	(void)f;
	((struct leaves *)ctx)->count++;
}

static void
add_leaf(void *ctx, struct field *f)
{
	struct leaves *all = ctx;
	if (f->source != SOURCE_OBJECT && f->source != SOURCE_ITEMS)
		all->items[all->count++] = (struct leaf){f->path, f};
}

/* A dot sorts before everything, so that a path stands directly before those
 * below it: a, a.b, a-b. */
static int
compare_leaves(const void *x, const void *y)
{
	const struct leaf *a = x, *b = y;
	size_t len = a->path.len < b->path.len ? a->path.len : b->path.len;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)a->path.s[i];
		unsigned char d = (unsigned char)b->path.s[i];
		if (c != d)
			return (c == '.' ? -1 : c) - (d == '.' ? -1 : d);
	}
	if (a->path.len != b->path.len)
		return a->path.len < b->path.len ? -1 : 1;
	return place_order(a->field->at, b->field->at);
}

static bool
is_at_or_below(struct text path, struct text above)
{
	return path.len >= above.len && !memcmp(path.s, above.s, above.len) &&
	       (path.len == above.len || path.s[above.len] == '.');
}

static void
report_clash(
    struct loader *l, const struct field *first, const struct field *second)
{
	struct diagnostic *x;
	if (text_equal(first->path, second->path))
		x = loader_error_at(l, "mapping.path_clash", second->at,
		    "'%s' is mapped twice: on line %d too",
		    loader_show(l, second->path), first->at.line);
	else
		x = loader_error_at(l, "mapping.path_clash", second->at,
		    "'%s' and '%s' clash: one is a value, and the other is "
		    "inside it",
		    loader_show(l, first->path), loader_show(l, second->path));
	loader_help(l, x, "delete one of them");
}

static void
check_paths(struct loader *l)
{
	struct leaves all = {NULL, 0};
	mapping_each_field(l->m, count_leaf, &all);
	all.items = arena_array(
	    l->arena, all.count ? all.count : 1, sizeof(*all.items));
	all.count = 0;
	mapping_each_field(l->m, add_leaf, &all);
	if (all.count > 1)
		qsort(all.items, all.count, sizeof(*all.items), compare_leaves);
	const struct leaf *above = all.items;
	for (size_t i = 1; i < all.count; i++) {
		if (!is_at_or_below(all.items[i].path, above->path))
			above = &all.items[i];
		else
			report_clash(l, above->field, all.items[i].field);
	}
}

static void
number_unique(void *ctx, struct field *f)
{
	struct mapping *m = ctx;
	if (f->unique && f->source != SOURCE_OBJECT)
		f->unique_slot = (int)m->unique_count++;
}

static void
check_key(struct loader *l)
{
	const struct field *key = l->m->key;
	struct diagnostic *x;
	if (key->on_error == ON_ERROR_OMIT) {
		x = loader_error_at(l, "mapping.key", key->at,
		    "on_error: omit on the key would send rows without a key");
		loader_help(l, x, "write on_error: reject, or delete the line");
	}
	if (key->clear_count > 0 && key->clears != l->defaults.clears) {
		x = loader_error_at(l, "mapping.key", key->at,
		    "clear on the key would send rows without a key");
		loader_help(l, x, "delete it: the key must have a value");
	}
	if (key->source == SOURCE_OBJECT || key->source == SOURCE_ITEMS ||
	    key->type == TYPE_BOOLEAN || key->type >= TYPE_MULTI_STRING) {
		x = loader_error_at(l, "mapping.key", key->at,
		    "a key must be text or a number, not %s",
		    key->source == SOURCE_OBJECT  ? "an object"
		    : key->source == SOURCE_ITEMS ? "a list"
						  : field_type_name(key->type));
		loader_help(l, x, "type: string or type: integer");
	}
	if (key->source == SOURCE_CONSTANT && key->unique)
		loader_error_at(l, "mapping.key", key->at,
		    "a constant cannot be the key: every row would have the "
		    "same key");
}

static void
note_dots(void *ctx, struct field *f)
{
	struct loader *l = ctx;
	if (!f->key.len || !memchr(f->key.s, '.', f->key.len))
		return;
	struct diagnostic *x = diagnostics_add(l->list, SEVERITY_NOTE,
	    "mapping.dotted_key", l->m->file, f->at.line, f->at.column,
	    "the key '%s' is sent as it is, including the dot",
	    loader_show(l, f->key));
	loader_help(l, x, "fields: makes a nested object");
}

/* Is that the path of a field as an update sends it, as `data.score`? */
struct sent_path {
	struct text path;
	size_t place_len; /* of "data." or "record.data." before its name */
	bool is_field, is_deeper;
};

static size_t
place_len(struct text path)
{
	static const char *const places[] = {"record.data.", "data."};

	for (size_t i = 0; i < 2; i++) {
		size_t len = strlen(places[i]);

		if (path.len > len && !memcmp(path.s, places[i], len))
			return len;
	}
	return 0;
}

/* A name may hold a dot, so what lies deeper is told by the name's length. */
static void
match_path(void *ctx, struct field *f)
{
	struct sent_path *p = ctx;

	if (!text_equal(p->path, f->path) || text_is(p->path, "data") ||
	    text_is(p->path, "record") || text_is(p->path, "record.data"))
		return;
	if (f->key.len == p->path.len - p->place_len)
		p->is_field = true;
	else
		p->is_deeper = true;
}

static bool
is_listed(const struct text *list, size_t count, struct text t)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(list[i], t))
			return true;
	return false;
}

/* One of the lists of `update:`; `other` may not name the same. */
static void
check_update_list(struct loader *l, const struct node *update, const char *name,
    const struct text *list, size_t count, const struct text *other,
    size_t other_count)
{
	const struct node *at = node_get(update, name);
	const struct field *key = l->m->key;

	for (size_t i = 0; at && i < count; i++) {
		struct sent_path p = {
		    .path = list[i], .place_len = place_len(list[i])};
		struct diagnostic *x = NULL;

		mapping_each_field(l->m, match_path, &p);
		if (key && text_equal(list[i], key->path))
			x = loader_error(l, "mapping.update", at,
			    "'%s' is the key: it finds the process, and is "
			    "not changed",
			    loader_show(l, list[i]));
		else if (!p.is_field)
			x = loader_error(l, "mapping.update", at,
			    p.is_deeper
				? "'%s' is part of a value that is compared "
				  "and sent as a whole"
				: "'%s' is not a field of this mapping",
			    loader_show(l, list[i]));
		else if (is_listed(other, other_count, list[i]))
			x = loader_error(l, "mapping.update", at,
			    "'%s' cannot be in fill_only and in send_only",
			    loader_show(l, list[i]));
		if (x && !p.is_field)
			loader_help(l, x,
			    "write paths such as data.score, state or "
			    "record.data.email, as the mapping sends them");
	}
}

static void
check_update(struct loader *l, const struct node *root)
{
	const struct mapping *m = l->m;
	const struct mapping_update *u = &m->update;
	const struct node *mode = node_get(root, "mode"),
			  *update = node_get(root, "update"), *missing;
	struct diagnostic *x;

	if (m->mode == MODE_CREATE) {
		if (update == NULL)
			return;
		x = loader_error(l, "mapping.update", update,
		    "'update' needs mode: update or mode: upsert");
		loader_help(l, x,
		    "add mode: update to change processes that exist, or mode: "
		    "upsert to create the missing ones, too; otherwise delete "
		    "'update'");
		return;
	}
	if (m->key == NULL || !m->key->unique || !m->key->required) {
		x = loader_error(l, "mapping.update", mode,
		    "mode: %s needs a key that is required and unique: it "
		    "finds the process to change",
		    mapping_mode_name(m->mode));
		loader_help(l, x,
		    "add lead_id: Column Name, or key: {name: …, column: …, "
		    "unique: true}");
	}
	if (update == NULL)
		return;
	missing = node_get(update, "missing");
	if (missing != NULL && m->mode == MODE_UPSERT) {
		x = loader_error(l, "mapping.update", missing,
		    "'missing' has no meaning with mode: %s, which creates "
		    "what is missing",
		    mapping_mode_name(m->mode));
		loader_help(l, x, "delete it, or write mode: update");
	}
	check_update_list(
	    l, update, "fields", u->fields, u->field_count, NULL, 0);
	check_update_list(l, update, "fill_only", u->fill_only, u->fill_count,
	    u->send_only, u->send_count);
	check_update_list(
	    l, update, "send_only", u->send_only, u->send_count, NULL, 0);
}

/* Where the key of a map stands; it has it. */
static struct place
place_of_key(const struct node *map, const char *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (text_is(map->pairs[i].key->text, key))
			return map->pairs[i].key->at;
	return map->at;
}

void
check_mapping(struct loader *l, const struct node *root)
{
	struct mapping *m = l->m;
	const struct node *data = node_get(root, "data");
	struct diagnostic *x;
	bool has_key = node_get(root, "lead_id") || node_get(root, "key");
	if (!has_key && !data) {
		x = loader_error_at(l, "mapping.nothing_mapped", root->at,
		    "neither 'lead_id' nor 'data' is mapped");
		loader_help(l, x,
		    "add lead_id: Column Name, or data: with a "
		    "field in it");
	} else if (!has_key) {
		struct place at = place_of_key(root, "data");

		x = diagnostics_add(l->list, SEVERITY_WARNING, "mapping.no_key",
		    m->file, at.line, at.column,
		    "the mapping has no key: rows whose answer is lost cannot "
		    "be looked up");
		loader_help(l, x,
		    "add lead_id: Column Name, or key: {name: …, "
		    "column: …}");
	} else if (m->key) {
		check_key(l);
	}
	check_update(l, root);
	check_paths(l);
	mapping_each_field(m, note_dots, l);
	mapping_each_field(m, number_unique, m);
}
