/* SPDX-License-Identifier: MIT */
/* Keys that change the text of a cell or of its items (lists of replace
 * steps, each, separator, quoted, clear): what the loader refuses, what the
 * builder makes of cells, and how they go together with the other keys. */
#include "builder_rig.h"

#define V "version: 1\nlead_id: A\ndata:\n"
#define R(pattern, with) "{pattern: '" pattern "', with: \"" with "\"}"

static void
replace_steps_follow_each_other(void **state)
{
	static const struct rig_case cases[] = {
	    {"replace: [" R("a", "b") ", " R("b", "c") "]", "a", "\"c\""},
	    {"replace: [" R("b", "c") ", " R("a", "b") "]", "a", "\"b\""},
	    {"replace: [" R("a", "b") "]", "aa", "\"bb\""},
	    {"replace: " R("a", "b"), "aa", "\"bb\""},
	    {"replace: [" R("^(\\w+) (\\w+)$", "$2, $1") ", " R(",", ";") "]",
		"Ana Ruiz", "\"Ruiz; Ana\""},
	    /* once nothing is left, nothing more is asked */
	    {"replace: [" R(".*", "") ", " R("^$", "x") "]", "a", ""},
	    {"replace: [" R(".*", "") ", " R("^$", "x") "], default: d", "a",
		"\"d\""},
	    {"replace: [" R(".*", "") ", " R("x", "y") "], required: true", "a",
		"! rule.required"},
	    {"replace: [" R("[ .]", "") ", " R("k$", "000") "], type: integer",
		"1.2 0k", "120000"},
	    {"replace: [" R(" +", " ") ", " R(
		 "^mr ", "") "], case: title, "
			     "map: {Ann Lee: A1}, otherwise: keep",
		"mr  ann   lee", "\"A1\""},
	    {"replace: [" R("x", "y") ", " R("y", "z") "], map: {y: no}", "x",
		"! map.no_entry"},
	    {"replace: [" R("a", "b") ", " R("(x+x+)+[yz]", "") "]",
		"axxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "! rule.replace"},
	    {"replace: [" R("\\(", "-") ", " R("\\)", "") "], type: decimal",
		"(12.50)", "-12.50"},
	};

	(void)state;
	RIG_TRIES(cases);
}

static void
mistakes_in_replace_steps_have_a_place(void **state)
{
	static const struct rig_mistake cases[] = {
	    {"replace: []", "mapping.bad_value", "empty list"},
	    {"replace: [x]", "mapping.wrong_kind", "not text"},
	    {"replace: x", "mapping.wrong_kind", "not text"},
	    {"replace: [[" R("a", "b") "]]", "mapping.wrong_kind", "a list"},
	    {"replace: [" R("a", "b") ", {pattern: a}]", "mapping.missing_key",
		"with"},
	    {"replace: [" R("a", "b") ", {with: a}]", "mapping.missing_key",
		"pattern"},
	    {"replace: [" R("a", "b") ", " R("(", "b") "]", "mapping.pattern",
		"does not compile"},
	    {"replace: [" R("a", "b") ", " R("a", "$2") "]", "mapping.pattern",
		"a dollar sign"},
	    {"replace: [{pattern: a, with: b, wiht: c}]", "mapping.unknown_key",
		"'with'"},
	};

	(void)state;
	RIG_MISTAKES(cases);
}

static struct mapping *
parse(const char *keys)
{
	struct buf yaml = BUF_INIT(0);
	struct diagnostics list;
	struct mapping *m;

	diagnostics_init(&list);
	buf_addf(&yaml, V "  f: {column: B, %s}\n", keys);
	m = mapping_parse(
	    "m.yaml", (struct text){buf_str(&yaml), yaml.len}, &list);
	assert_non_null(m);
	diagnostics_release(&list);
	buf_release(&yaml);
	return m;
}

/* Two spellings of one meaning have one run key, two meanings have two. */
static void
the_run_key_holds_what_the_steps_do(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_same;
	} cases[] = {
	    {"replace: " R("a", "b"), "replace: [" R("a", "b") "]", true},
	    {"replace: [" R("a", "b") ", " R("c", "d") "]",
		"replace: [" R("c", "d") ", " R("a", "b") "]", false},
	    {"replace: [" R("a", "b") "]",
		"replace: [" R("a", "b") ", " R("a", "b") "]", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mapping *a = parse(cases[i].a), *b = parse(cases[i].b);

		if (text_equal(a->canonical, b->canonical) != cases[i].is_same)
			fail_msg("%s and %s", cases[i].a, cases[i].b);
		mapping_free(a);
		mapping_free(b);
	}
}

static void
an_explanation_tells_each_step(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g,
	    V "  f: {column: B, replace: [" R("a", "b") ", " R("b", "c") "]}\n",
	    "A|B");
	rig_row(&g, "1| a");
	rig_explains(&g, "data.f",
	    "cell= a;trim=a;replace=b;replace=c;type string=\"c\";");
	rig_close(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replace_steps_follow_each_other),
	    cmocka_unit_test(mistakes_in_replace_steps_have_a_place),
	    cmocka_unit_test(the_run_key_holds_what_the_steps_do),
	    cmocka_unit_test(an_explanation_tells_each_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
