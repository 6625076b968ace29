/* SPDX-License-Identifier: MIT */
/*
 * First records as people export them, and what must be thought of each. What
 * is right stands beside what only looks like it.
 */
#include "look/front.h"
#include "test.h"

static struct dialect
detected(const char *s, struct dialect said)
{
	struct diag d = DIAG_INIT;

	if (said.delimiter == 0)
		said.delimiter = DIALECT_AUTO;
	if (dialect_detect(s, strlen(s), true, &said, NULL, &d) < 0)
		fail_msg("%s: %s", s, d.message);
	return said;
}

static struct front
judge(const char *s, struct dialect said)
{
	struct dialect dialect = detected(s, said);
	struct front f;

	front_judge(&f, s, strlen(s), true, &dialect);
	return f;
}

static const struct dialect PLAIN = {.quote = '"', .has_header = true};

struct title {
	const char *what, *s;
	uint64_t skip_lines; /* 0 = no preamble */
};

static void
check_titles(const struct title *titles, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct front f = judge(titles[i].s, PLAIN);
		bool is_title = f.kind == FRONT_PREAMBLE;

		if (is_title != (titles[i].skip_lines > 0) ||
		    (is_title && f.skip_lines != titles[i].skip_lines))
			fail_msg("%s: kind %d, skip %d", titles[i].what,
			    (int)f.kind, (int)f.skip_lines);
		front_release(&f);
	}
}

TEST(finds_titles_above_the_header)
{
	static const struct title titles[] = {
	    {"padded",
		"Offers in May,,,\nRef,Who,Where,Sum\nO-1,Ana,Porto,5\n"
		"O-2,Rui,Faro,7\n",
		1},
	    {"padded, semicolons, German",
		"Angebote Mai;;;;\n;;;;\nNr;Name;Ort;Betrag;Stand\n"
		"1;Jörg;Köln;5,5;offen\n2;Ute;Ulm;6,5;neu\n",
		2},
	    {"padded, tabs, French, a date below",
		"Clients\t\t\nÉdité le 5/1/2026\t\t\nNom\tVille\tCode\n"
		"Zoé\tLyon\t69001\nLéa\tNice\t06000\n",
		2},
	    {"padded, Japanese",
		"顧客一覧,,\n番号,氏名,都市\n1,佐藤,大阪\n2,鈴木,東京\n", 1},
	    {"the title in the middle",
		",,Stock list,,\nSku,Name,Rack,Bin,Qty\n"
		"A-1,Nut,R1,B1,4\nA-2,Bolt,R1,B2,9\n",
		1},
	    {"all text below",
		"Team,,\nName,City,Role\nAnn,Bonn,Cook\n"
		"Bob,Rome,Host\n",
		1},
	    {"blank lines between",
		"Team,,\n\n\nName,City,Role\nAnn,Bonn,Cook\n", 3},
	    {"quoted, with a line end inside",
		"\"Report\nof May\",,\nName,City,Sum\nAnn,Bonn,1\n", 2},
	    {"several lines, the last short",
		"Pipeline,,,\nRegion:,North,,\nby Eve\nRef,Who,City,Sum\n"
		"1,Ann,Bonn,5\n2,Bob,Rome,6\n",
		3},
	    {"unpadded", "Leads\nof May\nid,name\n1,Ann\n2,Bob\n", 2},
	    {"more commas than the table",
		"All offers, as of Monday, the 2nd, final\nRef,Sum\nA,1\nB,2\n"
		"C,3\n",
		1},
	    {"fewer commas than the table",
		"All offers, as of Monday\nRef,Sum,City,Who\nA,1,Bonn,Ann\n"
		"B,2,Rome,Bob\n",
		1},
	    {"no row at all", "Team of 2026,,\nName,City,Role\n", 1},
	    {"an empty record", ",,\nName,City,Role\nAnn,Bonn,Cook\n", 1},
	    {"empty records, with blanks",
		" ; ;\n;;\nName;Ort;Amt\nAnn;Bonn;3\n", 2},
	    {"an empty record, an empty column",
		",,,\n,Ref,Who,Zip\n,7,Ann,01067\n,8,Bob,01068\n", 1},
	    {"an empty record above a row", ",,\n4,Ann,2026-01-02\n", 1},
	    {"a header of two rows",
		"Person,,Order,\nRef,Name,Date,Sum\n1,Ann,2026-01-02,5\n"
		"2,Bob,2026-01-03,6\n",
		1},
	    {"a header of two rows, German, groups of one",
		"Kunde;;Adresse;;Stand\nNr;Name;Straße;Ort;Seit\n"
		"1;Ann;Weg 1;Ulm;2026-01-02\n2;Bob;Weg 2;Köln;2026-01-03\n",
		1},
	    {"years among the names",
		"Sales,,,\nRegion,2024,2025,2026\n"
		"North,5,6,7\nSouth,8,9,10\n",
		1},
	};

	check_titles(titles, sizeof(titles) / sizeof(*titles));
}

