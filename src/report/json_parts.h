/* SPDX-License-Identifier: MIT */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

/*
 * What the reports need of cJSON beyond cJSON: whole numbers that keep all
 * their digits (cJSON prints through a double), texts that may be missing, and
 * objects written into a stream.
 */

#include <cjson/cJSON.h>

#include <stdint.h>
#include <stdio.h>

void json_put_uint(cJSON *object, const char *name, uint64_t n);
/* ISO 8601 UTC; nothing when ms is 0. */
void json_put_time(cJSON *object, const char *name, int64_t wall_ms);
/* Nothing when s is NULL or "". What is no UTF-8 comes as \xNN (text_display).
 */
void json_put_text(cJSON *object, const char *name, const char *s);
/* Writes it compactly, then deletes it. */
void json_write(FILE *out, cJSON *value);

#endif
