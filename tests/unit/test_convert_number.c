/* SPDX-License-Identifier: MIT */
/* Integers, decimals, and their order. */
#include "convert_cases.h"
#include "value/convert.h"

TEST(reads_whole_numbers)
{
	CASES(cases, const char *cell, *json, *message, *hint) = {
	    {"0", "0", NULL, NULL},
	    {"42", "42", NULL, NULL},
	    {"-42", "-42", NULL, NULL},
	    {"+5", "5", NULL, NULL},
	    {"007", "7", NULL, NULL},
	    {"-007", "-7", NULL, NULL},
	    {"-0", "0", NULL, NULL},
	    {"+000", "0", NULL, NULL},
	    {"123456789012345678901234567890", "123456789012345678901234567890",
		NULL, NULL},
	    {"", NULL, "needs a digit", NULL},
	    {"-", NULL, "needs a digit", NULL},
	    {"+", NULL, "needs a digit", NULL},
	    {"12a", NULL, "the letter 'a'", NULL},
	    {"1 000", NULL, "a blank", NULL},
	    {"1\xC2\xA0"
	     "000",
		NULL, "no-break space", NULL},
	    {"12.0", NULL, "a full stop", "takes it off"},
	    {"12.5", NULL, "a full stop", ""},
	    {"1,000", NULL, "a comma", ""},
	    {"1E5", NULL, "exponent", "export again"},
	    {"--1", NULL, "a hyphen", NULL},
	    {"0x10", NULL, "the letter 'x'", NULL},
	    {"\xE2\x88\x92"
	     "5",
		NULL, "U+2212", NULL},
	    {"\xD9\xA3", NULL, "the character '\xD9\xA3'", NULL},
	    {"1\xE2\x80\x8B", NULL, "zero-width", NULL},
	    {"5\n", NULL, "a line end", NULL},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = convert_integer(text_of(cases[i].cell), &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, cases[i].hint);
	}
	buf_release(&out);
}

TEST(reads_decimals_with_all_their_digits)
{
	CASES(cases, const char *cell; struct decimal_signs signs;
	      const char *json, *message, *hint) = {
	    {"10.50", {'.', 0}, "10.50", NULL, NULL},
	    {".5", {'.', 0}, "0.5", NULL, NULL},
	    {"-.5", {'.', 0}, "-0.5", NULL, NULL},
	    {"+007.50", {'.', 0}, "7.50", NULL, NULL},
	    {"-0", {'.', 0}, "0", NULL, NULL},
	    {"-0.00", {'.', 0}, "0.00", NULL, NULL},
	    {"0.1000000000000000055511151231257827", {'.', 0},
		"0.1000000000000000055511151231257827", NULL, NULL},
	    {"1234567", {'.', ','}, "1234567", NULL, NULL},
	    {"1,234,567.89", {'.', ','}, "1234567.89", NULL, NULL},
	    {"12,34,567.8", {'.', ','}, "1234567.8", NULL, NULL},
	    {"1,23,45,678", {'.', ','}, "12345678", NULL, NULL},
	    {"123,456", {'.', ','}, "123456", NULL, NULL},
	    {"1.234.567,89", {',', '.'}, "1234567.89", NULL, NULL},
	    {"12,50", {',', '.'}, "12.50", NULL, NULL},
	    {"1 234,5", {',', ' '}, "1234.5", NULL, NULL},
	    {"1\xC2\xA0"
	     "234,5",
		{',', ' '}, "1234.5", NULL, NULL},
	    {"1\xE2\x80\xAF"
	     "234,5",
		{',', ' '}, "1234.5", NULL, NULL},
	    {"1'234.5", {'.', '\''}, "1234.5", NULL, NULL},
	    {"1\xE2\x80\x99"
	     "234.5",
		{'.', '\''}, "1234.5", NULL, NULL},
	    {"000,123", {'.', ','}, "123", NULL, NULL},

	    {"5.", {'.', 0}, NULL, "must follow", NULL},
	    {".", {'.', 0}, NULL, "must follow", NULL},
	    {"", {'.', 0}, NULL, "needs a digit", NULL},
	    {"-", {'.', 0}, NULL, "needs a digit", NULL},
	    {"1e5", {'.', 0}, NULL, "exponent", "export again"},
	    {"1.5E+10", {'.', 0}, NULL, "exponent", NULL},
	    {"12,50", {'.', 0}, NULL, "a comma", ""},
	    {"1,234", {'.', 0}, NULL, "a comma", ""},
	    {"1,234.50", {'.', 0}, NULL, "a comma", ""},
	    {"1.234,50", {'.', 0}, NULL, "a comma", NULL},
	    {"12.50", {',', 0}, NULL, "a full stop", ""},
	    {"1,23", {'.', ','}, NULL, "groups", NULL},
	    {"1,2345", {'.', ','}, NULL, "groups", NULL},
	    {"1234,567", {'.', ','}, NULL, "groups", NULL},
	    {"123,45,678", {'.', ','}, NULL, "groups", NULL},
	    {"1,23,456,789", {'.', ','}, NULL, "groups", NULL},
	    {"12,345,67,890", {'.', ','}, NULL, "groups", NULL},
	    {"1,,234", {'.', ','}, NULL, "groups", NULL},
	    {",234", {'.', ','}, NULL, "a comma", NULL},
	    {"1.5.2", {'.', 0}, NULL, "a full stop", NULL},
	    {"1.234,5", {'.', ','}, NULL, "a comma", ""},
	    {"$5", {'.', 0}, NULL, "'$'", ""},
	    {"5%", {'.', 0}, NULL, "percent", ""},
	    {"\xE2\x82\xB9 5", {'.', 0}, NULL, "\xE2\x82\xB9", ""},
	    {"NaN", {'.', 0}, NULL, "the letter 'N'", NULL},
	    {"Infinity", {'.', 0}, NULL, "the letter 'I'", NULL},
	    {"1 2", {'.', 0}, NULL, "a blank", NULL},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = convert_decimal(
		    text_of(cases[i].cell), cases[i].signs, &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json,
		    cases[i].message, cases[i].hint);
	}
	buf_release(&out);
}

