/* SPDX-License-Identifier: MIT */
/*
 * Integers and decimals. A text is checked in one pass that notes where its
 * digits are, and written in a second, so that nothing is written of a text
 * that is wrong. What the mapping should have said is found from all cells
 * (evidence.h), not from one; the value itself is never guessed.
 */
#include "value/convert.h"

#include <stdint.h>
#include <string.h>

static bool
at_exponent(struct text t, size_t i)
{
	return i > 0 && i + 1 < t.len && (t.s[i] == 'e' || t.s[i] == 'E') &&
	       (ascii_is_digit(t.s[i + 1]) ||
		   (i + 2 < t.len && (t.s[i + 1] == '+' || t.s[i + 1] == '-') &&
		       ascii_is_digit(t.s[i + 2])));
}

static bool
fail_exponent(struct convert_reason *r)
{
	convert_fail(
	    r, "exponent", "a number with an exponent is not accepted");
	return convert_hint(r, "a spreadsheet shortened it: format the column "
			       "as a number or text there and export again");
}

static bool
fail_integer(struct text t, size_t i, struct convert_reason *r)
{
	char name[48];

	if (i == t.len)
		return convert_fail(
		    r, "no_digit", "a whole number needs a digit");
	if (at_exponent(t, i))
		return fail_exponent(r);
	convert_fail(r, number_cause(t, i), "a whole number cannot contain %s",
	    convert_name_char(t, i, name));
	if (r != NULL && strcmp(r->cause, "whole_float") == 0)
		return convert_hint(r,
		    "check first: if .0 is not what separates thousands, "
		    "`replace: {pattern: '\\.0+$', with: \"\"}` takes it "
		    "off");
	return false;
}

bool
convert_integer(struct text t, struct buf *out, struct convert_reason *r)
{
	size_t start = out->len, i = 0, first;
	bool negative;

	if (t.len > 0 && (t.s[0] == '+' || t.s[0] == '-'))
		i++;
	negative = i == 1 && t.s[0] == '-';
	first = i;
	while (i < t.len && ascii_is_digit(t.s[i]))
		i++;
	if (i < t.len || i == first)
		return fail_integer(t, i, r);
	while (first + 1 < t.len && t.s[first] == '0')
		first++;
	if (t.s[first] == '0')
		negative = false;
	return convert_done(r, out, start,
	    (!negative || buf_addc(out, '-')) &&
		buf_add(out, t.s + first, t.len - first));
}

/* Bytes of a thousands sign at i; 0 = there is none. */
static size_t
thousands_at(struct text t, size_t i, char sign)
{
	size_t left = t.len - i;

	if (sign == 0 || left == 0)
		return 0;
	if (t.s[i] == sign)
		return 1;
	if (sign == ' ' && left >= 2 && !memcmp(t.s + i, "\xC2\xA0", 2))
		return 2;
	if ((sign == ' ' && left >= 3 && !memcmp(t.s + i, "\xE2\x80\xAF", 3)) ||
	    (sign == '\'' && left >= 3 && !memcmp(t.s + i, "\xE2\x80\x99", 3)))
		return 3;
	return 0;
}

/* Where the parts of a decimal are in its text. */
struct decimal {
	bool negative;
	size_t whole, whole_end; /* digits and thousands signs */
	size_t fraction;	 /* first digit of it; 0 = there is none */
};

enum scan { SCAN_OK, SCAN_BAD_CHAR, SCAN_BAD_GROUPS };

/* Reads the whole part from *at on and checks its groups. */
static enum scan
scan_whole(struct text t, char sign, size_t *at)
{
	size_t i = *at, group = 0, groups = 0, step;
	bool first_fits_two = true, threes = true, twos = true;

	for (;;) {
		while (i < t.len && ascii_is_digit(t.s[i])) {
			i++;
			group++;
		}
		step = i < t.len ? thousands_at(t, i, sign) : 0;
		if (step == 0)
			break;
		if (group == 0) {
			*at = i;
			return groups == 0 ? SCAN_BAD_CHAR : SCAN_BAD_GROUPS;
		}
		if (groups == 0) {
			threes = group <= 3;
			first_fits_two = group <= 2;
		} else {
			threes = threes && group == 3;
			twos = twos && group == 2;
		}
		groups++;
		group = 0;
		i += step;
	}
	*at = i;
	if (groups == 0)
		return SCAN_OK;
	/* One sign: 123,456. Two and more: all of three, or Indian. */
	return group == 3 && (threes || (twos && first_fits_two))
		   ? SCAN_OK
		   : SCAN_BAD_GROUPS;
}

static bool
fail_decimal(struct text t, size_t i, struct decimal_signs signs,
    struct convert_reason *r)
{
	char name[48];

	if (at_exponent(t, i))
		return fail_exponent(r);
	if (i == t.len && i > 0 && t.s[i - 1] == signs.decimal)
		return convert_fail(r, "no_fraction",
		    "a digit must follow the decimal sign '%c'", signs.decimal);
	if (i == t.len)
		return convert_fail(r, "no_digit", "a number needs a digit");
	return convert_fail(r, number_cause(t, i),
	    "a number here cannot contain %s", convert_name_char(t, i, name));
}

static bool
scan_decimal(struct text t, struct decimal_signs signs, struct decimal *d,
    struct convert_reason *r)
{
	size_t i = 0;
	enum scan scan;

	if (t.len > 0 && (t.s[0] == '+' || t.s[0] == '-'))
		i++;
	d->negative = i == 1 && t.s[0] == '-';
	d->whole = i;
	scan = scan_whole(t, signs.thousands, &i);
	d->whole_end = i;
	d->fraction = 0;
	if (scan == SCAN_BAD_CHAR)
		return fail_decimal(t, i, signs, r);
	if (scan == SCAN_BAD_GROUPS)
		return convert_fail(r, "groups",
		    "the thousands signs do not make "
		    "groups of three (1,234,567), or of "
		    "two before the last three "
		    "(12,34,567)");
	if (i < t.len && t.s[i] == signs.decimal) {
		d->fraction = ++i;
		while (i < t.len && ascii_is_digit(t.s[i]))
			i++;
		if (i == d->fraction)
			return fail_decimal(t, i, signs, r);
	}
	if (i < t.len || i == d->whole)
		return fail_decimal(t, i, signs, r);
	return true;
}

static bool
is_zero(struct text t, const struct decimal *d)
{
	size_t i;

	for (i = d->whole; i < t.len; i++)
		if (t.s[i] >= '1' && t.s[i] <= '9')
			return false;
	return true;
}

bool
convert_decimal(struct text t, struct decimal_signs signs, struct buf *out,
    struct convert_reason *r)
{
	size_t start = out->len, i, digits = 0;
	struct decimal d;
	char *p;

	if (!scan_decimal(t, signs, &d, r))
		return false;
	if (!buf_reserve(out, t.len + 2))
		return convert_done(r, out, start, false);
	p = out->data + out->len;
	if (d.negative && !is_zero(t, &d))
		*p++ = '-';
	for (i = d.whole; i < d.whole_end; i++) {
		if (!ascii_is_digit(t.s[i]) || (t.s[i] == '0' && digits == 0))
			continue;
		*p++ = t.s[i];
		digits++;
	}
	if (digits == 0)
		*p++ = '0';
	if (d.fraction != 0) {
		*p++ = '.';
		memcpy(p, t.s + d.fraction, t.len - d.fraction);
		p += t.len - d.fraction;
	}
	*p = '\0';
	out->len = (size_t)(p - out->data);
	return true;
}
