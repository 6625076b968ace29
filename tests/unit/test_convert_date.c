/* SPDX-License-Identifier: MIT */
/* Dates and zones; what a format may say. */
#include "convert_cases.h"
#include "value/convert.h"
#include "value/forms.h"

#include <time.h>

struct date_case {
	const char *cell, *format, *format2, *zone;
	enum date_form form;
	const char *json, *message, *hint;
};

static void
run_date_case(const struct date_case *c, struct buf *out)
{
	struct text formats[2];
	struct zone *zone = c->zone != NULL ? zone_load(c->zone) : NULL;
	struct date_rules rules = {
	    .formats = formats, .zone = zone, .form = c->form};
	struct convert_reason r;
	int64_t ms = 0;
	bool ok;

	if (c->format != NULL)
		formats[rules.format_count++] = text_of(c->format);
	if (c->format2 != NULL)
		formats[rules.format_count++] = text_of(c->format2);
	ok = convert_date(text_of(c->cell), &rules, out, &ms, &r);
	expect(c->cell, ok, out, &r, c->json, c->message, c->hint);
	zone_free(zone);
}

#define RUN(cases)                                                             \
	do {                                                                   \
		struct buf out_ = BUF_INIT(0);                                 \
		size_t i_;                                                     \
		for (i_ = 0; i_ < sizeof(cases) / sizeof((cases)[0]); i_++)    \
			run_date_case(&(cases)[i_], &out_);                    \
		buf_release(&out_);                                            \
	} while (0)

TEST(reads_iso_8601)
{
	static const struct date_case cases[] = {
	    {.cell = "1970-01-01", .json = "0"},
	    {.cell = "2026-04-15", .json = "1776211200000"},
	    {.cell = "2026-04-15T11:22:43Z", .json = "1776252163000"},
	    {.cell = "2026-04-15t11:22:43z", .json = "1776252163000"},
	    {.cell = "2026-04-15 11:22", .json = "1776252120000"},
	    {.cell = "2026-04-15T11:22:43.5Z", .json = "1776252163500"},
	    {.cell = "2026-04-15T11:22:43,123456", .json = "1776252163123"},
	    {.cell = "2026-04-15T16:52:43+05:30", .json = "1776252163000"},
	    {.cell = "2026-04-15T16:52:43+0530", .json = "1776252163000"},
	    {.cell = "2026-04-15T06:22:43-05", .json = "1776252163000"},
	    {.cell = "2026-04-15T16:52:43",
		.zone = "Asia/Kolkata",
		.json = "1776252163000"},
	    {.cell = "2026-04-15T11:22:43Z",
		.zone = "Asia/Kolkata",
		.json = "1776252163000"},
	    {.cell = "2026-04-15",
		.zone = "Asia/Kolkata",
		.json = "1776191400000"},
	    {.cell = "1969-12-31T23:59:59.999Z", .json = "-1"},
	    {.cell = "1900-01-01", .json = "-2208988800000"},
	    {.cell = "2100-12-31T23:59:59", .json = "4133980799000"},
	    {.cell = "2000-02-29", .json = "951782400000"},

	    {.cell = "1900-02-29", .message = "29 February 1900 does not"},
	    {.cell = "2025-02-30", .message = "30 February 2025 does not"},
	    {.cell = "2025-04-31", .message = "31 April 2025 does not"},
	    {.cell = "2025-13-01", .message = "month is 01 to 12"},
	    {.cell = "2025-00-01", .message = "month is 01 to 12"},
	    {.cell = "2025-01-00", .message = "a day is 01 to 31"},
	    {.cell = "1899-12-31", .message = "before 1900", .hint = "min:"},
	    {.cell = "2101-01-01", .message = "after 2100", .hint = "max:"},
	    {.cell = "2025-01-01T24:00", .message = "an hour is"},
	    {.cell = "2025-01-01T23:60", .message = "a minute is"},
	    {.cell = "2025-01-01T23:59:60", .message = "a second is"},
	    {.cell = "2025-01-01T11", .message = "not a date like 2026-04-15"},
	    {.cell = "2025-01-01T11:22:",
		.message = "not a date like 2026-04-15"},
	    {.cell = "2025-01-01T11:22:33.",
		.message = "not a date like 2026-04-15"},
	    {.cell = "2025-01-01T11:22 Uhr",
		.message = "not a date like 2026-04-15"},
	    {.cell = "2025-01-01x", .message = "not a date like 2026-04-15"},
	    {.cell = "2025-01-01T11:22+5",
		.message = "not a date like 2026-04-15"},
	    {.cell = "2025-1-1", .message = "not a date like"},
	    {.cell = "03/04/2025", .message = "not a date like 2026-04-15"},
	    {.cell = "3.4.25", .message = "not a date like 2026-04-15"},
	    {.cell = "20250403", .message = "not a date like"},
	    {.cell = "1776252163", .message = "a number", .hint = "\"%s\""},
	    {.cell = "1776252163000", .message = "a number", .hint = "integer"},
	    {.cell = "45000", .message = "a number", .hint = "day number"},
	    {.cell = "tomorrow", .message = "not a date like"},
	    {.cell = "", .message = "not a date like 2026-04-15"},
	};

	RUN(cases);
}

