/* SPDX-License-Identifier: MIT */
/*
 * From counts to a verdict, and the verdict in words. The order of the
 * questions decides where a text is several things: 20260415 is an integer
 * before it is a phone number.
 */
#include "base/civil.h"
#include "look/column_profile.h"
#include "value/convert.h"

#include <inttypes.h>
#include <string.h>

const char *
column_kind_name(enum column_kind kind)
{
	static const char *const names[] = {
	    [COLUMN_EMPTY] = "empty",
	    [COLUMN_TEXT] = "text",
	    [COLUMN_INTEGER] = "integer",
	    [COLUMN_DECIMAL] = "decimal",
	    [COLUMN_BOOLEAN] = "boolean",
	    [COLUMN_EMAIL] = "email",
	    [COLUMN_PHONE] = "phone",
	    [COLUMN_DATE] = "date",
	    [COLUMN_TIME] = "time",
	    [COLUMN_URL] = "url",
	};

	return names[kind];
}

/* All values are decimals in the same signs: `fits` counts them by the signs.
 * Two ways with different decimal signs that both read all of them (1,234) are
 * ambiguous. */
static bool
judge_decimal(const struct column_profile *p, const uint64_t fits[SIGN_WAYS],
    struct column_guess *g)
{
	size_t first = SIGN_WAYS;

	for (size_t i = 0; i < SIGN_WAYS; i++) {
		if (fits[i] != p->filled)
			continue;
		if (first == SIGN_WAYS)
			first = i;
		else if (column_sign_ways[i].decimal !=
			 column_sign_ways[first].decimal)
			g->is_ambiguous = true;
	}
	if (first == SIGN_WAYS)
		return false;
	g->kind = COLUMN_DECIMAL;
	g->signs = column_sign_ways[first];
	return true;
}

static void
judge_dates(const struct column_profile *p, struct column_guess *g)
{
	enum date_verdict v =
	    date_sets_judge(&p->dates, g->formats, &g->format_count);

	g->kind = COLUMN_DATE;
	g->is_ambiguous = v == DATES_AMBIGUOUS;
	g->is_mixed = v == DATES_MIXED || v == DATES_NONE;
	while (p->has_month_name && p->month_languages != 0 &&
	       !(p->month_languages >> g->month_language & 1))
		g->month_language++;
	for (size_t i = 0; i < g->format_count; i++) {
		if (date_code_has_time(g->formats[i]))
			g->has_time = true;
		if (date_code_has_short_year(g->formats[i]))
			g->short_years =
			    &p->short_years[date_code_is_year_first(
				g->formats[i])];
	}
}

static void
judge_nearly(const struct column_profile *p, struct column_guess *g)
{
	uint64_t best = 0;

	for (size_t i = 0; i < CLASS_COUNT; i++) {
		if (p->fits[i] <= best || p->fits[i] < 5 ||
		    p->fits[i] * 10 < p->filled * 9)
			continue;
		best = p->fits[i];
		g->is_nearly = true;
		g->nearly = (enum cell_class)i;
		g->misfit_count = p->filled - best;
	}
}

void
column_day_words(struct buf *out, const struct profile_value *v)
{
	struct civil day;
	int64_t ms;

	profile_value_show(out, v);
	if (!convert_excel_day((struct text){v->text, v->len}, &ms, NULL))
		return;
	day = civil_date(ms / 86400000);
	buf_addf(out, " would be %04d-%02d-%02d", day.year, day.month, day.day);
}

