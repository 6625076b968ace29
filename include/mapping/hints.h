/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_HINTS_H
#define MAPPING_HINTS_H

/*
 * What an author meant who wrote YAML that YAML does not take: the mistakes
 * that everybody makes (`delimiter: |`, `pattern: "\d"`, an unquoted
 * template, a tab), found in the source lines around a syntax error.
 */

#include "base/buf.h"
#include "base/text.h"
#include "mapping/mapping.h"

#include <stdbool.h>

struct hint {
	struct place at;     /* where the mistake is */
	const char *message; /* what it is: static */
	struct buf help;     /* the corrected text; release it */
};

/* Looks at lines first..last (from 1) of the document for one of the known
 * mistakes; `at` is where the parser gave up. False if there is none. */
bool hint_find(
    struct text bytes, int first, struct place at, struct hint *hint);

/* Line number `line` (from 1) without its line end; empty if there is none. */
struct text source_line(struct text bytes, int line);
/* The source between two places of one line, or to that line's end. */
struct text source_between(
    struct text bytes, struct place from, struct place to);
/* Appends t as a quoted YAML scalar: double quotes, or single ones when it
 * holds a backslash or a double quote. */
void hint_quote(struct buf *out, struct text t);

#endif
