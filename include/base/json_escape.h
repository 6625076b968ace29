/* SPDX-License-Identifier: MIT */
#ifndef BASE_JSON_ESCAPE_H
#define BASE_JSON_ESCAPE_H

/*
 * JSON text appended to a buffer: the hot path's writer. Output is compact;
 * text must be well-formed UTF-8 (the reader saw to that). Escaped are only
 * what RFC 8259 section 7 requires: quote, backslash, U+0000-U+001F (short
 * forms \b \f \n \r \t, else \u00xx); everything else goes out as it is.
 * SSE2 where there is SSE2, a table elsewhere: the same bytes.
 */

#include "base/buf.h"
#include "base/text.h"

/* What a byte becomes at most: \u0000. */
#define JSON_ESCAPE_MAX ((size_t)6)

/* "…" with the quotes. False if the buffer's maximum was reached; the buffer
 * then holds what it held before (and remembers the overflow). */
bool json_add_string(struct buf *out, struct text t);
/* The escaped text without quotes. */
bool json_add_escaped(struct buf *out, struct text t);
/* The fragment as it is (`,"key":"`), the escaped text, a quote: a member of
 * an object in one go. 15 bytes behind the fragment's end must be readable. */
bool json_add_member(struct buf *out, struct text fragment, struct text t);
/* Writes the escaped text to dst; returns the end. There is room for
 * JSON_ESCAPE_MAX bytes for each of the text's and for 16 more, and 16 bytes
 * can be read behind the text. Only with SSE2. */
char *json_write_padded(char *dst, struct text t);
/* As json_add_escaped, by table, byte by byte: the way without SSE2. */
bool json_add_escaped_portable(struct buf *out, struct text t);

#endif
