/* SPDX-License-Identifier: MIT */
/*
 * Dates in HTTP headers and in JSON.
 *
 * Read by a small scanner instead of strptime: that one depends on the
 * locale, takes impossible days and stops without a word at junk. The day of
 * the week is read and not compared with the date: servers get it wrong, and
 * it decides nothing.
 */
#include "base/civil.h"
#include "base/text.h"

#include <stddef.h>

struct moment {
	int year, month, day; /* month from 1 */
	int hour, minute, second, milli;
	int offset_minutes; /* east of UTC */
};

/* Exactly `count` digits as a number; false leaves *p where it was. */
static bool
digits(const char **p, int count, int *out)
{
	int n = 0;

	for (int i = 0; i < count; i++) {
		char c = (*p)[i];
		if (!ascii_is_digit(c))
			return false;
		n = n * 10 + (c - '0');
	}
	*p += count;
	*out = n;
	return true;
}

static bool
literal(const char **p, char c)
{
	if (**p != c)
		return false;
	++*p;
	return true;
}

/* `word` is lower case. */
static bool
word_fold(const char **p, const char *word)
{
	const char *s = *p;

	for (; *word != '\0'; word++, s++)
		if (ascii_lower(*s) != *word)
			return false;
	*p = s;
	return true;
}

/* A name out of a list; its index, or -1. */
static int
one_of(const char **p, const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (word_fold(p, names[i]))
			return i;
	return -1;
}

