/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_FIELD_MATCH_H
#define AUTHOR_FIELD_MATCH_H

/*
 * Which field of a procedure a column is meant for, by its name and what is in
 * it: pure functions. Names are compared without case, accents, blanks and
 * signs, by the words of a few languages (field_words.c), and word by word.
 */

#include "base/text.h"
#include "chakra/response.h"

#include <stdbool.h>

/* What the values say of a field's type. */
enum field_fit {
	FIT_UNKNOWN, /* no values, or a type that takes any text */
	FIT_AGREES,  /* a date for a date */
	FIT_CONTRADICTS
};

/* From this score on a field is proposed. */
#define FIELD_SCORE_SURE 70
/* From this one on it is named. */
#define FIELD_SCORE_NEAR 40

/* 0 to 100. */
int field_score(
    struct text name, const struct config_item *field, enum field_fit fit);
/* The same of a value and a state. */
int state_score(struct text value, const struct config_item *state);

/* Two names, as field_key_add makes them, mean the same in a few languages. */
bool field_words_same(struct text a, struct text b);
bool state_words_same(struct text a, struct text b);

#endif
