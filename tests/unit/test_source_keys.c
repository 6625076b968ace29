/* SPDX-License-Identifier: MIT */
/*
 * Keys of `source` that say which records are rows (ragged, blanks, ignore,
 * repeated_header): what the loader makes of them, and what it refuses.
 */
#include "mapping/mapping.h"
#include "test.h"
#include "value/forms.h"

#include <string.h>

static struct mapping *
load(const char *source, struct diagnostics *list)
{
	struct buf yaml = BUF_INIT(0);
	struct mapping *m;

	buf_addf(&yaml, "version: 1\nlead_id: A\nsource: {%s}\n", source);
	diagnostics_init(list);
	m = mapping_parse(
	    "m.yaml", (struct text){buf_str(&yaml), yaml.len}, list);
	buf_release(&yaml);
	return m;
}

TEST(mistakes_are_named_with_their_place_and_what_to_write)
{
	CASES(cases, const char *source, *code; int column;
	      const char *words) = {
	    {"ignore: '#'", "mapping.wrong_kind", 18, "a list"},
	    {"ignore: []", "mapping.wrong_kind", 18, "empty"},
	    {"ignore: ['#', '(']", "mapping.pattern", 26, "parenthesis"},
	    {"ignore: ['#', '.*']", "mapping.bad_value", 24, "every record"},
	    {"ignore: ['']", "mapping.bad_value", 19, "every record"},
	    {"ignore: ['^', x]", "mapping.bad_value", 19, "every record"},
	    {"ignore: [[a]]", "mapping.wrong_kind", 19, "text"},
	    {"blanks: around", "mapping.bad_value", 18, "around_quotes"},
	    {"ragged: cut", "mapping.bad_value", 18, "trim or fit"},
	    {"repeated_header: true", "mapping.bad_value", 27,
		"skip or record"},
	    {"repeat_header: skip", "mapping.unknown_key", 10,
		"repeated_header"},
	};

	EACH (i, cases) {
		struct diagnostics list;
		struct mapping *m = load(cases[i].source, &list);
		const struct diagnostic *x = &list.items[0];

		assert_null(m);
		assert_string_equal(x->code, cases[i].code);
		assert_int_equal(x->line, 3);
		assert_int_equal(x->column, cases[i].column);
		if (!strstr(x->message, cases[i].words) &&
		    !(x->help && strstr(x->help, cases[i].words)))
			fail_msg("%s: %s / %s", cases[i].source, x->message,
			    x->help ? x->help : "-");
		diagnostics_release(&list);
	}
}

TEST(good_ones_are_taken_and_change_what_a_run_is_known_by)
{
	static const char *const sources[] = {"", "ragged: trim", "ragged: fit",
	    "blanks: around_quotes", "ignore: ['#']", "ignore: ['#', '^$']",
	    "repeated_header: record"};
	enum { COUNT = sizeof(sources) / sizeof(*sources) };
	struct mapping *m[COUNT];
	struct diagnostics list;

	for (size_t i = 0; i < COUNT; i++) {
		m[i] = load(sources[i], &list);
		assert_non_null(m[i]);
		assert_int_equal(list.errors, 0);
		diagnostics_release(&list);
		for (size_t k = 0; k < i; k++)
			assert_false(
			    text_equal(m[i]->canonical, m[k]->canonical));
	}
	assert_int_equal(m[1]->source.ragged, RAGGED_TRIM);
	assert_int_equal(m[2]->source.ragged, RAGGED_FIT);
	assert_int_equal(m[3]->source.dialect.blanks, BLANKS_AROUND_QUOTES);
	assert_int_equal(m[5]->source.dialect.ignore_count, 2);
	assert_true(m[6]->source.repeated_header_is_record);
	/* Only at the start. */
	assert_int_equal(pattern_match(m[4]->source.dialect.ignore[0].pattern,
			     TEXT_LITERAL("# a"), false),
	    1);
	assert_int_equal(pattern_match(m[4]->source.dialect.ignore[0].pattern,
			     TEXT_LITERAL("a # "), false),
	    0);
	for (size_t i = 0; i < COUNT; i++)
		mapping_free(m[i]);
}
