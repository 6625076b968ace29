/* SPDX-License-Identifier: MIT */
/*
 * What a refused number looks like as a whole. Each form is a cause of its
 * own, so that what is said of a group is said of cells that are alike.
 */
#include "value/convert.h"

#include <string.h>

/* Parentheses around all digits there are. */
static bool
is_in_parentheses(struct text t)
{
	size_t begin = 0, end = t.len;

	while (begin < t.len && !ascii_is_digit(t.s[begin]))
		begin++;
	while (end > begin && !ascii_is_digit(t.s[end - 1]))
		end--;
	return begin > 0 && end > begin && memchr(t.s, '(', begin) != NULL &&
	       memchr(t.s + end, ')', t.len - end) != NULL;
}

/* 12.0: digits, a point, zeros. */
static bool
is_whole_float(struct text t)
{
	size_t i = t.len > 0 && (t.s[0] == '-' || t.s[0] == '+'), begin = i;

	while (i < t.len && ascii_is_digit(t.s[i]))
		i++;
	if (i == begin || i + 1 >= t.len || t.s[i++] != '.')
		return false;
	while (i < t.len && t.s[i] == '0')
		i++;
	return i == t.len;
}

static bool
ends_in_minus(struct text t)
{
	return (t.len > 1 && t.s[t.len - 1] == '-' &&
		   ascii_is_digit(t.s[t.len - 2])) ||
	       (t.len > 3 && memcmp(t.s + t.len - 3, "\xE2\x88\x92", 3) == 0 &&
		   ascii_is_digit(t.s[t.len - 4]));
}

const char *
number_cause(struct text t, size_t at)
{
	const char *cause;

	if (is_in_parentheses(t))
		return "parentheses";
	if (ends_in_minus(t) && t.s[0] != '-')
		return "trailing_minus";
	if (is_whole_float(t))
		return "whole_float";
	/* The blank in "5 kg" is not what is wrong with it. */
	cause = convert_char_cause(t, at);
	while (at < t.len && strcmp(cause, "blank") == 0) {
		(void)utf8_next(t.s, t.len, &at);
		if (at < t.len && !ascii_is_digit(t.s[at]))
			cause = convert_char_cause(t, at);
		else
			break;
	}
	return cause;
}
