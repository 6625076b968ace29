/* SPDX-License-Identifier: MIT */
/*
 * Small files as people export them, and what must be made of each.
 */
#include "csv/dialect.h"
#include "test.h"
#include "value/forms.h"

struct found {
	struct dialect dialect;
	struct buf evidence;
	struct diag diag;
	int rc;
};

static struct found
detect(const char *s, bool has_header, uint64_t skip_lines)
{
	struct found f = {.dialect = {.delimiter = DIALECT_AUTO,
			      .quote = '"',
			      .has_header = has_header,
			      .skip_lines = skip_lines},
	    .evidence = BUF_INIT(0)};

	f.rc = dialect_detect(
	    s, strlen(s), true, &f.dialect, &f.evidence, &f.diag);
	return f;
}

static const struct {
	const char *what, *s;
	char delimiter;
} WITH_HEADER[] = {
    {"plain commas", "id,name\n1,one\n2,two\n", ','},
    {"semicolons", "id;name\n1;one\n2;two\n", ';'},
    {"tabs", "id\tname\n1\tone, two\n", '\t'},
    {"pipes", "id|name\n1|one\n2|two\n", '|'},
    {"a header only", "id,name,city", ','},
    {"decimal commas", "price;weight\n1,5;2,5\n10,75;3,0\n", ';'},
    {"decimal commas, headers too", "price,EUR;weight,kg\n1,5;2,5\n10,75;3,0\n",
	';'},
    {"signs", "p,a;w,b\n-1,5;+2,5\n+10,75;-3,0\n", ';'},
    {"percents and dollars", "p,a;w,b\n1,5%;$2,5\n-$10,75;3,0%\n", ';'},
    {"thousands", "a|b\n1,234|5,678\n2,345|6,789\n", '|'},
    {"quoted cells", "\"id\";\"name\"\n\"1\";\"one, two\"\n", ';'},
    {"delimiters within quotes", "id,text\n1,\"a;b;c\"\n2,\"d;e;f\"\n", ','},
    {"line ends within quotes", "id,text\n1,\"a\n\nb;c\"\n2,\"d\"\n", ','},
    {"addresses", "name;address\nx;Main St 5, Berlin\ny;Elm St, Rome\n", ';'},
    {"lists in a cell", "id,tags\n1,a;b\n2,c;d\n3,e;f\n", ','},
    {"one column", "name\nalpha\nbeta\n", ','},
    {"one column of decimals", "price\n1,5\n2,75\n10,00\n", ','},
    {"one column of decimals and a digit",
	"price\n1,5\n2,5\n3,5\n4,5\n5,5\n6,5\n7\n", ','},
    {"one column, few commas", "note\nabc\nx, y\ndef\nghi\n", ','},
    {"half of the rows as wide as the first",
	"p,a;w,b\n1,5;2,5\n1,5;2,5\n1,5;2,5\n1,5;2,5\n1,5;2;3,5\n1,5\n"
	"1,5;2,5;3,5;4,5\n1,5;2,5;3,5;4,5;5,5\n1,5;2,5;3,5;4,5;5,5;6,5\n",
	';'},
    {"a header as wide as the rows", "a,x;b,y\np,q;r\ns,t;u\n", ';'},
    {"one column, a semicolon in most of its rows",
	"note\na;b\na;b\na;b\na;b\na;b\na;b\na;b\na;b\na;b\na;b\na;b\n"
	"a\nb\nc\nd\ne\nf\ng\nh\n",
	','},
    {"a clear lead", "a,b;c,d\ne,f;g,h\ni,j;k,l\nm,n;o,p\nq;r\n", ';'},
    {"a clear lead, blanks behind it",
	"a,b; c,d\ne,f; g,h\ni,j; k,l\nm,n; o,p\nq; r\n", ';'},
    {"a title and one row", "Title\na;b\n", ','},
    {"a ragged row", "a,b,c\n1,2,3\n4,5\n6,7,8\n9,10,11\n", ','},
    {"rows with a delimiter after", "a,b\n1,2,\n3,4,\n", ','},
    {"rows all too short", "a;b;c\n1;2\n3;4\n", ';'},
    {"CR line ends", "a;b\r1;2\r3;4\r", ';'},
    {"a BOM", "\xef\xbb\xbf\"a,b\";c\n1;2\n", ';'},
    {"blank lines", "\n\na,b\n\n1,2\n", ','},
    {"nothing but blank lines", "\n\n", ','},
    {"nothing", "", ','},
    {"a sum below", "a;b;c\n1;2;3\n4;5;6\n7;8;9\nTotal\n", ';'},
    {"stray quotes under the comma", "\"a\"|\"b,c\"\n\"1\"|\"2,3\"\n", '|'},
    {"an unclosed quote at the end", "a;b\n1;2\n3;4\n5;\"6\n7;8\n", ';'},
    {"one line, semicolons in its quotes", "Ref,City,\"Tag;2;2;2\"\n", ','},
    {"one line, commas in its quotes", "Ref;City;\"Tag,2,2,2\"\n", ';'},
    {"prose in every row", "id;text\n1;well, yes\n2;so, no\n3;oh, maybe\n",
	';'},
};

