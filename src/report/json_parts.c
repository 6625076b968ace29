/* SPDX-License-Identifier: MIT */
/*
 * Helpers around cJSON. Memory that cannot be had ends the program, as
 * everywhere: cJSON's allocator is left alone, its NULLs are looked at here.
 */
#include "json_parts.h"

#include "base/clock.h"
#include "base/screen.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void
json_put_uint(cJSON *object, const char *name, uint64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, n);
	cJSON_AddRawToObject(object, name, digits);
}

void
json_put_time(cJSON *object, const char *name, int64_t wall_ms)
{
	char when[32];

	if (wall_ms != 0)
		cJSON_AddStringToObject(
		    object, name, clock_iso8601(wall_ms, when));
}

void
json_put_text(cJSON *object, const char *name, const char *s)
{
	struct buf b = BUF_INIT(0);
	size_t len;

	if (!s || s[0] == '\0')
		return;
	len = strlen(s);
	if (utf8_check(s, len) == len) {
		cJSON_AddStringToObject(object, name, s);
		return;
	}
	text_display(&b, (struct text){s, len}, 0);
	cJSON_AddStringToObject(object, name, buf_str(&b));
	buf_release(&b);
}

void
json_write(FILE *out, cJSON *value)
{
	char *text = cJSON_PrintUnformatted(value);
	struct buf shown = BUF_INIT(0);

	cJSON_Delete(value);
	if (text)
		screen_json(&shown, text_of(text));
	fwrite(buf_str(&shown), 1, shown.len, out);
	buf_release(&shown);
	cJSON_free(text);
}
