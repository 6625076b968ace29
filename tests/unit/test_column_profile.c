/* SPDX-License-Identifier: MIT */
#include "look/column_profile.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define CELLS_MAX 8

static void
judge(const char *const cells[CELLS_MAX], struct buf *words,
    struct column_guess *guess)
{
	struct column_profile p = {.cells = 0};
	struct buf scratch = BUF_INIT(0);

	for (size_t i = 0; i < CELLS_MAX && cells[i]; i++)
		column_profile_add(&p, i + 2, text_of(cells[i]), &scratch);
	column_profile_judge(&p, guess);
	buf_clear(words);
	column_guess_words(words, &p, guess, 0);
	buf_release(&scratch);
	column_profile_release(&p);
}

TEST(says_what_a_column_looks_like)
{
	CASES(cases, const char *cells[CELLS_MAX]; const char *words) = {
	    {{NULL}, "empty"},
	    {{"", "  "}, "empty"},
	    {{"Ann", "Bob"}, "text"},
	    {{"1", "", "-25"}, "integer"},
	    {{"0", "1"}, "integer"},
	    {{"007", "12"}, "digits with leading zeros"},
	    {{"1234567890123456"}, "digits, more than 15"},
	    {{"1.5", "20"}, "decimal 1234.56"},
	    {{"1,5", "20"}, "decimal 1234,56"},
	    {{"1,234.50", "7"}, "decimal 1,234.56"},
	    {{"1.234,50", "7"}, "decimal 1.234,56"},
	    {{"1'234.50", "7"}, "decimal 1'234.56"},
	    {{"1\xc2\xa0"
	      "234,50",
		 "7"},
		"decimal 1 234,56"},
	    {{"1,234", "7"},
		"decimal, ambiguous: . or , may be the decimal sign"},
	    {{"1.5", "1,5"}, "text"},
	    {{"yes", "No"}, "boolean"},
	    {{"yes", "maybe"}, "text"},
	    {{"a@b.example"}, "e-mail"},
	    {{"+91 98450 12345", "+49 89 123456"}, "phone"},
	    {{"+919845012345"}, "phone"},
	    {{"https://example.org", "http://x.example/a"}, "url"},
	    {{"10:30", "23:59:59"}, "time"},
	    {{"2026-04-15", "2026-04-16"}, "date ISO 8601"},
	    {{"3. M\xc3\xa4rz 2026", "14. Okt 2026"},
		"date %d. %b %Y, names of months in German"},
	    {{"3 juil 2026", "14 ao\xc3\xbbt 2026", "1 MARS 2026"},
		"date %d %b %Y, names of months in French"},
	    {{"3 de enero de 2026"},
		"date %d de %b de %Y, names of months in Spanish"},
	    {{"14-f\xc3\xa9vr.-2026"},
		"date %d-%b.-%Y, names of months in French"},
	    {{"3 Nov 2026", "4 July 2026"}, "date %d %b %Y"},
	    {{"3 Nov 2026", "14 Dez 2026"},
		"date %d %b %Y, names of months in German"},
	    {{"3 Okt 2026", "14 Dec 2026"},
		"date %d %b %Y, names of months in Dutch"},
	    {{"3 Okt 2026", "14 enero 2026"}, "text"},
	    {{"3 \xd1\x8f\xd0\xbd\xd0\xb2\xd0\xb0\xd1\x80\xd1\x8f 2026"},
		"date %d %b %Y, names of months in Russian"},
	    {{"3 foo 2026"}, "text"},
	    {{"2026-04-15T11:22:43Z"}, "date and time ISO 8601"},
	    {{"2026-04-15", "2026-04-15T11:22:43Z"}, "date and time ISO 8601"},
	    {{"2026-04-15 11:22"}, "date and time %Y-%m-%d %H:%M"},
	    {{"2026-04-15 11:22", "15-Apr-2026"},
		"date and time %Y-%m-%d %H:%M and %d-%b-%Y"},
	    {{"2026-04-15T11:22", "15-Apr-2026"},
		"date, in formats that contradict each other"},
	    {{"25/12/2025", "03/04/2025"}, "date %d/%m/%Y"},
	    {{"12/25/2025", "03/04/2025"}, "date %m/%d/%Y"},
	    {{"03/04/2025"}, "date, ambiguous: %d/%m/%Y or %m/%d/%Y"},
	    {{"01/01/2025"}, "date, ambiguous: %d/%m/%Y or %m/%d/%Y"},
	    {{"25/12/2025", "12/25/2025"},
		"date, in formats that contradict each other"},
	    {{"25/12/2025 10:30", "26/12/2025"},
		"date and time %d/%m/%Y %H:%M and %d/%m/%Y"},
	    {{"19-Jun-2025", "1-Jul-2025"}, "date %d-%b-%Y"},
	    {{"Jun 19, 2025"}, "date %b %d, %Y"},
	    {{"19.06.25"}, "date, ambiguous: %d.%m.%y or %y.%m.%d"},
	    {{"19.06.25", "20.06.75"}, "date %d.%m.%y"},
	    {{"1/2/25 4:05 PM", "1/13/25 4:05 AM"},
		"date and time %m/%d/%y %I:%M %p"},
	    {{"2025/04/15"}, "date %Y/%m/%d"},
	    {{"31/02/2025"}, "text"},
	    {{"$1,234.50", "7"}, "decimal 1,234.56, with \"$\""},
	    {{"1.234,50 \xe2\x82\xac", "(7,00 \xe2\x82\xac)"},
		"decimal 1.234,56, with \"\xe2\x82\xac\"; (5) is -5"},
	    {{"12.50-", "7.00"}, "decimal 1234.56; 5- is -5"},
	    {{"12.50-", "(7.00)", "1.00"}, "decimal 1234.56; (5) or 5- is -5"},
	    {{"\xe2\x88\x92"
	      "5.5",
		 "7"},
		"decimal 1234.56"},
	    {{"INR 500", "INR 1000"}, "decimal 1234.56, with \"INR\""},
	    {{"$1,234", "$5"},
		"decimal, ambiguous: . or , may be the decimal sign, with "
		"\"$\""},
	    {{"$5", "\xe2\x82\xac"
		    "7"},
		"amounts in several units, \"$\", \"\xe2\x82\xac\": a number "
		"would not say which"},
	    {{"12.5%", "7%"},
		"percentages; type: decimal, units: [\"%\"] sends 12.5% as "
		"12.5 with percent: number, as 0.125 with percent: fraction"},
	    {{"(5.00)", "(7.00)"},
		"numbers all in parentheses or with a minus after them; "
		"type: decimal, negative: parentheses makes them negative"},
	    {{"1-", "2", "3-"},
		"digits, some with a minus after them; negative: trailing "
		"makes those negative"},
	    {{"A1", "A2"}, "text"},
	    {{"5 kg", "7 kg"}, "text"},
	    {{"=\"007\"", "=\"010\""}, "digits with leading zeros"},
	    {{"=\"x\"", "y"}, "text"},
	    {{"+49 30 1234567", "555-1234 / 555-9999"},
		"phone numbers; 1 cell holds two of them"},
	    {{"555-1234 or 555-9999", "5551234 5559999", "030 1234567"},
		"phone numbers; 2 cells hold two of them"},
	    {{"20260415"}, "integer"},
	};
	struct buf words = BUF_INIT(0);

	EACH (i, cases) {
		struct column_guess guess;

		judge(cases[i].cells, &words, &guess);
		if (strcmp(buf_str(&words), cases[i].words) != 0)
			fail_msg("case %zu ('%s'): '%s', wanted '%s'", i,
			    cases[i].cells[0] ? cases[i].cells[0] : "",
			    buf_str(&words), cases[i].words);
	}
	buf_release(&words);
}

