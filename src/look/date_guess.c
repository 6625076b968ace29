/* SPDX-License-Identifier: MIT */
/*
 * The text is taken apart at its signs into three parts and a time of day;
 * that leaves at most three orders, and convert_date says which of them read
 * it. So a guess is never a format that the importer would not accept, and
 * trying out all formats there are is not needed.
 */
#include "look/column_profile.h"
#include "value/convert.h"

#include <string.h>

/* A code, bit by bit. */
#define CODE_ISO 0x8000U
#define CODE_ORDER 0x0003U /* day, month or year first */
#define CODE_SIGN1 2	   /* shift, 3 bits: index in signs */
#define CODE_SIGN2 5	   /* shift, 3 bits */
#define CODE_NAME 0x0100U  /* the month is a name */
#define CODE_YEAR2 0x0200U /* the year has two digits */
#define CODE_TIME 10	   /* shift, 3 bits: index in times */
#define CODE_COMMA 0x2000U /* between date and time */

enum { DAY_FIRST, MONTH_FIRST, YEAR_FIRST };

static const char *const signs[] = {
    "/", "-", ".", " ", ". ", ", ", " de ", ".-"};
#define SIGN_COUNT (sizeof(signs) / sizeof(signs[0]))

static const char *const times[] = {
    "", "%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%H:%M:%S.%f"};

/* A run of digits or of letters. */
static struct text
take_run(struct text t, size_t *at)
{
	size_t begin = *at;

	if (begin < t.len && ascii_is_digit(t.s[begin]))
		while (*at < t.len && ascii_is_digit(t.s[*at]))
			++*at;
	else
		while (*at < t.len && ascii_is_letter(t.s[*at]))
			++*at;
	return (struct text){t.s + begin, *at - begin};
}

/* The longest sign at *at; SIGN_COUNT = there is none. */
static size_t
take_sign(struct text t, size_t *at)
{
	for (size_t i = SIGN_COUNT; i-- > 0;) {
		size_t len;

		if (*at == t.len || t.s[*at] != signs[i][0])
			continue;
		len = strlen(signs[i]);
		if (t.len - *at >= len &&
		    memcmp(t.s + *at, signs[i], len) == 0) {
			*at += len;
			return i;
		}
	}
	return SIGN_COUNT;
}

/* The time after the date; -1 = something else stands there. */
static int
take_time(struct text t, size_t at, uint16_t *code)
{
	size_t colons = 0;
	char last;
	bool has_dot = false;
	unsigned form;

	if (at == t.len)
		return 0;
	if (t.s[at] == ',') {
		*code |= CODE_COMMA;
		at++;
	}
	if (at == t.len || t.s[at++] != ' ')
		return -1;
	last = t.s[t.len - 1];
	for (size_t i = at; i < t.len; i++) {
		colons += t.s[i] == ':' ? 1 : 0;
		has_dot = has_dot || (t.s[i] == '.' && ascii_is_digit(last));
	}
	if (colons < 1 || colons > 2)
		return -1;
	form = (unsigned)colons;
	if (!ascii_is_digit(last))
		form += 2;
	else if (has_dot)
		form = 5;
	*code = (uint16_t)(*code | form << CODE_TIME);
	return 0;
}

static bool
reads(struct text t, uint16_t code)
{
	char bytes[128] = "", format_text[DATE_FORMAT_SIZE];
	struct buf out = BUF_OVER(bytes);
	struct text format;
	struct date_rules rules = {.formats = &format};
	int64_t ms;

	date_code_format(code, format_text);
	format = text_of(format_text);
	rules.format_count = format.len > 0 ? 1 : 0;
	return convert_date(t, &rules, &out, &ms, NULL);
}

/* The orders that the widths of the three parts allow. */
static size_t
orders(const struct text part[3], unsigned order[DATE_CODES], uint16_t *code)
{
	size_t count = 0;

	if (ascii_is_letter(part[0].s[0]) || ascii_is_letter(part[1].s[0]))
		*code |= CODE_NAME;
	if (part[0].len == 4 && ascii_is_digit(part[0].s[0])) {
		order[count++] = YEAR_FIRST;
		return count;
	}
	if (part[2].len != 4)
		*code |= CODE_YEAR2;
	if (!ascii_is_letter(part[0].s[0]))
		order[count++] = DAY_FIRST;
	if (!ascii_is_letter(part[1].s[0]))
		order[count++] = MONTH_FIRST;
	if (part[2].len == 2 && !(*code & CODE_NAME))
		order[count++] = YEAR_FIRST;
	return count;
}

static size_t
iso_codes(struct text t, uint16_t codes[DATE_CODES])
{
	uint16_t code = CODE_ISO;

	if (t.len > 10)
		code |= 1U << CODE_TIME;
	if (!reads(t, code))
		return 0;
	codes[0] = code;
	return 1;
}