TEST(finds_the_delimiter_of_real_exports)
{
	EACH (i, WITH_HEADER) {
		struct found f = detect(WITH_HEADER[i].s, true, 0);

		if (f.rc < 0 || f.dialect.delimiter != WITH_HEADER[i].delimiter)
			fail_msg("%s: %d '%c' %s", WITH_HEADER[i].what, f.rc,
			    f.dialect.delimiter, f.diag.message);
		assert_true(f.evidence.len > 0);
		assert_false(f.dialect.has_sep_line);
		assert_int_equal(f.dialect.preamble_lines, 0);
		buf_release(&f.evidence);
	}
}

TEST(finds_the_delimiter_without_a_header)
{
	CASES(cases, const char *s; char delimiter) = {
	    {"1;2\n3;4\n", ';'},
	    {"1,5;2,5\n3,25;4,75\n", ';'},
	    {"1,2\n3,4\n", ','},
	    {"Doe, John;12\nRoe, Jane;13\n", ';'},
	    {"x\ny\n", ','},
	};

	EACH (i, cases) {
		struct found f = detect(cases[i].s, false, 0);

		if (f.rc < 0 || f.dialect.delimiter != cases[i].delimiter)
			fail_msg("%zu: %d '%c' %s", i, f.rc,
			    f.dialect.delimiter, f.diag.message);
		buf_release(&f.evidence);
	}
}

TEST(says_by_what_it_decided)
{
	CASES(cases, const char *s, *says) = {
	    {"a;b\n1;2\n3;4\n",
		"delimiter ';': 3 of the first 3 records have 2 cells"},
	    {"a;b;c\n1;2\n3;4\n",
		"delimiter ';': 2 of the first 3 records have 2 cells, but the "
		"first has 3"},
	    {"a;b\n1\n2\n3\n",
		"delimiter ';': 3 of the first 4 records have 1 cell, but the "
		"first has 2"},
	    {"a;b\n", "delimiter ';': 1 of the first 1 records have 2 cells"},
	    {"Title\na;b\n1;2\n3;4\n",
		"delimiter ';': 3 of the first 4 records have 2 cells"},
	    {"a\n1\n", "no delimiter found: one column"},
	    {"\n\n", "no records that show the delimiter"},
	};

	EACH (i, cases) {
		struct found f = detect(cases[i].s, true, 0);

		assert_string_equal(buf_str(&f.evidence), cases[i].says);
		buf_release(&f.evidence);
	}
}

