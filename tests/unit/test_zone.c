/* SPDX-License-Identifier: MIT */
#include "test.h"
#include "value/forms.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Seconds since 1970 of a civil time, as if in UTC. */
static int64_t
civil(int y, int m, int d, int hh, int mm, int ss)
{
	struct tm tm = {.tm_year = y - 1900,
	    .tm_mon = m - 1,
	    .tm_mday = d,
	    .tm_hour = hh,
	    .tm_min = mm,
	    .tm_sec = ss};
	return (int64_t)timegm(&tm);
}

struct zone_case {
	const char *zone;
	int y, m, d, hh, mm, ss;
	enum zone_result result;
	int offset_s; /* local - UTC, when there is one answer */
};

static const struct zone_case cases[] = {
    {"UTC", 2025, 6, 1, 12, 0, 0, ZONE_OK, 0},
    {"Asia/Kolkata", 2025, 1, 1, 0, 0, 0, ZONE_OK, 19800},
    {"Asia/Kolkata", 2025, 7, 1, 0, 0, 0, ZONE_OK, 19800},
    /* War time: forward on 1942-09-01, back on 1945-10-15. */
    {"Asia/Kolkata", 1943, 1, 1, 0, 0, 0, ZONE_OK, 23400},
    {"America/New_York", 2025, 1, 15, 9, 0, 0, ZONE_OK, -18000},
    {"America/New_York", 2025, 7, 15, 9, 0, 0, ZONE_OK, -14400},
    {"America/New_York", 2025, 3, 9, 1, 59, 59, ZONE_OK, -18000},
    {"America/New_York", 2025, 3, 9, 2, 0, 0, ZONE_GAP, 0},
    {"America/New_York", 2025, 3, 9, 2, 59, 59, ZONE_GAP, 0},
    {"America/New_York", 2025, 3, 9, 3, 0, 0, ZONE_OK, -14400},
    {"America/New_York", 2025, 11, 2, 0, 59, 59, ZONE_OK, -14400},
    {"America/New_York", 2025, 11, 2, 1, 0, 0, ZONE_TWICE, 0},
    {"America/New_York", 2025, 11, 2, 1, 59, 59, ZONE_TWICE, 0},
    {"America/New_York", 2025, 11, 2, 2, 0, 0, ZONE_OK, -18000},
    /* The rule after the last listed year goes on. */
    {"America/New_York", 2095, 7, 15, 9, 0, 0, ZONE_OK, -14400},
    {"Europe/Berlin", 2025, 3, 30, 1, 59, 59, ZONE_OK, 3600},
    {"Europe/Berlin", 2025, 3, 30, 2, 30, 0, ZONE_GAP, 0},
    {"Europe/Berlin", 2025, 10, 26, 2, 30, 0, ZONE_TWICE, 0},
    {"Europe/Berlin", 2025, 10, 26, 3, 0, 0, ZONE_OK, 3600},
    /* Double summer time, 1945. */
    {"Europe/Berlin", 1945, 6, 15, 12, 0, 0, ZONE_OK, 10800},
    {"Australia/Lord_Howe", 2025, 1, 1, 0, 0, 0, ZONE_OK, 39600},
    /* Half an hour of summer time. */
    {"Australia/Lord_Howe", 2025, 10, 5, 2, 0, 0, ZONE_GAP, 0},
    {"Australia/Lord_Howe", 2025, 10, 5, 2, 29, 59, ZONE_GAP, 0},
    {"Australia/Lord_Howe", 2025, 10, 5, 2, 30, 0, ZONE_OK, 39600},
    {"Australia/Lord_Howe", 2025, 4, 6, 1, 30, 0, ZONE_TWICE, 0},
    {"Australia/Lord_Howe", 2025, 4, 6, 1, 59, 59, ZONE_TWICE, 0},
    {"Australia/Lord_Howe", 2025, 4, 6, 2, 0, 0, ZONE_OK, 37800},
    /* The shortest there are: a week of summer time, and four days. */
    {"America/Recife", 2000, 10, 7, 23, 59, 59, ZONE_OK, -10800},
    {"America/Recife", 2000, 10, 8, 0, 30, 0, ZONE_GAP, 0},
    {"America/Recife", 2000, 10, 11, 12, 0, 0, ZONE_OK, -7200},
    {"America/Recife", 2000, 10, 14, 23, 30, 0, ZONE_TWICE, 0},
    {"America/Recife", 2000, 10, 15, 0, 0, 0, ZONE_OK, -10800},
    {"Asia/Gaza", 2040, 10, 22, 12, 0, 0, ZONE_OK, 10800},
    /* The day that Samoa left out when it changed sides. */
    {"Pacific/Apia", 2011, 12, 29, 23, 59, 59, ZONE_OK, -36000},
    {"Pacific/Apia", 2011, 12, 30, 0, 0, 0, ZONE_GAP, 0},
    {"Pacific/Apia", 2011, 12, 30, 23, 59, 59, ZONE_GAP, 0},
    {"Pacific/Apia", 2011, 12, 31, 0, 0, 0, ZONE_OK, 50400},
};

