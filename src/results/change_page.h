/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_CHANGE_PAGE_H
#define RESULTS_CHANGE_PAGE_H

/*
 * changes.html: what a diff found, before beside after, in the look of
 * report.html. The first CHANGE_PAGE_ROWS rows; changes.csv has all.
 */

#include "base/diag.h"
#include "results/row_files.h"

#include <stdio.h>

#define CHANGE_PAGE_ROWS 2000

/* Reads the changes.csv at `csv`. -1: it cannot be read. */
int change_page(FILE *out, const char *csv,
    const struct change_summary *summary, struct diag *d);

#endif