TEST(reads_by_format)
{
	static const struct date_case cases[] = {
	    {.cell = "15/04/2026",
		.format = "%d/%m/%Y",
		.json = "1776211200000"},
	    {.cell = "5/4/2026", .format = "%d/%m/%Y", .json = "1775347200000"},
	    {.cell = "15/04/2026 16:52:43",
		.format = "%d/%m/%Y %H:%M:%S",
		.zone = "Asia/Kolkata",
		.json = "1776252163000"},
	    {.cell = "15/04/2026 16:52:43",
		.format = "%d/%m/%Y %T",
		.zone = "Asia/Kolkata",
		.json = "1776252163000"},
	    {.cell = "15 Apr 2026",
		.format = "%d %b %Y",
		.json = "1776211200000"},
	    {.cell = "15 APRIL 2026",
		.format = "%d %b %Y",
		.json = "1776211200000"},
	    {.cell = "Apr 15, 2026",
		.format = "%B %e, %Y",
		.json = "1776211200000"},
	    {.cell = "Sept 1 2026",
		.format = "%h %d %Y",
		.json = "1788220800000"},
	    {.cell = "Wednesday, 15 April 2026",
		.format = "%A, %d %B %Y",
		.json = "1776211200000"},
	    {.cell = "wed 15 April 2026",
		.format = "%a %d %B %Y",
		.json = "1776211200000"},
	    {.cell = "04/15/26", .format = "%D", .json = "1776211200000"},
	    {.cell = "15.04.69", .format = "%d.%m.%y", .json = "-22550400000"},
	    {.cell = "15.04.68", .format = "%d.%m.%y", .json = "3101673600000"},
	    {.cell = "20260415", .format = "%Y%m%d", .json = "1776211200000"},
	    {.cell = "2026-105", .format = "%Y-%j", .json = "1776211200000"},
	    {.cell = "2024-366", .format = "%Y-%j", .json = "1735603200000"},
	    {.cell = "15/04/2026 04:52 PM",
		.format = "%d/%m/%Y %I:%M %p",
		.json = "1776271920000"},
	    {.cell = "15/04/2026 12:00 am",
		.format = "%d/%m/%Y %I:%M %p",
		.json = "1776211200000"},
	    {.cell = "15/04/2026 12:00 p.m.",
		.format = "%d/%m/%Y %I:%M %p",
		.json = "1776254400000"},
	    {.cell = "2026-04-15 11:22:43.250",
		.format = "%F %T.%f",
		.json = "1776252163250"},
	    {.cell = "2026-04-15 16:52:43 +0530",
		.format = "%F %T %z",
		.zone = "America/New_York",
		.json = "1776252163000"},
	    {.cell = "2026-04-15 11:22:43 GMT",
		.format = "%F %T %Z",
		.json = "1776252163000"},
	    {.cell = "1776252163", .format = "%s", .json = "1776252163000"},
	    {.cell = "-1", .format = "%s", .json = "-1000"},
	    {.cell = "15%04%2026",
		.format = "%d%%%m%%%Y",
		.json = "1776211200000"},
	    {.cell = "15 \t04   2026",
		.format = "%d%n%m%t%Y",
		.json = "1776211200000"},
	    {.cell = "15\xC2\xA0"
		     "04 2026",
		.format = "%d %m %Y",
		.json = "1776211200000"},
	    {.cell = "5.4.2026",
		.format = "%-d.%-m.%Y",
		.json = "1775347200000"},

	    {.cell = "31/02/2025",
		.format = "%d/%m/%Y",
		.message = "31 February 2025 does not exist"},
	    {.cell = "15/04/26",
		.format = "%d/%m/%Y",
		.message = "a year (%Y) has 4 digits"},
	    {.cell = "15/04/0025",
		.format = "%d/%m/%Y",
		.message = "before 1900"},
	    {.cell = "15/04/2026",
		.format = "%d/%m/%y",
		.message = "ends before the digit '2'"},
	    {.cell = "15/13/2026",
		.format = "%d/%m/%Y",
		.message = "a month (%m) is 1 to 12, not 13"},
	    {.cell = "32/01/2026",
		.format = "%d/%m/%Y",
		.message = "a day (%d) is 1 to 31"},
	    {.cell = "15-04-2026",
		.format = "%d/%m/%Y",
		.message = "expects a '/', but here is a hyphen"},
	    {.cell = "15/04/2026 10:00",
		.format = "%d/%m/%Y",
		.message = "ends before a blank"},
	    {.cell = "15/04/",
		.format = "%d/%m/%Y",
		.message = "expects a year, but here is the end"},
	    {.cell = "1112025",
		.format = "%d%m%Y",
		.message = "a year (%Y) has 4 digits"},
	    {.cell = "12345", .format = "%Y%m%d", .message = "digits here"},
	    {.cell = "15 Mai 2026",
		.format = "%d %b %Y",
		.message = "month's English name"},
	    {.cell = "Tue 15 April 2026",
		.format = "%a %d %B %Y",
		.message = "15 April 2026 is a Wednesday, not a Tuesday"},
	    {.cell = "2025-366", .format = "%Y-%j", .message = "no day 366"},
	    {.cell = "2026-04-15 25:00",
		.format = "%F %R",
		.message = "an hour"},
	    {.cell = "2026-04-15 23:59:60",
		.format = "%F %T",
		.message = "second"},
	    {.cell = "15/04/2026 13:00 PM",
		.format = "%d/%m/%Y %I:%M %p",
		.message = "half day"},
	    {.cell = "2026-04-15 11:22 IST",
		.format = "%F %R %Z",
		.message = "ambiguous"},
	    {.cell = "2026-04-15 11:22 +5",
		.format = "%F %R %z",
		.message = "time zone as +hh:mm"},
	    {.cell = "99999999999999", .format = "%s", .message = "ends"},
	    {.cell = "999999999999", .format = "%s", .message = "calendar"},
	    {.cell = "4133980800", .format = "%s", .message = "after 2100"},
	};

	RUN(cases);
}

