/* SPDX-License-Identifier: MIT */
/*
 * What the reader leaves out or passes over: ignored records, the header
 * again, the end marker, cells in excess, blanks around quotes. Each input is
 * read in all ways that must give the same.
 */
#include "transcript.h"
#include "value/forms.h"

#define RULES_MAX 4

/* With rules of `ignore`, NULL at their end. */
static void
expect_ignoring(const char *input, struct reader_options o,
    const char *const *patterns, const char *want)
{
	struct ignore_rule rules[RULES_MAX];
	char error[160];
	size_t count = 0, at;

	for (; patterns[count]; count++) {
		rules[count].text = text_of(patterns[count]);
		rules[count].pattern =
		    pattern_compile_at_start(rules[count].text, error, &at);
		assert_non_null(rules[count].pattern);
	}
	o.dialect.ignore = rules;
	o.dialect.ignore_count = count;
	expect(input, o, want);
	for (size_t i = 0; i < count; i++)
		pattern_free(rules[i].pattern);
}
#define RULES(...) ((const char *const[]){__VA_ARGS__, NULL})

TEST(leaves_out_records_that_begin_with_a_match)
{
	expect_ignoring("Nr;Ort\n1;Ulm\n# Stand;heute;alt\n2;Bonn\n",
	    (struct reader_options){
		.dialect = {.delimiter = ';', .quote = '"', .has_header = true},
		.max_cell = 100,
		.max_record = 100,
		.max_columns = 10},
	    RULES("#"),
	    "h1: [Nr] [Ort]\n"
	    "n1 r2 l2+1 7-13 [1] [Ulm]\n"
	    "n2 r3 l3+1 13-31 -rows.ignored\n"
	    "n3 r4 l4+1 31-38 [2] [Bonn]\n"
	    "lines 4 blank 0");
	/* Not in the middle of one, and with ^ the same. */
	expect_ignoring("a,b\n1,Suma\nSuma,9\n", defaults(), RULES("^Suma"),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-11 [1] [Suma]\n"
	    "n2 r3 l3+1 11-18 -rows.ignored\n"
	    "lines 3 blank 0");
	/* The raw text has its quotes; one record, whatever its lines. */
	expect_ignoring("a,b\n\"Fin\n1,2\",x\n3,4\n", defaults(),
	    RULES("x", "\"Fin\\n"),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+2 4-16 -rows.ignored\n"
	    "n2 r3 l4+1 16-20 [3] [4]\n"
	    "lines 4 blank 0");
	/* The last one, without a line end. */
	expect_ignoring("a\tb\n1\t2\n\xe5\x90\x88\xe8\xa8\x88\t2",
	    (struct reader_options){
		.dialect = {.delimiter = '\t', .has_header = true},
		.max_cell = 100,
		.max_record = 100,
		.max_columns = 10},
	    RULES("\xe5\x90\x88\xe8\xa8\x88"),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-8 [1] [2]\n"
	    "n2 r3 l3+1 8-16 -rows.ignored\n"
	    "lines 3 blank 0");
}