TEST(takes_no_header_for_a_title)
{
	static const struct title titles[] = {
	    {"a plain one", "Ref,Who,City\nA,Ann,Bonn\nB,Bob,Rome\n", 0},
	    {"one column", "Name\nAnn\nBob\n", 0},
	    {"an index without a name", ",name,city\na,Ann,Bonn\nb,Bob,Rome\n",
		0},
	    {"an index and one name", ",name\na,Ann\nb,Bob\n", 0},
	    {"a column without a name", "Ref,,City\nA,x,Bonn\nB,y,Rome\n", 0},
	    {"a delimiter at each end", "Ref,Who,\nA,Ann,\nB,Bob,\n", 0},
	    {"rows longer than the header", "Ref,Who\nA,Ann,x\nB,Bob,y\n", 0},
	    {"rows shorter than the header", "Ref,Who,City\nA,Ann\nB,Bob\n", 0},
	    {"rows of text, all different",
		"Ref,,,\nA,Ann,Bonn,5\nB,Bob,Ulm,6\n", 0},
	    {"a word of the second row again",
		"Ref,,\nx,Ann,Bonn\ny,Bob,Bonn\n", 0},
	    {"a header alone", "Ref,,,\n", 0},
	};

	check_titles(titles, sizeof(titles) / sizeof(*titles));
}

TEST(finds_files_without_a_header)
{
	static const char *const files[] = {
	    "71,ana@example.pt,2026-02-01\n72,rui@example.pt,2026-02-02\n",
	    "17.03.2026;Müller;1.234,50\n18.03.2026;Krüger;99,00\n",
	    "+351 912 345 678\tAna\n+351 912 345 679\tRui\n",
	    "K-0017|Léa|Nice\nK-0018|Zoé|Lyon\nK-0020|Luc|Metz\n",
	    "Ann,Bonn,open\nBob,Bonn,won\nCy,Rome,open\nAnn,Rome,won\n",
	    "1,Ann\n2,Bob\n3,Cy\n",
	    "6.1,2.9,1.4\n5.8,3.1,1.3\n6.0,3.0,1.5\n",
	    "ana@example.pt,Ana,Porto\n",
	    "https://example.org/a,Ann\nhttps://example.org/b,Bob\n",
	    "9:15,Bus 4\n9:45,Bus 7\n10:15,Bus 4\n",
	    "佐藤,2026年1月5日\n鈴木,2026年2月6日\n",
	    "\"7001\",\"Ann\"\n\"7002\",\"Bob\"\n",
	    "N/A,44017,Ann\n5,44018,Bob\n7,44019,Cy\n",
	    "1,2,3\n4,5,6\n7,8,9\n",
	};

	EACH (i, files) {
		struct front f = judge(files[i], PLAIN);

		if (f.kind != FRONT_NO_HEADER)
			fail_msg("kind %d: %s", (int)f.kind, files[i]);
		front_release(&f);
	}
}

TEST(takes_no_header_for_a_row)
{
	static const char *const files[] = {
	    "id,e-mail,since\n71,ana@example.pt,2026-02-01\n",
	    "Name,City\nAnn,Bonn\nBob,Rome\n",
	    "Region,2023,2024,2025\nNorth,5,6,7\nSouth,8,9,10\n",
	    "Question,1,2,3,4\nHow?,5,5,4,3\nWhy?,2,2,3,1\n",
	    "0,1,2\n0.5,0.7,0.1\n0.2,0.4,0.3\n",
	    "Country,2020-01-22,2020-01-23\nDE,5,6\nFR,7,8\n",
	    "Ref;Q1;Q2\nA;5;6\nB;7;8\n",
	    "K;V\na;b\nc;d\n",
	    "Name,Status,City\nAnn,Status,Bonn\nBob,open,Rome\n",
	    "Ref,Name\n",
	    "SKU\tName\nK-1\tNut\nK-2\tBolt\n",
	    "Year,Make\n2024,Opel\n2025,Seat\n",
	    "Ref,Name\nRef,Name\nA,Ann\nB,Bob\n",
	    "150,4,setosa,virginica\n5.1,3.5,1.4,0\n4.9,3.0,1.4,1\n",
	};

	EACH (i, files) {
		struct front f = judge(files[i], PLAIN);

		if (f.kind != FRONT_PLAIN)
			fail_msg("kind %d: %s", (int)f.kind, files[i]);
		front_release(&f);
	}
}

