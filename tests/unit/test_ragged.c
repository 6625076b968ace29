/* SPDX-License-Identifier: MIT */
/*
 * What records of another width are, by those around them. A file is written
 * as the widths of its records: "4 3 2 4" under a header of four columns; a
 * width with ! has text in every cell beyond the header's.
 */
#include "csv/reader.h"
#include "test.h"
#include "value/forms.h"

#include <stdlib.h>

#define CELLS_MAX 16

static struct ragged
look(const char *widths, size_t header_width, bool is_whole)
{
	struct ragged g = {.last = 0};
	struct text cells[CELLS_MAX];
	uint64_t number = 0;
	char *end;

	for (const char *at = widths; *at != '\0'; at = end) {
		number++;
		struct ragged_row row = {.number = number,
		    .row = number + 1,
		    .line = number + 1,
		    .cells = cells,
		    .delimiter = ',',
		    .quote = '"',
		    .header_width = header_width};

		row.width = row.cell_count = strtoul(at, &end, 10);
		assert_true(end > at && row.width <= CELLS_MAX);
		for (size_t i = 0; i < row.width; i++)
			cells[i] = i < header_width || *end == '!'
				       ? TEXT_LITERAL("x")
				       : TEXT_LITERAL(" ");
		end += *end == '!';
		end += *end == ' ';
		if (row.width != header_width)
			ragged_see(&g, &row);
	}
	ragged_finish(&g, is_whole ? number : 0);
	return g;
}

/* Asks for the shapes as "2 line_break 1 footer". */
static void
expect_shapes(
    const char *widths, size_t header_width, bool is_whole, const char *want)
{
	struct ragged g = look(widths, header_width, is_whole);
	struct buf got = BUF_INIT(0);

	for (int i = 0; i < RAGGED_SHAPES; i++)
		if (g.shapes[i].rows > 0)
			buf_addf(&got, "%s%d %s", got.len > 0 ? " " : "",
			    (int)g.shapes[i].rows,
			    ragged_shape_cause((enum ragged_shape)i));
	assert_string_equal(buf_str(&got), want);
	buf_release(&got);
}

TEST(tells_the_shapes_of_a_file_apart)
{
	CASES(files, const char *widths; size_t header_width;
	      const char *want) = {
	    /* A line break in a cell: pieces that make one record. */
	    {"4 3 2 4", 4, "2 line_break"},
	    {"2 3 4 2 3 4", 4, "4 line_break"},
	    {"5 2 2 3 5", 5, "3 line_break"},
	    {"4 3 1 2 4", 4, "3 line_break"},
	    {"4 2 1 1 3", 4, "4 line_break"},
	    {"7 6 2 7 6 2", 7, "4 line_break"},
	    /* A footer: one cell each, and nothing else after it. */
	    {"5 5 1 1 1", 5, "3 footer"},
	    {"2 2 1", 2, "1 footer"},
	    {"3 3 2 1 1", 3, "2 footer 1 ends_early"},
	    {"4 3 2 4 1", 4, "2 line_break 1 footer"},
	    {"1 1", 3, "2 footer"},
	    {"1", 3, "1 footer"},
	    /* One cell among others. */
	    {"5 1 5 1 5", 5, "2 one_cell"},
	    {"5 1 1 4 5", 5, "2 one_cell 1 ends_early"},
	    {"5 1 6 1", 5, "1 footer 1 one_cell 1 excess_empty"},
	    /* Too short, and no piece of anything. */
	    {"4 3 4 3 4", 4, "2 ends_early"},
	    {"4 3 4 2 4", 4, "2 ends_early"},
	    {"4 3 5 2 4", 4, "2 ends_early 1 excess_empty"},
	    {"4 3 3 2 4", 4, "2 line_break 1 ends_early"},
	    {"4 2 1 2 4 3 4", 4, "1 one_cell 3 ends_early"},
	    {"4 2 1 2 4 1 3 4", 4, "2 one_cell 3 ends_early"},
	    {"4 2 1 2 1", 4, "1 footer 1 one_cell 2 ends_early"},
	    {"4 3 2 2 3 4", 4, "4 line_break"},
	    {"4 1 2 3 4", 4, "2 line_break 1 one_cell"},
	    {"4 2 3 1 2 3 4", 4, "4 line_break 1 one_cell"},
	    {"6 5 5 5 6", 6, "3 ends_early"},
	    {"5 2 3 5", 5, "2 ends_early"},
	    {"5 4 1 4 5", 5, "1 one_cell 2 ends_early"},
	    /* Too long. */
	    {"4 4 4", 3, "3 excess_empty"},
	    {"6 3 6!", 3, "1 excess_empty 1 excess"},
	    {"4! 3 3", 3, "1 excess"},
	};

	EACH (i, files)
		expect_shapes(files[i].widths, files[i].header_width, true,
		    files[i].want);
}

