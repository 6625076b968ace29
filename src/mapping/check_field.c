/* SPDX-License-Identifier: MIT */
/*
 * What spans several keys of one field: options that contradict each other,
 * and texts of the mapping itself (defaults, constants, results of a map)
 * that the field's own checks would refuse.
 */
#include "base/xalloc.h"
#include "loader.h"
#include "lookup_rule.h"
#include "value/convert.h"

#include <stdlib.h>
#include <string.h>

static bool
is_text_type(enum field_type type)
{
	return type <= TYPE_EMAIL;
}

static bool
is_integer_type(enum field_type type)
{
	return type >= TYPE_INTEGER && type <= TYPE_INTEGER_ENUM;
}

static bool
is_number_type(enum field_type type)
{
	return type >= TYPE_INTEGER && type <= TYPE_FLOAT_ENUM;
}

static bool
is_date_type(enum field_type type)
{
	return type >= TYPE_DATE && type <= TYPE_DATETIME_ISO8601;
}

/* A number that the converter of cells takes; `json` gets its digits. */
static bool
to_json(struct text t, bool is_integer, char sign, struct buf *json)
{
	struct decimal_signs signs = {sign, 0};

	return is_integer ? convert_integer(t, json, NULL)
			  : convert_decimal(t, signs, json, NULL);
}

static bool
is_plain_number(struct text t, bool is_integer, char sign)
{
	struct buf json = BUF_INIT(0);
	bool is_number = to_json(t, is_integer, sign, &json);

	buf_release(&json);
	return is_number;
}

/* Plain numbers with a point, by value. */
static int
compare_numbers(struct text a, struct text b)
{
	struct buf one = BUF_INIT(0), other = BUF_INIT(0);
	int order = 0;

	if (to_json(a, false, '.', &one) && to_json(b, false, '.', &other))
		order = number_compare((struct text){buf_str(&one), one.len},
		    (struct text){buf_str(&other), other.len});
	buf_release(&one);
	buf_release(&other);
	return order;
}

static bool
never_has_case(struct text t, enum case_rule rule)
{
	bool in_word = false;
	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i];
		bool upper = c >= 'A' && c <= 'Z';
		bool lower = c >= 'a' && c <= 'z';
		if ((rule == CASE_UPPER && lower) ||
		    (rule == CASE_LOWER && upper))
			return true;
		if (rule == CASE_TITLE &&
		    ((in_word && upper) || (!in_word && lower && i == 0)))
			return true;
		/* Whether a letter after anything else than a letter begins a
		 * word is the converter's to say. */
		in_word = upper || lower;
	}
	return false;
}

static const char *
why_case_never(struct text from, const struct text_steps *s)
{
	enum case_rule rule = s->case_rule;
	if (rule == CASE_KEEP || s->map_ignores_case ||
	    !never_has_case(from, rule))
		return NULL;
	return rule == CASE_UPPER   ? "case: upper makes it upper case before"
	       : rule == CASE_LOWER ? "case: lower makes it lower case before"
				    : "case: title changes its letters before";
}

static const char *
why_item_never(const struct field *f, const struct map_entry *e)
{
	if (e->from.len == 0)
		return "empty items are dropped before";
	if (f->each.replace_count > 0)
		return NULL;
	if (text_trim(e->from).len < e->from.len)
		return "blanks around items are stripped before";
	if (!f->is_quoted && strstr(e->from.s, f->separator.s))
		return "items hold no separator";
	return why_case_never(e->from, &f->each);
}

static const char *
why_never(const struct field *f, const struct map_entry *e)
{
	struct text trimmed = text_trim(e->from);
	if (e->from.len == 0)
		return "an empty cell has no value; use default:";
	if (f->source == SOURCE_COLUMN || f->source == SOURCE_INDEX) {
		if (f->trim && trimmed.len < e->from.len)
			return "blanks around the cell are stripped before "
			       "(trim)";
		if (f->steps.replace_count == 0 &&
		    f->steps.case_rule == CASE_KEEP &&
		    texts_have(f->nulls, f->null_count, e->from))
			return "source.nulls treats such a cell as missing";
	}
	return why_case_never(e->from, &f->steps);
}

static void
check_map(struct loader *l, const struct field *f,
    const struct text_steps *steps, const struct pair *otherwise,
    const struct pair *map_case)
{
	if (otherwise) {
		struct diagnostic *x = loader_error(l, "mapping.conflict",
		    otherwise->key, "'otherwise' needs 'map'");
		loader_help(l, x,
		    "it says what to do with values that the map does not "
		    "list; for a field without a value use default:");
	}
	if (map_case) {
		struct diagnostic *x = loader_error(l, "mapping.conflict",
		    map_case->key, "'map_case' needs 'map'");
		loader_help(l, x,
		    "it says how a map compares; case: lower changes the "
		    "letters themselves");
	}
	for (size_t i = 0; i < steps->map_count; i++) {
		const struct map_entry *e = &steps->map[i];
		const char *why =
		    steps == &f->each ? why_item_never(f, e) : why_never(f, e);
		if (!why)
			continue;
		struct diagnostic *x =
		    loader_error_at(l, "mapping.never_matches", e->at,
			"'%s' can never match", loader_show(l, e->from));
		loader_help(l, x, "%s", why);
	}
}

