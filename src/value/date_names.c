/* SPDX-License-Identifier: MIT */
/*
 * The English names of months and weekdays, whole or cut to three letters, in
 * any case. Other languages are the business of `map` and `replace`: their
 * short names clash (the German "Mai", the French "mai").
 */
#include "date_parts.h"
#include "value/convert_date.h"

#include <string.h>

static const char *const months[12] = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
};
static const char *const week_days[7] = {
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
};

const char *
date_month_text(int month)
{
	return months[month - 1];
}

const char *
date_week_day_text(int week_day)
{
	return week_days[week_day];
}

/* The first len letters of the name stand at the beginning of t. */
static bool
begins_with(struct text t, const char *name, size_t len)
{
	size_t i;

	if (t.len < len)
		return false;
	for (i = 0; i < len; i++)
		if (ascii_lower(t.s[i]) != ascii_lower(name[i]))
			return false;
	return true;
}

static size_t
find_name(struct text t, const char *const *names, int count, int *index)
{
	int i;

	for (i = 0; i < count; i++) {
		if (!begins_with(t, names[i], 3))
			continue;
		*index = i;
		return begins_with(t, names[i], strlen(names[i]))
			   ? strlen(names[i])
			   : 3;
	}
	return 0;
}

size_t
date_month_name(struct text t, int *month)
{
	int index;
	size_t len = find_name(t, months, 12, &index);

	if (len == 0)
		return 0;
	*month = index + 1;
	return len == 3 && begins_with(t, "Sept", 4) ? 4 : len;
}

size_t
date_week_day_name(struct text t, int *week_day)
{
	return find_name(t, week_days, 7, week_day);
}

bool
convert_month(struct text t, struct buf *out, struct convert_reason *r)
{
	size_t i, start = out->len;
	int month = 0;

	if (t.len > 0 && t.s[0] >= '0' && t.s[0] <= '9') {
		for (i = 0; i < t.len && month <= 12; i++) {
			if (t.s[i] < '0' || t.s[i] > '9')
				break;
			month = month * 10 + (t.s[i] - '0');
		}
		if (i < t.len || month < 1 || month > 12)
			return convert_fail(r, "out_of_range",
			    "a month is a number from 1 to 12");
	} else if (date_month_name(t, &month) != t.len || t.len == 0) {
		convert_fail(
		    r, "month_name", "this is not the English name of a month");
		return convert_hint(r,
		    "check first: `map:` turns other names into "
		    "numbers");
	}
	return convert_done(r, out, start, buf_addf(out, "%d", month));
}
