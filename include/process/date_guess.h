/* SPDX-License-Identifier: MIT */
#ifndef PROCESS_DATE_GUESS_H
#define PROCESS_DATE_GUESS_H

/*
 * Which formats a text could be a date in. A code stands for a format; a text
 * gets all codes whose format reads it (convert_date.h is the judge), so that
 * 03/04/2025 has two and 25/12/2025 one. A column is a set of such sets.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
