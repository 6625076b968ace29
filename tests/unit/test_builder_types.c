/* SPDX-License-Identifier: MIT */
/* Every type and every check through a whole mapping: what passes, with its
 * exact JSON, and what fails, with its code. */
#include "builder_rig.h"

struct type_case {
	const char *field; /* the rest of a field `v` on column B */
	const char *cell;
	const char *json; /* NULL = rejected */
	const char *code;
};

static void
run_cases(const struct type_case *cases, size_t count)
{
	char yaml[512], object[512], row[512];
	struct rig g;
	size_t i;

	for (i = 0; i < count; i++) {
		const struct type_case *c = &cases[i];

		(void)snprintf(yaml, sizeof(yaml),
		    "version: 1\nprocedure: lead\nlead_id: A\n"
		    "data: {v: {column: B, %s}}\n",
		    c->field);
		(void)snprintf(row, sizeof(row), "L|%s", c->cell);
		rig_open(&g, yaml, "A|B");
		if (c->json != NULL) {
			(void)snprintf(object, sizeof(object),
			    "{\"lead_id\":\"L\",\"data\":{\"v\":%s}}", c->json);
			rig_gives(&g, row, object);
		} else {
			rig_rejects(&g, row, c->code);
			assert_true(
			    problem_message(&g.problems, g.problems.items).len >
			    0);
			assert_int_equal(g.problems.items[0].column, 1);
			assert_true(
			    text_is(problem_path(&g.problems, g.problems.items),
				"data.v"));
		}
		rig_close(&g);
	}
}

#define RUN(cases) run_cases(cases, sizeof(cases) / sizeof((cases)[0]))