struct shape {
	enum front_kind kind;
	const char *s;
};

TEST(names_shapes_that_are_no_table)
{
	static const struct shape shapes[] = {
	    {FRONT_QUOTED_LINES, "\"Ref,Who\"\n\"A,Ann\"\n\"B,Bob\"\n"},
	    {FRONT_QUOTED_LINES, "\"Nr;Name;Ort\"\r\n\"1;\"\"Ute; "
				 "M\"\";Ulm\"\r\n\"2;Jo;Bonn\"\r\n"},
	    {FRONT_QUOTED_LINES, "\"Nom\tVille\"\n\"Zoé\tLyon\"\n"},
	    {FRONT_QUOTED_LINES, "\xef\xbb\xbf\"a|b|c\"\n\"1|2|3\"\n"},
	    {FRONT_QUOTED_LINES, "\n\"a,b\"\n\n\"1,\"\"x\ny\"\"\"\n\"2,z\"\n"},
	    {FRONT_PLAIN, "\"City, State\"\n\"Austin, TX\"\n\"Boise, ID\"\n"},
	    {FRONT_PLAIN, "\"Note\"\n\"a,b\"\n\"c,d\"\n"},
	    {FRONT_PLAIN, "\"Ref\",\"Who\"\n\"A\",\"Ann, B\"\n"},

	    {FRONT_APOSTROPHES, "'Ref','Who'\n'A','Lee, Ann'\n'B','Bob'\n"},
	    {FRONT_APOSTROPHES, "'Nr'|'Ort'\n'A'|'Ulm'\n'B'|'Köln | Süd'\n"},
	    {FRONT_APOSTROPHES, "Ref\tWho\nx\t'Ann'\ny\t'Bob'\n"
				"'z'\t'Cy'\n'w'\t'Di'\n'v'\t'Ed'\n"},
	    {FRONT_APOSTROPHES, "Nr;Nom\n1;'d''Or; Léa'\n2;'Luc'\n3;'Zoé'\n"},
	    {FRONT_APOSTROPHES, "'id','sum'\n1,5.5\n2,6.5\n"},
	    {FRONT_PLAIN, "Ref,Who\nA,O'Neil\nB,d'Or\n"},
	    {FRONT_PLAIN, "Zip,Who\n'01067,Ann\n'01068,Bob\n"},
	    {FRONT_PLAIN, "Ref,Who\nA,'Ann'\nB,Bob\nC,Cy\n"},

	    {FRONT_MIXED_DELIMITERS, "Ref;Who;City\nA,Ann,Bonn\nB,Bob,Rome\n"},
	    {FRONT_MIXED_DELIMITERS, "Nr,Name,Ort\n1;Ute;Ulm\n2;Jo;Bonn\n"},
	    {FRONT_MIXED_DELIMITERS, "Nom\tVille\nZoé;Lyon\nLéa;Nice\n"},
	    {FRONT_MIXED_DELIMITERS, "a|b|c\n1,2,3\n4,5,6\n"},
	    {FRONT_MIXED_DELIMITERS, "\n\"Ref\";\"Who\"\nA\tAnn\nB\tBob\n"},
	    {FRONT_PLAIN, "Ref;Who\nA;5,5\nB;6,5\n"},
	    {FRONT_PLAIN, "Note\nx, y\nz\n"},

	    {FRONT_BACKSLASHES, "Ref,Note\nA,\"5\\\" pipe\"\nB,x\n"},
	    {FRONT_BACKSLASHES, "Nr;Text\n1;\"sag \\\"ja\\\"; bald\"\n2;x\n"},
	    {FRONT_BACKSLASHES, "a\tb\nx\ty\n\"o\\\"k\"\tz\n"},
	    {FRONT_BACKSLASHES, "Ref,Note,End\nA,\"\\\"x\\\"\",1\nB,y,2\n"},
	    {FRONT_BACKSLASHES, "Ref,Note\nA,x\nB,\"a \\\"b\\\" c\",\"d\"\n"},
	    {FRONT_PLAIN, "Ref,Folder\nA,\"C:\\temp\\\"\nB,\"D:\\\"\n"},
	    {FRONT_PLAIN, "Ref,Note\nA,\"one\" two\nB,x\n"},
	};

	EACH (i, shapes) {
		struct front f = judge(shapes[i].s, PLAIN);

		if (f.kind != shapes[i].kind)
			fail_msg("kind %d and not %d: %s", (int)f.kind,
			    (int)shapes[i].kind, shapes[i].s);
		front_release(&f);
	}
}

