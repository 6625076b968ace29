/* SPDX-License-Identifier: MIT */
/*
 * A cell that is not a number as the mapping has it, tried with everything
 * that may stand around a number: what is left then is read with each way to
 * write decimals.
 */
#include "base/unicode.h"
#include "builder_plan.h"
#include "evidence.h"
#include "look/column_profile.h"

#include <string.h>

#define NUMBER_BYTES 200
#define UNIT_BYTES 12

static size_t
sign_length(struct text t, bool at_end)
{
	static const char *const signs[] = {"(", ")", "-", "+", "\xE2\x88\x92"};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		size_t len = strlen(signs[i]);

		if (t.len >= len && memcmp(t.s + (at_end ? t.len - len : 0),
					signs[i], len) == 0)
			return len;
	}
	return 0;
}

/* Without the blanks and signs around it. */
static struct text
without_signs(struct text t)
{
	size_t len;

	t = text_trim(t);
	while ((len = sign_length(t, false)) > 0)
		t = text_trim((struct text){t.s + len, t.len - len});
	while ((len = sign_length(t, true)) > 0)
		t = text_trim((struct text){t.s, t.len - len});
	return t;
}

/* Nothing that the mapping refuses as a unit, or that is long. */
static bool
can_be_unit(struct text t)
{
	char last;

	for (size_t i = 0; i < t.len; i++)
		if (strchr("+-()/:\\\"'", t.s[i]) != NULL ||
		    (unsigned char)t.s[i] < 0x20)
			return false;
	if (t.len == 0)
		return true;
	last = (char)(t.len > 1 ? t.s[t.len - 2] | 0x20 : 0);
	if (strchr(".,", t.s[0]) != NULL)
		return false;
	return t.len <= UNIT_BYTES && (strchr(".,", t.s[t.len - 1]) == NULL ||
					  (last >= 'a' && last <= 'z'));
}

/* What stands before the digits and after them, without signs and blanks:
 * one of them may be a unit. False if both are there, or it is too long. */
static bool
find_unit(struct text t, struct text *unit)
{
	size_t begin = 0, end = t.len;
	struct text front, back;

	while (begin < t.len && !ascii_is_digit(t.s[begin]))
		begin++;
	while (end > begin && !ascii_is_digit(t.s[end - 1]))
		end--;
	/* ".5": the sign belongs to the digits, but not in "Rs.5". */
	if (begin > 0 && (t.s[begin - 1] == '.' || t.s[begin - 1] == ',') &&
	    (begin == 1 || !((t.s[begin - 2] | 0x20) >= 'a' &&
			       (t.s[begin - 2] | 0x20) <= 'z')))
		begin--;
	front = without_signs((struct text){t.s, begin});
	back = without_signs((struct text){t.s + end, t.len - end});
	*unit = front.len > 0 ? front : back;
	return (front.len == 0 || back.len == 0) && can_be_unit(*unit);
}

static unsigned
needs_of(const struct number_rules *allowed, const struct number_marks *m)
{
	unsigned needs = 0;

	if (m->negative == NUMBER_MINUS)
		needs |= HAS_MINUS;
	if ((m->negative & ~allowed->negative) == 0)
		return needs;
	return needs | (m->negative == NUMBER_PARENTHESES   ? NEED_PARENTHESES
			   : m->negative == NUMBER_TRAILING ? NEED_TRAILING
							    : NEED_MINUS);
}

/* Which ways to write decimals read it, and whether they do not agree; 1 for
 * whole numbers. */
static unsigned
reading_ways(struct text t, struct number_rules *rules, bool *is_split)
{
	char bytes[2][NUMBER_BYTES + 8] = {"", ""};
	struct buf out = BUF_OVER(bytes[0]), first = BUF_OVER(bytes[1]);
	struct convert_reason r;
	unsigned ways = 0;

	for (size_t i = 0; i < SIGN_WAYS; i++) {
		rules->signs = column_sign_ways[i];
		buf_clear(&out);
		if (convert_number(t, rules, &out, &r)) {
			if (ways == 0)
				(void)buf_add(&first, out.data, out.len);
			else if (strcmp(buf_str(&first), buf_str(&out)) != 0)
				*is_split = true;
			ways |= 1U << i;
		}
		if (rules->is_whole)
			break;
	}
	return ways;
}

/* True if some rules read it; they are in *ways and *needs. */
static bool
take_apart(const struct plan_field *p, struct text t, struct text *units,
    struct evidence *e, unsigned *needs)
{
	unsigned ways;
	struct number_rules rules = p->number;
	struct number_marks marks;
	struct convert_reason r;
	struct text unit;

	if (!find_unit(t, &unit))
		return false;
	for (size_t i = 0; i < p->f->unit_count; i++) {
		units[i] = p->f->units[i];
		if (text_equal(unit, units[i]))
			unit.len = 0;
	}
	rules.units = units;
	if (unit.len > 0) {
		units[rules.unit_count++] = unit;
		*needs |= text_is(unit, "%") ? NEED_PERCENT : NEED_UNIT;
	}
	rules.negative = NUMBER_MINUS | NUMBER_PARENTHESES | NUMBER_TRAILING;
	ways = reading_ways(t, &rules, &e->is_split);
	if (ways == 0 || !number_marks(t, &rules, &marks, &r))
		return false;
	e->ways &= ways;
	*needs |= needs_of(&p->number, &marks);
	return true;
}

#define UNITS_MAX 32

void
evidence_number(const struct plan_field *p, struct evidence *e,
    struct cause_evidence *c, struct text t)
{
	struct text inner = text_in_formula(t), units[UNITS_MAX + 1];
	char bytes[NUMBER_BYTES] = "";
	struct buf digits = BUF_OVER(bytes);
	unsigned needs = 0;
	bool has_other;

	if (inner.s != NULL) {
		t = text_trim(inner);
		needs |= NEED_UNWRAP;
	}
	has_other = digits_to_ascii(t, &digits);
	if (p->f->unit_count > UNITS_MAX || digits.overflow ||
	    digits.len == 0 ||
	    !take_apart(
		p, (struct text){digits.data, digits.len}, units, e, &needs)) {
		c->is_unread = true;
	} else {
		needs |= has_other ? NEED_DIGITS : 0;
		if (needs & NEED_UNIT)
			texts_seen_add(&e->units, units[p->f->unit_count]);
		c->needs |= needs;
		e->needs |= needs;
	}
}
