/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_SCAN_H
#define SANDBOX_SCAN_H

/*
 * JSON by byte ranges: where a value begins and ends, so that it can be kept
 * and given back as the bytes that came. Nothing is ever printed through a
 * double. All functions but scan_check take JSON that scan_check has passed.
 *
 * A token is the bytes of one value without blanks around it.
 */

#include "base/buf.h"
#include "base/json_read.h"
#include "base/text.h"

#include <stdbool.h>

#define SCAN_DEPTH_MAX 256

/* True if `body` is one JSON text after RFC 8259: UTF-8, nothing after it,
 * no raw control characters, no lone surrogates, no 007 or 5., at most
 * SCAN_DEPTH_MAX levels deep. body.s[body.len] must be a NUL. Else the words
 * are in `error`, with the offset. */
bool scan_check(struct text body, char error[160]);

enum scan_kind {
	SCAN_OBJECT,
	SCAN_ARRAY,
	SCAN_STRING,
	SCAN_NUMBER,
	SCAN_BOOLEAN,
	SCAN_NULL
};
enum scan_kind scan_kind(struct text token);

/* The value of a member; of several with the same name, the last one, as
 * JavaScript has it. False if there is none. */
bool scan_member(struct text object, const char *name, struct text *value);
/* Of several names at once; .s NULL: there is none. */
void scan_members(struct text object, const char *const *names,
    struct text *values, size_t count);
/* Whether the string token `token` says `name`. */
bool scan_string_is(struct text token, const char *name);

#endif
