/* SPDX-License-Identifier: MIT */
/* Dates as spreadsheets write them: day numbers (format: excel) and names of
 * months in other languages (month_names); what the loader refuses, what
 * becomes of cells, and how they go together with the other keys. */
#include "builder_rig.h"

#define ISO "type: date, as: iso, "
#define TIME "type: datetimeISO8601, "
#define LAST "max: 9999-12-31, format: \"%Y-%m-%d %H:%M:%S\", "
#define GERMAN                                                                 \
	"month_names: [[Jan, Januar, J\xC3\xA4nner], [Feb, Februar], "         \
	"[M\xC3\xA4r,"                                                         \
	" M\xC3\xA4rz], [Apr, April], Mai, [Jun, Juni], [Jul, Juli], [Aug, "   \
	"August], [Sep, September], [Okt, Oktober], [Nov, November], [Dez, "   \
	"Dezember]]"
#define FRENCH                                                                 \
	"month_names: [janv., f\xC3\xA9vr., mars, avr., mai, juin, juil., "    \
	"ao\xC3\xBBt, sept., oct., nov., [d\xC3\xA9"                           \
	"c., d\xC3\xA9"                                                        \
	"cembre]]"
#define JAPANESE                                                               \
	"month_names: [1\xE6\x9C\x88, 2\xE6\x9C\x88, 3\xE6\x9C\x88, "          \
	"4\xE6\x9C\x88, 5\xE6\x9C\x88, 6\xE6\x9C\x88, 7\xE6\x9C\x88, "         \
	"8\xE6\x9C\x88, 9\xE6\x9C\x88, 10\xE6\x9C\x88, 11\xE6\x9C\x88, "       \
	"12\xE6\x9C\x88]"
#define GREEK_MAY "\xCE\x9C\xCE\xAC\xCE\xB9\xCE\xBF\xCF\x82" /* final sigma */
#define GREEK_MAY_CAPITALS "\xCE\x9C\xCE\x86\xCE\x99\xCE\x9F\xCE\xA3"

TEST(day_numbers_are_those_of_excel)
{
	static const struct rig_case cases[] = {
	    {ISO "format: excel", "45123", "\"2023-07-16\""},
	    {ISO "format: excel", " 45123 ", "\"2023-07-16\""},
	    {ISO "format: excel", "0045123", "\"2023-07-16\""},
	    {ISO "format: excel", "45123.0", "\"2023-07-16\""},
	    {ISO "format: excel", "61", "\"1900-03-01\""},
	    {ISO "format: excel", "36526", "\"2000-01-01\""},
	    {ISO "format: excel", "36585", "\"2000-02-29\""},
	    {ISO "format: excel", "73415", "\"2100-12-31\""},
	    {ISO "format: excel", "73416", "! type.date"},
	    {ISO "format: excel, max: 9999-12-31", "2958465", "\"9999-12-31\""},
	    {ISO "format: excel, max: 9999-12-31", "2958466", "! type.date"},
	    {ISO "format: excel, max: 9999-12-31", "2958465.99999999",
		"! type.date"},
	    /* 60 is the 29th of February 1900, which was none */
	    {ISO "format: excel", "60", "! type.date"},
	    {ISO "format: excel", "60.5", "! type.date"},
	    {ISO "format: excel", "59", "! type.date"},
	    {ISO "format: excel", "0.75", "! type.date"},
	    {ISO "format: excel", "-45123", "! type.date"},
	    {ISO "format: excel", "45,123", "! type.date"},
	    {ISO "format: excel", "45.123.5", "! type.date"},
	    {ISO "format: excel", "4.5E4", "! type.date"},
	    {ISO "format: excel", "45123.", "! type.date"},
	    {ISO "format: excel", "16/07/2023", "! type.date"},
	    {ISO "format: excel", "99999999999999999999", "! type.date"},
	    /* could be groups of thousands */
	    {ISO "format: excel", "100.500", "! type.date"},
	};

	RIG_TRIES(cases);
}

