/* SPDX-License-Identifier: MIT */
#ifndef BASE_PATTERN_H
#define BASE_PATTERN_H

/*
 * Regular expressions: PCRE2 in UTF-8 mode; its only user. Compiled once;
 * match and depth limits are set so that no pattern can hang a run.
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>

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
