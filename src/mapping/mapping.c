/* SPDX-License-Identifier: MIT */
/*
 * The mapping as a whole: from a file or bytes to struct mapping, and what
 * others ask it. The top level is loaded in two rounds: what fields depend on
 * (source, defaults) first, then the fields in the order of the file.
 */
#include "mapping/mapping.h"

#include "base/signals.h"
#include "base/xalloc.h"
#include "loader.h"
#include "lookup_rule.h"
#include "value/convert.h"
#include "value/forms.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct mapping_source mapping_source_default = {
    .encoding = {"auto", 4},
    .dialect = {.delimiter = DIALECT_AUTO, .quote = '"', .has_header = true},
};

static struct mapping *
mapping_new(const char *name, struct text bytes)
{
	struct mapping *m = xcalloc(1, sizeof(*m));
	m->arena = (struct arena)ARENA_INIT;
	m->file = arena_strdup(&m->arena, name);
	m->bytes = (struct text){
	    arena_strndup(&m->arena, bytes.s ? bytes.s : "", bytes.len),
	    bytes.len};
	m->procedure = TEXT_LITERAL("");
	m->key_name = TEXT_LITERAL("");
	m->canonical = TEXT_LITERAL("");
	m->source = mapping_source_default;
	m->trim = true;
	return m;
}

void
mapping_free(struct mapping *m)
{
	if (!m)
		return;
	for (struct mapping_resource *r = m->resources; r; r = r->next) {
		pattern_free(r->pattern);
		zone_free(r->zone);
		lookup_table_free(r->table);
	}
	arena_release(&m->arena);
	free(m);
}

/* `key: {name: N, …}`: the field N, at the top or inside data. */
static bool
load_key(struct loader *l, const struct pair *pair, struct field *f)
{
	struct mapping *m = l->m;
	const struct node *name, *in;
	struct given given;
	bool has_name;

	if (pair->value->kind != NODE_MAP)
		return loader_match(l, &keys_key, pair->value, &given);
	name = node_get(pair->value, "name");
	in = node_get(pair->value, "in");
	has_name = name && loader_read(l, keys_row(&keys_key, "name"), name, m);
	if (in)
		loader_read(l, keys_row(&keys_key, "in"), in, m);
	load_field(l, &keys_key, pair,
	    m->key_in_data ? TEXT_LITERAL("data") : TEXT_LITERAL(""), f);
	return has_name;
}

/* An object whose children are given: data, record. */
static void
load_object(struct loader *l, const struct pair *pair, struct text path,
    struct field *f, bool is_record)
{
	struct given given;
	const struct pair *data;

	field_init(l, f, pair->key->text, path, pair->key->at);
	f->source = SOURCE_OBJECT;
	if (!is_record) {
		load_fields(
		    l, pair->value, f->path, &f->children, &f->child_count);
		return;
	}
	if (!loader_match(l, &keys_record, pair->value, &given))
		return;
	data = given_pair(&given, "data");
	if (!data)
		return;
	f->children = arena_alloc(l->arena, sizeof(*f->children));
	f->child_count = 1;
	load_object(l, data, f->path, f->children, false);
}

static bool
is_process_key(const struct key *k)
{
	return k->kind == VALUE_FIELD || k->kind == VALUE_FIELDS ||
	       k->kind == VALUE_KEY_FIELD || k->table == &keys_record;
}

/* The key goes to the front of data; data is made if there is none. */
static void
put_key_into_data(struct loader *l, struct field *key)
{
	struct mapping *m = l->m;
	struct field *data = NULL;
	for (size_t i = 0; i < m->field_count; i++)
		if (text_is(m->fields[i].path, "data"))
			data = &m->fields[i];
	if (!data) {
		data = &m->fields[m->field_count++];
		field_init(
		    l, data, TEXT_LITERAL("data"), TEXT_LITERAL(""), key->at);
		data->source = SOURCE_OBJECT;
	}
	struct field *children =
	    arena_array(l->arena, data->child_count + 1, sizeof(*children));
	children[0] = *key;
	if (data->child_count)
		memcpy(children + 1, data->children,
		    data->child_count * sizeof(*children));
	data->children = children;
	data->child_count++;
	m->key = &data->children[0];
}