TEST(tries_several_formats_and_refuses_ambiguity)
{
	static const struct date_case cases[] = {
	    {.cell = "15/04/2026",
		.format = "%Y-%m-%d",
		.format2 = "%d/%m/%Y",
		.json = "1776211200000"},
	    {.cell = "2026-04-15",
		.format = "%Y-%m-%d",
		.format2 = "%d/%m/%Y",
		.json = "1776211200000"},
	    {.cell = "04/04/2026",
		.format = "%d/%m/%Y",
		.format2 = "%m/%d/%Y",
		.json = "1775260800000"},
	    {.cell = "15/04/2026",
		.format = "%d/%m/%Y",
		.format2 = "%m/%d/%Y",
		.json = "1776211200000"},
	    {.cell = "03/04/2026",
		.format = "%d/%m/%Y",
		.format2 = "%m/%d/%Y",
		.message = "fits both '%d/%m/%Y'",
		.hint = "delete the other"},
	    {.cell = "soon",
		.format = "%d/%m/%Y",
		.format2 = "%m/%d/%Y",
		.message = "formats; the first one, '%d/%m/%Y': "},
	};

	RUN(cases);
}

TEST(refuses_local_times_that_do_not_exist_or_exist_twice)
{
	static const struct date_case cases[] = {
	    {.cell = "2025-03-30 01:59:59",
		.zone = "Europe/Berlin",
		.json = "1743296399000"},
	    {.cell = "2025-03-30 02:30",
		.zone = "Europe/Berlin",
		.message = "does not exist",
		.hint = "%z"},
	    {.cell = "2025-03-30 03:00",
		.zone = "Europe/Berlin",
		.json = "1743296400000"},
	    {.cell = "2025-10-26 02:30",
		.zone = "Europe/Berlin",
		.message = "exists twice",
		.hint = "%z"},
	    {.cell = "2025-10-26 02:30+01:00",
		.zone = "Europe/Berlin",
		.json = "1761442200000"},
	};

	RUN(cases);
}

