/* SPDX-License-Identifier: MIT */
/* The guard of to-fix.csv against formulas, and taking it off. */
#include "results/row_files.h"
#include "test.h"

TEST(guards_what_a_spreadsheet_would_run)
{
	CASES(cases, const char *cell, *written) = {
	    {"", ""},
	    {"plain", "plain"},
	    {"=1+1", "'=1+1"},
	    {"@SUM(A1)", "'@SUM(A1)"},
	    {"+919901258433", "+919901258433"},
	    {"+49 (0)30/123-45", "+49 (0)30/123-45"},
	    {"-(1)", "-(1)"},
	    {"+(", "+("},
	    {"+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"},
	    {"-1e5", "'-1e5"},
	    {"+A1", "'+A1"},
	    {"-5", "-5"},
	    {"-1,234.50", "-1,234.50"},
	    {"-.5", "'-.5"},
	    {"-", "'-"},
	    {"-,", "'-,"},
	    {"-2+3", "'-2+3"},
	    {"-5 ", "-5 "},
	    {"--5", "'--5"},
	    {"\t=1", "'\t=1"},
	    {"\r=1", "'\r=1"},
	    {"\n=1", "'\n=1"},
	    {"\xef\xbc\x9d"
	     "1+1",
		"'\xef\xbc\x9d"
		"1+1"},
	    {"\xef\xbc\x8b"
	     "1",
		"'\xef\xbc\x8b"
		"1"},
	    {"\xef\xbc\x8d"
	     "1",
		"'\xef\xbc\x8d"
		"1"},
	    {"\xef\xbc\xa0"
	     "A",
		"'\xef\xbc\xa0"
		"A"},
	    {"'\xef\xbc\x9d"
	     "1",
		"''\xef\xbc\x9d"
		"1"},
	    {"'\n", "''\n"},
	    {"\xef\xbc\x90"
	     "1",
		"\xef\xbc\x90"
		"1"},
	    {"'", "'"},
	    {"'til", "'til"},
	    {"'=1", "''=1"},
	    {"'-5", "''-5"},
	    {"''x", "'''x"},
	    {" =1", " =1"},
	};

	EACH (i, cases) {
		struct buf b = BUF_INIT(0);

		to_fix_guard(&b, text_of(cases[i].cell));
		assert_string_equal(buf_str(&b), cases[i].written);
		assert_true(
		    text_is(to_fix_unguard((struct text){buf_str(&b), b.len}),
			cases[i].cell));
		buf_release(&b);
	}
}

TEST(taking_the_guard_off_gives_every_cell_back)
{
	static const char letters[] = "=+-@\t\r\n'5,(\xef\xbc\x9d";
	size_t n = sizeof(letters) - 1;
	struct buf b = BUF_INIT(0);

	for (size_t code = 0; code < n * n * n * n; code++) {
		char cell[4];

		for (size_t i = 0, c = code; i < 4; i++, c /= n)
			cell[i] = letters[c % n];
		for (size_t len = 0; len <= 4; len++) {
			struct text t = {cell, len};

			buf_clear(&b);
			to_fix_guard(&b, t);
			assert_true(text_equal(t,
			    to_fix_unguard((struct text){buf_str(&b), b.len})));
		}
	}
	buf_release(&b);
}
