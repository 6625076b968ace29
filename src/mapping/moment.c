/* SPDX-License-Identifier: MIT */
/*
 * Dates that stand in the mapping itself (min, max) and the formats of dates
 * in cells. ISO 8601 is read here; the field's own format is left to
 * strptime, whose result is checked, because it takes the 31st of February
 * and the year 25. The program never calls setlocale, so its names are
 * English. Cells are not read here but by the converter of the process stage.
 */
#include "base/civil.h"
#include "loader.h"
#include "value/convert.h"
#include "value/forms.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct iso_reader {
	struct text t;
	size_t at;
};

static bool
digits(struct iso_reader *r, size_t count, int *n)
{
	if (r->t.len - r->at < count)
		return false;
	*n = 0;
	for (size_t i = 0; i < count; i++) {
		char c = r->t.s[r->at + i];
		if (c < '0' || c > '9')
			return false;
		*n = *n * 10 + (c - '0');
	}
	r->at += count;
	return true;
}

static bool
sign(struct iso_reader *r, const char *any, char *which)
{
	if (r->at == r->t.len || !strchr(any, r->t.s[r->at]))
		return false;
	char c = r->t.s[r->at++];
	if (which)
		*which = c;
	return true;
}

static bool
iso_time(struct iso_reader *r, int64_t *ms)
{
	int hour, minute, second = 0, milli = 0;
	if (!digits(r, 2, &hour) || !sign(r, ":", NULL) ||
	    !digits(r, 2, &minute))
		return false;
	if (sign(r, ":", NULL) && !digits(r, 2, &second))
		return false;
	if (sign(r, ".", NULL)) {
		size_t begin = r->at;
		int n, scale = 100;
		while (digits(r, 1, &n)) {
			milli += n * scale;
			scale /= 10;
		}
		if (r->at == begin)
			return false;
	}
	if (hour > 23 || minute > 59 || second > 59)
		return false;
	*ms = ((hour * 60 + minute) * 60 + second) * INT64_C(1000) + milli;
	return true;
}

static bool
iso_offset(struct iso_reader *r, int *offset_s)
{
	char which;
	int hour, minute = 0;
	if (sign(r, "Zz", NULL)) {
		*offset_s = 0;
		return true;
	}
	if (!sign(r, "+-", &which) || !digits(r, 2, &hour))
		return false;
	if (r->at < r->t.len) {
		sign(r, ":", NULL);
		if (!digits(r, 2, &minute))
			return false;
	}
	if (hour > 18 || minute > 59)
		return false;
	*offset_s = (hour * 60 + minute) * 60 * (which == '-' ? -1 : 1);
	return true;
}

static bool
in_zone(const struct zone *zone, int64_t local_ms, int64_t *ms)
{
	int64_t whole = local_ms / 1000, rest = local_ms % 1000, utc_s;
	if (rest < 0) {
		rest += 1000;
		whole--;
	}
	if (zone_to_utc(zone, whole, &utc_s) != ZONE_OK)
		return false;
	*ms = utc_s * 1000 + rest;
	return true;
}

static bool
parse_iso(struct text t, const struct zone *zone, int64_t *ms, bool *has_time)
{
	struct iso_reader r = {t, 0};
	int year, month, day, offset_s;
	int64_t of_day = 0;
	if (!digits(&r, 4, &year) || !sign(&r, "-", NULL) ||
	    !digits(&r, 2, &month) || !sign(&r, "-", NULL) ||
	    !digits(&r, 2, &day) || year < 1 || !civil_exists(year, month, day))
		return false;
	int64_t local = civil_days(year, month, day) * INT64_C(86400000);
	*has_time = r.at < t.len;
	if (!*has_time)
		return in_zone(zone, local, ms);
	if (!sign(&r, "Tt ", NULL) || !iso_time(&r, &of_day))
		return false;
	if (r.at == t.len)
		return in_zone(zone, local + of_day, ms);
	if (!iso_offset(&r, &offset_s) || r.at != t.len)
		return false;
	*ms = local + of_day - offset_s * INT64_C(1000);
	return true;
}

static bool
parse_format(struct text t, struct text format, const struct field *f,
    int64_t *ms, bool *has_time)
{
	int begin = (int)f->century;
	size_t at;
	struct tm tm = {.tm_mday = 0, .tm_mon = -1, .tm_year = -1900};
	/* strptime does not know where its text ends but by a NUL: texts of a
	 * mapping have one and hold none. */
	const char *end = strptime(t.s, format.s, &tm);
	if (!end || *end != '\0' || tm.tm_year < -900 ||
	    !civil_exists(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) ||
	    tm.tm_sec > 59)
		return false;
	/* strptime's own century begins with 1969. */
	if (begin != 0 && date_format_short_year(format, &at))
		tm.tm_year =
		    begin + (tm.tm_year % 100 - begin % 100 + 100) % 100 - 1900;
	*has_time = false;
	for (size_t i = 0; i + 1 < format.len; i++)
		if (format.s[i] == '%' && strchr("HIklTRrs", format.s[i + 1]))
			*has_time = true;
	int64_t local =
	    civil_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 86400 +
	    (tm.tm_hour * INT64_C(60) + tm.tm_min) * 60 + tm.tm_sec;
	if (strstr(format.s, "%z")) {
		*ms = (local - (int64_t)tm.tm_gmtoff) * 1000;
		return true;
	}
	return in_zone(f->zone, local * 1000, ms);
}

bool
moment_parse(struct text t, const struct field *f, int64_t *ms, bool *has_time)
{
	if (parse_iso(t, f->zone, ms, has_time))
		return true;
	for (size_t i = 0; i < f->format_count; i++) {
		struct convert_reason r;
		int64_t local;

		if (!date_format_is_excel(f->formats[i]) ||
		    !convert_excel_day(t, &local, &r))
			continue;
		*has_time = local % 86400000 != 0;
		return in_zone(f->zone, local, ms);
	}
	for (size_t i = 0; i < f->format_count; i++)
		if (parse_format(t, f->formats[i], f, ms, has_time))
			return true;
	return false;
}
