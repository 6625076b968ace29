/* SPDX-License-Identifier: MIT */
/* What stands around the digits of a number: units, percent signs, the ways to
 * write a minus. */
#include "convert_cases.h"
#include "value/convert.h"

#define MINUS "\xE2\x88\x92"
#define NBSP "\xC2\xA0"
#define EURO "\xE2\x82\xAC"
#define ANY (NUMBER_MINUS | NUMBER_PARENTHESES | NUMBER_TRAILING)

struct number_case {
	const char *cell, *json, *message, *cause;
};

static void
expect_all(const struct number_rules *rules, const struct number_case *cases,
    size_t count)
{
	struct buf out = BUF_INIT(0);
	struct convert_reason r;

	for (size_t i = 0; i < count; i++) {
		const struct number_case *c = &cases[i];
		bool ok = convert_number(text_of(c->cell), rules, &out, &r);

		expect(c->cell, ok, &out, &r, c->json, c->message, NULL);
		if (!ok && c->cause && strcmp(r.cause, c->cause) != 0)
			fail_msg("'%s': the cause is %s, not %s", c->cell,
			    r.cause, c->cause);
	}
	buf_release(&out);
}
#define EXPECT_ALL(rules, cases)                                               \
	expect_all(rules, cases, sizeof(cases) / sizeof((cases)[0]))

