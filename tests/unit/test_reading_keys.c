/* SPDX-License-Identifier: MIT */
/* Keys that say how a cell is read (century, negative, units, percent, digits,
 * unwrap): what the mapping's loader refuses, what the builder makes of rows,
 * and how they go together with the other keys of a field. */
#include "builder_rig.h"

#include <stdlib.h>
#include <unistd.h>

#define V "version: 1\nlead_id: A\ndata:\n"
#define MINUS "\xE2\x88\x92"
#define ARABIC_1957 "\xD9\xA1\xD9\xA9\xD9\xA5\xD9\xA7"

TEST(mistakes_are_named_with_what_to_write)
{
	static const struct rig_mistake cases[] = {
	    {"type: date, format: \"%d/%m/%y\"", "mapping.ambiguous_year",
		"what version 0.1.0 did"},
	    {"type: datetime, format: \"%D %H:%M\"", "mapping.ambiguous_year",
		"'%D'"},
	    {"type: datetimeISO8601, format: [\"%Y-%m-%d\", \"%d.%m.%-y\"]",
		"mapping.ambiguous_year", "'%-y'"},
	    {"type: date, format: \"%d/%m/%Y\", century: 1950",
		"mapping.conflict", "needs %y"},
	    {"type: date, century: 1950", "mapping.conflict", "needs %y"},
	    {"type: date, format: \"%y-%m-%d\", century: 19",
		"mapping.bad_value", "from 1000 to 9900"},
	    {"type: date, format: \"%y-%m-%d\", century: \"1950\"",
		"mapping.wrong_kind", "whole number"},
	    {"type: time, format: \"%H:%M\", century: 1950",
		"mapping.not_for_type", "date, datetime"},
	    {"type: date, format: \"%d/%m/%N\"", "mapping.format", "'%N'"},
	    {"type: date, format: \"%d/%m/%\xC3\xA9\"", "mapping.format",
		"'%\xC3\xA9'"},
	    {"type: time, format: \"%-Q\"", "mapping.format",
		"the directives are %Y %y"},
	    {"type: decimal, negative: brackets", "mapping.bad_value",
		"parentheses"},
	    {"type: decimal, negative: parenthesis", "mapping.bad_value",
		"did you mean 'parentheses'"},
	    {"negative: any", "mapping.not_for_type", "decimal"},
	    {"type: multiFloatEnum, negative: any", "mapping.not_for_type",
		"integer"},
	    {"type: decimal, units: $", "mapping.wrong_kind", "[$]"},
	    {"type: decimal, units: []", "mapping.bad_value", "empty list"},
	    {"type: decimal, units: [\"\"]", "mapping.bad_value", "empty"},
	    {"type: decimal, units: [\" kg\"]", "mapping.bad_value", "blank"},
	    {"type: decimal, units: [\"-\"]", "mapping.bad_value", "negative:"},
	    {"type: decimal, units: [\"(c)\"]", "mapping.bad_value",
		"negative:"},
	    {"type: decimal, units: [m2]", "mapping.bad_value", "a digit"},
	    {"type: decimal, units: [\"\xD9\xA3\"]", "mapping.bad_value",
		"a digit"},
	    {"type: decimal, units: [\".\"]", "mapping.bad_value",
		"separates digits"},
	    {"type: decimal, units: [\"$.\"]", "mapping.bad_value",
		"separates digits"},
	    {"type: decimal, decimal: \",\", units: [\",-\"]",
		"mapping.bad_value", "negative:"},
	    {"type: decimal, units: [kg, kg]", "mapping.conflict", "twice"},
	    {"type: decimal, units: [\"%\"]", "mapping.conflict",
		"percent: fraction sends 0.125"},
	    {"type: decimal, percent: number", "mapping.conflict",
		"add it: units: [\"%\"]"},
	    {"type: decimal, units: [kg], percent: number", "mapping.conflict",
		"among the units"},
	    {"type: integer, units: [\"%\"], percent: fraction",
		"mapping.conflict", "type: decimal"},
	    {"type: decimal, units: [\"%\"], percent: both",
		"mapping.bad_value", "number or fraction"},
	    {"type: decimal, digits: arabic", "mapping.bad_value",
		"ascii or any"},
	    {"digits: any", "mapping.not_for_type", "phone"},
	    {"unwrap: formula", "mapping.bad_value", "formula_text"},
	    {"unwrap: true", "mapping.bad_value", "formula_text"},
	    {"type: decimal, unit: [kg]", "mapping.unknown_key", "'units'"},
	    {"type: date, centry: 1950", "mapping.unknown_key", "'century'"},
	    {"unwarp: formula_text", "mapping.unknown_key", "'unwrap'"},
	};

	RIG_MISTAKES(cases);
}

