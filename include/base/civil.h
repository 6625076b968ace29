/* SPDX-License-Identifier: MIT */
#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

/*
 * The Gregorian calendar, also before 1582 (nobody's leads are older), in
 * whole days since 1970-01-01. Months and days count from 1. Years from -400
 * on.
 */

#include <stdbool.h>
#include <stdint.h>

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

#endif
