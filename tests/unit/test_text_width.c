/* SPDX-License-Identifier: MIT */
#include "base/unicode.h"
#include "report/terminal.h"
#include "test.h"

TEST(a_character_takes_the_columns_that_a_terminal_gives_it)
{
	CASES(cases, const char *text; size_t width) = {
	    {"", 0}, {"abc", 3}, {"caf\xC3\xA9", 4},
	    {"cafe\xCC\x81", 4},	     /* a combining accent */
	    {"\xE8\xA1\x8C", 2},	     /* Han */
	    {"\xE3\x81\x82\xE3\x82\xA2", 4}, /* Kana */
	    {"\xED\x95\x9C", 2},	     /* Hangul */
	    {"\xEF\xBC\xA1", 2},	     /* fullwidth A */
	    {"\xEF\xBD\xB1", 1},	     /* halfwidth Kana */
	    {"\xF0\x9F\x98\x80", 2},	     /* a pictograph */
	    {"\xF0\xA0\x80\x80", 2},	     /* Han of plane 2 */
	    {"\xD7\xA9\xD7\x9C", 2},	     /* Hebrew */
	    {"\xE2\x80\xA6", 1},	     /* … */
	    {"\xE0\xA4\xB9\xE0\xA4\xBF", 1}, /* Devanagari with a vowel sign */
	};

	EACH (i, cases)
		assert_int_equal(
		    text_width(cases[i].text, strlen(cases[i].text)),
		    cases[i].width);
}

TEST(no_character_is_wider_than_two)
{
	for (uint32_t c = 0; c < 0x110000; c++)
		assert_true(code_point_width(c) <= 2);
	assert_int_equal(code_point_width('a'), 1);
	assert_int_equal(code_point_width(0x10FFFF), 1);
}
