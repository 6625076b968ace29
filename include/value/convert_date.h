/* SPDX-License-Identifier: MIT */
#ifndef VALUE_CONVERT_DATE_H
#define VALUE_CONVERT_DATE_H

/*
 * Dates and times of day, by format or ISO 8601. See convert.h for the shape.
 *
 * Formats use strptime's letters; the reading is our own (strptime takes
 * 31/02/2025, reads `25` under %Y as the year 25, and follows the locale).
 *
 *   %Y four digits            %y two digits: a year of the hundred that
 *                             begins with `century`
 *   %m month 1-12             %b %B %h English name, whole or three letters,
 *                             or one of `months`
 *   %d %e day 1-31            %j day of the year 1-366
 *   %a %A English weekday; must be the date's own
 *   %H %k hour 0-23           %I %l hour 1-12, with %p (AM, PM, a.m., p.m.)
 *   %M minute  %S second 0-59 %f fraction of a second, 1-9 digits
 *   %z Z, +hh, +hhmm, +hh:mm  %Z only UTC, GMT, Z (others are ambiguous)
 *   %s seconds since 1970     %T %R %D %F %r as strptime's
 *   %n %t and blanks: any number of blanks   %%
 *
 * A flag (-, _, 0) before the letter is read over. Numbers may lack their
 * leading zero, but not where two of them touch (%d%m%Y). Names in any case.
 * All of the text must be used, and a date that is not a calendar date is
 * refused. Fractions beyond milliseconds are cut off.
 *
 * ISO 8601 (extended form): 2026-04-15, 2026-04-15T11:22, :43, .123, with Z,
 * +05:30, +0530 or +05 behind; a blank may stand for the T. Without an offset
 * it is local time of the zone.
 */

#include "value/convert.h"
#include "value/forms.h"

#include <stddef.h>
#include <stdint.h>

struct zone;

enum date_form {
	DATE_AS_MS,	 /* number: milliseconds since 1970, UTC */
	DATE_AS_SECONDS, /* number; a fraction is cut off */
	DATE_AS_ISO,	 /* "2026-04-15T11:22:43Z", with .mmm if not zero */
	DATE_AS_DAY	 /* "2026-04-15": the day that the cell names */
};

struct date_rules {
	const struct text *formats; /* none = ISO 8601 */
	size_t format_count;
	int century;		 /* the first year of %y; 0 = 1969 */
	const struct zone *zone; /* NULL = UTC */
	/* For %b; none = the English ones, else the text must be in NFC. */
	struct month_names months;
	enum date_form form;
	/* Years before 1900 and after 2100 are refused unless these say that
	 * somebody set a limit of his own. */
	bool any_past, any_future;
};

/* A spreadsheet's day number (45123, 45123.75; format: excel): the local time
 * in milliseconds since 1970, from 1900-03-01 to 9999. Its decimal sign is a
 * point or a comma. */
bool convert_excel_day(
    struct text t, int64_t *local_ms, struct convert_reason *r);

/* With several formats all are tried; a text that fits two of them with
 * different results is ambiguous and refused. *instant_ms is the moment in
 * milliseconds since 1970, whatever the form. */
bool convert_date(struct text t, const struct date_rules *rules,
    struct buf *out, int64_t *instant_ms, struct convert_reason *r);

enum time_form { TIME_AS_CLOCK, TIME_AS_SECONDS, TIME_AS_MS };
/* "HH:MM:SS" or a number since midnight. Without formats: HH:MM, HH:MM:SS,
 * HH:MM:SS.fff. */
bool convert_time(struct text t, const struct text *formats,
    size_t format_count, enum time_form form, struct buf *out,
    int64_t *since_midnight_ms, struct convert_reason *r);

/* 1-12, or a name: one of `months`, else an English one, whole, three letters
 * or "sept": a number. */
bool convert_month(struct text t, const struct month_names *months,
    struct buf *out, struct convert_reason *r);

/* Whether a format can be used: known letters, each part once, and enough of
 * them (a date: year, month and day; a time: an hour; %I and %p together). */
bool date_format_check(
    struct text format, bool is_time, struct convert_reason *r);

#endif
