/* SPDX-License-Identifier: MIT */
/*
 * Advice from all cells of a field. A case is a field of the column B, its
 * cells, the cause that is asked about, and what must be said: NULL = nothing.
 */
#include "build/builder.h"
#include "builder_rig.h"

struct advice_case {
	const char *field; /* in YAML, behind the column */
	const char *cells[9];
	const char *cause, *says;
};

#define CHECK(words) ADVICE_CHECK_FIRST words

static void
collect(const struct advice_case *c, const char *code, struct buf *said)
{
	struct rig g;
	char yaml[512], row[128];
	bool is_said;

	(void)snprintf(yaml, sizeof(yaml),
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data: {v: {column: B, %s}}\n",
	    c->field);
	rig_open(&g, yaml, "A|B");
	for (int i = 0; i < 9 && c->cells[i] != NULL; i++) {
		(void)snprintf(row, sizeof(row), "%d|%s", i, c->cells[i]);
		rig_row(&g, row);
	}
	buf_clear(said);
	is_said = builder_advise(
	    g.b, TEXT_LITERAL("data.v"), "data.v", code, c->cause, said);
	assert_int_equal(is_said, said->len > 0);
	rig_close(&g);
}

static void
expect_advice(const struct advice_case *cases, size_t count, const char *code)
{
	struct buf said = BUF_INIT(0);

	for (size_t i = 0; i < count; i++) {
		const struct advice_case *c = &cases[i];

		collect(c, code, &said);
		if (strcmp(buf_str(&said), c->says ? c->says : "") != 0)
			fail_msg("%s, '%s' …: '%s', not '%s'", c->field,
			    c->cells[0], buf_str(&said),
			    c->says ? c->says : "");
	}
	buf_release(&said);
}

#define ADVICE(cases, code)                                                    \
	expect_advice(cases, sizeof(cases) / sizeof((cases)[0]), code)

