/* SPDX-License-Identifier: MIT */
#include "mapping/mapping.h"
#include "test.h"

#include <dirent.h>

#define V "version: 1\nlead_id: Ref\n"
#define LOOSE "version: 1\nsource: {columns: loose}\n"

struct bind_case {
	const char *yaml;
	const char *header[8]; /* NULL ends; header[0] "!" = no header, then
				* the number of columns is that of the rest */
	const char *code;      /* NULL = nothing but the unused columns */
	enum severity severity;
	int line, column;
	const char *words;
};

static const struct bind_case cases[] = {
    {V, {"Ref"}, NULL, SEVERITY_ERROR, 0, 0, ""},
    {V, {"ref"}, "mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"did you mean \"ref\""},
    {V, {"Ref\xe2\x80\x8b"}, "mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"\"Ref\\u200B\""},
    {"version: 1\nlead_id: Lead Ref\n", {"Lead\xc2\xa0Ref"},
	"mapping.unknown_column", SEVERITY_ERROR, 2, 10, "\"Lead\\u00A0Ref\""},
    {V, {"A", "B"}, "mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"its columns are 'A', 'B'"},
    {V, {"Ref", "A", "Ref"}, "mapping.duplicate_column", SEVERITY_ERROR, 2, 10,
	"index: 1 or index: 3"},
    /* Twice, or without a name: nobody asked for them. */
    {V, {"Ref", "A", "A", ""}, NULL, SEVERITY_ERROR, 0, 0, ""},
    {V "city: {column: [City, Town]}\n", {"Ref", "Town"},
	"mapping.unknown_column", SEVERITY_WARNING, 3, 17, "City"},
    {V "city: {column: [City, Town]}\n", {"Ref"}, "mapping.unknown_column",
	SEVERITY_ERROR, 3, 23, "Town"},
    {V "city: {template: \"{City} {Zip}\"}\n", {"Ref", "City"},
	"mapping.unknown_column", SEVERITY_ERROR, 3, 27, "Zip"},
    {V "city: {index: 3}\n", {"Ref", "A"}, "mapping.unknown_column",
	SEVERITY_ERROR, 3, 15, "2 columns, not 3"},
    {V "city: {index: 2}\n", {"Ref"}, "mapping.unknown_column", SEVERITY_ERROR,
	3, 15, "1 column, not 2"},
    {V "rows: {only: {column: Land, in: [a]}}\n", {"Ref", "A"},
	"mapping.unknown_column", SEVERITY_ERROR, 3, 23, "Land"},
    {V "rows: {except: {column: Land, in: [a]}}\n", {"Ref", "A"},
	"mapping.unknown_column", SEVERITY_ERROR, 3, 25, "Land"},
    {V "data: {a: {fields: {b: Pin}}}\n", {"Ref", "PIN"},
	"mapping.unknown_column", SEVERITY_ERROR, 3, 24, "\"PIN\""},
    {V, {"!", "", ""}, "mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"index"},
    /* Nothing fits: said once. With a look-alike, or with one that is
     * there, each. */
    {V "data: {t: Town, z: Zip}\n", {"A;B"}, "mapping.unknown_column",
	SEVERITY_ERROR, 2, 10, "none of the mapping's columns"},
    {V "data: {t: Town, z: Zip}\n", {"A;B"}, "mapping.unknown_column",
	SEVERITY_ERROR, 2, 10, "its columns are 'A;B'"},
    {V "data: {t: Town, z: Zip}\n", {"A", "ZIP"}, "mapping.unknown_column",
	SEVERITY_ERROR, 3, 11, "no column 'Town'"},
    {V "data: {t: Town, z: Zip}\n", {"Ref", "A"}, "mapping.unknown_column",
	SEVERITY_ERROR, 3, 20, "no column 'Zip'"},
    {V "city: {column: [City, Town]}\n", {"A", "B"}, "mapping.unknown_column",
	SEVERITY_ERROR, 2, 10, "none of the mapping's columns"},
    {"version: 1\nlead_id: {index: 2}\n", {"!", "", ""}, NULL, SEVERITY_ERROR,
	0, 0, ""},
    /* One name in two Unicode forms, either way around. */
    {"version: 1\nlead_id: Pr\xc3\xa9nom\n", {"Pre\xcc\x81nom"}, NULL,
	SEVERITY_ERROR, 0, 0, ""},
    {"version: 1\nlead_id: Pre\xcc\x81nom\n", {"Pr\xc3\xa9nom"}, NULL,
	SEVERITY_ERROR, 0, 0, ""},
    {"version: 1\nlead_id: \xec\x9d\xb4\xeb\xa6\x84\n",
	{"\xe1\x84\x8b\xe1\x85\xb5\xe1\x84\x85\xe1\x85\xb3\xe1\x86\xb7"}, NULL,
	SEVERITY_ERROR, 0, 0, ""},
    {"version: 1\nlead_id: Ref\ndata: {o: Stra\xc3\x9f"
     "e}\n",
	{"Ref", "Straße"}, NULL, SEVERITY_ERROR, 0, 0, ""},
    {"version: 1\nlead_id: \xc3\x85r\n", {"\xe2\x84\xabr", "A\xcc\x8ar"},
	"mapping.duplicate_column", SEVERITY_ERROR, 2, 10,
	"index: 1 or index: 2"},
    {"version: 1\nlead_id: \xe0\xa4\xa8\xe0\xa4\xbe\xe0\xa4\xae\n",
	{"\xe0\xa4\xa8\xe0\xa4\xbe\xe0\xa4\xae"}, NULL, SEVERITY_ERROR, 0, 0,
	""},
    /* Names are trimmed on both sides. */
    {"version: 1\nlead_id: \" Ref \"\n", {"Ref"}, NULL, SEVERITY_ERROR, 0, 0,
	""},
    /* What cannot be seen is said. */
    {V, {"Ref\xe2\x80\x8b"}, "mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"U+200B (zero-width space) as character 4"},
    {"version: 1\nlead_id: Lead Ref\n", {"Lead\xc2\xa0Ref"},
	"mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"the file's name has U+00A0 (no-break space) as character 5"},
    {"version: 1\nlead_id: Town\n", {"T\xd0\xbewn"}, "mapping.unknown_column",
	SEVERITY_ERROR, 2, 10, "U+043E (Cyrillic letter) as character 2"},
    {"version: 1\nlead_id: Name\n", {"Nam\xc3\xab"}, "mapping.unknown_column",
	SEVERITY_ERROR, 2, 10, "did you mean"},
    {V, {"REF"}, "mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"columns: loose"},
    {V, {"R-ef"}, "mapping.unknown_column", SEVERITY_ERROR, 2, 10,
	"columns: loose"},
    /* source.columns: loose */
    {LOOSE "lead_id: Lead Ref\n", {"lead_ref"}, NULL, SEVERITY_ERROR, 0, 0, ""},
    {LOOSE "lead_id: lead-ref\n", {"LeadRef"}, NULL, SEVERITY_ERROR, 0, 0, ""},
    {LOOSE "lead_id: \xc3\x89TAT\n", {"e\xcc\x81tat"}, NULL, SEVERITY_ERROR, 0,
	0, ""},
    {LOOSE "lead_id: \xd0\x98\xd0\xbc\xd1\x8f\n", {"\xd0\x98\xd0\x9c\xd0\xaf"},
	NULL, SEVERITY_ERROR, 0, 0, ""},
    {LOOSE "lead_id: Lead Ref\n", {"Lead\xc2\xa0Ref"}, NULL, SEVERITY_ERROR, 0,
	0, ""},
    {LOOSE "lead_id: Ref\n", {"REF", "Ref"}, NULL, SEVERITY_ERROR, 0, 0, ""},
    {LOOSE "lead_id: Ref\n", {"REF", "A", "ref"}, "mapping.duplicate_column",
	SEVERITY_ERROR, 3, 10, "index: 1 or index: 3"},
    {LOOSE "lead_id: Ref\n", {"Reference"}, "mapping.unknown_column",
	SEVERITY_ERROR, 3, 10, "its columns are 'Reference'"},
    {LOOSE "lead_id: Ref\nrows: {only: {column: land, in: [a]}}\n",
	{"Ref", "Land"}, NULL, SEVERITY_ERROR, 0, 0, ""},
    {LOOSE "lead_id: {template: \"{city} {zip code}\"}\n", {"City", "Zip-Code"},
	NULL, SEVERITY_ERROR, 0, 0, ""},
};

static struct mapping *
must_parse(const char *yaml, struct diagnostics *list)
{
	struct mapping *m = mapping_parse("m.yaml", text_of(yaml), list);
	if (!m)
		fail_msg("refused: %s", yaml);
	return m;
}

static void
make_header(const char *const *names, struct text *texts, struct header *h)
{
	*h = (struct header){.names = texts, .row = 1, .line = 1};
	if (names[0][0] == '!') {
		h->row = h->line = 0;
		names++;
	}
	for (; h->count < 8 && names[h->count]; h->count++)
		texts[h->count] = text_of(names[h->count]);
}

TEST(finds_columns_or_says_what_is_wrong)
{
	EACH (i, cases) {
		const struct bind_case *c = &cases[i];
		struct text texts[8];
		struct header header;
		struct diagnostics list;
		diagnostics_init(&list);
		struct mapping *m = must_parse(c->yaml, &list);
		make_header(c->header, texts, &header);
		int result = mapping_bind(m, &header, "x.csv", &list);
		bool found = c->code == NULL, errors = false;
		for (size_t k = 0; k < list.count; k++) {
			const struct diagnostic *x = &list.items[k];
			errors |= x->severity == SEVERITY_ERROR;
			found |= c->code && !strcmp(x->code, c->code) &&
				 x->severity == c->severity &&
				 x->line == c->line && x->column == c->column &&
				 (strstr(x->message, c->words) ||
				     (x->help && strstr(x->help, c->words)));
		}
		if (!found || (result != 0) != errors ||
		    errors != (c->code && c->severity == SEVERITY_ERROR)) {
			struct buf b = BUF_INIT(0);
			diagnostics_text(&list, text_of(c->yaml), false, &b);
			fail_msg("case %zu: %d\n%s", i, result, buf_str(&b));
		}
		mapping_free(m);
		diagnostics_release(&list);
	}
}

TEST(sets_the_number_of_every_column)
{
	struct diagnostics list;
	diagnostics_init(&list);
	struct mapping *m =
	    must_parse(V "data:\n  a: {template: \"{C} {B} {C}\"}\n"
			 "  b: {index: 1}\n  c: {column: [D, Z]}\n"
			 "rows: {only: {column: E, empty: false}}\n",
		&list);
	static const char *const names[] = {
	    "A", "B", "C", "D", "E", "Ref", NULL};
	struct text texts[8];
	struct header header;
	make_header(names, texts, &header);
	assert_int_equal(mapping_bind(m, &header, "x.csv", &list), 0);
	assert_int_equal(m->key->columns[0].column, 5);
	const struct field *d = m->fields[1].children;
	assert_int_equal(d[0].column_count, 2);
	assert_int_equal(d[0].columns[0].column, 2);
	assert_int_equal(d[0].columns[1].column, 1);
	assert_int_equal(d[1].columns[0].column, 0);
	assert_int_equal(d[2].columns[0].column, 3);
	assert_int_equal(d[2].columns[1].column, -1);
	assert_int_equal(m->only[0].column.column, 4);
	/* Bound again to another header, nothing of the first one is left. */
	static const char *const other[] = {"Ref", "C", "B", "Z", "E", NULL};
	make_header(other, texts, &header);
	assert_int_equal(mapping_bind(m, &header, "y.csv", &list), 0);
	assert_int_equal(m->key->columns[0].column, 0);
	assert_int_equal(d[2].columns[0].column, -1);
	assert_int_equal(d[2].columns[1].column, 3);
	mapping_free(m);
	diagnostics_release(&list);
}

TEST(notes_the_columns_that_nothing_uses_in_one_line)
{
	struct diagnostics list;
	struct text texts[13];
	char names[13][16];
	for (int i = 0; i < 13; i++) {
		snprintf(names[i], sizeof(names[i]), "C%d", i);
		texts[i] = text_of(i ? names[i] : "Ref");
	}
	struct header header = {
	    .count = 13, .names = texts, .row = 1, .line = 1};
	diagnostics_init(&list);
	struct mapping *m = must_parse(V, &list);
	assert_int_equal(mapping_bind(m, &header, "x.csv", &list), 0);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].severity, SEVERITY_NOTE);
	assert_string_equal(list.items[0].message,
	    "the mapping does not use 'C1', 'C2', 'C3', 'C4', 'C5', 'C6', "
	    "'C7', 'C8' and 4 more of 'x.csv'");
	mapping_free(m);
	diagnostics_release(&list);
}

static void
each_file(
    const char *folder, void (*visit)(const char *path, const char *first_line))
{
	DIR *dir = opendir(folder);
	if (!dir)
		fail_msg("run from the top of the project");
	struct dirent *e;
	size_t count = 0;
	while ((e = readdir(dir))) {
		char path[512], line[256] = "";
		if (!strstr(e->d_name, ".yaml"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		FILE *f = fopen(path, "r");
		assert_non_null(f);
		assert_non_null(fgets(line, sizeof(line), f));
		fclose(f);
		visit(path, line);
		count++;
	}
	closedir(dir);
	assert_true(count >= 4);
}

static void
loads_one(const char *path, const char *first_line)
{
	(void)first_line;
	struct diagnostics list;
	diagnostics_init(&list);
	struct mapping *m = mapping_load(path, &list);
	if (!m || list.count)
		fail_msg("%s: %s", path,
		    list.count ? list.items[0].message : "refused");
	mapping_free(m);
	diagnostics_release(&list);
}

static void
refuses_one(const char *path, const char *first_line)
{
	char code[64];
	int line, column;
	struct diagnostics list;
	diagnostics_init(&list);
	assert_int_equal(
	    sscanf(first_line, "# expect: %63s %d:%d", code, &line, &column),
	    3);
	assert_null(mapping_load(path, &list));
	if (strcmp(list.items[0].code, code) || list.items[0].line != line ||
	    list.items[0].column != column)
		fail_msg("%s: %s %d:%d", path, list.items[0].code,
		    list.items[0].line, list.items[0].column);
	diagnostics_release(&list);
}

TEST(loads_every_valid_file)
{
	each_file("tests/data/mappings/valid", loads_one);
}

TEST(refuses_every_malformed_file_for_its_reason)
{
	each_file("tests/data/mappings/malformed", refuses_one);
}
