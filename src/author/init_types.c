/* SPDX-License-Identifier: MIT */
/*
 * The type of a field and the keys that its values ask for. A type is written
 * only where every value bears it out; what is named like an id stays text,
 * digits or not.
 */
#include "init_types.h"

#include "init_mapping.h"
#include "look/hazards.h"

/* Each way in which its values can be read is a line of the mapping. */
static bool
has_ways(const struct column_profile *c, const struct column_guess *g)
{
	return g->is_ambiguous && !g->is_mixed && c->wrapped == 0 &&
	       g->amount.doubt == AMOUNT_CLEAR;
}

/* A guess that nobody should act on; says in the comment what keeps it from
 * being one. */
static bool
is_kept_as_text(const struct csv_look *l, size_t column,
    const struct column_guess *g, struct buf *say)
{
	const struct column_profile *c = &l->columns[column];

	if (g->kind == COLUMN_TEXT || g->is_ambiguous || g->is_mixed ||
	    g->amount.doubt != AMOUNT_CLEAR ||
	    (g->kind == COLUMN_INTEGER && g->is_code)) {
		buf_adds(say, "kept as text: ");
		column_guess_words(say, c, g, column);
		if (has_ways(c, g))
			buf_adds(say, "; check first which is meant, and use "
				      "its line below instead");
		return true;
	}
	/* Who wraps digits so that no zero is lost means text. */
	if (c->wrapped > 0) {
		buf_adds(say, "kept as text: written so that a spreadsheet "
			      "keeps it as text");
		return true;
	}
	if (c->plus == c->filled)
		return false;
	if (g->kind == COLUMN_PHONE) {
		buf_adds(say,
		    "kept as text: phone numbers, not all with a country code; "
		    "type: phone with calling_code makes them uniform");
		return true;
	}
	if (g->kind == COLUMN_INTEGER &&
	    hazard_zero_name(csv_look_name(l, column)) > 0) {
		buf_adds(say, "kept as text: digits, but named like an id");
		return true;
	}
	return false;
}

static void
format_words(const struct column_guess *g, struct buf *rest)
{
	char format[DATE_FORMAT_SIZE];

	date_code_format(g->formats[0], format);
	if (g->format_count == 1 && *format != '\0')
		buf_addf(rest, ", format: \"%s\"", format);
	for (size_t i = 0; i < g->format_count && g->format_count > 1; i++) {
		date_code_format(g->formats[i], format);
		buf_addf(rest, "%s\"%s\"%s", i == 0 ? ", format: [" : ", ",
		    *format == '\0' ? "%Y-%m-%d" : format,
		    i + 1 == g->format_count ? "]" : "");
	}
}

/* The century of a format with %y, and which years that makes. */
static void
add_century(const struct csv_look *l, size_t column, int this_year,
    const struct column_guess *g, struct buf *say, struct buf *rest)
{
	bool is_birth = init_is_birth_name(csv_look_name(l, column));
	int first, last, century;

	if (g->short_years == NULL)
		return;
	century = short_years_century(
	    g->short_years, this_year, is_birth, &first, &last);
	buf_addf(rest, ", century: %d", century);
	buf_addf(say, "; century guessed%s, check first: ",
	    is_birth ? " (births are not in the future)" : "");
	if (first == last)
		buf_addf(say, "%02d is %d", first % 100, first);
	else
		buf_addf(say, "%02d to %02d are %d to %d", first % 100,
		    last % 100, first, last);
}

static void
add_kind(const struct column_guess *g, struct buf *rest)
{
	buf_addf(rest, ", type: %s",
	    g->kind == COLUMN_DATE && g->has_time ? "datetime"
						  : column_kind_name(g->kind));
}

static void
add_date(const struct csv_look *l, size_t column, int this_year,
    const struct column_guess *g, struct buf *say, struct buf *rest)
{
	format_words(g, rest);
	if (g->month_language > 0) {
		buf_adds(rest, ", month_names: ");
		month_language_list(g->month_language, rest);
	}
	add_century(l, column, this_year, g, say, rest);
}

/* The signs and marks of decimals. */
static void
add_decimal(const struct column_guess *g, struct buf *rest)
{
	if (g->signs.decimal != '.')
		buf_adds(rest, ", decimal: \",\"");
	if (g->signs.thousands != 0)
		buf_addf(rest, ", thousands: \"%c\"", g->signs.thousands);
	amount_keys(rest, &g->amount);
}