TEST(knows_gaps_and_overlaps_to_the_second)
{
	EACH (i, cases) {
		const struct zone_case *c = &cases[i];
		struct zone *z = zone_load(c->zone);
		assert_non_null(z);
		int64_t local = civil(c->y, c->m, c->d, c->hh, c->mm, c->ss);
		int64_t utc = 0;
		if (zone_to_utc(z, local, &utc) != c->result)
			fail_msg("case %zu, %s", i, c->zone);
		if (c->result == ZONE_OK)
			assert_int_equal(local - utc, c->offset_s);
		zone_free(z);
	}
}

TEST(agrees_with_libc_on_every_half_day)
{
	const char *name = "America/Sao_Paulo";
	struct zone *z = zone_load(name);
	assert_non_null(z);
	setenv("TZ", name, 1);
	tzset();
	for (int64_t t = INT64_C(-2208900000); t < INT64_C(4102444800);
	     t += 43200 + 77) {
		time_t at = (time_t)t;
		struct tm tm;
		assert_non_null(localtime_r(&at, &tm));
		int64_t local = t + tm.tm_gmtoff, utc = 0;
		enum zone_result r = zone_to_utc(z, local, &utc);
		assert_int_not_equal(r, ZONE_GAP);
		if (r == ZONE_OK)
			assert_int_equal(utc, t);
	}
	unsetenv("TZ");
	tzset();
	zone_free(z);
}

TEST(puts_the_zone_of_the_process_back)
{
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	zone_free(zone_load("Europe/Berlin"));
	assert_string_equal(getenv("TZ"), "Asia/Tokyo");
	time_t zero = 0;
	struct tm tm;
	assert_non_null(localtime_r(&zero, &tm));
	assert_int_equal(tm.tm_hour, 9);
	unsetenv("TZ");
	tzset();
	zone_free(zone_load("Europe/Berlin"));
	assert_null(getenv("TZ"));
}

TEST(refuses_names_that_are_no_zone)
{
	static const char *const names[] = {"", "Asia/Calcuta", "Mars/Olympus",
	    "Asia", "IST", "../../etc/passwd", "/usr/share/zoneinfo/UTC",
	    "Asia/../UTC", "EST5EDT,M3.2.0,M11.1.0", ":UTC", "tzdata.zi",
	    "Asia//Kolkata", "UTC ", "right/Europe/Berlin", "zone.tab",
	    "Asia/Kolkata/"};
	EACH (i, names)
		if (zone_load(names[i]))
			fail_msg("'%s' was taken", names[i]);
}

TEST(no_zone_is_utc)
{
	int64_t utc = 0;
	assert_int_equal(zone_to_utc(NULL, 1234, &utc), ZONE_OK);
	assert_int_equal(utc, 1234);
	zone_free(NULL);
}

/* libc would silently read UTC. */
TEST(a_zone_that_is_gone_ends_the_program)
{
	struct zone *z = zone_load("Asia/Kolkata");
	int64_t utc;
	int status;
	pid_t child;

	assert_int_equal(zone_to_utc(z, 0, &utc), ZONE_OK);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)close(STDERR_FILENO);
		setenv("TZDIR", "/nowhere/at/all", 1);
		/* What is known stays known; the rest is not guessed. */
		if (zone_to_utc(z, 60, &utc) != ZONE_OK || utc != 60 - 19800)
			_exit(1);
		(void)zone_to_utc(z, civil(2025, 1, 1, 0, 0, 0), &utc);
		_exit(2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 70);
	zone_free(z);
}

/* A part of a zone knows what lies at its ends; times come in any order. */
TEST(times_in_any_order_are_the_same_moments)
{
	static const char *const names[] = {"Europe/Berlin", "America/New_York",
	    "Africa/Casablanca", "Pacific/Apia", "Asia/Gaza"};
	const int64_t begin = civil(1899, 12, 20, 0, 0, 0);
	const int64_t end = civil(2101, 1, 10, 0, 0, 0);

	EACH (i, names) {
		struct zone *up = zone_load(names[i]);
		struct zone *down = zone_load(names[i]);
		int64_t step = INT64_C(12345) * 60,
			count = (end - begin) / step;
		int64_t *utcs = calloc((size_t)count, sizeof(*utcs));
		int64_t utc;

		assert_non_null(utcs);
		for (int64_t k = 0; k < count; k++)
			(void)zone_to_utc(up, begin + k * step, &utcs[k]);
		for (int64_t k = count; k-- > 0;) {
			utc = 0;
			(void)zone_to_utc(down, begin + k * step, &utc);
			assert_true(utc == utcs[k]);
		}
		free(utcs);
		zone_free(up);
		zone_free(down);
	}
}
