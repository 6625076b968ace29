/* SPDX-License-Identifier: MIT */
/* JSON of answers that mean harm: depth, numbers of values, odd tokens. */
#include "chakra/response_json.h"
#include "test.h"

/* `text` n times, then `middle`, then `end` n times; owned. */
static struct buf
nested(const char *text, const char *middle, const char *end, size_t n)
{
	struct buf b = BUF_INIT(0);

	for (size_t i = 0; i < n; i++)
		buf_adds(&b, text);
	buf_adds(&b, middle);
	for (size_t i = 0; i < n; i++)
		buf_adds(&b, end);
	return b;
}

static bool
is_read(const struct buf *b)
{
	const char *why = NULL;
	cJSON *root = answer_parse((struct text){b->data, b->len}, &why);
	bool ok = root != NULL;

	if (!ok)
		assert_non_null(why);
	cJSON_Delete(root);
	return ok;
}

TEST(depth_has_an_end)
{
	CASES(cases, const char *text, *middle, *end; size_t n; bool ok) = {
	    {"[", "", "]", 900, true},
	    {"[", "", "]", 1500000, false},
	    {"{\"a\":", "1", "}", 900, true},
	    {"{\"a\":", "1", "}", 300000, false},
	    {"[", "", "", 4000000, false},
	    {"{\"a\":[", "", "", 500000, false},
	};

	EACH (i, cases) {
		struct buf b = nested(
		    cases[i].text, cases[i].middle, cases[i].end, cases[i].n);
		assert_int_equal(is_read(&b), cases[i].ok);
		buf_release(&b);
	}
}

/* A C string would end there. */
TEST(a_nul_in_a_string_or_a_name_is_shown_as_one_that_cannot_be)
{
	const char *why = NULL;
	cJSON *root = answer_parse(
	    TEXT_LITERAL("{\"a\\u0000b\":[\"c\\u0000d\",\"e\\\\u0000\"]}"),
	    &why);
	const cJSON *list = answer_member(root, "a\xef\xbf\xbd"
						"b");

	assert_string_equal(cJSON_GetArrayItem(list, 0)->valuestring,
	    "c\xef\xbf\xbd"
	    "d");
	assert_string_equal(
	    cJSON_GetArrayItem(list, 1)->valuestring, "e\\u0000");
	cJSON_Delete(root);
}

/* "[", n times the value and a comma, the value, "]". */
static bool
reads_a_list_of(const char *value, size_t n)
{
	struct buf b = BUF_INIT(0);
	bool ok;

	buf_addc(&b, '[');
	for (size_t i = 0; i < n; i++)
		buf_addf(&b, "%s,", value);
	buf_addf(&b, "%s]", value);
	ok = is_read(&b);
	buf_release(&b);
	return ok;
}

/* Two bytes of text can become a hundred of memory. */
TEST(values_have_an_end_that_no_honest_answer_meets)
{
	assert_false(reads_a_list_of("0", 2000000));
	assert_false(reads_a_list_of("[]", 1000000));
	assert_false(reads_a_list_of("{}", 1000000));
	assert_true(reads_a_list_of("0", 90000));
	assert_true(reads_a_list_of("{\"id\":\"p-1\",\"ok\":true}", 150000));
}

#define WORD_16 "sixteen-letters!"

TEST(words_are_shown_on_one_line_in_the_room_that_there_is)
{
	CASES(cases, const char *text; size_t room; const char *shown) = {
	    {"word", 5, "word"},
	    {"word", 4, "wor"},
	    {"words", 5, "w\xe2\x80\xa6"},
	    {"words!", 6, "wo\xe2\x80\xa6"},
	    {"a b", 4, "a b"},
	    {"a b", 3, "a "},
	    {" a \t\n b ", 9, "a b"},
	    {"a  b", 9, "a b"},
	    {" ab", 9, "ab"},
	    {"\ab", 9, "\\x07b"},
	    {"\xc3\xa9\xc3\xa9\xc3\xa9", 5, "\xe2\x80\xa6"},
	    {"w", 0, NULL},
	    {"w", 1, ""},
	    {"del\x7f", 20, "del\\x7F"},
	    {"back\\", 20, "back\\"},
	    {WORD_16 WORD_16, 40, WORD_16 WORD_16},
	    {WORD_16 "\x7f" WORD_16, 60, WORD_16 "\\x7F" WORD_16},
	    {WORD_16 "back\\" WORD_16, 60, WORD_16 "back\\" WORD_16},
	    {WORD_16 "bell\a" WORD_16, 60, WORD_16 "bell\\x07" WORD_16},
	};
	char out[64];

	EACH (i, cases) {
		size_t room = cases[i].room;

		memset(out, '#', sizeof(out));
		answer_put(out, room, text_of(cases[i].text));
		assert_int_equal(out[room], '#');
		if (room > 0)
			assert_string_equal(out, cases[i].shown);
	}
}

TEST(of_a_long_text_the_begin_is_shown)
{
	char text[5000], out[6000];

	memset(text, 'x', sizeof(text));
	text[1] = ' ';
	answer_put(out, sizeof(out), (struct text){text, sizeof(text)});
	assert_int_equal(strlen(out), 4096);
}
