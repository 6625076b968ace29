/* SPDX-License-Identifier: MIT */
/*
 * Coarse kinds of cells. They only have to tell a column's name from a
 * column's values, so they err towards text: what a type accepts is decided
 * elsewhere, by its conversion.
 */
#include "look/front.h"

#include <string.h>

static bool
is_word(struct text t, const char *word)
{
	if (t.len != strlen(word))
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (ascii_lower(t.s[i]) != word[i])
			return false;
	return true;
}

static bool
is_in(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

size_t
front_digits(struct text t)
{
	size_t count = 0;

	for (size_t i = 0; i < t.len; i++)
		count += ascii_is_digit(t.s[i]);
	return count;
}

static bool
is_null_word(struct text t)
{
	static const char *const words[] = {"-", "--", "n/a", "#n/a", "na",
	    "null", "none", "nil", "nan", "\\n", "?", "tbd", "unknown"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_word(t, words[i]))
			return true;
	return t.len == 0;
}

/* Takes a currency sign, a percent sign or a code of three letters (EUR 5)
 * off the front and the back, with blanks; says whether there was one. */
static bool
strip_units(struct text *t)
{
	static const char *const signs[] = {"$", "€", "£", "₹", "¥", "%", "EUR",
	    "USD", "GBP", "INR", "CHF", "Rs.", "Rs", "zł", "kr"};
	bool has_unit = false;

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t n = strlen(signs[i]);

		if (t->len > n && memcmp(t->s, signs[i], n) == 0)
			*t = text_trim((struct text){t->s + n, t->len - n});
		else if (t->len > n &&
			 memcmp(t->s + t->len - n, signs[i], n) == 0)
			*t = text_trim((struct text){t->s, t->len - n});
		else
			continue;
		has_unit = true;
	}
	return has_unit;
}

static struct text
strip_sign(struct text t)
{
	if (t.len > 2 && t.s[0] == '(' && t.s[t.len - 1] == ')')
		return (struct text){t.s + 1, t.len - 2};
	if (t.len > 1 && (t.s[0] == '-' || t.s[0] == '+'))
		return (struct text){t.s + 1, t.len - 1};
	if (t.len > 1 && t.s[t.len - 1] == '-')
		return (struct text){t.s, t.len - 1};
	return t;
}

/* Digits in groups, with at most one sign of a fraction after them. A blank
 * or an apostrophe must have three digits after it. */
static bool
is_number(struct text t, bool *is_plain)
{
	bool has_unit, has_separator = false;
	size_t digits = front_digits(t);

	*is_plain = digits == t.len;
	if (digits == 0 || *is_plain)
		return digits > 0;
	has_unit = strip_units(&t);
	t = strip_sign(t);
	has_unit |= strip_units(&t);
	t = strip_sign(t);
	if (t.len == 0 ||
	    (!ascii_is_digit(t.s[0]) && t.s[0] != '.' && t.s[0] != ','))
		return false;
	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i];
		size_t after = 0;

		if (ascii_is_digit(c))
			continue;
		has_separator = true;
		while (
		    i + 1 + after < t.len && ascii_is_digit(t.s[i + 1 + after]))
			after++;
		if ((c | 0x20) == 'e' && i > 0 && i + 1 < t.len &&
		    (after > 0 || is_in(t.s[i + 1], "+-")))
			i += after == 0;
		else if (!is_in(c, ".,") && !(is_in(c, " '") && after == 3))
			return false;
	}
	*is_plain = !has_unit && !has_separator;
	return true;
}

bool
front_is_decimal(struct text t)
{
	bool is_plain;

	return is_number(t, &is_plain) && !is_plain;
}

bool
front_is_year(struct text t)
{
	return t.len == 4 && front_digits(t) == 4 &&
	       (memcmp(t.s, "19", 2) == 0 || memcmp(t.s, "20", 2) == 0);
}

/* Three letters that begin an English month. */
static bool
is_month(struct text t)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (size_t i = 0; t.len >= 3 && t.len <= 9 && i < 36; i += 3)
		if (ascii_lower(t.s[0]) == months[i] &&
		    ascii_lower(t.s[1]) == months[i + 1] &&
		    ascii_lower(t.s[2]) == months[i + 2])
			return true;
	return false;
}

/* Cuts the next run of digits or letters off, and the one sign before it. */
static struct text
next_part(struct text *t, char *sign)
{
	struct text part;
	size_t n = 0;

	*sign = '\0';
	if (t->len > 0 && !ascii_is_digit(*t->s) && !ascii_is_letter(*t->s)) {
		*sign = *t->s;
		t->s++;
		t->len--;
		while (t->len > 0 && *t->s == ' ') {
			t->s++;
			t->len--;
		}
	}
	if (t->len == 0)
		return (struct text){"", 0};
	while (n < t->len && (ascii_is_digit(*t->s) ? ascii_is_digit(t->s[n])
						    : ascii_is_letter(t->s[n])))
		n++;
	part = (struct text){t->s, n};
	t->s += n;
	t->len -= n;
	return part;
}

