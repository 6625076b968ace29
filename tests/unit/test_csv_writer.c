/* SPDX-License-Identifier: MIT */
#include "results/csv_writer.h"
#include "test.h"

struct sink {
	char *data;
	size_t len;
	FILE *stream;
	struct csv_writer csv;
};

static void
sink_open(struct sink *s, char delimiter, const char *line_end)
{
	s->stream = open_memstream(&s->data, &s->len);
	assert_non_null(s->stream);
	csv_writer_init(&s->csv, s->stream, delimiter, line_end);
}

static void
sink_expect(struct sink *s, const char *expected)
{
	fclose(s->stream);
	assert_string_equal(s->data, expected);
	free(s->data);
}

TEST(quotes_only_the_cells_that_need_it)
{
	CASES(cases, const char *cell, *comma, *semicolon) = {
	    {"abc", "abc", "abc"},
	    {"a,b", "\"a,b\"", "a,b"},
	    {"a;b", "a;b", "\"a;b\""},
	    {"5' 5\"", "\"5' 5\"\"\"", "\"5' 5\"\"\""},
	    {"\"", "\"\"\"\"", "\"\"\"\""},
	    {"\"\"x\"", "\"\"\"\"\"x\"\"\"", "\"\"\"\"\"x\"\"\""},
	    {"two\nlines", "\"two\nlines\"", "\"two\nlines\""},
	    {"mac\rline", "\"mac\rline\"", "\"mac\rline\""},
	    {" lead", "\" lead\"", "\" lead\""},
	    {"trail\t", "\"trail\t\"", "\"trail\t\""},
	    {"in side", "in side", "in side"},
	    {"\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac"},
	};

	EACH (i, cases) {
		struct sink s;
		char line[64];

		sink_open(&s, ',', "\n");
		csv_cell_str(&s.csv, cases[i].cell);
		csv_end_row(&s.csv);
		snprintf(line, sizeof(line), "%s\n", cases[i].comma);
		sink_expect(&s, line);
		sink_open(&s, ';', "\n");
		csv_cell_str(&s.csv, cases[i].cell);
		csv_end_row(&s.csv);
		snprintf(line, sizeof(line), "%s\n", cases[i].semicolon);
		sink_expect(&s, line);
	}
}

TEST(separates_cells_and_ends_rows_as_asked)
{
	struct sink s;

	sink_open(&s, '\t', "\r\n");
	csv_cell_uint(&s.csv, 0);
	csv_cell_uint(&s.csv, UINT64_MAX);
	csv_end_row(&s.csv);
	csv_cell_str(&s.csv, "");
	csv_cell_str(&s.csv, "");
	csv_end_row(&s.csv);
	sink_expect(&s, "0\t18446744073709551615\r\n\t\r\n");
}

TEST(writes_a_row_of_one_empty_cell_so_that_it_is_no_blank_line)
{
	struct sink s;

	sink_open(&s, ',', "\n");
	csv_cell_str(&s.csv, "");
	csv_end_row(&s.csv);
	csv_cell_str(&s.csv, "x");
	csv_end_row(&s.csv);
	csv_cell(&s.csv, (struct text){NULL, 0});
	csv_end_row(&s.csv);
	sink_expect(&s, "\"\"\nx\n\"\"\n");
}
