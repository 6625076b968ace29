/* SPDX-License-Identifier: MIT */
#ifndef BUILD_ADVICE_H
#define BUILD_ADVICE_H

/*
 * How a mapping could read the cells that it refuses, as a help line for the
 * group of problems of one field, code and cause.
 *
 * Obeying a line must be right for every cell of its group, and change no
 * value of a cell that passes today. A line that begins with "check first: "
 * names what a person must judge (which of two ways to read a date is meant,
 * whether a percentage is 12.5 or 0.125) and is not to be obeyed unread. What
 * is to be written stands between backquotes, in YAML, and can be pasted.
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>

struct builder;
struct plan_field;
struct cause_evidence;

#define ADVICE_CHECK_FIRST "check first: "

/* Appends the advice for the field at `path`, which the words call `name`,
 * from all rows that the builder has seen. False and nothing appended if
 * there is none that is right for all of them. */
bool builder_advise(const struct builder *b, struct text path, const char *name,
    const char *code, const char *cause, struct buf *out);

/* advice_number.c, advice_date.c, advice_words.c: the same for a field with
 * evidence; c is that of the group's cause. */
bool advise_number(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out);
bool advise_date(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out);
bool advise_time(const struct plan_field *p, const struct cause_evidence *c,
    const char *name, struct buf *out);
bool advise_boolean(
    const struct plan_field *p, const char *name, struct buf *out);
bool advise_map(const struct plan_field *p, const char *name, struct buf *out);

/* "`decimal: ","`, `thousands: "."`": one key after the other. */
struct advice_keys {
	struct buf *out;
	unsigned count;
};
void advice_key(struct advice_keys *k, const char *name, struct text value);
/* … with a word as value, or a list of texts; both as YAML. */
void advice_key_word(struct advice_keys *k, const char *name, const char *word);
void advice_key_list(struct advice_keys *k, const char *name,
    const struct text *items, size_t count);

#endif