/* 9:15, 09:15:00, 9:15 PM */
static bool
is_time(struct text t)
{
	size_t digits = 0, i = 0, colons = 0;

	for (; i < t.len && (ascii_is_digit(t.s[i]) || is_in(t.s[i], ":."));
	     i++) {
		digits += ascii_is_digit(t.s[i]);
		colons += t.s[i] == ':';
	}
	return colons >= 1 && colons <= 2 && digits >= 3 &&
	       ascii_is_digit(t.s[0]) && t.len - i <= 6 &&
	       (i == t.len || is_in(t.s[i], " aApPzZ+-"));
}

/* 2026-01-05, 5.1.26, 01/2026, 5 Jan 2026, Jan 5, 2026; after it a time. */
static bool
is_date(struct text t)
{
	char sign[3];
	struct text a, b, c;
	size_t digits;
	bool has_month;

	if (is_time(t))
		return true;
	if (t.len < 6 || t.len > 40)
		return false;
	a = next_part(&t, &sign[0]);
	b = next_part(&t, &sign[1]);
	if (sign[0] || !is_in(sign[1], "-/. ") || a.len == 0 || b.len == 0)
		return false;
	has_month = is_month(a) || is_month(b);
	digits = front_digits(a) + front_digits(b);
	if (!has_month && digits != a.len + b.len)
		return false;
	if (t.len == 0)
		return is_in(sign[1], "-/") && !has_month &&
		       ((a.len == 4 && b.len == 2 && front_is_year(a)) ||
			   (b.len == 4 && a.len <= 2 && front_is_year(b)));
	c = next_part(&t, &sign[2]);
	digits += front_digits(c);
	if (front_digits(c) != c.len || c.len == 0 ||
	    (!has_month && sign[2] != sign[1]) || !is_in(sign[2], "-/., "))
		return false;
	return (a.len <= 2 || has_month || a.len == 4) && b.len <= 9 &&
	       digits >= 3 && digits <= 8 && c.len <= 4 &&
	       (t.len == 0 || is_in(*t.s, "T, ."));
}

/* 2026年1月5日 */
static bool
is_cjk_date(struct text t)
{
	static const char year[] = "年", year_ko[] = "년";

	return t.len > 7 && front_is_year((struct text){t.s, 4}) &&
	       (memcmp(t.s + 4, year, 3) == 0 ||
		   memcmp(t.s + 4, year_ko, 3) == 0);
}

static bool
is_email(struct text t)
{
	const char *at = memchr(t.s, '@', t.len);
	size_t before = at ? (size_t)(at - t.s) : 0;

	return before > 0 && !memchr(at + 1, '@', t.len - before - 1) &&
	       memchr(at + 1, '.', t.len - before - 1) &&
	       t.s[t.len - 1] != '.' && !memchr(t.s, ' ', t.len);
}

static bool
is_phone(struct text t)
{
	size_t digits = front_digits(t), signs = 0;

	if (digits < 7 || digits > 15 || !is_in(t.s[0], "+(0123456789"))
		return false;
	for (size_t i = 0; i < t.len; i++) {
		if (ascii_is_digit(t.s[i]))
			continue;
		if (!is_in(t.s[i], "+()-./ ") || (t.s[i] == '+' && i > 0))
			return false;
		signs++;
	}
	return signs > 0;
}

static bool
is_url(struct text t)
{
	static const char *const heads[] = {"http://", "https://", "www."};

	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(heads[i]);

		if (t.len > n && is_word((struct text){t.s, n}, heads[i]))
			return true;
	}
	return false;
}

/* One word of ASCII letters and digits, both. */
static bool
is_code(struct text t)
{
	bool has_letter = false;

	for (size_t i = 0; i < t.len; i++) {
		has_letter |= ascii_is_letter(t.s[i]);
		if (!ascii_is_letter(t.s[i]) && !ascii_is_digit(t.s[i]) &&
		    !is_in(t.s[i], "-_/.:#"))
			return false;
	}
	return has_letter ? front_digits(t) > 0 : front_digits(t) > 3;
}

enum front_cell
front_cell(struct text t)
{
	bool is_plain;

	t = text_trim(t);
	if (is_null_word(t))
		return FRONT_EMPTY;
	if (is_email(t))
		return FRONT_EMAIL;
	if (is_url(t))
		return FRONT_URL;
	if (front_digits(t) == 0)
		return FRONT_TEXT;
	if (is_date(t) || is_cjk_date(t))
		return FRONT_DATE;
	if (t.s[0] == '+' && is_phone(t))
		return FRONT_PHONE;
	if (is_number(t, &is_plain))
		return FRONT_NUMBER;
	if (is_phone(t))
		return FRONT_PHONE;
	return is_code(t) ? FRONT_CODE : FRONT_TEXT;
}

bool
front_is_value(struct text t)
{
	enum front_cell kind = front_cell(t);

	if (kind == FRONT_EMAIL || kind == FRONT_DATE)
		return true;
	if (kind == FRONT_NUMBER && front_is_decimal(text_trim(t)))
		return true;
	return (kind == FRONT_NUMBER || kind == FRONT_PHONE) &&
	       front_digits(t) > 4;
}