TEST(compares_by_value_without_rounding)
{
	/* in rising order; those of one line are equal */
	static const char *const order[][4] = {
	    {"-1e30", "-1000000000000000000000000000000", NULL, NULL},
	    {"-9007199254740993", NULL, NULL, NULL},
	    {"-9007199254740992", "-9007199254740992.000", NULL, NULL},
	    {"-10.5", "-10.50", "-1.05e1", "-105E-1"},
	    {"-1", NULL, NULL, NULL},
	    {"-0.001", "-1e-3", NULL, NULL},
	    {"0", "0.00", "-0", "0e5"},
	    {"0.0999999999999999999999", NULL, NULL, NULL},
	    {"0.1", "0.10", "1e-1", NULL},
	    {"0.10000000000000000001", NULL, NULL, NULL},
	    {"9.99", NULL, NULL, NULL},
	    {"10", "1e1", "10.0", NULL},
	    {"100", "1E+2", NULL, NULL},
	    {"9007199254740992", NULL, NULL, NULL},
	    {"9007199254740993", NULL, NULL, NULL},
	};
	const size_t count = sizeof(order) / sizeof(order[0]);
	size_t i, j, m, n;

	for (i = 0; i < count; i++)
		for (j = 0; j < count; j++)
			for (m = 0; m < 4 && order[i][m] != NULL; m++)
				for (n = 0; n < 4 && order[j][n] != NULL; n++)
					assert_int_equal(
					    number_compare(text_of(order[i][m]),
						text_of(order[j][n])),
					    i < j ? -1 : i > j);
}

TEST(knows_what_a_double_can_hold)
{
	CASES(cases, const char *json; bool safe) = {
	    {"0", true},
	    {"9007199254740992", true},
	    {"-9007199254740992", true},
	    {"9007199254740993", false},
	    {"-9007199254740993", false},
	    {"10000000000000000", false},
	    {"999999999999999", true},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    integer_is_safe(text_of(cases[i].json)), cases[i].safe);
}

TEST(says_nothing_when_the_buffer_is_full)
{
	struct decimal_signs signs = {'.', 0};
	struct buf out = BUF_INIT(4);
	struct convert_reason r;

	assert_false(convert_integer(TEXT_LITERAL("12345"), &out, &r));
	assert_string_equal(r.message, "");
	assert_true(out.overflow);
	assert_int_equal(out.len, 0);
	assert_false(convert_decimal(TEXT_LITERAL("1.2345"), signs, &out, &r));
	assert_string_equal(r.message, "");
	assert_int_equal(out.len, 0);
	buf_release(&out);
}
