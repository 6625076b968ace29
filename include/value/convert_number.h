/* SPDX-License-Identifier: MIT */
#ifndef VALUE_CONVERT_NUMBER_H
#define VALUE_CONVERT_NUMBER_H

/*
 * Numbers as digits: nothing goes through a double, so that `10.50` stays
 * `10.50` and twenty digits stay twenty digits. See convert.h for the shape.
 */

#include "value/convert.h"
#include "value/forms.h"

/* [+-]?[0-9]+ of any length. The plus sign and leading zeros go; all other
 * digits are kept; -0 becomes 0. */
bool convert_integer(struct text t, struct buf *out, struct convert_reason *r);

/* [+-]? digits, with an optional fraction of at least one digit. The integer
 * part may be missing (.5 becomes 0.5) or be grouped, all of it: groups of
 * three, or of two before the last three (12,34,567). A plus sign and leading
 * zeros go; the fraction's digits are all kept; a zero has no minus. Exponents
 * and `5.` are refused. */
bool convert_decimal(struct text t, struct decimal_signs signs, struct buf *out,
    struct convert_reason *r);

/* How a negative number may be written: bits. */
#define NUMBER_MINUS 1U	      /* -5, and with U+2212 */
#define NUMBER_PARENTHESES 2U /* (5) */
#define NUMBER_TRAILING 4U    /* 5- */

enum percent_form { PERCENT_STAYS, PERCENT_DIVIDES };

/* What may stand around the digits. */
struct number_rules {
	struct decimal_signs signs;
	bool is_whole;	   /* convert_integer, else convert_decimal */
	unsigned negative; /* NUMBER_* */
	const struct text *units;
	size_t unit_count;
	enum percent_form percent; /* of the unit "%" */
};

/* Nothing but digits, signs and a minus before them. */
static inline bool
number_is_plain(const struct number_rules *rules)
{
	return rules->negative == NUMBER_MINUS && rules->unit_count == 0;
}

/* A number with its marks taken off. */
struct number_marks {
	struct text digits;    /* what is left, without a sign */
	unsigned negative;     /* NUMBER_*: how it is written; 0 = it is not */
	int before, after;     /* index of the unit; -1 = none */
	bool has_blank[2];     /* before the digits, behind them */
	unsigned opens, signs; /* while it is taken apart */
};
/* Takes off what the rules allow: one unit on each side, one sign or a pair
 * of parentheses, blanks beside a unit or inside parentheses. Everything else
 * is left in `digits`, for the conversion to refuse, or is refused here. */
bool number_marks(struct text t, const struct number_rules *rules,
    struct number_marks *m, struct convert_reason *r);
/* A JSON number: the digits as they stand, with the minus that the marks mean
 * (U+2212 is one wherever a hyphen is); PERCENT_DIVIDES moves the point of a
 * percentage two places. */
bool convert_number(struct text t, const struct number_rules *rules,
    struct buf *out, struct convert_reason *r);

/* Why a number is refused whose byte `at` should not be there: what the whole
 * text looks like ("parentheses", "trailing_minus", "whole_float"), else
 * convert_char_cause. */
const char *number_cause(struct text t, size_t at);

/* -1, 0, 1: compares two JSON numbers by value, exactly, whatever their
 * length; exponents are understood (10.50 equals 10.5 equals 1.05e1). */
int number_compare(struct text a, struct text b);

/* False for integers (JSON text) beyond +-2^53, which a receiver that reads
 * numbers as doubles would round. */
bool integer_is_safe(struct text json);

#endif