TEST(knows_no_footer_of_a_file_that_was_not_read_to_its_end)
{
	expect_shapes("5 1 1", 5, false, "2 one_cell");
	expect_shapes("5 3 1 1", 5, false, "2 one_cell 1 ends_early");
}

static void
expect_advice(const char *widths, size_t header_width, enum ragged_shape shape,
    bool is_padded, const char *holds, const char *lacks)
{
	struct ragged g = look(widths, header_width, true);
	struct buf got = BUF_INIT(0);

	ragged_advice(&g, shape, is_padded, &got);
	if (!strstr(buf_str(&got), holds) ||
	    (lacks && strstr(buf_str(&got), lacks)))
		fail_msg("%s: %s", widths, buf_str(&got));
	buf_release(&got);
}

TEST(advises_pad_only_where_records_end_early_and_nothing_else_is_seen)
{
	expect_advice(
	    "4 3 4", 4, SHAPE_ENDS_EARLY, false, "`ragged: pad`", NULL);
	expect_advice(
	    "4 3 4 1", 4, SHAPE_ENDS_EARLY, false, "check first", "pad");
	expect_advice(
	    "4 2 4 3 2", 4, SHAPE_ENDS_EARLY, false, "check first", "pad");
	expect_advice(
	    "4 3 4 5", 4, SHAPE_ENDS_EARLY, false, "check first", "pad");
	expect_advice(
	    "4 3 2", 4, SHAPE_LINE_BREAK, false, "needs quotes", "pad");
	expect_advice(
	    "4 1", 4, SHAPE_FOOTER, false, "ignore: ['^\"?x\"?$']", "pad");
	expect_advice("4 1 4", 4, SHAPE_ONE_CELL, false, "check first", "pad");
}

TEST(advises_what_fits_each_shape)
{
	struct ragged g = {.delimiter = '\t', .quote = '"'};
	struct buf got = BUF_INIT(0);

	expect_advice(
	    "4 3", 3, SHAPE_EXCESS_EMPTY, false, "`ragged: trim`", "quotes");
	expect_advice("4! 3", 3, SHAPE_EXCESS, false,
	    "a cell that holds ',' needs quotes", "trim");
	/* What pad made of them is said, too; of a short record there is
	 * nothing to say. */
	expect_advice("4 3 2", 4, SHAPE_LINE_BREAK, true,
	    "`ragged: pad` makes a record of each piece", NULL);
	ragged_advice(&g, SHAPE_ENDS_EARLY, true, &got);
	assert_int_equal(got.len, 0);
	ragged_advice(&g, SHAPE_BLANK_QUOTE, false, &got);
	assert_non_null(strstr(buf_str(&got), "around_quotes"));
	buf_clear(&got);
	ragged_advice(&g, SHAPE_EXCESS, false, &got);
	assert_string_equal(
	    buf_str(&got), "a cell that holds a tab needs quotes around it");
	buf_release(&got);
}

/* One record of one cell at the end of a file. */
static void
pattern_of(const char *cell, char delimiter, char quote, struct buf *out)
{
	struct text cells = text_of(cell);
	struct ragged g = {.last = 6};
	struct ragged_row row = {.number = 7,
	    .cells = &cells,
	    .cell_count = 1,
	    .width = 1,
	    .header_width = 3,
	    .delimiter = delimiter,
	    .quote = quote};

	buf_clear(out);
	ragged_see(&g, &row);
	ragged_finish(&g, 7);
	ragged_patterns(&g, SHAPE_FOOTER, out);
}

