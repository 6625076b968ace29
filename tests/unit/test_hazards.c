/* SPDX-License-Identifier: MIT */
#include "look/hazards.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* The kinds of hazards that a cell can show alone, as letters. */
static void
kinds_of(const char *cell, char out[16])
{
	struct text t = text_of(cell);
	struct hazard_marks m = hazard_marks(t);
	bool alone;

	snprintf(out, 16, "%s%s%s%s%s%s%s%s%s",
	    hazard_is_scientific(t) ? "s" : "", hazard_is_rounded(t) ? "r" : "",
	    hazard_is_error_value(t) ? "e" : "", hazard_is_hashes(t) ? "#" : "",
	    hazard_is_formula(t) ? "f" : "",
	    hazard_is_total(t, &alone) ? "t" : "", m.mojibake ? "m" : "",
	    m.nbsp ? "n" : "", m.invisible ? "i" : "");
}

TEST(sees_in_a_cell_what_is_there_and_no_more)
{
	CASES(cases, const char *cell, *kinds) = {
	    {"1.23E+15", "s"},
	    {"9,1e+11", "s"},
	    {"-1E+05", "s"},
	    {"1E5", ""},
	    {"12E3", ""},
	    {"1.E+5", ""},
	    {"E+15", ""},
	    {"1.5E-07", ""},
	    {"1E+", ""},
	    {"123456789012345000", "r"},
	    {"1234567890123450", "r"},
	    {"123456789012345", ""},
	    {"1234567890123451", ""},
	    {"#REF!", "e"},
	    {"#N/A", "e"},
	    {"#NAME?", "e"},
	    {"#DIV/0!", "e"},
	    {"#1", ""},
	    {"#", ""},
	    {"##", ""},
	    {"###", "#"},
	    {"########", "#"},
	    {"=1+1", "f"},
	    {"=SUM(A1:A2)", "f"},
	    {"@handle", "f"},
	    {"+cmd|' /C calc'!A0", "f"},
	    {"-cmd", "f"},
	    {"-5.50", ""},
	    {"+91 98450 12345", ""},
	    {"-", ""},
	    {"---", ""},
	    {"- none", ""},
	    {"+49 (89) 123-45", ""},
	    {"=", ""},
	    {"-12.5%", ""},
	    {"Total", "t"},
	    {"TOTAL:", "t"},
	    {"Grand total 2025", "t"},
	    {"Summe", "t"},
	    {"Totally", ""},
	    {"Summer", ""},
	    {"cafÃ©", "m"},
	    {"â€œquotedâ€", "m"},
	    {"ï»¿id", "m"},
	    {"lost \xef\xbf\xbd", "m"},
	    {"K\xe2\x94\x9c\xc3\x82ln", "m"}, /* UTF-8 read as cp850 */
	    {"M\xe2\x95\xacnchen", "m"},
	    {"stra\xe2\x96\x80"
	     "e",
		"m"},
	    {"Gda\xc2\x81sk", "m"}, /* C1 */
	    {"\xc2\x93quoted\xc2\x94", "m"},
	    {"a \xe2\x94\x82 b", ""}, /* a line drawn on purpose */
	    {"\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80", ""},
	    {"Ð¡Ð¾Ñ", "m"},
	    {"São Paulo", ""},
	    {"JOÃO", ""},
	    {"Älter Öl Übung", ""},
	    {"Ångström", ""},
	    {"naïve façade", ""},
	    {"मुंबई", ""},
	    {"“quoted” – dash", ""},
	    {"a\xc2\xa0"
	     "b",
		"n"},
	    {"a\xe2\x80\x8b"
	     "b",
		"i"},
	    {"\xef\xbb\xbfid", "i"},
	    {"a\xe2\x81\xa0"
	     "b",
		"i"},
	    {"क्‍ष", ""},
	    {"a\xe2\x80\x8d"
	     "b",
		"i"},
	};

	EACH (i, cases) {
		char kinds[16];

		kinds_of(cases[i].cell, kinds);
		if (strcmp(kinds, cases[i].kinds) != 0)
			fail_msg("'%s': '%s', wanted '%s'", cases[i].cell,
			    kinds, cases[i].kinds);
	}
}

