/* SPDX-License-Identifier: MIT */
/* Case, booleans, email addresses, phone numbers. */
#include "convert_cases.h"
#include "value/convert.h"

TEST(changes_case_without_a_locale)
{
	CASES(cases, const char *text, *upper, *lower, *title) = {
	    {"", "", "", ""},
	    {"o'neil JEAN-luc 3rd", "O'NEIL JEAN-LUC 3RD",
		"o'neil jean-luc 3rd", "O'neil Jean-Luc 3rd"},
	    {"it\xE2\x80\x99s 'quoted'", "IT\xE2\x80\x99S 'QUOTED'",
		"it\xE2\x80\x99s 'quoted'", "It\xE2\x80\x99s 'Quoted'"},
	    {"élan Ÿ ÷×", "ÉLAN Ÿ ÷×", "élan ÿ ÷×", "Élan Ÿ ÷×"},
	    {"straße", "STRAßE", "straße", "Straße"},
	    {"łódź ČERNÝ žižkov", "ŁÓDŹ ČERNÝ ŽIŽKOV", "łódź černý žižkov",
		"Łódź Černý Žižkov"},
	    {"ŞIŞLI ığdır", "ŞIŞLI IĞDIR", "şişli ığdır", "Şişli Iğdır"},
	    {"ĸ ŉ ĳ", "ĸ ŉ Ĳ", "ĸ ŉ ĳ", "ĸ ŉ Ĳ"},
	    {"timișoara", "TIMIȘOARA", "timișoara", "Timișoara"},
	    {"nguyễn", "NGUYỄN", "nguyễn", "Nguyễn"},
	    {"αθήνα ΣΊΣΥΦΟΣ ς", "ΑΘΉΝΑ ΣΊΣΥΦΟΣ Σ", "αθήνα σίσυφοσ ς",
		"Αθήνα Σίσυφοσ Σ"},
	    {"ϋ ώ ό ύ", "Ϋ Ώ Ό Ύ", "ϋ ώ ό ύ", "Ϋ Ώ Ό Ύ"},
	    {"москва ЁЛКА їжак", "МОСКВА ЁЛКА ЇЖАК", "москва ёлка їжак",
		"Москва Ёлка Їжак"},
	    {"հայաստան", "ՀԱՅԱՍՏԱՆ", "հայաստան", "Հայաստան"},
	    {"मुंबई 東京 😀", "मुंबई 東京 😀", "मुंबई 東京 😀", "मुंबई 東京 😀"},
	};
	struct buf out = BUF_INIT(0);
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text t = text_of(cases[i].text);

		buf_clear(&out);
		assert_true(text_add_upper(&out, t));
		assert_string_equal(buf_str(&out), cases[i].upper);
		buf_clear(&out);
		assert_true(text_add_lower(&out, t));
		assert_string_equal(buf_str(&out), cases[i].lower);
		buf_clear(&out);
		assert_true(text_add_title(&out, t));
		assert_string_equal(buf_str(&out), cases[i].title);
	}
	buf_release(&out);
}

/* Texts of ASCII alone have a way of their own: it is that of all others. */
TEST(ascii_gets_the_case_that_it_has_beside_other_letters)
{
	struct buf alone = BUF_INIT(0), beside = BUF_INIT(0);
	bool (*const change[])(struct buf *, struct text) = {
	    text_add_upper, text_add_lower};
	char text[] = "?\xc3\x9f"; /* a letter that is none of ASCII */

	for (size_t i = 0; i < 2; i++)
		for (int c = 1; c < 128; c++) {
			text[0] = (char)c;
			buf_clear(&alone);
			buf_clear(&beside);
			assert_true(buf_adds(&alone, "before "));
			assert_true(change[i](&alone, (struct text){text, 1}));
			assert_true(change[i](&beside, text_of(text)));
			assert_int_equal(alone.len, 8);
			assert_int_equal(alone.data[7], beside.data[0]);
		}
	buf_release(&alone);
	buf_release(&beside);
}

