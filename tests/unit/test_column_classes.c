/* SPDX-License-Identifier: MIT */
/* What a profile leaves out because a look at the bytes rules it out, or
 * because the value was there before, against every conversion of every
 * cell. */
#include "look/cell_bytes.h"
#include "look/number_ways.h"
#include "random.h"
#include "test.h"
#include "value/convert.h"

#include <strings.h>

#define CELL_MAX ((size_t)400)

struct cell {
	char s[CELL_MAX];
	size_t len;
};

static void
add_piece(struct cell *c, const char *s)
{
	size_t len = strlen(s);

	if (c->len + len > CELL_MAX)
		return;
	memcpy(c->s + c->len, s, len);
	c->len += len;
}

static void
random_cell(struct cell *c)
{
	static const char *const pieces[] = {"0", "1", "7", "12", "25", "00",
	    "123", "2026", "2025", "4567", "45123", ".", ",", "'", " ", "-",
	    "+", "/", ":", "(", ")", "(0)", "%", "$", "@", "\"", "\t", "=", "e",
	    "T", "Z", "a", "EXT", "EUR", "kr.", "Rs", "Jan", "may", "Dec",
	    " de ", "yes", "No", "true", "PM", "http://", "HTTPS://x.example",
	    ".com", "ann", "10:30", "2026-04-15", "25/12/2025", "9845012345",
	    "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x88\x92", "\xe2\x82\xac",
	    "\xc3\xa9", "\xe2\x80\x99", "#", "x"};
	size_t count = 1 + next_random() % 6;
	/* Some are longer than what is looked at. */
	bool is_long = next_random() % 200 == 0;

	c->len = 0;
	if (is_long)
		count = 150;
	for (size_t i = 0; i < count; i++)
		add_piece(c, pieces[next_random() %
				    (sizeof(pieces) / sizeof(pieces[0]))]);
}

static struct text
text_in(const struct cell *c)
{
	struct text t = text_trim((struct text){c->s, c->len});
	struct text inner = text_in_formula(t);

	return inner.s ? text_trim(inner) : t;
}

struct plain_bytes {
	size_t digits, letters, at_signs, colons, number_signs, others;
	size_t high;
};

static struct plain_bytes
plain_bytes(struct text t)
{
	struct plain_bytes b = {.digits = 0};

	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i];

		if (c >= '0' && c <= '9')
			b.digits++;
		else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
			b.letters++;
		else if (c == '@')
			b.at_signs++;
		else if (c == ':')
			b.colons++;
		else if (c == '.' || c == ',' || c == '\'' || c == ' ')
			b.number_signs++;
		else if ((unsigned char)c >= 0x80)
			b.high++;
		else
			b.others++;
	}
	return b;
}

/* A bit for each way that reads the text. */
static unsigned
plain_ways(struct text t, struct buf *out)
{
	unsigned ways = 0;

	for (unsigned i = 0; i < SIGN_WAYS; i++)
		if (convert_decimal(t, column_sign_ways[i], out, NULL))
			ways |= 1U << i;
	return ways;
}

static bool
plain_boolean(struct text t)
{
	static const char *const words[] = {
	    "yes", "y", "true", "no", "n", "false"};

	EACH (i, words)
		if (t.len == strlen(words[i]) &&
		    strncasecmp(t.s, words[i], t.len) == 0)
			return true;
	return false;
}

/* As an English date; the names of other languages have tests of their own. */
static bool
plain_date(struct text t, const struct plain_bytes *b, struct buf *out)
{
	uint16_t codes[DATE_CODES];
	struct text word = month_word(t);
	int month;

	if (b->digits < 3 || b->digits == t.len || t.len > 48)
		return false;
	if (b->letters < 3 && b->high == 0)
		return date_codes(t, codes) > 0;
	if (month_languages_of(word, &month) == 0)
		return false;
	month_as_english(t, word, month, out);
	return date_codes(buf_text(out), codes) > 0;
}