static void
load_process_keys(struct loader *l, const struct node *root)
{
	struct mapping *m = l->m;
	struct field in_data;
	const struct node *key_node = NULL;
	bool has_key_in_data = false;
	/* One more than there are, for a data object that only holds the key.
	 */
	m->fields = arena_array(l->arena, root->count + 1, sizeof(*m->fields));
	for (size_t i = 0; i < root->count; i++) {
		const struct pair *pair = &root->pairs[i];
		const struct key *k =
		    pair->key->kind == NODE_SCALAR
			? keys_find(&keys_mapping, pair->key->text, TYPE_COUNT)
			: NULL;
		if (!k || !is_process_key(k) ||
		    node_get(root, k->name) != pair->value)
			continue;
		struct field *f = &m->fields[m->field_count];
		bool is_key =
		    k->kind == VALUE_KEY_FIELD || !strcmp(k->name, "lead_id");
		if (is_key && key_node) {
			loader_error(l, "mapping.conflict", pair->key,
			    "'lead_id' and 'key' both name the key");
			continue;
		}
		if (is_key)
			key_node = pair->key;
		if (k->kind == VALUE_FIELDS || k->table == &keys_record)
			load_object(l, pair, TEXT_LITERAL(""), f,
			    k->table == &keys_record);
		else if (k->kind == VALUE_FIELD)
			load_field(l, &keys_field, pair, TEXT_LITERAL(""), f);
		else if (!load_key(l, pair, f))
			continue;
		if (is_key) {
			m->key = f;
			m->key_name = f->key;
		}
		if (is_key && m->key_in_data) {
			in_data = *f;
			has_key_in_data = true;
			continue;
		}
		m->field_count++;
	}
	if (has_key_in_data)
		put_key_into_data(l, &in_data);
}

static void
load_top(struct loader *l, const struct node *root)
{
	struct mapping *m = l->m;
	struct given given, inner;
	if (!loader_read_table(l, &keys_mapping, root, &given, m))
		return;
	const struct node *version = given_value(&given, "version");
	if (version)
		loader_read(l, keys_row(&keys_mapping, "version"), version, m);
	if (given_pair(&given, "procedure"))
		m->procedure_at = given_value(&given, "procedure")->at;
	const struct node *source = given_value(&given, "source");
	const struct node *defaults = given_value(&given, "defaults");
	const struct node *rows = given_value(&given, "rows");
	const struct node *submit = given_value(&given, "submit");
	const struct node *tests = given_value(&given, "tests");
	if (source)
		load_source(l, source, &m->source);
	if (defaults)
		loader_read_table(
		    l, &keys_defaults, defaults, &inner, &l->defaults);
	if (defaults && defaults->kind == NODE_MAP)
		check_clears(l, node_get(defaults, "clear"), l->defaults.clears,
		    l->defaults.clear_count, l->defaults.trim);
	m->unwrap = l->defaults.unwrap;
	m->trim = l->defaults.trim;
	load_process_keys(l, root);
	if (rows)
		load_rows(l, rows);
	if (given_value(&given, "update"))
		loader_read_table(
		    l, &keys_update, given_value(&given, "update"), &inner, m);
	if (submit)
		loader_read_table(l, &keys_submit, submit, &inner, m);
	if (tests)
		load_tests(l, tests);
	check_mapping(l, root);
}

static int
compare_places(const void *x, const void *y)
{
	const struct diagnostic *a = x, *b = y;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return a->column < b->column ? -1 : a->column > b->column;
}

/* In the order of the file; merge by insertion keeps equal places as they
 * came, and nearly everything is in order already. */