static bool
has_hazard(const struct csv_look *l, size_t column, enum hazard_kind kind)
{
	for (size_t i = 0; i < l->found_count; i++)
		if (l->found[i].kind == kind &&
		    l->found[i].column == (int)column)
			return true;
	return false;
}

/* Items in quotes, such as tags of a mailing tool. */
static bool
is_quoted_list(
    const struct column_profile *c, struct buf *say, struct buf *rest)
{
	size_t i = c->quoted_lists[0] == c->filled ? 0 : 1;

	if (c->quoted_lists[i] != c->filled || !c->has_quoted_items)
		return false;
	buf_addf(say,
	    "guessed: every value is a list of items in quotes, with %s "
	    "between; as text it would be sent with its quotes",
	    i == 0 ? "commas" : "semicolons");
	buf_addf(rest, ", type: multiString%s, quoted: true",
	    i == 0 ? "" : ", separator: \";\"");
	return true;
}

/* Digits alone are not a date: the column's name must say so, too. */
static bool
is_day_number(const struct csv_look *l, size_t column,
    const struct column_guess *g, struct buf *say, struct buf *rest)
{
	const struct column_profile *c = &l->columns[column];
	char cell[24];

	if (!g->is_day_number || !init_is_date_name(csv_look_name(l, column)))
		return false;
	buf_addf(say,
	    "guessed, check first: named like a date, and every value is a "
	    "spreadsheet's day number: %s ",
	    problem_cell((int)column, c->examples[0].row, cell));
	column_day_words(say, &c->examples[0]);
	buf_addf(rest, ", type: %s, format: excel",
	    c->has_day_part ? "datetime" : "date");
	if (c->has_day_part)
		buf_adds(say, "; the time zone is UTC unless timezone: is set");
	return true;
}

void
init_type(const struct csv_look *l, size_t column, int this_year,
    struct buf *say, struct buf *rest)
{
	const struct column_profile *c = &l->columns[column];
	struct column_guess g;

	if (c->wrapped > 0)
		buf_adds(rest, INIT_UNWRAP);
	column_profile_judge(c, &g);
	if (g.kind != COLUMN_EMPTY &&
	    (is_quoted_list(c, say, rest) ||
		is_day_number(l, column, &g, say, rest)))
		return;
	if (g.kind == COLUMN_EMPTY ||
	    (g.kind == COLUMN_TEXT && !g.is_nearly && g.two_phones == 0))
		return;
	if (is_kept_as_text(l, column, &g, say))
		return;
	if (g.kind == COLUMN_DECIMAL &&
	    has_hazard(l, column, HAZARD_FLOAT_ID)) {
		buf_adds(say,
		    "guessed: every value is a whole number followed by .0");
		buf_adds(rest, ", replace: {pattern: '\\.0$', with: \"\"}, "
			       "type: integer");
		return;
	}
	buf_adds(say, "guessed: every value is ");
	column_guess_words(say, c, &g, column);
	add_kind(&g, rest);
	if (g.kind == COLUMN_DECIMAL)
		add_decimal(&g, rest);
	if (g.kind != COLUMN_DATE)
		return;
	add_date(l, column, this_year, &g, say, rest);
	if (g.has_time)
		buf_adds(say, "; the time zone is UTC unless timezone: is set");
}

bool
init_type_way(const struct csv_look *l, size_t column, int this_year, size_t i,
    struct buf *rest)
{
	const struct column_profile *c = &l->columns[column];
	struct buf unsaid = BUF_INIT(0);
	struct column_guess g;
	size_t ways;

	column_profile_judge(c, &g);
	ways = !has_ways(c, &g)		  ? 0
	       : g.kind == COLUMN_DATE	  ? g.format_count
	       : g.kind == COLUMN_DECIMAL ? 2
					  : 0;
	if (i >= ways)
		return false;
	add_kind(&g, rest);
	if (g.kind == COLUMN_DATE) {
		g.formats[0] = g.formats[i];
		g.format_count = 1;
		add_date(l, column, this_year, &g, &unsaid, rest);
	} else {
		/* 1,234 is a thousand in the first, and 1.234 in the second. */
		g.signs.decimal = i == 0 ? '.' : ',';
		g.signs.thousands = i == 0 ? ',' : '.';
		add_decimal(&g, rest);
	}
	buf_release(&unsaid);
	return true;
}
