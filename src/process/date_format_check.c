/* SPDX-License-Identifier: MIT */
/*
 * Whether a format says enough to be used, found out before the first row:
 * a format without a year or with %I and no %p would guess.
 */
#include "process/convert_date.h"

#include <stdint.h>
#include <string.h>

/* What a letter says; letters that say the same clash. */
enum {
	SAYS_YEAR = 1,
	SAYS_MONTH = 2,
	SAYS_DAY = 4,
	SAYS_YEAR_DAY = 8,
	SAYS_WEEK_DAY = 16,
	SAYS_HOUR = 32,
	SAYS_HOUR12 = 64,
	SAYS_HALF = 128,
	SAYS_MINUTE = 256,
	SAYS_SECOND = 512,
	SAYS_FRACTION = 1024,
	SAYS_OFFSET = 2048,
	SAYS_EPOCH = 4096,
	SAYS_NOTHING = 8192
};

static const struct {
	const char *letters;
	unsigned says;
} letters[] = {
    {"Yy", SAYS_YEAR},
    {"mbBh", SAYS_MONTH},
    {"de", SAYS_DAY},
    {"j", SAYS_YEAR_DAY},
    {"aA", SAYS_WEEK_DAY},
    {"Hk", SAYS_HOUR},
    {"Il", SAYS_HOUR12},
    {"p", SAYS_HALF},
    {"M", SAYS_MINUTE},
    {"S", SAYS_SECOND},
    {"f", SAYS_FRACTION},
    {"zZ", SAYS_OFFSET},
    {"s", SAYS_EPOCH},
    {"T", SAYS_HOUR | SAYS_MINUTE | SAYS_SECOND},
    {"R", SAYS_HOUR | SAYS_MINUTE},
    {"r", SAYS_HOUR12 | SAYS_HALF | SAYS_MINUTE | SAYS_SECOND},
    {"DF", SAYS_YEAR | SAYS_MONTH | SAYS_DAY},
    {"nt%", SAYS_NOTHING},
};

static unsigned
letter_says(char c)
{
	size_t i;

	for (i = 0; c != '\0' && i < sizeof(letters) / sizeof(letters[0]); i++)
		if (strchr(letters[i].letters, c) != NULL)
			return letters[i].says;
	return 0;
}

static bool
check_letters(struct text format, unsigned *says, struct convert_reason *r)
{
	size_t i = 0;
	char name[48];

	*says = 0;
	while (i < format.len) {
		size_t begin = i;
		unsigned more;

		if (format.s[i++] != '%')
			continue;
		while (i < format.len &&
		       (format.s[i] == '-' || format.s[i] == '_' ||
			   format.s[i] == '0'))
			i++;
		if (i == format.len)
			return convert_fail(r, "the format ends behind a %%");
		more = letter_says(format.s[i]);
		if (more == 0) {
			convert_fail(r, "%% with %s is no letter of a format",
			    convert_name_char(format, i, name));
			return convert_hint(r, "known are %%Y %%y %%m %%b %%d "
					       "%%j %%a %%H %%I %%p %%M %%S "
					       "%%f %%z %%s %%T %%R %%D %%F");
		}
		i++;
		if ((*says & more & ~(unsigned)SAYS_NOTHING) != 0)
			return convert_fail(r,
			    "'%.*s' says once more what the format said "
			    "before it",
			    (int)(i - begin), format.s + begin);
		*says |= more;
	}
	return true;
}

bool
date_format_check(struct text format, bool is_time, struct convert_reason *r)
{
	const unsigned calendar = SAYS_MONTH | SAYS_DAY;
	unsigned says;

	if (!check_letters(format, &says, r))
		return false;
	if ((says & SAYS_HOUR12) != 0 && (says & SAYS_HALF) == 0) {
		convert_fail(r, "%%I without %%p could be morning or evening");
		return convert_hint(r, "hours from 0 to 23 are %%H");
	}
	if ((says & SAYS_HALF) != 0 && (says & SAYS_HOUR12) == 0) {
		convert_fail(r, "%%p needs %%I, the hour from 1 to 12");
		return false;
	}
	if ((says & SAYS_HOUR) != 0 && (says & SAYS_HOUR12) != 0)
		return convert_fail(r, "%%H and %%I both say the hour");
	if (is_time)
		return (says & (SAYS_HOUR | SAYS_HOUR12)) != 0 ||
		       convert_fail(r,
			   "the format has no hour (%%H, or %%I with "
			   "%%p)");
	if ((says & SAYS_EPOCH) != 0)
		return true;
	if ((says & SAYS_YEAR) == 0)
		return convert_fail(r, "the format has no year (%%Y)");
	if ((says & SAYS_YEAR_DAY) == 0 && (says & calendar) != calendar)
		return convert_fail(r, "the format has no %s",
		    (says & SAYS_MONTH) == 0 ? "month (%m)" : "day (%d)");
	return true;
}