static void
sort_by_place(struct diagnostics *list, size_t first)
{
	size_t count = list->count - first;
	if (count < 2)
		return;
	struct diagnostic *items = list->items + first;
	if (count > 1000) {
		qsort(items, count, sizeof(*items), compare_places);
		return;
	}
	for (size_t i = 1; i < count; i++) {
		struct diagnostic x = items[i];
		size_t k = i;
		for (; k > 0 && compare_places(&items[k - 1], &x) > 0; k--)
			items[k] = items[k - 1];
		items[k] = x;
	}
}

/* A value that YAML reads differently from a person: in typographic quotes, or
 * a name that ends in # and lost it to a comment without words. */
static void
warn_of_look(struct loader *l, const struct node *n, struct source_cursor *c)
{
	struct text meant;
	struct buf quoted = BUF_INIT(1024);
	struct diagnostic *x;
	enum plain_look look;

	if (n->style != STYLE_PLAIN)
		return;
	look = hint_plain(c, n->at, n->text, &meant);
	if (look == PLAIN_AS_IS)
		return;
	hint_quote(&quoted, meant);
	if (look == PLAIN_CURLY) {
		x = loader_warning(l, "mapping.curly_quotes", n,
		    "typographic quotes are read as part of the text");
		loader_help(l, x,
		    "use straight quotes: %s; or quote all of it if they "
		    "belong to the text",
		    loader_show(l, buf_text(&quoted)));
	} else if (look == PLAIN_CUT && meant.s[meant.len - 1] == '#') {
		x = loader_warning(l, "mapping.cut_by_comment", n,
		    "a # after a blank begins a comment: the value is %s",
		    loader_show(l, n->text));
		loader_help(l, x, "if # belongs to it: %s",
		    loader_show(l, buf_text(&quoted)));
	}
	buf_release(&quoted);
}

/* No deeper than NODE_DEPTH_MAX. */
static void
warn_of_looks(struct loader *l, const struct node *n, struct source_cursor *c)
{
	if (n->kind == NODE_SCALAR)
		warn_of_look(l, n, c);
	for (size_t i = 0; i < n->count && n->kind == NODE_LIST; i++)
		warn_of_looks(l, n->items[i], c);
	for (size_t i = 0; i < n->count && n->kind == NODE_MAP; i++) {
		warn_of_looks(l, n->pairs[i].key, c);
		warn_of_looks(l, n->pairs[i].value, c);
	}
}

static struct mapping *
parse(const char *name, struct text bytes, bool is_stored,
    struct diagnostics *list)
{
	size_t first = list->count, errors = list->errors;
	struct mapping *m = mapping_new(name, bytes);
	struct arena tree = ARENA_INIT;
	struct loader l = {.m = m,
	    .list = list,
	    .arena = &m->arena,
	    .is_stored = is_stored,
	    .defaults = {.trim = true, .empty = EMPTY_OMIT}};
	struct node *root = node_read(m->file, m->bytes, &tree, list);
	if (root)
		load_top(&l, root);
	if (root && !is_stored)
		warn_of_looks(
		    &l, root, &(struct source_cursor){.bytes = m->bytes});
	arena_release(&tree);
	sort_by_place(list, first);
	if (list->errors > errors) {
		mapping_free(m);
		return NULL;
	}
	mapping_canonicalise(m);
	return m;
}

struct mapping *
mapping_parse(const char *name, struct text bytes, struct diagnostics *list)
{
	return parse(name, bytes, false, list);
}

/* `what` could not be done, for errno's reason. A signal that ended the wait
 * for a FIFO is none of the mapping's errors. */
static void
report_unreadable(
    struct diagnostics *list, const char *what, const char *path, int err)
{
	struct diag d = DIAG_INIT;
	struct diagnostic *x;

