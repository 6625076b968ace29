/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_CONVERT_NUMBER_H
#define PROCESS_CONVERT_NUMBER_H

/*
 * Numbers as digits: nothing goes through a double, so that `10.50` stays
 * `10.50` and twenty digits stay twenty digits. See convert.h for the shape.
 */

#include "process/convert.h"

/* [+-]?[0-9]+ of any length. The plus sign and leading zeros go; all other
 * digits are kept; -0 becomes 0. */
bool convert_integer(struct text t, struct buf *out, struct convert_reason *r);

struct decimal_signs {
	char decimal;	/* '.' or ',' */
	char thousands; /* 0 = none; ' ' also stands for the no-break spaces
			 * U+00A0 and U+202F, '\'' for U+2019 */
};
/* [+-]? digits, with an optional fraction of at least one digit. The integer
 * part may be missing (.5 becomes 0.5) or be grouped, all of it: groups of
 * three, or of two before the last three (12,34,567). A plus sign and leading
 * zeros go; the fraction's digits are all kept; a zero has no minus. Exponents
 * and `5.` are refused. */
bool convert_decimal(struct text t, struct decimal_signs signs, struct buf *out,
    struct convert_reason *r);

/* -1, 0, 1: compares two JSON numbers by value, exactly, whatever their
 * length; exponents are understood (10.50 equals 10.5 equals 1.05e1). */
int number_compare(struct text a, struct text b);

/* False for integers (JSON text) beyond +-2^53, which a receiver that reads
 * numbers as doubles would round. */
bool integer_is_safe(struct text json);

#endif
