/* SPDX-License-Identifier: MIT */
/*
 * From the parts of a text to a moment: the calendar, the zone, the limits,
 * and the ways to write it. Everything is counted in whole seconds since 1970
 * and milliseconds within them.
 */
#include "value/convert.h"

#include "base/civil.h"
#include "date_parts.h"
#include "value/forms.h"

#include <stdio.h>
#include <string.h>

#define DAY_S INT64_C(86400)
#define FIRST_DAY INT64_C(-719528) /* 0000-01-01 */
#define LAST_DAY INT64_C(2932896)  /* 9999-12-31 */
#define SHORT_YEARS_BEGIN 1969	   /* where nothing is said: POSIX */

/* century: see date_rules. */
static void
date_parts_init(struct date_parts *p, int century)
{
	*p = (struct date_parts){
	    .century = century != 0 ? century : SHORT_YEARS_BEGIN,
	    .year = -1,
	    .week_day = -1};
}

/* Month and day from the day of the year. */
static bool
settle_year_day(struct date_parts *p, struct convert_reason *r)
{
	int month = 1, day = p->year_day;

	if (day == 366 && !civil_is_leap(p->year))
		return convert_fail(
		    r, "no_such_day", "the year %04d has no day 366", p->year);
	while (day > civil_month_days(p->year, month))
		day -= civil_month_days(p->year, month++);
	if ((p->month != 0 && p->month != month) ||
	    (p->day != 0 && p->day != day))
		return convert_fail(r, "contradiction",
		    "day %d of the year is %d %s, which is "
		    "not the date given",
		    p->year_day, day, date_month_text(month));
	p->month = month;
	p->day = day;
	return true;
}

static bool
check_calendar(struct date_parts *p, struct convert_reason *r)
{
	int64_t days;
	int week_day;

	if (p->year < 0)
		return convert_fail(
		    r, "format", "the format has no year (%%Y)");
	if (p->year_day != 0 && !settle_year_day(p, r))
		return false;
	if (p->month == 0 || p->day == 0)
		return convert_fail(r, "format", "the format has no %s",
		    p->month == 0 ? "month (%m)" : "day (%d)");
	if (p->day > civil_month_days(p->year, p->month))
		return convert_fail(r, "no_such_day",
		    "%d %s %04d does not exist", p->day,
		    date_month_text(p->month), p->year);
	days = civil_days(p->year, p->month, p->day);
	week_day = civil_week_day(days);
	if (p->week_day >= 0 && p->week_day != week_day)
		return convert_fail(r, "contradiction",
		    "%d %s %04d is a %s, not a %s", p->day,
		    date_month_text(p->month), p->year,
		    date_week_day_text(week_day),
		    date_week_day_text(p->week_day));
	return true;
}

static bool
check_years(int year, const struct date_rules *rules, struct convert_reason *r)
{
	bool is_past = year < 1900 && !rules->any_past;

	if (!is_past && (year <= 2100 || rules->any_future))
		return true;
	convert_fail(r, is_past ? "past" : "future", "the year %04d is %s",
	    year, is_past ? "before 1900" : "after 2100");
	return convert_hint(r,
	    "check first: if such dates are correct, allow "
	    "them with `%s:`",
	    is_past ? "min" : "max");
}

/* Since midnight. */
static int
clock_s(const struct date_parts *p)
{
	int hour = p->hour;

	if (p->hour12 != 0)
		hour = p->hour12 % 12 + (p->half == 2 ? 12 : 0);
	return (hour * 60 + p->minute) * 60 + p->second;
}

static bool
to_utc(const struct zone *zone, int64_t local_s, int64_t *utc_s,
    struct convert_reason *r)
{
	switch (zone_to_utc(zone, local_s, utc_s)) {
	case ZONE_GAP:
		convert_fail(r, "time_gap",
		    "this local time does not exist: the clocks "
		    "skipped it");
		break;
	case ZONE_TWICE:
		convert_fail(r, "time_twice",
		    "this local time exists twice: the clocks "
		    "were set back");
		break;
	default:
		return true;
	}
	return convert_hint(r, "write times with their offset and read it "
			       "with %%z, or correct the cell");
}

struct moment {
	int64_t s;
	int ms;
	struct civil date; /* as the text says */
};

