/* SPDX-License-Identifier: MIT */
/*
 * The judge is the importer's own number_marks with every unit that is known
 * here and every way to write a minus; what is guessed from it is only what
 * all values of the column have borne out.
 */
#include "look/column_profile.h"
#include "number_ways.h"
#include "value/convert.h"

#include <string.h>

#define UNIT(s)                                                                \
	{                                                                      \
		(s), sizeof(s) - 1                                             \
	}
/* At most 64; the percent sign first. */
static const struct text amount_units[] = {UNIT("%"), UNIT("$"), UNIT("€"),
    UNIT("£"), UNIT("¥"), UNIT("₹"), UNIT("₽"), UNIT("₩"), UNIT("₺"),
    UNIT("₪"), UNIT("₫"), UNIT("฿"), UNIT("₱"), UNIT("₦"), UNIT("₴"), UNIT("₸"),
    UNIT("R$"), UNIT("US$"), UNIT("A$"), UNIT("C$"), UNIT("kr"), UNIT("kr."),
    UNIT("Kč"), UNIT("zł"), UNIT("Ft"), UNIT("Fr."), UNIT("Rs"), UNIT("Rs."),
    UNIT("руб."), UNIT("AED"), UNIT("AUD"), UNIT("BRL"), UNIT("CAD"),
    UNIT("CHF"), UNIT("CNY"), UNIT("CZK"), UNIT("DKK"), UNIT("EUR"),
    UNIT("GBP"), UNIT("HKD"), UNIT("HUF"), UNIT("IDR"), UNIT("ILS"),
    UNIT("INR"), UNIT("JPY"), UNIT("KRW"), UNIT("MXN"), UNIT("MYR"),
    UNIT("NOK"), UNIT("NZD"), UNIT("PHP"), UNIT("PLN"), UNIT("RUB"),
    UNIT("SAR"), UNIT("SEK"), UNIT("SGD"), UNIT("THB"), UNIT("TRY"),
    UNIT("UAH"), UNIT("USD"), UNIT("VND"), UNIT("ZAR")};
#define UNIT_COUNT (sizeof(amount_units) / sizeof(amount_units[0]))
_Static_assert(UNIT_COUNT <= 64, "a bit for each unit");
#define PERCENT_BIT UINT64_C(1)

static void
count_marks(struct amount_watch *w, const struct number_marks *m)
{
	int unit = m->before >= 0 ? m->before : m->after;

	w->minus += m->negative == NUMBER_MINUS;
	w->parentheses += m->negative == NUMBER_PARENTHESES;
	w->trailing += m->negative == NUMBER_TRAILING;
	if (unit >= 0)
		w->units |= UINT64_C(1) << unit;
	for (size_t i = 0; i < m->digits.len; i++)
		if (m->digits.s[i] < '0' || m->digits.s[i] > '9') {
			w->with_sign++;
			return;
		}
}

bool
amount_see(struct amount_watch *w, struct text t, struct buf *scratch)
{
	struct number_rules rules = {
	    .negative = NUMBER_MINUS | NUMBER_PARENTHESES | NUMBER_TRAILING,
	    .units = amount_units,
	    .unit_count = UNIT_COUNT,
	};
	struct number_marks m;
	unsigned ways;

	/* The way of signs says only which sign after a unit is refused, and
	 * no way reads digits that begin with that sign. */
	rules.signs = column_sign_ways[0];
	if (!number_marks(t, &rules, &m, NULL))
		return false;
	ways = number_ways(m.digits, scratch);
	if (ways == 0)
		return false;
	number_ways_add(w->fits, ways);
	count_marks(w, &m);
	return true;
}

void
amount_add_plain(
    struct amount_watch *w, unsigned ways, bool is_minus, bool has_sign)
{
	number_ways_add(w->fits, ways);
	w->minus += is_minus;
	w->with_sign += has_sign;
}

void
amount_judge(
    const struct amount_watch *w, uint64_t filled, struct amount_guess *g)
{
	*g = (struct amount_guess){.units = w->units};
	if (w->parentheses > 0 || w->trailing > 0)
		g->negative = (w->minus > 0 ? NUMBER_MINUS : 0) |
			      (w->parentheses > 0 ? NUMBER_PARENTHESES : 0) |
			      (w->trailing > 0 ? NUMBER_TRAILING : 0);
	if ((w->units & (w->units - 1)) != 0)
		g->doubt = AMOUNT_SEVERAL_UNITS;
	else if (w->units == PERCENT_BIT)
		g->doubt = AMOUNT_PERCENT;
	else if (w->parentheses + w->trailing == filled)
		g->doubt = AMOUNT_ALL_NEGATIVE;
	else if (w->trailing > 0 && w->with_sign == 0)
		g->doubt = AMOUNT_GRADES;
}

/* `"$", "Rs."` */
static void
add_units(struct buf *out, uint64_t units)
{
	bool has_one = false;

	for (size_t i = 0; i < UNIT_COUNT; i++) {
		if (!(units >> i & 1))
			continue;
		buf_addf(out, "%s\"%.*s\"", has_one ? ", " : "",
		    (int)amount_units[i].len, amount_units[i].s);
		has_one = true;
	}
}

void
amount_keys(struct buf *out, const struct amount_guess *g)
{
	if (g->negative == NUMBER_PARENTHESES)
		buf_adds(out, ", negative: parentheses");
	else if (g->negative == NUMBER_TRAILING)
		buf_adds(out, ", negative: trailing");
	else if (g->negative != 0)
		buf_adds(out, ", negative: any");
	if (g->units == 0)
		return;
	buf_adds(out, ", units: [");
	add_units(out, g->units);
	buf_addc(out, ']');
}

void
amount_words(struct buf *out, const struct amount_guess *g)
{
	switch (g->doubt) {
	case AMOUNT_SEVERAL_UNITS:
		buf_adds(out, "amounts in several units, ");
		add_units(out, g->units);
		buf_adds(out, ": a number would not say which");
		return;
	case AMOUNT_PERCENT:
		buf_adds(out, "percentages; type: decimal");
		amount_keys(out, g);
		buf_adds(out, " sends 12.5% as 12.5 with percent: number, as "
			      "0.125 with percent: fraction");
		return;
	case AMOUNT_ALL_NEGATIVE:
		buf_adds(out, "numbers all in parentheses or with a minus "
			      "after them; type: decimal");
		amount_keys(out, g);
		buf_adds(out, " makes them negative");
		return;
	case AMOUNT_GRADES:
		buf_adds(out, "digits, some with a minus after them; "
			      "negative: trailing makes those negative");
		return;
	default:
		if (g->units != 0)
			buf_adds(out, ", with ");
		add_units(out, g->units);
		if (g->negative != 0)
			buf_addf(out, "; %s%s%s is -5",
			    g->negative & NUMBER_PARENTHESES ? "(5)" : "",
			    g->negative ==
				    (NUMBER_PARENTHESES | NUMBER_TRAILING)
				? " or "
				: "",
			    g->negative & NUMBER_TRAILING ? "5-" : "");
	}
}
