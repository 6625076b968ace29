/* SPDX-License-Identifier: MIT */
/* Rows and lookup tables: what a cell becomes, with each key that a field may
 * have beside the table, and how the table's own `source:` is read. */
#include "lookup_rig.h"

#include <stdlib.h>

TEST(rows_become_what_the_table_says)
{
	static const char table[] =
	    "Name,Id,Share,Since\n"
	    "Asha,U-1,\"1,5\",03/02/2024\n"
	    " Ben ,U-2,2,04/02/2024\n"
	    "Jos\xC3\xA9,U-3,3,05/02/2024\n"
	    "Nobody,,0,\n"
	    "Asha,U-1,\"1,5\",03/02/2024\n" /* again, and the same */
	    "\"Roy, K\",U-4,4,06/02/2024\n";
#define T "map: {file: t.csv, from: Name, to: Id"
	static const struct {
		const char *field, *cell;
		const char *json; /* of f; NULL: rejected */
		const char *codes;
	} cases[] = {
	    {"{column: B, " T "}}", "Asha", "\"U-1\"", ""},
	    {"{column: B, " T "}}", " Ben ", "\"U-2\"", ""},
	    {"{column: B, " T "}}", "Roy, K", "\"U-4\"", ""},
	    {"{column: B, " T "}}", "Jose\xCC\x81", "\"U-3\"", ""},
	    {"{column: B, " T "}}", "", "", ""},
	    {"{column: B, " T "}}", "asha", NULL, "map.no_entry"},
	    {"{column: B, " T "}, map_case: ignore}", "ASHA", "\"U-1\"", ""},
	    {"{column: B, " T "}, map_case: ignore}", "JOS\xC3\x89", "\"U-3\"",
		""},
	    {"{column: B, " T "}, otherwise: keep}", "Zoe", "\"Zoe\"", ""},
	    {"{column: B, " T "}, otherwise: omit}", "Zoe", "", ""},
	    {"{column: B, " T "}, otherwise: {value: U-0}}", "Zoe", "\"U-0\"",
		""},
	    {"{column: B, " T "}, default: U-9}", "Nobody", "\"U-9\"", ""},
	    {"{column: B, " T "}, required: true}", "Nobody", NULL,
		"rule.required"},
	    {"{column: B, case: title, " T "}}", "ASHA", "\"U-1\"", ""},
	    {"{column: B, replace: {pattern: '@.*', with: \"\"}, " T "}}",
		"Ben@x.example", "\"U-2\"", ""},
	    /* What stands before the table comes before it. */
	    {"{column: B, case: upper, " T "}}", "Asha", NULL, "map.no_entry"},
	    {"{column: B, replace: {pattern: Ben, with: Asha}, " T "}}", "Ben",
		"\"U-1\"", ""},
	    {"{column: B, unwrap: formula_text, " T "}}", "=\"Ben\"", "\"U-2\"",
		""},
	    {"{template: \"{A}sha\", " T "}}", "x", NULL, "map.no_entry"},
	    {"{column: B, " T "}, pattern: 'U-[0-2]', on_error: omit}",
		"Jos\xC3\xA9", "", "(rule.pattern)"},
	    {"{column: B, type: decimal, decimal: \",\", "
	     "map: {file: t.csv, from: Name, to: Share}, min: 1}",
		"Asha", "1.5", ""},
	    {"{column: B, type: date, format: \"%d/%m/%Y\", as: iso, "
	     "map: {file: t.csv, from: Name, to: Since}}",
		"Ben", "\"2024-02-04\"", ""},
	    /* Checks of what the table gives, one after the other. */
	    {"{column: B, " T "}, one_of: [U-1]}", "Asha", "\"U-1\"", ""},
	    {"{column: B, " T "}, one_of: [U-1]}", "Ben", NULL, "rule.one_of"},
	    {"{column: B, " T "}, max_length: 2}", "Ben", NULL,
		"rule.max_length"},
	    {"{column: B, " T "}, min_length: 4}", "Ben", NULL,
		"rule.min_length"},
	    {"{column: B, " T "}, type: email}", "Ben", NULL, "type.email"},
	    {"{column: B, " T "}, empty: \"null\"}", "Nobody", "null", ""},
	    {"{column: B, " T "}, clear: [Ben]}", "Ben", "null", ""},
	    {"{column: B, " T "}, clear: [Ben]}", "Asha", "\"U-1\"", ""},
	    {"{column: B, " T "}, trim: false, otherwise: keep}", " Ben ",
		"\" Ben \"", ""},
	    {"{index: 2, " T "}}", "Ben", "\"U-2\"", ""},
	    {"{column: [B, A], " T "}}", "Ben", "\"U-2\"", ""},
	    {"{items: [{fields: {x: {column: B, " T "}}}}]}", "Ben",
		"[{\"x\":\"U-2\"}]", ""},
	    {"{items: [{fields: {x: {column: B, " T "}, otherwise: omit}}}]}",
		"Zoe", "", ""},
	    {"{column: B, map: {Open: NEW}, map_case: ignore}", "OPEN",
		"\"NEW\"", ""},
	    {"{column: B, map: {Open: NEW, OPEN: NEW}, map_case: ignore, "
	     "otherwise: omit}",
		"open", "\"NEW\"", ""},
	    {"{column: B, type: multiString, separator: \"/\", each: {" T
	     "}, map_case: ignore, otherwise: omit}}",
		"Ben/ASHA/Zoe", "[\"U-2\",\"U-1\"]", ""},
	    /* Texts of a map that happen to be these words. */
	    {"{column: B, map: {file: FILE, folder: DIR}}", "file", "\"FILE\"",
		""},
	    {"{column: B, map: {from: F, to: T}}", "to", "\"T\"", ""},
	};

	put_table(table);
	EACH (i, cases) {
		char row[128];
		struct rig g;

		open_rig(&g, cases[i].field);
		snprintf(row, sizeof(row), "k|%s", cases[i].cell);
		rig_row(&g, row);
		rig_gave(&g, cases[i].json, cases[i].codes, cases[i].field,
		    cases[i].cell);
		rig_close(&g);
	}
}

