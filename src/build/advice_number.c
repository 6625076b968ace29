/* SPDX-License-Identifier: MIT */
/*
 * The keys that read all numbers of a field: one answer for the whole field,
 * from which each group gets what its own cells need, so that the advice for
 * two groups never conflicts. 1,234 alone decides nothing: that takes a cell
 * that can be read in one way only, or what the mapping says.
 */
#include "base/unicode.h"
#include "build/builder.h"
#include "builder_plan.h"
#include "evidence.h"
#include "look/column_profile.h"

#include <string.h>

static size_t
current_way(const struct plan_field *p)
{
	for (size_t i = 0; i < SIGN_WAYS; i++)
		if (column_sign_ways[i].decimal == p->list.signs.decimal &&
		    column_sign_ways[i].thousands == p->list.signs.thousands)
			return i;
	return SIGN_WAYS;
}

/* Ways with that sign for decimals, and those with that one for thousands. */
static unsigned
ways_with(char decimal)
{
	unsigned ways = 0;

	for (size_t i = 0; i < SIGN_WAYS; i++)
		ways |= column_sign_ways[i].decimal == decimal ? 1U << i : 0;
	return ways;
}

static unsigned
ways_with_thousands(char thousands)
{
	unsigned ways = 0;

	for (size_t i = 0; i < SIGN_WAYS; i++)
		ways |=
		    column_sign_ways[i].thousands == thousands ? 1U << i : 0;
	return ways;
}

struct signs_verdict {
	size_t way; /* SIGN_WAYS = none reads all */
	bool is_sure, is_current;
};

/* The way that reads all cells, those that pass too, as they are read. */
static struct signs_verdict
judge_signs(const struct plan_field *p, const struct evidence *e)
{
	struct signs_verdict v = {.way = SIGN_WAYS};
	size_t current = current_way(p);
	unsigned passed = p->seen->passed, ways = e->ways, same;

	same = ways_with(p->list.signs.decimal);
	/* Said in the mapping, or written in a cell. */
	if (p->f->thousands_sign != 0 || p->list.signs.decimal != '.' ||
	    (passed & PASSED_CLEAR_FRACTION))
		ways &= same;
	v.is_sure = !e->is_split || (ways & same) == ways || (ways & same) == 0;
	if (passed & PASSED_FRACTION)
		ways &= same;
	if (passed & PASSED_THOUSANDS)
		ways &= ways_with_thousands(p->list.signs.thousands);
	if (current < SIGN_WAYS && (ways & 1U << current)) {
		v.way = current;
		v.is_current = true;
		return v;
	}
	for (size_t i = SIGN_WAYS; i-- > 0;)
		if (ways & 1U << i)
			v.way = i;
	return v;
}

/* Signs and codes that only mean money. */
static bool
is_currency(struct text unit)
{
	static const char *const codes[] = {"USD", "EUR", "GBP", "INR", "JPY",
	    "CNY", "CHF", "AED", "AUD", "BRL", "CAD", "CZK", "DKK", "HKD",
	    "HUF", "IDR", "ILS", "KRW", "MXN", "MYR", "NOK", "NZD", "PLN",
	    "SAR", "SEK", "SGD", "THB", "TRY", "ZAR", "Rs", "Rs.", "RUB", "UAH",
	    "PKR", "BDT", "LKR", "NGN", "KES", "EGP", "PHP", "VND"};
	size_t at = 0;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (text_is(unit, codes[i]))
			return true;
	while (at < unit.len)
		if (!code_point_is_currency(utf8_next(unit.s, unit.len, &at)))
			return false;
	return unit.len > 0;
}

#define UNITS_MAX 64

/* The mapping's own units, then those that cells have. False if they cannot
 * all be said. */
static bool
add_units(const struct plan_field *p, struct advice_keys *k, bool *is_sure)
{
	const struct evidence *e = p->seen->failed;
	struct text units[UNITS_MAX];
	size_t count = 0;

	if (p->f->unit_count + EVIDENCE_TEXTS + 1 > UNITS_MAX ||
	    e->units.has_more)
		return false;
	for (; count < p->f->unit_count; count++)
		units[count] = p->f->units[count];
	for (size_t i = 0; i < e->units.count; i++)
		units[count++] = texts_seen_get(&e->units, i);
	for (size_t i = 0; i < count; i++)
		*is_sure = *is_sure && count == 1 && is_currency(units[i]);
	if ((e->needs & NEED_PERCENT) != 0) {
		units[count++] = TEXT_LITERAL("%");
		*is_sure = false;
	}
	advice_key_list(k, "units", units, count);
	if (e->needs & NEED_PERCENT)
		advice_key_word(k, "percent", "number");
	return true;
}

