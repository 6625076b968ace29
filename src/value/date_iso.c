/* SPDX-License-Identifier: MIT */
/*
 * ISO 8601 in its extended form. Most texts that are not are dates in
 * somebody's own order, which one cell does not tell (evidence.h).
 */
#include "date_parts.h"

#include <stdio.h>

/* `count` digits at *at. */
static bool
read_digits(struct text t, size_t *at, size_t count, int *value)
{
	size_t i;

	if (t.len - *at < count)
		return false;
	*value = 0;
	for (i = 0; i < count; i++) {
		if (!ascii_is_digit(t.s[*at + i]))
			return false;
		*value = *value * 10 + (t.s[*at + i] - '0');
	}
	*at += count;
	return true;
}

static bool
read_char(struct text t, size_t *at, char c)
{
	if (*at >= t.len || t.s[*at] != c)
		return false;
	++*at;
	return true;
}

bool
date_parts_offset(struct text t, size_t *at, struct date_parts *p)
{
	size_t i = *at;
	int hours, minutes = 0;
	bool is_west;

	if (i >= t.len)
		return false;
	p->has_offset = true;
	p->offset_s = 0;
	if (t.s[i] == 'Z' || t.s[i] == 'z') {
		*at = i + 1;
		return true;
	}
	if (t.s[i] != '+' && t.s[i] != '-')
		return false;
	is_west = t.s[i++] == '-';
	if (!read_digits(t, &i, 2, &hours))
		return false;
	if (i < t.len && (t.s[i] == ':' || ascii_is_digit(t.s[i]))) {
		(void)read_char(t, &i, ':');
		if (!read_digits(t, &i, 2, &minutes))
			return false;
	}
	if (hours > 18 || minutes > 59)
		return false;
	p->offset_s = (hours * 60 + minutes) * 60 * (is_west ? -1 : 1);
	*at = i;
	return true;
}

/* HH:MM[:SS[.fff]] */
static bool
read_clock(struct text t, size_t *at, struct date_parts *p)
{
	int scale = 100;

	if (!read_digits(t, at, 2, &p->hour) || !read_char(t, at, ':') ||
	    !read_digits(t, at, 2, &p->minute))
		return false;
	if (!read_char(t, at, ':'))
		return true;
	if (!read_digits(t, at, 2, &p->second))
		return false;
	if (!read_char(t, at, '.') && !read_char(t, at, ','))
		return true;
	if (*at >= t.len || !ascii_is_digit(t.s[*at]))
		return false;
	for (; *at < t.len && ascii_is_digit(t.s[*at]); ++*at) {
		p->ms += (t.s[*at] - '0') * scale;
		scale /= 10;
	}
	return true;
}

static bool
clock_in_range(const struct date_parts *p, struct convert_reason *r)
{
	if (p->hour > 23)
		return convert_fail(r, "hour", "an hour is 00 to 23");
	if (p->minute > 59)
		return convert_fail(r, "minute", "a minute is 00 to 59");
	if (p->second > 59)
		return convert_fail(r, "second", "a second is 00 to 59");
	return true;
}

/* Digits alone are told by how many there are. */
static bool
fail_digits(size_t count, struct convert_reason *r)
{
	switch (count) {
	case 5:
		convert_fail(
		    r, "day_number", "this is not a date but a number");
		return convert_hint(r, "check first: if it is a spreadsheet's "
				       "day number, `format: excel` reads it");
	case 10:
		convert_fail(r, "seconds", "this is not a date but a number");
		return convert_hint(r,
		    "check first: `format: \"%%s\"` reads seconds since 1970");
	case 13:
		convert_fail(
		    r, "milliseconds", "this is not a date but a number");
		return convert_hint(r,
		    "check first: milliseconds since 1970 are sent as they are "
		    "with `type: integer`");
	default:
		return convert_fail(
		    r, "digits", "these digits are not a date like 2026-04-15");
	}
}

static bool
fail_iso(struct text t, struct convert_reason *r)
{
	size_t digits = 0;

	while (digits < t.len && ascii_is_digit(t.s[digits]))
		digits++;
	if (digits > 0 && digits == t.len)
		return fail_digits(digits, r);
	return convert_fail(r, "not_iso",
	    "this is not a date like 2026-04-15 or "
	    "2026-04-15T11:22:43Z");
}

bool
date_parts_iso(struct text t, struct date_parts *p, struct convert_reason *r)
{
	size_t at = 0;

	if (!read_digits(t, &at, 4, &p->year) || !read_char(t, &at, '-') ||
	    !read_digits(t, &at, 2, &p->month) || !read_char(t, &at, '-') ||
	    !read_digits(t, &at, 2, &p->day))
		goto no_iso;
	if (p->month < 1 || p->month > 12)
		return convert_fail(r, "month", "a month is 01 to 12");
	if (p->day < 1)
		return convert_fail(r, "day", "a day is 01 to 31");
	if (at == t.len)
		return true;
	if (!read_char(t, &at, 'T') && !read_char(t, &at, ' ') &&
	    !read_char(t, &at, 't'))
		goto no_iso;
	if (!read_clock(t, &at, p) ||
	    (at < t.len && !date_parts_offset(t, &at, p)) || at < t.len)
		goto no_iso;
	return clock_in_range(p, r);
no_iso:
	return fail_iso(t, r);
}

bool
date_parts_iso_time(
    struct text t, struct date_parts *p, struct convert_reason *r)
{
	size_t at = 0;

	if (!read_clock(t, &at, p) || at < t.len) {
		return convert_fail(r, "not_iso",
		    "this is not a time of day (13:45, 13:45:07)");
	}
	return clock_in_range(p, r);
}
