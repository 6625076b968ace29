/* SPDX-License-Identifier: MIT */
/* What is neutralised on its way to a terminal, and what stays. */
#include "system/screen.h"
#include "test.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Nothing that a terminal would obey but line ends and tabs. */
static bool
is_harmless(const struct buf *b)
{
	size_t at = 0;

	if (utf8_check(b->data, b->len) != b->len)
		return false;
	while (at < b->len) {
		uint32_t c = utf8_next(b->data, b->len, &at);
		if (text_is_hidden(c) && c != '\n' && c != '\t')
			return false;
	}
	return true;
}

static const char hostile[] =
    "\x1b]52;c;cHduZWQ=\x07\x1b[2J\x7f\xc2\x9b"
    "31m\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8b\xef\xbb\xbf\xd8\x9c"
    "plain caf\xc3\xa9 \xf0\x9f\x98\x80";

TEST(json_keeps_its_meaning_and_hides_nothing)
{
	cJSON *root = cJSON_CreateObject();
	struct buf b = BUF_INIT(0);

	cJSON_AddStringToObject(root, hostile, hostile);
	char *text = cJSON_Print(root);
	screen_json(&b, text_of(text));
	assert_true(is_harmless(&b));
	assert_non_null(strstr(buf_str(&b), "\\u202e"));
	assert_non_null(strstr(buf_str(&b), "\\u007f"));
	assert_non_null(strstr(buf_str(&b), "caf\xc3\xa9 \xf0\x9f\x98\x80"));
	cJSON *again = cJSON_Parse(buf_str(&b));
	assert_true(cJSON_Compare(root, again, true));
	cJSON_Delete(again);
	cJSON_Delete(root);
	cJSON_free(text);
	buf_release(&b);
}

TEST(json_that_is_no_utf8_becomes_utf8)
{
	struct buf b = BUF_INIT(0);

	screen_json(&b, text_of("{\"a\xff\":\"\xc3\"}"));
	assert_string_equal(
	    buf_str(&b), "{\"a\xef\xbf\xbd\":\"\xef\xbf\xbd\"}");
	buf_release(&b);
}

TEST(a_word_is_quoted_as_little_as_it_needs)
{
	CASES(cases, const char *word, *quoted) = {
	    {"leads.csv", "leads.csv"},
	    {"", "''"},
	    {"two words", "'two words'"},
	    {"it's", "'it'\\''s'"},
	    {"caf\xc3\xa9", "'caf\xc3\xa9'"},
	    {"$(reboot)", "'$(reboot)'"},
	    {"a\x1b[2J'\\b", "$'a\\033[2J\\'\\\\b'"},
	    {"a\n", "$'a\\012'"},
	    {"\xff"
	     "1",
		"$'\\3771'"},
	    {"\xe2\x80\xae", "$'\\342\\200\\256'"},
	};

	EACH (i, cases) {
		struct buf b = BUF_INIT(0);
		shell_quote(&b, cases[i].word);
		assert_string_equal(buf_str(&b), cases[i].quoted);
		assert_true(is_harmless(&b));
		buf_release(&b);
	}
}

TEST(records_keep_line_ends_and_tabs)
{
	struct buf b = BUF_INIT(0);

	screen_records(&b, text_of("a\tb\r\nc\rd\x1b[2J\n\ne\xff"));
	assert_string_equal(buf_str(&b), "a\tb\nc\\rd\\x1B[2J\n\ne\\xFF");
	assert_true(is_harmless(&b));
	buf_release(&b);
}
