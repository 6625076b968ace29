/* SPDX-License-Identifier: MIT */
#ifndef LOOK_COLUMN_PROFILE_H
#define LOOK_COLUMN_PROFILE_H

/*
 * What the cells of one column look like: fed cell by cell, asked at the end.
 *
 * The judges are the importer's own conversions, so a column that "looks like"
 * a type is one whose every value that type accepts. What could be meant in
 * two ways (1,234; 03/04/2025) is said to be ambiguous, never decided. Memory
 * is bounded: about 8 KiB a column that has values.
 */

#include "base/buf.h"
#include "base/text.h"
#include "mapping/mapping.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which marks the numbers of a column have: currencies and percent signs, and
 * how a negative number is written. Currencies are known by a list (signs,
 * names of ISO 4217, a few abbreviations): any other letter beside digits
 * could be part of a code, which is not a number.
 */

/* Ways to write decimals, the plainest first. */
#define SIGN_WAYS ((size_t)7)
extern const struct decimal_signs column_sign_ways[SIGN_WAYS];
struct amount_watch {
	uint64_t fits[SIGN_WAYS]; /* by the signs that read it */
	uint64_t minus, parentheses, trailing;
	uint64_t with_sign; /* with a decimal or thousands sign */
	uint64_t units;	    /* a bit for each of amount_units */
};

/* Whether the text is a number with marks, in some way of signs; counts it.
 * scratch: any buffer; it is cleared. */
bool amount_see(struct amount_watch *w, struct text t, struct buf *scratch);
/* Counts a number that nothing is around: in some ways of signs (bits), with a
 * minus before it or without, has_sign: with a sign inside it or without. */
void amount_add_plain(
    struct amount_watch *w, unsigned ways, bool is_minus, bool has_sign);

enum amount_doubt {
	AMOUNT_CLEAR,
	AMOUNT_SEVERAL_UNITS, /* the number would not say which */
	AMOUNT_PERCENT,	      /* 12.5 or 0.125? */
	AMOUNT_ALL_NEGATIVE,  /* (5) in each row may mean something else */
	AMOUNT_GRADES	      /* 1-, 2-: not a column of amounts */
};
struct amount_guess {
	unsigned negative; /* NUMBER_*: 0 = plain */
	uint64_t units;
	enum amount_doubt doubt;
};
/* Of a column of `filled` values all of which were seen. */
void amount_judge(
    const struct amount_watch *w, uint64_t filled, struct amount_guess *g);

/* Appends ", negative: any, units: [\"$\"]", as a mapping has it. */
void amount_keys(struct buf *out, const struct amount_guess *g);
/* Appends the guess in words, or what keeps it from being one. */
void amount_words(struct buf *out, const struct amount_guess *g);

/*
 * Which formats a text could be a date in. A code stands for a format; a text
 * gets all codes whose format reads it (convert.h is the judge), so that
 * 03/04/2025 has two and 25/12/2025 one. A column is a set of such sets.
 */

#define DATE_CODES 3 /* a text has at most so many */
#define DATE_FORMAT_SIZE 48
#define DATE_SETS 6 /* a column with more is not a column of dates */

/* Returns how many codes; 0 = no date. */
size_t date_codes(struct text t, uint16_t codes[DATE_CODES]);
/* The format in strptime's letters; "" for ISO 8601, which needs none. */
void date_code_format(uint16_t code, char out[DATE_FORMAT_SIZE]);
bool date_code_has_time(uint16_t code);
bool date_code_has_short_year(uint16_t code); /* %y */
bool date_code_is_year_first(uint16_t code);
/* The year as the text has it, 0-99, of a code with a short year; -1 = it has
 * none. */
int date_code_short_year(uint16_t code, struct text t);

/* Which years of two digits a column has: a bit for each. */
struct short_years {
	uint64_t bits[2];
};
void short_years_add(struct short_years *s, int year);
/* The `century` that reads them as one stretch of years without a wide gap in
 * it, as late as can be: not after this year if `is_past` (births), else not
 * more than twenty years after it. *first and *last are the years of the
 * stretch. */
