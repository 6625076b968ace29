/* SPDX-License-Identifier: MIT */
/* JSON cells, lists, places. */
#include "convert_cases.h"
#include "value/convert.h"

#include <cjson/cJSON.h>

TEST(takes_json_and_only_json)
{
	CASES(cases, const char *cell, *json, *message, *hint) = {
	    {"{}", "{}", NULL, NULL},
	    {" [ ] ", "[]", NULL, NULL},
	    {"null", "null", NULL, NULL},
	    {"\t\r\n true ", "true", NULL, NULL},
	    {"-0", "-0", NULL, NULL},
	    {"1.50e+10", "1.50e+10", NULL, NULL},
	    {"123456789012345678901234567890", "123456789012345678901234567890",
		NULL, NULL},
	    {"\"a b\"", "\"a b\"", NULL, NULL},
	    {"\"\\u00e9\\n\\/\"", "\"\\u00e9\\n\\/\"", NULL, NULL},
	    {"\"\\uD83D\\ude00\"", "\"\\uD83D\\ude00\"", NULL, NULL},
	    {"{ \"a\" : [ 1 , 2.0 , { \"b\" : null } ] , \"c\" : \" \" }",
		"{\"a\":[1,2.0,{\"b\":null}],\"c\":\" \"}", NULL, NULL},
	    {"{\"a\":{\"a\":1},\"b\":{\"a\":1}}",
		"{\"a\":{\"a\":1},\"b\":{\"a\":1}}", NULL, NULL},

	    {"", NULL, "a value is missing", NULL},
	    {"  ", NULL, "a value is missing", NULL},
	    {"01", NULL, "begins with a zero", NULL},
	    {"+1", NULL, "a value is missing", NULL},
	    {"1.", NULL, "needs a digit", NULL},
	    {".5", NULL, "a value is missing", NULL},
	    {"-", NULL, "needs a digit", NULL},
	    {"1e", NULL, "needs a digit", NULL},
	    {"NaN", NULL, "a value is missing", NULL},
	    {"True", NULL, "a value is missing", NULL},
	    {"truex", NULL, "text follows the value", NULL},
	    {"{} {}", NULL, "text follows the value, and character 4 is", NULL},
	    {"[1,]", NULL, "a value is missing", NULL},
	    {"[1 2]", NULL, "a comma or ]", NULL},
	    {"[1", NULL, "a comma or ]", NULL},
	    {"{\"a\" 1}", NULL, "a colon", NULL},
	    {"{\"a\":1,}", NULL, "a key in double quotes", NULL},
	    {"{\"a\":1", NULL, "a comma or }", NULL},
	    {"{'a':1}", NULL, "a key in double quotes", "double quotes"},
	    {"['a']", NULL, "a value is missing", "double quotes"},
	    {"{a:1}", NULL, "a key", NULL},
	    {"\"abc", NULL, "does not end", NULL},
	    {"\"abc\\", NULL, "does not end", NULL},
	    {"\"a\nb\"", NULL, "control character", NULL},
	    {"\"a\\x\"", NULL, "unknown escape", NULL},
	    {"\"\\u12\"", NULL, "four hex digits", NULL},
	    {"\"\\uD83D\"", NULL, "half a surrogate", NULL},
	    {"\"\\uDE00\"", NULL, "half a surrogate", NULL},
	    {"\"\\uD83D\\u0041\"", NULL, "half a surrogate", NULL},
	    {"{\"a\":1,\"b\":2,\"a\":3}", NULL, "\"a\" is in an object twice",
		NULL},
	    {"{\"a\":1,\"\\u0061\":3}", NULL, "is in an object twice", NULL},
	    {"[{\"x\":{\"a\":1,\"a\":1}}]", NULL, "is in an object twice",
		NULL},
	    {"/* c */ 1", NULL, "a value is missing", NULL},
	};
	struct json_checker c;
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	json_checker_init(&c);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = convert_json(&c, text_of(cases[i].cell), &out, &r);

		if (ok)
			cJSON_Delete(cJSON_Parse(buf_str(&out)));
		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, cases[i].hint);
	}
	json_checker_release(&c);
	buf_release(&out);
}

