/* SPDX-License-Identifier: MIT */
/*
 * The collector. A cheap look at a cell's bytes says which conversions are
 * worth trying; each class counts the cells that fit and keeps the first that
 * does not. The verdict is in column_guess.c.
 */
#include "look/column_profile.h"

#include "base/xalloc.h"
#include "value/convert.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

void
column_profile_release(struct column_profile *p)
{
	free(p->misfits);
	distinct_release(&p->distinct);
	memset(p, 0, sizeof(*p));
}

static void
keep(struct profile_value *v, uint64_t row, struct text t)
{
	size_t len = t.len;

	v->is_cut = len > PROFILE_VALUE;
	if (v->is_cut) {
		len = PROFILE_VALUE;
		while (len > 0 && ((unsigned char)t.s[len] & 0xc0) == 0x80)
			len--;
	}
	v->row = row;
	v->len = len;
	memcpy(v->text, t.s, len);
}

void
profile_value_show(struct buf *out, const struct profile_value *v)
{
	buf_addc(out, '\'');
	text_display(out, (struct text){v->text, v->len}, 0);
	buf_adds(out, v->is_cut ? "…'" : "'");
}

/* What bytes a text is made of. */
struct bytes {
	size_t digits, letters, at_signs, colons, others;
	size_t number_signs; /* . , ' blanks and no-break spaces */
	bool has_high;
};

static struct bytes
count_bytes(struct text t)
{
	struct bytes b = {.digits = 0};

	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (c >= '0' && c <= '9')
			b.digits++;
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
			b.letters++;
		else if (c == '@')
			b.at_signs++;
		else if (c == ':')
			b.colons++;
		else if (c == '.' || c == ',' || c == '\'' || c == ' ')
			b.number_signs++;
		else if (c >= 0x80)
			b.has_high = true;
		else
			b.others++;
	}
	return b;
}

static bool
see_integer(struct column_profile *p, struct text t, struct buf *scratch)
{
	uint64_t value = 0;
	size_t digits = t.len;

	if (!convert_integer(t, scratch, NULL))
		return false;
	if (t.s[0] == '+' || (t.s[0] == '0' && t.len > 1))
		p->has_zero = true;
	if (t.s[0] == '-' || t.s[0] == '+')
		digits--;
	if (digits > p->digits_max)
		p->digits_max = digits;
	for (size_t i = t.len - digits; i < t.len && digits < 19; i++)
		value = value * 10 + (uint64_t)(t.s[i] - '0');
	if (p->fits[CLASS_INTEGER] == 0)
		p->is_rising = true;
	else if (value <= p->last_integer || t.s[0] == '-')
		p->is_rising = false;
	p->last_integer = value;
	return true;
}

bool
column_has_its_signs(struct text t, struct decimal_signs way)
{
	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i];

		if ((c == '.' || c == ',' || c == '\'' || c == ' ') &&
		    c != way.decimal && c != way.thousands)
			return false;
	}
	return true;
}

static bool
see_decimal(struct column_profile *p, struct text t, bool is_integer,
    struct buf *scratch)
{
	bool fits = false;

	for (size_t i = 0; i < SIGN_WAYS; i++) {
		buf_clear(scratch);
		if (!is_integer &&
		    (!column_has_its_signs(t, column_sign_ways[i]) ||
			!convert_decimal(
			    t, column_sign_ways[i], scratch, NULL)))
			continue;
		p->sign_fits[i]++;
		fits = true;
	}
	return fits;
}

static bool
is_word_for_boolean(struct text t, struct buf *scratch)
{
	const struct text yes[] = {
	    TEXT_LITERAL("yes"), TEXT_LITERAL("y"), TEXT_LITERAL("true")};
	const struct text no[] = {
	    TEXT_LITERAL("no"), TEXT_LITERAL("n"), TEXT_LITERAL("false")};

	return convert_boolean(t, (struct word_list){yes, 3, NULL},
	    (struct word_list){no, 3, NULL}, scratch, NULL);
}

