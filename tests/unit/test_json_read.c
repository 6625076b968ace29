/* SPDX-License-Identifier: MIT */
/* The reader of JSON: its events, what it refuses and where; cJSON agrees. */
#include "base/json_read.h"
#include "base/xalloc.h"
#include "random.h"
#include "test.h"

#include <cjson/cJSON.h>

#include <stdlib.h>

/* The events as letters: { } [ ] n(ame) s(tring) #(number) w(ord), and the
 * end as . or ! */
static void
events_of(struct text t, unsigned levels, struct json_reader *r, struct buf *b)
{
	enum json_event e;

	buf_clear(b);
	json_begin(r, t, levels);
	do {
		e = json_next(r);
		buf_addc(b, "!.{}[]ns#w"[e]);
	} while (e > JSON_DONE);
}

TEST(tells_what_comes_and_where_it_breaks)
{
	CASES(cases, const char *json, *events, *why; size_t at) = {
	    {" {\"a\" : [ 1 , -2.5e+3 ] , \"b\":{ } }\n", "{n[##]n{}}.", NULL,
		0},
	    {"[[],{},\"x\\u00e9\\ud83d\\ude00\",true,false,null]",
		"[[]{}swww].", NULL, 0},
	    {"-0", "#.", NULL, 0},
	    {"", "!", "a value is missing", 0},
	    {"[1,]", "[#!", "a value is missing", 3},
	    {"[,1]", "[!", "a value is missing", 1},
	    {"[1 2]", "[#!", "a comma or ] is missing", 3},
	    {"[1}", "[#!", "a comma or ] is missing", 2},
	    {"{\"a\":1]", "{n#!", "a comma or } is missing", 6},
	    {"{\"a\":1,}", "{n#!", "a key in double quotes is missing", 7},
	    {"{,}", "{!", "a key in double quotes is missing", 1},
	    {"{a:1}", "{!", "a key in double quotes is missing", 1},
	    {"{\"a\" 1}", "{!", "a colon is missing", 5},
	    {"{\"a\":}", "{n!", "a value is missing", 5},
	    {"1 2", "#!", "text follows the value", 2},
	    {"]", "!", "a value is missing", 0},
	    {"[}", "[!", "a value is missing", 1},
	    {"-01", "!", "a number begins with a zero", 2},
	    {"5.", "!", "a number needs a digit", 2},
	    {"1e+", "!", "a number needs a digit", 3},
	    {"truth", "!", "a value is missing", 0},
	    {"\"a\tb\"", "!", "a string holds a control character", 2},
	    {"\"a\\x\"", "!", "unknown escape", 3},
	    {"\"\\u00g0\"", "!", "an escape \\u needs four hex digits", 5},
	    {"\"\\ude00\"", "!", "an escape is half a surrogate pair", 7},
	    {"\"\\ud83d\\n\"", "!", "an escape is half a surrogate pair", 7},
	    {"\"\\ud83d\\u0041\"", "!", "an escape is half a surrogate pair",
		13},
	    {"\"abc\\\"", "!", "a string does not end", 6},
	    {"\"abc\\", "!", "a string does not end", 5},
	};
	struct buf b = BUF_INIT(0);
	struct json_reader r;

	EACH (i, cases) {
		events_of(text_of(cases[i].json), 9, &r, &b);
		assert_string_equal(buf_str(&b), cases[i].events);
		if (cases[i].why == NULL)
			continue;
		assert_string_equal(r.why, cases[i].why);
		if (r.at != cases[i].at)
			fail_msg("%s: at %zu", cases[i].json, r.at);
	}
	events_of((struct text){"[\0]", 3}, 9, &r, &b);
	assert_int_equal(r.at, 1);
	buf_release(&b);
}

TEST(bounds_how_deep_it_goes)
{
	static const unsigned levels[] = {0, 1, 63, 64, 65, JSON_LEVELS_MAX};
	char json[2 * JSON_LEVELS_MAX + 4];
	struct buf b = BUF_INIT(0);
	struct json_reader r;

	EACH (i, levels) {
		for (unsigned more = 0; more < 2; more++) {
			size_t n = levels[i] + more;

			memset(json, '[', n);
			json[n] = '1';
			memset(json + n + 1, ']', n);
			events_of(
			    (struct text){json, 2 * n + 1}, levels[i], &r, &b);
			assert_int_equal(b.data[b.len - 1], more ? '!' : '.');
			assert_int_equal(r.is_too_deep, more == 1);
		}
	}
	buf_release(&b);
}

