/* SPDX-License-Identifier: MIT */
/*
 * Dates of the mapping itself (min, max), read as cells are: ISO 8601, or one
 * of the field's own formats. A limit may lie in any year.
 */
#include "base/civil.h"
#include "base/unicode.h"
#include "loader.h"
#include "value/convert.h"

#include <string.h>

static bool
has_time_of_day(struct text t, struct text format)
{
	int64_t local;

	if (date_format_is_excel(format))
		return convert_excel_day(t, &local, NULL) &&
		       local % 86400000 != 0;
	return date_format_has_time(format);
}

bool
moment_parse(struct text t, const struct field *f, int64_t *ms, bool *has_time)
{
	struct date_rules rules = {.century = (int)f->century,
	    .zone = f->zone,
	    .months = f->months,
	    .any_past = true,
	    .any_future = true};
	struct buf out = BUF_INIT(0), work = BUF_INIT(0);
	struct text nfc = text_nfc(&work, t); /* for names of months */
	bool is_read = convert_date(nfc, &rules, &out, ms, NULL);

	*has_time = is_read && nfc.len > strlen("2026-04-15");
	rules.format_count = 1;
	for (size_t i = 0; !is_read && i < f->format_count; i++) {
		rules.formats = &f->formats[i];
		is_read = convert_date(nfc, &rules, &out, ms, NULL);
		*has_time = is_read && has_time_of_day(nfc, f->formats[i]);
	}
	buf_release(&out);
	buf_release(&work);
	/* ISO 8601 has a year 0000. */
	return is_read && *ms >= civil_days(1, 1, 1) * INT64_C(86400000);
}
