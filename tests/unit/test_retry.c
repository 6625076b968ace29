/* SPDX-License-Identifier: MIT */
#include "base/civil.h"
#include "http/retry.h"
#include "test.h"

/* Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's own example. */
#define NOV94 INT64_C(784111777000)
#define HOUR INT64_C(3600000)

static const struct rate_share alone;

TEST(backoff_doubles_to_its_cap_and_is_uniform_below)
{
	static const struct {
		unsigned attempt;
		int64_t bound;
	} cases[] = {{0, 500}, {1, 1000}, {2, 2000}, {6, 32000}, {7, 60000},
	    {8, 60000}, {31, 60000}, {32, 60000}, {64, 60000},
	    {UINT32_MAX, 60000}};

	EACH (i, cases) {
		unsigned attempt = cases[i].attempt;
		uint64_t bound = (uint64_t)cases[i].bound;
		assert_int_equal(retry_backoff_ms(attempt, 0), 1);
		assert_int_equal(retry_backoff_ms(attempt, 1), 1);
		assert_int_equal(retry_backoff_ms(attempt, bound), bound);
		assert_int_equal(retry_backoff_ms(attempt, bound + 1), 1);
		int64_t any = retry_backoff_ms(attempt, UINT64_MAX);
		assert_true(any >= 1 && any <= cases[i].bound);
	}
}

static void
expect_ms(const char *text, int64_t got, int64_t want)
{
	if (got != want)
		fail_msg("'%s': %lld", text, (long long)got);
}

TEST(reads_retry_after_in_seconds_and_dates)
{
	static const char date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
	CASES(cases, const char *value, *date; int64_t now, want) = {
	    {"120", NULL, 0, 120000},
	    {" 7 ", NULL, 0, 7000},
	    {"\t7\t", NULL, 0, 7000},
	    {"0", NULL, 0, 1000},
	    {"1", NULL, 0, 1000},
	    {"00002", NULL, 0, 2000},
	    {"901", NULL, 0, 901000},
	    {"99999999999999999999999999", NULL, 0, RETRY_AFTER_MAX_MS},
	    {"9223372036854775807", NULL, 0, RETRY_AFTER_MAX_MS},
	    {"3162240001", NULL, 0, RETRY_AFTER_MAX_MS},
	    /* from the server's own clock, whatever ours says */
	    {"Sun, 06 Nov 1994 08:50:37 GMT", date, 0, 60000},
	    {"Sunday, 06-Nov-94 08:50:37 GMT", date, 5, 60000},
	    {"Sun Nov  6 08:50:37 1994", date, NOV94 * 2, 60000},
	    /* from ours when it has none */
	    {"Sun, 06 Nov 1994 08:50:37 GMT", NULL, NOV94, 60000},
	    {"Sun, 06 Nov 1994 08:50:37 GMT", "", NOV94 + 500, 59500},
	    {"Sun, 06 Nov 1994 08:50:37 GMT", "soon", NOV94, 60000},
	    /* over */
	    {"Sun, 06 Nov 1994 08:49:00 GMT", date, 0, 1000},
	    {"Sun, 06 Nov 1994 08:49:37 GMT", date, 0, 1000},
	    {"Fri, 31 Dec 9999 23:59:59 GMT", date, 0, RETRY_AFTER_MAX_MS},
	    /* neither */
	    {"", NULL, 0, -1},
	    {" ", NULL, 0, -1},
	    {"-5", NULL, 0, -1},
	    {"+5", NULL, 0, -1},
	    {"1.5", NULL, 0, -1},
	    {"5s", NULL, 0, -1},
	    {"5, 6", NULL, 0, -1},
	    {"0x10", NULL, 0, -1},
	    {"soon", NULL, 0, -1},
	    {"1994-11-06T08:49:37Z", NULL, 0, -1},
	    {NULL, NULL, 0, -1},
	};

	EACH (i, cases) {
		expect_ms(cases[i].value,
		    retry_after_ms(cases[i].value, cases[i].date, cases[i].now),
		    cases[i].want);
	}
}