/* A row's lookups are asked before their turn: what a row before had at the
 * same place does not count, and two fields may ask for one cell. */
TEST(each_row_finds_the_text_of_its_own)
{
	static const char *const rows[][2] = {
	    {"|Ann", "\"f\":\"1\",\"g\":\"a\\\"\",\"h\":\"1\""},
	    {"|Bob", "\"f\":\"2\",\"g\":\"b\",\"h\":\"2\""},
	    {"|Cyd", "\"f\":\"3\",\"h\":\"3\""},
	    {"", ""},
	    {"|", ""},
	    {"|Dan", ""},
	    {"|Eve", NULL},
	    {"|Bob", "\"f\":\"2\",\"g\":\"b\",\"h\":\"2\""},
	    {"| Ann", "\"f\":\"1\",\"g\":\"a\\\"\",\"h\":\"1\""},
	};
	struct rig g;

	put_table("Name,Id,Team\nAnn,1,\"a\"\"\"\nBob,2,b\nCyd,3,\nDan,4,d\n");
	open_rig(&g, "{column: B, " T "}}\n"
		     "  g: {column: B, map: {file: t.csv, from: Name, to: "
		     "Team}, otherwise: omit}\n"
		     "  h: {column: B, max_length: 9, " T "}}\n"
		     "source: {nulls: [Dan]}");
	EACH (i, rows) {
		char row[16], want[128];

		/* The cells of each row lie where those of the last one lay. */
		snprintf(row, sizeof(row), "%zu%s", i, rows[i][0]);
		snprintf(want, sizeof(want), "{\"lead_id\":\"%zu\"%s%s%s}", i,
		    rows[i][1] && *rows[i][1] ? ",\"data\":{" : "",
		    rows[i][1] ? rows[i][1] : "",
		    rows[i][1] && *rows[i][1] ? "}" : "");
		if (rows[i][1])
			rig_gives(&g, row, want);
		else
			rig_rejects(&g, row, "map.no_entry map.no_entry");
	}
	rig_close(&g);
}

