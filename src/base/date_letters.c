/* SPDX-License-Identifier: MIT */
#include "base/date_letters.h"

/* A format without a year, or with %I and no %p, would guess; one that says a
 * part twice could contradict itself. */

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
	for (size_t i = 0; c && i < sizeof(letters) / sizeof(letters[0]); i++)
		if (strchr(letters[i].letters, c))
			return letters[i].says;
	return 0;
}

static const char *
collect(struct text format, unsigned *says, size_t *at)
{
	for (size_t i = 0; i < format.len; i++) {
		unsigned more;

		if (format.s[i] != '%')
			continue;
		*at = i++;
		while (i < format.len && format.s[i] &&
		    strchr("-_0", format.s[i]))
			i++;
		if (i == format.len)
			return "ends behind a %";
		more = letter_says(format.s[i]);
		if (more == 0)
			return "has a letter that is not known; known are %Y "
			       "%y %m %b %d %j %a %H %I %p %M %S %f %z %s %T "
			       "%R %D %F";
		if (*says & more & ~(unsigned)SAYS_NOTHING)
			return "says here what it said before";
		*says |= more;
	}
	*at = 0;
	return NULL;
}

static const char *
check_hours(unsigned says)
{
	if ((says & SAYS_HOUR12) && !(says & SAYS_HALF))
		return "has %I without %p: morning or evening? hours from 0 "
		       "to 23 are %H";
	if ((says & SAYS_HALF) && !(says & SAYS_HOUR12))
		return "has %p without %I, the hour from 1 to 12";
	if ((says & SAYS_HOUR) && (says & SAYS_HOUR12))
		return "says the hour twice, by %H and by %I";
	return NULL;
}

static const char *
check_date(unsigned says)
{
	if (says & SAYS_EPOCH)
		return NULL;
	if (!(says & SAYS_YEAR))
		return "has no year (%Y)";
	if (says & SAYS_YEAR_DAY)
		return NULL;
	if (!(says & SAYS_MONTH))
		return "has no month (%m)";
	return says & SAYS_DAY ? NULL : "has no day (%d)";
}

const char *
date_format_wrong(struct text format, bool is_time, size_t *at)
{
	unsigned says = 0;
	const char *wrong = collect(format, &says, at);

	if (wrong == NULL)
		wrong = check_hours(says);
	if (wrong)
		return wrong;
	if (!is_time)
		return check_date(says);
	if (says & SAYS_EPOCH)
		return "is no time of day";
	return (says & (SAYS_HOUR | SAYS_HOUR12)) != 0
	    ? NULL
	    : "has no hour (%H, or %I with %p)";
}