TEST(gives_texts_without_their_escapes)
{
	CASES(cases, const char *token, *text) = {
	    {"\"\"", ""},
	    {"\"M\xC3\xBCller\"", "M\xC3\xBCller"},
	    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
	    {"\"\\u0041\\uD834\\uDD1e!\"", "A\xF0\x9D\x84\x9E!"},
	    {"-1.50", "-1.50"},
	    {"null", "null"},
	};
	struct buf b = BUF_INIT(0);

	EACH (i, cases) {
		buf_clear(&b);
		json_decode(text_of(cases[i].token), &b);
		assert_string_equal(buf_str(&b), cases[i].text);
	}
	buf_release(&b);
}

/* Tokens and half tokens in any order: much of it is nearly JSON. */
static size_t
random_json(char *s, size_t max)
{
	static const char *const parts[] = {"{", "}", "[", "]", ",", ":",
	    "\"a\"", "\"b\"", "\"\\n\"", "1", "-2.5", "true", "null", " ",
	    "{\"k\":", "[1,", "\"\\u00e9\"", "0", "\"x", "e"};
	size_t len = 0, want = 1 + next_random() % max;

	for (;;) {
		const char *part =
		    parts[next_random() % (next_random() % 8 ? 17 : 20)];

		if (len + strlen(part) > want)
			break;
		memcpy(s + len, part, strlen(part));
		len += strlen(part);
	}
	s[len] = '\0';
	return len;
}

TEST(cjson_takes_what_it_takes_and_little_more)
{
	struct buf b = BUF_INIT(0);
	struct json_reader r;
	char s[64];
	int taken = 0;

	for (int i = 0; i < 300000; i++) {
		size_t len = random_json(s, 24);
		cJSON *root = cJSON_ParseWithLengthOpts(s, len + 1, NULL, 1);

		events_of((struct text){s, len}, 9, &r, &b);
		if (strchr(buf_str(&b), '.') != NULL) {
			taken++;
			if (root == NULL)
				fail_msg("cJSON refuses %s", s);
		} else if (root != NULL && strchr(s, '0') == NULL) {
			fail_msg("cJSON takes %s: %s", s, r.why);
		}
		cJSON_Delete(root);
	}
	assert_true(taken > 3000);
	buf_release(&b);
}

TEST(walks_the_members_of_an_object_and_the_elements_of_an_array)
{
	static const char *const names[] = {"\"a\"", "\"b\\\"]\"", "\"\""};
	static const char *const values[] = {"[ {} , 2 ]", "\"}\\\\\"", "-1"};
	struct json_walk w;
	struct text name, value;
	size_t n = 0;

	json_walk_begin(
	    &w, TEXT_LITERAL(" { \"a\" : [ {} , 2 ],\"b\\\"]\":\"}\\\\\" , "
			     "\"\": -1 } "));
	for (; json_walk_next(&w, &name, &value); n++) {
		assert_true(text_is(name, names[n]));
		assert_true(text_is(value, values[n]));
	}
	assert_int_equal(n, 3);
	json_walk_begin(&w, TEXT_LITERAL("[ {} , 2 ]"));
	assert_true(json_walk_next(&w, NULL, &value));
	assert_true(text_is(value, "{}"));
	assert_true(json_walk_next(&w, &name, &value));
	assert_true(text_is(value, "2") && name.len == 0);
	assert_false(json_walk_next(&w, &name, &value));
	json_walk_begin(&w, TEXT_LITERAL("{}"));
	assert_false(json_walk_next(&w, &name, &value));
	json_walk_begin(&w, TEXT_LITERAL("\"[1,2]\""));
	assert_false(json_walk_next(&w, &name, &value));
	json_walk_begin(&w, (struct text){NULL, 0});
	assert_false(json_walk_next(&w, &name, &value));
}

TEST(a_document_is_one_value_that_is_not_too_deep)
{
	static const struct {
		const char *json, *root; /* NULL: it is refused */
	} cases[] = {
	    {" {\"a\":[1]}\n", "{\"a\":[1]}"},
	    {"7", "7"},
	    {"", NULL},
	    {"{\"a\":[1]", NULL},
	    {"{} {}", NULL},
	    {"{},", NULL},
	    {"[01]", NULL},
	};
	char deep[2 * (JSON_DOCUMENT_LEVELS + 1)];
	struct text root;

	EACH (i, cases) {
		bool good = json_document(text_of(cases[i].json), &root);

		if (good != (cases[i].root != NULL) ||
		    (good && !text_is(root, cases[i].root)))
			fail_msg("%s", cases[i].json);
	}
	assert_false(json_document((struct text){"{}\0", 3}, &root));
	assert_false(json_document((struct text){"{\"a\0\":1}", 8}, &root));
	memset(deep, '[', sizeof(deep) / 2);
	memset(deep + sizeof(deep) / 2, ']', sizeof(deep) / 2);
	assert_true(json_document((struct text){deep, sizeof(deep)}, &root));
	deep[sizeof(deep) / 2 - 1] = '1';
	assert_false(json_document((struct text){deep, sizeof(deep)}, &root));
}

