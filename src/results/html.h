/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_HTML_H
#define RESULTS_HTML_H

/*
 * Text into HTML. Whatever it holds, it stays text: markup is escaped, what a
 * browser would not show (control characters, bidirectional controls,
 * zero-width marks, bytes that are not UTF-8) is shown as text_display has it,
 * set apart by <i class="x">, so that it cannot be taken for a cell that holds
 * a backslash. Nothing of it goes into attributes, scripts or styles. Write
 * errors stay in the stream.
 */

#include "base/text.h"
#include "report/problems.h"

#include <stdint.h>
#include <stdio.h>

/* Cut after max_chars characters (0 = not cut); then an ellipsis and the whole
 * length follow. */
void html_text(FILE *out, struct text t, size_t max_chars);
/* The same between <bdi> and </bdi>: its direction does not leak out. */
void html_bdi(FILE *out, struct text t, size_t max_chars);
/* A path likewise, which may be broken after each slash. */
void html_path(FILE *out, const char *path);
/* Markup with values in it, as printf has it: %s is a text (NULL is ""), %.60s
 * one that is cut as above, PRIu64 a number as "1,234", %zu and %d one as
 * 1234. Only the format can hold markup; what it does not escape is nothing
 * but digits. */
void html_put(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* "2026-11-23 14:02:10 UTC" as <time>. */
void html_time(FILE *out, int64_t wall_ms);
/* "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "3 d 4 h". Returns out. */
char *html_duration(int64_t ms, char out[32]);
/* A share as a percentage for attributes: "12.345%"; 0% if `of` is 0. */
void html_percent(FILE *out, double n, double of);

/* 'sha256-…' of an inline script or style for a Content-Security-Policy,
 * with its quotes. */
void html_csp_hash(FILE *out, struct text content);

#endif