TEST(refuses_when_two_readings_survive_and_shows_both)
{
	struct found f = detect("a,b;c,d\ne,f;g,h\ni,j;k,l\n", true, 0);

	assert_int_equal(f.rc, -1);
	assert_int_equal(f.diag.kind, DIAG_INPUT);
	assert_string_equal(f.diag.message,
	    "unable to tell the delimiter: with ',' the first rows are "
	    "[a] [b;c] [d] / [e] [f;g] [h]; with ';' they are "
	    "[a,b] [c,d] / [e,f] [g,h]");
	assert_string_equal(
	    f.diag.help, "name one: --delimiter ',' or --delimiter ';'");
	assert_string_equal(f.diag.code, "csv.ambiguous_delimiter");
	assert_int_equal(f.dialect.delimiter, DIALECT_AUTO);
	buf_release(&f.evidence);
	/* A blank behind each second comma does not make it one of prose. */
	f = detect("a,b;c, d\ne,f;g, h\ni,j;k, l\n", true, 0);
	assert_string_equal(f.diag.code, "csv.ambiguous_delimiter");
	buf_release(&f.evidence);
}

TEST(takes_no_cell_for_a_number_that_only_begins_or_ends_as_one)
{
	static const char *const files[] = {"p,a;w,b\nx,5;2,5\ny,5;3,5\n",
	    "p,a;w,b\n1,;2,5\n3,;4,5\n", "p,a;w,b\n1,x5;2,5\n3,x5;4,5\n",
	    "p,a;w,b\n-,;2,5\n$,;4,5\n"};

	EACH (i, files) {
		struct found f = detect(files[i], true, 0);

		assert_int_equal(f.rc, -1);
		assert_string_equal(f.diag.code, "csv.ambiguous_delimiter");
		buf_release(&f.evidence);
	}
}

TEST(honours_the_sep_line)
{
	CASES(cases, const char *s; char delimiter) = {
	    {"sep=;\r\na,b;c\r\n", ';'},
	    {"\xef\xbb\xbfSEP=,\na;b\n1;2\n", ','},
	    {"\"sep=|\"\na|b\n", '|'},
	    {"sep=\t\na\tb\n", '\t'},
	    {"sep=^\ra^b\r", '^'},
	    {"sep= \na b\n", ' '},
	    {"sep=~\na~b\n", '~'},
	};
	struct dialect named = {.delimiter = ',', .quote = '"'};
	struct diag d = DIAG_INIT;

	EACH (i, cases) {
		struct found f = detect(cases[i].s, true, 0);

		assert_int_equal(f.rc, 0);
		assert_true(f.dialect.has_sep_line);
		assert_int_equal(f.dialect.delimiter, cases[i].delimiter);
		buf_release(&f.evidence);
	}
	assert_int_equal(
	    dialect_detect("sep=;\na,b\n", 10, true, &named, NULL, &d), 0);
	assert_true(named.has_sep_line);
	assert_int_equal(named.delimiter, ',');
}

TEST(takes_other_lines_that_begin_with_sep_for_text)
{
	static const char *const lines[] = {"sep=\na\n", "sep=;;\n", "step=;\n",
	    "sep=\xc3\n", "\"sep=|\"|b\n", "xsep=;\"\n", "\"sep=;x\n",
	    "xep=;\n", "sxp=;\n", "sex=;\n", "sep:;\n", "sep=\x7f\n"};

	EACH (i, lines) {
		struct found f = detect(lines[i], true, 0);

		assert_false(f.dialect.has_sep_line);
		buf_release(&f.evidence);
	}
}

