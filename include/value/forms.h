/* SPDX-License-Identifier: MIT */
#ifndef VALUE_FORMS_H
#define VALUE_FORMS_H

/*
 * How dates and numbers are written, as a mapping says it and a converter
 * reads it: the letters of date formats (strptime's), time zones, the signs of
 * numbers. Known by the mapping's loader, which refuses a format before the
 * first row, and by the converter, which must never guess.
 */

#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL if the format can be used: known letters, each part once, and enough
 * of them (a date: year, month and day, or %s; a time: an hour; %I and %p only
 * together). Else what is wrong, static, to be read after "the format", and
 * *at is the byte where. */
const char *date_format_wrong(struct text format, bool is_time, size_t *at);

/* The directive that begins at byte `at`, with its flags: "%Q", "%-N"; empty
 * if none does. A letter of several bytes is whole. */
struct text date_directive(struct text format, size_t at);
/* False if it is one of those that are read. */
bool date_directive_is_unknown(struct text directive);
/* All of them: "%Y %y %m …". */
extern const char date_directives[];

/* The format of spreadsheets' day numbers, `excel`, which has no letters. */
bool date_format_is_excel(struct text format);

/* Whether the format has %b, %B or %h, a month's name. */
bool date_format_has_month_name(struct text format);
/* Whether it says an hour, or a moment to the second (%s). */
bool date_format_has_time(struct text format);

/* Names of months other than the English ones, as a mapping gives them. Case
 * is folded, the form is NFC; the longest come first. */
struct month_name {
	struct text name;
	int month; /* 1-12 */
};
struct month_names {
	struct month_name *names;
	size_t count; /* 0 = the English ones */
};
/* Appends the name as it is compared. */
void month_name_fold(struct buf *out, struct text name);
/* Sorts them; the index of one that is another's too but means another month,
 * or the count. */
size_t month_names_sort(struct month_names *m);
/* The longest name at the beginning of a text in NFC: its bytes, 0 = there is
 * none. */
size_t month_names_find(const struct month_names *m, struct text t, int *month);

/* Whether the format has a year of two digits (%y, %D); *at is where. */
bool date_format_short_year(struct text format, size_t *at);

/*
 * Time zones by IANA name. libc is asked for the transitions of some 500 days
 * (between 1900 and 2100) when the first local time of them is (TZ is set for
 * that moment and put back); they are kept. So a zone is for one thread. Should
 * its file be gone by then, the program ends with 70: a moment in another zone
 * would go unnoticed.
 */

struct zone;

/* Returns owned, or NULL: no such zone in the system's tzdata. */
struct zone *zone_load(const char *name);
void zone_free(struct zone *z);

enum zone_result { ZONE_OK, ZONE_GAP, ZONE_TWICE };
/* Local seconds since 1970-01-01T00:00:00 as if in UTC -> seconds since the
 * epoch. GAP: that local time does not exist (clocks went forward); TWICE: it
 * exists twice. NULL is UTC. */
enum zone_result zone_to_utc(
    const struct zone *z, int64_t local_s, int64_t *utc_s);

/* The zone of the system that a person probably meant; empty if none. */
struct text zone_did_you_mean(struct arena *a, struct text name);

/* The signs in decimal numbers. */
struct decimal_signs {
	char decimal;	/* '.' or ',' */
	char thousands; /* 0 = none; ' ' also means the no-break spaces
			 * U+00A0 and U+202F, '\'' for U+2019 */
};

/*
 * Regular expressions: PCRE2 in UTF-8 mode; its only user. Compiled once;
 * match and depth limits are set so that no pattern can hang a run.
 */

struct pattern;

/* Returns owned (pattern_free), or NULL with what is wrong and at which byte
 * of the pattern. `error` has at least 160 bytes. */
struct pattern *pattern_compile(
    struct text source, char error[160], size_t *error_at);
/* The same, but "anywhere" then means at the start of the subject only, and
 * the subject may hold bytes that are not UTF-8, which nothing matches: for
 * the raw text of records. */
struct pattern *pattern_compile_at_start(
    struct text source, char error[160], size_t *error_at);
void pattern_free(struct pattern *p);

/* 1 = it matches, 0 = it does not, -1 = the match limit was reached.
 * whole: the whole text must match, else anywhere. */
int pattern_match(struct pattern *p, struct text subject, bool whole);
/* Replaces all matches into out ($1, ${name} as in PCRE2); 0, or -1 when a
 * limit was reached or `with` is not well-formed. */
int pattern_replace(
    struct pattern *p, struct text subject, struct text with, struct buf *out);

#endif
