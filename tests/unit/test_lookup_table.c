/* SPDX-License-Identifier: MIT */
/* Lookup tables (`map: {file, from, to}`, `map_case`): what the loader refuses,
 * of the keys and of the file, and what is found. */
#include "lookup_rig.h"
#include "value/convert.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
says(const struct diagnostic *x, const char *code, const char *words)
{
	return x->severity == SEVERITY_ERROR && strcmp(x->code, code) == 0 &&
	       (strstr(x->message, words) ||
		   (x->help && strstr(x->help, words)));
}

/* One of the errors is this one. */
static void
refuses(const char *fields, const char *code, const char *words)
{
	struct diagnostics list;
	struct mapping *m = load(fields, &list);
	bool found = false;

	for (size_t i = 0; i < list.count; i++)
		found = found || (says(&list.items[i], code, words) &&
				     list.items[i].line >= 4);
	if (m || !found) {
		struct buf b = BUF_INIT(0);

		diagnostics_text(&list, text_of(fields), false, &b);
		fail_msg(
		    "%s: not %s, %s\n%s", fields, code, words, buf_str(&b));
	}
	diagnostics_release(&list);
}

TEST(mistakes_in_the_keys_are_named_with_what_to_write)
{
	CASES(cases, const char *field, *code, *words) = {
	    {"{column: B, map: {file: t.csv, from: Name}}",
		"mapping.missing_key", "'to' is missing in map"},
	    {"{column: B, map: {file: t.csv, to: Id}}", "mapping.missing_key",
		"write from: Email"},
	    {"{column: B, map: {file: t.csv, form: Name, to: Id}}",
		"mapping.unknown_key", "did you mean 'from'?"},
	    {"{column: B, map: {fiel: t.csv, from: Name, to: Id}}",
		"mapping.unknown_key", "did you mean 'file'?"},
	    {"{column: B, map: {file: t.csv, from: Name, to: Id, trim: no}}",
		"mapping.unknown_key", "'trim' in map"},
	    {"{column: B, map: {file: [t.csv], from: Name, to: Id}}",
		"mapping.wrong_kind", "'file' must be text"},
	    {"{column: B, map: {file: t.csv, from: Name, to: Id, "
	     "source: {delimeter: \";\"}}}",
		"mapping.unknown_key", "did you mean 'delimiter'?"},
	    {"{column: B, map: {file: t.csv, from: Name, to: Id, "
	     "source: {header: false}}}",
		"mapping.conflict", "without a header"},
	    {"{column: B, map_case: ignore}", "mapping.conflict",
		"'map_case' needs 'map'"},
	    {"{column: B, map: {a: b}, map_case: lower}", "mapping.bad_value",
		"exact or ignore"},
	    {"{column: B, map: {a: x, A: y}, map_case: ignore}",
		"mapping.duplicate_key", "different results"},
	    {"{column: B, otherwise: omit}", "mapping.conflict",
		"'otherwise' needs 'map'"},
	};

	put_table("Name,Id\nAsha,U-1\n");
	EACH (i, cases)
		refuses(cases[i].field, cases[i].code, cases[i].words);
}