TEST(tells_the_order_of_dates_that_have_only_one)
{
	CASES(cases, const char *cell; enum date_order order) = {
	    {"25/12/2025", ORDER_DAY_FIRST},
	    {"12/25/2025", ORDER_MONTH_FIRST},
	    {"25.12.25", ORDER_DAY_FIRST},
	    {"12-25-2025 10:00", ORDER_MONTH_FIRST},
	    {"01/02/2025", ORDER_NONE},
	    {"32/12/2025", ORDER_NONE},
	    {"25/13/2025", ORDER_NONE},
	    {"2025/12/25", ORDER_NONE},
	    {"25/12-2025", ORDER_NONE},
	    {"25/12/202", ORDER_NONE},
	    {"25/12/2025x", ORDER_NONE},
	    {"0/25/2025", ORDER_NONE},
	};

	EACH (i, cases)
		if (hazard_date_order(text_of(cases[i].cell)) != cases[i].order)
			fail_msg("'%s'", cases[i].cell);
}

TEST(knows_names_of_columns_that_may_begin_with_a_zero)
{
	assert_int_equal(hazard_zero_name(text_of("PIN")), 2);
	assert_int_equal(hazard_zero_name(text_of("Zip Code")), 2);
	assert_int_equal(hazard_zero_name(text_of("MobilePhone")), 2);
	assert_int_equal(hazard_zero_name(text_of("Order No")), 1);
	assert_int_equal(hazard_zero_name(text_of("customerId")), 1);
	assert_int_equal(hazard_zero_name(text_of("Amount")), 0);
	assert_int_equal(hazard_zero_name(text_of("Opinion")), 0);
	assert_int_equal(hazard_zero_name(text_of("Notes")), 0);
}

TEST(takes_a_cell_of_rows_for_one_that_a_quote_swallowed)
{
	assert_true(hazard_is_swallowed(
	    text_of("x\n1,a,b\n2,a,b\n3,a,b\n4,a,b\n5"), ',', 3));
	assert_false(
	    hazard_is_swallowed(text_of("x\n1,a,b\n2,a,b\n3"), ',', 3));
	assert_false(hazard_is_swallowed(
	    text_of("Dear all,\n\nplease\ncall\nme\nback\n"), ',', 3));
}

/* Feeds one column and finishes. */
struct feed {
	struct hazards *h;
	uint64_t row;
};

static struct feed
feed_begin(const char *name)
{
	struct text names[1];
	struct header header = {.count = 1, .names = names, .row = 1};
	struct feed f = {.row = 1};

	names[0] = text_of(name);
	f.h = hazards_new(&header, ',');
	return f;
}

static void
feed(struct feed *f, const char *cell)
{
	struct text cells[1];
	struct record rec = {
	    .row = ++f->row, .line_count = 1, .cell_count = 1, .cells = cells};

	cells[0] = text_of(cell);
	hazards_record(f->h, &rec);
}

static void
feed_numbers(struct feed *f, unsigned from, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char cell[16];

		snprintf(cell, sizeof(cell), "%u", from + i * 7919 % count);
		feed(f, cell);
	}
}

/* What was fed ends: the first hazard is of that kind, in so many cells; 0 =
 * there is none. */
static void
expect_first(
    struct feed *f, size_t which, enum hazard_kind kind, uint64_t cells)
{
	size_t count;
	const struct hazard *list = hazards_finish(f->h, &count);

	if ((count > 0 ? list[0].count : 0) != cells)
		fail_msg("case %zu: %zu hazards", which, count);
	if (count > 0)
		assert_int_equal(list[0].kind, kind);
	hazards_free(f->h);
}

TEST(finds_zeros_that_were_lost_in_codes_of_one_length)
{
	CASES(cases, const char *name; unsigned from, count; const char *extra;
	      uint64_t lost) = {
	    {"PIN", 110001, 50, "10002", 1},
	    {"PIN", 110001, 50, "010002", 0},  /* there they are */
	    {"PIN", 110001, 50, "1100022", 0}, /* no one length */
	    {"PIN", 110001, 50, "x", 0},
	    {"PIN", 11, 50, "1", 0}, /* short: ordinary numbers */
	    {"Amount", 110001, 50, "10002", 0},
	    {"Amount", 11000111, 50, "1000222", 1},
	    {"PIN", 110001, 5, "10002", 0}, /* too few to tell */
	};

	EACH (i, cases) {
		struct feed f = feed_begin(cases[i].name);

		feed_numbers(&f, cases[i].from, cases[i].count);
		feed(&f, cases[i].extra);
		expect_first(&f, i, HAZARD_LOST_ZEROS, cases[i].lost);
	}
}

