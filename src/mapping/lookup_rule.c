/* SPDX-License-Identifier: MIT */
/*
 * A lookup table as the mapping asks for it: its keys, which file that is, and
 * whether another field has asked the same. Two fields that do share a table.
 */
#include "lookup_rule.h"

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Beside `from` and `to` a misspelt `file` is one, too. */
static bool
has_file(const struct node *map)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct node *key = map->pairs[i].key;
		const char *meant =
		    key->kind == NODE_SCALAR
			? keys_did_you_mean(&keys_lookup, key->text)
			: NULL;

		if (meant && strcmp(meant, "file") == 0)
			return true;
	}
	return false;
}

bool
is_lookup(const struct node *value)
{
	bool from, to;

	if (value->kind != NODE_MAP || value->count > keys_lookup.count + 1)
		return false;
	from = node_get(value, "from") != NULL;
	to = node_get(value, "to") != NULL;
	return node_get(value, "file") ? from || to
				       : from && to && has_file(value);
}

static struct place
place_of(const struct given *g, const char *name)
{
	return given_value(g, name)->at;
}

bool
read_lookup_rule(struct loader *l, const struct key *k,
    const struct node *value, struct text_steps *s)
{
	struct lookup_rule *r = arena_alloc(l->arena, sizeof(*r));
	size_t errors = l->list->errors;
	struct given given;
	const struct node *source;

	r->source = mapping_source_default;
	if (!loader_read_table(l, k->table, value, &given, r))
		return false;
	source = given_value(&given, "source");
	if (source)
		load_source(l, source, &r->source);
	if (!r->source.dialect.has_header) {
		struct diagnostic *x =
		    loader_error(l, "mapping.conflict", source,
			"a lookup table without a header has no columns "
			"to name");
		loader_help(l, x, "give the file a header row");
	}
	/* What is not YAML was reported before. */
	if (l->list->errors > errors || !r->file.s || !r->from.s || !r->to.s)
		return false;
	r->file_at = place_of(&given, "file");
	r->from_at = place_of(&given, "from");
	r->to_at = place_of(&given, "to");
	s->lookup_rule = r;
	return true;
}

/* A name below the folder of the mapping. */
static const char *
beside(struct loader *l, const char *name)
{
	const char *slash = strrchr(l->m->file, '/');
	struct buf path = BUF_INIT(0);
	const char *kept;

	if (slash && name[0] != '/')
		buf_add(&path, l->m->file, (size_t)(slash - l->m->file) + 1);
	buf_adds(&path, name);
	kept = arena_strdup(l->arena, buf_str(&path));
	buf_release(&path);
	return kept;
}

/* The file's entry, made with its first rule. NULL: reported. */
static struct lookup_file *
find_file(struct loader *l, const struct lookup_rule *r)
{
	struct mapping *m = l->m;
	struct lookup_file *file;
	char own[32];

	for (size_t i = 0; i < m->lookup_file_count; i++)
		if (text_is(r->file, m->lookup_files[i].name))
			return &m->lookup_files[i];
	if (m->lookup_file_count == LOOKUP_FILES_MAX) {
		loader_error_at(l, "table.too_many", r->file_at,
		    "a mapping may use at most %d lookup files",
		    LOOKUP_FILES_MAX);
		return NULL;
	}
	if (m->lookup_files == NULL)
		m->lookup_files = arena_array(
		    l->arena, LOOKUP_FILES_MAX, sizeof(*m->lookup_files));
	file = &m->lookup_files[m->lookup_file_count++];
	snprintf(own, sizeof(own), "table.%zu", m->lookup_file_count);
	file->name = r->file.s;
	file->path = beside(l, l->is_stored ? own : file->name);
	return file;
}

static bool
is_same_reading(const struct mapping_source *a, const struct mapping_source *b)
{
	struct buf x = BUF_INIT(0), y = BUF_INIT(0);
	bool same;

	canonical_reading(&x, a);
	canonical_reading(&y, b);
	same = x.len == y.len && memcmp(buf_str(&x), buf_str(&y), x.len) == 0;
	buf_release(&x);
	buf_release(&y);
	return same;
}

