/* SPDX-License-Identifier: MIT */
#ifndef VALUE_CONVERT_H
#define VALUE_CONVERT_H

/*
 * Conversions of cells, a chapter for numbers, texts, dates and JSON each;
 * first what all of them share: the reason why a text is not what its type
 * expects, for a person to read.
 *
 * They are pure functions: text and options in, JSON text appended to a
 * buffer, true; or false with a reason (NULL: nobody asks) and the buffer as it
 * was. They know nothing of fields, rows or the mapping. A false with an empty
 * message means that the buffer's maximum was reached (buf.overflow).
 */

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "value/forms.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct convert_reason {
	const char *cause; /* static: which of the reasons of a type it is, in
			    * one word: "exponent", "no_such_day"; "" = the
			    * only one. Texts that differ only in their
			    * values have one cause. */
	char message[256]; /* lower case, no full stop; without the value */
	char hint[256];	   /* the next step, or empty */
};

/* Sets cause and message and clears the hint; returns false. */
bool convert_say_fail(struct convert_reason *r, const char *cause,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Sets the hint; returns false. */
bool convert_say_hint(struct convert_reason *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The same where r may be NULL: whoever does not ask why gives no reason, and
 * then its words are not even worked out, which takes longer than most
 * conversions. */
#define convert_fail(r, ...)                                                   \
	((r) == NULL ? false : convert_say_fail((r), __VA_ARGS__))
#define convert_hint(r, ...)                                                   \
	((r) == NULL ? false : convert_say_hint((r), __VA_ARGS__))
/* The end of a conversion: false with an empty message if `added` is false
 * (the buffer is cut back to `start`), else true. */
bool convert_done(
    struct convert_reason *r, struct buf *out, size_t start, bool added);

/* "a comma", "the letter 'x'", "the character '€'", "a no-break space",
 * "the character U+200B": what stands at byte `at` of well-formed UTF-8; "the
 * end" at its end. Returns out. */
const char *convert_name_char(struct text t, size_t at, char out[48]);
/* The cause that a character which should not be there makes: "end",
 * "letter", "digits", "currency", "percent", "parentheses", "minus" (hyphens,
 * dashes and U+2212), "other_digits", "comma", "full_stop", "slash", "blank",
 * "unseen" or "sign" (all others). Static. */
const char *convert_char_cause(struct text t, size_t at);

/*
 * Numbers as digits: nothing goes through a double, so that `10.50` stays
 * `10.50` and twenty digits stay twenty digits.
 */

/* [+-]?[0-9]+ of any length. The plus sign and leading zeros go; all other
 * digits are kept; -0 becomes 0. */
bool convert_integer(struct text t, struct buf *out, struct convert_reason *r);

/* [+-]? digits, with an optional fraction of at least one digit. The integer
 * part may be missing (.5 becomes 0.5) or be grouped, all of it: groups of
 * three, or of two before the last three (12,34,567). A plus sign and leading
 * zeros go; the fraction's digits are all kept; a zero has no minus. Exponents
 * and `5.` are refused. */
bool convert_decimal(struct text t, struct decimal_signs signs, struct buf *out,
    struct convert_reason *r);

/* How a negative number may be written: bits. */
#define NUMBER_MINUS 1U	      /* -5, and with U+2212 */
#define NUMBER_PARENTHESES 2U /* (5) */
#define NUMBER_TRAILING 4U    /* 5- */

enum percent_form { PERCENT_STAYS, PERCENT_DIVIDES };

/* What may stand around the digits. */
struct number_rules {
	struct decimal_signs signs;
	bool is_whole;		  /* convert_integer, else convert_decimal */
	unsigned negative;	  /* NUMBER_* */
	const struct text *units; /* without digits in them */
	size_t unit_count;
	enum percent_form percent; /* of the unit "%" */
};

/* Nothing but digits, signs and a minus before them. */
static inline bool
number_is_plain(const struct number_rules *rules)
{
	return rules->negative == NUMBER_MINUS && rules->unit_count == 0;
}

/* A number with its marks taken off. */
struct number_marks {
	struct text digits;    /* what is left, without a sign */
	unsigned negative;     /* NUMBER_*: how it is written; 0 = it is not */
	int before, after;     /* index of the unit; -1 = none */
	bool has_blank[2];     /* before the digits, after them */
	unsigned opens, signs; /* while it is taken apart */
};
/* Takes off what the rules allow: one unit on each side, one sign or a pair
 * of parentheses, blanks beside a unit or inside parentheses. Everything else
 * is left in `digits`, for the conversion to refuse, or is refused here. */
bool number_marks(struct text t, const struct number_rules *rules,
    struct number_marks *m, struct convert_reason *r);
/* A JSON number: the digits as they stand, with the minus that the marks mean
 * (U+2212 is one wherever a hyphen is); PERCENT_DIVIDES moves the point of a
 * percentage two places. */
bool convert_number(struct text t, const struct number_rules *rules,
    struct buf *out, struct convert_reason *r);

/* Why a number is refused whose byte `at` should not be there: what the whole
 * text looks like ("parentheses", "trailing_minus", "whole_float"), else
 * convert_char_cause. */
const char *number_cause(struct text t, size_t at);

/* -1, 0, 1: compares two JSON numbers by value, exactly, whatever their
 * length; exponents are understood (10.50 equals 10.5 equals 1.05e1). */
int number_compare(struct text a, struct text b);

/* False for integers (JSON text) beyond +-2^53, which a receiver that reads
 * numbers as doubles would round. */
bool integer_is_safe(struct text json);

/* Text with a form: words for true and false, addresses, phone numbers, and
 * letters in another case, what texts become. */

struct word_list {
	const struct text *words;
	size_t count;
	/* The same sorted by texts_sort_fold; NULL: they are few. */
	const struct text *folded;
};
/* true or false; the words in any case. */
bool convert_boolean(struct text t, struct word_list true_words,
    struct word_list false_words, struct buf *out, struct convert_reason *r);

/* The address as it stands, as a JSON string. One `@`; before it 1-64 bytes
 * without blanks, brackets, quotes, commas, and with dots only between other
 * characters; after it a domain of at least two labels, letters, digits,
 * hyphens and anything beyond ASCII that can be seen. No DNS, no RFC 5322
 * comments or quoted names: an export that has them has a mistake. */
bool convert_email(struct text t, struct buf *out, struct convert_reason *r);

struct phone_rules {
	struct text calling_code; /* "91", or empty */
	struct text trunk_prefix; /* "0", or empty */
};
/* A JSON string of 8-15 digits. Separators go: blanks, hyphens, dots,
 * slashes, brackets and the invisible marks that come with copied numbers. A
 * number that begins with `+` or `00` keeps its code, and an "(0)" in it goes;
 * otherwise the trunk prefix is taken off and the calling code put before. Two
 * numbers in the cell are refused. */
bool convert_phone(struct text t, const struct phone_rules *rules,
    struct buf *out, struct convert_reason *r);

/*
 * Upper, lower and title case of UTF-8 without a locale, one code point to
 * one code point (base/unicode.h): the sharp s has no upper case here, Turkish
 * i is the English one, a capital sigma becomes the sigma of the middle of a
 * word.
 */

/* Append the whole text in the other case; false if the buffer is full. */
bool text_add_upper(struct buf *out, struct text t);
bool text_add_lower(struct buf *out, struct text t);
/* The first letter of each word in upper case, the others in lower case. A
 * word is a run of letters, digits, marks and inner apostrophes: "o'neil
 * jean-luc 3rd" becomes "O'neil Jean-Luc 3rd". */
bool text_add_title(struct buf *out, struct text t);

/*
 * What a text becomes, for many texts: the rows of a lookup table
 * (`map: {file, from, to}`), or a map that ignores case. Texts are compared in
 * Unicode NFC, with ignores_case also without the case of their letters.
 */

#define LOOKUP_ENTRIES_MAX ((size_t)1000000)
/* Of all tables of a mapping, in memory. */
#define LOOKUP_BYTES_MAX ((size_t)256 << 20)

struct lookup_table;

struct lookup_table *lookup_table_new(bool ignores_case);
void lookup_table_free(struct lookup_table *t);

enum lookup_added {
	LOOKUP_ADDED,
	LOOKUP_AGREES, /* the text is there, with the same result */
	LOOKUP_DIFFERS /* it is there, with another: *line is that of it */
};
/* Copies both. `line` is where they stand, of the first 2^32 - 1 lines. What
 * lookup_table_find gave is no longer valid. */
enum lookup_added lookup_table_add(
    struct lookup_table *t, struct text from, struct text to, uint64_t *line);

/* A text as it is compared, in `work` (two buffers) if it is not that already.
 * Making it asks the memory for what lookup_table_find will look at. */
struct lookup_key {
	struct text text;
	uint32_t hash;
};
struct lookup_key lookup_table_key(
    const struct lookup_table *t, struct text from, struct buf *work);
/* What the text becomes, in *to; false = it is not there. */
bool lookup_table_find(const struct lookup_table *t,
    const struct lookup_key *key, struct text *to);

size_t lookup_table_count(const struct lookup_table *t);
/* The texts as they are compared, in the order in which they were added;
 * lookup_table_count of them, from the arena. */
const struct text *lookup_table_names(
    const struct lookup_table *t, struct arena *a);
/* What it takes in memory. */
size_t lookup_table_bytes(const struct lookup_table *t);

/*
 * Dates and times of day, by format or ISO 8601.
 *
 * Formats use strptime's letters; the reading is our own (strptime takes
 * 31/02/2025, reads `25` under %Y as the year 25, and follows the locale).
 *
 *   %Y four digits            %y two digits: a year of the hundred that
 *                             begins with `century`
 *   %m month 1-12             %b %B %h English name, whole or three letters,
 *                             or one of `months`
 *   %d %e day 1-31            %j day of the year 1-366
 *   %a %A English weekday; must be the date's own
 *   %H %k hour 0-23           %I %l hour 1-12, with %p (AM, PM, a.m., p.m.)
 *   %M minute  %S second 0-59 %f fraction of a second, 1-9 digits
 *   %z Z, +hh, +hhmm, +hh:mm  %Z only UTC, GMT, Z (others are ambiguous)
 *   %s seconds since 1970     %T %R %D %F %r as strptime's
 *   %n %t and blanks: any number of blanks   %%
 *
 * A flag (-, _, 0) before the letter is read over. Numbers may lack their
 * leading zero, but not where two of them touch (%d%m%Y). Names in any case.
 * All of the text must be used, and a date that is not a calendar date is
 * refused. Fractions beyond milliseconds are cut off.
 *
 * ISO 8601 (extended form): 2026-04-15, 2026-04-15T11:22, :43, .123, with Z,
 * +05:30, +0530 or +05 after it; a blank may replace the T. Without an offset
 * it is local time of the zone.
 */

struct zone;

enum date_form {
	DATE_AS_MS,	 /* number: milliseconds since 1970, UTC */
	DATE_AS_SECONDS, /* number; a fraction is cut off */
	DATE_AS_ISO,	 /* "2026-04-15T11:22:43Z", with .mmm if not zero */
	DATE_AS_DAY	 /* "2026-04-15": the day that the cell names */
};

struct date_rules {
	const struct text *formats; /* none = ISO 8601 */
	size_t format_count;
	int century;		 /* the first year of %y; 0 = 1969 */
	const struct zone *zone; /* NULL = UTC */
	/* For %b; none = the English ones, else the text must be in NFC. */
	struct month_names months;
	enum date_form form;
	/* Years before 1900 and after 2100 are refused unless these say that
	 * somebody set a limit of his own. */
	bool any_past, any_future;
};

/* A spreadsheet's day number (45123, 45123.75; format: excel): the local time
 * in milliseconds since 1970, from 1900-03-01 to 9999. Its decimal sign is a
 * point or a comma. */
bool convert_excel_day(
    struct text t, int64_t *local_ms, struct convert_reason *r);

/* With several formats all are tried; a text that fits two of them with
 * different results is ambiguous and refused. *instant_ms is the moment in
 * milliseconds since 1970, whatever the form. */
bool convert_date(struct text t, const struct date_rules *rules,
    struct buf *out, int64_t *instant_ms, struct convert_reason *r);

enum time_form { TIME_AS_CLOCK, TIME_AS_SECONDS, TIME_AS_MS };
/* "HH:MM:SS" or a number since midnight. Without formats: HH:MM, HH:MM:SS,
 * HH:MM:SS.fff. */
bool convert_time(struct text t, const struct text *formats,
    size_t format_count, enum time_form form, struct buf *out,
    int64_t *since_midnight_ms, struct convert_reason *r);

/* 1-12, or a name: one of `months`, else an English one, whole, three letters
 * or "sept": a number. */
bool convert_month(struct text t, const struct month_names *months,
    struct buf *out, struct convert_reason *r);

/* Whether a format can be used: known letters, each part once, and enough of
 * them (a date: year, month and day; a time: an hour; %I and %p together). */
bool date_format_check(
    struct text format, bool is_time, struct convert_reason *r);

/* Texts that become something other than one scalar: JSON, lists, places on
 * the globe. */

/* Nested values; deeper ones are refused. */
#define JSON_DEPTH_MAX 64

/* Scratch memory of convert_json, kept from call to call. */
struct json_key;
struct json_checker {
	struct json_key *keys; /* of the objects that are open */
	size_t key_count, key_cap;
	size_t first[JSON_DEPTH_MAX + 2]; /* of each level's */
	struct buf text;		  /* a key without its escapes */
};
void json_checker_init(struct json_checker *c);
void json_checker_release(struct json_checker *c);

/* The JSON text without its blanks; strings and the digits of numbers as they
 * stand. Strict RFC 8259: one value and nothing after it. Also refused: a key
 * that an object has twice, a \u escape of half a surrogate pair, more
 * than JSON_DEPTH_MAX levels. */
bool convert_json(struct json_checker *c, struct text t, struct buf *out,
    struct convert_reason *r);

/* The next item that is not empty after trimming; false = none is left. The
 * separator has at least one byte. */
bool list_next(struct text *rest, struct text separator, struct text *item);
/* The same of a text that is a CSV record of its own ("a","b, c"): an item may
 * be in double quotes, blanks around these are skipped, and a quote
 * inside them is doubled. Appends the item to `text`, trimmed and never empty,
 * and returns 1; 0 = none is left; -1 with a reason: a quote that is not
 * closed, or text after one that is. */
int list_next_quoted(struct text *rest, struct text separator, struct buf *text,
    struct convert_reason *r);

enum list_element { LIST_STRING, LIST_INTEGER, LIST_DECIMAL };
struct list_rules {
	enum list_element element;
	struct decimal_signs signs;
};
/* A JSON array of the items. */
bool convert_list(const struct text *items, size_t count,
    const struct list_rules *rules, struct buf *out, struct convert_reason *r);

enum place_form {
	PLACE_AS_ARRAY,	 /* [12.97,77.59] */
	PLACE_AS_OBJECT, /* {"lat":12.97,"lng":77.59} */
	PLACE_AS_TEXT	 /* "12.97,77.59" */
};
/* Latitude, then longitude, in decimal degrees, with a comma (a semicolon
 * where the comma is the decimal sign) between; -90 to 90, -180 to 180. */
bool convert_place(struct text t, char decimal_sign, enum place_form form,
    struct buf *out, struct convert_reason *r);

#endif
