/* SPDX-License-Identifier: MIT */
/*
 * Comparing JSON numbers by their digits. Each is brought to "0.d1d2d3… times
 * ten to the m" without copying: where its first digit that is not zero
 * stands, and m. Refused: doubles, for which 9007199254740993 equals
 * 9007199254740992.
 */
#include "value/convert.h"

#include <stdint.h>
#include <string.h>

/* Exponents beyond this are all the same to us. */
#define EXPONENT_MAX INT64_C(1000000000)

struct magnitude {
	int sign;		  /* -1, 0, 1 */
	const char *digits, *end; /* from the first digit that is not zero;
				   * a point may stand among them */
	int64_t exponent;
};

static int64_t
parse_exponent(const char *p, const char *end)
{
	bool negative = false;
	int64_t e = 0;

	if (p < end && (*p == '+' || *p == '-'))
		negative = *p++ == '-';
	for (; p < end && e < EXPONENT_MAX; p++)
		e = e * 10 + (*p - '0');
	return negative ? -e : e;
}

static struct magnitude
measure(struct text t)
{
	const char *p = t.s, *end = t.s + t.len, *mantissa_end;
	struct magnitude m = {.sign = 1};
	bool after_point = false;

	if (p < end && (*p == '-' || *p == '+'))
		m.sign = *p++ == '-' ? -1 : 1;
	mantissa_end = p;
	while (
	    mantissa_end < end && *mantissa_end != 'e' && *mantissa_end != 'E')
		mantissa_end++;
	for (; p < mantissa_end && (*p == '0' || *p == '.'); p++) {
		if (*p == '.')
			after_point = true;
		else if (after_point)
			m.exponent--;
	}
	m.digits = p;
	m.end = mantissa_end;
	if (p == mantissa_end) {
		m.sign = 0;
		return m;
	}
	for (; !after_point && p < mantissa_end && *p != '.'; p++)
		m.exponent++;
	if (mantissa_end < end)
		m.exponent += parse_exponent(mantissa_end + 1, end);
	return m;
}

/* The next digit, '0' after the last. */
static char
next_digit(struct magnitude *m)
{
	if (m->digits < m->end && *m->digits == '.')
		m->digits++;
	return (char)(m->digits < m->end ? *m->digits++ : '0');
}

int
number_compare(struct text a, struct text b)
{
	struct magnitude x = measure(a), y = measure(b);

	if (x.sign != y.sign)
		return x.sign < y.sign ? -1 : 1;
	if (x.sign == 0)
		return 0;
	if (x.exponent != y.exponent)
		return (x.exponent < y.exponent) == (x.sign > 0) ? -1 : 1;
	while (x.digits < x.end || y.digits < y.end) {
		char p = next_digit(&x), q = next_digit(&y);

		if (p != q)
			return (p < q) == (x.sign > 0) ? -1 : 1;
	}
	return 0;
}

bool
integer_is_safe(struct text json)
{
	static const char limit[] = "9007199254740992";
	const size_t len = sizeof(limit) - 1;

	if (json.len > 0 && json.s[0] == '-') {
		json.s++;
		json.len--;
	}
	if (json.len != len)
		return json.len < len;
	return memcmp(json.s, limit, len) <= 0;
}