/* The table of a rule before that asks the same; or NULL. */
static const struct lookup_table *
find_table(const struct mapping *m, const struct lookup_rule *r,
    bool ignores_case, size_t *bytes)
{
	const struct lookup_table *found = NULL;

	*bytes = 0;
	for (const struct mapping_resource *x = m->resources; x; x = x->next) {
		if (!x->table)
			continue;
		*bytes += lookup_table_bytes(x->table);
		if (x->rule && x->ignores_case == ignores_case &&
		    x->rule->lies_in == r->lies_in &&
		    text_equal(x->rule->from, r->from) &&
		    text_equal(x->rule->to, r->to) &&
		    is_same_reading(&x->rule->source, &r->source))
			found = x->table;
	}
	return found;
}

static struct lookup_table *
new_table(struct loader *l, const struct lookup_rule *rule, bool ignores_case)
{
	struct mapping_resource *x = loader_resource(l);

	x->table = lookup_table_new(ignores_case);
	x->rule = rule;
	x->ignores_case = ignores_case;
	return x->table;
}

static void
report(struct loader *l, const struct lookup_rule *r,
    const struct lookup_trouble *t)
{
	struct place at = t->is_about_from ? r->from_at
			  : t->is_about_to ? r->to_at
					   : r->file_at;
	struct diagnostic *x =
	    loader_error_at(l, t->code, at, "%s", t->d.message);

	if (t->d.help[0] != '\0')
		loader_help(l, x, "%s", t->d.help);
}

static void
read_file(struct loader *l, struct text_steps *s, struct lookup_rule *r)
{
	struct lookup_trouble trouble = {.code = "table.unreadable"};
	struct lookup_read got = {0};
	struct lookup_table *t;
	size_t bytes, room;

	s->lookup = find_table(l->m, r, s->map_ignores_case, &bytes);
	if (s->lookup)
		return;
	room = bytes < LOOKUP_BYTES_MAX ? LOOKUP_BYTES_MAX - bytes : 0;
	t = new_table(l, r, s->map_ignores_case);
	s->lookup = t;
	if (lookup_file_read(
		r, r->lies_in->path, room, t, r->lies_in, &got, &trouble) != 0)
		report(l, r, &trouble);
	else if (got.nameless > 0)
		diagnostics_add(l->list, SEVERITY_NOTE, "table.no_text",
		    l->m->file, r->from_at.line, r->from_at.column,
		    "%llu row%s of '%s' %s no '%s', and nothing can find %s",
		    (unsigned long long)got.nameless,
		    got.nameless == 1 ? "" : "s", r->file.s,
		    got.nameless == 1 ? "has" : "have", r->from.s,
		    got.nameless == 1 ? "it" : "them");
}

/* A map of the mapping itself, without case. */
static void
fold_entries(struct loader *l, struct text_steps *s)
{
	struct lookup_table *t = new_table(l, NULL, true);

	for (size_t i = 0; i < s->map_count; i++) {
		const struct map_entry *e = &s->map[i];
		uint64_t line = (uint64_t)e->at.line;

		if (lookup_table_add(t, e->from, e->to, &line) !=
		    LOOKUP_DIFFERS)
			continue;
		struct diagnostic *x =
		    loader_error_at(l, "mapping.duplicate_key", e->at,
			"ignoring case, '%s' is in the map twice, with "
			"different results (the other is on line %llu)",
			loader_show(l, e->from), (unsigned long long)line);
		loader_help(l, x, "delete one of the two entries, or map_case");
	}
	s->lookup = t;
}

void
load_lookup(struct loader *l, struct text_steps *s)
{
	struct lookup_rule *r = s->lookup_rule;

	if (r) {
		r->lies_in = find_file(l, r);
		if (r->lies_in)
			read_file(l, s, r);
	} else if (s->map_ignores_case && s->map_count > 0) {
		fold_entries(l, s);
	}
}