/* What the pattern, taken out of its single quotes, says of a raw text. */
static bool
matches(const struct buf *quoted, const char *raw)
{
	struct buf plain = BUF_INIT(0);
	struct pattern *p;
	char error[160];
	size_t at;
	bool result;

	for (size_t i = 1; i + 1 < quoted->len; i++) {
		buf_addc(&plain, quoted->data[i]);
		i += quoted->data[i] == '\'';
	}
	p = pattern_compile_at_start(
	    (struct text){plain.data, plain.len}, error, &at);
	assert_non_null(p);
	result = pattern_match(p, text_of(raw), false) == 1;
	pattern_free(p);
	buf_release(&plain);
	return result;
}

TEST(offers_patterns_that_match_the_line_and_no_record)
{
	static const struct {
		const char *cell;
		char delimiter;
		const char *pattern;
		const char *same, *next, *record; /* the last is not matched */
	} lines[] = {
	    {"Ende der Liste", ';', "'^\"?Ende der Liste\"?$'",
		"Ende der Liste", "\"Ende der Liste\"", "Ende der Liste;1;2"},
	    {"Exported on 2026-11-20 (UTC)", ',',
		"'^\"?Exported on [^,\"]*\"?$'",
		"\"Exported on 2026-11-20 (UTC)\"", "Exported on 2027-01-03",
		"Exported on 2027,x,y"},
	    {"Sum, all rows", ',', "'^\"Sum, all rows\"$'", "\"Sum, all rows\"",
		"\"Sum, all rows\"", "\"Sum, all rows\",1,2"},
	    {"L'\xc3\xa9t\xc3\xa9 [fin]", '|',
		"'^\"?L''\xc3\xa9t\xc3\xa9 \\[fin\\]\"?$'",
		"L'\xc3\xa9t\xc3\xa9 [fin]", "\"L'\xc3\xa9t\xc3\xa9 [fin]\"",
		"L'\xc3\xa9t\xc3\xa9 [fin]|x"},
	    {"42", '\t', "'^\"?42\"?$'", "42", "\"42\"", "421"},
	    {"a\x01 b", ',', "'^\"?a\\x01 b\"?$'", "a\x01 b", "\"a\x01 b\"",
		"a b"},
	};
	struct buf got = BUF_INIT(0);

	EACH (i, lines) {
		pattern_of(lines[i].cell, lines[i].delimiter, '"', &got);
		assert_string_equal(buf_str(&got), lines[i].pattern);
		assert_true(matches(&got, lines[i].same));
		assert_true(matches(&got, lines[i].next));
		assert_false(matches(&got, lines[i].record));
	}
	/* A long one goes on. */
	pattern_of("Confidential and for internal use only, not to be given "
		   "to anybody outside of the company",
	    ';', '"', &got);
	assert_true(matches(&got,
	    "Confidential and for internal use only, not to be given to "
	    "anybody outside of the company"));
	assert_false(matches(&got,
	    "Confidential and for internal use only, not to be given to "
	    "anybody;outside"));
	assert_false(matches(&got, "Confidential"));
	/* It is cut before a character that would be cut in two. */
	pattern_of("123456789 123456789 123456789 123456789 123456789 "
		   "123456789 123\xc3\xa9 and more",
	    ';', '"', &got);
	assert_true(matches(&got,
	    "123456789 123456789 123456789 123456789 123456789 123456789 "
	    "123\xc3\xb6"));
	/* One with a quote could be written in several ways. */
	pattern_of("the \"end\"", ',', '"', &got);
	assert_string_equal(buf_str(&got), "");
	buf_release(&got);
}

