/* SPDX-License-Identifier: MIT */
/*
 * The English names of months and weekdays, whole or cut to three letters, in
 * any case, and the names that a mapping lists instead. Which language they are
 * of is not asked: its short names clash (the German "Mai", the French "mai").
 */
#include "base/unicode.h"
#include "date_parts.h"
#include "value/convert.h"

#include <stdlib.h>
#include <string.h>

static const char *const english_months[12] = {
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
	return english_months[month - 1];
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
	size_t len = find_name(t, english_months, 12, &index);

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

/* Without case: by way of the capital, since a sigma has two small forms. */
static uint32_t
fold(uint32_t c)
{
	return code_point_lower(code_point_upper(c));
}

void
month_name_fold(struct buf *out, struct text name)
{
	struct buf work = BUF_INIT(0);
	struct text nfc = text_nfc(&work, name);
	size_t at = 0;

	while (at < nfc.len)
		utf8_add(out, fold(utf8_next(nfc.s, nfc.len, &at)));
	buf_release(&work);
}

static int
compare_names(const void *x, const void *y)
{
	const struct month_name *a = x, *b = y;

	if (a->name.len != b->name.len)
		return a->name.len > b->name.len ? -1 : 1;
	return text_order(a->name, b->name);
}

size_t
month_names_sort(struct month_names *m)
{
	if (m->count > 1)
		qsort(m->names, m->count, sizeof(*m->names), compare_names);
	for (size_t i = 1; i < m->count; i++)
		if (text_equal(m->names[i].name, m->names[i - 1].name) &&
		    m->names[i].month != m->names[i - 1].month)
			return i;
	return m->count;
}

/* The bytes of t that the folded name takes; 0 = it does not begin so. */
static size_t
begins_folded(struct text t, struct text name)
{
	size_t at = 0, i = 0;

	while (i < name.len) {
		if (at == t.len || fold(utf8_next(t.s, t.len, &at)) !=
				       utf8_next(name.s, name.len, &i))
			return 0;
	}
	return at;
}

size_t
month_names_find(const struct month_names *m, struct text t, int *month)
{
	for (size_t i = 0; i < m->count; i++) {
		size_t len = begins_folded(t, m->names[i].name);

		if (len == 0)
			continue;
		*month = m->names[i].month;
		return len;
	}
	return 0;
}

static size_t
find_month(struct text t, const struct month_names *months, int *month)
{
	return months->count > 0 ? month_names_find(months, t, month)
				 : date_month_name(t, month);
}

/* 1 to 12; 0: t is not that in digits. */
static int
month_number(struct text t)
{
	int month = 0;

	for (size_t i = 0; i < t.len; i++) {
		if (t.s[i] < '0' || t.s[i] > '9' || month > 12)
			return 0;
		month = month * 10 + (t.s[i] - '0');
	}
	return month <= 12 ? month : 0;
}

static bool
fail_name(const struct month_names *months, struct convert_reason *r)
{
	if (months->count > 0)
		return convert_fail(
		    r, "month_name", "this is none of the `month_names:`");
	convert_fail(
	    r, "month_name", "this is not the English name of a month");
	return convert_hint(r,
	    "check first: names in another language are listed in "
	    "`month_names:`");
}

bool
convert_month(struct text t, const struct month_names *months, struct buf *out,
    struct convert_reason *r)
{
	size_t start = out->len;
	int month = 0;

	if (t.len > 0 && t.s[0] >= '0' && t.s[0] <= '9') {
		month = month_number(t);
		if (month == 0)
			return convert_fail(r, "out_of_range",
			    "a month is a number from 1 to 12");
	} else if (find_month(t, months, &month) != t.len || t.len == 0) {
		return fail_name(months, r);
	}
	return convert_done(r, out, start, buf_addf(out, "%d", month));
}
