/* SPDX-License-Identifier: MIT */
/*
 * The reader against a table of small inputs, each read in all ways that must
 * give the same: reads of every size, with and without libcsv.
 */
#include "transcript.h"

TEST(reads_records_with_their_places)
{
	expect("a,b\n1,2\n3,4\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-8 [1] [2]\n"
	    "n2 r3 l3+1 8-12 [3] [4]\n"
	    "lines 3 blank 0");
}

TEST(ends_records_with_lf_crlf_and_cr_mixed)
{
	expect("a,b\r\n1,2\r3,4\n5,6", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 5-9 [1] [2]\n"
	    "n2 r3 l3+1 9-13 [3] [4]\n"
	    "n3 r4 l4+1 13-16 [5] [6]\n"
	    "lines 4 blank 0");
	expect("a\r1\r\r2\r", defaults(),
	    "h1: [a]\n"
	    "n1 r2 l2+1 2-4 [1]\n"
	    "-n0 r3 l3+1 4-5\n"
	    "n2 r4 l4+1 5-7 [2]\n"
	    "lines 4 blank 1");
}

TEST(keeps_line_ends_and_delimiters_within_quotes)
{
	expect("a,b\n\"x,\r\ny\",\"p\rq\n\nr\"\nlast,1\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+5 4-21 [x,\r\ny] [p\rq\n\nr]\n"
	    "n2 r3 l7+1 21-28 [last] [1]\n"
	    "lines 7 blank 0");
}

TEST(takes_doubled_quotes_as_one)
{
	expect("a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n\"\",x\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-22 [say \"hi\"] [\"]\n"
	    "n2 r3 l3+1 22-27 [] [x]\n"
	    "lines 3 blank 0");
}

TEST(keeps_blanks_in_cells_and_trims_names)
{
	expect(" a ,\xc2\xa0\tb\n 1 ,\t2\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 9-16 [ 1 ] [\t2]\n"
	    "lines 2 blank 0");
}

TEST(takes_a_bom_off_even_before_a_quote)
{
	expect("\xef\xbb\xbf\"a,x\",b\n1,2\n", defaults(),
	    "h1: [a,x] [b]\n"
	    "n1 r2 l2+1 11-15 [1] [2]\n"
	    "lines 2 blank 0");
	expect("a\n\xef\xbb\xbfx\n", defaults(),
	    "h1: [a]\n"
	    "n1 r2 l2+1 2-7 [\xef\xbb\xbfx]\n"
	    "lines 2 blank 0");
}

TEST(counts_blank_lines_and_they_take_a_row)
{
	struct reader_options o = defaults();

	expect("\n\r\na,b\n\n1,2\n\n", o,
	    "h3: [a] [b]\n"
	    "-n0 r4 l4+1 7-8\n"
	    "n1 r5 l5+1 8-12 [1] [2]\n"
	    "-n0 r6 l6+1 12-13\n"
	    "lines 6 blank 2");
	o.blank_line_is_record = true;
	expect("a\n\n1\n", o,
	    "h1: [a]\n"
	    "n1 r2 l2+1 2-3 [] empty\n"
	    "n2 r3 l3+1 3-5 [1]\n"
	    "lines 3 blank 0");
}

TEST(takes_an_empty_quoted_line_for_a_record)
{
	expect("a\n\"\"\n", defaults(),
	    "h1: [a]\n"
	    "n1 r2 l2+1 2-5 [] empty\n"
	    "lines 2 blank 0");
}

TEST(skips_preamble_lines_whatever_they_hold)
{
	struct reader_options o = defaults();

	o.dialect.skip_lines = 3;
	expect("Report \"of\nmay\r\n\xff\"\ra\n1\n", o,
	    "h4: [a]\n"
	    "n1 r5 l5+1 21-23 [1]\n"
	    "lines 5 blank 0");
	expect("one\ntwo", o,
	    "error 6: 'x.csv' has 2 lines, and 3 are to be skipped before "
	    "the header []");
}

TEST(does_not_count_the_sep_line_as_a_row)
{
	struct reader_options o = defaults();

	o.dialect.delimiter = ';';
	o.dialect.has_sep_line = true;
	expect("\xef\xbb\xbfsep=;\r\na;b\r\n1;2\r\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l3+1 15-20 [1] [2]\n"
	    "lines 3 blank 0");
}