TEST(every_type_passes_and_fails)
{
	static const struct type_case cases[] = {
	    {"type: string", "1E5", "\"1E5\"", NULL},
	    {"type: text", "007", "\"007\"", NULL},
	    {"type: name", "O'Neil", "\"O'Neil\"", NULL},
	    {"type: textArea", "a\nb", "\"a\\nb\"", NULL},
	    {"type: url", "http://x/?a=b", "\"http://x/?a=b\"", NULL},
	    {"type: html", "<b>", "\"<b>\"", NULL},
	    {"type: stringId", "0012", "\"0012\"", NULL},
	    {"type: stringEnum", "A", "\"A\"", NULL},
	    {"type: photo", "p", "\"p\"", NULL},
	    {"type: audio", "p", "\"p\"", NULL},
	    {"type: document", "p", "\"p\"", NULL},
	    {"type: user", "p", "\"p\"", NULL},
	    {"type: email", "a@b.com", "\"a@b.com\"", NULL},
	    {"type: email", "a@b", NULL, "type.email"},
	    {"type: phone, calling_code: \"91\", trunk_prefix: \"0\"",
		"09901258433", "\"919901258433\"", NULL},
	    {"type: phone", "12", NULL, "type.phone"},
	    {"type: integer", "+007", "7", NULL},
	    {"type: integer", "7.0", NULL, "type.integer"},
	    {"type: number", "-0", "0", NULL},
	    {"type: number", "x", NULL, "type.number"},
	    {"type: integerId", "5", "5", NULL},
	    {"type: integerId", "5a", NULL, "type.integerId"},
	    {"type: integerEnum", "5", "5", NULL},
	    {"type: integerEnum", "five", NULL, "type.integerEnum"},
	    {"type: float", "10.50", "10.50", NULL},
	    {"type: float", "5.", NULL, "type.float"},
	    {"type: decimal, decimal: \",\", thousands: \".\"", "1.234,50",
		"1234.50", NULL},
	    {"type: decimal", "12,50", NULL, "type.decimal"},
	    {"type: floatEnum", ".5", "0.5", NULL},
	    {"type: floatEnum", "1e5", NULL, "type.floatEnum"},
	    {"type: boolean", "Yes", "true", NULL},
	    {"type: boolean", "0", "false", NULL},
	    {"type: boolean, true_words: [NO], false_words: [JA]", "no", "true",
		NULL},
	    {"type: boolean", "maybe", NULL, "type.boolean"},
	    {"type: date", "2026-04-15", "1776211200000", NULL},
	    {"type: date, as: iso, timezone: Asia/Kolkata", "2026-04-15",
		"\"2026-04-15\"", NULL},
	    {"type: date", "15/04/2026", NULL, "type.date"},
	    {"type: datetime, format: \"%d/%m/%Y\", timezone: Asia/Kolkata",
		"15/04/2026", "1776191400000", NULL},
	    {"type: datetime, as: s", "2026-04-15T11:22:43Z", "1776252163",
		NULL},
	    {"type: datetime, as: iso", "2026-04-15T11:22:43Z",
		"\"2026-04-15T11:22:43Z\"", NULL},
	    {"type: datetime, format: \"%d/%m/%Y\"", "31/02/2025", NULL,
		"type.datetime"},
	    {"type: datetime, format: [\"%Y-%m-%d\", \"%d.%m.%Y\"]",
		"15.04.2026", "1776211200000", NULL},
	    {"type: datetimeISO8601, timezone: Asia/Kolkata",
		"2026-04-15 16:52:43", "\"2026-04-15T11:22:43Z\"", NULL},
	    {"type: datetimeISO8601", "now", NULL, "type.datetimeISO8601"},
	    {"type: time, format: \"%I:%M %p\"", "1:45 pm", "\"13:45:00\"",
		NULL},
	    {"type: time, as: seconds", "13:45", "49500", NULL},
	    {"type: time, as: ms", "13:45", "49500000", NULL},
	    {"type: time", "25:00", NULL, "type.time"},
	    {"type: monthOfYear", "April", "4", NULL},
	    {"type: monthOfYear", "13", NULL, "type.monthOfYear"},
	    {"type: multiString, separator: \";\"", "a; b;;c",
		"[\"a\",\"b\",\"c\"]", NULL},
	    {"type: multiStringEnum", "a,b", "[\"a\",\"b\"]", NULL},
	    {"type: multiIntegerEnum", "1,02", "[1,2]", NULL},
	    {"type: multiIntegerEnum", "1,b", NULL, "type.multiIntegerEnum"},
	    {"type: multiFloatEnum", "1.5,.5", "[1.5,0.5]", NULL},
	    {"type: multiFloatEnum", "1.", NULL, "type.multiFloatEnum"},
	    {"type: multiPhotos", "a", "[\"a\"]", NULL},
	    {"type: multiDocuments", "a", "[\"a\"]", NULL},
	    {"type: json", "{ \"a\": 1.50 }", "{\"a\":1.50}", NULL},
	    {"type: json", "{a}", NULL, "type.json"},
	    {"type: customObject", "{}", "{}", NULL},
	    {"type: customObject", "{", NULL, "type.customObject"},
	    {"type: externalObject", "[]", "[]", NULL},
	    {"type: externalObject", "]", NULL, "type.externalObject"},
	    {"type: multiCustomObject", "[{}]", "[{}]", NULL},
	    {"type: multiCustomObject", "01", NULL, "type.multiCustomObject"},
	    {"type: multiExternalObject", "[ 1 ]", "[1]", NULL},
	    {"type: multiExternalObject", "x", NULL,
		"type.multiExternalObject"},
	    {"type: geolocation", "12.97, 77.59", "[12.97,77.59]", NULL},
	    {"type: geolocation, as: object", "12.97, 77.59",
		"{\"lat\":12.97,\"lng\":77.59}", NULL},
	    {"type: geolocation, as: text", "12.97, 77.59", "\"12.97,77.59\"",
		NULL},
	    {"type: geolocation", "91,0", NULL, "type.geolocation"},
	};

	RUN(cases);
}