/* Its year would have five digits in UTC. */
TEST(a_moment_beyond_the_calendar_is_refused_wherever_its_clock_stands)
{
	static const struct rig_case cases[] = {
	    {TIME LAST "timezone: America/New_York", "9999-12-31 18:59:59",
		"\"9999-12-31T23:59:59Z\""},
	    {TIME LAST "timezone: America/New_York", "9999-12-31 19:00:00",
		"! type.datetimeISO8601"},
	    {TIME "max: 9999-12-31", "9999-12-31T23:59:59-00:01",
		"! type.datetimeISO8601"},
	    {TIME "max: 9999-12-31, format: excel, timezone: UTC",
		"2958465,999999999", "! type.datetimeISO8601"},
	};

	RIG_TRIES(cases);
}

TEST(fractions_of_a_day_are_its_time)
{
	static const struct rig_case cases[] = {
	    {TIME "format: excel", "45123.75", "\"2023-07-16T18:00:00Z\""},
	    {TIME "format: excel", "45123,75", "\"2023-07-16T18:00:00Z\""},
	    {TIME "format: excel", "45123.520833333336",
		"\"2023-07-16T12:30:00Z\""},
	    {TIME "format: excel", "45123.5208333333",
		"\"2023-07-16T12:30:00Z\""},
	    {TIME "format: excel", "45123.520833", "\"2023-07-16T12:30:00Z\""},
	    {TIME "format: excel", "45123.99998842592",
		"\"2023-07-16T23:59:59Z\""},
	    {TIME "format: excel", "45123.999999999",
		"\"2023-07-17T00:00:00Z\""},
	    {TIME "format: excel", "45123.00000578704",
		"\"2023-07-16T00:00:00.500Z\""},
	    {TIME "format: excel", "45123.0000115740740740740740740741",
		"\"2023-07-16T00:00:01Z\""},
	    {TIME "format: excel, timezone: Asia/Kolkata", "45123.75",
		"\"2023-07-16T12:30:00Z\""},
	    /* the clocks go forward over it */
	    {TIME "format: excel, timezone: Europe/Berlin", "45011.10416666666",
		"! type.datetimeISO8601"},
	    {"type: datetime, format: excel", "25569.5", "43200000"},
	    {"type: datetime, as: s, format: excel", "25569.5", "43200"},
	};

	RIG_TRIES(cases);
}

TEST(day_numbers_go_with_the_other_keys)
{
	static const struct rig_case cases[] = {
	    {ISO "format: [\"%d/%m/%Y\", excel]", "16/07/2023",
		"\"2023-07-16\""},
	    {ISO "format: [\"%d/%m/%Y\", excel]", "45123", "\"2023-07-16\""},
	    {ISO "format: [\"%d/%m/%Y\", excel]", "July", "! type.date"},
	    /* two readings */
	    {ISO "format: [\"%s\", excel]", "45123", "! type.date"},
	    /* what the other reads is beyond 2100 here */
	    {ISO "format: [\"%Y%m%d\", excel]", "20230716", "\"2023-07-16\""},
	    {ISO "format: excel, min: 2023-07-17", "45123", "! rule.min"},
	    {ISO "format: excel, max: 45123", "45123", "\"2023-07-16\""},
	    {ISO "format: excel, max: 45123", "45123.9", "\"2023-07-16\""},
	    {ISO "format: excel, max: 45123", "45124", "! rule.max"},
	    {TIME "min: 2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z",
		"\"2026-05-01T10:00:00Z\""},
	    {TIME "min: 2026-05-01T10:00:00Z", "2026-05-01T09:59:59Z",
		"! rule.min"},
	    {TIME "max: 2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z",
		"\"2026-05-01T10:00:00Z\""},
	    {TIME "max: 2026-05-01T10:00:00Z", "2026-05-01T10:00:01Z",
		"! rule.max"},
	    {ISO "format: excel, digits: any",
		"\xD9\xA4\xD9\xA5\xD9\xA1\xD9\xA2"
		"\xD9\xA3",
		"\"2023-07-16\""},
	    {ISO "format: excel, unwrap: formula_text", "=\"45123\"",
		"\"2023-07-16\""},
	    {ISO "format: excel, replace: {pattern: ',', with: \"\"}", "45,123",
		"\"2023-07-16\""},
	    {ISO "format: excel, on_error: omit, clear: [\"0\"]", "0", "null"},
	    {ISO "format: excel, default: \"45123\"", "", "\"2023-07-16\""},
	    {ISO "format: excel, case: upper, map: {TODAY: \"45123\"}, "
		 "otherwise: keep",
		"today", "\"2023-07-16\""},
	};

	RIG_TRIES(cases);
}