TEST(years_of_two_digits_lie_together_and_births_in_the_past)
{
	static const struct {
		int years[6]; /* -1 ends */
		bool is_past;
		int century, first, last;
	} cases[] = {
	    {{57, 61, 99, -1}, true, 1927, 1957, 1999},
	    {{57, 61, 3, -1}, true, 1927, 1957, 2003},
	    {{27, 40, 50, -1}, true, 1927, 1927, 1950},
	    {{24, 25, 26, -1}, true, 1927, 2024, 2026},
	    {{30, -1}, true, 1927, 1930, 1930},
	    {{24, 25, 26, 27, -1}, false, 1950, 2024, 2027},
	    {{98, 99, 0, 1, -1}, false, 1950, 1998, 2001},
	    {{30, 35, 46, -1}, false, 1950, 2030, 2046},
	    {{40, 47, -1}, false, 1940, 1940, 1947},
	    {{57, 99, 20, -1}, false, 1950, 1957, 2020},
	};

	EACH (i, cases) {
		struct short_years s = {{0, 0}};
		int first, last, century;

		for (size_t k = 0; cases[i].years[k] >= 0; k++)
			short_years_add(&s, cases[i].years[k]);
		century = short_years_century(
		    &s, 2026, cases[i].is_past, &first, &last);
		if (century != cases[i].century || first != cases[i].first ||
		    last != cases[i].last)
			fail_msg(
			    "case %zu: %d, %d to %d", i, century, first, last);
		/* What is promised of the years is what the century reads. */
		assert_true(first >= century && last <= century + 99);
	}
}