/* Years have four digits, also in the time zone of what is written: the last
 * evening of 9999 in New York is in none. */
static bool
check_moment(int64_t s, struct convert_reason *r)
{
	if (s >= FIRST_DAY * DAY_S && s < (LAST_DAY + 1) * DAY_S)
		return true;
	return convert_fail(
	    r, "out_of_range", "this moment in UTC is beyond the calendar");
}

/* Without rules it is a time of day, and the moment counts from midnight. */
static bool
settle(struct date_parts *p, const struct date_rules *rules, struct moment *m,
    struct convert_reason *r)
{
	int64_t local_s;

	m->ms = p->ms;
	if (rules == NULL) {
		m->s = clock_s(p);
		return true;
	}
	if (p->has_epoch) {
		int64_t days = p->epoch_s / DAY_S - (p->epoch_s % DAY_S < 0);

		if (days < FIRST_DAY || days > LAST_DAY)
			return convert_fail(r, "out_of_range",
			    "this number of seconds is beyond the calendar");
		m->s = p->epoch_s;
		m->date = civil_date(days);
		return check_years(m->date.year, rules, r);
	}
	if (!check_calendar(p, r) || !check_years(p->year, rules, r))
		return false;
	m->date = (struct civil){p->year, p->month, p->day};
	local_s = civil_days(p->year, p->month, p->day) * DAY_S + clock_s(p);
	if (p->has_offset)
		m->s = local_s - p->offset_s;
	else if (!to_utc(rules->zone, local_s, &m->s, r))
		return false;
	return check_moment(m->s, r);
}

static bool
read_excel(struct text t, struct date_parts *p, struct convert_reason *r)
{
	int64_t ms, days;
	struct civil date;
	int of_day;

	if (!convert_excel_day(t, &ms, r))
		return false;
	days = ms / (DAY_S * 1000) - (ms % (DAY_S * 1000) < 0);
	of_day = (int)(ms - days * DAY_S * 1000);
	date = civil_date(days);
	p->year = date.year;
	p->month = date.month;
	p->day = date.day;
	p->hour = of_day / 3600000;
	p->minute = of_day / 60000 % 60;
	p->second = of_day / 1000 % 60;
	p->ms = of_day % 1000;
	return true;
}

static bool
by_format(struct text t, struct text format, const struct date_rules *rules,
    struct moment *m, struct convert_reason *r)
{
	struct date_parts p;

	date_parts_init(&p, rules ? rules->century : 0);
	if (rules && date_format_is_excel(format))
		return read_excel(t, &p, r) && settle(&p, rules, m, r);
	if (rules && rules->months.count > 0)
		p.months = &rules->months;
	return date_parts_by_format(t, format, &p, r) &&
	       settle(&p, rules, m, r);
}

static bool
fail_ambiguous(struct text a, struct text b, struct convert_reason *r)
{
	convert_fail(r, "ambiguous",
	    "this fits both '%.*s' and '%.*s', with different "
	    "results",
	    (int)(a.len > 60 ? 60 : a.len), a.s, (int)(b.len > 60 ? 60 : b.len),
	    b.s);
	return convert_hint(r, "check first: which format is meant? delete "
			       "the other one, or split the file by how its "
			       "dates are written");
}

/* None of several formats; all but the first are named in the mapping. */
static bool
fail_all(struct text t, const struct text *formats, size_t count,
    const struct date_rules *rules, struct convert_reason *r)
{
	struct convert_reason why;
	struct moment ignored;
	struct text first = formats[0];

	if (r == NULL)
		return false;
	(void)by_format(t, first, rules, &ignored, &why);
	return convert_fail(r, "no_format",
	    "this fits none of the %zu formats; the first one, '%.*s': %.150s",
	    count, (int)(first.len > 60 ? 60 : first.len), first.s,
	    why.message);
}