/* A field of this type with these keys makes that JSON of the cell; NULL: it is
 * rejected. */
static void
expect_cell(
    const char *type, const char *keys, const char *cell, const char *json)
{
	struct buf yaml = BUF_INIT(0), row = BUF_INIT(0), all = BUF_INIT(0);
	struct rig g;

	buf_addf(&yaml, V "  v: {column: B, %s%s}\n", type, keys);
	buf_addf(&row, "1|%s", cell);
	buf_addf(
	    &all, "{\"lead_id\":\"1\",\"data\":{\"v\":%s}}", json ? json : "");
	rig_open(&g, buf_str(&yaml), "A|B");
	rig_row(&g, buf_str(&row));
	if ((g.verdict == ROW_BUILT) != (json != NULL) ||
	    (json && strcmp(g.said, buf_str(&all)) != 0))
		fail_msg("%s of '%s': %s%s", keys, cell, g.said, g.codes);
	rig_close(&g);
	buf_release(&yaml);
	buf_release(&row);
	buf_release(&all);
}

TEST(a_century_is_a_hundred_years)
{
	CASES(cases, const char *field, *cell, *day) = {
	    {"format: \"%d/%m/%y\", century: 1950", "12/05/50", "1950-05-12"},
	    {"format: \"%d/%m/%y\", century: 1950", "12/05/49", "2049-05-12"},
	    {"format: \"%d/%m/%y\", century: 1950", "12/05/99", "1999-05-12"},
	    {"format: \"%d/%m/%y\", century: 1950", "12/05/00", "2000-05-12"},
	    {"format: \"%d/%m/%y\", century: 1927", "12/05/26", "2026-05-12"},
	    {"format: \"%d/%m/%y\", century: 1927", "12/05/27", "1927-05-12"},
	    {"format: \"%d/%m/%y\", century: 1969", "12/05/68", "2068-05-12"},
	    {"format: \"%d/%m/%y\", century: 1969", "12/05/69", "1969-05-12"},
	    {"format: \"%D\", century: 2000", "02/29/96", "2096-02-29"},
	    {"format: \"%d.%m.%y\", century: 1900", "29.02.00", NULL},
	    {"format: \"%d.%m.%y\", century: 1800, min: 1801-01-01", "01.02.34",
		"1834-02-01"},
	    {"format: \"%d.%m.%y\", century: 1800", "01.02.34", NULL},
	    {"format: [\"%d/%m/%Y\", \"%d/%m/%y\"], century: 1950",
		"12/05/2057", "2057-05-12"},
	    {"format: [\"%d/%m/%Y\", \"%d/%m/%y\"], century: 1950", "12/05/57",
		"1957-05-12"},
	    {"format: \"%d/%m/%y\", century: 1950, max: \"31/12/24\"",
		"01/01/25", NULL},
	    {"format: \"%d/%m/%y\", century: 1950, max: \"31/12/24\"",
		"01/01/57", "1957-01-01"},
	    {"format: \"%d/%m/%y\", century: 1950, digits: any",
		"12/05/\xE0\xA5\xAB\xE0\xA5\xAD", "1957-05-12"},
	};

	EACH (i, cases) {
		struct buf json = BUF_INIT(0);

		if (cases[i].day)
			buf_addf(&json, "\"%s\"", cases[i].day);
		expect_cell("type: date, as: iso, ", cases[i].field,
		    cases[i].cell, cases[i].day ? buf_str(&json) : NULL);
		buf_release(&json);
	}
}

/* What a run of an older version keeps. */
TEST(a_stored_mapping_reads_short_years_as_it_did)
{
	static const char yaml[] =
	    V "  d: {column: B, type: date, as: iso, format: \"%d/%m/%y\"}\n";
	char path[] = "/tmp/reading-keys-XXXXXX";
	int fd = mkstemp(path);
	struct diagnostics list;
	struct mapping *m;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, yaml, sizeof(yaml) - 1), sizeof(yaml) - 1);
	close(fd);
	diagnostics_init(&list);
	m = mapping_load(path, &list);
	assert_null(m);
	assert_string_equal(list.items[0].code, "mapping.ambiguous_year");
	diagnostics_release(&list);
	diagnostics_init(&list);
	m = mapping_load_stored(path, &list);
	assert_non_null(m);
	assert_int_equal(list.errors, 0);
	assert_null(strstr(m->canonical.s, "century"));
	mapping_free(m);
	diagnostics_release(&list);
	unlink(path);
}