static const char *
negative_word(const struct plan_field *p, unsigned needs)
{
	bool others = p->number.negative != NUMBER_MINUS;
	bool minus = (needs & (HAS_MINUS | NEED_MINUS)) ||
		     (p->seen->passed & PASSED_MINUS);

	needs &= NEED_PARENTHESES | NEED_TRAILING;
	if (!others && !minus && needs == NEED_PARENTHESES)
		return "parentheses";
	if (!others && !minus && needs == NEED_TRAILING)
		return "trailing";
	return "any";
}

static void
add_signs(const struct plan_field *p, struct advice_keys *k, size_t way)
{
	const struct decimal_signs *w = &column_sign_ways[way];

	if (w->decimal != p->list.signs.decimal)
		advice_key(k, "decimal", (struct text){&w->decimal, 1});
	if (w->thousands != 0 && w->thousands != p->list.signs.thousands)
		advice_key(k, "thousands", (struct text){&w->thousands, 1});
}

static bool
add_needs(const struct plan_field *p, unsigned needs, struct advice_keys *k,
    bool *is_sure)
{
	const struct evidence *e = p->seen->failed;

	if (needs & (NEED_PARENTHESES | NEED_TRAILING | NEED_MINUS))
		advice_key_word(k, "negative", negative_word(p, e->needs));
	if ((needs & (NEED_UNIT | NEED_PERCENT)) && !add_units(p, k, is_sure))
		return false;
	if (needs & NEED_DIGITS)
		advice_key_word(k, "digits", "any");
	if (needs & NEED_UNWRAP)
		advice_key_word(k, "unwrap", "formula_text");
	return true;
}

static void
add_question(const struct plan_field *p, const struct signs_verdict *v,
    unsigned needs, struct buf *out)
{
	if ((needs & (NEED_UNIT | NEED_PERCENT)) &&
	    (p->seen->failed->needs & NEED_PERCENT))
		(void)buf_adds(out, "is 12.5% sent as 12.5 (with `percent: "
				    "fraction` as 0.125)? ");
	else if (needs & NEED_UNIT &&
		 p->seen->failed->units.count + p->f->unit_count > 1)
		(void)buf_adds(out, "units are dropped, and these differ; ");
	else if ((needs & NEED_UNIT) &&
		 !is_currency(texts_seen_get(&p->seen->failed->units, 0)))
		(void)buf_adds(out, "the unit is dropped; ");
	if (!v->is_sure)
		(void)buf_adds(out,
		    "is 1,234 more than a thousand, or a little "
		    "more than one? ");
}

bool
advise_number(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out)
{
	const struct evidence *e = p->seen->failed;
	struct signs_verdict v = {.is_sure = true, .is_current = true};
	struct buf keys = BUF_INIT(4096);
	struct advice_keys k = {.out = &keys};
	bool is_sure, can;

	if (c->is_unread || e->cause_count == EVIDENCE_CAUSES)
		return false;
	if (!p->number.is_whole)
		v = judge_signs(p, e);
	is_sure = v.is_sure;
	can = v.way < SIGN_WAYS && add_needs(p, c->needs, &k, &is_sure);
	if (can && !v.is_current)
		add_signs(p, &k, v.way);
	if (can && k.count > 0) {
		(void)buf_adds(out, is_sure ? "" : ADVICE_CHECK_FIRST);
		if (!is_sure)
			add_question(p, &v, c->needs, out);
		(void)buf_addf(out, "write %s in %s", buf_str(&keys), name);
	} else if (v.way == SIGN_WAYS) {
		can = true;
		(void)buf_addf(out,
		    ADVICE_CHECK_FIRST "no one setting of `decimal:` and "
				       "`thousands:` reads all cells of %s",
		    name);
	}
	buf_release(&keys);
	return can && (k.count > 0 || v.way == SIGN_WAYS);
}