TEST(finds_the_table_behind_a_preamble)
{
	static const struct {
		const char *s;
		char delimiter;
		uint64_t skip_lines, lines; /* given, found */
	} cases[] = {
	    {"Leads report\nMay 2026\n\nid;name;score\n1;one;1,5\n2;two;2,5\n",
		';', 0, 3},
	    {"Report for May, 2026\nby J, Doe\na,b,c\n1,2,3\n4,5,6\n", ',', 0,
		2},
	    /* Titles with commas, and notes below the table. */
	    {"Doctors by year, region, sex\n***\nRegion:;all\n"
	     "a;b;c;d\n1;2;3;4\n5;6;7;8\n9;0;1;2\n***\nNotes\n",
		';', 0, 3},
	    {"Leads\n2020;2021\n1;2\n3;4\n", ';', 0, 1},
	    /* What is skipped already counts. */
	    {"x\nTitle\na,b,c\n1,2,3\n4,5,6\n", ',', 1, 2},
	};

	EACH (i, cases) {
		struct found f = detect(cases[i].s, true, cases[i].skip_lines);

		assert_int_equal(f.rc, 0);
		if (f.dialect.delimiter != cases[i].delimiter ||
		    f.dialect.preamble_lines != cases[i].lines)
			fail_msg("%zu: '%c' after %d lines", i,
			    f.dialect.delimiter, (int)f.dialect.preamble_lines);
		/* It is for others to pass over them. */
		assert_int_equal(f.dialect.skip_lines, cases[i].skip_lines);
		buf_release(&f.evidence);
	}
}

TEST(looks_behind_the_lines_that_are_skipped)
{
	struct found f = detect(
	    "A;B;C;D\r\nx, \"y\r\nid,name\r\n1,one\r\n2,two\r\n", true, 2);

	assert_int_equal(f.rc, 0);
	assert_int_equal(f.dialect.delimiter, ',');
	buf_release(&f.evidence);
}

TEST(changes_nothing_that_was_named)
{
	struct dialect dialect = {.delimiter = '^', .quote = '\''};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    dialect_detect("a,b;c", 5, true, &dialect, NULL, &d), 0);
	assert_int_equal(dialect.delimiter, '^');
	assert_int_equal(dialect.quote, '\'');
}

TEST(leaves_out_the_record_that_the_sample_cuts)
{
	struct dialect dialect = {
	    .delimiter = DIALECT_AUTO, .quote = '"', .has_header = true};
	static const char cut[] = "a;b\n1;2\n3;\"4,4,4,4\n,,,,,,";
	struct buf evidence = BUF_INIT(0);
	struct diag d = DIAG_INIT;

	assert_int_equal(dialect_detect(cut, sizeof(cut) - 1, false, &dialect,
			     &evidence, &d),
	    0);
	assert_string_equal(buf_str(&evidence),
	    "delimiter ';': 2 of the first 2 records have 2 cells");
	buf_release(&evidence);
}

TEST(tells_no_lie_about_random_bytes)
{
	static const char alphabet[] = ",;\t|\"\n\r a1\xc3\xa9";
	uint64_t x = 7;
	char s[200];

	for (int i = 0; i < 5000; i++) {
		struct dialect first = {.delimiter = DIALECT_AUTO,
		    .quote = '"',
		    .has_header = i & 1};
		struct dialect second = first;
		struct diag d = DIAG_INIT;
		size_t len;
		int rc;

		for (len = 0; len < sizeof(s); len++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			if (x >> 58 == 0)
				break;
			s[len] = alphabet[(x >> 33) % (sizeof(alphabet) - 1)];
		}
		rc = dialect_detect(s, len, i & 2, &first, NULL, &d);
		assert_int_equal(
		    rc, dialect_detect(s, len, i & 2, &second, NULL, &d));
		assert_int_equal(first.delimiter, second.delimiter);
		if (rc == 0)
			assert_int_not_equal(first.delimiter, DIALECT_AUTO);
		else
			assert_true(d.help[0] != '\0');
	}
}

/* As .blanks says they are read; where they leave the first record broken they
 * must be asked for, and are refused otherwise. */
