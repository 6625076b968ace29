/* SPDX-License-Identifier: MIT */
/* ISO 8601 moments as the list filter takes them; strict about shape and
 * calendar, without libc's strptime (which takes 31/02 and needs a zone). */
#include "base/civil.h"
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

static bool
date(struct cursor *c, int64_t *days)
{
	int64_t year, month, day;

	if (!digits(c, 4, 9999, &year) || !take(c, '-') ||
	    !digits(c, 2, 12, &month) || !take(c, '-') ||
	    !digits(c, 2, 31, &day) || year == 0)
		return false;
	if (!civil_exists((int)year, (int)month, (int)day))
		return false;
	*days = civil_days((int)year, (int)month, (int)day);
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
