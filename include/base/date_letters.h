/* SPDX-License-Identifier: MIT */
#ifndef BASE_DATE_LETTERS_H
#define BASE_DATE_LETTERS_H

/*
 * The letters of a date format (strptime's), and whether a format says enough
 * to be used: known by the mapping's loader, which refuses a format before
 * the first row, and by the converter, which must never guess.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* NULL if the format can be used: known letters, each part once, and enough
 * of them (a date: year, month and day, or %s; a time: an hour; %I and %p only
 * together). Else what is wrong, static, to be read behind "the format", and
 * *at is the byte where. */
const char *date_format_wrong(struct text format, bool is_time, size_t *at);

#endif