TEST(goes_on_after_four_letters_and_before_a_word_with_a_digit)
{
	CASES(cases, const char *cell; char quote; const char *pattern) = {
	    {"azAZ 12", '"', "'^\"?azAZ [^,\"]*\"?$'"},
	    {"Sum 12", '"', "'^\"?Sum 12\"?$'"},
	    {"Sum A1", '"', "'^\"?Sum A1\"?$'"},
	    {"Total12", '"', "'^\"?Total12\"?$'"},
	    {"@@[[ 12", '"', "'^\"?@@\\[\\[ 12\"?$'"},
	    {"{{~~ 12", '"', "'^\"?\\{\\{~~ 12\"?$'"},
	    {"Rows, to 12", '"', "'^\"Rows, to [^\"]*\"$'"},
	    {"Rows to 12", '\0', "'^Rows to [^,]*$'"},
	    {"", '"', ""},
	};
	struct buf got = BUF_INIT(0);

	EACH (i, cases) {
		pattern_of(cases[i].cell, ',', cases[i].quote, &got);
		assert_string_equal(buf_str(&got), cases[i].pattern);
	}
	buf_release(&got);
}

TEST(takes_blanks_before_a_quote_for_what_broke_a_long_record)
{
	CASES(cases, const char *first, *second; char quote; bool is_found) = {
	    {" \"x", "y", '"', true},
	    {"y", "\t \"x", '"', true},
	    {"\"x", "y", '"', false},
	    {"  x \"", " ", '"', false},
	    {"y\"x", "y", '"', false},
	    {" \"x", "y", '\'', false},
	    {" \"x", "y", '\0', false},
	    {" ", " \t", '"', false},
	};

	EACH (i, cases) {
		const struct text cells[] = {
		    text_of(cases[i].first), text_of(cases[i].second)};
		struct ragged g = {.last = 0};
		struct ragged_row row = {.number = 1,
		    .cells = cells,
		    .cell_count = 2,
		    .width = 2,
		    .header_width = 1,
		    .delimiter = ',',
		    .quote = cases[i].quote};

		ragged_see(&g, &row);
		assert_int_equal(
		    g.shapes[SHAPE_BLANK_QUOTE].rows, cases[i].is_found);
	}
}

TEST(examples_are_the_first_rows_of_a_shape_and_their_texts_are_kept_once)
{
	static const char *const widths[] = {
	    "5 4 5 3 5 4 5 2 5 4 5 4 5 4 5", "5 1 5 1 5 1 5 1 5 1 5 1 5 1 5"};

	for (size_t k = 0; k < 2; k++) {
		struct ragged g = look(widths[k], 5, true);
		const struct ragged_tally *t =
		    &g.shapes[k == 0 ? SHAPE_ENDS_EARLY : SHAPE_ONE_CELL];
		static const size_t cells[] = {4, 3, 4, 2, 4, 4, 4};

		assert_int_equal(t->rows, 7);
		assert_int_equal(t->example_count, RAGGED_EXAMPLES);
		for (size_t i = 0; i < RAGGED_EXAMPLES; i++) {
			assert_int_equal(t->examples[i].row, 3 + 2 * i);
			assert_int_equal(t->examples[i].line, 3 + 2 * i);
			assert_int_equal(
			    t->examples[i].cells, k == 0 ? cells[i] : 1);
		}
		assert_int_equal(t->text_count, k);
		assert_int_equal(t->further, 0);
		/* of two pieces that are known at once */
		g = look("4 3 1 2 4", 4, true);
		t = &g.shapes[SHAPE_LINE_BREAK];
		assert_int_equal(t->example_count, 3);
		assert_int_equal(t->examples[0].row, 3);
		assert_int_equal(t->examples[1].row, 5);
		assert_int_equal(t->examples[2].row, 4);
	}
}

static struct ragged_row
one_cell(uint64_t number, const struct text *cell)
{
	return (struct ragged_row){.number = number,
	    .cells = cell,
	    .cell_count = 1,
	    .width = 1,
	    .header_width = 2,
	    .delimiter = ',',
	    .quote = '"'};
}