	if (err == EINTR && signals_stop() != 0)
		return;
	x = diagnostics_add(list, SEVERITY_ERROR, "mapping.unreadable", path, 0,
	    0, "unable to %s '%s': %s", what, path, strerror(err));
	if (strcmp(path, "-") == 0)
		diag_help(&d, "a mapping is a file; only the CSV may be '-'");
	else
		diag_help_open(&d, err, path);
	if (d.help[0] != '\0')
		diagnostics_help(list, x, "%s", d.help);
}

/* All bytes of the file. False: they cannot be had, which the list says. */
static bool
read_file(const char *path, struct buf *bytes, struct diagnostics *list)
{
	char block[8192];
	size_t n;
	bool failed;
	errno = 0;
	FILE *f = fopen(path, "rb");
	if (!f) {
		report_unreadable(list, "open", path, errno);
		return false;
	}
	while (bytes->len <= NODE_BYTES_MAX &&
	       (n = fread(block, 1, sizeof(block), f)) > 0)
		if (!buf_add(bytes, block, n))
			break;
	failed = ferror(f);
	if (failed)
		report_unreadable(list, "read", path, errno);
	else if (bytes->overflow || bytes->len > NODE_BYTES_MAX)
		diagnostics_add(list, SEVERITY_ERROR, "mapping.too_large", path,
		    0, 0, "a mapping may have at most 1 MiB");
	fclose(f);
	return !failed && !bytes->overflow && bytes->len <= NODE_BYTES_MAX;
}

static struct mapping *
load(const char *path, bool is_stored, struct diagnostics *list)
{
	struct buf bytes = BUF_INIT(NODE_BYTES_MAX + 4096);
	struct mapping *m = NULL;
	if (read_file(path, &bytes, list))
		m = parse(path, (struct text){buf_str(&bytes), bytes.len},
		    is_stored, list);
	buf_release(&bytes);
	return m;
}

bool
mapping_is_one(const char *path)
{
	struct buf bytes = BUF_INIT(NODE_BYTES_MAX + 4096);
	struct diagnostics list;
	struct arena tree = ARENA_INIT;
	struct node *root = NULL;
	struct stat st;
	diagnostics_init(&list);
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    read_file(path, &bytes, &list))
		root = node_read(path,
		    (struct text){buf_str(&bytes), bytes.len}, &tree, &list);
	bool is_one =
	    root && root->kind == NODE_MAP && node_get(root, "version");
	arena_release(&tree);
	diagnostics_release(&list);
	buf_release(&bytes);
	return is_one;
}

struct mapping *
mapping_load(const char *path, struct diagnostics *list)
{
	return load(path, false, list);
}

struct mapping *
mapping_load_stored(const char *path, struct diagnostics *list)
{
	return load(path, true, list);
}

static void
each_field(struct field *fields, size_t count,
    void (*visit)(void *ctx, struct field *f), void *ctx)
{
	for (size_t i = 0; i < count; i++) {
		visit(ctx, &fields[i]);
		each_field(
		    fields[i].children, fields[i].child_count, visit, ctx);
	}
}

void
mapping_each_field(
    struct mapping *m, void (*visit)(void *ctx, struct field *f), void *ctx)
{
	each_field(m->fields, m->field_count, visit, ctx);
}

struct column_visit {
	void (*visit)(void *ctx, const struct column_ref *c);
	void *ctx;
};

static void
visit_columns(void *ctx, struct field *f)
{
	const struct column_visit *v = ctx;

	for (size_t i = 0; i < f->column_count; i++)
		v->visit(v->ctx, &f->columns[i]);
}

void
mapping_each_column(const struct mapping *m,
    void (*visit)(void *ctx, const struct column_ref *c), void *ctx)
{
	struct column_visit v = {visit, ctx};

	each_field(m->fields, m->field_count, visit_columns, &v);
	for (size_t i = 0; i < m->only_count; i++)
		visit(ctx, &m->only[i].column);
	for (size_t i = 0; i < m->except_count; i++)
		visit(ctx, &m->except[i].column);
}

bool
steps_have_map(const struct text_steps *s)
{
	return s->map_count > 0 || s->lookup_rule != NULL;
}