TEST(signs_of_decimals_are_what_every_cell_allows)
{
	static const struct advice_case cases[] = {
	    {"type: decimal", {"12,50"}, "comma",
		"write `decimal: \",\"` in data.v"},
	    {"type: decimal", {"1.234,5", "7"}, "comma",
		"write `decimal: \",\"`, `thousands: \".\"` in data.v"},
	    {"type: decimal", {"1,234.5", "3,000"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    /* the thousand of 1,234 is proven by a cell of another cause */
	    {"type: decimal", {"1,234", "$1,234.50"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    {"type: decimal", {"1 234,5", "12,5"}, "comma",
		"write `decimal: \",\"`, `thousands: \" \"` in data.v"},
	    {"type: decimal", {"1,234"}, "comma",
		CHECK("is 1,234 more than a thousand, or a little more "
		      "than one? write `decimal: \",\"` in data.v")},
	    /* 1.5 passes and says which sign is the decimal one */
	    {"type: decimal", {"1,234", "1.5"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    /* 1.500 may be a thousand, too; 1.5000 is none */
	    {"type: decimal", {"1,234", "1.500"}, "comma",
		CHECK("is 1,234 more than a thousand, or a little more "
		      "than one? write `thousands: \",\"` in data.v")},
	    {"type: decimal", {"1,234", "1.5000"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    /* 1.500 passes and would mean something else */
	    {"type: decimal", {"1.234,5", "1.500"}, "comma",
		CHECK("no one setting of `decimal:` and `thousands:` reads "
		      "all cells of data.v")},
	    {"type: decimal", {"1,5", "2.5"}, "comma",
		CHECK("no one setting of `decimal:` and `thousands:` reads "
		      "all cells of data.v")},
	    {"type: decimal", {"1,234,567.8", "1.234.567,8"}, "comma",
		CHECK("no one setting of `decimal:` and `thousands:` reads "
		      "all cells of data.v")},
	    /* one cell of the group that nothing reads */
	    {"type: decimal", {"1,5", "1,5,"}, "comma", NULL},
	    {"type: decimal, thousands: \",\"", {"1.234,5"}, "comma",
		CHECK("no one setting of `decimal:` and `thousands:` reads "
		      "all cells of data.v")},
	    {"type: decimal, thousands: \",\"", {"5", "1 234.5"}, "blank",
		"write `thousands: \" \"` in data.v"},
	    {"type: decimal, digits: any", {"\xD9\xA3", "1,234.5"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    {"type: decimal", {"1'234.5", "12'000"}, "sign",
		"write `thousands: \"'\"` in data.v"},
	    {"type: decimal", {"1.234.567"}, "full_stop",
		"write `decimal: \",\"`, `thousands: \".\"` in data.v"},
	    {"type: decimal, decimal: \",\"", {"1,5", "1.234,5"}, "full_stop",
		"write `thousands: \".\"` in data.v"},
	    {"type: decimal, decimal: \",\"", {"1,5", "1.5"}, "full_stop",
		CHECK("no one setting of `decimal:` and `thousands:` reads "
		      "all cells of data.v")},
	    /* the thousand of 1,234 is denied by another cell */
	    {"type: decimal", {"1,234", "1.234,5"}, "comma",
		"write `decimal: \",\"`, `thousands: \".\"` in data.v"},
	    /* 1,234 passes and says which sign is the one of thousands */
	    {"type: decimal, thousands: \",\"", {"1,234", "1 234.5"}, "blank",
		CHECK("no one setting of `decimal:` and `thousands:` reads "
		      "all cells of data.v")},
	    {"type: decimal, thousands: \",\"", {"1,234", "$1,234.50"},
		"currency", "write `units: [\"$\"]` in data.v"},
	    /* signs that no way has are left */
	    {"type: decimal, thousands: \"_\"", {"1,234.5"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    {"type: decimal", {"1,5"}, "letter", NULL},
	    {"type: decimal", {"15"}, "comma", NULL},
	};

	ADVICE(cases, "type.decimal");
}

TEST(units_of_the_mapping_are_no_news)
{
#define UNITS_32                                                               \
	"a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, "   \
	"w, "                                                                  \
	"x, y, z, A, B, C, D, E, F"
	static const struct advice_case cases[] = {
	    {"type: decimal, units: [\"$\", \"kg\"]",
		{"$1,234.5", "1,234.5 kg"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    {"type: decimal, units: [" UNITS_32 "]", {"1,234.5 F"}, "comma",
		"write `thousands: \",\"` in data.v"},
	    {"type: decimal, units: [" UNITS_32 ", G]", {"1,234.5 G"}, "comma",
		NULL},
	};

	ADVICE(cases, "type.decimal");
}

TEST(negative_numbers_keep_their_sign)
{
	static const struct advice_case cases[] = {
	    {"type: decimal", {"(5)", "6"}, "parentheses",
		"write `negative: parentheses` in data.v"},
	    {"type: decimal", {"(5)", "-6"}, "parentheses",
		"write `negative: any` in data.v"},
	    {"type: decimal", {"(5)", "6-"}, "parentheses",
		"write `negative: any` in data.v"},
	    {"type: decimal", {"(5)", "6-"}, "trailing_minus",
		"write `negative: any` in data.v"},
	    {"type: decimal", {"5.0-"}, "trailing_minus",
		"write `negative: trailing` in data.v"},
	    {"type: decimal, negative: parentheses", {"-5"}, "leading_minus",
		"write `negative: any` in data.v"},
	    {"type: decimal", {"($9.50)", "($1,000)"}, "parentheses",
		"write `negative: parentheses`, `units: [\"$\"]`, "
		"`thousands: \",\"` in data.v"},
	    {"type: decimal", {"(9.50 $)"}, "parentheses",
		"write `negative: parentheses`, `units: [\"$\"]` in data.v"},
	    {"type: decimal", {"(5)", "(6"}, "parentheses", NULL},
	    {"type: decimal", {"(5)(6)"}, "parentheses", NULL},
	    {"type: decimal", {"-(5)"}, "parentheses", NULL},
	};

	ADVICE(cases, "type.decimal");
}

TEST(a_unit_is_money_or_a_question)
{
	static const struct advice_case cases[] = {
	    {"type: decimal", {"$5", "7"}, "currency",
		"write `units: [\"$\"]` in data.v"},
	    {"type: decimal", {"5.50 \xE2\x82\xAC"}, "currency",
		"write `units: [\"\xE2\x82\xAC\"]` in data.v"},
	    /* 1.234 of a German is a thousand */
	    {"type: decimal", {"1.234 \xE2\x82\xAC"}, "currency",
		CHECK("is 1,234 more than a thousand, or a little more "
		      "than one? write `units: [\"\xE2\x82\xAC\"]` in "
		      "data.v")},
	    {"type: decimal", {"INR 5"}, "letter",
		"write `units: [\"INR\"]` in data.v"},
	    {"type: decimal", {"Rs.500", "Rs. 20"}, "letter",
		"write `units: [\"Rs.\"]` in data.v"},
	    /* a full stop that is the unit's, and one that is the number's */
	    {"type: decimal", {"a.5", "z.5", "$a.5"}, "letter",
		CHECK("units are dropped, and these differ; write `units: "
		      "[\"a.\", \"z.\", \"$a.\"]` in data.v")},
	    {"type: decimal", {"a$.5"}, "letter",
		CHECK("the unit is dropped; write `units: [\"a$\"]` in "
		      "data.v")},
	    {"type: decimal", {"a~.5"}, "letter",
		CHECK("the unit is dropped; write `units: [\"a~\"]` in "
		      "data.v")},
	    {"type: decimal", {"$.50"}, "currency",
		"write `units: [\"$\"]` in data.v"},
	    {"type: decimal", {"$,50"}, "currency",
		"write `units: [\"$\"]`, `decimal: \",\"` in data.v"},
	    {"type: decimal", {".5 kg"}, "letter",
		CHECK("the unit is dropped; write `units: [\"kg\"]` in "
		      "data.v")},
	    {"type: decimal", {"5k"}, "letter",
		CHECK("the unit is dropped; write `units: [\"k\"]` in "
		      "data.v")},
	    {"type: decimal", {"$5", "5 \xE2\x82\xAC"}, "currency",
		CHECK("units are dropped, and these differ; write `units: "
		      "[\"$\", \"\xE2\x82\xAC\"]` in data.v")},
	    {"type: decimal, units: [\"$\"]", {"$5", "GBP 5"}, "letter",
		CHECK("units are dropped, and these differ; write `units: "
		      "[\"$\", \"GBP\"]` in data.v")},
	    {"type: decimal", {"5%"}, "percent",
		CHECK("is 12.5% sent as 12.5 (with `percent: fraction` as "
		      "0.125)? write `units: [\"%\"]`, `percent: number` in "
		      "data.v")},
	    {"type: integer", {"$5"}, "currency",
		"write `units: [\"$\"]` in data.v"},
	    {"type: decimal", {"$5", "5 $ 5"}, "currency", NULL},
	    {"type: decimal", {"$"}, "currency", NULL},
	    {"type: decimal", {"$."}, "currency", NULL},
	    /* as many as are remembered, and one more */
	    {"type: decimal",
		{"1 a", "2 b", "3 c", "4 d", "5 e", "6 f", "7 g", "8 h"},
		"letter",
		CHECK("units are dropped, and these differ; write `units: "
		      "[\"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", "
		      "\"h\"]` in data.v")},
	    {"type: decimal",
		{"(1 a)", "(2 b)", "(3 c)", "(4 d)", "(5 e)", "(6 f)", "(7 g)",
		    "(8 h)", "(9 i)"},
		"parentheses", NULL},
	    {"type: decimal", {"5 sq ft"}, "letter",
		CHECK("the unit is dropped; write `units: [\"sq ft\"]` in "
		      "data.v")},
	    /* units that no mapping may have */
	    {"type: decimal", {"5 km/h"}, "letter", NULL},
	    {"type: decimal", {"'5"}, "sign", NULL},
	    {"type: decimal", {"5 $."}, "currency", NULL},
	    {"type: decimal", {"5 $a.", "5 $z."}, "currency",
		CHECK("units are dropped, and these differ; write `units: "
		      "[\"$a.\", \"$z.\"]` in data.v")},
	    /* the longest one, and one that is longer */
	    {"type: decimal", {"5 teaspoonfuls"}, "letter",
		CHECK("the unit is dropped; write `units: "
		      "[\"teaspoonfuls\"]` in data.v")},
	    {"type: decimal", {"5 tablespoonfuls"}, "letter", NULL},
	    {"type: decimal", {"=\"5\""}, "sign",
		"write `unwrap: formula_text` in data.v"},
	    {"type: decimal", {"\xD9\xA3"}, "other_digits",
		"write `digits: any` in data.v"},
	};
	struct buf said = BUF_INIT(0);

	EACH (i, cases)
		expect_advice(&cases[i], 1,
		    strncmp(cases[i].field, "type: integer", 13) == 0
			? "type.integer"
			: "type.decimal");
	buf_release(&said);
}

#define FORMATS_8                                                              \
	"\"%d/%m/%Y\", \"%d.%m.%Y\", \"%d-%m-%Y\", \"%Y/%m/%d\", "             \
	"\"%Y.%m.%d\", \"%d %m %Y\", \"%Y %m %d\", \"%Y-%m-%d\""

TEST(a_format_reads_every_cell_or_is_not_named)
{
	static const struct advice_case cases[] = {
	    {"type: date", {"25/12/2025", "03/04/2025"}, "not_iso",
		"write `format: \"%d/%m/%Y\"` in data.v"},
	    {"type: date", {"12-25-2025"}, "not_iso",
		"write `format: \"%m-%d-%Y\"` in data.v"},
	    {"type: date", {"03/04/2025"}, "not_iso",
		CHECK("which is the day? write `format: \"%d/%m/%Y\"` or "
		      "`format: \"%m/%d/%Y\"` in data.v")},
	    {"type: date", {"03/04/25"}, "not_iso",
		CHECK("which is the day? write `format: \"%d/%m/%y\"` or "
		      "`format: \"%m/%d/%y\"` or `format: \"%y/%m/%d\"` in "
		      "data.v, with a `century:`")},
	    {"type: date", {"25/12/2025", "2025-12-26"}, "not_iso",
		"write `format: [\"%d/%m/%Y\", \"%Y-%m-%d\"]` in data.v"},
	    {"type: date", {"25/12/2025", "12/25/2025"}, "not_iso", NULL},
	    {"type: date", {"25/12/2025", "soon"}, "not_iso", NULL},
	    /* another cause does not take it away */
	    {"type: date", {"25/12/2025", "2025-02-31"}, "not_iso",
		"write `format: \"%d/%m/%Y\"` in data.v"},
	    {"type: date", {"25/12/2025", "2025-02-31"}, "no_such_day", NULL},
	    {"type: datetime", {"25/12/2025", "2025-12-26T10:00:00Z"},
		"not_iso", NULL},
	    {"type: date", {"20251229", "20251225"}, "digits",
		"write `format: \"%Y%m%d\"` in data.v"},
	    {"type: date", {"45123", "45200"}, "day_number",
		CHECK("are these the day numbers of a spreadsheet (45123 is "
		      "2023-07-16)? then write `format: \"excel\"` in data.v")},
	    {"type: date", {"45123", "2025-12-26"}, "day_number",
		CHECK("are these the day numbers of a spreadsheet (45123 is "
		      "2023-07-16)? then write `format: [\"%Y-%m-%d\", "
		      "\"excel\"]` in data.v")},
	    {"type: date, format: \"%d/%m/%Y\"", {"45123", "25/12/2025"},
		"out_of_range",
		CHECK("are these the day numbers of a spreadsheet (45123 is "
		      "2023-07-16)? then write `format: [\"%d/%m/%Y\", "
		      "\"excel\"]` in data.v")},
	    {"type: date", {"29999", "50123"}, "day_number",
		CHECK("are these the day numbers of a spreadsheet (45123 is "
		      "2023-07-16)? then write `format: \"excel\"` in data.v")},
	    {"type: date", {"12345"}, "day_number", NULL},
	    {"type: date", {"45123", "99999"}, "day_number", NULL},
	    {"type: date", {"45123", "2025-12-26T10:00:00Z"}, "day_number",
		NULL},
	    /* English names are none of the field's */
	    {"type: date, format: \"%d %b %Y\", month_names: [ene, feb, mar, "
	     "abr, may, jun, jul, ago, sep, oct, nov, dic]",
		{"3-Apr-2026"}, "minus", NULL},
	    {"type: date", {"12112011"}, "digits",
		CHECK("which is the day? write `format: \"%d%m%Y\"` or "
		      "`format: \"%m%d%Y\"` in data.v")},
	    {"type: date", {"20251224", "25/12/2025"}, "not_iso", NULL},
	    {"type: date", {"10111211"}, "digits", NULL},
	    {"type: date", {"20251224", "99999999"}, "digits", NULL},
	    {"type: date", {"20251224", "2025-12-25"}, "digits", NULL},
	    {"type: date", {"25/12/55"}, "not_iso",
		CHECK("which years do two digits mean? with 1950 to 2049 "
		      "write `format: \"%d/%m/%y\"`, `century: 1950` in "
		      "data.v")},
	    {"type: date, format: \"%d/%m/%Y\"", {"01/02/2025", "25.12.2025"},
		"full_stop",
		"write `format: [\"%d/%m/%Y\", \"%d.%m.%Y\"]` in data.v"},
	    {"type: date, format: \"%d/%m/%Y\"", {"01/02/2025", "12/25/2025"},
		"out_of_range", NULL},
	    {"type: date, format: \"%d/%m/%Y\"", {"31/02/2025"}, "no_such_day",
		NULL},
	    /* So many formats and one more, and no other. */
	    {"type: date, format: [" FORMATS_8 "]", {"45123"}, "no_format",
		CHECK("are these the day numbers of a spreadsheet (45123 is "
		      "2023-07-16)? then write `format: [" FORMATS_8 ", "
		      "\"excel\"]` in data.v")},
	    {"type: date, format: [" FORMATS_8 ", \"%m,%d,%Y\"]", {"45123"},
		"no_format", NULL},
	    {"type: date, format: [" FORMATS_8 "]", {"25-Dec-2025"},
		"no_format",
		"write `format: [" FORMATS_8 ", \"%d-%b-%Y\"]` in data.v"},
	    {"type: date, format: [" FORMATS_8 ", \"%m,%d,%Y\"]",
		{"25-Dec-2025"}, "no_format", NULL},
	    {"type: date, format: [" FORMATS_8 ", \"%m,%d,%Y\"]", {"12112011"},
		"no_format", NULL},
	    {"type: date, format: \"%d/%m/%Y\"", {"2025-12-25"}, "digits",
		"write `format: [\"%d/%m/%Y\", \"%Y-%m-%d\"]` in data.v"},
	};

	EACH (i, cases)
		expect_advice(&cases[i], 1,
		    strncmp(cases[i].field, "type: datetime", 14) == 0
			? "type.datetime"
			: "type.date");
}

TEST(a_time_has_a_format_when_no_cell_is_read_without_one)
{
	static const struct advice_case cases[] = {
	    {"type: time", {"2:30 PM", "9:00 am"}, "not_iso",
		"write `format: \"%I:%M %p\"` in data.v"},
	    {"type: time", {"9:05"}, "not_iso",
		"write `format: \"%H:%M\"` in data.v"},
	    {"type: time", {"2:30PM"}, "not_iso",
		"write `format: \"%I:%M %p\"` in data.v"},
	    {"type: time", {"2:30:00 PM", "2:30:00pm"}, "not_iso",
		"write `format: \"%I:%M:%S %p\"` in data.v"},
	    {"type: time", {"9:05:00"}, "not_iso",
		"write `format: \"%H:%M:%S\"` in data.v"},
	    {"type: time", {"14.30"}, "not_iso",
		"write `format: \"%H.%M\"` in data.v"},
	    {"type: time", {"2h30"}, "not_iso",
		"write `format: \"%Hh%M\"` in data.v"},
	    {"type: time", {"2 PM"}, "not_iso",
		"write `format: \"%I %p\"` in data.v"},
	    {"type: time", {"2:30 PM", "14:30"}, "not_iso", NULL},
	    {"type: time", {"2:30 PM", "noon"}, "not_iso", NULL},
	    {"type: time", {"2:30 PM", "14.30"}, "not_iso", NULL},
	};

	ADVICE(cases, "type.time");
}

TEST(a_word_of_a_map_is_another_spelling_or_a_question)
{
	static const struct advice_case cases[] = {
	    {"map: {Open: N, Won: C}", {"open", "WON", "Open"}, "",
		"add `map: {\"open\": \"N\", \"WON\": \"C\"}` to the entries "
		"of data.v"},
	    {"map: {Open: N}, trim: false", {"open ", "o pen"}, "",
		"add `map: {\"open \": \"N\", \"o pen\": \"N\"}` to the "
		"entries of data.v"},
	    {"map: {Open: N}", {"won", "lost", "lost"}, "",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"won\", \"lost\"")},
	    {"map: {Open: N}",
		{"lost", "a text of one byte more is not remembered"}, "",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"lost\" and others")},
	    /* pasted from a screen, the blank would be a plain one */
	    {"map: {\"In progress\": P}", {"In\xC2\xA0progress"}, "",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"In\xC2\xA0progress\"")},
	    {"map: {Open: N}, trim: false", {"\xC2\xA0open"}, "",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"\xC2\xA0open\"")},
	    {"map: {Open: N}", {"open", "lost"}, "",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"open\", \"lost\"")},
	    /* the map tells them apart */
	    {"map: {a: X, A: Y}",
		{" a b",
		    "\xC2\xA0"
		    "a",
		    "aA"},
		"",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"a b\", \"aA\"")},
	    {"map: {Ab: X, aB: Y}", {"AB"}, "",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"AB\"")},
	    /* the longest one that is remembered, and one that is longer */
	    {"map: {Open: N}", {"a text of forty bytes is yet remembered."}, "",
		CHECK("what do these mean in the `map:` of data.v, or should "
		      "`otherwise:` take them? \"a text of forty bytes is "
		      "yet remembered.\"")},
	    {"map: {Open: N}", {"a text of one byte more is not remembered"},
		"", NULL},
	};
	static const struct advice_case words[] = {
	    {"type: boolean", {"ja", "nein", "yes"}, "word",
		CHECK("list each word in `true_words:` or `false_words:` of "
		      "data.v: \"ja\", \"nein\"")},
	    {"type: boolean", {"ja", "nein", "si", "oui"}, "word",
		CHECK("list each word in `true_words:` or `false_words:` of "
		      "data.v: \"ja\", \"nein\", \"si\", \"oui\"")},
	    {"type: boolean", {"ja", "nein", "si", "oui", "non"}, "word",
		CHECK("list each word in `true_words:` or `false_words:` of "
		      "data.v: \"ja\", \"nein\", \"si\", \"oui\" and others")},
	    {"type: boolean", {"a text of one byte more is not remembered"},
		"word", NULL},
	};

	ADVICE(cases, "map.no_entry");
	ADVICE(words, "type.boolean");
}

static void
see_step(void *ctx, const struct field *f, const struct explain_step *s)
{
	(void)ctx;
	(void)f;
	(void)s;
}

TEST(a_row_that_is_only_explained_is_no_evidence)
{
	struct buf said = BUF_INIT(0);
	struct rig g;

	rig_open(&g,
	    "version: 1\nprocedure: lead\nlead_id: A\n"
	    "data: {v: {column: B, type: decimal}}\n",
	    "A|B");
	rig_row(&g, "1|1,5");
	g.cells[1] = TEXT_LITERAL("1.234.567,5");
	builder_explain(g.b, &g.rec, (struct text){NULL, 0}, see_step, NULL);
	assert_true(builder_advise(g.b, TEXT_LITERAL("data.v"), "data.v",
	    "type.decimal", "comma", &said));
	assert_string_equal(buf_str(&said), "write `decimal: \",\"` in data.v");
	buf_release(&said);
	rig_close(&g);
}