int short_years_century(const struct short_years *s, int this_year,
    bool is_past, int *first, int *last);

struct date_sets {
	struct date_set {
		uint16_t codes[DATE_CODES];
		size_t count;
	} sets[DATE_SETS];
	size_t count;
	bool has_more;
};
void date_sets_add(
    struct date_sets *s, const uint16_t codes[DATE_CODES], size_t count);

enum date_verdict {
	DATES_NONE,
	DATES_CLEAR,	 /* codes[0 … count-1] read each value in one way */
	DATES_AMBIGUOUS, /* codes[] each read all values, differently */
	DATES_MIXED	 /* no one or two formats read all values in one way */
};
enum date_verdict date_sets_judge(
    const struct date_sets *s, uint16_t codes[DATE_CODES], size_t *count);

/*
 * How many different values a column has, in bounded memory: the K smallest
 * hashes are kept (Bar-Yossef and others 2002). Up to K the number is exact;
 * beyond it is an estimate with a standard error of about 4 %. The hash's key
 * is fixed, so the same file gets the same answer. A few short values are kept
 * as text, with their counts, as long as there are only a few.
 */

#define DISTINCT_K ((size_t)512)
#define DISTINCT_WORDS ((size_t)16)
#define DISTINCT_SLOTS ((size_t)64)
#define DISTINCT_WORD_MAX ((size_t)48) /* bytes */

struct distinct_word {
	char text[DISTINCT_WORD_MAX];
	size_t len;
	uint64_t count;
	unsigned note; /* 0 at first: whoever adds values keeps here what it
			* found out about this one */
};

struct distinct {
	uint64_t *smallest; /* ascending */
	size_t count, cap;
	bool is_full;		     /* some hash was dropped */
	struct distinct_word *words; /* NULL once there were too many */
	size_t word_count;
	bool has_no_words;
	/* Where the words are by their hash: index + 1, 0 = nowhere. */
	unsigned char slots[DISTINCT_SLOTS];
};

void distinct_release(struct distinct *x);
/* The word that it is, valid until the next is added; NULL = there are too
 * many for words. */
struct distinct_word *distinct_add(struct distinct *x, struct text value);
/* *is_exact may be NULL. */
uint64_t distinct_estimate(const struct distinct *x, bool *is_exact);

/*
 * Languages by their names of months: bit i = language i, 0 is English.
 */

/* The letters in a text that could be a month's name: the first three and
 * more; empty if there are none. */
struct text month_word(struct text t);
/* Those in which the word is a month (1-12 in *month). 0 = in none. */
uint32_t month_languages_of(struct text word, int *month);
/* Appends the text with the month's English name, in three letters, instead of
 * the word in it. */
void month_as_english(
    struct text t, struct text word, int month, struct buf *out);
/* "German": static. */
const char *month_language_name(unsigned language);
/* Appends the names as `month_names:` has them. */
void month_language_list(unsigned language, struct buf *out);

enum cell_class {
	CLASS_INTEGER,
	CLASS_DECIMAL, /* in some signs; integers too */
	CLASS_AMOUNT, /* with a unit or a minus in another form; decimals too */
	CLASS_BOOLEAN, /* words; 0 and 1 are integers */
	CLASS_EMAIL,
	CLASS_PHONE, /* 8-15 digits with the signs of phone numbers */
	CLASS_DATE,
	CLASS_TIME,
	CLASS_URL,
	CLASS_COUNT
};

#define PROFILE_VALUE 48 /* bytes kept of a value */
struct profile_value {
	uint64_t row;
	size_t len;
	bool is_cut;
	char text[PROFILE_VALUE];
};

#define PROFILE_EXAMPLES 3

