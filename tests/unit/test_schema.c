/* SPDX-License-Identifier: MIT */
#include "mapping/keys.h"
#include "temp_folder.h"
#include "test.h"

#include <cjson/cJSON.h>

/*
 * The key tables against everything that is made from them: each example
 * loads, each key misspelt or with a value of the wrong kind is refused with a
 * place, the schema and the man page have them all.
 */

/* The mappings lie beside the lookup table of the examples. */
static char folder[128], mapping_name[160];

struct document {
	struct buf yaml;
	int line, column; /* of the key under test */
};

static void
put(struct document *d, const char *fmt, const char *a, const char *b)
{
	buf_adds(&d->yaml, fmt);
	buf_adds(&d->yaml, a);
	buf_adds(&d->yaml, b);
}

/* The key under test, with its value, on a line of its own. */
static void
put_key(
    struct document *d, const char *indent, const char *name, const char *value)
{
	d->line = 1;
	for (size_t i = 0; i < d->yaml.len; i++)
		d->line += d->yaml.data[i] == '\n';
	d->column = (int)strlen(indent) + 1;
	put(d, indent, name, ": ");
	put(d, value, "\n", "");
}

static void
put_field(struct document *d, const struct key *k)
{
	put(d, "version: 1\nlead_id: A\ndata:\n  f:\n", "", "");
	if (!k->is_source)
		put(d, "    column: A\n", "", "");
	for (int t = 0; t < TYPE_COUNT && k->types; t++)
		if (k->types & TYPE_BIT(t)) {
			put(d,
			    "    type: ", field_type_name((enum field_type)t),
			    "\n");
			break;
		}
	if (!strcmp(k->name, "otherwise") || !strcmp(k->name, "map_case"))
		put(d, "    map: {a: b}\n", "", "");
	if (!strcmp(k->name, "trunk_prefix"))
		put(d, "    calling_code: \"91\"\n", "", "");
	if (!strcmp(k->name, "century"))
		put(d, "    format: \"%d/%m/%y\"\n", "", "");
	if (!strcmp(k->name, "month_names"))
		put(d, "    format: \"%d %b %Y\"\n", "", "");
	if (!strcmp(k->name, "percent"))
		put(d, "    units: [\"%\"]\n", "", "");
}

/* A mapping that is whole but for what stands after the key. */
static void
make(struct document *d, const struct key_table *t, const struct key *k,
    const char *name, const char *value)
{
	static const char h[] = "version: 1\nlead_id: A\n";
	const char *indent = "    ";
	*d = (struct document){.yaml = BUF_INIT(1 << 16)};
	if (t == &keys_mapping) {
		indent = "";
		if (strcmp(k->name, "version"))
			put(d, "version: 1\n", "", "");
		if (strcmp(k->name, "lead_id") && strcmp(k->name, "key"))
			put(d, "lead_id: A\n", "", "");
		if (!strcmp(k->name, "update"))
			put(d, "mode: update\ndata: {score: S}\nstate: T\n", "",
			    "");
	} else if (t == &keys_field) {
		put_field(d, k);
	} else if (t == &keys_key) {
		put(d, "version: 1\nkey:\n    column: K\n", "", "");
		if (strcmp(k->name, "name"))
			put(d, "    name: k\n", "", "");
	} else if (t == &keys_replace || t == &keys_otherwise) {
		put(d, h, "data:\n  f:\n   column: A\n   map: {a: b}\n   ",
		    t == &keys_replace ? "replace:\n" : "otherwise:\n");
		if (t == &keys_replace)
			put(d,
			    strcmp(k->name, "with") ? "    with: x\n"
						    : "    pattern: x\n",
			    "", "");
	} else if (t == &keys_each) {
		put(d, h,
		    "data:\n  f:\n   column: A\n   type: multiString\n   "
		    "each:\n",
		    strcmp(k->name, "otherwise") && strcmp(k->name, "map_case")
			? ""
			: "    map: {a: b}\n");
	} else if (t == &keys_item) {
		put(d, h, "data:\n  f:\n   items:\n   -\n", "");
	} else if (t == &keys_lookup) {
		put(d, h, "data:\n  f:\n   column: A\n   map:\n", "");
		for (size_t i = 0; i < 3; i++)
			if (&t->keys[i] != k)
				put(d, "    ", t->keys[i].name,
				    i == 0 ? ": owners.csv\n" : ": Email\n");
	} else if (t == &keys_update) {
		put(d, h,
		    "mode: update\ndata: {score: S}\nstate: T\n"
		    "assignedTo: U\nupdate:\n",
		    "");
	} else if (t == &keys_condition) {
		put(d, h, "rows:\n  only:\n",
		    k->is_source ? "    in: [a]\n" : "    column: C\n");
	} else if (t == &keys_test) {
		put(d, h, "tests:\n  -\n",
		    strcmp(k->name, "row") ? "    row: {A: x}\n"
					   : "    rejects: rule.min\n");
	} else {
		put(d, h, t->name, ":\n");
	}
	put_key(d, indent, name, value);
}