TEST(each_way_to_write_a_minus_refuses_the_others)
{
	CASES(cases, unsigned negative; const char *cell, *json) = {
	    {NUMBER_MINUS, "-5", "-5"},
	    {NUMBER_MINUS, MINUS "5", "-5"},
	    {NUMBER_MINUS, "(5)", NULL},
	    {NUMBER_MINUS, "5-", NULL},
	    {NUMBER_PARENTHESES, "-5", NULL},
	    {NUMBER_PARENTHESES, MINUS "5", NULL},
	    {NUMBER_PARENTHESES, "(5)", "-5"},
	    {NUMBER_PARENTHESES, "( 5 )", "-5"},
	    {NUMBER_PARENTHESES, "5-", NULL},
	    {NUMBER_TRAILING, "-5", NULL},
	    {NUMBER_TRAILING, "(5)", NULL},
	    {NUMBER_TRAILING, "5-", "-5"},
	    {NUMBER_TRAILING, "5" MINUS, "-5"},
	    {ANY, "-5", "-5"},
	    {ANY, "(5)", "-5"},
	    {ANY, "5-", "-5"},
	    {ANY, "+5", "5"},
	    {NUMBER_PARENTHESES, "5", "5"},
	    {NUMBER_PARENTHESES, "+5", "5"},
	    {NUMBER_TRAILING, "0-", "0"},
	    {NUMBER_PARENTHESES, "(0.00)", "0.00"},
	    {NUMBER_MINUS, MINUS "0", "0"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;

	EACH (i, cases) {
		struct number_rules rules = {
		    .signs = {'.', 0}, .negative = cases[i].negative};
		bool ok =
		    convert_number(text_of(cases[i].cell), &rules, &out, &r);

		expect(cases[i].cell, ok, &out, &r, cases[i].json, "", NULL);
	}
	buf_release(&out);
}

TEST(a_number_has_one_sign_and_a_pair_of_parentheses)
{
	static const struct number_case cases[] = {
	    {"-(5)", NULL, "more than one sign", "two_signs"},
	    {"(-5)", NULL, "more than one sign", "two_signs"},
	    {"(5-)", NULL, "more than one sign", "two_signs"},
	    {"(5)-", NULL, "more than one sign", "two_signs"},
	    {"-5-", NULL, "more than one sign", "two_signs"},
	    {"+5-", NULL, "more than one sign", "two_signs"},
	    {"+(5)", NULL, "more than one sign", "two_signs"},
	    {"--5", NULL, "more than one sign", "two_signs"},
	    {MINUS "-5", NULL, "more than one sign", "two_signs"},
	    {"(5", NULL, "not a pair", "unclosed"},
	    {"5)", NULL, "not a pair", "unclosed"},
	    {"((5))", NULL, "not a pair", "unclosed"},
	    {"()", NULL, "needs a digit", "no_digit"},
	    {"-", NULL, "needs a digit", "no_digit"},
	    {"- 5", NULL, "beside a unit", "blank"},
	    {"5 -", NULL, "beside a unit", "blank"},
	    {"5 (5)", NULL, "not a pair", "unclosed"},
	    {"", NULL, "needs a digit", "no_digit"},
	};
	struct number_rules rules = {.signs = {'.', 0}, .negative = ANY};

	EXPECT_ALL(&rules, cases);
}

TEST(one_unit_stands_on_either_side_and_every_other_letter_rejects)
{
	static const struct text units[] = {
	    {"$", 1}, {EURO, 3}, {"Rs.", 3}, {"Rs", 2}, {"INR", 3}, {"US$", 3}};
	static const struct number_case cases[] = {
	    {"$5", "5", NULL, NULL},
	    {"5$", "5", NULL, NULL},
	    {"$ 5", "5", NULL, NULL},
	    {"5" NBSP EURO, "5", NULL, NULL},
	    {EURO "1,234.50", "1234.50", NULL, NULL},
	    {"-$5", "-5", NULL, NULL},
	    {"$-5", "-5", NULL, NULL},
	    {"- $5", "-5", NULL, NULL},
	    {"($5)", "-5", NULL, NULL},
	    {"$(5)", "-5", NULL, NULL},
	    {"(5) " EURO, "-5", NULL, NULL},
	    {"( $ 1,987.65 )", "-1987.65", NULL, NULL},
	    {"5-" EURO, "-5", NULL, NULL},
	    {"5 " EURO "-", "-5", NULL, NULL},
	    {"US$5", "5", NULL, NULL},
	    {"Rs.500", "500", NULL, NULL},
	    {"Rs. 500", "500", NULL, NULL},
	    {"Rs 500", "500", NULL, NULL},
	    {"Rs500", "500", NULL, NULL},
	    {"Rs..5", "0.5", NULL, NULL},
	    {"$.50", "0.50", NULL, NULL},
	    {"INR 12345678901234567890.10", "12345678901234567890.10", NULL,
		NULL},
	    {"$5$", NULL, "two units", "two_units"},
	    {"$5 INR", NULL, "two units", "two_units"},
	    {"$$5", NULL, "'$'", "currency"},
	    {"\xC2\xA3"
	     "5",
		NULL, "'\xC2\xA3'", "currency"},
	    {"5 kg", NULL, "a blank", "letter"},
	    {"rs 5", NULL, "'r'", "letter"},
	    {"INR,500", NULL, "may belong to either", "unit_sign"},
	    {"INR.500", NULL, "may belong to either", "unit_sign"},
	    {"$", NULL, "needs a digit", "no_digit"},
	    {"$ -", NULL, "needs a digit", "no_digit"},
	    {"$1e5", NULL, "exponent", "exponent"},
	    {"$5.", NULL, "must follow", "no_fraction"},
	    {"$1,23", NULL, "groups", "groups"},
	    {" 5", NULL, "beside a unit", "blank"},
	};
	struct number_rules rules = {.signs = {'.', ','},
	    .negative = ANY,
	    .units = units,
	    .unit_count = sizeof(units) / sizeof(units[0])};

	EXPECT_ALL(&rules, cases);
}

TEST(units_go_with_any_signs_of_decimals_and_thousands)
{
	static const struct text units[] = {{EURO, 3}, {"kr", 2}};
	static const struct number_case cases[] = {
	    {"1.234.567,89 " EURO, "1234567.89", NULL, NULL},
	    {EURO " (1.234,50)", "-1234.50", NULL, NULL},
	    {"12,5-" EURO, "-12.5", NULL, NULL},
	    {"kr 1.000", "1000", NULL, NULL},
	    {"kr.1.000", NULL, "may belong to either", "unit_sign"},
	    {"kr,50", NULL, "may belong to either", "unit_sign"},
	    {"1.234.56 " EURO, NULL, "groups", "groups"},
	};
	static const struct number_case blanks[] = {
	    {"1 234,5 " EURO, "1234.5", NULL, NULL},
	    {"1" NBSP "234" NBSP "567" NBSP EURO, "1234567", NULL, NULL},
	    {"-1 234 kr", "-1234", NULL, NULL},
	    {"1 23 kr", NULL, "groups", "groups"},
	};
	struct number_rules rules = {.signs = {',', '.'},
	    .negative = ANY,
	    .units = units,
	    .unit_count = 2};

	EXPECT_ALL(&rules, cases);
	rules.signs.thousands = ' ';
	EXPECT_ALL(&rules, blanks);
}

TEST(percentages_keep_all_their_digits)
{
	static const struct text units[] = {{"%", 1}, {"$", 1}};
	static const struct number_case numbers[] = {
	    {"12.5%", "12.5", NULL, NULL},
	    {"(12.5 %)", "-12.5", NULL, NULL},
	    {"12.5", "12.5", NULL, NULL},
	    {"% 12.5", "12.5", NULL, NULL},
	    {"5%%", NULL, "percent sign", "percent"},
	    {"$5%", NULL, "two units", "two_units"},
	};
	static const struct number_case fractions[] = {
	    {"12.5%", "0.125", NULL, NULL},
	    {"5%", "0.05", NULL, NULL},
	    {"0.5%", "0.005", NULL, NULL},
	    {".5%", "0.005", NULL, NULL},
	    {"100%", "1.00", NULL, NULL},
	    {"1250%", "12.50", NULL, NULL},
	    {"12345.678901234567890%", "123.45678901234567890", NULL, NULL},
	    {"-7.25 %", "-0.0725", NULL, NULL},
	    {"(3%)", "-0.03", NULL, NULL},
	    {"0%", "0.00", NULL, NULL},
	    {"-0%", "0.00", NULL, NULL},
	    {"12.5", "12.5", NULL, NULL}, /* it is not a percentage */
	    {"$12.5", "12.5", NULL, NULL},
	};
	struct number_rules rules = {.signs = {'.', 0},
	    .negative = ANY,
	    .units = units,
	    .unit_count = 2};

	EXPECT_ALL(&rules, numbers);
	rules.percent = PERCENT_DIVIDES;
	EXPECT_ALL(&rules, fractions);
}

TEST(whole_numbers_stay_whole)
{
	static const struct text units[] = {{"%", 1}, {"pcs", 3}};
	static const struct number_case cases[] = {
	    {"12 pcs", "12", NULL, NULL},
	    {"(007 pcs)", "-7", NULL, NULL},
	    {"12%", "12", NULL, NULL},
	    {"123456789012345678901234567890 pcs",
		"123456789012345678901234567890", NULL, NULL},
	    {"12.5 pcs", NULL, "a full stop", "full_stop"},
	    {"12.0 pcs", NULL, "a full stop", "whole_float"},
	    {"1,000 pcs", NULL, "a comma", "comma"},
	    {"pcs", NULL, "needs a digit", "no_digit"},
	};
	struct number_rules rules = {
	    .is_whole = true, .negative = ANY, .units = units, .unit_count = 2};

	EXPECT_ALL(&rules, cases);
}

/* What is wrong with the whole text, not with its first odd character. */
TEST(a_refusal_has_the_cause_of_the_whole_text)
{
	CASES(cases, const char *cell, *cause) = {
	    {"(12.00)", "parentheses"},
	    {"($987.65)", "parentheses"},
	    {"12.00-", "trailing_minus"},
	    {"12" MINUS, "trailing_minus"},
	    {"12.5%", "percent"},
	    {"$5", "currency"},
	    {"5 " EURO, "currency"},
	    {"INR 5", "letter"},
	    {"Rs. 5", "letter"},
	    {"Rs.5", "letter"}, /* is the point one of the number? */
	    {"$.5", "currency"},
	    {"5 x 3", "letter"},
	    {"5 3", "blank"},
	    {"a\"5", "letter"},
	    {"\xD9\xA3", "other_digits"},
	    {"1e5", "exponent"},
	    {"N/A", "letter"},
	};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;

	EACH (i, cases) {
		struct decimal_signs signs = {'.', 0};

		if (convert_decimal(text_of(cases[i].cell), signs, &out, &r))
			fail_msg("'%s' became a number", cases[i].cell);
		if (strcmp(r.cause, cases[i].cause) != 0)
			fail_msg(
			    "'%s': the cause is %s", cases[i].cell, r.cause);
		assert_null(strstr(r.hint, "units"));
		assert_null(strstr(r.hint, "replace"));
	}
	buf_release(&out);
}

/* A buffer too small for the number keeps what it held. */
TEST(a_number_that_does_not_fit_leaves_nothing)
{
	static const struct text units[] = {{"%", 1}};
	struct number_rules rules = {.signs = {'.', 0},
	    .negative = ANY,
	    .units = units,
	    .unit_count = 1,
	    .percent = PERCENT_DIVIDES};
	struct convert_reason r;
	size_t fitted = 0;

	for (size_t max = 3; max < 16; max++) {
		struct buf out = BUF_INIT(max);

		assert_true(buf_adds(&out, "ab"));
		if (convert_number(TEXT_LITERAL("(7.5%)"), &rules, &out, &r)) {
			assert_string_equal(buf_str(&out), "ab-0.075");
			fitted++;
		} else {
			assert_string_equal(r.message, "");
			assert_string_equal(buf_str(&out), "ab");
			assert_int_equal(out.len, 2);
		}
		buf_release(&out);
	}
	assert_true(fitted > 0 && fitted < 13);
}