/* What the field's checks would say to a text of the mapping. NULL = nothing,
 * as far as it can be said here. */
static const char *
refusal(const struct field *f, struct text t, bool is_item)
{
	bool is_float = f->type == TYPE_MULTI_FLOAT_ENUM;
	if (is_item && (is_float || f->type == TYPE_MULTI_INTEGER_ENUM))
		return (f->thousands_sign &&
			   memchr(t.s, f->thousands_sign, t.len)) ||
			       is_plain_number(t, !is_float, f->decimal_sign)
			   ? NULL
			   : "is not a number";
	if (is_number_type(f->type)) {
		if ((f->thousands_sign &&
			memchr(t.s, f->thousands_sign, t.len)) ||
		    f->unit_count > 0 || f->any_digits ||
		    f->negative != NEGATIVE_MINUS)
			return NULL;
		return is_plain_number(
			   t, is_integer_type(f->type), f->decimal_sign)
			   ? NULL
			   : "is not a number";
	}
	if (!is_item && !is_text_type(f->type))
		return NULL;
	uint64_t length = utf8_length(t.s, t.len);
	if (f->one_of && !texts_have(f->one_of, f->one_of_count, t))
		return "is not in one_of";
	if (f->pattern && pattern_match(f->pattern, t, true) == 0)
		return "does not match the pattern";
	if (f->has_min_length && length < f->min_length)
		return "is shorter than min_length";
	if (f->has_max_length && length > f->max_length)
		return "is longer than max_length";
	return NULL;
}

static void
check_text(struct loader *l, const struct field *f, const char *what,
    struct text t, bool is_item, struct place at)
{
	const char *why = refusal(f, t, is_item);
	if (!why)
		return;
	struct diagnostic *x = loader_error_at(l, "mapping.refused_value", at,
	    "the %s '%s' %s", what, loader_show(l, t), why);
	if (text_is(f->path, "status") && f->one_of_count == 3)
		loader_help(l, x, "status is OPEN, COMPLETED or CANCELLED");
}

static void
check_own_texts(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *value = given_value(given, "value");
	const struct node *standard = given_value(given, "default");
	if (standard && f->has_default)
		check_text(
		    l, f, "default", f->default_text, false, standard->at);
	/* A map, a replacement or another case would come between. */
	if (value && f->source == SOURCE_CONSTANT && f->constant_text.s &&
	    !steps_have_map(&f->steps) && f->steps.replace_count == 0 &&
	    f->steps.case_rule == CASE_KEEP)
		check_text(
		    l, f, "constant", f->constant_text, false, value->at);
}

/* What a map's own keys and results can be: of the cell, or of `each`. */
static void
check_steps(struct loader *l, struct field *f, struct text_steps *s,
    const struct pair *map, const struct pair *otherwise,
    const struct pair *map_case)
{
	bool is_item = s == &f->each;

	check_map(l, f, s, map ? NULL : otherwise, map ? NULL : map_case);
	load_lookup(l, s);
	for (size_t i = 0; i < s->map_count; i++)
		check_text(
		    l, f, "map's result", s->map[i].to, is_item, s->map[i].at);
	if (otherwise && s->otherwise == OTHERWISE_VALUE &&
	    s->otherwise_value.s)
		check_text(l, f, "text of otherwise", s->otherwise_value,
		    is_item, otherwise->value->at);
}

static const struct pair *
pair_in(const struct node *map, const char *name)
{
	for (size_t i = 0; map && map->kind == NODE_MAP && i < map->count; i++)
		if (map->pairs[i].key->kind == NODE_SCALAR &&
		    text_is(map->pairs[i].key->text, name))
			return &map->pairs[i];
	return NULL;
}

static void
check_list(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *n = given_value(given, "separator");
	const struct node *each = given_value(given, "each");

	if (n && f->type == TYPE_MULTI_FLOAT_ENUM && f->separator.len == 1 &&
	    f->separator.s[0] == f->decimal_sign)
		loader_error(l, "mapping.conflict", n,
		    "the separator and the decimal sign are both '%c'",
		    f->decimal_sign);
	if (n && f->is_quoted && strchr(f->separator.s, '"')) {
		struct diagnostic *x = loader_error(l, "mapping.conflict", n,
		    "the separator of a quoted list cannot hold a quote");
		loader_help(
		    l, x, "the separator is the text between the quoted items");
	}
	check_steps(l, f, &f->each, pair_in(each, "map"),
	    pair_in(each, "otherwise"), pair_in(each, "map_case"));
}