TEST(bounds_the_depth)
{
	struct buf cell = BUF_INIT(0), out = BUF_INIT(0);
	struct convert_reason r;
	struct json_checker c;
	int i;

	json_checker_init(&c);
	for (i = 0; i < JSON_DEPTH_MAX; i++)
		buf_addc(&cell, '[');
	buf_addc(&cell, '1');
	for (i = 0; i < JSON_DEPTH_MAX; i++)
		buf_addc(&cell, ']');
	assert_true(
	    convert_json(&c, (struct text){cell.data, cell.len}, &out, &r));
	assert_string_equal(buf_str(&out), buf_str(&cell));
	buf_clear(&cell);
	buf_clear(&out);
	for (i = 0; i < 1000000; i++)
		buf_addc(&cell, '[');
	assert_false(
	    convert_json(&c, (struct text){cell.data, cell.len}, &out, &r));
	assert_true(SAID(r.message, "deeper than 64"));
	assert_int_equal(out.len, 0);
	json_checker_release(&c);
	buf_release(&cell);
	buf_release(&out);
}

/* As many keys as a cell can hold, one of them twice: no slow case. */
TEST(finds_one_double_key_among_very_many)
{
	struct buf cell = BUF_INIT(0), out = BUF_INIT(0);
	struct convert_reason r;
	struct json_checker c;
	int i;

	json_checker_init(&c);
	buf_addc(&cell, '{');
	for (i = 0; i < 90000; i++)
		buf_addf(&cell, "\"%d\":1,", i);
	buf_adds(&cell, "\"x\":1}");
	assert_true(
	    convert_json(&c, (struct text){cell.data, cell.len}, &out, &r));
	assert_int_equal(out.len, cell.len);
	buf_truncate(&cell, cell.len - 6);
	buf_adds(&cell, "\"4711\":1}");
	buf_clear(&out);
	assert_false(
	    convert_json(&c, (struct text){cell.data, cell.len}, &out, &r));
	assert_true(SAID(r.message, "\"4711\" is in an object twice"));
	json_checker_release(&c);
	buf_release(&cell);
	buf_release(&out);
}

static size_t
split(const char *cell, const char *separator, struct text items[8])
{
	struct text rest = text_of(cell);
	size_t count = 0;

	while (count < 8 && list_next(&rest, text_of(separator), &items[count]))
		count++;
	return count;
}

/* The items of a quoted list with a bar after each, or the cause why not. */
TEST(reads_items_in_quotes)
{
	CASES(cases, const char *cell, *separator, *items) = {
	    {"\"Customer\",\"VIP, gold\"", ",", "Customer|VIP, gold|"},
	    {"Customer, \"VIP, gold\" , x ", ",", "Customer|VIP, gold|x|"},
	    {"\"say \"\"hi\"\"\",\"\"\"\"", ",", "say \"hi\"|\"|"},
	    {"\" a \",\"\", ,\"b\"", ",", "a|b|"},
	    {"5\" pipe, 6\" pipe", ",", "5\" pipe|6\" pipe|"},
	    {"\"a;b\"; \"c\"", ";", "a;b|c|"},
	    {"\"a / b\" / c /d/ e", " / ", "a / b|c /d/ e|"},
	    {"\"a b\" c", " ", "a b|c|"},
	    {"\"a\tb\"\tc", "\t", "a\tb|c|"},
	    {"\"a\nb\"\nc", "\n", "a\nb|c|"},
	    {"", ",", ""},
	    {" , \"\"", ",", ""},
	    {"\"a,b", ",", "unclosed_quote"},
	    {"a,\"", ",", "unclosed_quote"},
	    {"\"a\"b,c", ",", "stray_quote"},
	    {"\"a\" \"b\"", ",", "stray_quote"},
	    {"\"a\";\"b\"", ",", "stray_quote"},
	};

	EACH (i, cases) {
		struct text rest = text_of(cases[i].cell);
		struct convert_reason r;
		struct buf said = BUF_INIT(0);
		int found;

		while ((found = list_next_quoted(
			    &rest, text_of(cases[i].separator), &said, &r)) > 0)
			buf_addc(&said, '|');
		if (found < 0) {
			buf_clear(&said);
			buf_adds(&said, r.cause);
		}
		if (strcmp(buf_str(&said), cases[i].items) != 0)
			fail_msg("'%s' at '%s': %s", cases[i].cell,
			    cases[i].separator, buf_str(&said));
		buf_release(&said);
	}
}