TEST(tells_blanks_around_quotes_from_titles)
{
	CASES(cases, const char *s; char delimiter; bool is_broken) = {
	    {"\"a\" ; \"b\"\n1,5 ; 2,5\n3,5 ; 4,5\n5,5 ; 6,5\n", ';', true},
	    {"\"a\" , \"b\"\n\"1\" , \"x, y\"\n\"2\" , \"z\"\n", ',', true},
	    {"\"a\"\t|\t\"b\"\n1|2\n3|4\n", '|', true},
	    {"\"a\" \t\"b\"\n1\t2\n3\t4\n", '\t', true},
	    {"\"a\",\"b\" \n1,2\n3,\"4\"\n", ',', true},
	    {"\"a\"\t \"b\"\n1\t2\n3\t4\n", '\t', false},
	    {" \"a\",b\n1,2\n3,4\n", ',', false},
	    {"a,b\n1,2\n3,\"4\" ", ',', false},
	    {"a,b\r\n1,2\r\n3,\"4\"  \r\n", ',', false},
	};

	EACH (i, cases) {
		struct dialect dialect = {.delimiter = DIALECT_AUTO,
		    .quote = '"',
		    .has_header = true};
		struct dialect asked = dialect;
		struct diag d = DIAG_INIT;

		assert_int_equal(dialect_detect(cases[i].s, strlen(cases[i].s),
				     true, &dialect, NULL, &d),
		    cases[i].is_broken ? -1 : 0);
		assert_string_equal(d.code,
		    cases[i].is_broken ? "csv.blanks_around_quotes" : "");
		assert_int_equal(cases[i].is_broken,
		    strstr(d.help, "blanks: around_quotes") != NULL);
		asked.blanks = BLANKS_AUTO;
		assert_int_equal(dialect_detect(cases[i].s, strlen(cases[i].s),
				     true, &asked, NULL, &d),
		    0);
		assert_int_equal(asked.blanks, BLANKS_AROUND_QUOTES);
		assert_int_equal(asked.delimiter, cases[i].delimiter);
	}
}

TEST(names_the_first_delimiter_of_those_that_blanks_around_quotes_allow)
{
	static const char s[] = "\"a\" \t,b\n\"1\" \t,2\n";
	struct dialect dialect = {
	    .delimiter = DIALECT_AUTO, .quote = '"', .has_header = true};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    dialect_detect(s, strlen(s), true, &dialect, NULL, &d), -1);
	assert_string_equal(d.code, "csv.blanks_around_quotes");
	assert_non_null(strstr(d.message, "the delimiter ',': '\"a\" "));
}

TEST(finds_no_blanks_around_quotes_where_they_are_text)
{
	static const char *const cases[] = {"a,b\n\"x \",\" y\"\n",
	    "a,b\n5\" wide,x\n6 \"big\",y\n", "a b\n\"x\" \"y\"\n",
	    "a,b\n\"he said \"\"hi\"\" to\",2\n", "a,b\n\"x\" y, \"z\"\n1,2\n"};

	EACH (i, cases) {
		struct dialect dialect = {.delimiter = DIALECT_AUTO,
		    .quote = '"',
		    .has_header = true,
		    .blanks = BLANKS_AUTO};
		struct diag d = DIAG_INIT;

		assert_int_equal(dialect_detect(cases[i], strlen(cases[i]),
				     true, &dialect, NULL, &d),
		    0);
		assert_int_equal(dialect.blanks, BLANKS_KEEP);
	}
}

TEST(leaves_ignored_records_out_of_the_count)
{
	struct ignore_rule rule = {.text = TEXT_LITERAL("#")};
	struct dialect dialect = {.delimiter = DIALECT_AUTO,
	    .quote = '"',
	    .has_header = true,
	    .ignore = &rule,
	    .ignore_count = 1};
	static const char s[] = "# one, two, three\n# four, five, six\n"
				"# 7, 8, 9\na;b\n1;2\n";
	struct diag d = DIAG_INIT;
	char error[160];
	size_t at;

	rule.pattern = pattern_compile_at_start(rule.text, error, &at);
	assert_non_null(rule.pattern);
	assert_int_equal(
	    dialect_detect(s, strlen(s), true, &dialect, NULL, &d), 0);
	assert_int_equal(dialect.delimiter, ';');
	pattern_free(rule.pattern);
}