TEST(every_check_passes_and_fails)
{
	static const struct type_case cases[] = {
	    {"pattern: \"[0-9]{6}\"", "123456", "\"123456\"", NULL},
	    {"pattern: \"[0-9]{6}\"", "1234567", NULL, "rule.pattern"},
	    {"pattern: \"é+\"", "éé", "\"éé\"", NULL},
	    {"pattern: \"91.*\", type: phone, calling_code: \"91\"",
		"9901258433", "\"919901258433\"", NULL},
	    {"type: integer, pattern: \"[0-9]\"", "+05", "5", NULL},
	    {"type: multiString, pattern: \"[a-z]\"", "a,b", "[\"a\",\"b\"]",
		NULL},
	    {"type: multiString, pattern: \"[a-z]\"", "a,bb,cc", NULL,
		"rule.pattern rule.pattern"},
	    {"type: integer, min: 5, max: 7", "5", "5", NULL},
	    {"type: integer, min: 5, max: 7", "7", "7", NULL},
	    {"type: integer, min: 5, max: 7", "4", NULL, "rule.min"},
	    {"type: integer, min: 5, max: 7", "8", NULL, "rule.max"},
	    {"type: integer, max: 9007199254740992", "9007199254740993", NULL,
		"(type.big_integer) rule.max"},
	    {"type: decimal, min: 0.1", "0.10", "0.10", NULL},
	    {"type: decimal, min: 0.1", "0.0999999999999999999999", NULL,
		"rule.min"},
	    {"type: decimal, max: 1000", "1000.0", "1000.0", NULL},
	    {"type: decimal, max: 1000", "1000.01", NULL, "rule.max"},
	    {"type: date, min: 2020-01-01, max: 2020-12-31", "2020-01-01",
		"1577836800000", NULL},
	    {"type: date, min: 2020-01-01, max: 2020-12-31", "2020-12-31",
		"1609372800000", NULL},
	    {"type: date, min: 2020-01-01, max: 2020-12-31", "2019-12-31", NULL,
		"rule.min"},
	    {"type: date, min: 2020-01-01, max: 2020-12-31", "2021-01-01", NULL,
		"rule.max"},
	    {"type: date, min: 1800-01-01", "1850-01-01", "-3786825600000",
		NULL},
	    {"type: date, min: 1800-01-01", "2150-01-01", NULL, "type.date"},
	    {"type: datetime, max: 2020-12-31", "2020-12-31T23:59:59",
		"1609459199000", NULL},
	    {"min_length: 2, max_length: 3", "éé", "\"éé\"", NULL},
	    {"min_length: 2, max_length: 3", "😀😀😀", "\"😀😀😀\"", NULL},
	    {"min_length: 2, max_length: 3", "é", NULL, "rule.min_length"},
	    {"min_length: 2, max_length: 3", "éééé", NULL, "rule.max_length"},
	    {"one_of: [b, a, c]", "a", "\"a\"", NULL},
	    {"one_of: [b, a, c]", "A", NULL, "rule.one_of"},
	    {"type: decimal, one_of: [\"1.5\", \"2\"]", "2.00", "2.00", NULL},
	    {"type: decimal, one_of: [\"1.5\", \"2\"]", "2.5", NULL,
		"rule.one_of"},
	    {"type: multiStringEnum, one_of: [a, b]", "b,a", "[\"b\",\"a\"]",
		NULL},
	    {"type: multiStringEnum, one_of: [a, b]", "b,c", NULL,
		"rule.one_of"},
	    {"type: multiFloatEnum, separator: \";\", decimal: \",\", "
	     "one_of: [\"1.5\"]",
		"1,50", "[1.50]", NULL},
	    {"type: multiFloatEnum, separator: \";\", decimal: \",\", "
	     "one_of: [\"1.5\"]",
		"1,51", NULL, "rule.one_of"},
	    {"required: true", "x", "\"x\"", NULL},
	    {"required: true", "  ", NULL, "rule.required"},
	    {"unique: true", "x", "\"x\"", NULL},
	};

	RUN(cases);
}