TEST(rejects_ragged_rows_with_both_counts)
{
	struct reader_options o = defaults();

	expect("a,b,c\n1,2\n1,2,3,4\n,\n\t,\xc2\xa0,,,\n", o,
	    "h1: [a] [b] [c]\n"
	    "n1 r2 l2+1 6-10 [1] [2] !csv.ragged_row@-1(2 cells, but the "
	    "header has 3|)\n"
	    "n2 r3 l3+1 10-18 [1] [2] [3] [4] !csv.ragged_row@-1(4 cells, "
	    "but the header has 3|)\n"
	    "n3 r4 l4+1 18-20 [] [] [] empty\n"
	    "n4 r5 l5+1 20-28 [\t] [\xc2\xa0] [] [] [] empty\n"
	    "lines 5 blank 0");
	o.ragged = RAGGED_PAD;
	expect("a,b,c\n1,2\n1,2,3,4\n", o,
	    "h1: [a] [b] [c]\n"
	    "n1 r2 l2+1 6-10 [1] [2] [] ~csv.padded_row@-1(2 cells, filled "
	    "up to 3|)\n"
	    "n2 r3 l3+1 10-18 [1] [2] [3] [4] !csv.ragged_row@-1(4 cells, "
	    "but the header has 3|)\n"
	    "lines 3 blank 0");
	o.ragged = RAGGED_REJECT;
	o.keeps_empty = true;
	expect("a,b\n\"\"\n,\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-7 [] empty !csv.ragged_row@-1(1 cell, but the "
	    "header has 2|)\n"
	    "n2 r3 l3+1 7-9 [] [] empty\n"
	    "lines 3 blank 0");
	o.keeps_empty = false;
	o.trim = false;
	expect("a,b\n \n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-6 [ ] !csv.ragged_row@-1(1 cell, but the header "
	    "has 2|)\n"
	    "lines 2 blank 0");
}

TEST(without_a_header_takes_the_width_of_the_first_record)
{
	struct reader_options o = defaults();

	o.dialect.has_header = false;
	expect("\n1,\"2\n\"\n3\n", o,
	    "h0: [] []\n"
	    "-n0 r1 l1+1 0-1\n"
	    "n1 r2 l2+2 1-8 [1] [2\n]\n"
	    "n2 r3 l4+1 8-10 [3] !csv.ragged_row@-1(1 cell, but the width of "
	    "this input is 2|)\n"
	    "lines 4 blank 1");
	o.min_width = 3;
	expect("1,2\n", o,
	    "h0: [] [] []\n"
	    "n1 r1 l1+1 0-4 [1] [2] !csv.ragged_row@-1(2 cells, but the "
	    "width of this input is 3|)\n"
	    "lines 1 blank 0");
	o.ragged = RAGGED_PAD;
	expect("1,2\n", o,
	    "h0: [] [] []\n"
	    "n1 r1 l1+1 0-4 [1] [2] [] ~csv.padded_row@-1(2 cells, filled "
	    "up to 3|)\n"
	    "lines 1 blank 0");
}

TEST(keeps_a_bare_quote_with_a_note)
{
	expect("a,b\n5' 5\",x\n y\"\"z, \"q\"\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-12 [5' 5\"] [x] ~csv.bare_quote@0(a quote inside a "
	    "cell without quotes around it is kept as it is|5' 5\")\n"
	    "n2 r3 l3+1 12-23 [ y\"\"z] [ \"q\"] ~csv.bare_quote@0(a quote "
	    "inside a cell without quotes around it is kept as it is| "
	    "y\"\"z) ~csv.bare_quote@1(a quote inside a cell without quotes "
	    "around it is kept as it is| \"q\")\n"
	    "lines 3 blank 0");
}

TEST(rejects_text_after_a_closing_quote_and_goes_on_behind_it)
{
	expect("a,b\n1,\"x\"y,\"\nz\",2\n3,4\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-13 !csv.stray_quote@1+9(text after a closing "
	    "quote|\"x\"y,\")\n"
	    "n2 r3 l3+1 13-18 [z\"] [2] ~csv.bare_quote@0(a quote inside a "
	    "cell without quotes around it is kept as it is|z\")\n"
	    "n3 r4 l4+1 18-22 [3] [4]\n"
	    "lines 4 blank 0");
}

