/* SPDX-License-Identifier: MIT */
/*
 * One cell at a time. Every rule is narrower than it could be: a hazard that
 * cries at good data is not read the next time.
 */
#include "base/unicode.h"
#include "look/hazards.h"

#include <string.h>
#include <strings.h>

bool
hazard_is_digits(struct text t)
{
	size_t i = 0;

	while (i < t.len && ascii_is_digit(t.s[i]))
		i++;
	return i > 0 && i == t.len;
}

bool
hazard_is_scientific(struct text t)
{
	size_t i = 0, digits;

	if (t.len > 0 && (t.s[0] == '-' || t.s[0] == '+'))
		i++;
	if (i == t.len || !ascii_is_digit(t.s[i++]))
		return false;
	if (i < t.len && (t.s[i] == '.' || t.s[i] == ',')) {
		digits = ++i;
		while (i < t.len && ascii_is_digit(t.s[i]))
			i++;
		if (i == digits)
			return false;
	}
	if (t.len - i < 3 || (t.s[i] != 'E' && t.s[i] != 'e') ||
	    t.s[i + 1] != '+')
		return false;
	return t.len - i <= 5 &&
	       hazard_is_digits((struct text){t.s + i + 2, t.len - i - 2});
}

bool
hazard_is_whole_float(struct text t)
{
	size_t sign = t.len > 0 && t.s[0] == '-';

	return t.len > 2 + sign && t.s[t.len - 1] == '0' &&
	       t.s[t.len - 2] == '.' &&
	       hazard_is_digits((struct text){t.s + sign, t.len - sign - 2});
}

bool
hazard_is_quoted_list(struct text t)
{
	if (t.len < 7 || t.s[0] != '"' || t.s[t.len - 1] != '"')
		return false;
	for (size_t i = 1; i + 3 < t.len; i++)
		if (t.s[i] == '"' && strchr(",;|", t.s[i + 1]) != NULL &&
		    t.s[i + 1] != '\0' && t.s[i + 2] == '"')
			return true;
	return false;
}

#define KEPT_DIGITS ((size_t)15)

bool
hazard_is_rounded(struct text t)
{
	if (t.len <= KEPT_DIGITS || !hazard_is_digits(t))
		return false;
	for (size_t i = KEPT_DIGITS; i < t.len; i++)
		if (t.s[i] != '0')
			return false;
	return true;
}

bool
hazard_is_error_value(struct text t)
{
	static const char *const words[] = {"#REF!", "#N/A", "#NAME?",
	    "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
	    "#GETTING_DATA", "#BEZUG!", "#NV", "#WERT!"};

	if (t.len < 3 || t.s[0] != '#')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (text_is(t, words[i]))
			return true;
	return false;
}

bool
hazard_is_hashes(struct text t)
{
	size_t i = 0;

	while (i < t.len && t.s[i] == '#')
		i++;
	return i >= 3 && i == t.len;
}

/* Digits and what stands between them in numbers, amounts and phones. */
static bool
is_number_like(struct text t)
{
	static const bool is_sign[0x80] = {[' '] = true,
	    ['.'] = true,
	    [','] = true,
	    ['-'] = true,
	    ['+'] = true,
	    ['/'] = true,
	    ['('] = true,
	    [')'] = true,
	    ['\''] = true,
	    ['%'] = true,
	    ['e'] = true,
	    ['E'] = true,
	    [':'] = true,
	    ['x'] = true,
	    ['#'] = true,
	    ['$'] = true,
	    ['\0'] = true};
	bool has_digit = false;

	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (ascii_is_digit(t.s[i]))
			has_digit = true;
		else if (c < 0x80 && !is_sign[c])
			return false;
	}
	return has_digit;
}

static bool
is_dashes(struct text t)
{
	size_t i = 0;

	while (
	    i < t.len && (t.s[i] == t.s[0] || t.s[i] == ' ' || t.s[i] == '>'))
		i++;
	return i == t.len;
}

bool
hazard_is_formula(struct text t)
{
	char c = t.len > 1 ? t.s[0] : '\0';

	if (c == '=' || c == '@')
		return !is_dashes(t);
	if (c != '+' && c != '-')
		return false;
	return t.s[1] != ' ' && !is_dashes(t) && !is_number_like(t);
}

