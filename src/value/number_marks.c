/* SPDX-License-Identifier: MIT */
/*
 * What stands around the digits of a number: units, parentheses, a minus
 * after it. The marks are taken off from both ends until only digits and
 * their signs are left, which the plain conversions read; whatever is not
 * allowed stays there and is refused by them. So nothing is ever skipped: a
 * letter that is not a unit rejects the cell.
 */
#include "base/unicode.h"
#include "value/convert.h"

#include <string.h>

#define FORM(s)                                                                \
	{                                                                      \
		(s), sizeof(s) - 1                                             \
	}
static const struct text minuses[] = {FORM("-"), FORM("\xE2\x88\x92")};
/* As spreadsheets and typesetters put them around units. */
static const struct text blanks[] = {FORM(" "), FORM("\t"), FORM("\xC2\xA0"),
    FORM("\xE2\x80\xAF"), FORM("\xE2\x80\x87"), FORM("\xE2\x80\x89")};
#define COUNT(forms) (sizeof(forms) / sizeof((forms)[0]))

static bool
stands_at(struct text t, struct text form, bool at_end)
{
	const char *at;

	if (form.len == 0 || t.len < form.len)
		return false;
	at = t.s + (at_end ? t.len - form.len : 0);
	return at[0] == form.s[0] && memcmp(at, form.s, form.len) == 0;
}

/* Bytes of the form that stands at the beginning or the end; 0 = none. */
static size_t
form_at(struct text t, const struct text *forms, size_t count, bool at_end)
{
	for (size_t i = 0; i < count; i++)
		if (stands_at(t, forms[i], at_end))
			return forms[i].len;
	return 0;
}

static size_t
minus_at(struct text t, bool at_end)
{
	return form_at(t, minuses, COUNT(minuses), at_end);
}

static size_t
blank_at(struct text t, bool at_end)
{
	return form_at(t, blanks, COUNT(blanks), at_end);
}

/* Digits are in no mark. */
static bool
is_digit_at(struct text t, bool at_end)
{
	return t.len > 0 && ascii_is_digit(t.s[at_end ? t.len - 1 : 0]);
}

/* The longest unit at the beginning or the end; -1 = none. */
static int
unit_at(struct text t, const struct number_rules *rules, bool at_end)
{
	int best = -1;

	for (size_t i = 0; i < rules->unit_count; i++) {
		if (stands_at(t, rules->units[i], at_end) &&
		    (best < 0 || rules->units[i].len > rules->units[best].len))
			best = (int)i;
	}
	return best;
}

static bool
fail_signs(struct convert_reason *r)
{
	return convert_fail(
	    r, "two_signs", "this number has more than one sign");
}

static bool
fail_parentheses(struct convert_reason *r)
{
	return convert_fail(r, "unclosed",
	    "the parentheses of this number are not a pair around it");
}

static void
take_front(struct number_marks *m, size_t len)
{
	m->digits.s += len;
	m->digits.len -= len;
}

/* Takes one mark off the front; *more = there was one. */
static bool
front_mark(const struct number_rules *rules, struct number_marks *m, bool *more,
    struct convert_reason *r)
{
	struct text t = m->digits;
	size_t len = blank_at(t, false);
	int unit;

	*more = true;
	if (len > 0) {
		m->has_blank[0] = true;
		take_front(m, len);
		return true;
	}
	len = minus_at(t, false);
	if (len > 0 || (t.len > 0 && t.s[0] == '+')) {
		if (m->signs++ > 0 || m->opens > 0)
			return fail_signs(r);
		if (len > 0)
			m->negative = NUMBER_MINUS;
		take_front(m, len > 0 ? len : 1);
		return true;
	}
	if (t.len > 0 && t.s[0] == '(' &&
	    (rules->negative & NUMBER_PARENTHESES)) {
		if (m->opens++ > 0)
			return fail_parentheses(r);
		take_front(m, 1);
		return true;
	}
	unit = m->before < 0 ? unit_at(t, rules, false) : -1;
	*more = unit >= 0;
	if (unit >= 0) {
		m->before = unit;
		take_front(m, rules->units[unit].len);
	}
	return true;
}

/* The same at the back. `closes` counts parentheses. */
static bool
back_mark(const struct number_rules *rules, struct number_marks *m,
    unsigned *closes, bool *more, struct convert_reason *r)
{
	struct text t = m->digits;
	size_t len = blank_at(t, true);
	int unit;

	*more = true;
	if (len > 0) {
		m->has_blank[1] = true;
		m->digits.len -= len;
		return true;
	}
	len = minus_at(t, true);
	if (len > 0 && (rules->negative & NUMBER_TRAILING)) {
		if (m->signs++ > 0)
			return fail_signs(r);
		m->negative = NUMBER_TRAILING;
		m->digits.len -= len;
		return true;
	}
	if (t.len > 0 && t.s[t.len - 1] == ')' &&
	    (rules->negative & NUMBER_PARENTHESES)) {
		if ((*closes)++ > 0)
			return fail_parentheses(r);
		m->digits.len--;
		return true;
	}
	unit = m->after < 0 ? unit_at(t, rules, true) : -1;
	*more = unit >= 0;
	if (unit >= 0) {
		m->after = unit;
		m->digits.len -= rules->units[unit].len;
	}
	return true;
}