static struct mapping *
parse(const struct document *d, struct diagnostics *list)
{
	diagnostics_init(list);
	return mapping_parse(
	    mapping_name, (struct text){buf_str(&d->yaml), d->yaml.len}, list);
}

static void
complain(
    const struct document *d, const struct diagnostics *list, const char *what)
{
	struct buf b = BUF_INIT(0);
	diagnostics_text(
	    list, (struct text){buf_str(&d->yaml), d->yaml.len}, false, &b);
	print_error("%s:\n%s%s\n", what, buf_str(&d->yaml), buf_str(&b));
	buf_release(&b);
}

static size_t
each_key(size_t (*test)(const struct key_table *t, const struct key *k))
{
	size_t wrong = 0;
	for (size_t i = 0; keys_all[i]; i++)
		for (size_t n = 0; n < keys_all[i]->count; n++)
			wrong += test(keys_all[i], &keys_all[i]->keys[n]);
	return wrong;
}

static size_t
example_loads(const struct key_table *t, const struct key *k)
{
	struct document d;
	struct diagnostics list;
	make(&d, t, k, k->name, k->example);
	struct mapping *m = parse(&d, &list);
	size_t wrong = !m;
	/* The columns of the examples are those of no mapping in particular. */
	for (size_t i = 0; i < list.count; i++)
		wrong +=
		    strcmp(list.items[i].code, "mapping.unused_column") != 0;
	if (wrong)
		complain(&d, &list, "an example is not taken");
	mapping_free(m);
	diagnostics_release(&list);
	buf_release(&d.yaml);
	return wrong;
}

TEST(every_example_of_the_tables_loads_without_a_word)
{
	assert_int_equal(each_key(example_loads), 0);
}

/* Is there an error with this code on this line? column 0 = any. */
static const struct diagnostic *
error_at(const struct diagnostics *list, const char *code, int line, int column)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].severity == SEVERITY_ERROR &&
		    (!code || !strcmp(list->items[i].code, code)) &&
		    list->items[i].line == line &&
		    (!column || list->items[i].column == column))
			return &list->items[i];
	return NULL;
}

static size_t
misspelt_is_refused(const struct key_table *t, const struct key *k)
{
	char name[64];
	struct document d;
	struct diagnostics list;
	/* `in` and `as` are too short to be recognised with a letter more. */
	bool is_short = strlen(k->name) < 3;
	snprintf(name, sizeof(name), "%sx", k->name);
	make(&d, t, k, name, k->example);
	struct mapping *m = parse(&d, &list);
	const struct diagnostic *x =
	    error_at(&list, "mapping.unknown_key", d.line, d.column);
	size_t wrong = m || !x || (!is_short && !x->help);
	if (wrong)
		complain(&d, &list, "a misspelt key is not found");
	mapping_free(m);
	diagnostics_release(&list);
	buf_release(&d.yaml);
	return wrong;
}

TEST(every_key_misspelt_is_refused_where_it_stands)
{
	assert_int_equal(each_key(misspelt_is_refused), 0);
}

static size_t refused_values;

static size_t
wrong_kinds_are_refused(const struct key_table *t, const struct key *k)
{
	static const char *const values[] = {"[[x]]", "{zzz: [1]}", "",
	    "{? [a] : b}", "\"\\0\"", "&a x", "!!str x", "*a", "[", "\"",
	    "{a: b, a: b}"};
	size_t wrong = 0;
	EACH (i, values) {
		struct document d;
		struct diagnostics list;
		/* Any map is JSON. */
		if (k->kind == VALUE_JSON && i == 1)
			continue;
		make(&d, t, k, k->name, values[i]);
		struct mapping *m = parse(&d, &list);
		/* An open bracket is noticed at the end of the file. */
		bool bad = m || !(error_at(&list, NULL, d.line, 0) ||
				    error_at(&list, NULL, d.line + 1, 0));
		if (bad)
			complain(&d, &list, "a value of the wrong kind");
		wrong += bad;
		refused_values++;
		mapping_free(m);
		diagnostics_release(&list);
		buf_release(&d.yaml);
	}
	return wrong;
}

TEST(every_value_of_the_wrong_kind_is_refused_where_it_stands)
{
	refused_values = 0;
	assert_int_equal(each_key(wrong_kinds_are_refused), 0);
	assert_true(refused_values > 800);
}

