/* SPDX-License-Identifier: MIT */
/*
 * The collector. A cheap look at a cell's bytes says which conversions are
 * worth trying; each class counts the cells that fit and keeps the first that
 * does not. Of the few values of a column most cells have again, and then what
 * was found out about them stands beside them. The verdict is in
 * column_guess.c.
 */
#include "look/column_profile.h"

#include "base/xalloc.h"
#include "cell_bytes.h"
#include "number_ways.h"
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

/* The classes of a text: a bit for each enum cell_class. */
#define BIT(class) (1U << (class))
/* Of a value: its classes are known, and nothing else is counted of it. */
#define KNOWN BIT(CLASS_COUNT)

static void
see_integer(struct column_profile *p, struct text t, size_t digits)
{
	if (t.s[0] == '+' || (t.s[0] == '0' && t.len > 1))
		p->has_zero = true;
	if (digits > p->digits_max)
		p->digits_max = digits;
}

/* A text with digits and few letters: those of a unit, if it is a number. */
static unsigned
see_number(struct column_profile *p, struct text t, const struct cell_bytes *b,
    struct buf *scratch)
{
	size_t sign = t.s[0] == '+' || t.s[0] == '-';
	unsigned classes = 0, ways;

	if (b->letters > 0 || b->others > 1)
		return amount_see(&p->amounts, t, scratch) ? BIT(CLASS_AMOUNT)
							   : 0;
	ways = number_ways(t, scratch);
	if (sign + b->digits == t.len) {
		see_integer(p, t, b->digits);
		classes = BIT(CLASS_INTEGER);
	} else if (ways != 0) {
		p->has_sign = true;
	}
	number_ways_add(p->sign_fits, ways);
	if (ways != 0)
		classes |= BIT(CLASS_DECIMAL);
	if (b->has_high || b->others != sign || t.s[sign] == ' ')
		return classes |
		       (amount_see(&p->amounts, t, scratch) ? BIT(CLASS_AMOUNT)
							    : 0);
	/* Nothing is around it that could be taken off. */
	if (ways == 0)
		return classes;
	amount_add_plain(&p->amounts, ways, t.s[0] == '-', b->number_signs > 0);
	return classes | BIT(CLASS_AMOUNT);
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

	for (size_t i = 0; digits <= 8 && i < t.len; i++)
		parts += t.s[i] == '/' || t.s[i] == '.' || t.s[i] == '-';
	return parts == 3;
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
see_date(struct column_profile *p, struct text t, const struct cell_bytes *b,
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
	return (t.s[0] == 'h' || t.s[0] == 'H') &&
	       ((t.len > 8 && strncasecmp(t.s, "https://", 8) == 0) ||
		   (t.len > 7 && strncasecmp(t.s, "http://", 7) == 0));
}

/* A text without an @ and a colon, with a few letters at most. */
static unsigned
classify_digits(struct column_profile *p, struct text t,
    const struct cell_bytes *b, struct buf *scratch)
{
	unsigned classes = see_number(p, t, b, scratch);

	/* Letters are refused; two numbers may have some between them. */
	if (b->digits >= 8 && b->digits <= 30 &&
	    (b->letters == 0 || b->digits >= TWO_PHONES) &&
	    !is_date_like(t, b->digits) && see_phone(p, t, b->digits, scratch))
		classes |= BIT(CLASS_PHONE);
	return classes;
}

/* Two signs at least stand between day, month and year, and neither is an @
 * or a colon. */
static bool
may_be_date(struct text t, const struct cell_bytes *b)
{
	return b->digits >= 3 && b->number_signs + b->others >= 2 &&
	       t.len <= 48 && b->at_signs == 0;
}

/* Which classes the text is of. */
static unsigned
classify(struct column_profile *p, struct text t, const struct cell_bytes *b,
    struct buf *scratch)
{
	unsigned classes = 0;
	int64_t ms;

	if (b->digits > 0 && b->letters <= 4 && b->at_signs + b->colons == 0)
		classes = classify_digits(p, t, b, scratch);
	buf_clear(scratch);
	if (b->letters == t.len && t.len <= 5 &&
	    is_word_for_boolean(t, scratch))
		classes |= BIT(CLASS_BOOLEAN);
	if (b->at_signs == 1 && convert_email(t, scratch, NULL))
		classes |= BIT(CLASS_EMAIL);
	buf_clear(scratch);
	if (may_be_date(t, b) && see_date(p, t, b, scratch))
		classes |= BIT(CLASS_DATE);
	buf_clear(scratch);
	if (b->colons > 0 && b->digits >= 3 && b->letters == 0 &&
	    convert_time(t, NULL, 0, TIME_AS_CLOCK, scratch, &ms, NULL))
		classes |= BIT(CLASS_TIME);
	if (is_url(t))
		classes |= BIT(CLASS_URL);
	return classes;
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

static void
count_classes(struct column_profile *p, unsigned classes)
{
	for (; classes != 0; classes &= classes - 1)
		p->fits[__builtin_ctz(classes)]++;
}

/* The first value of each class that it is not of. */
static void
keep_misfits(
    struct column_profile *p, uint64_t row, struct text t, unsigned classes)
{
	unsigned missed = ~classes & (BIT(CLASS_COUNT) - 1) & ~p->missed;

	if (missed == 0)
		return;
	p->missed |= missed;
	if (!p->misfits)
		p->misfits = xcalloc(CLASS_COUNT, sizeof(*p->misfits));
	for (; missed != 0; missed &= missed - 1)
		keep(&p->misfits[__builtin_ctz(missed)], row, t);
}

static void
see_length(struct column_profile *p, uint64_t row, uint64_t length)
{
	if (p->filled == 0 || length < p->shortest)
		p->shortest = length;
	if (length > p->longest) {
		p->longest = length;
		p->longest_row = row;
	}
}

/* The classes of a value that is not known yet, and all that is counted of it
 * beside them. */
static unsigned
see_value(
    struct column_profile *p, uint64_t row, struct text t, struct buf *scratch)
{
	struct cell_bytes b = cell_bytes_count(t);
	unsigned classes = 0;

	see_length(p, row, b.characters);
	if (b.characters <= 256)
		classes = classify(p, t, &b, scratch);
	if (b.digits >= 5)
		see_day_number(p, t);
	if (t.s[0] == '"')
		see_quoted_list(p, t, scratch);
	keep_misfits(p, row, t, classes);
	keep_example(p, row, t);
	/* Words are of a class or not, and that is all. */
	return b.digits == 0 && t.s[0] != '"' ? classes | KNOWN : classes;
}

void
column_profile_add(struct column_profile *p, uint64_t row, struct text cell,
    struct buf *scratch)
{
	struct text t = text_trim(cell), inner = text_in_formula(t);
	struct distinct_word *word;
	unsigned classes;

	p->cells++;
	if (inner.s != NULL) {
		p->wrapped++;
		t = text_trim(inner);
	}
	if (t.len == 0)
		return;
	word = distinct_add(&p->distinct, t);
	if (word && (word->note & KNOWN)) {
		classes = word->note;
	} else {
		classes = see_value(p, row, t, scratch);
		if (word)
			word->note = classes;
	}
	count_classes(p, classes & ~KNOWN);
	p->filled++;
}
