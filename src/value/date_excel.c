/* SPDX-License-Identifier: MIT */
/*
 * Day numbers as Excel and its relatives count them, and what a cell's format
 * hid when the file was saved: 45123.75 is 2023-07-16 18:00. Digits are
 * counted as they stand, never through a double.
 */
#include "base/civil.h"
#include "value/convert.h"

#include <string.h>

#define DAY_S INT64_C(86400)
#define DAY_MS (DAY_S * 1000)
#define FRACTION_DIGITS 11 /* a microsecond; more would overflow */
#define DAYS_MAX 2958465   /* 9999-12-31 */

struct day_number {
	int64_t days;
	int64_t fraction, scale; /* of a day: fraction / scale */
};

static size_t
take_digits(struct text t, size_t *at, size_t most, int64_t *n)
{
	size_t begin = *at;

	*n = 0;
	while (*at < t.len && ascii_is_digit(t.s[*at])) {
		if (*at - begin < most)
			*n = *n * 10 + (t.s[*at] - '0');
		++*at;
	}
	return *at - begin;
}

static bool
fail_sign(struct text t, size_t at, struct convert_reason *r)
{
	char name[48];

	return convert_fail(r, convert_char_cause(t, at),
	    "a day number has digits and one decimal sign, but here is %s",
	    convert_name_char(t, at, name));
}

static bool
fail_beyond(struct convert_reason *r)
{
	return convert_fail(
	    r, "out_of_range", "this day number is beyond the calendar");
}

/* Either decimal sign is read, since a day number has no thousands signs; but
 * where a sign could be one, nobody can tell. */
static bool
split(struct text t, struct day_number *n, struct convert_reason *r)
{
	size_t at = 0, digits = take_digits(t, &at, 9, &n->days);

	n->fraction = 0;
	n->scale = 1;
	if (digits == 0)
		return fail_sign(t, at, r);
	if (digits > 7)
		return fail_beyond(r);
	if (at == t.len)
		return true;
	if (t.s[at] != '.' && t.s[at] != ',')
		return fail_sign(t, at, r);
	if (digits < 4)
		return convert_fail(r, "few_digits",
		    "a day number with a fraction needs at least four digits "
		    "before it");
	at++;
	digits = take_digits(t, &at, FRACTION_DIGITS, &n->fraction);
	if (digits == 0 || at < t.len)
		return fail_sign(t, at, r);
	for (size_t i = 0; i < digits && i < FRACTION_DIGITS; i++)
		n->scale *= 10;
	return true;
}

/* Of a day. Spreadsheets keep times as fractions, so a whole second that the
 * last digit cannot tell from this one is meant: .520833 is 12:30:00. */
static int64_t
milliseconds(const struct day_number *n)
{
	int64_t s = (n->fraction * DAY_S + n->scale / 2) / n->scale;
	int64_t off = n->fraction * DAY_S - s * n->scale;

	if (off <= DAY_S && off >= -DAY_S)
		return s * 1000;
	return (n->fraction * DAY_MS + n->scale / 2) / n->scale;
}

bool
convert_excel_day(struct text t, int64_t *local_ms, struct convert_reason *r)
{
	struct day_number n;

	if (!split(t, &n, r))
		return false;
	if (n.days > DAYS_MAX)
		return fail_beyond(r);
	/* Excel's calendar has a 29th of February 1900, number 60. */
	if (n.days <= 60) {
		convert_fail(r, "leap_day",
		    "day numbers up to 60 are before March 1900, where Excel's "
		    "calendar has a day too many");
		return convert_hint(r,
		    "check first: is this a date? a number below 1 is a time "
		    "of day");
	}
	*local_ms =
	    (civil_days(1899, 12, 30) + n.days) * DAY_MS + milliseconds(&n);
	/* The last day of the calendar can be rounded into the next. */
	if (*local_ms >= civil_days(10000, 1, 1) * DAY_MS)
		return fail_beyond(r);
	return true;
}