static bool
plain_phone(struct text t, const struct plain_bytes *b, struct buf *out,
    struct convert_reason *r)
{
	struct phone_rules rules = {.calling_code = {NULL, 0}};
	size_t parts = 1;

	r->cause = "";
	for (size_t i = 0; i < t.len; i++)
		parts += strchr("/.-", t.s[i]) != NULL && t.s[i] != '\0';
	return b->digits >= 8 && b->digits <= 30 && b->letters <= 4 &&
	       b->at_signs + b->colons == 0 &&
	       !(b->digits == 8 && parts == 3) &&
	       convert_phone(t, &rules, out, r);
}

static bool
begins(struct text t, const char *s)
{
	return t.len > strlen(s) && strncasecmp(t.s, s, strlen(s)) == 0;
}

/* What a column of cells has, by every conversion of every cell. */
struct plain {
	uint64_t fits[CLASS_COUNT], sign_fits[SIGN_WAYS];
	uint64_t filled, two_phones, day_numbers;
	uint64_t misfit_rows[CLASS_COUNT];
};

static void
plain_classes(
    struct text t, bool fits[CLASS_COUNT], struct plain *p, struct buf *out)
{
	struct plain_bytes b = plain_bytes(t);
	struct amount_watch amounts = {.minus = 0};
	struct convert_reason r;
	int64_t ms;

	fits[CLASS_INTEGER] = convert_integer(t, out, NULL);
	fits[CLASS_DECIMAL] = plain_ways(t, out) != 0;
	fits[CLASS_AMOUNT] = amount_see(&amounts, t, out);
	fits[CLASS_BOOLEAN] = plain_boolean(t);
	fits[CLASS_EMAIL] = convert_email(t, out, NULL);
	buf_clear(out);
	fits[CLASS_PHONE] = plain_phone(t, &b, out, &r);
	p->two_phones += strcmp(r.cause, "two_numbers") == 0;
	buf_clear(out);
	fits[CLASS_DATE] = plain_date(t, &b, out);
	fits[CLASS_TIME] =
	    b.digits >= 3 && b.letters == 0 && b.colons > 0 &&
	    convert_time(t, NULL, 0, TIME_AS_CLOCK, out, &ms, NULL);
	fits[CLASS_URL] = begins(t, "https://") || begins(t, "http://");
	for (unsigned ways = plain_ways(t, out), i = 0; i < SIGN_WAYS; i++)
		p->sign_fits[i] += ways >> i & 1;
}

static void
plain_add(struct plain *p, uint64_t row, struct text t, struct buf *out)
{
	bool fits[CLASS_COUNT] = {false};
	int64_t ms;

	if (t.len == 0)
		return;
	p->filled++;
	buf_clear(out);
	if (utf8_length(t.s, t.len) <= 256)
		plain_classes(t, fits, p, out);
	p->day_numbers += t.len >= 5 && t.s[0] >= '2' && t.s[0] <= '5' &&
			  (t.len == 5 || !ascii_is_digit(t.s[5])) &&
			  convert_excel_day(t, &ms, NULL);
	for (size_t i = 0; i < CLASS_COUNT; i++) {
		p->fits[i] += fits[i];
		if (!fits[i] && p->misfit_rows[i] == 0)
			p->misfit_rows[i] = row;
	}
}

static void
same_profile(const struct column_profile *p, const struct plain *plain,
    const struct cell *cells, size_t count)
{
	bool same =
	    p->filled == plain->filled && p->two_phones == plain->two_phones &&
	    p->day_numbers == plain->day_numbers &&
	    memcmp(p->fits, plain->fits, sizeof(p->fits)) == 0 &&
	    memcmp(p->sign_fits, plain->sign_fits, sizeof(p->sign_fits)) == 0;

	for (size_t i = 0; i < CLASS_COUNT && p->misfits; i++)
		same &= p->misfits[i].row == plain->misfit_rows[i];
	if (same)
		return;
	for (size_t i = 0; i < count; i++)
		print_message("'%.*s'\n", (int)cells[i].len, cells[i].s);
	for (size_t i = 0; i < CLASS_COUNT; i++)
		print_message("class %zu: %d, plainly %d\n", i, (int)p->fits[i],
		    (int)plain->fits[i]);
	fail_msg("a column of %zu values", count);
}