TEST(mistakes_in_the_file_are_named_with_their_lines)
{
	CASES(cases, const char *table, *code, *words) = {
	    {"Name,Id\nAsha,U-1\nBen,U-2\nAsha,U-3\n", "table.duplicate",
		"'Asha' twice, on lines 2 and 4"},
	    {"Name,Id\nA,1\nA,2\nA,3\n", "table.duplicate", "1 more"},
	    /* One letter in two Unicode forms is one text. */
	    {"Name,Id\nJos\xC3\xA9,1\nJose\xCC\x81,2\n", "table.duplicate",
		"lines 2 and 3"},
	    {"Nmae,Id\nA,1\n", "table.column", "did you mean 'Nmae'?"},
	    {"Name,User\nA,1\n", "table.column",
		"its columns are 'Name', 'User'"},
	    {"Name,Id,Name\nA,1,B\n", "table.column", "several columns"},
	    {"Name,Id\nA,1,x\n", "table.row", "line 2 of the lookup table"},
	    {"Name,Id\n\"A\" b,1\n", "table.row", "csv.stray_quote"},
	    {"Name,Id\n\"A,1\n", "table.row", "csv.unclosed_quote"},
	    {"Name,Id\n", "table.empty", "no row"},
	    {"Name,Id\n,1\n", "table.empty", "no row"},
	    {"", "table.unreadable", "empty"},
	    {"PK\x03\x04xx", "table.unreadable", ""},
	    {"Name;Id,x\nA;1,y\n", "table.delimiter", "source: {delimiter:"},
	};

	EACH (i, cases) {
		put_table(cases[i].table);
		refuses(RULE, cases[i].code, cases[i].words);
	}
	/* A Latin-1 file could be several encodings: nobody guesses here. */
	put_table("Name,Id\nM\xFCller,1\nK\xF6nig,2\nJ\xE4ger,3\nWei\xDF,4\n");
	refuses(RULE, "table.encoding", "source: {encoding:");
	refuses("{column: B, map: {file: t.csv, from: Name, to: Id, "
		"source: {encoding: utf-8}}}",
	    "table.row", "csv.bad_encoding");
	refuses("{column: B, map: {file: none.csv, from: a, to: b}}",
	    "table.unreadable", "none.csv");
	refuses("{column: B, map: {file: ., from: a, to: b}}",
	    "table.unreadable", "folder");
	assert_int_equal(mkfifo(path_of("fifo"), 0600), 0);
	refuses("{column: B, map: {file: fifo, from: a, to: b}}",
	    "table.unreadable", "not a regular file");
}

TEST(more_files_than_a_run_keeps_are_refused)
{
	struct buf yaml = BUF_INIT(1 << 16);
	struct diagnostics list;

	buf_adds(&yaml, "version: 1\nlead_id: A\ndata:\n");
	for (int i = 0; i < LOOKUP_FILES_MAX + 1; i++) {
		char name[32];

		snprintf(name, sizeof(name), "t%d.csv", i);
		write_table(name, "K,V\na,b\n", 8);
		buf_addf(&yaml,
		    "  f%d: {column: B, map: {file: %s, from: K, to: V}}\n", i,
		    name);
	}
	diagnostics_init(&list);
	assert_null(mapping_parse(
	    path_of("m.yaml"), (struct text){buf_str(&yaml), yaml.len}, &list));
	assert_int_equal(list.errors, 1);
	assert_string_equal(list.items[0].code, "table.too_many");
	diagnostics_release(&list);
	buf_release(&yaml);
}

/* The run key: what the table says counts, not where it lies. */
TEST(the_canonical_text_is_of_the_bytes_that_were_read)
{
	static const char *const other[] = {
	    "{column: B, map: {file: t.csv, from: Id, to: Name}}",
	    "{column: B, map: {file: t.csv, from: Name, to: Id}, map_case: "
	    "ignore}",
	    "{column: B, map: {file: t.csv, from: Name, to: Id, source: "
	    "{columns: loose}}}",
	};
	struct diagnostics list;
	struct mapping *m, *n;

	put_table("Name,Id\nA,1\n");
	m = load(RULE, &list);
	diagnostics_release(&list);
	assert_non_null(m);
	assert_int_equal(m->lookup_file_count, 1);
	assert_int_equal(m->lookup_files[0].entries, 1);
	assert_int_equal(strlen(m->lookup_files[0].sha256), 64);
	write_table("copy.csv", "Name,Id\nA,1\n", 12);
	n = load(
	    "{column: B, map: {from: Name, file: copy.csv, to: Id}}", &list);
	diagnostics_release(&list);
	assert_true(text_equal(m->canonical, n->canonical));
	mapping_free(n);
	EACH (i, other) {
		n = load(other[i], &list);
		diagnostics_release(&list);
		assert_false(text_equal(m->canonical, n->canonical));
		mapping_free(n);
	}
	mapping_free(m);
}

