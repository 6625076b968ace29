/* SPDX-License-Identifier: MIT */
/* The writer of JSON: commas, texts of any bytes, layouts; read by cJSON. */
#include "base/json_write.h"
#include "random.h"
#include "test.h"

#include <cjson/cJSON.h>

#include <stdint.h>

TEST(puts_commas_where_they_belong)
{
	struct buf b = BUF_INIT(0);

	json_object(&b, NULL);
	json_array(&b, "empty");
	json_end_array(&b);
	json_object(&b, "none");
	json_end_object(&b);
	json_array(&b, "list");
	json_uint(&b, NULL, UINT64_MAX);
	json_int(&b, NULL, INT64_MIN);
	json_object(&b, NULL);
	json_bool(&b, "yes", true);
	json_bool(&b, "no", false);
	json_end_object(&b);
	json_object(&b, NULL);
	json_null(&b, "nothing");
	json_end_object(&b);
	json_array(&b, NULL);
	json_end_array(&b);
	json_string(&b, NULL, "ends in ,");
	json_string(&b, NULL, NULL);
	json_end_array(&b);
	json_string(&b, "last", "[");
	json_end_object(&b);
	assert_string_equal(buf_str(&b),
	    "{\"empty\":[],\"none\":{},\"list\":[18446744073709551615,"
	    "-9223372036854775808,{\"yes\":true,\"no\":false},"
	    "{\"nothing\":null},[],\"ends in ,\",null],\"last\":\"[\"}");
	buf_release(&b);
}

TEST(begins_anew_on_a_new_line)
{
	struct buf b = BUF_INIT(0);

	for (unsigned i = 1; i < 3; i++) {
		json_object(&b, NULL);
		json_uint(&b, "n", i);
		json_end_object(&b);
		buf_addc(&b, '\n');
	}
	assert_string_equal(buf_str(&b), "{\"n\":1}\n{\"n\":2}\n");
	buf_release(&b);
}

TEST(leaves_out_what_is_not_there)
{
	struct buf b = BUF_INIT(0);

	json_object(&b, NULL);
	json_string_if(&b, "a", NULL);
	json_string_if(&b, "b", "");
	json_time_if(&b, "c", 0);
	json_string_if(&b, "d", "0");
	json_time_if(&b, "e", INT64_C(1582984799999));
	json_end_object(&b);
	assert_string_equal(
	    buf_str(&b), "{\"d\":\"0\",\"e\":\"2020-02-29T13:59:59Z\"}");
	buf_release(&b);
}

TEST(writes_json_whatever_the_bytes_are)
{
	const struct {
		struct text t;
		const char *json;
	} cases[] = {
	    {TEXT_LITERAL("caf\xC3\xA9\t\"\\"), "[\"caf\xC3\xA9\\t\\\"\\\\\"]"},
	    {TEXT_LITERAL("caf\xE9"), "[\"caf\xEF\xBF\xBD\"]"},
	    {TEXT_LITERAL("\xE2\x82"), "[\"\xEF\xBF\xBD\xEF\xBF\xBD\"]"},
	    {TEXT_LITERAL("\xFF\n\xFE"), "[\"\xEF\xBF\xBD\\n\xEF\xBF\xBD\"]"},
	    {TEXT_LITERAL("a\0b"), "[\"a\\u0000b\"]"},
	};
	struct buf b = BUF_INIT(0);

	EACH (i, cases) {
		buf_clear(&b);
		json_array(&b, NULL);
		json_text(&b, NULL, cases[i].t);
		json_end_array(&b);
		assert_string_equal(buf_str(&b), cases[i].json);
	}
	buf_release(&b);
}

TEST(lays_json_out_and_keeps_every_digit)
{
	static const struct json_layout one = {
	    .indent = "\t", .colon = ": ", .levels = 1};
	static const char json[] = "{\"a\":\"x,{\\\"y\",\"n\":10.50,\"o\":"
				   "{\"l\":[1,2],\"e\":{},\"f\":[]},"
				   "\"p\":[{\"q\":1},\"r\"]}";
	const struct {
		const struct json_layout *how;
		const char *text;
	} cases[] = {
	    {&json_shown,
		"{\n  \"a\": \"x,{\\\"y\",\n  \"n\": 10.50,\n  \"o\": {\n"
		"    \"l\": [\n      1,\n      2\n    ],\n    \"e\": {},\n"
		"    \"f\": []\n  },\n  \"p\": [\n    {\n      \"q\": 1\n"
		"    },\n    \"r\"\n  ]\n}"},
	    {&json_filed,
		"{\n\t\"a\":\t\"x,{\\\"y\",\n\t\"n\":\t10.50,\n\t\"o\":\t{\n"
		"\t\t\"l\":\t[1, 2],\n\t\t\"e\":\t{},\n\t\t\"f\":\t[]\n\t},\n"
		"\t\"p\":\t[{\n\t\t\t\"q\":\t1\n\t\t}, \"r\"]\n}"},
	    {&one, "{\n\t\"a\": \"x,{\\\"y\",\n\t\"n\": 10.50,\n\t\"o\": "
		   "{\"l\": [1, 2], \"e\": {}, \"f\": []},\n\t\"p\": "
		   "[{\"q\": 1}, \"r\"]\n}"},
	};
	struct buf b = BUF_INIT(0);

	EACH (i, cases) {
		buf_clear(&b);
		json_lay_out(&b, text_of(json), cases[i].how);
		assert_string_equal(buf_str(&b), cases[i].text);
	}
	buf_release(&b);
}

/* Objects and arrays of strings and numbers, nested at random. */
static void
add_anything(struct buf *b, const char *name, unsigned depth)
{
	char key[8] = "k";
	unsigned count = (unsigned)next_random() % 4;
	bool is_object = next_random() % 2 == 0;

	if (depth == 0 || next_random() % 4 == 0) {
		key[1] = (char)(1 + next_random() % 255);
		json_text(b, name, (struct text){key, 2});
		return;
	}
	if (is_object)
		json_object(b, name);
	else
		json_array(b, name);
	for (unsigned i = 0; i < count; i++) {
		key[1] = (char)('0' + i);
		add_anything(b, is_object ? key : NULL, depth - 1);
	}
	if (is_object)
		json_end_object(b);
	else
		json_end_array(b);
}

/* cJSON writes an empty object in two lines. */
static bool
has_empty_object(const struct buf *b)
{
	return strstr(buf_str(b), "{}") != NULL;
}

TEST(cjson_reads_it_and_lays_it_out_the_same)
{
	struct buf b = BUF_INIT(0), filed = BUF_INIT(0);

	for (int i = 0; i < 3000; i++) {
		cJSON *root;
		char *text;

		buf_clear(&b);
		buf_clear(&filed);
		add_anything(&b, NULL, 5);
		root =
		    cJSON_ParseWithLengthOpts(buf_str(&b), b.len + 1, NULL, 1);
		assert_non_null(root);
		text = cJSON_PrintUnformatted(root);
		assert_string_equal(text, buf_str(&b));
		cJSON_free(text);
		text = cJSON_Print(root);
		json_lay_out(
		    &filed, (struct text){buf_str(&b), b.len}, &json_filed);
		if (!has_empty_object(&b))
			assert_string_equal(text, buf_str(&filed));
		cJSON_free(text);
		cJSON_Delete(root);
	}
	buf_release(&b);
	buf_release(&filed);
}
