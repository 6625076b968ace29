/* SPDX-License-Identifier: MIT */
#ifndef VALUE_DATE_PARTS_H
#define VALUE_DATE_PARTS_H

/* What a text says about a moment, part by part, before it is checked against
 * the calendar. Between date_format.c, date_iso.c and convert_date.c. */

#include "value/convert.h"

#include <stdint.h>

struct date_parts {
	int century; /* the first year of %y, set before reading */
	const struct month_names *months; /* set before reading; or NULL */
	int year;			  /* -1 = not said */
	int month, day;			  /* 0 = not said */
	int year_day;			  /* 1-366; 0 = not said */
	int week_day;			  /* 0 = Sunday; -1 = not said */
	int hour, minute, second, ms;
	int hour12; /* 0 = not said */
	int half;   /* of the day: 1 = am, 2 = pm, 0 = not said */
	bool has_offset, has_epoch;
	int offset_s;	 /* local time minus UTC */
	int64_t epoch_s; /* %s */
};

/* Reads the whole text. */
bool date_parts_by_format(struct text t, struct text format,
    struct date_parts *p, struct convert_reason *r);
bool date_parts_iso(
    struct text t, struct date_parts *p, struct convert_reason *r);
bool date_parts_iso_time(
    struct text t, struct date_parts *p, struct convert_reason *r);

/* Z, +hh, +hhmm, +hh:mm at *at; moves *at after it. */
bool date_parts_offset(struct text t, size_t *at, struct date_parts *p);
/* An English name at the beginning of t: bytes of it, 0 = there is none.
 * Months count from 1, weekdays from 0 (Sunday). */
size_t date_month_name(struct text t, int *month);
size_t date_week_day_name(struct text t, int *week_day);
/* "January" …, for 1-12. */
const char *date_month_text(int month);
/* "Sunday" …, for 0-6. */
const char *date_week_day_text(int week_day);

#endif
