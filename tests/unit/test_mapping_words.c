/* SPDX-License-Identifier: MIT */
#include "builder_rig.h"
#include "mapping/mapping.h"

/* Words of a mapping that are more than words: numbers, booleans and nothing,
 * and what is said about those that are not wanted. */

TEST(a_plain_number_goes_out_as_it_is_written_and_other_words_are_text)
{
	static const struct {
		const char *written, *json;
	} cases[] = {{"1e5", "1e5"}, {"1E+5", "1E+5"}, {"-1.50e-3", "-1.50e-3"},
	    {"0", "0"}, {"-0", "-0"}, {"10.50", "10.50"}, {"true", "true"},
	    {"1e", "\"1e\""}, {"1e+", "\"1e+\""}, {".5", "\".5\""},
	    {"5.", "\"5.\""}, {"01", "\"01\""}, {"+1", "\"+1\""},
	    {"0x10", "\"0x10\""}, {"1_000", "\"1_000\""}, {"NO", "\"NO\""},
	    {"1.e5", "\"1.e5\""}, {"-", "\"-\""}, {"'1e5'", "\"1e5\""}};

	EACH (i, cases) {
		char yaml[200], json[200];
		struct rig g;

		snprintf(yaml, sizeof(yaml),
		    "version: 1\nprocedure: p\nlead_id: A\ndata:\n"
		    "  x: {value: %s}\n",
		    cases[i].written);
		snprintf(json, sizeof(json),
		    "{\"lead_id\":\"1\",\"data\":{\"x\":%s}}", cases[i].json);
		rig_open(&g, yaml, "A");
		rig_gives(&g, "1", json);
		rig_close(&g);
	}
}

TEST(a_constant_goes_through_the_rules_of_its_field)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: p\nlead_id: A\ndata:\n"
	    "  x: {value: \"abc\", case: upper}\n"
	    "  y: {value: \"12\", type: integer, max: 12}\n",
	    "A");
	rig_gives(
	    &g, "1", "{\"lead_id\":\"1\",\"data\":{\"x\":\"ABC\",\"y\":12}}");
	rig_close(&g);
}

TEST(each_mistake_has_its_line_and_its_words)
{
	CASES(cases, const char *line, *words) = {
	    {"x: {fields: true}", "true"},
	    {"x: {fields: false}", "false"},
	    {"x: {fields: null}", "null"},
	    {"x: {column: B, type: datetime, format: []}", "an empty list"},
	    {"x: {column: B, type: multiString, separator: \"\"}",
		"a text of 1 to 32 bytes"},
	    {"x: {column: B, type: phone, calling_code: \"\"}", "calling_code"},
	    {"x: {column: B, pattern: \"[\"}", "pattern"},
	    {"x: {column: B, type: decimal, decimal: \".\", thousands: \".\"}",
		"are both '.'"},
	    {"x: {column: B, type: time, format: \" \"}",
		"a text that is not empty"},
	    {"x: {column: B, type: datetime, timezone: \" \"}", "timezone"},
	    {"x: {column: B, min_length: 5, max_length: 4}", "max_length"},
	    {"x: {column: B, type: integer, min: 5, max: 4}", "max"},
	};

	EACH (i, cases) {
		struct diagnostics list;
		struct buf text = BUF_INIT(0);
		struct mapping *m;
		char yaml[300];

		snprintf(yaml, sizeof(yaml),
		    "version: 1\nprocedure: p\nlead_id: A\ndata:\n  %s\n",
		    cases[i].line);
		diagnostics_init(&list);
		m = mapping_parse("m.yaml", text_of(yaml), &list);
		diagnostics_text(&list, text_of(yaml), false, &text);
		if (list.errors == 0 || !strstr(buf_str(&text), "m.yaml:5:") ||
		    !strstr(buf_str(&text), cases[i].words))
			fail_msg("%s: %zu errors\n%s", cases[i].line,
			    list.errors, buf_str(&text));
		mapping_free(m);
		diagnostics_release(&list);
		buf_release(&text);
	}
}

TEST(what_a_test_gives_is_kept_as_json_with_its_control_characters)
{
	static const char yaml[] =
	    "version: 1\nprocedure: p\nlead_id: A\ndata: {x: B}\n"
	    "tests:\n"
	    "  - row: {A: \"1\", B: \"b\"}\n"
	    "    gives: {lead_id: \"1\", "
	    "data: {x: \"a\\b\\f\\r\\n\\t\\x01\\\"\\\\z\"}}\n";
	struct diagnostics list;
	struct mapping *m;

	diagnostics_init(&list);
	m = mapping_parse("m.yaml", text_of(yaml), &list);
	assert_non_null(m);
	assert_int_equal(list.errors, 0);
	assert_int_equal(m->test_count, 1);
	assert_true(text_is(m->tests[0].gives_json,
	    "{\"lead_id\":\"1\",\"data\":{\"x\":"
	    "\"a\\b\\f\\r\\n\\t\\u0001\\\"\\\\z\"}}"));
	mapping_free(m);
	diagnostics_release(&list);
}

TEST(a_mistake_inside_an_object_is_told_once)
{
	static const char *const cases[] = {
	    "version: 1\nlead_id: A\nrecord: {data: {x: {column: A, type: "
	    "no}}}\n",
	    "version: 1\nlead_id: A\ndata: {x: {column: A, type: no}}\n",
	    "version: 1\nkey: {name: k, in: data, column: A, type: no}\n",
	    "version: 1\nlead_id: A\ndata: {o: {fields: {x: {column: A, "
	    "type: no}}}}\n",
	};

	EACH (i, cases) {
		struct diagnostics list;

		diagnostics_init(&list);
		assert_null(mapping_parse("m.yaml", text_of(cases[i]), &list));
		assert_int_equal(list.errors, 1);
		diagnostics_release(&list);
	}
}