/* The values of an object's member "x". */
TEST(getters_take_what_is_theirs_and_leave_the_rest_alone)
{
	static const struct {
		const char *json, *takes; /* t(ext) u(int) i(nt) b(ool) */
	} cases[] = {
	    {"{\"x\": \"ten bytes!\"}", "t"},
	    {"{\"x\": \"\"}", "t"},
	    {"{\"x\": \"a\\u0000b\"}", ""},
	    {"{\"x\": \"eleven byte\"}", ""},
	    {"{\"x\": \"\\u00e9\\u00e9\\u00e9\\u00e9\\u00e9\"}", "t"},
	    {"{\"x\": 0}", "ui"},
	    {"{\"x\": -0}", "i"},
	    {"{\"x\": -1}", "i"},
	    {"{\"x\": 9007199254740991}", "ui"},
	    {"{\"x\": -9007199254740991}", "i"},
	    {"{\"x\": 9007199254740992}", ""},
	    {"{\"x\": -9007199254740992}", ""},
	    {"{\"x\": 18446744073709551617}", ""},
	    {"{\"x\": 1.0}", ""},
	    {"{\"x\": 1e2}", ""},
	    {"{\"x\": 1e999}", ""},
	    {"{\"x\": \"1\"}", "t"},
	    {"{\"x\": true}", "b"},
	    {"{\"x\": false}", "b"},
	    {"{\"x\": \"true\"}", "t"},
	    {"{\"x\": null}", ""},
	    {"{\"x\": [\"a\"]}", ""},
	    {"{\"x\": {\"x\": 1}}", ""},
	    {"{\"y\": 1, \"\\u0078\": 1}", "ui"},
	    {"{\"x\": 1, \"x\": 1}", ""},
	    {"{\"x\": 1, \"\\u0078\": 1}", ""},
	    {"{\"x\": true, \"y\": 1, \"x\": \"a\", \"x\": true}", ""},
	};

	EACH (i, cases) {
		char text[11] = "as it was", takes[8] = "", *at = takes;
		uint64_t n = 77;
		int64_t m = -77;
		bool is_it = i % 2;
		struct text root, x;
		struct arena a = ARENA_INIT;
		char *owned;

		assert_true(json_document(text_of(cases[i].json), &root));
		x = json_member(root, "x");
		assert_non_null(x.s);
		owned = json_arena_text(x, &a);
		if (json_get_text(x, text, sizeof(text))) {
			*at++ = 't';
			assert_string_equal(owned, text);
			assert_true(json_is_text(x, text));
		} else {
			assert_string_equal(text, "as it was");
		}
		if (json_get_uint(x, &n))
			*at++ = 'u';
		else
			assert_int_equal(n, 77);
		if (json_get_int(x, &m))
			*at++ = 'i';
		else
			assert_int_equal(m, -77);
		if (json_get_bool(x, &is_it))
			*at++ = 'b';
		else
			assert_int_equal(is_it, i % 2);
		if (strcmp(takes, cases[i].takes) != 0)
			fail_msg("%s: '%s'", cases[i].json, takes);
		arena_release(&a);
	}
	assert_null(json_member(TEXT_LITERAL("{\"y\":1}"), "x").s);
	assert_null(json_member(TEXT_LITERAL("[\"x\",1]"), "x").s);
	assert_null(json_member((struct text){NULL, 0}, "x").s);
}

TEST(a_value_is_read_whole_from_what_may_be_cut_off_later)
{
	struct json_reader r;
	struct text value;

	json_begin(
	    &r, TEXT_LITERAL("{\"a\": [{\"b\":2}, 3] ,\"c\":[4, \"d"), 9);
	assert_int_equal(json_next(&r), JSON_OBJECT);
	assert_int_equal(json_next(&r), JSON_NAME);
	assert_true(json_next_value(&r, &value));
	assert_true(text_is(value, "[{\"b\":2}, 3]"));
	assert_int_equal(json_next(&r), JSON_NAME);
	assert_true(text_is(r.token, "\"c\""));
	assert_false(json_next_value(&r, &value));
}
