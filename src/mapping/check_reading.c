/* SPDX-License-Identifier: MIT */
/*
 * Keys of one field that say how its cells are read and that need each other:
 * a year of two digits needs a century, a percent sign needs to mean
 * something, and a unit must not be what a number is made of.
 */
#include "base/unicode.h"
#include "loader.h"
#include "value/forms.h"

#include <string.h>

static bool
is_date_type(enum field_type type)
{
	return type >= TYPE_DATE && type <= TYPE_DATETIME_ISO8601;
}

/* The node of the i-th format. */
static const struct node *
format_node(const struct node *formats, size_t i)
{
	return formats->kind == NODE_LIST ? formats->items[i] : formats;
}

static void
report_ambiguous_year(
    struct loader *l, const struct node *item, struct text format, size_t at)
{
	struct diagnostic *x = loader_error_at(l, "mapping.ambiguous_year",
	    place_in_scalar(l, item, at),
	    "'%s' in the format '%s' needs 'century': a year of two digits is "
	    "ambiguous",
	    loader_show(l, date_directive(format, at)), loader_show(l, format));

	loader_help(l, x,
	    "check first which years the column holds; century: 1950 reads "
	    "them as 1950 to 2049, century: 1969 as 1969 to 2068 (what version "
	    "0.1.0 did)");
}

static void
check_century(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *formats = given_value(given, "format");
	const struct pair *century = given_pair(given, "century");
	bool has_short_year = false;
	size_t at = 0;

	/* A format that was refused is missing from the list. */
	if (formats && formats->kind == NODE_LIST &&
	    formats->count != f->format_count)
		return;
	for (size_t i = 0; formats && i < f->format_count; i++) {
		if (!date_format_short_year(f->formats[i], &at))
			continue;
		has_short_year = true;
		if (!century && !l->is_stored)
			report_ambiguous_year(
			    l, format_node(formats, i), f->formats[i], at);
	}
	if (century && !has_short_year) {
		struct diagnostic *x = loader_error(l, "mapping.conflict",
		    century->key, "'century' needs %%y in 'format'");

		loader_help(l, x,
		    "it says which years the two digits of %%y mean; delete it "
		    "if years have four digits");
	}
}

static void
check_months(struct loader *l, struct field *f, const struct given *given)
{
	const struct pair *months = given_pair(given, "month_names");
	const struct node *formats = given_value(given, "format");
	struct diagnostic *x;

	if (!months || !is_date_type(f->type) ||
	    (formats && formats->kind == NODE_LIST &&
		formats->count != f->format_count))
		return;
	for (size_t i = 0; i < f->format_count; i++)
		if (date_format_has_month_name(f->formats[i]))
			return;
	x = loader_error(l, "mapping.conflict", months->key,
	    "'month_names' needs %%b in 'format'");
	loader_help(l, x,
	    "it lists the names that %%b reads; delete it if months are "
	    "numbers");
}

/* Whether the character before the last one, which is ASCII, is a letter. */
static bool
is_letter_before_end(struct text t)
{
	size_t at = t.len - 1;

	if (at > 0)
		at--;
	while (at > 0 && ((unsigned char)t.s[at] & 0xC0) == 0x80)
		at--;
	return code_point_is_word(utf8_next(t.s, t.len - 1, &at));
}

/* What a unit must not hold, or NULL. */
static const char *
wrong_in_unit(const struct field *f, struct text unit)
{
	bool has_other = false;
	size_t at = 0;

	if (unit.len == 0)
		return "is empty";
	if (text_trim(unit).len != unit.len)
		return "begins or ends with a blank; blanks around units are "
		       "read anyway";
	while (at < unit.len) {
		uint32_t c = utf8_next(unit.s, unit.len, &at);

		if (c == '-' || c == '+' || c == '(' || c == ')' || c == 0x2212)
			return "holds a sign of numbers; negative: says how "
			       "they are read";
		if (code_point_digit(c) >= 0)
			return "holds a digit";
		if (c != (uint32_t)f->decimal_sign &&
		    c != (uint32_t)f->thousands_sign && c != '.' && c != ',')
			has_other = true;
	}
	if (!has_other)
		return "is what separates digits";
	/* Such as "$.", which would make 50 of $.50; "Rs." is a unit. */
	if (unit.s[0] == '.' || unit.s[0] == ',' ||
	    (strchr(".,", unit.s[unit.len - 1]) != NULL &&
		!is_letter_before_end(unit)))
		return "begins or ends with a sign that separates digits";
	return NULL;
}