TEST(rejects_an_unclosed_quote_at_the_end)
{
	expect("a,b\n1,2\n3,\"x\n\"\"y\n4,5\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-8 [1] [2]\n"
	    "n2 r3 l3+3 8-21 !csv.unclosed_quote@1+10(the quote that opens "
	    "on line 3 is never closed: everything after it is in this "
	    "row|\"x)\n"
	    "lines 5 blank 0 unclosed");
	expect("a\n\"x\ny\",\"", defaults(),
	    "h1: [a]\n"
	    "n1 r2 l2+2 2-9 !csv.unclosed_quote@1+8(the quote that opens on "
	    "line 3 is never closed: everything after it is in this "
	    "row|\")\n"
	    "lines 3 blank 0 unclosed");
}

TEST(rejects_nul_bytes_and_bad_utf8_in_their_columns)
{
	struct buf got = BUF_INIT(0);
	static const char nul[] = "a,b\n1,x\0y\n";

	transcribe_all_ways(
	    (struct text){nul, sizeof(nul) - 1}, defaults(), &got);
	assert_memory_equal(buf_str(&got),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-10 !csv.nul_byte@1+7(a NUL byte|x\0y)\n",
	    62);
	buf_release(&got);
	expect("a,b\n1,x\xe9y\n\xff,\"\xe2\x82\xac\"\n", defaults(),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-10 [1] [x\xe9y] !csv.bad_encoding@1+7(byte 0xE9 is "
	    "not valid UTF-8|x\xe9y)\n"
	    "n2 r3 l3+1 10-18 [\xff] [\xe2\x82\xac] !csv.bad_encoding@0+10("
	    "byte 0xFF is not valid UTF-8|\xff)\n"
	    "lines 3 blank 0");
}

TEST(rejects_what_passes_the_limits_and_goes_on)
{
	struct reader_options o = defaults();

	o.max_cell = 4;
	o.max_columns = 3;
	o.max_record = 12;
	expect("a,b\n12345,1\n\"1\"\"\"\"2\",1\n\"\"\"\"\"\"\"\",\"12345\"\n"
	       "1,2,3,4\n123456789012345\nx,\"\n\n\n\n\n\n\n\n\"\nlast,1\n",
	    o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-12 [12345] [1] !csv.cell_too_long@0+4(a cell of 5 "
	    "bytes, the limit is 4|)\n"
	    "n2 r3 l3+1 12-23 [1\"\"2] [1]\n"
	    "n3 r4 l4+1 23-40 !csv.record_too_long@-1+23(a record of 16 "
	    "bytes, the limit is 12|)\n"
	    "n4 r5 l5+1 40-48 !csv.too_many_columns@-1+40(a record of 4 "
	    "cells, the limit is 3|) !csv.ragged_row@-1(4 cells, but the "
	    "header has 2|)\n"
	    "n5 r6 l6+1 48-64 !csv.record_too_long@-1+48(a record of 15 "
	    "bytes, the limit is 12|)\n"
	    "n6 r7 l7+9 64-77 [x] [\n\n\n\n\n\n\n\n] "
	    "!csv.cell_too_long@1+66(a cell of 8 bytes, the limit is 4|)\n"
	    "n7 r8 l16+1 77-84 [last] [1]\n"
	    "lines 16 blank 0");
}

/* One too long, one too wide: the third is the first that can be counted. */
TEST(takes_no_width_from_a_record_that_passes_the_limits)
{
	struct reader_options o = defaults();

	o.dialect.has_header = false;
	o.max_columns = 3;
	o.max_record = 12;
	expect("1234567890123456789012345\n1,2,3,4\n1,2\n", o,
	    "h0:\n"
	    "n1 r1 l1+1 0-26 !csv.record_too_long@-1+0(a record of 25 bytes, "
	    "the limit is 12|)\n"
	    "n2 r2 l2+1 26-34 !csv.too_many_columns@-1+26(a record of 4 "
	    "cells, the limit is 3|)\n"
	    "n3 r3 l3+1 34-38 [1] [2]\n"
	    "lines 3 blank 0");
	/* One that is as wide as they allow does. */
	expect("1,2,3\n1,2\n", o,
	    "h0: [] [] []\n"
	    "n1 r1 l1+1 0-6 [1] [2] [3]\n"
	    "n2 r2 l2+1 6-10 [1] [2] !csv.ragged_row@-1(2 cells, but the "
	    "width of this input is 3|)\n"
	    "lines 2 blank 0");
	expect("1234567890123456789012345\n1,2,3\n1,2\n", o,
	    "h0:\n"
	    "n1 r1 l1+1 0-26 !csv.record_too_long@-1+0(a record of 25 bytes, "
	    "the limit is 12|)\n"
	    "n2 r2 l2+1 26-32 [1] [2] [3]\n"
	    "n3 r3 l3+1 32-36 [1] [2] !csv.ragged_row@-1(2 cells, but the "
	    "width of this input is 3|)\n"
	    "lines 3 blank 0");
}

TEST(says_why_a_header_cannot_be_read)
{
	expect("", defaults(), "error 6: 'x.csv' is empty []");
	expect("\xef\xbb\xbf", defaults(),
	    "error 6: 'x.csv' has no header: there is no text in it []");
	expect("\n\n", defaults(),
	    "error 6: 'x.csv' has no header: there is no text in it []");
	expect("a,\"b\"c\n1,2\n", defaults(),
	    "error 6: the header cannot be read: text after a closing quote "
	    "[csv.stray_quote]");
	expect("a,\xe9\n", defaults(),
	    "error 6: the header cannot be read: byte 0xE9 is not valid UTF-8 "
	    "[csv.bad_encoding]");
}

TEST(reads_a_file_of_only_a_header)
{
	expect("a,b", defaults(), "h1: [a] [b]\nlines 1 blank 0");
}

TEST(without_a_quote_every_quote_is_a_character)
{
	struct reader_options o = defaults();

	o.dialect.quote = 0;
	o.dialect.delimiter = '\t';
	expect("a\tb\n\"x\t\"\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-9 [\"x] [\"]\n"
	    "lines 2 blank 0");
}

TEST(refuses_a_dialect_that_cannot_be)
{
	CASES(cases, char delimiter, quote) = {
	    {'\n', '"'},
	    {'\r', '"'},
	    {'\x80', '"'},
	    {'\0', '"'},
	    {',', '\n'},
	    {',', '\r'},
	    {',', '\x80'},
	};
	struct reader_options o = defaults();

	o.dialect.quote = ',';
	expect("a\n", o, "error 1: ',' cannot be both delimiter and quote []");
	EACH (i, cases) {
		o.dialect.delimiter = cases[i].delimiter;
		o.dialect.quote = cases[i].quote;
		expect("a\n", o,
		    "error 1: delimiter and quote must each be one ASCII "
		    "character that is not a line end []");
	}
}

#define BLANKS "`blanks: around_quotes`"
#define TWICE "within a quoted cell, write each quote twice"

TEST(says_what_to_do_about_a_quote_by_what_stands_around_it)
{
	CASES(cases, const char *record, *hint) = {
	    {"1,\"x\"y", TWICE},
	    {"1,\"x\" y", TWICE},
	    {"1,\"x\\y\"y", TWICE},
	    {"1,\"x\"\\\"y", TWICE},
	    {"1,\"x\" ", BLANKS},
	    {"\"x\" \t,1", BLANKS},
	    {"\"\\\"x\\\",1", "escapes quotes with a backslash"},
	    {"\"x\\\"y\",1", "escapes quotes with a backslash"},
	    {"\\\"x,\"1\"y", "escapes quotes with a backslash"},
	    {"1,\"x", "close the quote, or delete it"},
	    {"1, \"x\"", BLANKS},
	    {"1,\t \"x\"", BLANKS},
	    {"1,x \"y\"", ""},
	    {"1, x \"y\"", ""},
	    {"1,x\"", ""},
	};
	const struct reader_options o = defaults();
	struct buf text = BUF_INIT(0);

	EACH (i, cases) {
		struct memory m = {.s = NULL};
		struct diag d = DIAG_INIT;
		struct problem_list l;
		struct record rec = {0};
		struct reader *r;
		struct text hint;

		buf_clear(&text);
		buf_addf(&text, "a,b\n%s", cases[i].record);
		m.s = buf_str(&text);
		m.len = text.len;
		r = reader_new(memory_source(&m), NULL, NULL, &o, &d);
		assert_non_null(r);
		problem_list_init(&l);
		assert_int_equal(reader_next(r, &rec, &l, &d), READER_RECORD);
		/* A quote in a cell without is noted before. */
		assert_int_equal(l.count, cases[i].record[0] == '\\' ? 2 : 1);
		hint = problem_hint(&l, &l.items[l.count - 1]);
		buf_clear(&text);
		buf_add(&text, hint.s, hint.len);
		if (!strstr(buf_str(&text), cases[i].hint) ||
		    (hint.len > 0) != (cases[i].hint[0] != '\0'))
			fail_msg("%s: %s", cases[i].record, buf_str(&text));
		problem_list_release(&l);
		reader_free(r);
	}
	buf_release(&text);
}
