/* SPDX-License-Identifier: MIT */
/*
 * Reading a text by a format of strptime's letters. A table says what the
 * numbers may be; where two numbers touch, each must have all its digits, or
 * 1112025 would be read as whatever fits first. Refused: libc's strptime (see
 * convert.h) and the locale's letters (%c, %x, %X).
 */
#include "date_parts.h"
#include "value/convert.h"

#include <stddef.h>
#include <string.h>

struct scan {
	struct text t;
	size_t at;
	struct date_parts *parts;
	struct convert_reason *r;
};

#define PART(member) offsetof(struct date_parts, member)

static const struct number_part {
	const char *name;
	size_t offset; /* of an int in struct date_parts */
	size_t digits;
	int min, max;
	char letter, other; /* with the same meaning; 0 = none */
	bool all_digits;    /* even where no other number touches */
} number_parts[] = {
    {"a year", PART(year), 4, 0, 9999, 'Y', 0, true},
    {"a year of two digits", PART(year), 2, 0, 99, 'y', 0, true},
    {"a month", PART(month), 2, 1, 12, 'm', 0, false},
    {"a day", PART(day), 2, 1, 31, 'd', 'e', false},
    {"a day of the year", PART(year_day), 3, 1, 366, 'j', 0, false},
    {"an hour", PART(hour), 2, 0, 23, 'H', 'k', false},
    {"an hour of a half day", PART(hour12), 2, 1, 12, 'I', 'l', false},
    {"a minute", PART(minute), 2, 0, 59, 'M', 0, false},
    {"a second", PART(second), 2, 0, 59, 'S', 0, false},
};

static const struct number_part *
find_number(char letter)
{
	size_t i;

	for (i = 0; i < sizeof(number_parts) / sizeof(number_parts[0]); i++)
		if (letter != '\0' && (number_parts[i].letter == letter ||
					  number_parts[i].other == letter))
			return &number_parts[i];
	return NULL;
}

/* The letters that are short for several others. */
static const char *
expansion(char letter)
{
	switch (letter) {
	case 'T':
		return "%H:%M:%S";
	case 'R':
		return "%H:%M";
	case 'D':
		return "%m/%d/%y";
	case 'F':
		return "%Y-%m-%d";
	case 'r':
		return "%I:%M:%S %p";
	default:
		return NULL;
	}
}

/* The letter of the conversion at *i (which is at its '%'), after its flags;
 * 0 if there is none. Moves *i after it. */
static char
next_letter(struct text format, size_t *i)
{
	++*i;
	while (*i < format.len && (format.s[*i] == '-' || format.s[*i] == '_' ||
				      format.s[*i] == '0'))
		++*i;
	if (*i >= format.len)
		return '\0';
	return format.s[(*i)++];
}

static bool
is_number_letter(char c)
{
	return c == 's' || c == 'f' || find_number(c) != NULL;
}

/* A number begins right at i of the format. */
static bool
number_follows(struct text format, size_t i)
{
	if (i >= format.len)
		return false;
	if (format.s[i] != '%')
		return ascii_is_digit(format.s[i]);
	return is_number_letter(next_letter(format, &i));
}

static bool
is_digit_at(const struct scan *s)
{
	return s->at < s->t.len && ascii_is_digit(s->t.s[s->at]);
}

static bool
fail_at(struct scan *s, const char *expected)
{
	char name[48];

	return convert_fail(s->r, convert_char_cause(s->t, s->at),
	    "the format expects %s, but here is %s", expected,
	    convert_name_char(s->t, s->at, name));
}

/* The year from `begin` on that ends in these two digits. */
static int
year_in_century(int digits, int begin)
{
	return begin + (digits - begin % 100 + 100) % 100;
}

static bool
read_number(
    struct scan *s, const struct number_part *n, char letter, bool touches)
{
	size_t begin = s->at;
	int value = 0;

	/* strptime's %e, %k and %l are padded with blanks */
	while (letter == n->other) {
		if (s->at == s->t.len || s->t.s[s->at] != ' ')
			break;
		begin = ++s->at;
	}
	while (s->at - begin < n->digits && is_digit_at(s))
		value = value * 10 + (s->t.s[s->at++] - '0');
	if (s->at == begin)
		return fail_at(s, n->name);
	if ((touches || n->all_digits) && s->at - begin < n->digits)
		return convert_fail(s->r, "digits",
		    "%s (%%%c) has %zu digits here", n->name, letter,
		    n->digits);
	if (value < n->min || value > n->max)
		return convert_fail(s->r, "out_of_range",
		    "%s (%%%c) is %d to %d, not %d", n->name, letter, n->min,
		    n->max, value);
	if (letter == 'y')
		value = year_in_century(value, s->parts->century);
	memcpy((char *)s->parts + n->offset, &value, sizeof(value));
	return true;
}