/* Records of one cell at the end: each letter is a cell. */
static void
advice_of(const char *letters, struct buf *out)
{
	struct ragged g = {.last = 0};
	uint64_t number = 0;

	for (const char *at = letters; *at != '\0'; at++) {
		struct text cell = {at, 1};
		struct ragged_row row;

		number++;
		row = one_cell(number, &cell);
		ragged_see(&g, &row);
	}
	ragged_finish(&g, number);
	buf_clear(out);
	ragged_advice(&g, SHAPE_FOOTER, false, out);
}

#define LOOKS "rows of one cell at the end look like a footer"
#define LEAVE_OUT "; to leave them out, add to the mapping's source: ignore: ["

TEST(names_each_text_of_a_footer_once)
{
	CASES(cases, const char *letters, *says) = {
	    {"a", "check first that the file was not cut: " LOOKS LEAVE_OUT
		  "'^\"?a\"?$']"},
	    {"aab", LOOKS LEAVE_OUT "'^\"?a\"?$', '^\"?b\"?$']"},
	    {"abc", LOOKS LEAVE_OUT "'^\"?a\"?$', '^\"?b\"?$', '^\"?c\"?$']"},
	    {"a\"",
		LOOKS LEAVE_OUT "'^\"?a\"?$'] (and patterns for the others)"},
	    {"\"\"", LOOKS},
	};
	struct buf got = BUF_INIT(0);

	EACH (i, cases) {
		advice_of(cases[i].letters, &got);
		assert_string_equal(buf_str(&got), cases[i].says);
	}
	buf_release(&got);
}

TEST(says_of_a_record_alone_what_its_cells_say)
{
	CASES(cases, size_t width; const char *last, *cause, *hint) = {
	    {1, "x", "one_cell", "look at the rows around it"},
	    {2, "x", "ends_early", "look at the rows around it"},
	    {4, "x", "excess", "a cell that holds ',' needs quotes around it"},
	    {4, " ", "excess_empty", "`ragged: trim`"},
	    {4, " \"x", "blank_before_quote", "around_quotes"},
	};
	struct buf got = BUF_INIT(0);

	EACH (i, cases) {
		struct text cells[4];
		struct ragged_row row = {.number = 1,
		    .cells = cells,
		    .cell_count = cases[i].width,
		    .width = cases[i].width,
		    .header_width = 3,
		    .delimiter = ',',
		    .quote = '"'};
		struct problem_list list;
		struct text hint;

		for (size_t k = 0; k < 4; k++)
			cells[k] = text_of(cases[i].last);
		problem_list_init(&list);
		ragged_reject(&row, true, &list);
		assert_int_equal(list.rejects, 1);
		assert_string_equal(list.items[0].cause, cases[i].cause);
		hint = problem_hint(&list, &list.items[0]);
		buf_clear(&got);
		buf_add(&got, hint.s, hint.len);
		assert_non_null(strstr(buf_str(&got), cases[i].hint));
		if (cases[i].width < 3) {
			ragged_note_padded(&row, &list);
			assert_int_equal(list.count, 2);
			assert_string_equal(
			    list.items[1].cause, cases[i].cause);
		}
		problem_list_release(&list);
	}
	buf_release(&got);
}

TEST(keeps_few_texts_and_counts_the_others)
{
	struct ragged g = {.last = 0};
	struct buf got = BUF_INIT(0);
	char word[16];

	for (uint64_t i = 1; i <= 20; i++) {
		struct text cell;
		struct ragged_row row = one_cell(i, &cell);

		snprintf(word, sizeof(word), "%c", (int)('a' + i / 2));
		cell = text_of(word);
		ragged_see(&g, &row);
	}
	ragged_finish(&g, 20);
	assert_int_equal(g.shapes[SHAPE_FOOTER].rows, 20);
	assert_int_equal(g.shapes[SHAPE_FOOTER].text_count, RAGGED_TEXTS);
	assert_int_equal(
	    g.shapes[SHAPE_FOOTER].further, 20 - 1 - 2 * (RAGGED_TEXTS - 1));
	ragged_advice(&g, SHAPE_FOOTER, false, &got);
	assert_non_null(strstr(buf_str(&got), "and patterns for the others"));
	buf_release(&got);
}
