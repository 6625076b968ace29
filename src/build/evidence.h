/* SPDX-License-Identifier: MIT */
#ifndef BUILD_EVIDENCE_H
#define BUILD_EVIDENCE_H

/*
 * What the cells of one field say together about how the mapping should read
 * them: collected while rows stream by, asked at the end (advice.c).
 *
 * A cell that fails is tried with every rule that could be meant (signs of
 * decimals, ways to write a minus, units, formats of dates); the rules that
 * read all such cells remain. The converters themselves decide. Of cells that
 * pass, only what could contradict a rule is kept, as bits. So advice never
 * comes from one cell: it is what all failing cells allow and no passing one
 * forbids. A field takes a fixed amount of memory, and none if no cell of it
 * fails.
 *
 * Failing cells are kept apart by their cause, because a group of problems is
 * one cause: a cell that no rule reads takes the advice from its own group
 * only. If there are more causes than EVIDENCE_CAUSES, or more different texts
 * than EVIDENCE_TEXTS, only that is remembered, and no advice is given that
 * would need them all.
 */

#include "look/column_profile.h"
#include "value/convert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EVIDENCE_CAUSES 16
#define EVIDENCE_TEXTS 8
#define EVIDENCE_TEXT_MAX 40 /* bytes; longer ones count as "more" */

/* What passing values have, bit by bit. */
#define PASSED_ANY 1U
#define PASSED_FRACTION 2U /* a decimal sign */
#define PASSED_CLEAR_FRACTION                                                  \
	4U /* … that cannot be one of thousands: not                         \
	    * three digits follow */
#define PASSED_MINUS 8U
#define PASSED_THOUSANDS 16U
#define PASSED_TIME 32U /* an ISO date with a time of day */

/* What a failing number needs of the mapping, bit by bit. */
#define NEED_PARENTHESES 1U
#define NEED_TRAILING 2U
#define NEED_MINUS 4U /* a plain minus, which `negative` does not allow */
#define NEED_UNIT 8U
#define NEED_PERCENT 16U
#define NEED_DIGITS 32U
#define NEED_UNWRAP 64U
#define HAS_MINUS 128U	  /* it has one, allowed or not */
#define NEED_COMPACT 256U /* a date of eight digits */
#define NEED_EXCEL 512U	  /* five digits that a spreadsheet could mean */

/* Different texts, each once. */
struct texts_seen {
	struct {
		char s[EVIDENCE_TEXT_MAX];
		size_t len;
	} items[EVIDENCE_TEXTS];
	size_t count;
	bool has_more;
};
void texts_seen_add(struct texts_seen *s, struct text t);
struct text texts_seen_get(const struct texts_seen *s, size_t i);

struct cause_evidence {
	const char *cause; /* static; see struct convert_reason */
	bool is_unread;	   /* no rule reads one of its cells */
	unsigned needs;	   /* NEED_* of its cells */
};

/* Of one field; zero is nothing seen. */
struct evidence {
	struct cause_evidence causes[EVIDENCE_CAUSES];
	size_t cause_count;
	/* Numbers: bit i = column_sign_ways[i] reads every cell that any way
	 * reads. */
	unsigned ways;
	bool is_split;	/* a cell has another value in another way: 1,234 */
	unsigned needs; /* of all causes */
	struct texts_seen units;
	/* Dates: of every cell that some format reads. Digits without signs
	 * are looked at as 20260415 and the like (COMPACT_*). */
	struct date_sets dates;
	unsigned compact, times; /* bit i = the i-th format reads all */
	struct texts_seen words; /* of maps, booleans and one_of */
};

#define COMPACT_COUNT 3
extern const char *const compact_formats[COMPACT_COUNT];
#define CLOCK_COUNT 7 /* no text is read by two of them */
extern const char *const clock_formats[CLOCK_COUNT];

struct builder;
struct plan_field;

/* A value that passed its type: t is the text before it, json what it became.
 */
void evidence_pass(const struct plan_field *p, struct text t, struct text json);
/* One that its type refused for `cause`. */
void evidence_fail(struct builder *b, const struct plan_field *p, struct text t,
    const char *cause);
/* One that the map does not know. */
void evidence_word(
    struct builder *b, const struct plan_field *p, struct text t);

/* evidence_number.c: tries the text as a number. */
void evidence_number(const struct plan_field *p, struct evidence *e,
    struct cause_evidence *c, struct text t);
/* The evidence of a cause, NULL if none was collected. */
struct cause_evidence *evidence_of(struct evidence *e, const char *cause);

#endif