/* `rules` as for settle. */
static bool
read_moment(struct text t, const struct text *formats, size_t format_count,
    const struct date_rules *rules, struct moment *m, struct convert_reason *r)
{
	const struct text *fits = NULL;
	struct date_parts p;

	if (format_count == 0) {
		date_parts_init(&p, 0);
		return (rules ? date_parts_iso(t, &p, r)
			      : date_parts_iso_time(t, &p, r)) &&
		       settle(&p, rules, m, r);
	}
	if (format_count == 1)
		return by_format(t, formats[0], rules, m, r);
	for (size_t i = 0; i < format_count; i++) {
		struct moment other = {0};

		if (!by_format(t, formats[i], rules, &other, NULL))
			continue;
		if (fits != NULL && (other.s != m->s || other.ms != m->ms))
			return fail_ambiguous(*fits, formats[i], r);
		*m = other;
		fits = &formats[i];
	}
	return fits != NULL || fail_all(t, formats, format_count, rules, r);
}

/* `digits` digits with leading zeros. */
static char *
put_digits(char *p, int64_t n, int digits)
{
	int i;

	for (i = digits - 1; i >= 0; i--, n /= 10)
		p[i] = (char)('0' + n % 10);
	return p + digits;
}

/* "2026-04-15", without quotes. */
static char *
put_day(char *p, struct civil date)
{
	p = put_digits(p, date.year, 4);
	*p++ = '-';
	p = put_digits(p, date.month, 2);
	*p++ = '-';
	return put_digits(p, date.day, 2);
}

static char *
put_clock(char *p, int s)
{
	p = put_digits(p, s / 3600, 2);
	*p++ = ':';
	p = put_digits(p, s / 60 % 60, 2);
	*p++ = ':';
	return put_digits(p, s % 60, 2);
}

static char *
put_iso(char *p, const struct moment *m)
{
	int64_t days = m->s / DAY_S - (m->s % DAY_S < 0);

	p = put_day(p, civil_date(days));
	*p++ = 'T';
	p = put_clock(p, (int)(m->s - days * DAY_S));
	if (m->ms != 0) {
		*p++ = '.';
		p = put_digits(p, m->ms, 3);
	}
	*p++ = 'Z';
	return p;
}

static bool
add_int(struct buf *out, int64_t n)
{
	char text[24], *p = text + sizeof(text);
	uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;

	/* Four digits at a time: no digit waits for the one before. */
	for (; rest >= 10000; rest /= 10000)
		(void)put_digits(p -= 4, (int64_t)(rest % 10000), 4);
	do {
		*--p = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (n < 0)
		*--p = '-';
	return buf_add(out, p, (size_t)(text + sizeof(text) - p));
}

bool
convert_date(struct text t, const struct date_rules *rules, struct buf *out,
    int64_t *instant_ms, struct convert_reason *r)
{
	char text[40], *p = text;
	size_t start = out->len;
	struct moment m = {0};

	if (!read_moment(t, rules->formats, rules->format_count, rules, &m, r))
		return false;
	*instant_ms = m.s * 1000 + m.ms;
	if (rules->form == DATE_AS_SECONDS)
		return convert_done(r, out, start, add_int(out, m.s));
	if (rules->form == DATE_AS_MS)
		return convert_done(r, out, start, add_int(out, *instant_ms));
	*p++ = '"';
	p = rules->form == DATE_AS_ISO ? put_iso(p, &m) : put_day(p, m.date);
	*p++ = '"';
	return convert_done(
	    r, out, start, buf_add(out, text, (size_t)(p - text)));
}

bool
convert_time(struct text t, const struct text *formats, size_t format_count,
    enum time_form form, struct buf *out, int64_t *since_midnight_ms,
    struct convert_reason *r)
{
	size_t start = out->len;
	struct moment m = {0};
	char text[16];

	if (!read_moment(t, formats, format_count, NULL, &m, r))
		return false;
	*since_midnight_ms = m.s * 1000 + m.ms;
	if (form == TIME_AS_MS)
		return convert_done(
		    r, out, start, add_int(out, *since_midnight_ms));
	if (form == TIME_AS_SECONDS)
		return convert_done(r, out, start, add_int(out, m.s));
	text[0] = '"';
	*put_clock(text + 1, (int)m.s) = '"';
	return convert_done(r, out, start, buf_add(out, text, 10));
}

bool
date_format_check(struct text format, bool is_time, struct convert_reason *r)
{
	size_t at;
	const char *wrong = date_format_wrong(format, is_time, &at);

	return wrong == NULL ||
	       convert_fail(r, "format", "the format %s", wrong);
}
