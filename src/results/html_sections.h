/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_HTML_SECTIONS_H
#define RESULTS_HTML_SECTIONS_H

/*
 * The sections of report.html, in the order of the page; each writes itself
 * or nothing. html_page.c puts them together. Bars are SVG whose shares are
 * attributes, because the page's policy forbids style attributes.
 */

#include "report/run_report.h"

#include <stdio.h>

/* The frame: up to <body>; the header, which is still open; the end. */
void html_head(FILE *out, const struct run_report *r, const char *verdict);
void html_verdict(FILE *out, const struct run_report *r, const char *verdict);
void html_foot(FILE *out, const struct run_report *r);

/* The equation of rows as a bar and a table; both equations in words. */
void html_rows(FILE *out, const struct run_report *r);
/* Problems by cause. */
void html_problems(FILE *out, const struct run_report *r);
/* Columns with problems. */
void html_columns(FILE *out, const struct run_report *r);
/* What looks damaged (dry runs). */
void html_hazards(FILE *out, const struct run_report *r);
/* When rows were taken, waits and retries. */
int html_timeline(FILE *out, const struct run_report *r, struct diag *d);
/* The table of failed rows. */
int html_failed(FILE *out, const struct run_report *r, struct diag *d);
/* Files, input, mapping, target, parts, settings, hashes, versions. */
void html_facts(FILE *out, const struct run_report *r);

/* <section id="ID"><h2>HEADING</h2>; the section is closed by its writer. */
void html_section(FILE *out, const char *id, const char *heading);

#endif