TEST(profiles_are_what_every_conversion_of_every_cell_says)
{
	static struct cell cells[24];
	struct buf scratch = BUF_INIT(0);

	for (unsigned column = 0; column < 6000; column++) {
		struct column_profile p = {.cells = 0};
		struct plain plain = {.filled = 0};
		size_t count = 1 + next_random() % 24;

		for (size_t i = 0; i < count; i++)
			random_cell(&cells[i]);
		for (uint64_t row = 1; row <= 40; row++) {
			const struct cell *c = &cells[next_random() % count];

			column_profile_add(
			    &p, row, (struct text){c->s, c->len}, &scratch);
			plain_add(&plain, row, text_in(c), &scratch);
		}
		same_profile(&p, &plain, cells, count);
		column_profile_release(&p);
	}
	buf_release(&scratch);
}

TEST(ways_of_signs_are_those_that_read_the_number)
{
	static const char *const pieces[] = {"0", "1", "9", "23", "456", ".",
	    ",", "'", " ", "+", "-", "e", "\xc2\xa0", "\xe2\x80\x99"};
	struct buf scratch = BUF_INIT(0);

	for (unsigned n = 0; n < 300000; n++) {
		struct cell c = {.len = 0};
		struct text t;
		unsigned want;

		for (size_t i = next_random() % 6; i > 0; i--)
			add_piece(&c, pieces[next_random() % 14]);
		t = (struct text){c.s, c.len};
		want = plain_ways(t, &scratch);
		if (number_ways(t, &scratch) != want)
			fail_msg("'%.*s': %#x, not %#x", (int)t.len, t.s,
			    number_ways(t, &scratch), want);
	}
	buf_release(&scratch);
}

TEST(bytes_of_any_text_are_counted)
{
	for (unsigned n = 0; n < 2000; n++) {
		char s[1000];
		struct text t = {s, next_random() % sizeof(s)};
		struct plain_bytes want;
		struct cell_bytes b;

		for (size_t i = 0; i < t.len; i++)
			s[i] = (char)next_random();
		/* More than a lane holds. */
		if (n % 10 == 0)
			memset(s, "7a@:.#\xc3\xa9"[n / 10 % 8], t.len);
		b = cell_bytes_count(t);
		want = plain_bytes(t);
		assert_int_equal(b.digits, want.digits);
		assert_int_equal(b.letters, want.letters);
		assert_int_equal(b.at_signs, want.at_signs);
		assert_int_equal(b.colons, want.colons);
		assert_int_equal(b.number_signs, want.number_signs);
		assert_int_equal(b.others, want.others);
		assert_int_equal(b.has_high, want.high > 0);
		assert_int_equal(b.characters, utf8_length(t.s, t.len));
	}
}

/* The words of one slot, and those of more bytes than are hashed. */
TEST(words_that_look_alike_are_told_apart)
{
	struct distinct x = {.count = 0};
	struct distinct_word *w;
	char word[] = "same begin, other x middle, same end";

	for (unsigned n = 0; n < 160; n++) {
		word[18] = (char)('a' + n % 16);
		w = distinct_add(&x, (struct text){word, sizeof(word) - 1});
		assert_non_null(w);
		assert_int_equal(w->count, n / 16 + 1);
		assert_int_equal(w->text[18], 'a' + n % 16);
		assert_int_equal(w->note, n / 16);
		w->note++;
	}
	assert_int_equal(x.word_count, 16);
	assert_int_equal(distinct_estimate(&x, NULL), 16);
	word[18] = 'z';
	assert_null(distinct_add(&x, (struct text){word, sizeof(word) - 1}));
	assert_int_equal(distinct_estimate(&x, NULL), 17);
	distinct_release(&x);
}