TEST(reads_http_dates_in_all_three_forms)
{
	CASES(cases, const char *text; int64_t want) = {
	    {"Sun, 06 Nov 1994 08:49:37 GMT", NOV94},
	    {"Sunday, 06-Nov-94 08:49:37 GMT", NOV94},
	    {"Sun Nov  6 08:49:37 1994", NOV94},
	    {"  sun, 06 nov 1994 08:49:37 gmt ", NOV94},
	    {"Sun, 06 Nov 1994 08:49:37 UTC", NOV94},
	    /* a wrong day of the week decides nothing */
	    {"Mon, 06 Nov 1994 08:49:37 GMT", NOV94},
	    {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
	    {"Thu, 29 Feb 2024 00:00:00 GMT", INT64_C(1709164800000)},
	    {"Tue, 29 Feb 2000 00:00:00 GMT", INT64_C(951782400000)},
	    {"Wed, 31 Dec 2025 23:59:60 GMT", INT64_C(1767225600000)},
	    {"Fri Mar 13 01:02:03 2026", INT64_C(1773363723000)},
	    {"Thursday, 01-Jan-70 00:00:00 GMT", 0},
	    {"Tuesday, 31-Dec-69 00:00:00 GMT", INT64_C(3155673600000)},
	    {"Sun, 29 Feb 2026 00:00:00 GMT", -1},
	    {"Sun, 29 Feb 2100 00:00:00 GMT", -1},
	    {"Sun, 31 Apr 2026 00:00:00 GMT", -1},
	    {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
	    {"Wed, 31 Dec 1969 23:59:59 GMT", -1},
	    {"Sun, 06 Nov 1994 24:00:00 GMT", -1},
	    {"Sun, 06 Nov 1994 08:60:00 GMT", -1},
	    {"Sun, 06 Nov 1994 08:49:61 GMT", -1},
	    {"Sun, 06 Nov 1994 08:49:37", -1},
	    {"Sun, 06 Nov 1994 08:49:37 PST", -1},
	    {"Sun, 06 Nov 1994 08:49:37 GMT+1", -1},
	    {"Sun, 6 Nov 1994 08:49:37 GMT", -1},
	    {"Sun, 06 Nov 94 08:49:37 GMT", -1},
	    {"Sun, 06 Foo 1994 08:49:37 GMT", -1},
	    {"06 Nov 1994 08:49:37 GMT", -1},
	    {"Sun Nov 6 08:49:37 1994", -1},
	    {"Sun Nov  6 08:49:37 1994 x", -1},
	    {"Sun", -1},
	    {"", -1},
	};

	EACH (i, cases)
		expect_ms(
		    cases[i].text, http_date_ms(cases[i].text), cases[i].want);
}

TEST(reads_iso_dates_with_a_zone)
{
	CASES(cases, const char *text; int64_t want) = {
	    {"1994-11-06T08:49:37Z", NOV94},
	    {"1994-11-06t08:49:37z", NOV94},
	    {"1994-11-06 08:49:37Z", NOV94},
	    {"1994-11-06T08:49:37.5Z", NOV94 + 500},
	    {"1994-11-06T08:49:37.123456789Z", NOV94 + 123},
	    {"1994-11-06T08:49:37,007Z", NOV94 + 7},
	    {"1994-11-06T14:19:37+05:30", NOV94},
	    {"1994-11-06T14:19:37.000+0530", NOV94},
	    {"1994-11-06T00:49:37-08", NOV94},
	    {"1994-11-05T23:49:37-09:00", NOV94},
	    {"1970-01-01T00:00:00Z", 0},
	    {"1970-01-01T00:00:00+01:00", -1},
	    {"1994-11-06T08:49:37", -1},
	    {"1994-11-06", -1},
	    {"1994-11-06T08:49:37.Z", -1},
	    {"1994-11-06T08:49:37Zx", -1},
	    {"1994-11-06T08:49:37+24:00", -1},
	    {"1994-11-06T08:49:37+05:60", -1},
	    {"1994-11-06T08:49:37+5:30", -1},
	    {"1994-13-06T08:49:37Z", -1},
	    {"1994-11-31T08:49:37Z", -1},
	    {"94-11-06T08:49:37Z", -1},
	    {"784111777000", -1},
	    {"", -1},
	};

	EACH (i, cases)
		expect_ms(
		    cases[i].text, iso_date_ms(cases[i].text), cases[i].want);
}

/* How many calls pass in this time if each waits as long as it is told. */
static int
calls_within(double rate, int64_t time_ms)
{
	struct rate_limit r;
	int64_t now = 1000, end = now + time_ms;
	int calls = 0;

	rate_limit_init(&r, rate, alone, now);
	while (now < end) {
		int64_t wait = rate_limit_take(&r, now);
		if (wait == 0)
			calls++;
		now += wait;
	}
	return calls;
}

TEST(holds_the_rate_over_time)
{
	CASES(cases, double rate; int64_t time_ms; int least, most) = {
	    {1, 10 * 1000, 10, 11},
	    {2, 10 * 1000, 20, 21},
	    {100, 10 * 1000, 995, 1011},
	    {2000, 5 * 1000, 9900, 10200},
	    {10.0 / 60, 60 * 1000, 10, 11},
	    {1.0 / 3, 30 * 1000, 10, 11},
	};

	EACH (i, cases) {
		int calls = calls_within(cases[i].rate, cases[i].time_ms);
		if (calls < cases[i].least || calls > cases[i].most)
			fail_msg("%g/s: %d calls", cases[i].rate, calls);
	}
}

TEST(saves_no_burst_up_while_idle)
{
	struct rate_limit r;

	rate_limit_init(&r, 5, alone, 0);
	assert_int_equal(rate_limit_take(&r, 24 * HOUR), 0);
	assert_int_equal(rate_limit_take(&r, 24 * HOUR), 200);
	assert_int_equal(rate_limit_take(&r, 24 * HOUR + 199), 1);
	assert_int_equal(rate_limit_take(&r, 24 * HOUR + 200), 0);
}

TEST(has_no_limit_at_rate_0_and_bears_odd_clocks)
{
	struct rate_limit r;

	rate_limit_init(&r, 0, alone, 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(rate_limit_take(&r, 0), 0);
	rate_limit_init(&r, -1, alone, 0);
	assert_int_equal(rate_limit_take(&r, 0), 0);
	assert_int_equal(rate_limit_take(&r, 0), 0);
	/* A clock that goes back gives no token and takes none. */
	rate_limit_init(&r, 1, alone, 5000);
	assert_int_equal(rate_limit_take(&r, 5000), 0);
	assert_int_equal(rate_limit_take(&r, 4000), 1000);
	assert_int_equal(rate_limit_take(&r, 5000), 0);
	/* A rate so small that no wait can be told. */
	rate_limit_init(&r, 1e-300, alone, 0);
	assert_int_equal(rate_limit_take(&r, 0), 0);
	assert_true(rate_limit_take(&r, 0) > HOUR);
}

TEST(a_share_is_a_part_of_the_rate_and_begins_in_its_turn)
{
	static const struct {
		double rate;
		struct rate_share share;
		int64_t first_ms, next_ms; /* when the first calls may go */
	} cases[] = {
	    {10, {0, 0}, 0, 100},
	    {10, {0, 1}, 0, 100},
	    {10, {7, 1}, 0, 100},
	    {10, {0, 4}, 0, 400},
	    {10, {1, 4}, 100, 500},
	    {10, {3, 4}, 300, 700},
	    /* numbers from 1 on, and more tasks than workers */
	    {10, {4, 4}, 0, 400},
	    {10, {63, 4}, 300, 700},
	    {10, {UINT64_MAX, 4}, 300, 700},
	    {200, {999, 1000}, 4995, 9995},
	    {1.0 / 60, {1, 2}, 60000, 180000},
	    {0, {3, 4}, 0, 0},
	};

	EACH (i, cases) {
		struct rate_limit r;
		int64_t now = 7000, times[2];

		rate_limit_init(&r, cases[i].rate, cases[i].share, now);
		for (int call = 0; call < 2; call++) {
			for (int64_t wait; (wait = rate_limit_take(&r, now));)
				now += wait;
			times[call] = now - 7000;
		}
		if (times[0] != cases[i].first_ms ||
		    times[1] != cases[i].next_ms)
			fail_msg("case %zu: %lld, %lld", i, (long long)times[0],
			    (long long)times[1]);
	}
}

#define SECONDS 60

/* Calls of all workers in each second, when an engine starts all of them at
 * one moment. in_turn: worker i has number i + from, else each has `from`. */
static void
calls_of_workers(double rate, uint64_t workers, uint64_t from, bool in_turn,
    unsigned calls[SECONDS])
{
	memset(calls, 0, SECONDS * sizeof(*calls));
	for (uint64_t i = 0; i < workers; i++) {
		struct rate_share share = {in_turn ? from + i : from, workers};
		struct rate_limit r;
		int64_t now = 0;

		rate_limit_init(&r, rate, share, now);
		while (now < SECONDS * 1000) {
			int64_t wait = rate_limit_take(&r, now);

			calls[now / 1000] += wait == 0;
			now += wait;
		}
	}
}

TEST(workers_that_start_together_keep_the_rate_in_every_second)
{
	static const struct {
		double rate;
		uint64_t workers, from;
	} cases[] = {{200, 1000, 0}, {200, 1000, 1}, {100, 8, 1}, {5, 40, 0}};
	unsigned calls[SECONDS], together[SECONDS];

	EACH (i, cases) {
		double rate = cases[i].rate;
		uint64_t workers = cases[i].workers;

		calls_of_workers(rate, workers, cases[i].from, true, calls);
		for (int s = 0; s < SECONDS; s++)
			if (calls[s] > rate * 1.01 + 1 ||
			    calls[s] < rate * 0.94 - 1)
				fail_msg("%g/s, %llu workers: %u in second %d",
				    rate, (unsigned long long)workers, calls[s],
				    s);
		/* What the turns are for. */
		calls_of_workers(rate, workers, 0, false, together);
		assert_true(together[0] >= workers);
	}
}
