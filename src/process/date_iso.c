/* SPDX-License-Identifier: MIT */
/*
 * ISO 8601 in its extended form, and what to say to a text that is not: most
 * of them are dates in somebody's own order, which are not guessed, but the
 * message can show how to name that order.
 */
#include "process/date_parts.h"

#include <stdio.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* `count` digits at *at. */
static bool
read_digits(struct text t, size_t *at, size_t count, int *value)
{
	size_t i;

	if (t.len - *at < count)
		return false;
	*value = 0;
	for (i = 0; i < count; i++) {
		if (!is_digit(t.s[*at + i]))
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
	if (i < t.len && (t.s[i] == ':' || is_digit(t.s[i]))) {
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
	if (*at >= t.len || !is_digit(t.s[*at]))
		return false;
	for (; *at < t.len && is_digit(t.s[*at]); ++*at) {
		p->ms += (t.s[*at] - '0') * scale;
		scale /= 10;
	}
	return true;
}

static bool
clock_in_range(const struct date_parts *p, struct convert_reason *r)
{
	if (p->hour > 23)
		return convert_fail(r, "out_of_range", "an hour is 00 to 23");
	if (p->minute > 59)
		return convert_fail(r, "out_of_range", "a minute is 00 to 59");
	if (p->second > 59)
		return convert_fail(r, "out_of_range", "a second is 00 to 59");
	return true;
}

/* Up to three groups of digits and what is between the first two. */
static size_t
digit_groups(struct text t, size_t len[3], char *sign)
{
	size_t i = 0, count = 0;

	for (; count < 3; count++) {
		len[count] = 0;
		for (; i < t.len && is_digit(t.s[i]); i++)
			len[count]++;
		if (len[count] == 0)
			break;
		if (count == 0 && i < t.len)
			*sign = t.s[i];
		if (i >= t.len || t.s[i] != *sign)
			return count + 1;
		i++;
	}
	return count;
}

static bool
hint_format(struct text t, struct convert_reason *r)
{
	size_t len[3] = {0, 0, 0}, count;
	char sign = '\0', year = 'Y';

	count = digit_groups(t, len, &sign);
	if (count == 3 && len[0] <= 2 && len[1] <= 2 &&
	    (len[2] == 4 || len[2] == 2) && sign > 0 && sign != '%') {
		if (len[2] == 2)
			year = 'y';
		return convert_hint(r,
		    "say which is the day: format: \"%%d%c%%m%c%%%c\" or "
		    "format: \"%%m%c%%d%c%%%c\"%s",
		    sign, sign, year, sign, sign, year,
		    year == 'y' ? ", and which years two digits mean: century:"
				: "");
	}
	if (count == 3 && len[0] == 4 && sign > 0 && sign != '%')
		return convert_hint(
		    r, "say format: \"%%Y%c%%m%c%%d\"", sign, sign);
	if (count == 1 && len[0] == t.len && t.len == 8)
		return convert_hint(r, "say format: \"%%Y%%m%%d\"");
	if (count == 1 && len[0] == t.len && t.len == 10)
		return convert_hint(r, "if these are seconds since 1970, say "
				       "format: \"%%s\"");
	if (count == 1 && len[0] == t.len && t.len == 13)
		return convert_hint(r, "if these are milliseconds since 1970 "
				       "already, say type: integer");
	if (count == 1 && len[0] == t.len && t.len == 5)
		return convert_hint(r, "a spreadsheet's day number: format "
				       "the column as a date there and "
				       "export again");
	return convert_hint(r, "say how the dates are written with format:, "
			       "for example format: \"%%d %%b %%Y\"");
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
		return convert_fail(r, "out_of_range", "a month is 01 to 12");
	if (p->day < 1)
		return convert_fail(r, "out_of_range", "a day is 01 to 31");
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
	convert_fail(r, "not_iso",
	    "this is no date of ISO 8601 (2026-04-15, "
	    "2026-04-15T11:22:43Z)");
	return hint_format(t, r);
}

bool
date_parts_iso_time(
    struct text t, struct date_parts *p, struct convert_reason *r)
{
	size_t at = 0;

	if (!read_clock(t, &at, p) || at < t.len) {
		convert_fail(
		    r, "not_iso", "this is no time of day (13:45, 13:45:07)");
		return convert_hint(r, "say how the times are written with "
				       "format:, for example format: "
				       "\"%%I:%%M %%p\"");
	}
	return clock_in_range(p, r);
}