TEST(number_keys_go_with_the_other_keys_of_a_field)
{
	static const struct {
		const char *field, *cell, *json; /* NULL = rejected */
	} cases[] = {
	    {"type: decimal, negative: any, units: [\"$\"], thousands: \",\"",
		"($1,987.65)", "-1987.65"},
	    {"type: decimal, negative: parentheses, min: 0", "(0.01)", NULL},
	    {"type: decimal, negative: parentheses, min: 0", "0.01", "0.01"},
	    {"type: decimal, negative: trailing, max: -5", "5.00-", "-5.00"},
	    {"type: decimal, negative: trailing, max: -5", "4.99-", NULL},
	    {"type: integer, negative: parentheses, one_of: [\"-5\", \"7\"]",
		"(5)", "-5"},
	    {"type: integer, negative: parentheses, one_of: [\"-5\", \"7\"]",
		"(7)", NULL},
	    {"type: decimal, units: [\"%\"], percent: fraction, max: 1", "100%",
		"1.00"},
	    {"type: decimal, units: [\"%\"], percent: fraction, max: 1",
		"100.1%", NULL},
	    {"type: decimal, units: [\"%\"], percent: number, max: 100",
		"100.00%", "100.00"},
	    {"type: decimal, units: [h], map: {none: \"0 h\"}, otherwise: keep",
		"none", "0"},
	    {"type: decimal, units: [h], map: {none: \"0 h\"}, otherwise: keep",
		"3 h", "3"},
	    {"type: decimal, units: [h], replace: {pattern: \"ours$\", with: "
	     "\"\"}",
		"3 hours", "3"},
	    {"type: decimal, units: [EUR], case: upper", "5 eur", "5"},
	    {"type: decimal, units: [EUR]", "5 eur", NULL},
	    {"type: decimal, units: [\"$\"], default: \"$1\"", "", "1"},
	    {"type: decimal, negative: parentheses", "-5", NULL},
	    {"type: decimal", MINUS "5.50", "-5.50"},
	    {"type: integer", MINUS "12", "-12"},
	    {"type: integer, digits: any", MINUS "\xD9\xA1\xD9\xA2", "-12"},
	    {"type: integer", MINUS "-12", NULL},
	    {"type: integer, max: -10", MINUS "12", "-12"},
	    {"type: integer, digits: any", "\xD9\xA1\xD9\xA2", "12"},
	    {"type: decimal, digits: any, decimal: \",\"",
		"\xE0\xA7\xA7,\xE0\xA7\xAB", "1.5"},
	    {"type: decimal, digits: any, negative: any, units: [\xE0\xA7\xB3]",
		"(\xE0\xA7\xB3\xE0\xA7\xA7\xE0\xA7\xA8)", "-12"},
	    {"type: integer", "\xD9\xA1\xD9\xA2", NULL},
	    {"type: integer, digits: any", "\xC2\xB2", NULL}, /* a power */
	    {"type: phone, digits: any",
		"\xEF\xBC\x8B"
		"4912345678",
		NULL},
	    {"type: phone, digits: any",
		"+49 \xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x93 45678",
		"\"4912345678\""},
	    {"type: time, digits: any", "\xD9\xA1\xD9\xA2:\xD9\xA3\xD9\xA0",
		"\"12:30:00\""},
	    {"type: date, as: iso, digits: any", ARABIC_1957 "-02-03",
		"\"1957-02-03\""},
	    {"type: date, as: iso", ARABIC_1957 "-02-03", NULL},
	};

	EACH (i, cases)
		expect_cell("", cases[i].field, cases[i].cell, cases[i].json);
}

TEST(a_value_written_twice_in_two_ways_is_not_unique)
{
	struct rig g;

	rig_open(&g,
	    V "  n: {column: B, type: decimal, negative: any, units: [kg], "
	      "unique: true}\n",
	    "A|B");
	rig_gives(&g, "1|(5) kg", "{\"lead_id\":\"1\",\"data\":{\"n\":-5}}");
	rig_rejects(&g, "2|5-", "rule.not_unique");
	rig_rejects(&g, "3|" MINUS "5kg", "rule.not_unique");
	rig_gives(&g, "4|5", "{\"lead_id\":\"4\",\"data\":{\"n\":5}}");
	rig_close(&g);
}

