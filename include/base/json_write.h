/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

/*
 * JSON, compact, appended to a buffer:
 *
 *	json_object(b, NULL);
 *	json_uint(b, "rows", 3);
 *	json_array(b, "codes");
 *	json_string(b, NULL, "key.missing");
 *	json_end_array(b);
 *	json_end_object(b);	{"rows":3,"codes":["key.missing"]}
 *
 * `name` is that of a member, in UTF-8; NULL: an element of an array, or the
 * whole. Commas come on their own: none at the beginning of the buffer or of a
 * line, nor after `{`, `[` or `:`.
 *
 * Whole numbers keep all their digits. A byte of a text that is not UTF-8
 * becomes U+FFFD, so that what was written is JSON in any case. A buffer that
 * reached its maximum remembers it (buf.h).
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* The comma, the name and the colon; what is appended next is the value. */
void json_name(struct buf *b, const char *name);
void json_object(struct buf *b, const char *name);
void json_end_object(struct buf *b);
void json_array(struct buf *b, const char *name);
void json_end_array(struct buf *b);

void json_text(struct buf *b, const char *name, struct text t);
void json_string(struct buf *b, const char *name, const char *s);
void json_uint(struct buf *b, const char *name, uint64_t n);
void json_int(struct buf *b, const char *name, int64_t n);
void json_bool(struct buf *b, const char *name, bool is_true);
/* ISO 8601 in UTC, of milliseconds since 1970. */
void json_time(struct buf *b, const char *name, int64_t ms);
void json_null(struct buf *b, const char *name);
/* A value that is JSON already. */
void json_token(struct buf *b, const char *name, struct text token);

/* Nothing where there is nothing: s is NULL or "", ms is 0. */
void json_string_if(struct buf *b, const char *name, const char *s);
void json_time_if(struct buf *b, const char *name, int64_t ms);

/* How compact JSON is broken into lines. */
struct json_layout {
	const char *indent, *colon; /* "\t", ": " */
	bool has_long_arrays;	    /* an array stays in one line */
	unsigned levels;	    /* what is deeper, too; 0 = nothing */
};
extern const struct json_layout json_shown; /* two blanks; arrays broken */
extern const struct json_layout json_filed; /* tabs; arrays in one line */
void json_lay_out(
    struct buf *b, struct text json, const struct json_layout *how);

/*
 * The strings of the hot path (json_escape.c). The text must be well-formed
 * UTF-8. Escaped are only what RFC 8259 section 7 requires: quote, backslash,
 * U+0000-U+001F (short forms \b \f \n \r \t, else \u00xx); everything else
 * goes out as it is. SSE2 where there is SSE2, a table elsewhere: the same
 * bytes.
 */

/* What a byte becomes at most: \u0000. */
#define JSON_ESCAPE_MAX ((size_t)6)

/* "…" with the quotes. False if the buffer's maximum was reached; the buffer
 * then holds what it held before (and remembers the overflow). */
bool json_add_string(struct buf *out, struct text t);
/* The escaped text without quotes. */
bool json_add_escaped(struct buf *out, struct text t);
/* The fragment as it is (`,"key":"`), the escaped text, a quote: a member of
 * an object in one go. 15 bytes after the fragment's end must be readable. */
bool json_add_member(struct buf *out, struct text fragment, struct text t);
/* Writes the escaped text to dst; returns the end. There is room for
 * JSON_ESCAPE_MAX bytes for each of the text's and for 16 more, and 16 bytes
 * can be read after the text. Only with SSE2. */
char *json_write_padded(char *dst, struct text t);
/* As json_add_escaped, by table, byte by byte: the way without SSE2. */
bool json_add_escaped_portable(struct buf *out, struct text t);

#endif
