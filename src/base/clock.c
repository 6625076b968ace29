/* SPDX-License-Identifier: MIT */
/* The system's clocks, and how moments are written. */
#include "base/clock.h"

#include "base/civil.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t
read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t
system_wall(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_REALTIME);
}

static int64_t
system_mono(void *ctx)
{
	(void)ctx;
	return read_clock(CLOCK_MONOTONIC);
}

static uint64_t
system_random(void *ctx)
{
	uint64_t n = 0;
	size_t have = 0;

	(void)ctx;
	while (have < sizeof(n)) {
		ssize_t got = getrandom((char *)&n + have, sizeof(n) - have, 0);

		if (got > 0)
			have += (size_t)got;
		else if (errno != EINTR)
			abort(); /* Linux has had it since 3.17 */
	}
	return n;
}

struct clock
clock_system(void)
{
	return (struct clock){
	    .wall_ms = system_wall,
	    .mono_ms = system_mono,
	    .random = system_random,
	};
}

static bool
broken_down(int64_t wall_ms, struct tm *tm)
{
	time_t t = (time_t)(wall_ms / 1000);

	return gmtime_r(&t, tm) != NULL;
}

char *
clock_iso8601(int64_t wall_ms, char out[32])
{
	struct tm tm;

	if (!broken_down(wall_ms, &tm) ||
	    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, 32, "?");
	return out;
}

char *
clock_iso8601_ms(int64_t wall_ms, char out[32])
{
	char seconds[32];

	clock_iso8601(wall_ms, seconds);
	snprintf(out, 32, "%.19s.%03dZ", seconds, (int)(wall_ms % 1000));
	return out;
}

static int
two_digits(const char *s)
{
	return (s[0] - '0') * 10 + (s[1] - '0');
}

bool
clock_read_iso8601(const char *s, int64_t *wall_ms)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.ddd";
	char again[32];
	int64_t t;

	for (size_t i = 0; s[i] != '\0' && s[i] != 'Z'; i++)
		if (form[i] == '\0' ||
		    (form[i] == 'd' ? s[i] < '0' || s[i] > '9'
				    : s[i] != form[i]))
			return false;
	if (strlen(s) < 20)
		return false;
	t = civil_days(two_digits(s) * 100 + two_digits(s + 2),
	    two_digits(s + 5), two_digits(s + 8));
	t = ((t * 24 + two_digits(s + 11)) * 60 + two_digits(s + 14)) * 60 +
	    two_digits(s + 17);
	t *= 1000;
	if (strlen(s) == 24)
		t += two_digits(s + 20) * 10 + (s[22] - '0');
	*wall_ms = t;
	/* A 31st of April would be written as the 1st of May. */
	return t >= 0 && (strcmp(s, clock_iso8601(t, again)) == 0 ||
			     strcmp(s, clock_iso8601_ms(t, again)) == 0);
}

char *
clock_compact(int64_t wall_ms, char out[32])
{
	struct tm tm;

	if (!broken_down(wall_ms, &tm) ||
	    strftime(out, 32, "%Y%m%dT%H%M%SZ", &tm) == 0)
		snprintf(out, 32, "?");
	return out;
}