/* A delimiter that was named changes nothing. */
TEST(looks_under_a_named_delimiter_as_well)
{
	CASES(cases, const char *s; char delimiter; enum front_kind kind) = {
	    {"Offers\nRef;Who\nA;Ann\nB;Bob\nC;Cy\n", ';', FRONT_PREAMBLE},
	    {"Ref;Who;City\nA,Ann,Bonn\nB,Bob,Rome\n", ',',
		FRONT_MIXED_DELIMITERS},
	    {"Ref;Who;City\nA,Ann,Bonn\nB,Bob,Rome\n", ';',
		FRONT_MIXED_DELIMITERS},
	    {"4;ann@example.org\n5;bob@example.org\n", ';', FRONT_NO_HEADER},
	};

	EACH (i, cases) {
		struct dialect said = PLAIN;
		struct front f;

		said.delimiter = cases[i].delimiter;
		f = judge(cases[i].s, said);
		if (f.kind != cases[i].kind)
			fail_msg("%zu: kind %d", i, (int)f.kind);
		front_release(&f);
	}
}

TEST(does_not_doubt_what_is_written_out)
{
	CASES(cases, const char *s; bool header, skip_lines, quote) = {
	    {"Offers,,\nRef,Who,City\nA,Ann,Bonn\n", false, true, false},
	    {",,\nRef,Who,City\nA,Ann,Bonn\n", false, true, false},
	    {"4,ann@example.org\n5,bob@example.org\n", true, false, false},
	    {"\"Ref,Who\"\n\"A,Ann\"\n", true, false, false},
	    {"Ref;Who\nA,Ann\nB,Bob\n", true, true, false},
	    {"'Ref','Who'\n'A','Ann'\n", false, false, true},
	};

	EACH (i, cases) {
		struct dialect said = PLAIN;
		struct front f = judge(cases[i].s, said);

		assert_int_not_equal(f.kind, FRONT_PLAIN);
		front_release(&f);
		said.says_header = cases[i].header;
		said.says_skip_lines = cases[i].skip_lines;
		said.says_quote = cases[i].quote;
		f = judge(cases[i].s, said);
		if (f.kind != FRONT_PLAIN)
			fail_msg("%zu: kind %d", i, (int)f.kind);
		front_release(&f);
	}
}

TEST(says_what_it_saw_and_what_to_do)
{
	CASES(cases, const char *s, *message, *help) = {
	    {"Offers,,\nRef,Who,City\nA,Ann,Bonn\n",
		"the table seems to begin on line 2 (3 columns, delimiter "
		"','); before it there is 'Offers,,'",
		"skip_lines: 1 (--skip-lines 1)"},
	    {"4;Ann;ann@example.org\n5;Bob;bob@example.org\n",
		"line 1 looks like a row, not like a header: "
		"'ann@example.org', '4', 'Ann'",
		"header: false (--no-header)"},
	    {"Ref;Who\nA\tAnn\nB\tBob\n",
		"the cells of line 1 are separated by ';', those of the lines "
		"after it by tab: 'Ref;Who'",
		"skip_lines: 1, header: false, delimiter: tab"},
	    {"\"Ref;Who\"\n\"A;Ann\"\n",
		"each line is a whole line of a CSV inside one quoted cell, "
		"with ';' between its cells: '\"Ref;Who\"'",
		"s/\"\"/\"/g"},
	    {"'Ref';'Who'\n'A';'Ann'\n",
		"the cells are in apostrophes: ''Ref';'Who''",
		"quote: \"'\" (--quote \"'\")"},
	    {"Ref,Who\nA,\"x\\\"y\"\n",
		"quotes inside quoted cells are written with a backslash "
		"(\\\") and not twice (\"\")",
		"export it again"},
	};

	EACH (i, cases) {
		struct buf message = BUF_INIT(0), help = BUF_INIT(0);
		struct front f = judge(cases[i].s, PLAIN);

		front_message(&f, &message);
		front_help(&f, &help);
		assert_string_equal(buf_str(&message), cases[i].message);
		if (!strstr(buf_str(&help), cases[i].help))
			fail_msg("%s", buf_str(&help));
		/* A diag's help has room for it. */
		assert_in_range(help.len, 1, 511);
		assert_non_null(front_code(f.kind));
		buf_release(&message);
		buf_release(&help);
		front_release(&f);
	}
}