TEST(months_have_the_names_that_are_listed)
{
	static const struct rig_case cases[] = {
	    {ISO "format: \"%d. %B %Y\", " GERMAN, "3. M\xC3\xA4rz 2026",
		"\"2026-03-03\""},
	    {ISO "format: \"%d. %B %Y\", " GERMAN, "3. m\xC3\x84RZ 2026",
		"\"2026-03-03\""},
	    {ISO "format: \"%d. %B %Y\", " GERMAN, "3. Ma\xCC\x88rz 2026",
		"\"2026-03-03\""},
	    {ISO "format: \"%d. %b %Y\", " GERMAN, "3. Dez 2026",
		"\"2026-12-03\""},
	    {ISO "format: \"%d. %b. %Y\", " GERMAN, "3. Okt. 2026",
		"\"2026-10-03\""},
	    /* limits, too */
	    {ISO "format: \"%d. %b %Y\", min: 1. Dez 2026, " GERMAN,
		"30. Nov 2026", "! rule.min"},
	    {ISO "format: \"%d. %b %Y\", max: 1. Dez 2026, " GERMAN,
		"1. Dez 2026", "\"2026-12-01\""},
	    {ISO "format: \"%d. %b %Y\", " GERMAN, "3. Dec 2026",
		"! type.date"},
	    {ISO "format: \"%d. %b %Y\", " GERMAN, "3. Mainz 2026",
		"! type.date"},
	    {ISO "format: \"%d. %b %Y\", " GERMAN, "31. Juni 2026",
		"! type.date"},
	    {ISO "format: \"%d-%b-%y\", century: 1950, " FRENCH,
		"14-d\xC3\xA9"
		"c.-26",
		"\"2026-12-14\""},
	    {ISO "format: \"%d %b %Y\", " FRENCH, "1 JUIL. 2026",
		"\"2026-07-01\""},
	    {ISO "format: [\"%d %b %Y\", \"%Y-%m-%d\"], " FRENCH, "2026-02-03",
		"\"2026-02-03\""},
	    {ISO "format: [\"%d %b %Y\", excel], " FRENCH, "45123",
		"\"2023-07-16\""},
	    {ISO "format: \"%Y\xE5\xB9\xB4%b%d\xE6\x97\xA5\", " JAPANESE,
		"2026\xE5\xB9\xB4"
		"11\xE6\x9C\x88"
		"3\xE6\x97\xA5",
		"\"2026-11-03\""},
	    {TIME "format: \"%d %b %Y %H:%M\", timezone: Europe/Paris, " FRENCH,
		"1 juil. 2026 12:00", "\"2026-07-01T10:00:00Z\""},
	    {ISO "format: \"%d %b %Y\", digits: any, month_names: [a, b, c, d, "
		 "[" GREEK_MAY "], f, g, h, i, j, k, l]",
		"1 " GREEK_MAY_CAPITALS " 2026", "\"2026-05-01\""},
	    {ISO "format: \"%d %b %Y\", replace: {pattern: ' de ', with: \" "
		 "\"}, "
		 "month_names: [ene, feb, mar, abr, may, jun, jul, ago, sep, "
		 "oct, nov, dic]",
		"3 de ene de 2026", "\"2026-01-03\""},
	    {"type: monthOfYear, " GERMAN, "m\xC3\xA4rz", "3"},
	    {"type: monthOfYear, " GERMAN, "J\xC3\xA4nner", "1"},
	    {"type: monthOfYear, " GERMAN, "12", "12"},
	    {"type: monthOfYear, " GERMAN, "March", "! type.monthOfYear"},
	    {"type: monthOfYear, " GERMAN, "Junior", "! type.monthOfYear"},
	    {"type: monthOfYear", "March", "3"},
	};

	RIG_TRIES(cases);
}