TEST(reads_booleans_in_any_case)
{
	static const struct text yes[] = {
	    {"yes", 3}, {"y", 1}, {"1", 1}, {"true", 4}, {"да", 4}};
	static const struct text no[] = {
	    {"no", 2}, {"n", 1}, {"0", 1}, {"false", 5}};
	CASES(cases, const char *cell, *json, *message) = {
	    {"yes", "true", NULL},
	    {"YES", "true", NULL},
	    {"True", "true", NULL},
	    {"1", "true", NULL},
	    {"ДА", "true", NULL},
	    {"No", "false", NULL},
	    {"0", "false", NULL},
	    {"FALSE", "false", NULL},
	    {"maybe", NULL, "neither"},
	    {"ye", NULL, "neither"},
	    {"yess", NULL, "neither"},
	    {"", NULL, "neither"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = convert_boolean(text_of(cases[i].cell),
		    (struct word_list){yes, 5, NULL},
		    (struct word_list){no, 4, NULL}, &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, "true is yes, y, 1");
	}
	buf_release(&out);
}

TEST(tells_email_addresses_from_mistakes)
{
	CASES(cases, const char *cell, *json, *message) = {
	    {"ted.mosby@yahoo.com", "\"ted.mosby@yahoo.com\"", NULL},
	    {"a+b_c%d'e@x-y.co.in", "\"a+b_c%d'e@x-y.co.in\"", NULL},
	    {"jörg@müller.de", "\"jörg@müller.de\"", NULL},
	    {"1@2.3", "\"1@2.3\"", NULL},
	    {"nobody", NULL, "needs an @"},
	    {"", NULL, "needs an @"},
	    {"@x.com", NULL, "before the @"},
	    {"a@", NULL, "after the @"},
	    {"a@b", NULL, "no full stop"},
	    {"a@b.com, c@d.com", NULL, "but this has more"},
	    {"a@@b.com", NULL, "but this has more"},
	    {"a b@c.com", NULL, "a blank cannot be before"},
	    {"a@c .com", NULL, "a blank cannot be in the domain"},
	    {"a\xC2\xA0@c.com", NULL, "no-break space"},
	    {"a@c.com\xE2\x80\x8B", NULL, "zero-width"},
	    {"<a@c.com>", NULL, "'<' cannot be before"},
	    {"Ted \"T\" <t@c.com>", NULL, "cannot be before"},
	    {"a@c.com>", NULL, "'>' cannot be in"},
	    {"a,b@c.com", NULL, "a comma"},
	    {".a@c.com", NULL, "between other"},
	    {"a.@c.com", NULL, "between other"},
	    {"a..b@c.com", NULL, "between other"},
	    {"a@.com", NULL, "empty part"},
	    {"a@c.", NULL, "empty part"},
	    {"a@c..com", NULL, "empty part"},
	    {"a@c.com.", NULL, "empty part"},
	    {"a@b..", NULL, "empty part"},
	    {"a@-c.com", NULL, "hyphen"},
	    {"a@c-.com", NULL, "hyphen"},
	    {"a@c.com-", NULL, "hyphen"},
	    {"a@c_d.com", NULL, "'_' cannot be in"},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "@"
	     "c.com",
		NULL, "at most 64"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = convert_email(text_of(cases[i].cell), &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, NULL);
	}
	buf_release(&out);
}

TEST(brings_phone_numbers_into_one_form)
{
	CASES(cases, const char *cell, *code, *trunk, *json, *message) = {
	    {"9901258433", "91", "0", "\"919901258433\"", NULL},
	    {"09901258433", "91", "0", "\"919901258433\"", NULL},
	    {"099012 58433", "91", "0", "\"919901258433\"", NULL},
	    {"+91 99012-58433", "91", "0", "\"919901258433\"", NULL},
	    {"0091 99012 58433", "91", "0", "\"919901258433\"", NULL},
	    {"+1 (212) 555-0100", "91", "0", "\"12125550100\"", NULL},
	    {"+44 (0)20 7946 0958", "44", "0", "\"442079460958\"", NULL},
	    {"0044 (0)20 7946 0958", "44", "0", "\"442079460958\"", NULL},
	    {"(020) 7946 0958", "44", "0", "\"442079460958\"", NULL},
	    {"030/123.456-7", "49", "0", "\"49301234567\"", NULL},
	    {"\xE2\x80\xAA+91 99012 58433\xE2\x80\xAC", "", "",
		"\"919901258433\"", NULL},
	    {"99012\xE2\x80\x91"
	     "58433",
		"91", "0", "\"919901258433\"", NULL},
	    {"9901258433", "", "", "\"9901258433\"", NULL},
	    {"12345678", "", "", "\"12345678\"", NULL},
	    {"123456789012345", "", "", "\"123456789012345\"", NULL},
	    {"1234567", "", "", NULL, "this has 7"},
	    {"1234567890123456", "", "", NULL, "this has 16"},
	    {"12345", "91", "0", NULL, "this has 7"},
	    {"", "91", "0", NULL, "this has 2"},
	    {"990125843x", "91", "0", NULL, "the letter 'x'"},
	    {"9901258433 / ext 5", "", "", NULL, "the letter 'e'"},
	    {"99012+58433", "", "", NULL, "a plus sign"},
	    {"++919901258433", "", "", NULL, "a plus sign"},
	    {"9.9E+09", "", "", NULL, "the letter 'E'"},
	    {"1234567890123456789012345678901234567890123456789012345678901234"
	     "5678901234567890",
		"91", "0", NULL, "8 to 15"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct phone_rules rules = {
		    text_of(cases[i].code), text_of(cases[i].trunk)};
		bool ok =
		    convert_phone(text_of(cases[i].cell), &rules, &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, NULL);
	}
	buf_release(&out);
}

TEST(two_numbers_in_a_cell_are_none)
{
	CASES(cases, const char *cell; bool is_two) = {
	    {"555-1234 / 555-9999", true},
	    {"5551234 5559999", true},
	    {"5551234  \xC2\xA0 5559999", true},
	    {"5551234/5559999", true},
	    {"555 1234 / 555 9999", true},
	    {"(555) 123-4567 (555) 999-0000", true},
	    {"555.1234.555.9999", true},
	    {"555-1234, 555-9999", true},
	    {"555-1234; 555-9999", true},
	    {"555-1234\n555-9999", true},
	    {"555-1234 or 555-9999", true},
	    {"555-1234 & 555-9999", true},
	    {"+1 555 1234 +1 555 9999", true},
	    {"0171 1234567 und 030 7654321", true},
	    {"\xD1\x82\xD0\xB5\xD0\xBB 4951234567 \xD0\xB8 4957654321", false},
	    {"030/1234567", false},
	    {"+49 30/1234567", false},
	    {"+49 33701/123456", false},
	    {"030 1234567", false},
	    {"+91 99012 58433", false},
	    {"0044 (0)20 7946 0958", false},
	    {"01 23 45 67 89", false},
	    {"12 34 56 78", false},
	    {"+49 (0) 1511 1234567", false},
	    {"123 456 789 012 345", false},
	    {"5551234 ext. 99", false},
	};
	struct phone_rules rules = {.calling_code = {NULL, 0}};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;

	EACH (i, cases) {
		bool ok =
		    convert_phone(text_of(cases[i].cell), &rules, &out, &r);

		if (cases[i].is_two && ok)
			fail_msg(
			    "'%s' became %s", cases[i].cell, buf_str(&out));
		if (!ok &&
		    cases[i].is_two != (strcmp(r.cause, "two_numbers") == 0))
			fail_msg("'%s': %s", cases[i].cell, r.message);
		buf_clear(&out);
	}
	buf_release(&out);
}

TEST(reasons_are_cut_between_characters)
{
	struct convert_reason r;
	char euros[401];
	size_t i;

	for (i = 0; i + 3 < sizeof(euros); i += 3)
		memcpy(euros + i, "\xE2\x82\xAC", 3);
	euros[i] = '\0';
	assert_false(convert_fail(&r, "", "x%s", euros));
	assert_int_equal(strlen(r.message), 253);
	assert_int_equal(utf8_check(r.message, 253), 253);
}

TEST(a_character_has_one_cause_wherever_it_stands)
{
	CASES(cases, const char *text; size_t at; const char *cause) = {
	    {"5", 1, "end"},
	    {"5x", 1, "letter"},
	    {"\xD0\xB6", 0, "letter"},
	    {"$5", 0, "currency"},
	    {"5\xE2\x82\xB9", 1, "currency"},
	    {"5%", 1, "percent"},
	    {"(5)", 0, "parentheses"},
	    {"(5)", 2, "parentheses"},
	    {"5-", 1, "minus"},
	    {"\xE2\x88\x92"
	     "5",
		0, "minus"},
	    {"\xE2\x80\x93"
	     "5",
		0, "minus"},
	    {"\xD9\xA3", 0, "other_digits"},
	    {"5,", 1, "comma"},
	    {"5.", 1, "full_stop"},
	    {"5/6", 1, "slash"},
	    {"5 6", 1, "blank"},
	    {"5\xC2\xA0"
	     "6",
		1, "blank"},
	    {"5\xE2\x80\xAF"
	     "6",
		1, "blank"},
	    {"5\n", 1, "blank"},
	    {"5\xE2\x80\x8B", 1, "unseen"},
	    {"5\x01", 1, "unseen"},
	    {"5;", 1, "sign"},
	};

	EACH (i, cases) {
		const char *cause =
		    convert_char_cause(text_of(cases[i].text), cases[i].at);

		if (strcmp(cause, cases[i].cause) != 0)
			fail_msg("'%s' at %zu: %s, not %s", cases[i].text,
			    cases[i].at, cause, cases[i].cause);
	}
}