TEST(on_error_omit_leaves_the_field_out_and_notes_it)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data:\n"
	    "  v: {column: B, type: decimal, max: 5, on_error: omit}\n"
	    "  w: {column: B, pattern: \"[0-9]\", one_of: [\"1\"], "
	    "on_error: omit}\n"
	    "  m: {column: C, map: {a: b}, on_error: omit}\n",
	    "A|B|C");
	rig_notes(&g, "1|6|a", "{\"lead_id\":\"1\",\"data\":{\"m\":\"b\"}}",
	    "(rule.max) (rule.one_of)");
	rig_notes(&g, "2|x y|", "{\"lead_id\":\"2\"}",
	    "(type.decimal) (rule.pattern) (rule.one_of)");
	assert_true(text_is(problem_message(&g.problems, &g.problems.items[1]),
	    "this does not match the pattern [0-9]"));
	/* what the map lacks is the business of otherwise: */
	rig_rejects(&g, "3|1|z", "map.no_entry");
	rig_close(&g);
}

TEST(a_value_that_one_check_refuses_is_left_out_whatever_the_others_say)
{
#define LIST "type: multiStringEnum, separator: \";\", "
#define OMIT ", on_error: omit"
	static const struct rig_case cases[] = {
	    {"pattern: \"[0-9]+\", max_length: 1" OMIT, "1", "\"1\""},
	    {"pattern: \"[0-9]+\", max_length: 1" OMIT, "a", ""},
	    {"pattern: \"[0-9]+\", max_length: 1" OMIT, "12", ""},
	    {"one_of: [ab, a], max_length: 1" OMIT, "a", "\"a\""},
	    {"one_of: [ab, a], max_length: 1" OMIT, "ab", ""},
	    {"one_of: [ab, a], max_length: 1" OMIT, "b", ""},
	    {"type: integer, pattern: \"[0-9]\", max: 50" OMIT, "12", ""},
	    {"type: integer, pattern: \"[0-9]\", max: 5" OMIT, "6", ""},
	    {LIST "pattern: \"[0-9]\"" OMIT, "1;2", "[\"1\",\"2\"]"},
	    {LIST "pattern: \"[0-9]\"" OMIT, "a;2", ""},
	    {LIST "pattern: \"[0-9]\"" OMIT, "1;b", ""},
	};

	RIG_TRIES(cases);
}

TEST(a_pattern_that_takes_for_ever_rejects_the_row)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data: {v: {column: B, pattern: \"(a+)+b\"}}\n"
	    "rows: {except: {column: C, matches: \"^(a+)+$\"},\n"
	    "  only: {column: D, matches: \"^(a+)+$\"}}\n",
	    "A|B|C|D");
	rig_rejects(&g, "1|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacb||a",
	    "rule.pattern");
	assert_true(text_is(problem_message(&g.problems, g.problems.items),
	    "the pattern took too long on this value"));
	rig_rejects(&g, "1|||aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac",
	    "rows.only");
	assert_true(text_is(problem_message(&g.problems, g.problems.items),
	    "the condition's pattern took too long on this value"));
	rig_rejects(&g, "1||aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac|a",
	    "rows.except");
	assert_true(text_is(problem_message(&g.problems, g.problems.items),
	    "the condition's pattern took too long on this value"));
	rig_close(&g);
}

TEST(says_where_a_comma_should_not_be)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data: {v: {column: B, type: decimal}}\n",
	    "A|B");
	rig_rejects(&g, "1|12,50", "type.decimal");
	assert_true(text_is(problem_message(&g.problems, g.problems.items),
	    "a number here cannot contain a comma"));
	assert_true(text_is(problem_hint(&g.problems, g.problems.items), ""));
	assert_true(
	    text_is(problem_value(&g.problems, g.problems.items), "12,50"));
	rig_close(&g);
}

/* Of one code and one column, in any words and for any value. */
TEST(a_problem_says_which_of_its_codes_causes_it_has)
{
	CASES(cases, const char *row, *cause) = {
	    {"1|1e5|x", "exponent"}, {"1|22E+3|x", "exponent"},
	    {"1|(5)|x", "parentheses"}, {"1|(1.50)|x", "parentheses"},
	    {"1|$5|x", "currency"}, {"1|7|31/02/2020", "no_such_day"},
	    {"1|7|30/02/2021", "no_such_day"},
	    {"1|7|07/13/2021", "out_of_range"}, {"1|7|07/04/1821", "past"},
	    {"1|7|", ""}, /* required has one cause only */
	};
	struct rig g;

	rig_open(&g,
	    "version: 1\nlead_id: A\ndata:\n"
	    "  n: {column: B, type: decimal}\n"
	    "  d: {column: C, type: date, format: \"%d/%m/%Y\", "
	    "required: true}\n",
	    "A|B|C");
	EACH (i, cases) {
		rig_row(&g, cases[i].row);
		if (strcmp(g.problems.items[0].cause, cases[i].cause) != 0)
			fail_msg("%s: %s, not %s", cases[i].row,
			    g.problems.items[0].cause, cases[i].cause);
	}
	rig_close(&g);
}