void
column_profile_judge(const struct column_profile *p, struct column_guess *g)
{
	memset(g, 0, sizeof(*g));
	if (p->filled == 0)
		return;
	g->kind = COLUMN_TEXT;
	g->is_day_number = p->day_numbers == p->filled && p->wrapped == 0;
	if (p->fits[CLASS_DATE] == p->filled) {
		judge_dates(p, g);
	} else if (p->fits[CLASS_INTEGER] == p->filled) {
		g->kind = COLUMN_INTEGER;
		g->is_code = p->has_zero || p->digits_max > 15;
	} else if (p->fits[CLASS_DECIMAL] == p->filled && p->has_sign &&
		   judge_decimal(p, p->sign_fits, g)) {
		return;
	} else if (p->fits[CLASS_AMOUNT] == p->filled &&
		   judge_decimal(p, p->amounts.fits, g)) {
		amount_judge(&p->amounts, p->filled, &g->amount);
		if (p->amounts.with_sign == 0)
			g->is_ambiguous = false;
	} else if (p->fits[CLASS_BOOLEAN] == p->filled) {
		g->kind = COLUMN_BOOLEAN;
	} else if (p->fits[CLASS_EMAIL] == p->filled) {
		g->kind = COLUMN_EMAIL;
	} else if (p->fits[CLASS_TIME] == p->filled) {
		g->kind = COLUMN_TIME;
	} else if (p->fits[CLASS_URL] == p->filled) {
		g->kind = COLUMN_URL;
	} else if (p->fits[CLASS_PHONE] == p->filled) {
		g->kind = COLUMN_PHONE;
	} else if (p->two_phones > 0 &&
		   p->fits[CLASS_PHONE] + p->two_phones == p->filled) {
		g->two_phones = p->two_phones;
	} else {
		judge_nearly(p, g);
	}
	/* Digits with a plus before them are phone numbers. */
	if (g->kind == COLUMN_INTEGER && p->fits[CLASS_PHONE] == p->filled &&
	    p->plus == p->filled)
		g->kind = COLUMN_PHONE;
}

static void
add_dates(struct buf *out, const struct column_guess *g)
{
	char format[DATE_FORMAT_SIZE];

	buf_adds(out, g->has_time ? "date and time" : "date");
	if (g->is_mixed) {
		buf_adds(out, ", in formats that contradict each other");
		return;
	}
	if (g->is_ambiguous)
		buf_adds(out, ", ambiguous:");
	for (size_t i = 0; i < g->format_count; i++) {
		date_code_format(g->formats[i], format);
		if (i > 0)
			buf_adds(out, g->is_ambiguous ? " or" : " and");
		buf_addf(out, " %s", *format ? format : "ISO 8601");
	}
	if (g->month_language > 0)
		buf_addf(out, ", names of months in %s",
		    month_language_name(g->month_language));
}

static void
add_signs(struct buf *out, const struct column_guess *g)
{
	if (g->amount.doubt != AMOUNT_CLEAR) {
		amount_words(out, &g->amount);
		return;
	}
	if (g->is_ambiguous)
		buf_adds(out, "decimal, ambiguous: . or , may be the decimal "
			      "sign");
	else if (g->signs.thousands)
		buf_addf(out, "decimal 1%c234%c56", g->signs.thousands,
		    g->signs.decimal);
	else
		buf_addf(out, "decimal 1234%c56", g->signs.decimal);
	amount_words(out, &g->amount);
}

static void
add_nearly(struct buf *out, const struct column_profile *p,
    const struct column_guess *g, size_t column)
{
	static const char *const names[CLASS_COUNT] = {"integer", "decimal",
	    "amount", "boolean", "email", "phone", "date", "time", "url"};
	const struct profile_value *v = &p->misfits[g->nearly];
	char letters[8], number[32];

	text_column_letters(column, letters);
	buf_addf(out, "text; %s but for %s cell%s (%s%" PRIu64 " ",
	    names[g->nearly], text_count(g->misfit_count, number),
	    g->misfit_count == 1 ? "" : "s", letters, v->row);
	profile_value_show(out, v);
	buf_addc(out, ')');
}

void
column_guess_words(struct buf *out, const struct column_profile *p,
    const struct column_guess *g, size_t column)
{
	char number[32];

	switch (g->kind) {
	case COLUMN_DATE:
		add_dates(out, g);
		break;
	case COLUMN_DECIMAL:
		add_signs(out, g);
		break;
	case COLUMN_INTEGER:
		buf_adds(out, !g->is_code   ? "integer"
			      : p->has_zero ? "digits with leading zeros"
					    : "digits, more than 15");
		break;
	case COLUMN_EMAIL:
		buf_adds(out, "e-mail");
		break;
	case COLUMN_TEXT:
		if (g->two_phones > 0)
			buf_addf(out, "phone numbers; %s cell%s two of them",
			    text_count(g->two_phones, number),
			    g->two_phones == 1 ? " holds" : "s hold");
		else if (g->is_nearly)
			add_nearly(out, p, g, column);
		else
			buf_adds(out, "text");
		break;
	default:
		buf_adds(out, column_kind_name(g->kind));
	}
}
