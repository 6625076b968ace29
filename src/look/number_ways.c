/* SPDX-License-Identifier: MIT */
/*
 * convert_decimal says which ways of signs read a number. Numbers with one
 * sign or none, which most are, are told by where it stands: seven conversions
 * of each cell were a fifth of what a profile takes.
 */
#include "number_ways.h"

#include "value/convert.h"

const struct decimal_signs column_sign_ways[SIGN_WAYS] = {
    {'.', '\0'},
    {',', '\0'},
    {'.', ','},
    {',', '.'},
    {',', ' '},
    {'.', ' '},
    {'.', '\''},
};
#define ALL_WAYS ((1U << SIGN_WAYS) - 1)

/* Whether a way of writing has all the signs of the text: a look that saves
 * the conversions that cannot do. */
static bool
has_its_signs(struct text t, struct decimal_signs way)
{
	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i];

		if ((c == '.' || c == ',' || c == '\'' || c == ' ') &&
		    c != way.decimal && c != way.thousands)
			return false;
	}
	return true;
}

static unsigned
try_all(struct text t, struct buf *scratch)
{
	unsigned ways = 0;

	for (size_t i = 0; i < SIGN_WAYS; i++) {
		buf_clear(scratch);
		if (has_its_signs(t, column_sign_ways[i]) &&
		    convert_decimal(t, column_sign_ways[i], scratch, NULL))
			ways |= 1U << i;
	}
	buf_clear(scratch);
	return ways;
}

/* Of digits with one sign among them, `before` and `after` it. */
static unsigned
with_one_sign(char sign, size_t before, size_t after)
{
	bool is_group = before >= 1 && before <= 3 && after == 3;
	unsigned ways = 0;

	for (size_t i = 0; i < SIGN_WAYS; i++)
		ways |= (unsigned)(column_sign_ways[i].decimal == sign ||
				   (is_group &&
				       column_sign_ways[i].thousands == sign))
			<< i;
	return ways;
}

/* Of ASCII, and in no way of writing. */
static bool
is_no_sign(char c)
{
	return (unsigned char)c < 0x80 && c != '.' && c != ',' && c != '\'' &&
	       c != ' ';
}

static size_t
digits_end(struct text t, size_t at)
{
	while (at < t.len && ascii_is_digit(t.s[at]))
		at++;
	return at;
}

unsigned
number_ways(struct text t, struct buf *scratch)
{
	size_t begin = t.len > 0 && (t.s[0] == '+' || t.s[0] == '-');
	size_t sign = digits_end(t, begin), end;

	if (sign == t.len)
		return sign > begin ? ALL_WAYS : 0;
	if (is_no_sign(t.s[sign]))
		return 0;
	end = digits_end(t, sign + 1);
	if (end < t.len || end == sign + 1)
		return try_all(t, scratch);
	return with_one_sign(t.s[sign], sign - begin, end - sign - 1);
}

void
number_ways_add(uint64_t fits[SIGN_WAYS], unsigned ways)
{
	for (size_t i = 0; i < SIGN_WAYS; i++)
		fits[i] += ways >> i & 1;
}