/* Eight digits at most in three parts: a date, if a wrong one. */
static bool
is_date_like(struct text t, size_t digits)
{
	size_t parts = 1;

	for (size_t i = 0; i < t.len; i++)
		parts += t.s[i] == '/' || t.s[i] == '.' || t.s[i] == '-';
	return digits <= 8 && parts == 3;
}

/* The fewest digits of two numbers in a cell. */
#define TWO_PHONES ((size_t)14)

static bool
see_phone(
    struct column_profile *p, struct text t, size_t digits, struct buf *scratch)
{
	struct convert_reason reason;
	struct phone_rules rules = {.calling_code = {NULL, 0}};

	if (!convert_phone(t, &rules, scratch, NULL)) {
		if (digits >= TWO_PHONES &&
		    !convert_phone(t, &rules, scratch, &reason))
			p->two_phones +=
			    strcmp(reason.cause, "two_numbers") == 0;
		return false;
	}
	if (t.s[0] == '+' || (t.len > 1 && t.s[0] == '0' && t.s[1] == '0'))
		p->plus++;
	return true;
}

/* The codes of a text with this month for the word in it, which is then in
 * `english`. */
static size_t
codes_with_month(struct text t, struct text word, int month,
    struct buf *english, uint16_t codes[DATE_CODES])
{
	buf_clear(english);
	month_as_english(t, word, month, english);
	return date_codes(buf_text(english), codes);
}

/* Dates whose months are names are looked at as if these were English. All of
 * a column's are of one language. *t becomes that text. Which language it is
 * takes long; what is no date with a January in it is none with any month. */
static size_t
named_codes(struct column_profile *p, struct text *t, struct buf *scratch,
    uint16_t codes[DATE_CODES])
{
	struct text word = month_word(*t);
	uint32_t languages;
	size_t count;
	int month;

	if (word.len == 0 || codes_with_month(*t, word, 1, scratch, codes) == 0)
		return 0;
	languages = month_languages_of(word, &month);
	if (p->has_month_name)
		languages &= p->month_languages;
	if (languages == 0)
		return 0;
	count = codes_with_month(*t, word, month, scratch, codes);
	*t = buf_text(scratch);
	if (count > 0) {
		p->month_languages = languages;
		p->has_month_name = true;
	}
	return count;
}

static bool
see_date(struct column_profile *p, struct text t, const struct bytes *b,
    struct buf *scratch)
{
	uint16_t codes[DATE_CODES];
	size_t count = 0;

	if (b->letters >= 3 || b->has_high)
		count = named_codes(p, &t, scratch, codes);
	else
		count = date_codes(t, codes);
	if (count == 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		int year = date_code_short_year(codes[i], t);

		if (year >= 0)
			short_years_add(
			    &p->short_years[date_code_is_year_first(codes[i])],
			    year);
	}
	date_sets_add(&p->dates, codes, count);
	return true;
}

static bool
is_url(struct text t)
{
	return (t.len > 8 && strncasecmp(t.s, "https://", 8) == 0) ||
	       (t.len > 7 && strncasecmp(t.s, "http://", 7) == 0);
}