TEST(formula_text_is_unwrapped_before_all_other_rules)
{
	struct rig g;

	rig_open(&g,
	    "version: 1\n"
	    "source: {nulls: [N/A]}\n"
	    "defaults: {unwrap: formula_text}\n"
	    "lead_id: A\n"
	    "data:\n"
	    "  b: B\n"
	    "  raw: {column: C, unwrap: none}\n"
	    "  both: {template: \"{B}/{C}\"}\n"
	    "rows: {except: {column: B, in: [\"skip\"]}}\n",
	    "A|B|C");
	rig_gives(&g, "=\"01\"|=\"007\"|=\"x\"",
	    "{\"lead_id\":\"01\",\"data\":{\"b\":\"007\",\"raw\":\"="
	    "\\\"x\\\"\","
	    "\"both\":\"007/x\"}}");
	assert_true(text_is(builder_key_text(g.b), "01"));
	/* the key is unique as it is sent */
	rig_rejects(&g, "01|x|", "rule.not_unique");
	rig_gives(&g, " =\" 02 \" |=\"say \"\"hi\"\"\"|",
	    "{\"lead_id\":\"02\",\"data\":{\"b\":\"say \\\"hi\\\"\","
	    "\"both\":\"say \\\"hi\\\"/\"}}");
	rig_gives(&g, "3|=\"\"|", "{\"lead_id\":\"3\"}");
	rig_gives(&g, "4|=\"N/A\"|", "{\"lead_id\":\"4\"}");
	/* what is not of that form stays */
	rig_gives(&g, "5|=\"a\"b\"|",
	    "{\"lead_id\":\"5\",\"data\":{\"b\":\"=\\\"a\\\"b\\\"\","
	    "\"both\":\"=\\\"a\\\"b\\\"/\"}}");
	rig_gives(&g, "6|=SUM(A1)|",
	    "{\"lead_id\":\"6\",\"data\":{\"b\":\"=SUM(A1)\","
	    "\"both\":\"=SUM(A1)/\"}}");
	rig_gives(&g, "7|=\"|",
	    "{\"lead_id\":\"7\",\"data\":{\"b\":\"=\\\"\","
	    "\"both\":\"=\\\"/\"}}");
	rig_row(&g, "8|=\"skip\"|");
	assert_int_equal(g.verdict, ROW_SKIPPED);
	rig_close(&g);
	rig_open(&g,
	    V "  n: {column: B, type: integer, unwrap: formula_text}\n", "A|B");
	rig_gives(&g, "1|=\"0042\"", "{\"lead_id\":\"1\",\"data\":{\"n\":42}}");
	rig_rejects(&g, "2|=\"4x\"", "type.integer");
	rig_close(&g);
}

TEST(a_list_without_an_item_has_no_value)
{
	struct rig g;

	rig_open(&g,
	    V "  t: {column: B, type: multiString, separator: \";\"}\n", "A|B");
	rig_gives(&g, "1|a; ;b",
	    "{\"lead_id\":\"1\",\"data\":{\"t\":[\"a\","
	    "\"b\"]}}");
	rig_gives(&g, "2| ; ", "{\"lead_id\":\"2\"}");
	rig_gives(&g, "3|;;;", "{\"lead_id\":\"3\"}");
	rig_close(&g);
	rig_open(&g,
	    V "  t: {column: B, type: multiIntegerEnum, required: true}\n",
	    "A|B");
	rig_rejects(&g, "1| , ", "rule.required");
	rig_gives(&g, "2|,7", "{\"lead_id\":\"2\",\"data\":{\"t\":[7]}}");
	rig_close(&g);
	rig_open(&g,
	    V "  t: {column: B, type: multiString, default: \"x,y\"}\n"
	      "  u: {column: B, type: multiPhotos, empty: null}\n",
	    "A|B");
	rig_gives(&g, "1|,",
	    "{\"lead_id\":\"1\",\"data\":{\"t\":[\"x\",\"y\"],"
	    "\"u\":null}}");
	rig_close(&g);
}

TEST(an_explanation_has_a_step_for_each_key)
{
	struct rig g;

	rig_open(&g,
	    V "  n: {column: B, type: decimal, unwrap: formula_text, units: "
	      "[\"%\"], percent: fraction, negative: any, digits: any}\n",
	    "A|B");
	rig_row(&g, "1|=\" (\xD9\xA1\xD9\xA2.5%) \"");
	rig_explains(&g, "data.n",
	    "cell==\" (\xD9\xA1\xD9\xA2.5%) \";"
	    "unwrap= (\xD9\xA1\xD9\xA2.5%) ;"
	    "trim=(\xD9\xA1\xD9\xA2.5%);"
	    "digits=(12.5%);type decimal=-0.125;");
	rig_close(&g);
}
