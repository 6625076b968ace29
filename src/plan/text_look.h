/* SPDX-License-Identifier: MIT */
#ifndef PLAN_TEXT_LOOK_H
#define PLAN_TEXT_LOOK_H

/*
 * Does the decoded text look like text? It is asked of the first bytes only,
 * before any row is read; `check` looks at every cell (look/hazards.h).
 */

#include "base/diag.h"
#include "base/text.h"
#include "input/decoder.h"
#include "mapping/mapping.h"

struct text_look {
	const char *csv_name;
	const struct encoding_decision *decision;
	struct encoding_advice advice; /* which encodings would decode it */
};

/*
 * -1 with csv.wrong_encoding (DIAG_INPUT) where somebody named an encoding,
 * none of Unicode's, that the input contradicts: its bytes are UTF-8 (two
 * characters of several bytes for each place that is not) and it shows, or
 * box-drawing characters stand inside words. Whoever means such text converts
 * the file first: an encoding that was right for last month's export is how
 * "MÃ¼ller" gets into a CRM.
 */
int text_look_refuse(
    const struct text_look *look, struct text decoded, struct diag *d);

/* Adds a warning, hazard.mojibake, with the line and the word, wherever the
 * encoding came from. Bytes that are not UTF-8 are passed over: their rows are
 * rejected. */
void text_look_warn(
    struct diagnostics *list, const char *csv_name, struct text decoded);

#endif