TEST(mistakes_in_dates_have_a_place)
{
	static const struct rig_mistake cases[] = {
	    {"type: date, format: Excel", "mapping.format", "small letters"},
	    {"type: date, format: [excel, EXCEL]", "mapping.format",
		"small letters"},
	    {"type: date, format: exel", "mapping.format", "no year"},
	    {"type: time, format: excel", "mapping.format", "is for dates"},
	    {"format: excel", "mapping.not_for_type", "date, datetime"},
	    {"type: date, format: excel, century: 1950", "mapping.conflict",
		"needs %y"},
	    {"type: date, format: excel, " GERMAN, "mapping.conflict",
		"needs %b"},
	    {"type: date, format: excel, min: \"60\"", "mapping.bad_value",
		"date that exists"},
	    {"type: date, " GERMAN, "mapping.conflict", "needs %b"},
	    {"type: date, format: \"%d/%m/%Y\", " GERMAN, "mapping.conflict",
		"numbers"},
	    {"type: date, format: \"%d %b %Y\", month_names: German",
		"mapping.wrong_kind", "twelve names"},
	    {"type: date, format: \"%d %b %Y\", month_names: [Jan, Feb]",
		"mapping.bad_value", "not 2"},
	    {"type: date, format: \"%d %b %Y\", month_names: "
	     "[a, b, c, d, e, f, g, h, i, j, k, [l, A]]",
		"mapping.conflict", "'a' names two months"},
	    {"type: date, format: \"%d %b %Y\", month_names: "
	     "[\"\", b, c, d, e, f, g, h, i, j, k, l]",
		"mapping.bad_value", "is empty"},
	    {"type: date, format: \"%d %b %Y\", month_names: "
	     "[\" a\", b, c, d, e, f, g, h, i, j, k, l]",
		"mapping.bad_value", "a blank"},
	    {"type: date, format: \"%d %b %Y\", month_names: "
	     "[[], b, c, d, e, f, g, h, i, j, k, l]",
		"mapping.wrong_kind", "a list"},
	    {"type: date, format: \"%d %b %Y\", month_names: "
	     "[[[a]], b, c, d, e, f, g, h, i, j, k, l]",
		"mapping.wrong_kind", "a list"},
	    {"month_names: [a, b, c, d, e, f, g, h, i, j, k, l]",
		"mapping.not_for_type", "monthOfYear"},
	    {"type: date, format: \"%d %b %Y\", months: [a]",
		"mapping.unknown_key", "months"},
	};

	RIG_MISTAKES(cases);
}

/* What a person reads of a cell that is refused. */
TEST(refusals_say_what_is_wrong)
{
	CASES(cases, const char *keys, *cell, *words) = {
	    {"type: date, format: excel", "60", "a day too many"},
	    {"type: date, format: excel", "45 123", "here is a blank"},
	    {"type: date, format: excel", "n/a", "the letter 'n'"},
	    {"type: date, format: excel", "100.5", "at least four digits"},
	    {"type: date, format: excel", "12345678", "beyond the calendar"},
	    {"type: date, format: \"%d %b %Y\", " FRENCH, "3 march 2026",
		"one of the `month_names:`"},
	    {"type: date, format: \"%d %b %Y\"", "3 avril 2026",
		"a month's English name"},
	    {"type: monthOfYear, " FRENCH, "x", "none of the `month_names:`"},
	};

	EACH (i, cases) {
		struct buf yaml = BUF_INIT(0), row = BUF_INIT(0);
		struct rig g;

		buf_addf(&yaml,
		    "version: 1\nlead_id: A\ndata: {f: {column: B, %s}}\n",
		    cases[i].keys);
		buf_addf(&row, "1|%s", cases[i].cell);
		rig_open(&g, buf_str(&yaml), "A|B");
		rig_row(&g, buf_str(&row));
		assert_int_equal(g.problems.count, 1);
		struct buf said = BUF_INIT(0);
		struct text message =
		    problem_message(&g.problems, &g.problems.items[0]);

		buf_add(&said, message.s, message.len);
		if (!strstr(buf_str(&said), cases[i].words))
			fail_msg("'%s': %s", cases[i].cell, buf_str(&said));
		buf_release(&said);
		rig_close(&g);
		buf_release(&yaml);
		buf_release(&row);
	}
}