/* A unit that ends in a letter, and right after it a sign that separates
 * digits: in "Rs.500" the point belongs to the unit, and nobody knows where
 * it belongs if only "Rs" is one. */
static bool
check_joint(struct text t, const struct number_rules *rules,
    const struct number_marks *m, struct convert_reason *r)
{
	struct text digits = m->digits;
	size_t at = (size_t)(digits.s - t.s), before = at;
	uint32_t c;
	char sign;

	if (m->before < 0 || digits.len == 0)
		return true;
	sign = digits.s[0];
	if (sign != rules->signs.decimal && sign != rules->signs.thousands &&
	    sign != '.' && sign != ',')
		return true;
	if (before > 0)
		before--;
	while (before > 0 && ((unsigned char)t.s[before] & 0xC0) == 0x80)
		before--;
	c = utf8_next(t.s, at, &before);
	if (!code_point_is_word(c))
		return true;
	return convert_fail(r, "unit_sign",
	    "the '%c' between the unit and the digits may belong to either",
	    sign);
}

static bool
check_marks(struct text t, const struct number_rules *rules,
    const struct number_marks *m, unsigned closes, struct convert_reason *r)
{
	if (m->opens != closes)
		return fail_parentheses(r);
	if (minus_at(m->digits, false) > 0 ||
	    (m->digits.len > 0 && m->digits.s[0] == '+') ||
	    (m->opens > 0 && m->signs > 0))
		return fail_signs(r);
	if (m->before >= 0 && m->after >= 0)
		return convert_fail(
		    r, "two_units", "this number has two units");
	if ((m->has_blank[0] && m->before < 0 && m->opens == 0) ||
	    (m->has_blank[1] && m->after < 0 && m->opens == 0))
		return convert_fail(
		    r, "blank", "a blank is allowed only beside a unit");
	if (m->negative != 0 && !(m->negative & rules->negative))
		return convert_fail(r, "leading_minus",
		    "a minus before the digits is not how this field writes "
		    "negative numbers");
	return check_joint(t, rules, m, r);
}

bool
number_marks(struct text t, const struct number_rules *rules,
    struct number_marks *m, struct convert_reason *r)
{
	unsigned closes = 0;
	bool more = true;

	*m = (struct number_marks){.digits = t, .before = -1, .after = -1};
	while (more && !is_digit_at(m->digits, false))
		if (!front_mark(rules, m, &more, r))
			return false;
	more = true;
	while (more && !is_digit_at(m->digits, true))
		if (!back_mark(rules, m, &closes, &more, r))
			return false;
	if (!check_marks(t, rules, m, closes, r))
		return false;
	if (m->opens > 0)
		m->negative = NUMBER_PARENTHESES;
	return true;
}

static bool
is_zero(const struct buf *out, size_t at)
{
	for (; at < out->len; at++)
		if (out->data[at] >= '1' && out->data[at] <= '9')
			return false;
	return true;
}

/* A hundredth of the number that begins at `at` and has no sign: at least
 * three digits before the point, which then moves before the last two. */
static bool
move_point(struct buf *out, size_t at)
{
	size_t len = out->len - at, whole = 0, pad;
	char *p;

	while (whole < len && out->data[at + whole] != '.')
		whole++;
	pad = whole < 3 ? 3 - whole : 0;
	if (!buf_reserve(out, pad + 1))
		return false;
	p = out->data + at;
	memmove(p + pad, p, len);
	memset(p, '0', pad);
	whole += pad;
	len += pad;
	/* From "1234" and "1234.5" to "12.34" and "12.345". */
	if (whole == len)
		len++;
	memmove(p + whole - 1, p + whole - 2, 2);
	p[whole - 2] = '.';
	p[len] = '\0';
	out->len = at + len;
	return true;
}

bool
convert_number(struct text t, const struct number_rules *rules, struct buf *out,
    struct convert_reason *r)
{
	size_t start = out->len;
	struct number_marks m;
	int unit;
	bool ok;

	if (!number_marks(t, rules, &m, r))
		return false;
	ok = rules->is_whole ? convert_integer(m.digits, out, r)
			     : convert_decimal(m.digits, rules->signs, out, r);
	if (!ok)
		return false;
	unit = m.before >= 0 ? m.before : m.after;
	if (unit >= 0 && rules->percent == PERCENT_DIVIDES &&
	    text_is(rules->units[unit], "%") && !move_point(out, start))
		return convert_done(r, out, start, false);
	if (m.negative == 0 || is_zero(out, start))
		return true;
	if (!buf_reserve(out, 1))
		return convert_done(r, out, start, false);
	memmove(out->data + start + 1, out->data + start, out->len - start);
	out->data[start] = '-';
	out->data[++out->len] = '\0';
	return true;
}