static void
check_units(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *n = given_value(given, "units");

	for (size_t i = 0; n && i < f->unit_count; i++) {
		const char *wrong = wrong_in_unit(f, f->units[i]);

		if (wrong)
			loader_error(l, "mapping.bad_value", n,
			    "the unit '%s' %s", loader_show(l, f->units[i]),
			    wrong);
		else if (i > 0 && text_equal(f->units[i], f->units[i - 1]))
			loader_error(l, "mapping.conflict", n,
			    "the unit '%s' is listed twice",
			    loader_show(l, f->units[i]));
	}
}

static void
check_percent(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *units = given_value(given, "units");
	const struct pair *percent = given_pair(given, "percent");
	struct diagnostic *x;

	if (units && units->kind != NODE_LIST)
		return;
	if (units && texts_have(f->units, f->unit_count, TEXT_LITERAL("%")) &&
	    !percent) {
		x = loader_error(l, "mapping.conflict", units,
		    "the unit '%%' needs 'percent': is 12.5%% 12.5 or 0.125?");
		loader_help(l, x,
		    "percent: number sends 12.5, percent: fraction sends "
		    "0.125");
	} else if (percent &&
		   !texts_have(f->units, f->unit_count, TEXT_LITERAL("%"))) {
		x = loader_error(l, "mapping.conflict", percent->key,
		    "'percent' needs '%%' among the units");
		loader_help(l, x, "add it: units: [\"%%\"]");
	}
	if (percent && f->percent == PERCENT_FRACTION &&
	    f->type <= TYPE_INTEGER_ENUM) {
		x = loader_error(l, "mapping.conflict", percent->key,
		    "'percent: fraction' makes decimals, and the type is %s",
		    field_type_name(f->type));
		loader_help(l, x, "write type: decimal");
	}
}

static const char *
why_never_clears(struct loader *l, struct text t, bool trim)
{
	const struct mapping_source *s = &l->m->source;

	if (t.len == 0)
		return "an empty cell has no value; empty: null sends null for "
		       "it";
	if (trim && text_trim(t).len < t.len)
		return "blanks around the cell are stripped before (trim)";
	if (texts_have(s->nulls, s->null_count, t))
		return "source.nulls treats such a cell as missing; remove the "
		       "text from one of the two";
	return NULL;
}

void
check_clears(struct loader *l, const struct node *list,
    const struct text *clears, size_t count, bool trim)
{
	if (!list || list->kind != NODE_LIST)
		return;
	if (list->count == 0)
		loader_error(
		    l, "mapping.bad_value", list, "'clear' is an empty list");
	for (size_t i = 0; i < count; i++) {
		const char *why = why_never_clears(l, clears[i], trim);

		if (!why)
			continue;
		struct diagnostic *x = loader_error(l, "mapping.never_matches",
		    list, "'%s' can never match", loader_show(l, clears[i]));
		loader_help(l, x, "%s", why);
	}
}

static void
check_clear(struct loader *l, struct field *f, const struct given *given)
{
	const struct pair *clear = given_pair(given, "clear");
	struct diagnostic *x;

	if (!clear)
		return;
	check_clears(l, clear->value, f->clears, f->clear_count, f->trim);
	if (f->source != SOURCE_CONSTANT && f->source != SOURCE_META)
		return;
	x = loader_error(l, "mapping.conflict", clear->key,
	    "'clear' needs a cell, but the field is %s",
	    f->source == SOURCE_META ? "meta:" : "a constant");
	loader_help(l, x, "it says which cells empty the field; delete it");
}

void
check_reading(struct loader *l, struct field *f, const struct given *given)
{
	if (is_date_type(f->type))
		check_century(l, f, given);
	check_months(l, f, given);
	check_clear(l, f, given);
	check_units(l, f, given);
	check_percent(l, f, given);
}