TEST(the_schema_has_every_table_and_key)
{
	struct buf b = BUF_INIT(0);
	mapping_schema(&b);
	cJSON *root = cJSON_Parse(buf_str(&b));
	assert_non_null(root);
	const cJSON *draft = cJSON_GetObjectItem(root, "$schema");
	assert_non_null(strstr(draft->valuestring, "2020-12"));
	const cJSON *definitions = cJSON_GetObjectItem(root, "$defs");
	for (size_t i = 0; keys_all[i]; i++) {
		const cJSON *t =
		    i ? cJSON_GetObjectItem(definitions, keys_all[i]->name)
		      : root;
		const cJSON *p = cJSON_GetObjectItem(t, "properties");
		assert_non_null(p);
		assert_true(cJSON_IsFalse(
		    cJSON_GetObjectItem(t, "additionalProperties")));
		for (size_t n = 0; n < keys_all[i]->count; n++)
			if (!cJSON_GetObjectItemCaseSensitive(
				p, keys_all[i]->keys[n].name))
				fail_msg("no %s", keys_all[i]->keys[n].name);
	}
	const cJSON *field = cJSON_GetObjectItem(definitions, "field");
	assert_int_equal(
	    cJSON_GetArraySize(cJSON_GetObjectItem(field, "oneOf")), 7);
	cJSON_Delete(root);
	buf_release(&b);
}

/* The man page's source, without the escapes of the examples. */
static char *
read_man_page(void)
{
	FILE *f = fopen("man/csv2chakra-mapping.5", "rb");
	if (!f)
		fail_msg("run from the top of the project");
	struct buf raw = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
	char block[4096];
	size_t n;
	while ((n = fread(block, 1, sizeof(block), f)) > 0)
		buf_add(&raw, block, n);
	fclose(f);
	for (const char *s = buf_str(&raw); *s;) {
		if (!strncmp(s, "\\(dq", 4) || !strncmp(s, "\\(aq", 4)) {
			buf_addc(&out, s[2] == 'd' ? '"' : '\'');
			s += 4;
		} else if (!strncmp(s, "\\e", 2)) {
			buf_addc(&out, '\\');
			s += 2;
		} else {
			buf_addc(&out, *s++);
		}
	}
	buf_release(&raw);
	return buf_detach(&out);
}

static char *man_page;

static size_t
man_page_has(const struct key_table *t, const struct key *k)
{
	struct buf b = BUF_INIT(4096);
	size_t wrong = 0;
	buf_addf(&b, "\n.It Ic %s\n", k->name);
	wrong += !strstr(man_page, buf_str(&b));
	buf_clear(&b);
	buf_addf(&b, "\n.Dl %s: %s\n", k->name, k->example);
	wrong += !strstr(man_page, buf_str(&b));
	if (wrong)
		print_error("the man page lacks %s of %s, or its example\n",
		    k->name, t->name);
	for (const struct key_word *w = k->words; w && w->word; w++)
		if (!strstr(man_page, w->word)) {
			print_error("the man page lacks %s\n", w->word);
			wrong++;
		}
	buf_release(&b);
	return wrong;
}

TEST(the_man_page_has_every_key_with_its_example_and_every_type)
{
	man_page = read_man_page();
	size_t wrong = each_key(man_page_has);
	for (int t = 0; t < TYPE_COUNT; t++) {
		const char *name = field_type_name((enum field_type)t);
		if (!strstr(man_page, name)) {
			print_error("the man page lacks the type %s\n", name);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
	free(man_page);
}

TEST(the_mapping_in_the_man_page_loads_without_a_word)
{
	char *page = read_man_page();
	char *begin = strstr(page, ".Bd -literal");
	assert_non_null(begin);
	begin = strchr(begin, '\n') + 1;
	char *end = strstr(begin, "\n.Ed\n");
	assert_non_null(end);
	struct diagnostics list;
	diagnostics_init(&list);
	struct mapping *m = mapping_parse(
	    "man", (struct text){begin, (size_t)(end - begin) + 1}, &list);
	assert_non_null(m);
	assert_int_equal(list.count, 0);
	mapping_free(m);
	diagnostics_release(&list);
	free(page);
}

static int
make_table(void **state)
{
	static const char owners[] = "Email,User Id\nasha@x.example,U-1\n";
	char path[160];
	FILE *f;

	(void)state;
	if (!temp_folder_make(folder, sizeof(folder), "schema"))
		return -1;
	snprintf(mapping_name, sizeof(mapping_name), "%s/m.yaml", folder);
	snprintf(path, sizeof(path), "%s/owners.csv", folder);
	f = fopen(path, "wb");
	if (!f)
		return -1;
	fputs(owners, f);
	return fclose(f);
}

static int
remove_table(void **state)
{
	(void)state;
	return temp_folder_remove(folder) ? 0 : -1;
}

AROUND_ALL(make_table, remove_table);