bool
hazard_is_total(struct text t, bool *is_alone)
{
	static const char *const words[] = {"grand total", "subtotal",
	    "sub total", "sub-total", "total", "totals", "sum", "summe",
	    "gesamt", "gesamtsumme", "totale", "totaal", "suma", "somme",
	    "итого", "कुल", "合計"};

	char first = t.len < 3 ? '\0' : ascii_lower(t.s[0]);

	/* Every row is asked; nearly all have another first letter. */
	if ((unsigned char)first < 0x80 && first != 'g' && first != 's' &&
	    first != 't')
		return false;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]);

		if (t.len < len || strncasecmp(t.s, words[i], len) != 0)
			continue;
		*is_alone =
		    t.len == len || (t.len == len + 1 && t.s[len] == ':');
		if (*is_alone || t.s[len] == ' ' || t.s[len] == ':')
			return true;
	}
	return false;
}

/* U+0080 to U+00BF, or what Windows-1252 has in the place of 80 to 9F. */
static bool
is_second_half(uint32_t c)
{
	static const uint16_t cp1252[] = {0x20ac, 0x201a, 0x192, 0x201e, 0x2026,
	    0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x17d, 0x2018,
	    0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
	    0x161, 0x203a, 0x153, 0x17e, 0x178};

	if (c >= 0x80 && c <= 0xbf)
		return true;
	for (size_t i = 0; i < sizeof(cp1252) / sizeof(cp1252[0]); i++)
		if (c == cp1252[i])
			return true;
	return false;
}

/* Two characters that are one of UTF-8, read byte by byte. */
static bool
is_mojibake(uint32_t before, uint32_t c)
{
	switch (before) {
	case 0xc2: /* Â: a sign such as ° or a no-break space follows */
		return c >= 0x80 && c <= 0xbf;
	case 0xc3: /* Ã: é, ü, ñ, … */
	case 0xd0: /* Ð, Ñ: Cyrillic */
	case 0xd1:
		return is_second_half(c);
	case 0xe0: /* à¤, à¥: Devanagari */
		return c == 0xa4 || c == 0xa5;
	case 0xe2: /* â€: quotes and dashes */
		return c == 0x20ac || c == 0x80;
	case 0xef: /* ï»: a byte order mark; ï¿: a lost character */
		return c == 0xbb || c == 0xbf;
	default:
		return false;
	}
}

/* What no encoding that people use for text leaves after: control characters
 * of C1, lines of boxes beside a letter, lost characters, and UTF-8 that was
 * read byte by byte. `next` is 0 at the end. */
static bool
is_decoded_wrongly(uint32_t before, uint32_t c, uint32_t next)
{
	if (c >= 0x2500 && c <= 0x259f)
		return code_point_is_word(before) || code_point_is_word(next);
	return (c >= 0x80 && c <= 0x9f) || c == 0xfffd ||
	       is_mojibake(before, c);
}

bool
hazard_find_mojibake(struct text t, size_t *offset)
{
	uint32_t before = ' ';
	size_t at = 0;

	while (at < t.len) {
		size_t begin = at, ahead;
		uint32_t c, next;

		if ((unsigned char)t.s[at] < 0x80) {
			before = (unsigned char)t.s[at++];
			continue;
		}
		c = utf8_next(t.s, t.len, &at);
		ahead = at;
		next = at < t.len ? utf8_next(t.s, t.len, &ahead) : 0;
		if (is_decoded_wrongly(before, c, next)) {
			*offset = begin;
			return true;
		}
		before = c;
	}
	return false;
}

/* Letters of which no two could be one that was decoded wrongly, and nothing
 * unseen: those of Latin-1 beside ASCII, and the scripts between them and the
 * signs (E2). False says nothing. */
static bool
are_letters(struct text t)
{
	size_t i = 0;

	while (i < t.len) {
		unsigned char c = (unsigned char)t.s[i];

		if ((c >= 0x80 && c < 0xC3) || c == 0xE2 || c >= 0xEE)
			return false;
		i += c < 0x80 ? 1 : c < 0xE0 ? 2 : 3;
		if (c == 0xC3 && i < t.len && (unsigned char)t.s[i] >= 0x80)
			return false;
	}
	return true;
}

bool
hazard_has_composed(struct text t)
{
	size_t at = 0;

	if (utf8_check(t.s, t.len) != t.len)
		return false;
	while (at < t.len)
		if (code_point_is_composed(utf8_next(t.s, t.len, &at)))
			return true;
	return false;
}

/* What is there and nobody sees. */
static void
find_unseen(struct text t, struct hazard_marks *m)
{
	uint32_t before = 0;
	size_t at = 0;

	while (at < t.len) {
		uint32_t c = utf8_next(t.s, t.len, &at);
		unsigned char next = at < t.len ? (unsigned char)t.s[at] : ' ';

		if (c == 0xa0 && !m->mojibake)
			m->nbsp = true;
		else if (c == 0x200b || c == 0x2060 || c == 0xfeff ||
			 /* Between letters of India or Persia, or in an
			  * emoji, joiners are spelling. */
			 ((c == 0x200c || c == 0x200d) &&
			     (before < 0x80 || next < 0x80)))
			m->invisible = true;
		before = c;
	}
}