TEST(takes_no_running_number_for_one_that_lost_its_zeros)
{
	struct feed f = feed_begin("Zip");
	size_t count;

	for (unsigned i = 9990; i < 10500; i++) {
		char cell[16];

		snprintf(cell, sizeof(cell), "%u", i);
		feed(&f, cell);
	}
	(void)hazards_finish(f.h, &count);
	assert_int_equal(count, 0);
	hazards_free(f.h);
}

TEST(keeps_a_cell_of_each_order_of_dates)
{
	struct feed f = feed_begin("When");
	const struct hazard *list;
	size_t count;

	for (int i = 0; i < 5; i++)
		feed(&f, "25/12/2025");
	feed(&f, "12/25/2025");
	list = hazards_finish(f.h, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].kind, HAZARD_DATE_ORDER);
	assert_int_equal(list[0].count, 6);
	assert_int_equal(list[0].cells[2].row, 7);
	hazards_free(f.h);
}

TEST(says_nothing_of_dates_in_one_order)
{
	struct feed f = feed_begin("When");
	size_t count;

	feed(&f, "25/12/2025");
	feed(&f, "01/02/2025");
	(void)hazards_finish(f.h, &count);
	assert_int_equal(count, 0);
	hazards_free(f.h);
}

TEST(names_a_column_that_mixes_two_forms_of_an_accent)
{
	static const struct {
		const char *cells[3];
		uint64_t count; /* of cells with marks; 0 = no hazard */
	} cases[] = {
	    {{"Jos\xc3\xa9", "Jose\xcc\x81", "Ann"}, 1},
	    {{"Rene\xcc\x81", "Zoe\xcc\x88", "Ren\xc3\xa9"}, 2},
	    {{"Jose\xcc\x81", "Zoe\xcc\x88", "Ann"}, 0},
	    {{"Jos\xc3\xa9", "Zo\xc3\xab", "Ann"}, 0},
	    {{"\xed\x95\x9c", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", ""}, 1},
	    {{"\xe3\x81\x8c", "\xe3\x81\x8b\xe3\x82\x99", ""}, 1},
	    /* marks that belong to their script and change nothing */
	    {{"\xe0\xa4\xb9\xe0\xa4\xbf", "\xc3\xa9", "a"}, 0},
	    {{"\xd7\xa9\xd7\x81", "\xc3\xa9", "a"}, 0},
	};

	EACH (i, cases) {
		struct feed f = feed_begin("Name");

		for (int k = 0; k < 3; k++)
			feed(&f, cases[i].cells[k]);
		expect_first(&f, i, HAZARD_MIXED_FORMS, cases[i].count);
	}
}

TEST(sees_a_total_only_among_the_last_rows)
{
	struct feed f = feed_begin("Name");
	const struct hazard *list;
	size_t count;

	feed(&f, "Total");
	for (int i = 0; i < 4; i++)
		feed(&f, "Ann");
	feed(&f, "Total");
	feed(&f, "as of May");
	list = hazards_finish(f.h, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].kind, HAZARD_TOTAL_ROW);
	assert_int_equal(list[0].count, 1);
	assert_int_equal(list[0].cells[0].row, 7);
	hazards_free(f.h);
}

TEST(has_a_code_words_and_advice_for_each_kind)
{
	for (int k = 0; k < HAZARD_KIND_COUNT; k++) {
		enum hazard_kind kind = (enum hazard_kind)k;

		assert_int_equal(strncmp(hazard_code(kind), "hazard.", 7), 0);
		assert_true(strlen(hazard_title(kind)) > 10);
		assert_true(strlen(hazard_advice(kind)) > 20);
		for (int j = 0; j < k; j++)
			assert_string_not_equal(hazard_code(kind),
			    hazard_code((enum hazard_kind)j));
	}
}

TEST(tells_wrapped_cells_quoted_lists_and_whole_floats)
{
	static const struct {
		const char *cells[4];
		const char *code; /* of the only hazard; NULL = none */
		uint64_t count;
	} cases[] = {
	    {{"=\"00123\"", "00124"}, "hazard.formula_text", 1},
	    {{"=\"a\"\"b\"", "=\"\""}, "hazard.formula_text", 2},
	    {{"=\"a\"b\"", "x"}, "hazard.formula", 1},
	    {{"=\"a\"&\"b\"", "x"}, "hazard.formula", 1},
	    {{"\"a\",\"b, c\"", "x"}, "hazard.quoted_list", 1},
	    {{"\"a\";\"b\"", "\"a\"|\"b\""}, "hazard.quoted_list", 2},
	    {{"\"a\"", "say \"x\",\"y\""}, NULL, 0},
	    {{"7.0", "", "8.0"}, "hazard.float_id", 2},
	    {{"-7.0"}, "hazard.float_id", 1},
	    {{"7.0", "8.5"}, NULL, 0},
	    {{"7.0", "8"}, NULL, 0},
	    {{"7.00", "8.00"}, NULL, 0}, /* an amount */
	    {{".0", "x.0"}, NULL, 0},
	};

	EACH (i, cases) {
		struct feed f = feed_begin("Owner");
		const struct hazard *found;
		size_t count;

		for (size_t k = 0; k < 4 && cases[i].cells[k]; k++)
			feed(&f, cases[i].cells[k]);
		found = hazards_finish(f.h, &count);
		if (count != (cases[i].code != NULL) ||
		    (count == 1 &&
			(strcmp(hazard_code(found->kind), cases[i].code) != 0 ||
			    found->count != cases[i].count)))
			fail_msg("case %zu: %zu, %s", i, count,
			    count > 0 ? hazard_code(found->kind) : "");
		hazards_free(f.h);
	}
}

TEST(a_column_that_is_read_with_these_keys_has_no_such_hazard)
{
	struct feed f = feed_begin("Id");
	size_t count;

	hazards_unwrap(f.h, 0);
	hazards_take_decimals(f.h, 0);
	feed(&f, "=\"1.23E+15\"");
	feed(&f, "=\"7.0\"");
	assert_int_equal(hazards_finish(f.h, &count)->kind, HAZARD_SCIENTIFIC);
	assert_int_equal(count, 1);
	hazards_free(f.h);
	f = feed_begin("Score");
	hazards_take_decimals(f.h, 0);
	feed(&f, "7.0");
	feed(&f, "8.0");
	(void)hazards_finish(f.h, &count);
	assert_int_equal(count, 0);
	hazards_free(f.h);
}

/* Most cells are told by their bytes; all pairs and ends say what the search
 * character by character says. */
TEST(marks_of_any_two_characters_are_those_that_a_search_finds)
{
	static const uint32_t points[] = {'a', 0x80, 0xA0, 0xA4, 0xBB, 0xBF,
	    0xC2, 0xC3, 0xCF, 0xD0, 0xD1, 0xDF, 0xE0, 0xE2, 0xE9, 0xEF, 0xFF,
	    0x100, 0x152, 0x301, 0x410, 0x7FF, 0x938, 0xFFF, 0x1000, 0x1FFF,
	    0x2013, 0x200B, 0x20AC, 0x2122, 0x2500, 0x3042, 0xD7A3, 0xE000,
	    0xFEFF, 0xFFFD, 0x1F600};
	struct buf b = BUF_INIT(0);

	EACH (i, points)
		EACH (k, points) {
			struct hazard_marks m;
			size_t at;

			buf_clear(&b);
			utf8_add(&b, 'x');
			utf8_add(&b, points[i]);
			utf8_add(&b, points[k]);
			m = hazard_marks(buf_text(&b));
			assert_int_equal(m.mojibake,
			    hazard_find_mojibake(buf_text(&b), &at));
			assert_int_equal(m.invisible,
			    points[i] == 0x200B || points[k] == 0x200B ||
				points[i] == 0xFEFF || points[k] == 0xFEFF);
			assert_int_equal(m.nbsp,
			    !m.mojibake &&
				(points[i] == 0xA0 || points[k] == 0xA0));
		}
	buf_release(&b);
}