TEST(writes_seconds_iso_and_days)
{
	static const struct date_case cases[] = {
	    {.cell = "2026-04-15T11:22:43.9Z",
		.form = DATE_AS_SECONDS,
		.json = "1776252163"},
	    {.cell = "2026-04-15T11:22:43Z",
		.form = DATE_AS_ISO,
		.json = "\"2026-04-15T11:22:43Z\""},
	    {.cell = "2026-04-15T11:22:43.045Z",
		.form = DATE_AS_ISO,
		.json = "\"2026-04-15T11:22:43.045Z\""},
	    {.cell = "2026-04-15",
		.zone = "Asia/Kolkata",
		.form = DATE_AS_ISO,
		.json = "\"2026-04-14T18:30:00Z\""},
	    {.cell = "2026-04-15",
		.zone = "Asia/Kolkata",
		.form = DATE_AS_DAY,
		.json = "\"2026-04-15\""},
	    {.cell = "1900-03-01",
		.form = DATE_AS_ISO,
		.json = "\"1900-03-01T00:00:00Z\""},
	    {.cell = "-1",
		.format = "%s",
		.form = DATE_AS_ISO,
		.json = "\"1969-12-31T23:59:59Z\""},
	};

	RUN(cases);
}

/* Every day of 1900-2100 against libc's own calendar. */
TEST(agrees_with_libc_about_every_day)
{
	struct date_rules rules = {.form = DATE_AS_DAY};
	struct text epoch = TEXT_LITERAL("%s");
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	int64_t s, ms;

	for (s = INT64_C(-2208988800); s <= INT64_C(4133894400); s += 86400) {
		time_t when = (time_t)s;
		char day[32], seconds[32];
		struct tm tm;

		assert_non_null(gmtime_r(&when, &tm));
		assert_true(strftime(day, sizeof(day), "%Y-%m-%d", &tm) > 0);
		(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)s);
		buf_clear(&out);
		rules.format_count = 0;
		assert_true(convert_date(text_of(day), &rules, &out, &ms, &r));
		assert_true(ms == s * 1000);
		buf_clear(&out);
		rules.formats = &epoch;
		rules.format_count = 1;
		assert_true(
		    convert_date(text_of(seconds), &rules, &out, &ms, &r));
		assert_memory_equal(out.data + 1, day, 10);
	}
	buf_release(&out);
}

TEST(limits_of_ones_own_open_the_calendar)
{
	struct date_rules rules = {.any_past = true};
	struct buf out = BUF_INIT(0);
	struct convert_reason r;
	int64_t ms;

	assert_true(
	    convert_date(TEXT_LITERAL("0001-01-01"), &rules, &out, &ms, &r));
	assert_string_equal(buf_str(&out), "-62135596800000");
	buf_clear(&out);
	assert_false(
	    convert_date(TEXT_LITERAL("2101-01-01"), &rules, &out, &ms, &r));
	rules.any_future = true;
	assert_true(
	    convert_date(TEXT_LITERAL("9999-12-31"), &rules, &out, &ms, &r));
	assert_string_equal(buf_str(&out), "253402214400000");
	buf_release(&out);
}

TEST(checks_formats_before_the_first_row)
{
	static const struct {
		const char *format;
		bool is_time;
		const char *message; /* NULL = it is good */
	} cases[] = {
	    {"%d/%m/%Y", false, NULL},
	    {"%d/%m/%y %I:%M %p", false, NULL},
	    {"%F %T %z", false, NULL},
	    {"%Y-%j", false, NULL},
	    {"%s", false, NULL},
	    {"%-d.%-m.%Y", false, NULL},
	    {"%H:%M", true, NULL},
	    {"%r", true, NULL},
	    {"%d/%m", false, "no year"},
	    {"%m/%Y", false, "no day"},
	    {"%d/%Y", false, "no month"},
	    {"%d/%m/%Y %I:%M", false, "morning or evening"},
	    {"%d/%m/%Y %H %p", false, "%p without %I"},
	    {"%d/%m/%Y %H %I %p", false, "the hour twice"},
	    {"%d/%m/%Y %d", false, "said before"},
	    {"%F %d", false, "said before"},
	    {"%Q", false, "unknown directive"},
	    {"%c", false, "unknown directive"},
	    {"%d/%m/%", false, "ends after a %"},
	    {"dd/mm/yyyy", false, "no year"},
	    {"%M:%S", true, "no hour"},
	};
	struct convert_reason r;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = date_format_check(
		    text_of(cases[i].format), cases[i].is_time, &r);

		if (ok != (cases[i].message == NULL))
			fail_msg("'%s': %s", cases[i].format,
			    ok ? "is good" : r.message);
		if (!ok && !SAID(r.message, cases[i].message))
			fail_msg("'%s': '%s'", cases[i].format, r.message);
	}
}