static bool
read_limit(struct loader *l, struct field *f, const struct node *n,
    struct text t, bool is_max, int64_t *ms)
{
	bool has_time = true;
	struct diagnostic *x;
	if (is_date_type(f->type)) {
		if (moment_parse(t, f, ms, &has_time)) {
			/* The last date is a whole day. */
			if (is_max && !has_time)
				*ms += 86399999;
			return true;
		}
		x = loader_error(l, "mapping.bad_value", n,
		    "'%s' must be a date that exists, not '%s'",
		    is_max ? "max" : "min", loader_show(l, t));
		loader_help(l, x,
		    "in ISO 8601, for example 2025-12-31 or "
		    "2025-12-31T18:30:00, or in the field's own format");
		return false;
	}
	if (is_plain_number(t, is_integer_type(f->type), '.'))
		return true;
	x = loader_error(l, "mapping.bad_value", n, "'%s' must be %s, not '%s'",
	    is_max ? "max" : "min",
	    is_integer_type(f->type) ? "a whole number" : "a number",
	    loader_show(l, t));
	loader_help(l, x, "with digits and a point only: 1000 or 0.5");
	return false;
}

static void
check_limits(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *min = given_value(given, "min");
	const struct node *max = given_value(given, "max");
	f->has_min = min && f->min_text.s &&
		     read_limit(l, f, min, f->min_text, false, &f->min_ms);
	f->has_max = max && f->max_text.s &&
		     read_limit(l, f, max, f->max_text, true, &f->max_ms);
	if (f->has_min && f->has_max &&
	    (is_date_type(f->type)
		    ? f->min_ms > f->max_ms
		    : compare_numbers(f->min_text, f->max_text) > 0))
		loader_help(l,
		    loader_error(l, "mapping.conflict", min,
			"'min' is above 'max': %s, %s",
			loader_show(l, f->min_text),
			loader_show(l, f->max_text)),
		    "no value can be both; correct one of them");
	const struct node *shortest = given_value(given, "min_length");
	f->has_min_length = shortest != NULL;
	f->has_max_length = given_pair(given, "max_length") != NULL;
	if (f->has_min_length && f->has_max_length &&
	    f->min_length > f->max_length)
		loader_error(l, "mapping.conflict", shortest,
		    "'min_length' is above 'max_length'");
}

static void
check_signs(struct loader *l, struct field *f, const struct given *given)
{
	static const char *const names[] = {"decimal", "thousands"};
	for (size_t i = 0; i < 2; i++) {
		const struct node *n = given_value(given, names[i]);
		char c = i == 0 ? f->decimal_sign : f->thousands_sign;
		if (!n || !c)
			continue;
		if (strchr("0123456789+-", c))
			loader_error(l, "mapping.bad_value", n,
			    "'%s' cannot be '%c', which is part of a number",
			    names[i], c);
	}
	const struct node *n = given_value(given, "thousands");
	if (!n)
		n = given_value(given, "decimal");
	if (n && f->decimal_sign == f->thousands_sign) {
		struct diagnostic *x = loader_error(l, "mapping.conflict", n,
		    "the decimal sign and the thousands sign are both '%c'",
		    f->decimal_sign);
		loader_help(l, x,
		    "the decimal sign is a point unless decimal: sets another");
	}
}

static void
check_words(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *n = given_value(given, "false_words");
	if (f->type != TYPE_BOOLEAN || f->false_count == 0)
		return;
	if (!n)
		n = given_value(given, "true_words");
	struct text *no = xcalloc(f->false_count, sizeof(*no));
	memcpy(no, f->false_words, f->false_count * sizeof(*no));
	texts_sort_fold(no, f->false_count);
	for (size_t i = 0; n && i < f->true_count; i++)
		if (texts_have_fold(no, f->false_count, f->true_words[i]))
			loader_error(l, "mapping.conflict", n,
			    "'%s' means true and false",
			    loader_show(l, f->true_words[i]));
	free(no);
}

static void
check_lists(struct loader *l, const struct given *given)
{
	static const char *const names[] = {
	    "one_of", "true_words", "false_words", "units"};
	for (size_t i = 0; i < 4; i++) {
		const struct node *n = given_value(given, names[i]);
		if (n && n->kind == NODE_LIST && n->count == 0)
			loader_error(l, "mapping.bad_value", n,
			    "'%s' is an empty list", names[i]);
	}
	const struct pair *trunk = given_pair(given, "trunk_prefix");
	if (trunk && !given_pair(given, "calling_code")) {
		struct diagnostic *x = loader_error(l, "mapping.conflict",
		    trunk->key, "'trunk_prefix' needs 'calling_code'");
		loader_help(l, x, "for example calling_code: \"91\"");
	}
}

void
check_field(struct loader *l, struct field *f, const struct given *given)
{
	const struct node *standard = given_value(given, "default");
	const struct node *pattern = given_value(given, "pattern");
	f->has_default = standard && f->default_text.s;
	if (pattern && f->pattern)
		f->pattern_text = loader_keep(l, pattern->text);
	check_steps(l, f, &f->steps, given_pair(given, "map"),
	    given_pair(given, "otherwise"), given_pair(given, "map_case"));
	check_limits(l, f, given);
	check_signs(l, f, given);
	check_list(l, f, given);
	check_reading(l, f, given);
	check_words(l, f, given);
	check_lists(l, given);
	check_own_texts(l, f, given);
}
