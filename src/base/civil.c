/* SPDX-License-Identifier: MIT */
/*
 * Counted, not asked of libc: that has no inverse of gmtime in POSIX, and
 * takes the 31st of February.
 */
#include "base/civil.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define ERA_DAYS 146097 /* of 400 years, after which all repeats */
#define YEAR_0 719528	/* days from 0000-01-01 to 1970-01-01 */

/* The year is taken to begin in March, so that the leap day is its last; an
 * era is added so that no year is negative. */
int64_t
civil_days(int year, int month, int day)
{
	int64_t y = (int64_t)year + 400 - (month < 3);
	int64_t m = (month + 9) % 12; /* 0 = March */

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	       1 - 719468 - ERA_DAYS;
}

struct civil
civil_date(int64_t days)
{
	int64_t y = (days + YEAR_0) * 400 / ERA_DAYS; /* off by one at most */
	struct civil c = {.month = 1};

	while (civil_days((int)y, 1, 1) > days)
		y--;
	while (civil_days((int)y + 1, 1, 1) <= days)
		y++;
	days -= civil_days((int)y, 1, 1);
	c.year = (int)y;
	while (days >= civil_month_days(c.year, c.month))
		days -= civil_month_days(c.year, c.month++);
	c.day = (int)days + 1;
	return c;
}

bool
civil_is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int
civil_month_days(int year, int month)
{
	static const int days[12] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && civil_is_leap(year));
}

bool
civil_exists(int year, int month, int day)
{
	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= civil_month_days(year, month);
}

int
civil_week_day(int64_t days)
{
	return (int)(((days + 4) % 7 + 7) % 7);
}

static bool
broken_down(int64_t wall_ms, struct tm *tm)
{
	time_t t = (time_t)(wall_ms / 1000);

	return gmtime_r(&t, tm) != NULL;
}

char *
civil_iso8601(int64_t wall_ms, char out[32])
{
	struct tm tm;

	if (!broken_down(wall_ms, &tm) ||
	    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, 32, "?");
	return out;
}

char *
civil_iso8601_ms(int64_t wall_ms, char out[32])
{
	char seconds[32];

	civil_iso8601(wall_ms, seconds);
	snprintf(out, 32, "%.19s.%03dZ", seconds, (int)(wall_ms % 1000));
	return out;
}

bool
civil_read_iso8601(const char *s, int64_t *wall_ms)
{
	int64_t t = iso_date_ms(s);
	char again[32];

	if (t < 0)
		return false;
	*wall_ms = t;
	/* Other ways to write it are not ours. */
	return strcmp(s, civil_iso8601(t, again)) == 0 ||
	       strcmp(s, civil_iso8601_ms(t, again)) == 0;
}

char *
civil_compact(int64_t wall_ms, char out[32])
{
	struct tm tm;

	if (!broken_down(wall_ms, &tm) ||
	    strftime(out, 32, "%Y%m%dT%H%M%SZ", &tm) == 0)
		snprintf(out, 32, "?");
	return out;
}