size_t
date_codes(struct text t, uint16_t codes[DATE_CODES])
{
	size_t at = 0, sign1, sign2, count, found = 0;
	unsigned order[DATE_CODES];
	struct text part[3];
	uint16_t code = 0;

	if (t.len < 6 || t.len > 40 ||
	    !(ascii_is_digit(t.s[0]) || ascii_is_letter(t.s[0])))
		return 0;
	part[0] = take_run(t, &at);
	sign1 = take_sign(t, &at);
	if (part[0].len == 0 || sign1 == SIGN_COUNT)
		return 0;
	part[1] = take_run(t, &at);
	sign2 = take_sign(t, &at);
	part[2] = take_run(t, &at);
	if (part[1].len == 0 || sign2 == SIGN_COUNT || part[2].len == 0 ||
	    !ascii_is_digit(part[2].s[0]))
		return 0;
	/* With a blank before the time it is a format like any other, which
	 * may stand beside others in a list; ISO 8601 has no name there. */
	if (part[0].len == 4 && sign1 == 1 && sign2 == 1 &&
	    (at == t.len || t.s[at] == 'T') && iso_codes(t, codes) == 1)
		return 1;
	if (take_time(t, at, &code) < 0)
		return 0;
	code = (uint16_t)(code | sign1 << CODE_SIGN1 | sign2 << CODE_SIGN2);
	count = orders(part, order, &code);
	for (size_t i = 0; i < count; i++)
		if (reads(t, (uint16_t)(code | order[i])))
			codes[found++] = (uint16_t)(code | order[i]);
	return found;
}

bool
date_code_has_time(uint16_t code)
{
	return (code >> CODE_TIME & 7) != 0;
}

bool
date_code_has_short_year(uint16_t code)
{
	return !(code & CODE_ISO) && (code & CODE_YEAR2) != 0;
}

bool
date_code_is_year_first(uint16_t code)
{
	return !(code & CODE_ISO) && (code & CODE_ORDER) == YEAR_FIRST;
}

int
date_code_short_year(uint16_t code, struct text t)
{
	struct text part = {t.s, 0};
	size_t at = 0;

	if (!date_code_has_short_year(code))
		return -1;
	for (unsigned i = 0; i < (date_code_is_year_first(code) ? 1U : 3U);
	     i++) {
		part = take_run(t, &at);
		(void)take_sign(t, &at);
	}
	return part.len == 2 ? (part.s[0] - '0') * 10 + (part.s[1] - '0') : -1;
}

void
short_years_add(struct short_years *s, int year)
{
	s->bits[year / 64] |= UINT64_C(1) << year % 64;
}

static bool
has_year(const struct short_years *s, int year)
{
	year %= 100;
	return (s->bits[year / 64] >> year % 64 & 1) != 0;
}

/* How many years before this one were not seen. */
static int
gap_before(const struct short_years *s, int year)
{
	int gap = 0;

	while (gap < 99 && !has_year(s, year + 99 - gap))
		gap++;
	return gap;
}

#define OLDEST 110 /* years before this one that a date may be */

/* The years of one column lie together: the stretch begins after the widest
 * gap that leaves none of them out of sight. */
static void
find_stretch(const struct short_years *s, int this_year, int limit, int *first,
    int *last)
{
	int widest = -1;

	*first = limit - 99;
	*last = limit;
	for (int year = 0; year < 100; year++) {
		int gap = gap_before(s, year), end;

		if (!has_year(s, year) || gap <= widest)
			continue;
		end = limit - (limit - year - (99 - gap) + 200) % 100;
		if (end - (99 - gap) < this_year - OLDEST)
			continue;
		widest = gap;
		*last = end;
		*first = end - (99 - gap);
	}
}

int
short_years_century(const struct short_years *s, int this_year, bool is_past,
    int *first, int *last)
{
	find_stretch(
	    s, this_year, is_past ? this_year : this_year + 20, first, last);
	/* A year of birth to come is not in the future either. */
	if (is_past && *first >= this_year - 99)
		return this_year - 99;
	if (*first >= 1950 && *last < 2050)
		return 1950;
	return *first - *first % 10 > *last - 100 ? *first - *first % 10
						  : *first;
}

/* Day, month, year in the code's order with its signs, and the time. */
static void
compose(uint16_t code, const char *day, const char *month, const char *year,
    const char *time, char out[DATE_FORMAT_SIZE])
{
	static const unsigned char places[][3] = {
	    [DAY_FIRST] = {0, 1, 2},
	    [MONTH_FIRST] = {1, 0, 2},
	    [YEAR_FIRST] = {2, 1, 0},
	};
	const char *parts[] = {day, month, year};
	const unsigned char *p = places[code & CODE_ORDER];
	struct buf b = {
	    .data = out, .cap = DATE_FORMAT_SIZE, .max = DATE_FORMAT_SIZE - 1};

	/* Each date of a file is tried in up to three: no printf. */
	buf_adds(&b, parts[p[0]]);
	buf_adds(&b, signs[code >> CODE_SIGN1 & 7]);
	buf_adds(&b, parts[p[1]]);
	buf_adds(&b, signs[code >> CODE_SIGN2 & 7]);
	buf_adds(&b, parts[p[2]]);
	if (*time != '\0')
		buf_adds(&b, code & CODE_COMMA ? ", " : " ");
	buf_adds(&b, time);
}