static bool
read_fraction(struct scan *s)
{
	int scale = 100;
	size_t digits;

	if (!is_digit_at(s))
		return fail_at(s, "a fraction of a second");
	for (digits = 0; is_digit_at(s) && digits < 9; digits++) {
		s->parts->ms += (s->t.s[s->at++] - '0') * scale;
		scale /= 10;
	}
	return true;
}

static bool
read_epoch(struct scan *s)
{
	bool is_negative = s->at < s->t.len && s->t.s[s->at] == '-';
	int64_t value = 0;
	size_t digits = 0;

	if (is_negative)
		s->at++;
	for (; is_digit_at(s) && digits < 12; digits++)
		value = value * 10 + (s->t.s[s->at++] - '0');
	if (digits == 0)
		return fail_at(s, "a number of seconds");
	s->parts->has_epoch = true;
	s->parts->epoch_s = is_negative ? -value : value;
	return true;
}

/* One of the words at the scan's place, in any case; its index or -1. */
static int
read_word(struct scan *s, const char *const *words, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		size_t len = strlen(words[i]), j;

		for (j = 0; j < len && s->at + j < s->t.len; j++)
			if (ascii_lower(s->t.s[s->at + j]) != words[i][j])
				break;
		if (j == len) {
			s->at += len;
			return i;
		}
	}
	return -1;
}

static bool
fail_name(struct scan *s, bool is_month)
{
	if (is_month && s->parts->months != NULL)
		return fail_at(s, "one of the `month_names:`");
	(void)fail_at(s,
	    is_month ? "a month's English name" : "a weekday's English name");
	if (is_month)
		(void)convert_hint(s->r,
		    "check first: names in another language are listed in "
		    "`month_names:`");
	return false;
}

static bool
read_name(struct scan *s, char letter)
{
	static const char *const halves[] = {"am", "a.m.", "pm", "p.m."};
	static const char *const zones[] = {"utc", "gmt", "z"};
	struct text rest = {s->t.s + s->at, s->t.len - s->at};
	size_t len = 0;
	int i;

	switch (letter) {
	case 'p':
		i = read_word(s, halves, 4);
		if (i < 0)
			return fail_at(s, "AM or PM");
		s->parts->half = i < 2 ? 1 : 2;
		return true;
	case 'Z':
		if (read_word(s, zones, 3) < 0)
			return convert_fail(s->r, "zone_name",
			    "names of zones are "
			    "ambiguous, %%Z reads UTC, "
			    "GMT and Z only");
		s->parts->has_offset = true;
		s->parts->offset_s = 0;
		return true;
	case 'b':
	case 'B':
	case 'h':
		len = s->parts->months != NULL
			  ? month_names_find(
				s->parts->months, rest, &s->parts->month)
			  : date_month_name(rest, &s->parts->month);
		break;
	default:
		len = date_week_day_name(rest, &s->parts->week_day);
	}
	if (len == 0)
		return fail_name(s, strchr("bBh", letter) != NULL);
	s->at += len;
	return true;
}

static void
skip_blanks(struct scan *s)
{
	while (s->at < s->t.len) {
		const char *p = s->t.s + s->at;

		if (*p == ' ' || (*p >= '\t' && *p <= '\r'))
			s->at++;
		else if (s->t.len - s->at >= 2 && !memcmp(p, "\xC2\xA0", 2))
			s->at += 2;
		else if (s->t.len - s->at >= 3 && !memcmp(p, "\xE2\x80\xAF", 3))
			s->at += 3;
		else
			return;
	}
}

static bool
read_literal(struct scan *s, char c)
{
	char name[48];

	if (s->at < s->t.len && s->t.s[s->at] == c) {
		s->at++;
		return true;
	}
	return (unsigned char)c >= 0x80
		   ? convert_fail(s->r, convert_char_cause(s->t, s->at),
			 "the text and the format differ at %s",
			 convert_name_char(s->t, s->at, name))
		   : convert_fail(s->r, convert_char_cause(s->t, s->at),
			 "the format expects a '%c', but here is %s", c,
			 convert_name_char(s->t, s->at, name));
}