TEST(names_the_cell_that_keeps_a_column_from_its_type)
{
	struct column_profile p = {.cells = 0};
	struct column_guess guess;
	struct buf scratch = BUF_INIT(0), words = BUF_INIT(0);

	for (uint64_t row = 2; row < 22; row++)
		column_profile_add(
		    &p, row, text_of(row == 9 ? "n/a" : "12"), &scratch);
	column_profile_judge(&p, &guess);
	column_guess_words(&words, &p, &guess, 3);
	assert_string_equal(
	    buf_str(&words), "text; integer but for 1 cell (D9 'n/a')");
	column_profile_release(&p);
	buf_release(&words);
	buf_release(&scratch);
}

TEST(counts_different_values_exactly_while_they_are_few)
{
	struct distinct x = {.count = 0};
	bool is_exact;

	for (unsigned i = 0; i < 5000; i++) {
		char value[16];

		snprintf(value, sizeof(value), "v%u", i % 500);
		distinct_add(&x, text_of(value));
	}
	assert_int_equal(distinct_estimate(&x, &is_exact), 500);
	assert_true(is_exact);
	assert_true(x.has_no_words);
	distinct_release(&x);
}

TEST(estimates_many_different_values_within_a_tenth)
{
	for (unsigned n = 1000; n <= 100000; n *= 10) {
		struct distinct x = {.count = 0};
		bool is_exact;
		uint64_t guess;

		for (unsigned i = 0; i < n * 2; i++) {
			char value[16];

			snprintf(value, sizeof(value), "v%u", i % n);
			distinct_add(&x, text_of(value));
		}
		guess = distinct_estimate(&x, &is_exact);
		assert_false(is_exact);
		assert_in_range(guess, n - n / 10, n + n / 10);
		distinct_release(&x);
	}
}

TEST(keeps_few_values_with_their_counts)
{
	struct distinct x = {.count = 0};

	distinct_add(&x, text_of("Open"));
	distinct_add(&x, text_of("Won"));
	distinct_add(&x, text_of("Open"));
	assert_int_equal(x.word_count, 2);
	assert_int_equal(x.words[0].count, 2);
	assert_memory_equal(x.words[1].text, "Won", 3);
	distinct_release(&x);
}
