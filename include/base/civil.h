/* SPDX-License-Identifier: MIT */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

/*
 * The Gregorian calendar, also before 1582 (nobody's leads are older), in
 * whole days since 1970-01-01. Months and days count from 1. Years from -400
 * on.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

struct civil {
	int year, month, day;
};

int64_t civil_days(int year, int month, int day);
struct civil civil_date(int64_t days);

bool civil_is_leap(int year);
int civil_month_days(int year, int month);
/* Whether there is such a day; year, month and day may be any numbers. */
bool civil_exists(int year, int month, int day);
/* 0 = Sunday. */
int civil_week_day(int64_t days);

/* Moments as texts, in UTC. */

/* "2026-11-23T14:02:10Z"; out has at least 32 bytes. Returns out. */
char *civil_iso8601(int64_t wall_ms, char out[32]);
/* "2026-11-23T14:02:10.123Z". */
char *civil_iso8601_ms(int64_t wall_ms, char out[32]);
/* Reads what these two write; false: not a moment, or not in that form. */
bool civil_read_iso8601(const char *s, int64_t *wall_ms);
/* "20261123T140210Z", as in run ids. */
char *civil_compact(int64_t wall_ms, char out[32]);

/* An HTTP date (RFC 9110, section 5.6.7: IMF-fixdate, RFC 850, asctime) as ms
 * since 1970, or -1 if it is none or earlier than 1970. Years of two digits
 * lie in 1970-2069. */
int64_t http_date_ms(const char *text);
/* ISO 8601 date-time with zone (RFC 3339, and the zone as +hhmm or +hh), or
 * -1 as above. */
int64_t iso_date_ms(const char *text);
/* The same, but the time, its seconds and the zone may be missing: midnight,
 * 0, UTC. */
int64_t iso_moment_ms(const char *text);

#endif