static bool
read_conversion(struct scan *s, char letter, bool touches)
{
	const struct number_part *n = find_number(letter);

	if (n != NULL)
		return read_number(s, n, letter, touches);
	switch (letter) {
	case 'f':
		return read_fraction(s);
	case 's':
		return read_epoch(s);
	case 'z':
		return date_parts_offset(s->t, &s->at, s->parts) ||
		       fail_at(s, "a time zone as +hh:mm or Z");
	case 'n':
	case 't':
		skip_blanks(s);
		return true;
	case '%':
		return read_literal(s, '%');
	case 'b':
	case 'B':
	case 'h':
	case 'a':
	case 'A':
	case 'p':
	case 'Z':
		return read_name(s, letter);
	default:
		return convert_fail(s->r, "format",
		    "the format's %%%c is an unknown directive",
		    letter >= ' ' && letter < 0x7F ? letter : '?');
	}
}

static bool
read_format(struct scan *s, struct text format)
{
	bool was_number = false;
	size_t i = 0;

	while (i < format.len) {
		const char *wide;
		char letter;

		if (format.s[i] == ' ') {
			skip_blanks(s);
			was_number = false;
			i++;
			continue;
		}
		if (format.s[i] != '%') {
			if (!read_literal(s, format.s[i++]))
				return false;
			was_number = false;
			continue;
		}
		letter = next_letter(format, &i);
		wide = expansion(letter);
		if (wide != NULL ? !read_format(s, text_of(wide))
				 : !read_conversion(s, letter,
				       was_number || number_follows(format, i)))
			return false;
		was_number = is_number_letter(letter);
	}
	return true;
}

/* Two digits; -1 = something else stands there. */
static inline int
two_digits(const char *s)
{
	unsigned tens = (unsigned char)s[0] - '0';
	unsigned ones = (unsigned char)s[1] - '0';

	return tens < 10 && ones < 10 ? (int)(tens * 10 + ones) : -1;
}

static inline bool
read_whole_year(const char *s, struct date_parts *p)
{
	int century = two_digits(s), year = two_digits(s + 2);

	p->year = century * 100 + year;
	return century >= 0 && year >= 0;
}

/* The two digits of a part at s into the parts. */
static inline bool
read_whole_part(char letter, const char *s, struct date_parts *p)
{
	int n = two_digits(s);

	switch (letter) {
	case 'd':
		p->day = n;
		return n >= 1 && n <= 31;
	case 'm':
		p->month = n;
		return n >= 1 && n <= 12;
	case 'H':
		p->hour = n;
		return n >= 0 && n <= 23;
	case 'M':
		p->minute = n;
		return n >= 0 && n <= 59;
	case 'S':
		p->second = n;
		return n >= 0 && n <= 59;
	default:
		return false;
	}
}

/* Most dates have all their digits, and their formats %d %m %Y %H %M %S with
 * signs between them. False says nothing, and leaves *p as it was: what is
 * beyond these goes the long way, which knows why. */
static bool
read_usual(struct text t, struct text format, struct date_parts *p)
{
	struct date_parts q = *p;
	const char *s = t.s, *end = t.s + t.len;

	for (size_t i = 0; i < format.len; i++) {
		char c = format.s[i];
		size_t digits;

		if (c != '%') {
			/* A blank of the format is any number of them. */
			if (s == end || *s != c ||
			    (c == ' ' &&
				(end - s < 2 || !ascii_is_digit(s[1]))))
				return false;
			s++;
			continue;
		}
		c = ++i < format.len ? format.s[i] : '\0';
		digits = c == 'Y' ? 4 : 2;
		if ((size_t)(end - s) < digits)
			return false;
		if (c == 'Y' ? !read_whole_year(s, &q)
			     : !read_whole_part(c, s, &q))
			return false;
		s += digits;
	}
	if (s != end)
		return false;
	*p = q;
	return true;
}

bool
date_parts_by_format(struct text t, struct text format, struct date_parts *p,
    struct convert_reason *r)
{
	struct scan s = {.t = t, .parts = p, .r = r};
	char name[48];

	if (read_usual(t, format, p))
		return true;
	if (!read_format(&s, format))
		return false;
	if (s.at < t.len)
		return convert_fail(r, "too_long", "the format ends before %s",
		    convert_name_char(t, s.at, name));
	return true;
}