/* Which classes the text is of. */
static void
classify(struct column_profile *p, struct text t, struct buf *scratch,
    bool fits[CLASS_COUNT])
{
	struct bytes b = count_bytes(t);
	int64_t ms;

	if (b.digits > 0 && b.letters == 0 && b.at_signs + b.colons == 0) {
		fits[CLASS_INTEGER] = b.number_signs == 0 && !b.has_high &&
				      see_integer(p, t, scratch);
		if (b.others <= 1)
			fits[CLASS_DECIMAL] =
			    see_decimal(p, t, fits[CLASS_INTEGER], scratch);
		if (fits[CLASS_DECIMAL] && !fits[CLASS_INTEGER])
			p->has_sign = true;
		buf_clear(scratch);
	}
	if (b.digits >= 8 && b.digits <= 30 && b.at_signs + b.colons == 0 &&
	    b.letters <= 4 && !is_date_like(t, b.digits))
		fits[CLASS_PHONE] = see_phone(p, t, b.digits, scratch);
	if (b.digits > 0 && b.letters <= 4 && b.at_signs + b.colons == 0)
		fits[CLASS_AMOUNT] = amount_see(&p->amounts, t, scratch);
	buf_clear(scratch);
	if (b.digits == 0 && b.letters == t.len && t.len <= 5)
		fits[CLASS_BOOLEAN] = is_word_for_boolean(t, scratch);
	if (b.at_signs == 1)
		fits[CLASS_EMAIL] = convert_email(t, scratch, NULL);
	buf_clear(scratch);
	if (b.digits >= 3 && b.digits < t.len && t.len <= 48)
		fits[CLASS_DATE] = see_date(p, t, &b, scratch);
	buf_clear(scratch);
	if (b.colons > 0 && b.digits >= 3 && b.letters == 0)
		fits[CLASS_TIME] =
		    convert_time(t, NULL, 0, TIME_AS_CLOCK, scratch, &ms, NULL);
	fits[CLASS_URL] = is_url(t);
}

/* Five digits, and a fraction of a day. */
static void
see_day_number(struct column_profile *p, struct text t)
{
	int64_t ms;

	if (t.len < 5 || t.s[0] < '2' || t.s[0] > '5' ||
	    (t.len > 5 && ascii_is_digit(t.s[5])) ||
	    !convert_excel_day(t, &ms, NULL))
		return;
	p->day_numbers++;
	p->has_day_part = p->has_day_part || t.len > 5;
}

static void
see_quoted_list(struct column_profile *p, struct text t, struct buf *scratch)
{
	static const char *const separators[] = {",", ";"};

	for (size_t i = 0; i < 2 && t.len > 1 && t.s[0] == '"'; i++) {
		struct text rest = t;
		size_t count = 0;

		buf_clear(scratch);
		while (rest.len > 0 && rest.s[0] == '"' &&
		       list_next_quoted(
			   &rest, text_of(separators[i]), scratch, NULL) > 0) {
			count++;
			rest = text_trim(rest);
		}
		if (rest.len > 0)
			continue;
		p->quoted_lists[i]++;
		p->has_quoted_items = p->has_quoted_items || count > 1;
	}
}

static void
keep_example(struct column_profile *p, uint64_t row, struct text t)
{
	struct profile_value v;

	if (p->example_count == PROFILE_EXAMPLES)
		return;
	keep(&v, row, t);
	for (size_t i = 0; i < p->example_count; i++)
		if (text_equal((struct text){v.text, v.len},
			(struct text){p->examples[i].text, p->examples[i].len}))
			return;
	p->examples[p->example_count++] = v;
}

void
column_profile_add(struct column_profile *p, uint64_t row, struct text cell,
    struct buf *scratch)
{
	struct text t = text_trim(cell), inner = text_in_formula(t);
	bool fits[CLASS_COUNT] = {false};
	uint64_t length;

	p->cells++;
	if (inner.s != NULL) {
		p->wrapped++;
		t = text_trim(inner);
	}
	if (t.len == 0)
		return;
	length = utf8_length(t.s, t.len);
	if (p->filled == 0 || length < p->shortest)
		p->shortest = length;
	if (length > p->longest) {
		p->longest = length;
		p->longest_row = row;
	}
	buf_clear(scratch);
	if (length <= 256)
		classify(p, t, scratch, fits);
	see_day_number(p, t);
	see_quoted_list(p, t, scratch);
	for (size_t i = 0; i < CLASS_COUNT; i++) {
		if (fits[i]) {
			p->fits[i]++;
			continue;
		}
		if (!p->misfits)
			p->misfits = xcalloc(CLASS_COUNT, sizeof(*p->misfits));
		if (p->misfits[i].row == 0)
			keep(&p->misfits[i], row, t);
	}
	p->filled++;
	keep_example(p, row, t);
	distinct_add(&p->distinct, t);
}