static bool
month_name(const char **p, int *month)
{
	static const char *const names[] = {"jan", "feb", "mar", "apr", "may",
	    "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

	*month = one_of(p, names, 12) + 1;
	return *month > 0;
}

static bool
hour_and_minute(const char **p, struct moment *m)
{
	return digits(p, 2, &m->hour) && literal(p, ':') &&
	       digits(p, 2, &m->minute);
}

static bool
time_of_day(const char **p, struct moment *m)
{
	return hour_and_minute(p, m) && literal(p, ':') &&
	       digits(p, 2, &m->second);
}

/* " GMT", and nothing but blanks after it. */
static bool
gmt_and_end(const char *p)
{
	if (!literal(&p, ' ') ||
	    !(word_fold(&p, "gmt") || word_fold(&p, "utc")))
		return false;
	while (*p == ' ' || *p == '\t')
		p++;
	return *p == '\0';
}

/* "06 Nov 1994 08:49:37 GMT" */
static bool
fixdate(const char *p, struct moment *m)
{
	return digits(&p, 2, &m->day) && literal(&p, ' ') &&
	       month_name(&p, &m->month) && literal(&p, ' ') &&
	       digits(&p, 4, &m->year) && literal(&p, ' ') &&
	       time_of_day(&p, m) && gmt_and_end(p);
}

/* "06-Nov-94 08:49:37 GMT". RFC 9110 puts the century by the current year;
 * here the pivot is fixed, so that the function stays pure. */
static bool
rfc850_date(const char *p, struct moment *m)
{
	if (!digits(&p, 2, &m->day) || !literal(&p, '-') ||
	    !month_name(&p, &m->month) || !literal(&p, '-') ||
	    !digits(&p, 2, &m->year))
		return false;
	m->year += m->year < 70 ? 2000 : 1900;
	return literal(&p, ' ') && time_of_day(&p, m) && gmt_and_end(p);
}

/* "Nov  6 08:49:37 1994" */
static bool
asctime_date(const char *p, struct moment *m)
{
	if (!month_name(&p, &m->month) || !literal(&p, ' '))
		return false;
	int width = literal(&p, ' ') ? 1 : 2;
	if (!digits(&p, width, &m->day) || !literal(&p, ' ') ||
	    !time_of_day(&p, m) || !literal(&p, ' ') ||
	    !digits(&p, 4, &m->year))
		return false;
	while (*p == ' ' || *p == '\t')
		p++;
	return *p == '\0';
}

static bool
possible(const struct moment *m)
{
	/* 60 is a leap second. */
	return civil_exists(m->year, m->month, m->day) && m->hour < 24 &&
	       m->minute < 60 && m->second <= 60;
}

/* ms since 1970, or -1 for what does not exist or lies before 1970. */
static int64_t
epoch_ms(const struct moment *m)
{
	if (!possible(m))
		return -1;
	int64_t days = civil_days(m->year, m->month, m->day);
	int64_t minutes = (days * 24 + m->hour) * 60 + m->minute;
	int64_t ms =
	    ((minutes - m->offset_minutes) * 60 + m->second) * 1000 + m->milli;
	return ms >= 0 ? ms : -1;
}

int64_t
http_date_ms(const char *text)
{
	static const char *const long_days[] = {"monday", "tuesday",
	    "wednesday", "thursday", "friday", "saturday", "sunday"};
	static const char *const days[] = {
	    "mon", "tue", "wed", "thu", "fri", "sat", "sun"};
	struct moment m = {0};
	const char *p = text;

	while (*p == ' ' || *p == '\t')
		p++;
	bool read = false;
	/* The long names first: "mon" begins "monday". */
	if (one_of(&p, long_days, 7) >= 0)
		read =
		    literal(&p, ',') && literal(&p, ' ') && rfc850_date(p, &m);
	else if (one_of(&p, days, 7) < 0)
		return -1;
	else if (literal(&p, ','))
		read = literal(&p, ' ') && fixdate(p, &m);
	else
		read = literal(&p, ' ') && asctime_date(p, &m);
	return read ? epoch_ms(&m) : -1;
}

/* ".5", ".123456": the first three digits count. */
static bool
fraction(const char **p, struct moment *m)
{
	int scale = 100;
	int n;

	if (**p != '.' && **p != ',')
		return true;
	++*p;
	if (!digits(p, 1, &n))
		return false;
	do {
		m->milli += n * scale;
		scale /= 10;
	} while (digits(p, 1, &n));
	return true;
}

/* "Z", "+05:30", "-0800", "+02" */
static bool
zone_offset(const char **p, struct moment *m)
{
	int hours, minutes = 0;

	if (literal(p, 'Z') || literal(p, 'z'))
		return true;
	int sign = **p == '-' ? -1 : 1;
	if (!literal(p, '+') && !literal(p, '-'))
		return false;
	if (!digits(p, 2, &hours))
		return false;
	if (literal(p, ':')) {
		if (!digits(p, 2, &minutes))
			return false;
	} else if (**p != '\0' && !digits(p, 2, &minutes)) {
		return false;
	}
	m->offset_minutes = sign * (hours * 60 + minutes);
	return hours < 24 && minutes < 60;
}

static bool
iso_day(const char **p, struct moment *m)
{
	return digits(p, 4, &m->year) && literal(p, '-') &&
	       digits(p, 2, &m->month) && literal(p, '-') &&
	       digits(p, 2, &m->day);
}

static bool
date_ends(const char **p)
{
	return literal(p, 'T') || literal(p, 't') || literal(p, ' ');
}

int64_t
iso_date_ms(const char *text)
{
	struct moment m = {0};
	const char *p = text;

	if (!iso_day(&p, &m) || !date_ends(&p) || !time_of_day(&p, &m) ||
	    !fraction(&p, &m) || !zone_offset(&p, &m) || *p != '\0')
		return -1;
	return epoch_ms(&m);
}

int64_t
iso_moment_ms(const char *text)
{
	struct moment m = {0};
	const char *p = text;

	if (!iso_day(&p, &m))
		return -1;
	if (date_ends(&p) &&
	    (!hour_and_minute(&p, &m) ||
		(literal(&p, ':') && !digits(&p, 2, &m.second)) ||
		!fraction(&p, &m) || (*p != '\0' && !zone_offset(&p, &m))))
		return -1;
	return *p == '\0' ? epoch_ms(&m) : -1;
}