TEST(ignores_before_any_check_of_the_record)
{
	/* A stray quote, bad UTF-8, a NUL's neighbour, too many cells. */
	expect_ignoring("a,b\n!\"x\"y,\n!\xe9,1,2,3\n!,\"p\"q\n4,5\n",
	    defaults(), RULES("!"),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-11 -rows.ignored\n"
	    "n2 r3 l3+1 11-20 -rows.ignored\n"
	    "n3 r4 l4+1 20-27 -rows.ignored\n"
	    "n4 r5 l5+1 27-31 [4] [5]\n"
	    "lines 5 blank 0");
	/* A pattern may look after what is not UTF-8. */
	expect_ignoring("a,b\n\xe9 end,1\n1,2\n", defaults(),
	    RULES("(?s).*end"),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-12 [\xe9 end] [1] !csv.bad_encoding@0+4(byte 0xE9 is "
	    "not valid UTF-8|\xe9 end)\n"
	    "n2 r3 l3+1 12-16 [1] [2]\n"
	    "lines 3 blank 0");
}

TEST(never_ignores_what_a_quote_or_a_limit_leaves_unclear)
{
	struct reader_options o = defaults();

	/* It would take all records after it along. */
	expect_ignoring("a,b\n#,\"x\n1,2\n", o, RULES("#"),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+2 4-13 !csv.unclosed_quote@1+6(the quote that opens on "
	    "line 2 is never closed: everything after it is in this row|\"x)"
	    "\nlines 3 blank 0 unclosed");
	o.max_record = 8;
	expect_ignoring("a,b\n# 345678,\n#\n", o, RULES("#"),
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-14 !csv.record_too_long@-1+4(a record of 9 bytes, "
	    "the limit is 8|)\n"
	    "n2 r3 l3+1 14-16 -rows.ignored\n"
	    "lines 3 blank 0");
}

TEST(ignored_records_before_the_header_are_preamble)
{
	struct reader_options o = defaults();

	expect_ignoring("# one,two,three\n\n\"# 2\nlines\"\nid,name\n1,Eva\n",
	    o, RULES("\"?#"),
	    "h4: [id] [name]\n"
	    "n1 r5 l6+1 37-43 [1] [Eva]\n"
	    "lines 6 blank 0");
	expect_ignoring("-- a\n-- b\n", o, RULES("--"),
	    "error 6: 'x.csv' has no header: source.ignore leaves out all of "
	    "its text []");
	/* Without a header they give no width. */
	o.dialect.has_header = false;
	expect_ignoring("#\n1,2\n", o, RULES("#"),
	    "h0: [] []\n"
	    "n1 r1 l1+1 0-2 -rows.ignored\n"
	    "n2 r2 l2+1 2-6 [1] [2]\n"
	    "lines 2 blank 0");
}

TEST(a_rule_that_gives_up_rejects_the_record)
{
	static const char record[] = "a,b\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				     "aaaaaaaaaa!,c\n";
	struct buf got = BUF_INIT(0);
	struct ignore_rule rule = {.text = TEXT_LITERAL("(?:a+)+c")};
	struct reader_options o = defaults();
	char error[160];
	size_t at;

	rule.pattern = pattern_compile_at_start(rule.text, error, &at);
	assert_non_null(rule.pattern);
	o.dialect.ignore = &rule;
	o.dialect.ignore_count = 1;
	transcribe(text_of(record), &o, 0, &got);
	assert_non_null(
	    strstr(buf_str(&got), "!rows.ignored@-1(pattern 1 of "));
	buf_release(&got);
	pattern_free(rule.pattern);
}

TEST(leaves_out_the_header_again)
{
	struct reader_options o = defaults();

	expect("Ort,Land\nUlm,DE\nOrt,Land\nGraz,AT\n\xef\xbb\xbfOrt,Land\n", o,
	    "h1: [Ort] [Land]\n"
	    "n1 r2 l2+1 9-16 [Ulm] [DE]\n"
	    "n2 r3 l3+1 16-25 -csv.repeated_header\n"
	    "n3 r4 l4+1 25-33 [Graz] [AT]\n"
	    "n4 r5 l5+1 33-45 -csv.repeated_header\n"
	    "lines 5 blank 0");
	/* In other quotes, with other blanks, in another Unicode form. */
	expect("Caf\xc3\xa9,\"No.\"\n1,2\n\"Cafe\xcc\x81\" ,No.\n"
	       "\" Cafe\xcc\x81\",No.\n",
	    o,
	    "h1: [Caf\xc3\xa9] [No.]\n"
	    "n1 r2 l2+1 12-16 [1] [2]\n"
	    "n2 r3 l3+1 16-30 !csv.stray_quote@0+24(text after a closing "
	    "quote|\"Cafe\xcc\x81\" ,No.)\n"
	    "n3 r4 l4+1 30-44 -csv.repeated_header\n"
	    "lines 4 blank 0");
	/* A BOM, and then quotes that hold a delimiter. */
	expect("\"a,1\",b\n1,2\n\xef\xbb\xbf\"a,1\",b\n3,4\n", o,
	    "h1: [a,1] [b]\n"
	    "n1 r2 l2+1 8-12 [1] [2]\n"
	    "n2 r3 l3+1 12-23 -csv.repeated_header\n"
	    "n3 r4 l4+1 23-27 [3] [4]\n"
	    "lines 4 blank 0");
	/* With a column more or less, or another word, it is a row. */
	expect("a,b,c\na,b\na,b,d\na2,b,c\n", o,
	    "h1: [a] [b] [c]\n"
	    "n1 r2 l2+1 6-10 [a] [b] !csv.ragged_row@-1(2 cells, but the "
	    "header has 3|)\n"
	    "n2 r3 l3+1 10-16 [a] [b] [d]\n"
	    "n3 r4 l4+1 16-23 [a2] [b] [c]\n"
	    "lines 4 blank 0");
	/* The other form may begin with another byte. */
	expect("\xc3\x89t\xc3\xa9,b\nE\xcc\x81te\xcc\x81,b\n", o,
	    "h1: [\xc3\x89t\xc3\xa9] [b]\n"
	    "n1 r2 l2+1 8-18 -csv.repeated_header\n"
	    "lines 2 blank 0");
	o.repeated_header_is_record = true;
	expect("a,b\na,b\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-8 [a] [b]\n"
	    "lines 2 blank 0");
}

TEST(a_header_of_one_name_may_come_again_as_a_value)
{
	struct reader_options o = defaults();

	expect("city\ncity\n", o,
	    "h1: [city]\nn1 r2 l2+1 5-10 [city]\nlines 2 blank 0");
	expect("city,\ncity,\n", o,
	    "h1: [city] []\nn1 r2 l2+1 6-12 [city] []\nlines 2 blank 0");
	/* Nor may words each of which comes more than once. */
	expect("x,y,x,y\nx,y,x,y\n", o,
	    "h1: [x] [y] [x] [y]\nn1 r2 l2+1 8-16 [x] [y] [x] [y]\n"
	    "lines 2 blank 0");
	expect("x,y,x,z\nx,y,x,z\n", o,
	    "h1: [x] [y] [x] [z]\nn1 r2 l2+1 8-16 -csv.repeated_header\n"
	    "lines 2 blank 0");
	expect("\"n \"\tn\tn\nn\tn\tn\n",
	    (struct reader_options){.dialect = {.delimiter = '\t',
					.quote = '"',
					.has_header = true},
		.max_cell = 100,
		.max_record = 100,
		.max_columns = 10},
	    "h1: [n] [n] [n]\nn1 r2 l2+1 9-15 [n] [n] [n]\nlines 2 blank 0");
	o.dialect.has_header = false;
	expect("a,b\na,b\n", o,
	    "h0: [] []\nn1 r1 l1+1 0-4 [a] [b]\nn2 r2 l2+1 4-8 [a] [b]\n"
	    "lines 2 blank 0");
}

TEST(a_last_line_of_end_markers_is_blank)
{
	struct reader_options o = defaults();

	expect("id\n7\n\x1a", o,
	    "h1: [id]\nn1 r2 l2+1 3-5 [7]\n-n0 r3 l3+1 5-6\nlines 3 blank 1");
	expect("id,n\r\n7,x\r\n\x1a\x1a\r\n", o,
	    "h1: [id] [n]\nn1 r2 l2+1 6-11 [7] [x]\n-n0 r3 l3+1 11-15\n"
	    "lines 3 blank 1");
	/* Anywhere else it is what it is. */
	expect("id\n\x1a\n7\x1a\n", o,
	    "h1: [id]\nn1 r2 l2+1 3-5 [\x1a]\nn2 r3 l3+1 5-8 [7\x1a]\n"
	    "lines 3 blank 0");
	expect("id\n7\n\x1a\n\n", o,
	    "h1: [id]\nn1 r2 l2+1 3-5 [7]\nn2 r3 l3+1 5-7 [\x1a]\n"
	    "-n0 r4 l4+1 7-8\nlines 4 blank 1");
	expect("id\n7\n\x1a\x01", o,
	    "h1: [id]\nn1 r2 l2+1 3-5 [7]\nn2 r3 l3+1 5-7 [\x1a\x01]\n"
	    "lines 3 blank 0");
	expect("\x1a", o,
	    "error 6: 'x.csv' has no header: there is no text in it []");
	o.blank_line_is_record = true;
	expect("id\n7\n\x1a", o,
	    "h1: [id]\nn1 r2 l2+1 3-5 [7]\n-n0 r3 l3+1 5-6\nlines 3 blank 1");
	o.end_marker_is_record = true;
	expect("id\n7\n\x1a", o,
	    "h1: [id]\nn1 r2 l2+1 3-5 [7]\nn2 r3 l3+1 5-6 [\x1a]\n"
	    "lines 3 blank 0");
}

TEST(trim_drops_cells_in_excess_that_are_empty)
{
	struct reader_options o = defaults();

	o.ragged = RAGGED_TRIM;
	expect("a,b\n1,2,\n3,4,, \t,\"\"\n5,6,x\n7\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-9 [1] [2]\n"
	    "n2 r3 l3+1 9-20 [3] [4]\n"
	    "n3 r4 l4+1 20-26 [5] [6] [x] !csv.ragged_row@-1(3 cells, but the "
	    "header has 2|)\n"
	    "n4 r5 l5+1 26-28 [7] !csv.ragged_row@-1(1 cell, but the header "
	    "has 2|)\n"
	    "lines 5 blank 0");
	o.trim = false;
	expect("a,b\n1,2, \n3,4,\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-10 [1] [2] [ ] !csv.ragged_row@-1(3 cells, but the "
	    "header has 2|)\n"
	    "n2 r3 l3+1 10-15 [3] [4]\n"
	    "lines 3 blank 0");
	o.ragged = RAGGED_FIT;
	expect("a,b\n1,2,,\n3\n4,5,6\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-10 [1] [2]\n"
	    "n2 r3 l3+1 10-12 [3] [] ~csv.padded_row@-1(1 cell, filled up to "
	    "2|)\n"
	    "n3 r4 l4+1 12-18 [4] [5] [6] !csv.ragged_row@-1(3 cells, but the "
	    "header has 2|)\n"
	    "lines 4 blank 0");
	/* A header that comes again with the same tail. */
	expect("a,b\na,b,\n", o,
	    "h1: [a] [b]\nn1 r2 l2+1 4-9 -csv.repeated_header\n"
	    "lines 2 blank 0");
}

TEST(blanks_around_quotes_are_passed_over)
{
	struct reader_options o = defaults();

	o.dialect.blanks = BLANKS_AROUND_QUOTES;
	expect(" \"a\" ,b,\t\"c\"\n1, \"Rey, Ana\" , x \n", o,
	    "h1: [a] [b] [c]\n"
	    "n1 r2 l2+1 13-32 [1] [Rey, Ana] [ x ]\n"
	    "lines 2 blank 0");
	/* Line ends and doubled quotes within; the last cell of the file. */
	expect("a,b\n1,  \"x\n\"\"y\"\"\"  \n2,\"z\" \t", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+2 4-20 [1] [x\n\"y\"]\n"
	    "n2 r3 l4+1 20-27 [2] [z]\n"
	    "lines 4 blank 0");
	/* Text after them is still text, and a quote there is stray. */
	expect("a,b\n\"x\" y,2\n\"x\" \"y\",2\n3,p \"q\"\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-12 !csv.stray_quote@0+8(text after a closing "
	    "quote|\"x\" y,2)\n"
	    "n2 r3 l3+1 12-22 !csv.stray_quote@0+16(text after a closing "
	    "quote|\"x\" \"y\",2)\n"
	    "n3 r4 l4+1 22-30 [3] [p \"q\"] ~csv.bare_quote@1(a quote inside a "
	    "cell without quotes around it is kept as it is|p \"q\")\n"
	    "lines 4 blank 0");
	/* A tab that is the delimiter is none. */
	o.dialect.delimiter = '\t';
	expect("a\tb\tc\n\"1\"\t\t \"3\"\n", o,
	    "h1: [a] [b] [c]\n"
	    "n1 r2 l2+1 6-16 [1] [] [3]\n"
	    "lines 2 blank 0");
	o = defaults();
	expect("a,b\n1, \"x\"\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-11 [1] [ \"x\"] ~csv.bare_quote@1(a quote inside a "
	    "cell without quotes around it is kept as it is| \"x\")\n"
	    "lines 2 blank 0");
}

TEST(blanks_around_quotes_go_with_the_other_keys)
{
	struct reader_options o = defaults();

	o.dialect.blanks = BLANKS_AROUND_QUOTES;
	o.ragged = RAGGED_FIT;
	/* An empty quoted cell is empty, too. */
	expect("a,b\n \"1\" , \"2\" , \"\" \n \"3\"\n \"4\" , 5 , \"6\"\n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-21 [1] [2]\n"
	    "n2 r3 l3+1 21-26 [3] [] ~csv.padded_row@-1(1 cell, filled up to "
	    "2|)\n"
	    "n3 r4 l4+1 26-41 [4] [ 5 ] [6] !csv.ragged_row@-1(3 cells, but "
	    "the header has 2|)\n"
	    "lines 4 blank 0");
	/* The header again, in other blanks and quotes. */
	expect("a, \"b\"\n \"a\" ,\"b\" \n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 7-18 -csv.repeated_header\n"
	    "lines 2 blank 0");
	o.dialect.quote = '\'';
	o.dialect.delimiter = ';';
	expect("a;b\n 'x;\"y' ; 'it''s' \n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-23 [x;\"y] [it's]\n"
	    "lines 2 blank 0");
	o.dialect.quote = '\0';
	expect("a;b\n 'x' ; \"y\" \n", o,
	    "h1: [a] [b]\n"
	    "n1 r2 l2+1 4-16 [ 'x' ] [ \"y\" ]\n"
	    "lines 2 blank 0");
	o = defaults();
	o.dialect.blanks = BLANKS_AROUND_QUOTES;
	o.dialect.has_header = false;
	expect(" \"a\" , \"b\nc\"\n  \n", o,
	    "h0: [] []\n"
	    "n1 r1 l1+2 0-13 [a] [b\n"
	    "c]\n"
	    "n2 r2 l3+1 13-16 [  ] [] empty\n"
	    "lines 3 blank 0");
}
