/* SPDX-License-Identifier: MIT */
/* A format without a year, or with %I and no %p, would guess; one that says a
 * part twice could contradict itself. */
#include "value/forms.h"

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

const char date_directives[] =
    "%Y %y %m %b %d %e %j %a %H %k %I %l %p %M %S %f %z %Z %s %T %R %r %D %F "
    "%n %t %%";

struct text
date_directive(struct text format, size_t at)
{
	size_t end = at + 1;

	if (at >= format.len || format.s[at] != '%')
		return (struct text){"", 0};
	while (
	    end < format.len && format.s[end] && strchr("-_0", format.s[end]))
		end++;
	if (end < format.len)
		(void)utf8_next(format.s, format.len, &end);
	return (struct text){format.s + at, end - at};
}

/* Its letter; 0 if it has none. */
static char
letter_of(struct text directive)
{
	char last = directive.len > 1 ? directive.s[directive.len - 1] : '\0';

	return last != '\0' && strchr("-_0", last) ? '\0' : last;
}

bool
date_directive_is_unknown(struct text directive)
{
	return letter_says(letter_of(directive)) == 0;
}

static bool
has_letter(struct text format, const char *any, size_t *at)
{
	struct text directive;

	for (size_t i = 0; i < format.len; i += directive.len) {
		char letter;

		directive = date_directive(format, i);
		letter = letter_of(directive);
		*at = i;
		if (letter != '\0' && strchr(any, letter) != NULL)
			return true;
		if (directive.len == 0)
			directive.len = 1;
	}
	return false;
}

bool
date_format_short_year(struct text format, size_t *at)
{
	return has_letter(format, "yD", at);
}

bool
date_format_has_month_name(struct text format)
{
	size_t at;

	return has_letter(format, "bBh", &at);
}

bool
date_format_has_time(struct text format)
{
	size_t at;

	return has_letter(format, "HkIlTRrs", &at);
}

bool
date_format_is_excel(struct text format)
{
	return text_is(format, "excel");
}

static bool
is_excel_in_capitals(struct text format)
{
	for (size_t i = 0; i < format.len && format.len == 5; i++)
		if (ascii_lower(format.s[i]) != "excel"[i])
			return false;
	return format.len == 5;
}

static const char *
collect(struct text format, unsigned *says, size_t *at)
{
	struct text directive;

	for (size_t i = 0; i < format.len; i += directive.len) {
		unsigned more;

		directive = date_directive(format, i);
		if (directive.len == 0) {
			directive.len = 1;
			continue;
		}
		*at = i;
		if (letter_of(directive) == '\0' &&
		    i + directive.len == format.len)
			return "ends after a %";
		more = letter_says(letter_of(directive));
		if (more == 0)
			return "has an unknown directive";
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
	const char *wrong;

	*at = 0;
	if (date_format_is_excel(format))
		return is_time ? "is for dates; a time of day has letters"
			       : NULL;
	if (is_excel_in_capitals(format))
		return "is written in small letters: excel";
	wrong = collect(format, &says, at);
	if (wrong == NULL)
		wrong = check_hours(says);
	if (wrong)
		return wrong;
	if (!is_time)
		return check_date(says);
	if (says & SAYS_EPOCH)
		return "is not a time of day";
	return (says & (SAYS_HOUR | SAYS_HOUR12)) != 0
		   ? NULL
		   : "has no hour (%H, or %I with %p)";
}
