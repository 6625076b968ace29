/* SPDX-License-Identifier: MIT */
/* The builder and the forms that Unicode has for one text. */
#include "builder_rig.h"

#define HEAD "version: 1\nprocedure: lead\nlead_id: A\n"
/* Forms: e with an accent as one character, and as two. */
#define ONE "Caf\xc3\xa9"
#define TWO "Cafe\xcc\x81"

TEST(texts_that_differ_only_in_their_form_are_compared_as_one)
{
	struct rig g;

	rig_open(&g,
	    HEAD "data:\n"
		 "  m: {column: B, map: {" ONE ": X}, otherwise: keep}\n"
		 "  n: {column: B, map: {" TWO ": Y}, otherwise: keep}\n"
		 "  o: {column: C, one_of: [" TWO ", B]}\n"
		 "rows: {except: {column: D, in: [" ONE "]}}\n",
	    "A|B|C|D");
	rig_gives(&g, "1|" TWO "|" ONE "|x",
	    "{\"lead_id\":\"1\",\"data\":{\"m\":\"X\",\"n\":\"Y\","
	    "\"o\":\"" ONE "\"}}");
	rig_gives(&g, "2|" ONE "|" TWO "|x",
	    "{\"lead_id\":\"2\",\"data\":{\"m\":\"X\",\"n\":\"Y\","
	    "\"o\":\"" TWO "\"}}");
	/* What is sent keeps its form. */
	rig_gives(&g, "3|" TWO "s|B|x",
	    "{\"lead_id\":\"3\",\"data\":{\"m\":\"" TWO "s\",\"n\":\"" TWO
	    "s\",\"o\":\"B\"}}");
	rig_gives(&g, ONE "|||x", "{\"lead_id\":\"" ONE "\"}");
	rig_rejects(&g, TWO "|||x", "rule.not_unique");
	rig_row(&g, "5|||" TWO);
	assert_int_equal(g.verdict, ROW_SKIPPED);
	rig_close(&g);
}

TEST(a_map_says_in_what_a_value_differs_that_looks_like_an_entry)
{
	static const struct {
		const char *cell, *said; /* NULL = the difference can be seen */
	} cases[] = {
	    {"1|In\xc2\xa0progress", "U+00A0 (no-break space) as character 3"},
	    {"2|\xd0\x9epen", "U+041E (Cyrillic letter) as character 1"},
	    {"3|Won\xe2\x80\x8b", "U+200B (zero-width space) as character 4"},
	    {"4|L\xce\xbfst", "U+03BF (Greek letter) as character 2"},
	    {"5|\xef\xbb\xbfLost", "U+FEFF (byte order mark) as character 1"},
	    {"6|Wo\xcc\xb7n", "U+0337 (combining mark) as character 3"},
	    {"7|Wonn", NULL},
	    {"8|lost", NULL},
	};
	struct rig g;

	rig_open(&g,
	    HEAD "data: {s: {column: B, map: {In progress: A, Open: B, Won: C, "
		 "Lost: D}}}\n",
	    "A|B");
	EACH (i, cases) {
		struct text said;

		rig_rejects(&g, cases[i].cell, "map.no_entry");
		said = problem_message(&g.problems, g.problems.items);
		if (cases[i].said)
			assert_non_null(strstr(said.s, cases[i].said));
		else
			assert_null(strstr(said.s, "looks like it"));
	}
	rig_close(&g);
}

/* Such a row was rejected when it was read. */
TEST(a_row_whose_cells_are_no_text_is_not_asked_for_its_key)
{
	CASES(cases, const char *row, *key) = {
	    {"k|x|y", "k"},
	    {"k\xff|x|y", ""},
	    {"k|x|\xffy", ""},
	};
	struct rig g;

	rig_open(&g, "version: 1\nlead_id: A\n", "A|B|C");
	EACH (i, cases) {
		g.rec.cell_count = rig_split(cases[i].row, g.cells);
		g.rec.cells = g.cells;
		problem_list_clear(&g.problems);
		problem_add(&g.problems, PROBLEM_REJECT, STAGE_READ, "csv.x",
		    PROBLEM_NO_COLUMN, (struct text){"", 0}, "x");
		rig_build(&g, false);
		assert_int_equal(g.verdict, ROW_REJECTED);
		assert_true(text_is(builder_key_text(g.b), cases[i].key));
	}
	rig_close(&g);
}
