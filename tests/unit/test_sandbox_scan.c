/* SPDX-License-Identifier: MIT */
/* sandbox/scan: what is JSON, where its values are, what they say. */
#include "base/json_write.h"
#include "sandbox/scan.h"
#include "test.h"

static bool
is_json(const char *s)
{
	char error[160];

	return scan_check(text_of(s), error);
}

TEST(takes_every_kind_of_json)
{
	static const char *const good[] = {"[]", "{}", "[[],{}]", " [1 , 2] ",
	    "\"\"", "null", "true", "false", "0", "-0", "-1.5e+10", "10E2",
	    "{\"a\":{\"b\":[1,{\"c\":null}]},\"\":\"\"}",
	    "\"\\u0041\\ud83d\\ude00\\\\\\\"\\/\\b\\f\\n\\r\\t\"",
	    "\"\xC3\xA9\xF0\x9F\x98\x80\"", "\t\r\n[\n]\n"};

	EACH (i, good)
		if (!is_json(good[i]))
			fail_msg("refused: %s", good[i]);
}

TEST(refuses_what_is_no_json)
{
	static const char *const bad[] = {"", " ", "[", "]", "{", "[1", "[1,",
	    "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
	    "{\"a\":1]", "[1}", "[1 2]", "[]x", "[] []", "007", "[01]", "+5",
	    ".5", "5.", "1e", "1e+", "-", "--1", "tru", "nul", "True", "'a'",
	    "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ud83dx\"",
	    "\"\\ude00\"", "\"\\ud83d\\u0041\"", "\"a\tb\"", "\"a\nb\"",
	    "\"\xC3\"", "\"\xED\xA0\x80\"", "NaN", "[1,2", "\xEF\xBB\xBF[]"};

	EACH (i, bad)
		if (is_json(bad[i]))
			fail_msg("taken: %s", bad[i]);
}

TEST(refuses_a_nul_byte_and_says_where)
{
	char error[160];

	assert_false(scan_check((struct text){"[1,\0]", 5}, error));
	assert_string_equal(
	    error, "invalid JSON at byte 3: a value is missing");
	assert_false(scan_check(text_of("[1,x]"), error));
	assert_string_equal(
	    error, "invalid JSON at byte 3: a value is missing");
}

TEST(bounds_the_depth)
{
	char body[2 * SCAN_DEPTH_MAX + 3];
	size_t n = SCAN_DEPTH_MAX;

	memset(body, '[', n);
	memset(body + n, ']', n);
	body[2 * n] = '\0';
	assert_true(is_json(body));
	memset(body, '[', n + 1);
	memset(body + n + 1, ']', n + 1);
	body[2 * n + 2] = '\0';
	assert_false(is_json(body));
}

TEST(gives_each_element_as_its_bytes)
{
	static const char *const wanted[] = {"{\"a\" : [1, 2]}", "\"x,]\\\"\"",
	    "-1.50", "[]", "null", "{ }", "true"};
	struct json_walk it;
	struct text value;
	size_t i = 0;

	json_walk_begin(
	    &it, text_of(" [ {\"a\" : [1, 2]} ,\"x,]\\\"\",-1.50\n,[]"
			 ", null,{ },true ] "));
	while (json_walk_next(&it, NULL, &value)) {
		assert_true(i < 7);
		if (!text_is(value, wanted[i]))
			fail_msg("%zu: %.*s", i, (int)value.len, value.s);
		i++;
	}
	assert_int_equal(i, 7);
}

TEST(finds_members_by_what_their_names_say)
{
	struct text object = text_of("{ \"a\":1, \"l\\u0065ad_id\" : \"x\", "
				     "\"data\":{\"a\":2},\"a\" :3}");
	struct text value;

	assert_true(scan_member(object, "lead_id", &value));
	assert_true(text_is(value, "\"x\""));
	assert_true(scan_member(object, "a", &value));
	assert_true(text_is(value, "3"));
	assert_false(scan_member(object, "b", &value));
	assert_false(scan_member(text_of("[1]"), "a", &value));
	assert_false(scan_member(text_of("{}"), "a", &value));
}

TEST(decodes_and_quotes_back)
{
	CASES(cases, const char *token, *said) = {
	    {"\"\"", ""},
	    {"\"plain\"", "plain"},
	    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
	    {"\"\\u00e9\\uD83D\\uDE00!\"", "\xC3\xA9\xF0\x9F\x98\x80!"},
	    {"12.50", "12.50"},
	};

	EACH (i, cases) {
		struct buf said = BUF_INIT(0), quoted = BUF_INIT(0),
			   again = BUF_INIT(0);

		json_decode(text_of(cases[i].token), &said);
		assert_string_equal(buf_str(&said), cases[i].said);
		json_string(&quoted, NULL, cases[i].said);
		assert_true(is_json(buf_str(&quoted)));
		json_decode(text_of(buf_str(&quoted)), &again);
		assert_string_equal(buf_str(&again), cases[i].said);
		buf_release(&said);
		buf_release(&quoted);
		buf_release(&again);
	}
}