TEST(splits_lists)
{
	CASES(cases, const char *cell, *separator; struct list_rules rules;
	      const char *json, *message) = {
	    {"a, b ,c", ",", {LIST_STRING, {'.', 0}}, "[\"a\",\"b\",\"c\"]",
		NULL},
	    {"a;;b; ;", ";", {LIST_STRING, {'.', 0}}, "[\"a\",\"b\"]", NULL},
	    {"one", "|", {LIST_STRING, {'.', 0}}, "[\"one\"]", NULL},
	    {" , ,", ",", {LIST_STRING, {'.', 0}}, "[]", NULL},
	    {"a \"q\"", ",", {LIST_STRING, {'.', 0}}, "[\"a \\\"q\\\"\"]",
		NULL},
	    {"1, 02,+3", ",", {LIST_INTEGER, {'.', 0}}, "[1,2,3]", NULL},
	    {"1,5; 2,50", ";", {LIST_DECIMAL, {',', 0}}, "[1.5,2.50]", NULL},
	    {"1,x", ",", {LIST_INTEGER, {'.', 0}}, NULL,
		"element 2: a whole number cannot contain the letter 'x'"},
	    {"a / b/c/ d", " / ", {LIST_STRING, {'.', 0}}, "[\"a\",\"b/c/ d\"]",
		NULL},
	    {"aZZbZZZc", "ZZ", {LIST_STRING, {'.', 0}}, "[\"a\",\"b\",\"Zc\"]",
		NULL},
	    {"a\nb\n\n", "\n", {LIST_STRING, {'.', 0}}, "[\"a\",\"b\"]", NULL},
	    {"1,5, 2,5", ", ", {LIST_DECIMAL, {',', 0}}, "[1.5,2.5]", NULL},
	    {"a\xE2\x80\xA2"
	     "b",
		"\xE2\x80\xA2", {LIST_STRING, {'.', 0}}, "[\"a\",\"b\"]", NULL},
	    {"1.5;2.", ";", {LIST_DECIMAL, {'.', 0}}, NULL, "element 2: "},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text items[8];
		size_t count = split(cases[i].cell, cases[i].separator, items);
		bool ok = convert_list(items, count, &cases[i].rules, &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, NULL);
	}
	buf_release(&out);
}

TEST(reads_places)
{
	CASES(cases, const char *cell; char sign; enum place_form form;
	      const char *json, *message) = {
	    {"12.97, 77.59", '.', PLACE_AS_ARRAY, "[12.97,77.59]", NULL},
	    {"12.97,77.590", '.', PLACE_AS_OBJECT,
		"{\"lat\":12.97,\"lng\":77.590}", NULL},
	    {"-12.97 , +77", '.', PLACE_AS_TEXT, "\"-12.97,77\"", NULL},
	    {"12,97; 77,59", ',', PLACE_AS_ARRAY, "[12.97,77.59]", NULL},
	    {"90,-180", '.', PLACE_AS_ARRAY, "[90,-180]", NULL},
	    {"90.0000000000000000001,0", '.', PLACE_AS_ARRAY, NULL,
		"latitude is -90 to 90"},
	    {"0,180.1", '.', PLACE_AS_ARRAY, NULL, "longitude is -180 to 180"},
	    {"77.59 12.97", '.', PLACE_AS_ARRAY, NULL, "with a ',' between"},
	    {"12.97", '.', PLACE_AS_ARRAY, NULL, "with a ',' between"},
	    {"12.97,", '.', PLACE_AS_ARRAY, NULL, "the longitude: "},
	    {",77.59", '.', PLACE_AS_ARRAY, NULL, "the latitude: "},
	    {"1,2,3", '.', PLACE_AS_ARRAY, NULL,
		"the longitude: a number here cannot contain a comma"},
	    {"12N,77E", '.', PLACE_AS_ARRAY, NULL, "the letter 'N'"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = convert_place(text_of(cases[i].cell), cases[i].sign,
		    cases[i].form, &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, NULL);
	}
	buf_release(&out);
}

TEST(says_nothing_when_the_buffer_is_full)
{
	const struct text items[] = {
	    TEXT_LITERAL("abcd"), TEXT_LITERAL("efgh")};
	struct list_rules rules = {LIST_STRING, {'.', 0}};
	struct convert_reason r;
	struct json_checker c;
	size_t max;

	json_checker_init(&c);
	for (max = 1; max < 12; max++) {
		struct buf out = BUF_INIT(max);

		assert_false(
		    convert_json(&c, TEXT_LITERAL("[1,\"abcdef\"]"), &out, &r));
		assert_string_equal(r.message, "");
		assert_int_equal(out.len, 0);
		assert_false(convert_list(items, 2, &rules, &out, &r));
		assert_string_equal(r.message, "");
		assert_int_equal(out.len, 0);
		buf_release(&out);
	}
	json_checker_release(&c);
}
