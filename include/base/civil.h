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

/*
 * The letters of a date format (strptime's), and whether a format says enough
 * to be used: known by the mapping's loader, which refuses a format before
 * the first row, and by the converter, which must never guess.
 */

/* NULL if the format can be used: known letters, each part once, and enough
 * of them (a date: year, month and day, or %s; a time: an hour; %I and %p only
 * together). Else what is wrong, static, to be read after "the format", and
 * *at is the byte where. */
const char *date_format_wrong(struct text format, bool is_time, size_t *at);

/* The directive that begins at byte `at`, with its flags: "%Q", "%-N"; empty
 * if none does. A letter of several bytes is whole. */
struct text date_directive(struct text format, size_t at);
/* False if it is one of those that are read. */
bool date_directive_is_unknown(struct text directive);
/* All of them: "%Y %y %m …". */
extern const char date_directives[];

/* Whether the format has a year of two digits (%y, %D); *at is where. */
bool date_format_short_year(struct text format, size_t *at);

#endif