struct column_profile {
	uint64_t cells, filled;
	uint64_t shortest, longest; /* characters of filled, trimmed cells */
	uint64_t longest_row;
	uint64_t fits[CLASS_COUNT];
	struct profile_value *misfits; /* [CLASS_COUNT]: the first of each */
	unsigned missed; /* a bit for each class that has a misfit */
	uint64_t sign_fits[SIGN_WAYS];
	struct amount_watch amounts;
	uint64_t wrapped;    /* ="00123": looked at as 00123 */
	bool has_sign;	     /* a comma, dot, … in a number */
	bool has_zero;	     /* an integer with a leading zero or a plus */
	size_t digits_max;   /* of an integer */
	uint64_t two_phones; /* cells with two phone numbers */
	uint64_t plus;	     /* phones that begin with + or 00 */
	struct date_sets dates;
	/* Of dates with a month's name: the languages that know all of them;
	 * only if has_month_name. */
	uint32_t month_languages;
	bool has_month_name;
	uint64_t day_numbers; /* 20000 (1954) to 59999 (2064), as a spreadsheet
			       * counts days */
	bool has_day_part;    /* one of them with a fraction */
	/* Lists of items in quotes, with commas and with semicolons. */
	uint64_t quoted_lists[2];
	bool has_quoted_items; /* one of them with two items and more */
	/* Years of two digits that were seen: of dates with the year last and
	 * first. */
	struct short_years short_years[2];
	struct distinct distinct;
	struct profile_value examples[PROFILE_EXAMPLES];
	size_t example_count;
};

void column_profile_release(struct column_profile *p);
/* scratch: any buffer; it is cleared. */
void column_profile_add(struct column_profile *p, uint64_t row,
    struct text cell, struct buf *scratch);

enum column_kind {
	COLUMN_EMPTY,
	COLUMN_TEXT,
	COLUMN_INTEGER,
	COLUMN_DECIMAL,
	COLUMN_BOOLEAN,
	COLUMN_EMAIL,
	COLUMN_PHONE,
	COLUMN_DATE, /* formats[], none = ISO 8601 */
	COLUMN_TIME,
	COLUMN_URL
};
/* "empty", "text", "integer", …: static. */
const char *column_kind_name(enum column_kind kind);

struct column_guess {
	enum column_kind kind;
	/* Every value fits in more than one way: kind is what it is, and
	 * which way is meant nobody can tell from the values. */
	bool is_ambiguous;
	bool is_mixed; /* dates: each in some format, no one or two in all */
	struct decimal_signs signs; /* COLUMN_DECIMAL */
	struct amount_guess amount; /* the same; zero for plain decimals */
	/* Every value could be a spreadsheet's number of a day; what it is
	 * otherwise stands in kind. */
	bool is_day_number;
	bool has_time; /* COLUMN_DATE */
	uint16_t formats[DATE_CODES];
	size_t format_count;
	const struct short_years *short_years; /* of a format with %y */
	unsigned month_language; /* of names of months; 0 = English, or none */
	bool is_code; /* integers that are not numbers: a leading zero, a plus,
		       * more than 15 digits */
	/* Text nearly all of which (90 % and more) is of a class. */
	bool is_nearly;
	uint64_t two_phones; /* text: phones, but for so many cells with two */
	enum cell_class nearly;
	uint64_t misfit_count;
};
void column_profile_judge(
    const struct column_profile *p, struct column_guess *g);
/* Appends it in words: "date %d/%m/%Y", "decimal 1.234,56", "text; nearly
 * integer, but 3 cells are not (B7 'n/a')". `column` is for the address. */
void column_guess_words(struct buf *out, const struct column_profile *p,
    const struct column_guess *g, size_t column);

/* Appends the day that a day number means: "'45123' would be 2023-07-16". */
void column_day_words(struct buf *out, const struct profile_value *v);

/* Appends a kept value between quotes, fit for a terminal, "…" where cut. */
void profile_value_show(struct buf *out, const struct profile_value *v);

#endif