/* Its cells need not be UTF-8; its key is for the report. */
TEST(a_row_that_the_reader_rejected_is_not_looked_up)
{
	char *bytes = strdup("\xF0");
	struct rig g;

	assert_non_null(bytes);
	put_table("Name,Id\nAnn,1\nBob,2\n");
	open_rig(&g, "{column: B, " T "}, map_case: ignore}");
	rig_gives(&g, "k|ANN", "{\"lead_id\":\"k\",\"data\":{\"f\":\"1\"}}");
	g.cells[1] = (struct text){bytes, 1};
	problem_list_clear(&g.problems);
	(void)problem_add(&g.problems, PROBLEM_REJECT, STAGE_READ,
	    "csv.bad_encoding", 1, g.cells[1], "bad");
	rig_build(&g, false);
	assert_int_equal(g.verdict, ROW_REJECTED);
	rig_close(&g);
	free(bytes);
}

TEST(a_key_may_come_from_a_table)
{
	struct rig g;

	put_table("Name,Id\nAnn,1\nBob,2\nBo,2\n");
	open_yaml(
	    &g, "version: 1\nlead_id: {column: A, " T "}}\ndata: {f: B}\n");
	rig_gives(&g, "Ann|x", "{\"lead_id\":\"1\",\"data\":{\"f\":\"x\"}}");
	rig_gives(&g, "Bob|x", "{\"lead_id\":\"2\",\"data\":{\"f\":\"x\"}}");
	assert_true(text_is(builder_key_text(g.b), "2"));
	rig_rejects(&g, "Bo|x", "rule.not_unique");
	rig_rejects(&g, "Cyd|x", "map.no_entry");
	rig_close(&g);
}

/* However little room there is, the row is whole or refused. */
TEST(a_row_without_room_for_what_the_table_gives_is_refused)
{
	static const char want[] =
	    "{\"lead_id\":\"k\",\"data\":{\"f\":\"a long result\"}}";
	struct rig g;

	put_table("Name,Id\nAnn,a long result\n");
	for (size_t room = 1; room < sizeof(want) + 2; room++) {
		open_rig(&g, RULE);
		g.out.max = room;
		if (room < sizeof(want) - 1)
			rig_rejects(&g, "k|Ann", "chunk.row_too_large");
		else
			rig_gives(&g, "k|Ann", want);
		rig_close(&g);
	}
}

TEST(a_table_is_read_as_its_source_says)
{
#define S(keys)                                                                \
	"{column: B, map: {file: t.csv, from: Name, to: Id, source: {" keys    \
	"}}}"
	CASES(cases, const char *field, *table, *cell, *json) = {
	    {S("delimiter: \";\""), "Name;Id\nA,b;1\n", "A,b", "1"},
	    {S("skip_lines: 2"), "Owners\n\nName,Id\nA,1\n", "A", "1"},
	    {S("encoding: windows-1252"), "Name,Id\nM\xFCller,1\n",
		"M\xC3\xBCller", "1"},
	    {S("encoding: utf-16"),
		"\xFF\xFEN\0a\0m\0e\0,\0I\0d\0\n\0A\0,\0"
		"1\0\n\0",
		"A", "1"},
	    {S("columns: loose"), "NAME,_ID\nA,1\n", "A", "1"},
	    {S("ignore: ['#']"), "Name,Id\n#x\nA,1\n", "A", "1"},
	    {S("ragged: fit"), "Name,Id\nB\nA,1,,\n", "A", "1"},
	    {S("nulls: [\"-\"]"), "Name,Id\n-,7\nA,1\n", "A", "1"},
	    {S("quote: \"'\""), "Name,Id\n'A,b',1\n", "A,b", "1"},
	    {S("blanks: around_quotes"), "Name,Id\n \"A\" ,1\n", "A", "1"},
	    {S("delimiter: auto"), "sep=|\nName|Id\nA|1\n", "A", "1"},
	    {S("delimiter: tab"), "\xEF\xBB\xBFName\tId\r\nA\t1\r\n\r\n", "A",
		"1"},
	};

	EACH (i, cases) {
		char row[64], want[128];
		size_t len = i == 3 ? 26 : strlen(cases[i].table);
		struct rig g;

		write_table("t.csv", cases[i].table, len);
		open_rig(&g, cases[i].field);
		snprintf(row, sizeof(row), "k|%s", cases[i].cell);
		snprintf(want, sizeof(want),
		    "{\"lead_id\":\"k\",\"data\":{\"f\":\"%s\"}}",
		    cases[i].json);
		rig_gives(&g, row, want);
		rig_close(&g);
	}
}

AROUND_ALL(make_folder, remove_folder);
