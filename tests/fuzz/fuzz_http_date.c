/* SPDX-License-Identifier: MIT */
/*
 * Retry-After and dates of HTTP and ISO 8601: a wait within its limits or
 * none; a date that was understood is understood again when it is written in
 * the usual form. Two lines: the value, and the Date header.
 */
#include "base/civil.h"
#include "fuzz.h"
#include "http/retry.h"

#include <time.h>

/* Behind this year IMF-fixdate has no form. */
#define YEAR_9999_MS INT64_C(253402300799999)

static void
check_http_date(int64_t ms)
{
	static const char *const days[] = {
	    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	char text[80];

	HOLDS(ms >= -1);
	if (ms < 0)
		return;
	HOLDS(ms <= YEAR_9999_MS && ms % 1000 == 0);
	HOLDS(gmtime_r(&s, &tm) != NULL);
	snprintf(text, sizeof(text), "%s, %02d %s %04d %02d:%02d:%02d GMT",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
	HOLDS(http_date_ms(text) == ms);
}

static void
check_iso_date(int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	char text[80];

	HOLDS(ms >= -1);
	if (ms < 0 || ms > YEAR_9999_MS)
		return;
	HOLDS(gmtime_r(&s, &tm) != NULL);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, (int)(ms % 1000));
	HOLDS(iso_date_ms(text) == ms);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	char *value = fuzz_string(fuzz_line(&in));
	char *date = fuzz_string(fuzz_line(&in));
	int64_t now_ms = INT64_C(1795456930123);
	int64_t wait = retry_after_ms(value, date, now_ms);

	HOLDS(wait == -1 ||
	      (wait >= RETRY_AFTER_FLOOR_MS && wait <= RETRY_AFTER_MAX_MS));
	HOLDS(retry_after_ms(value, date, now_ms) == wait);
	if (http_date_ms(value) >= 0)
		HOLDS(wait >= RETRY_AFTER_FLOOR_MS);
	check_http_date(http_date_ms(value));
	check_iso_date(iso_date_ms(value));
	check_http_date(http_date_ms(date));
	free(value);
	free(date);
	return 0;
}
