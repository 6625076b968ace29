/* SPDX-License-Identifier: MIT */
/* The calendar, day by day over six centuries, and against libc. */
#include "base/civil.h"
#include "test.h"

#include <time.h>

TEST(days_follow_each_other_and_come_back)
{
	int year = 1599, month = 1, day = 1, week_day = 5;
	int64_t days = civil_days(year, month, day);

	assert_int_equal(civil_days(1970, 1, 1), 0);
	for (; year < 2201; days++) {
		struct civil c = civil_date(days);

		assert_int_equal(civil_days(year, month, day), days);
		assert_int_equal(c.year, year);
		assert_int_equal(c.month, month);
		assert_int_equal(c.day, day);
		assert_int_equal(civil_week_day(days), week_day);
		assert_true(civil_exists(year, month, day));
		week_day = (week_day + 1) % 7;
		if (day++ < civil_month_days(year, month))
			continue;
		assert_false(civil_exists(year, month, day));
		day = 1;
		year += month == 12;
		month = month % 12 + 1;
	}
}

TEST(libc_has_the_same_dates)
{
	for (int64_t days = -719528; days < 2932896; days += 613) {
		time_t t = (time_t)days * 86400;
		struct civil c = civil_date(days);
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		assert_int_equal(c.year, tm.tm_year + 1900);
		assert_int_equal(c.month, tm.tm_mon + 1);
		assert_int_equal(c.day, tm.tm_mday);
		assert_int_equal(civil_week_day(days), tm.tm_wday);
	}
}

TEST(knows_which_days_exist)
{
	CASES(cases, int year, month, day; bool exists) = {
	    {2024, 2, 29, true},
	    {2023, 2, 29, false},
	    {1900, 2, 29, false},
	    {2000, 2, 29, true},
	    {2000, 2, 30, false},
	    {0, 2, 29, true},
	    {2026, 4, 31, false},
	    {2026, 12, 31, true},
	    {2026, 13, 1, false},
	    {2026, 0, 1, false},
	    {2026, 1, 0, false},
	    {2026, -3, 1, false},
	    {2026, 1, -1, false},
	};

	EACH (i, cases)
		if (civil_exists(cases[i].year, cases[i].month, cases[i].day) !=
		    cases[i].exists)
			fail_msg("%d-%d-%d", cases[i].year, cases[i].month,
			    cases[i].day);
}