/* Each finding, followed, leads to a file in which nothing is found, or to
 * one that no dialect can read. */
TEST(leads_to_a_reading_that_it_does_not_doubt)
{
	CASES(cases, const char *s; uint64_t skip_lines; bool has_header;
	      char delimiter, quote) = {
	    {"Offers,,\n,,\nRef,Who,City\nA,Ann,Bonn\n", 2, true, ',', '"'},
	    {"Offers;;\n7;Ann;2026-01-02\n8;Bob;2026-01-03\n", 0, true, ';',
		'"'},
	    {";;\n7;Ann;2026-01-02\n8;Bob;2026-01-03\n", 1, false, ';', '"'},
	    {"Offers\n7\tAnn\t2026-01-02\n8\tBob\t2026-01-03\n", 1, false, '\t',
		'"'},
	    {"Ref|Who\nA,Ann\nB,Bob\n", 1, false, ',', '"'},
	    {"'7';'Ann; Lee';'2026-01-02'\n'8';'Bob';'2026-01-03'\n", 0, false,
		';', '\''},
	};

	EACH (i, cases) {
		struct dialect said = PLAIN, read;
		struct front f;
		bool goes_on;

		said.delimiter = DIALECT_AUTO;
		do {
			f = judge(cases[i].s, said);
			read = detected(cases[i].s, said);
			goes_on = front_apply(&f, &said);
			front_release(&f);
		} while (goes_on);
		if (read.skip_lines != cases[i].skip_lines ||
		    read.has_header != cases[i].has_header ||
		    read.delimiter != cases[i].delimiter ||
		    read.quote != cases[i].quote)
			fail_msg("%zu: skip %d, header %d, '%c', '%c'", i,
			    (int)read.skip_lines, read.has_header,
			    read.delimiter, read.quote);
	}
}

TEST(tells_values_from_names)
{
	static const char *const values[] = {"ann@example.org", "2026-01-05",
	    "5.1.26", "01/05/2026", "5 Jan 2026", "Jan 5, 2026",
	    "2026-01-05T09:00:00Z", "9:15", "1.5", "1,234", "12%", "$5",
	    "(5.00)", "12345", "+44 20 7946 0958", "020-7946 0958",
	    "2026年1月5日"};
	static const char *const names[] = {"Name", "2026", "12", "Q1",
	    "e-mail", "line 2", "A-1", "Sum (EUR)", "@handle", "N/A", "", "May",
	    "Jan 26", "3rd", "1st of May", "ann@", "x.y"};

	EACH (i, values)
		if (!front_is_value(text_of(values[i])))
			fail_msg("'%s' is no value", values[i]);
	EACH (i, names)
		if (front_is_value(text_of(names[i])))
			fail_msg("'%s' is a value", names[i]);
}

/* Whatever the bytes, each time the same, and no harm. */
TEST(judges_random_bytes_the_same_each_time)
{
	static const char signs[] = "a1,;\t|\"'\n\\@-. \xc3\xa9";
	uint64_t seed = 7;
	char s[120];

	for (int i = 0; i < 20000; i++) {
		struct dialect dialect = PLAIN;
		struct front a, b;
		struct buf words = BUF_INIT(0);
		size_t len = (size_t)(i % 119);

		for (size_t k = 0; k < len; k++) {
			seed =
			    seed * 6364136223846793005U + 1442695040888963407U;
			s[k] = signs[(seed >> 33) % (sizeof(signs) - 1)];
		}
		dialect.delimiter = ",;\t|"[i & 3];
		front_judge(&a, s, len, i & 4, &dialect);
		front_judge(&b, s, len, i & 4, &dialect);
		assert_int_equal(a.kind, b.kind);
		assert_int_equal(a.skip_lines, b.skip_lines);
		if (a.kind != FRONT_PLAIN) {
			front_message(&a, &words);
			front_help(&a, &words);
		}
		buf_release(&words);
		front_release(&a);
		front_release(&b);
	}
}
