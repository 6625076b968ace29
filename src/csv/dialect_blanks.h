/* SPDX-License-Identifier: MIT */
#ifndef CSV_DIALECT_BLANKS_H
#define CSV_DIALECT_BLANKS_H

/*
 * Blanks between quotes and delimiters, as in `"x" ; "y"`: whether a file is
 * written so. A part of dialect_detect.
 */

#include "csv/sample.h"

/* Puts KEEP or AROUND_QUOTES in the place of BLANKS_AUTO, by what the sample
 * says, and sets sample->skips_blanks. Where the mapping keeps blanks and the
 * first record can only be read without them, its delimiter cannot be found,
 * either: -1, DIAG_INPUT, csv.blanks_around_quotes. */
int dialect_settle_blanks(struct sample *sample, struct dialect *dialect,
    struct buf *evidence, struct diag *d);

#endif
