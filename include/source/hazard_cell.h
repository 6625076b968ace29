/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_HAZARD_CELL_H
#define SOURCE_HAZARD_CELL_H

/* What a single cell shows of the hazards in hazards.h: pure functions of its
 * text, which is trimmed unless said otherwise. */

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* [+-]?d(.d+)?E+dd: what a spreadsheet makes of a long number. */
bool hazard_is_scientific(struct text t);
/* All of it is ASCII digits; not empty. */
bool hazard_is_digits(struct text t);
/* 7.0: a whole number as a program writes it whose columns with gaps hold
 * floats. */
bool hazard_is_whole_float(struct text t);
/* "a","b, c": a record of its own, with any of , ; | between the quotes. */
bool hazard_is_quoted_list(struct text t);
/* At least 16 digits, and only zeros behind the 15th. */
bool hazard_is_rounded(struct text t);
/* #REF! #N/A #NAME? #VALUE! #DIV/0! #NUM! #NULL! #SPILL! #CALC! … */
bool hazard_is_error_value(struct text t);
/* Three and more `#`, nothing else. */
bool hazard_is_hashes(struct text t);
/* Begins with = + - @ and is no number, phone number or dash. */
bool hazard_is_formula(struct text t);
/* A word for a sum at its front; *is_alone: nothing else is in the cell. */
bool hazard_is_total(struct text t, bool *is_alone);

/* What beyond ASCII is in it. */
struct hazard_marks {
	bool mojibake, nbsp, invisible;
	/* Letters with accents as one character; letters whose accents follow
	 * as combining marks, which NFC would make one. */
	bool composed, decomposed;
};
struct hazard_marks hazard_marks(struct text t);
/* Where in well-formed text something stands that shows that it was decoded
 * wrongly; false if nothing does. */
bool hazard_find_mojibake(struct text t, size_t *offset);

/* UTF-16 units, as spreadsheets count characters; t is not trimmed. */
uint64_t hazard_length(struct text t);

enum date_order { ORDER_NONE, ORDER_DAY_FIRST, ORDER_MONTH_FIRST };
/* Of a date in numbers with the year last: which order alone can be meant. */
enum date_order hazard_date_order(struct text t);

/* A cell of several lines most of which look like records of their own;
 * t is not trimmed. `columns` is the width of the table. */
bool hazard_is_swallowed(struct text t, char delimiter, size_t columns);

/* A header's name for numbers that may begin with a zero. 2: such as a postal
 * code or a phone number; 1: an id, a number; 0: neither. */
int hazard_zero_name(struct text name);

#endif