TEST(a_problem_is_about_the_column_that_has_the_value_or_the_first)
{
	CASES(cases, const char *source, *row, *codes; int column) = {
	    {"column: [C, D]", "||k", "rule.required", 0},
	    {"column: [C, D]", "|x|k", "type.integer", 1},
	    {"column: [C, D]", "x||k", "type.integer", 0},
	    {"column: [C, D]", "x|y|k", "type.integer", 0},
	    {"template: \"{C}-{D}\"", "1|2|k", "type.integer", 0},
	    {"template: \"{D}-{C}\"", "1|2|k", "type.integer", 1},
	    {"template: \"-{D}\"", "1||k", "rule.required", 1},
	};

	EACH (i, cases) {
		char yaml[200];
		struct rig g;

		snprintf(yaml, sizeof(yaml),
		    "version: 1\nlead_id: K\n"
		    "data: {v: {%s, type: integer, required: true}}\n",
		    cases[i].source);
		rig_open(&g, yaml, "C|D|K");
		rig_rejects(&g, cases[i].row, cases[i].codes);
		assert_int_equal(g.problems.items[0].column, cases[i].column);
		rig_close(&g);
	}
}

TEST(where_a_value_comes_from_is_a_step_of_its_own)
{
	CASES(cases, const char *source, *steps) = {
	    {"template: \"{A}-{B}\"", "template=1--;type string=\"1--\";"},
	    {"template: \"{B}\", clear: [\"-\"]", "template=;clear=null;"},
	    {"meta: file", "meta=leads.csv;type string=\"leads.csv\";"},
	    {"value: x, case: upper", "value=x;case=X;type string=\"X\";"},
	};

	EACH (i, cases) {
		char yaml[200];
		struct rig g;

		snprintf(yaml, sizeof(yaml),
		    "version: 1\nlead_id: A\ndata: {v: {%s}}\n",
		    cases[i].source);
		rig_open(&g, yaml, "A|B");
		rig_row(&g, "1|-");
		assert_int_equal(g.verdict, ROW_BUILT);
		rig_explains(&g, "data.v", cases[i].steps);
		rig_close(&g);
	}
}

TEST(what_has_no_text_is_no_value_wherever_it_comes_from)
{
	CASES(cases, const char *source, *said, *codes) = {
	    {"value: \"\"", "{\"lead_id\":\"1\"}", ""},
	    {"value: \"\", case: upper", "{\"lead_id\":\"1\"}", ""},
	    {"meta: input_key", "{\"lead_id\":\"1\"}", ""},
	    {"column: B, default: \"\"", "{\"lead_id\":\"1\"}", ""},
	    /* Not even what leaves out a value that is wrong. */
	    {"column: B, required: true, on_error: omit", "", "rule.required"},
	};

	EACH (i, cases) {
		char yaml[200];
		struct rig g;

		snprintf(yaml, sizeof(yaml),
		    "version: 1\nlead_id: A\ndata: {v: {%s}}\n",
		    cases[i].source);
		rig_open(&g, yaml, "A|B");
		g.facts.input_key = "";
		rig_row(&g, "1|");
		assert_string_equal(g.said, cases[i].said);
		assert_string_equal(g.codes, cases[i].codes);
		for (size_t k = 0; k < g.problems.count; k++)
			assert_int_equal(
			    problem_value(&g.problems, &g.problems.items[k])
				.len,
			    0);
		rig_close(&g);
	}
}
