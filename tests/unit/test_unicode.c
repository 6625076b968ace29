/* SPDX-License-Identifier: MIT */
/* Case, forms, digits and classes of characters. */
#include "base/unicode.h"
#include "test.h"

TEST(changing_case_twice_changes_nothing_more)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		uint32_t low = code_point_lower(c), up = code_point_upper(c);

		assert_int_equal(code_point_lower(low), low);
		assert_int_equal(code_point_upper(up), up);
		assert_true(code_point_width(c) <= 2);
	}
	assert_int_equal(code_point_upper(0xDF), 0xDF);
	assert_int_equal(code_point_upper(0x451), 0x401);
}

TEST(texts_are_brought_into_one_form)
{
	CASES(cases, const char *text, *nfc) = {
	    {"", ""}, {"plain", "plain"}, {"caf\xC3\xA9", "caf\xC3\xA9"},
	    {"cafe\xCC\x81", "caf\xC3\xA9"},
	    {"u\xCC\x88o\xCC\x88", "\xC3\xBC\xC3\xB6"},
	    {"\xE1\x84\x80\xE1\x85\xA1", "\xEA\xB0\x80"}, /* Hangul */
	    {"\xE2\x84\xAB", "\xC3\x85"},		  /* Angstrom */
	    {"\xEF\xAC\x81", "\xEF\xAC\x81"},		  /* fi stays */
	    {"\xCC\x81", "\xCC\x81"},			  /* a mark alone */
	    {"e\xCC\x81\xFF", "e\xCC\x81\xFF"},		  /* not UTF-8 */
	};

	EACH (i, cases) {
		struct buf out = BUF_INIT(0);

		assert_true(text_add_nfc(&out, text_of(cases[i].text)));
		assert_string_equal(buf_str(&out), cases[i].nfc);
		assert_true(text_equal_nfc(
		    text_of(cases[i].text), text_of(cases[i].nfc)));
		buf_release(&out);
	}
	assert_false(text_equal_nfc(text_of("e"), text_of("e\xCC\x81")));
	assert_false(text_equal_nfc(text_of("a"), text_of("b")));
}

/* What is called plain without a look into the tables must not change. */
TEST(plain_ranges_hold_nothing_that_a_form_would_change)
{
	for (uint32_t c = 1; c < 0x11000; c++) {
		struct buf one = BUF_INIT(0), pair = BUF_INIT(0);
		struct buf work = BUF_INIT(0);
		struct text t;

		if (c >= 0xD800 && c < 0xE000)
			continue;
		utf8_add(&one, c);
		t = (struct text){buf_str(&one), one.len};
		if (text_is_plainly_nfc(t)) {
			/* Nor does it join a letter, a kana or a syllable. */
			buf_adds(&pair, "e\xE3\x81\x8B\xEA\xB0\x80");
			utf8_add(&pair, c);
			buf_adds(&pair, "\xCC\xB1");
			text_nfc(
			    &work, (struct text){buf_str(&pair), pair.len});
			assert_true(work.len > 7);
			assert_memory_equal(
			    work.data, "e\xE3\x81\x8B\xEA\xB0\x80", 7);
			buf_clear(&work);
			buf_adds(&one, "\xE2\x84\xAB"); /* Angstrom */
			t = (struct text){buf_str(&one), one.len};
			assert_true(text_add_nfc(&work, t));
			assert_memory_equal(work.data, one.data, one.len - 3);
		}
		buf_release(&one);
		buf_release(&pair);
		buf_release(&work);
	}
}

TEST(long_texts_are_brought_into_one_form_too)
{
	struct buf long_one = BUF_INIT(0), wanted = BUF_INIT(0);
	struct buf work = BUF_INIT(0);
	struct text t;

	for (int i = 0; i < 1000; i++) {
		buf_adds(&long_one, "e\xCC\x81x");
		buf_adds(&wanted, "\xC3\xA9x");
	}
	t = text_nfc(&work, (struct text){buf_str(&long_one), long_one.len});
	assert_int_equal(t.len, wanted.len);
	assert_memory_equal(t.s, wanted.data, wanted.len);
	buf_release(&long_one);
	buf_release(&wanted);
	buf_release(&work);
}

TEST(digits_of_all_scripts_have_their_values)
{
	static const uint32_t zeros[] = {
	    '0', 0x660, 0x6F0, 0x966, 0xE50, 0xFF10, 0x1D7CE, 0x1D7F6};

	EACH (i, zeros)
		for (uint32_t n = 0; n < 10; n++)
			assert_int_equal(code_point_digit(zeros[i] + n), n);
	assert_int_equal(code_point_digit('a'), -1);
	assert_int_equal(code_point_digit(0xB2), -1);	/* superscript two */
	assert_int_equal(code_point_digit(0x2160), -1); /* Roman one */
}

TEST(letters_marks_and_numbers_make_words)
{
	assert_true(code_point_is_word('a'));
	assert_true(code_point_is_word(0x301));
	assert_true(code_point_is_word(0x0939));
	assert_false(code_point_is_word(' '));
	assert_false(code_point_is_word(0x2019));
	assert_true(code_point_is_mark(0x301));
	assert_false(code_point_is_mark('a'));
}

/* A letter of ASCII and a mark after it become the character. */
static bool
is_made_of_two(uint32_t c)
{
	struct buf two = BUF_INIT(0), one = BUF_INIT(0), alone = BUF_INIT(0);
	bool is_made = false;

	utf8_add(&alone, c);
	for (uint32_t letter = 'A'; letter <= 'z' && !is_made; letter++)
		for (uint32_t mark = 0x300; mark < 0x330 && !is_made; mark++) {
			buf_clear(&two);
			buf_clear(&one);
			utf8_add(&two, letter);
			utf8_add(&two, mark);
			text_add_nfc(&one, buf_text(&two));
			is_made = text_equal(buf_text(&one), buf_text(&alone));
		}
	buf_release(&two);
	buf_release(&one);
	buf_release(&alone);
	return is_made;
}

TEST(letters_of_latin_1_are_composed_if_two_characters_make_them)
{
	for (uint32_t c = 0x80; c < 0x100; c++)
		assert_int_equal(code_point_is_composed(c), is_made_of_two(c));
	assert_true(code_point_is_composed(0x934));
	assert_false(code_point_is_composed(0x935));
}
