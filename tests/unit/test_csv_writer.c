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

/* Whatever fits into a writer's own memory, and where in it a row begins. */
TEST(rows_of_any_length_go_out_whole)
{
	static char cell[3000];
	struct buf expected = BUF_INIT(0);

	memset(cell, 'x', sizeof(cell));
	for (size_t len = 0; len < sizeof(cell); len += 97) {
		struct sink s;

		buf_clear(&expected);
		sink_open(&s, ',', "\n");
		for (size_t first = 1000; first < 1030; first++) {
			csv_cell(&s.csv, (struct text){cell, first});
			cell[len] = '"';
			csv_cell(&s.csv, (struct text){cell, len + 1});
			cell[len] = 'x';
			csv_cell_as_is(&s.csv, TEXT_LITERAL("a,\"b c\""));
			csv_cell_uint(&s.csv, len);
			csv_end_row(&s.csv);
			buf_addf(&expected, "%.*s,\"%.*s\"\"\",a,\"b c\",%zu\n",
			    (int)first, cell, (int)len, cell, len);
		}
		sink_expect(&s, buf_str(&expected));
	}
	buf_release(&expected);
}

TEST(what_was_written_of_a_row_is_known_until_it_is_long)
{
	static char cell[1100];
	struct sink s;
	size_t from;

	memset(cell, 'x', sizeof(cell));
	sink_open(&s, ',', "\n");
	csv_cell_str(&s.csv, "one");
	from = s.csv.len;
	csv_cell_str(&s.csv, "t,o");
	csv_cell_uint(&s.csv, 3);
	assert_true(text_is(csv_row_from(&s.csv, from), ",\"t,o\",3"));
	csv_cell(&s.csv, (struct text){cell, 1010});
	csv_cell(&s.csv, (struct text){cell, 1010});
	assert_int_equal(csv_row_from(&s.csv, from).len, 0);
	csv_end_row(&s.csv);
	csv_cell_str(&s.csv, "four");
	assert_true(text_is(csv_row_from(&s.csv, 0), "four"));
	fclose(s.stream);
	free(s.data);
}
