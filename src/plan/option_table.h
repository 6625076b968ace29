/* SPDX-License-Identifier: MIT */
#ifndef PLAN_OPTION_TABLE_H
#define PLAN_OPTION_TABLE_H

/* The values in the option table that are not plain number, word or size:
 * parse functions for struct optspec. */

#include "plan/settings.h"
#include "system/optspec.h"

/* By number. */
extern const char *const option_commands[COMMAND_COUNT];

/* One ASCII character; "tab" and "\t" are the tab. */
int option_parse_delimiter(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* One ASCII character, or "none" (0). */
int option_parse_quote(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* The way back of both. */
void option_print_sign(const void *field, struct buf *out);
/* "90d": int64_t, milliseconds. */
int option_parse_age(const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* One more of them: struct folders. */
int option_parse_folder(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* "10/s", "600/m": double, per second. */
int option_parse_rate(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* "3/8": struct rate_share. */
int option_parse_rate_share(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* Kept as it is: struct fault_words. */
int option_parse_fault(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* "100", "2.5%": struct error_limit. */
int option_parse_max_errors(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* "100..200", "100..", "..200", "100": struct expected_rows. */
int option_parse_expect_rows(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* "7,12-20": const char *, checked. */
int option_parse_rows(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);
/* An outcome's name: int. */
/* text, json, html: int, enum answer_format. */
int option_parse_report_format(
    const char *text, void *field, char why[OPTSPEC_WHY_SIZE]);

#endif
