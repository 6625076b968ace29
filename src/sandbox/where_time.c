/* SPDX-License-Identifier: MIT */
/* ISO 8601 moments as the list filter takes them; strict about shape and
 * calendar, without libc's strptime (which takes 31/02 and needs a zone). */
#include "where.h"

struct cursor {
	const char *s;
	size_t left;
};

static bool
take(struct cursor *c, char wanted)
{
	if (c->left == 0 || *c->s != wanted)
		return false;
	c->s++;
	c->left--;
	return true;
}

static bool
digits(struct cursor *c, int count, int64_t max, int64_t *n)
{
	*n = 0;
	while (count-- > 0) {
		if (c->left == 0 || *c->s < '0' || *c->s > '9')
			return false;
		*n = *n * 10 + (*c->s - '0');
		c->s++;
		c->left--;
	}
	return *n <= max;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t m = month <= 2 ? month + 9 : month - 3;
	int64_t leap = y / 4 - y / 100 + y / 400;

	return y * 365 + leap + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static bool
date(struct cursor *c, int64_t *days)
{
	static const int month_days[] = {
	    31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t year, month, day;
	bool leap;

	if (!digits(c, 4, 9999, &year) || !take(c, '-') ||
	    !digits(c, 2, 12, &month) || !take(c, '-') ||
	    !digits(c, 2, 31, &day) || year == 0 || month == 0 || day == 0)
		return false;
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (day > month_days[month - 1] || (month == 2 && day == 29 && !leap))
		return false;
	*days = days_of(year, month, day);
	return true;
}

static bool
time_of_day(struct cursor *c, int64_t *ms)
{
	int64_t hour, minute, second = 0, part = 100, digit;

	if (!digits(c, 2, 23, &hour) || !take(c, ':') ||
	    !digits(c, 2, 59, &minute))
		return false;
	if (take(c, ':') && !digits(c, 2, 60, &second))
		return false;
	*ms = ((hour * 60 + minute) * 60 + second) * 1000;
	if (!take(c, '.'))
		return true;
	if (!digits(c, 1, 9, &digit))
		return false;
	do {
		*ms += digit * part;
		part /= 10;
	} while (digits(c, 1, 9, &digit));
	return true;
}

static bool
zone(struct cursor *c, int64_t *ms)
{
	int64_t hours, minutes, sign = 1;

	if (c->left == 0 || take(c, 'Z'))
		return true;
	if (take(c, '-'))
		sign = -1;
	else if (!take(c, '+'))
		return false;
	if (!digits(c, 2, 23, &hours))
		return false;
	take(c, ':');
	if (!digits(c, 2, 59, &minutes))
		return false;
	*ms -= sign * (hours * 60 + minutes) * 60000;
	return true;
}

bool
where_time(struct text t, int64_t *ms)
{
	struct cursor c = {t.s, t.len};
	int64_t days, day_ms = 0;

	if (!date(&c, &days))
		return false;
	if (take(&c, 'T') || take(&c, ' ')) {
		if (!time_of_day(&c, &day_ms) || !zone(&c, &day_ms))
			return false;
	}
	*ms = days * 86400000 + day_ms;
	return c.left == 0;
}