struct hazard_marks
hazard_marks(struct text t)
{
	struct hazard_marks m = {.mojibake = false};
	struct buf form = BUF_INIT(0);
	size_t at;

	if (utf8_check(t.s, t.len) != t.len)
		return m;
	if (!are_letters(t)) {
		m.mojibake = hazard_find_mojibake(t, &at);
		find_unseen(t, &m);
	}
	m.decomposed =
	    !text_is_plainly_nfc(t) && !text_equal(text_nfc(&form, t), t);
	buf_release(&form);
	return m;
}

uint64_t
hazard_length(struct text t)
{
	uint64_t units = 0;

	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if ((c & 0xc0) != 0x80)
			units += c >= 0xf0 ? 2 : 1;
	}
	return units;
}

/* One or two digits at *at. */
static bool
take_part(struct text t, size_t *at, int *value)
{
	size_t begin = *at;

	*value = 0;
	while (*at < t.len && *at - begin < 3 && ascii_is_digit(t.s[*at]))
		*value = *value * 10 + (t.s[(*at)++] - '0');
	return *at > begin && *at - begin <= 2;
}

enum date_order
hazard_date_order(struct text t)
{
	size_t at = 0, year;
	int first, second;
	char sign;

	if (t.len < 6 || t.len > 30 || !take_part(t, &at, &first))
		return ORDER_NONE;
	sign = at < t.len ? t.s[at++] : '\0';
	if ((sign != '/' && sign != '.' && sign != '-') ||
	    !take_part(t, &at, &second) || at == t.len || t.s[at++] != sign)
		return ORDER_NONE;
	year = at;
	while (at < t.len && ascii_is_digit(t.s[at]))
		at++;
	if ((at - year != 4 && at - year != 2) ||
	    (at < t.len && t.s[at] != ' ' && t.s[at] != ','))
		return ORDER_NONE;
	if (first > 12 && first <= 31 && second >= 1 && second <= 12)
		return ORDER_DAY_FIRST;
	if (second > 12 && second <= 31 && first >= 1 && first <= 12)
		return ORDER_MONTH_FIRST;
	return ORDER_NONE;
}

#define SWALLOWED_LINES ((size_t)5)

bool
hazard_is_swallowed(struct text t, char delimiter, size_t columns)
{
	size_t lines = 0, like_records = 0, signs = 0;

	for (size_t i = 0; i <= t.len; i++) {
		if (i == t.len || t.s[i] == '\n') {
			lines++;
			if (columns > 1 && signs + 1 >= columns)
				like_records++;
			signs = 0;
		} else if (t.s[i] == delimiter) {
			signs++;
		}
	}
	/* The first and the last line are torn. */
	return lines > SWALLOWED_LINES && like_records * 2 >= lines;
}

/* Whether a word of the name is `word`; words end where letters do, and where
 * a capital follows a small letter. */
static bool
has_word(struct text name, const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i + len <= name.len; i++) {
		char before = i > 0 ? name.s[i - 1] : ' ';
		char first = name.s[i];
		char behind = i + len < name.len ? name.s[i + len] : ' ';
		bool begins =
		    !((before | 0x20) >= 'a' && (before | 0x20) <= 'z') ||
		    (before >= 'a' && first >= 'A' && first <= 'Z');
		bool ends = !(behind >= 'a' && behind <= 'z');

		if (strncasecmp(name.s + i, word, len) == 0 && begins && ends)
			return true;
	}
	return false;
}

int
hazard_zero_name(struct text name)
{
	static const char *const sure[] = {"zip", "pin", "pincode", "plz",
	    "postal", "postcode", "postleitzahl", "zipcode", "phone", "mobile",
	    "tel", "telefon", "fax", "ean", "gtin", "upc", "barcode", "isbn",
	    "ssn", "siret", "siren", "aadhaar", "ifsc"};
	static const char *const maybe[] = {"id", "no", "nr", "number", "code",
	    "account", "konto", "ref", "reference", "sku", "key"};

	for (size_t i = 0; i < sizeof(sure) / sizeof(sure[0]); i++)
		if (has_word(name, sure[i]))
			return 2;
	for (size_t i = 0; i < sizeof(maybe) / sizeof(maybe[0]); i++)
		if (has_word(name, maybe[i]))
			return 1;
	return 0;
}