void
date_code_format(uint16_t code, char out[DATE_FORMAT_SIZE])
{
	out[0] = '\0';
	if (!(code & CODE_ISO))
		compose(code, "%d", code & CODE_NAME ? "%b" : "%m",
		    code & CODE_YEAR2 ? "%y" : "%Y",
		    times[code >> CODE_TIME & 7], out);
}

static bool
has_code(const struct date_set *s, uint16_t code)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->codes[i] == code)
			return true;
	return false;
}

void
date_sets_add(
    struct date_sets *s, const uint16_t codes[DATE_CODES], size_t count)
{
	struct date_set *x;

	for (size_t i = 0; i < s->count; i++)
		if (s->sets[i].count == count &&
		    memcmp(s->sets[i].codes, codes, count * sizeof(*codes)) ==
			0)
			return;
	if (s->count == DATE_SETS) {
		s->has_more = true;
		return;
	}
	x = &s->sets[s->count++];
	memcpy(x->codes, codes, count * sizeof(*codes));
	x->count = count;
}

/* Each set has exactly one of the two (which may be the same). */
static bool
one_of_each(const struct date_sets *s, uint16_t a, uint16_t b)
{
	for (size_t i = 0; i < s->count; i++) {
		bool has_a = has_code(&s->sets[i], a);
		bool has_b = has_code(&s->sets[i], b);

		if (a == b ? !has_a : has_a == has_b)
			return false;
	}
	return true;
}

/* Two formats of which one has the day and the other the month first, alike
 * in their signs and years: never both in one column, whatever the values
 * say. */
static bool
is_contradiction(uint16_t a, uint16_t b)
{
	const unsigned same = CODE_ISO | CODE_NAME | CODE_YEAR2 |
			      7U << CODE_SIGN1 | 7U << CODE_SIGN2;
	bool year_first =
	    (a & CODE_ORDER) == YEAR_FIRST || (b & CODE_ORDER) == YEAR_FIRST;

	if (((a ^ b) & same) != 0 || (a & CODE_ISO))
		return false;
	return ((a ^ b) & CODE_ORDER) != 0 && (!year_first || (a & CODE_YEAR2));
}

static bool
is_iso_time(uint16_t code)
{
	return (code & CODE_ISO) && date_code_has_time(code);
}

/* All values are ISO 8601; the code of those with a time, if there are any. */
static bool
judge_iso(const struct date_sets *s, uint16_t *code)
{
	*code = CODE_ISO;
	for (size_t i = 0; i < s->count; i++) {
		if (!(s->sets[i].codes[0] & CODE_ISO))
			return false;
		*code |= s->sets[i].codes[0];
	}
	return true;
}

/* Pairs of formats, one from the first set and one from another. */
static size_t
judge_pairs(const struct date_sets *s, uint16_t codes[DATE_CODES])
{
	const struct date_set *first = &s->sets[0];
	size_t pairs = 0;

	for (size_t i = 0; i < first->count; i++)
		for (size_t k = 1; k < s->count; k++)
			for (size_t j = 0; j < s->sets[k].count; j++) {
				uint16_t a = first->codes[i];
				uint16_t b = s->sets[k].codes[j];

				if (a == b || is_contradiction(a, b) ||
				    is_iso_time(a) || is_iso_time(b) ||
				    !one_of_each(s, a, b) ||
				    (pairs == 1 && b == codes[1] &&
					a == codes[0]))
					continue;
				codes[0] = a;
				codes[1] = b;
				pairs++;
			}
	return pairs;
}

enum date_verdict
date_sets_judge(
    const struct date_sets *s, uint16_t codes[DATE_CODES], size_t *count)
{
	*count = 0;
	if (s->count == 0)
		return DATES_NONE;
	if (s->has_more)
		return DATES_MIXED;
	if (judge_iso(s, &codes[0])) {
		*count = 1;
		return DATES_CLEAR;
	}
	for (size_t i = 0; i < s->sets[0].count; i++)
		if (one_of_each(s, s->sets[0].codes[i], s->sets[0].codes[i]))
			codes[(*count)++] = s->sets[0].codes[i];
	if (*count > 0)
		return *count == 1 ? DATES_CLEAR : DATES_AMBIGUOUS;
	if (judge_pairs(s, codes) != 1)
		return DATES_MIXED;
	*count = 2;
	return DATES_CLEAR;
}
