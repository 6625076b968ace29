/* SPDX-License-Identifier: MIT */
/* Ranges of the raw input, and text that a UTF-8 file can hold. */
#include "results/raw_ranges.h"
#include "row_files_scene.h"
#include "test.h"

TEST(copies_ranges_and_notices_an_early_end)
{
	struct memory m = {"0123456789", 10, 0, 3};
	struct byte_source from = {&m, memory_read};
	struct diag d = DIAG_INIT;
	struct raw_ranges r;
	struct buf copy = BUF_INIT(4);

	raw_ranges_init(&r, from);
	assert_int_equal(raw_ranges_copy(&r, 1, 7, NULL, &copy, &d), 0);
	assert_string_equal(buf_str(&copy), "1234");
	buf_clear(&copy);
	assert_int_equal(raw_ranges_copy(&r, 7, 9, NULL, &copy, &d), 0);
	assert_string_equal(buf_str(&copy), "78");
	assert_int_equal(raw_ranges_copy(&r, 9, 11, NULL, &copy, &d), -1);
	assert_int_equal(d.kind, DIAG_INPUT);
	raw_ranges_release(&r);
	buf_release(&copy);
}

TEST(repairs_text_for_a_utf_8_file)
{
	CASES(cases, const char *bytes; size_t len; const char *text) = {
	    {CSV(""), ""},
	    {CSV("abc"), "abc"},
	    {CSV("a\0b"), "a\xef\xbf\xbd"
			  "b"},
	    {CSV("\xff"), "\xef\xbf\xbd"},
	    {CSV("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd"},
	    {CSV("x\xe2\x82\xacy\xc0"), "x\xe2\x82\xacy\xef\xbf\xbd"},
	};

	EACH (i, cases) {
		struct buf b = BUF_INIT(0);

		text_repair(&b, (struct text){cases[i].bytes, cases[i].len});
		assert_string_equal(buf_str(&b), cases[i].text);
		buf_release(&b);
	}
}