/* Wherever a table is used, other bytes of it make another run. */
TEST(every_use_of_a_table_is_in_the_canonical_text)
{
#define T "map: {file: t.csv, from: Name, to: Id}"
	static const char *const uses[] = {
	    RULE,
	    "{template: '{A}-{B}', " T "}",
	    "{column: B, type: multiString, separator: ';', each: {" T "}}",
	    "{items: [{fields: {x: {column: B, " T "}}}]}",
	    "{fields: {x: {column: B, " T ", otherwise: omit}}}",
	};
	struct diagnostics list;

	EACH (i, uses) {
		struct mapping *m, *n, *same;

		put_table("Name,Id\nA,1\n");
		m = load(uses[i], &list);
		diagnostics_release(&list);
		same = load(uses[i], &list);
		diagnostics_release(&list);
		put_table("Name,Id\nA,2\n");
		n = load(uses[i], &list);
		diagnostics_release(&list);
		assert_non_null(m);
		assert_non_null(n);
		assert_true(text_equal(m->canonical, same->canonical));
		assert_false(text_equal(m->canonical, n->canonical));
		mapping_free(m);
		mapping_free(n);
		mapping_free(same);
	}
#undef T
}

TEST(fields_that_ask_alike_share_a_table_and_rows_without_a_text_are_told)
{
	struct diagnostics list;
	struct mapping *m;

	put_table("Name,Id,Team\nA,1,x\n,2,y\nC,3,z\n");
	m = load(RULE "\n  g: {column: A, map: {file: t.csv, from: Name, to: "
		      "Id}}\n  h: {column: A, map: {file: t.csv, from: Name, "
		      "to: Team}}",
	    &list);
	assert_non_null(m);
	assert_int_equal(m->lookup_file_count, 1);
	assert_ptr_equal(m->fields[1].children[0].steps.lookup,
	    m->fields[1].children[1].steps.lookup);
	assert_ptr_not_equal(m->fields[1].children[0].steps.lookup,
	    m->fields[1].children[2].steps.lookup);
	assert_int_equal(list.count, 2); /* of each table */
	assert_string_equal(list.items[0].code, "table.no_text");
	assert_int_equal(list.items[0].severity, SEVERITY_NOTE);
	diagnostics_release(&list);
	mapping_free(m);
}

static bool
finds(const struct lookup_table *t, const char *from, struct buf *work,
    struct text *to)
{
	struct lookup_key key = lookup_table_key(t, text_of(from), work);

	return lookup_table_find(t, &key, to);
}

/* Against a plain list, over many random texts, and their case. */
TEST(what_was_added_is_found_and_nothing_else)
{
	struct lookup_table *t = lookup_table_new(false);
	struct lookup_table *folded = lookup_table_new(true);
	struct buf work[2] = {BUF_INIT(0), BUF_INIT(0)};
	char key[32];

	for (unsigned i = 0; i < 20000; i++) {
		uint64_t line = i;

		snprintf(key, sizeof(key), "Key%u", i * 7919U);
		assert_int_equal(
		    lookup_table_add(t, text_of(key), text_of(key + 3), &line),
		    LOOKUP_ADDED);
		(void)lookup_table_add(
		    folded, text_of(key), text_of(key + 3), &line);
	}
	assert_int_equal(lookup_table_count(t), 20000);
	for (unsigned i = 0; i < 20000; i++) {
		struct text to;

		snprintf(key, sizeof(key), "Key%u", i * 7919U);
		assert_true(finds(t, key, work, &to));
		assert_true(text_is(to, key + 3));
		key[0] = 'k';
		assert_false(finds(t, key, work, &to));
		assert_true(finds(folded, key, work, &to));
		assert_true(text_is(to, key + 3));
		snprintf(key, sizeof(key), "Key%u", i * 7919U + 1);
		assert_false(finds(t, key, work, &to));
	}
	buf_release(&work[0]);
	buf_release(&work[1]);
	lookup_table_free(t);
	lookup_table_free(folded);
}

/* A million entries and one more. */
TEST(a_table_that_is_too_large_is_refused)
{
	FILE *f = fopen(path_of("t.csv"), "wb");

	assert_non_null(f);
	fputs("Name,Id\n", f);
	for (size_t i = 0; i <= LOOKUP_ENTRIES_MAX; i++)
		fprintf(f, "%zx,x\n", i);
	assert_int_equal(fclose(f), 0);
	refuses(RULE, "table.too_large", "more than 1000000 entries");
}

AROUND_ALL(make_folder, remove_folder);
