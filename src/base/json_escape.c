/* SPDX-License-Identifier: MIT */
/*
 * The JSON string writer of the hot path.
 *
 * A cell is copied in blocks of 16 bytes that are looked at on the way; only a
 * block with a byte that must be escaped is taken apart. Short cells, most of
 * what a CSV holds, go through two overlapping words. The table's way is kept
 * next to it, for machines without SSE2, for buffers near their maximum, and
 * as the yardstick of the tests. Refused: cJSON (its printing looks at each
 * character twice and allocates), and reserving six times the text's length
 * (a buffer with room for the text would be said to be full).
 */
#include "base/json_write.h"

#include <string.h>

#define SLACK JSON_COPY_SLACK

/* What follows the backslash; 0 = the byte goes out as it is. */
static const char escape_letter[256] = {
    /* The control characters, from NUL on. */
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u',
    'u', 'u', ['"'] = '"', ['\\'] = '\\'};

static size_t
write_escape(char *dst, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	dst[0] = '\\';
	dst[1] = escape_letter[c];
	if (dst[1] != 'u')
		return 2;
	dst[2] = '0';
	dst[3] = '0';
	dst[4] = hex[c >> 4];
	dst[5] = hex[c & 15];
	return JSON_ESCAPE_MAX;
}

bool
json_add_escaped_portable(struct buf *out, struct text t)
{
	size_t start = out->len, from = 0, i;
	char escape[JSON_ESCAPE_MAX];

	for (i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (escape_letter[c] == 0)
			continue;
		if (!buf_add(out, t.s + from, i - from) ||
		    !buf_add(out, escape, write_escape(escape, c)))
			goto full;
		from = i + 1;
	}
	if (t.len == from || buf_add(out, t.s + from, t.len - from))
		return true;
full:
	buf_truncate(out, start);
	return false;
}

static bool
add_member_slowly(struct buf *out, struct text fragment, struct text t)
{
	size_t start = out->len;

	if (buf_add(out, fragment.s, fragment.len) &&
	    json_add_escaped_portable(out, t) && buf_addc(out, '"'))
		return true;
	buf_truncate(out, start);
	return false;
}

#ifdef __SSE2__

/* Makes room without the buffer taking note of a refusal: the portable way
 * then finds out whether the text itself fits. */
static bool
has_room(struct buf *out, size_t extra)
{
	size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT;

	if (out->cap - out->len > extra)
		return true;
	return extra < max - out->len && buf_reserve(out, extra + 1);
}

/* The rest of t, from a byte on that must be escaped; `out` ends there. */
static bool
add_rest(struct buf *out, struct text t, size_t from)
{
	char *dst;

	while (from < t.len) {
		if (!has_room(out, t.len - from + JSON_ESCAPE_MAX + SLACK))
			return json_add_escaped_portable(
			    out, (struct text){t.s + from, t.len - from});
		dst = out->data + out->len;
		if (escape_letter[(unsigned char)t.s[from]] != 0)
			dst += write_escape(dst, (unsigned char)t.s[from++]);
		dst = json_copy_clean(dst, t, &from);
		*dst = '\0';
		out->len = (size_t)(dst - out->data);
	}
	return true;
}

char *
json_write_padded(char *dst, struct text t)
{
	const char *s = t.s, *end = s + t.len;

	while (s < end) {
		size_t left = (size_t)(end - s), run = left < 16 ? left : 16;
		__m128i v = load16(s);
		unsigned mask = json_escape_bits(v);

		store16(dst, v);
		if (mask == 0 || (size_t)__builtin_ctz(mask) >= run) {
			s += run;
			dst += run;
			continue;
		}
		run = (size_t)__builtin_ctz(mask);
		s += run;
		dst += run;
		dst += write_escape(dst, (unsigned char)*s++);
	}
	return dst;
}

bool
json_add_escaped(struct buf *out, struct text t)
{
	size_t start = out->len, from = 0;

	if (add_rest(out, t, from))
		return true;
	buf_truncate(out, start);
	return false;
}

bool
json_add_member(struct buf *out, struct text fragment, struct text t)
{
	size_t start = out->len, from = 0;
	char *dst;

	if (!has_room(out, fragment.len + t.len + 1 + SLACK))
		return add_member_slowly(out, fragment, t);
	dst = json_copy_blocks(out->data + start, fragment);
	dst = json_copy_clean(dst, t, &from);
	if (from < t.len) {
		*dst = '\0';
		out->len = (size_t)(dst - out->data);
		if (add_rest(out, t, from) && buf_addc(out, '"'))
			return true;
		buf_truncate(out, start);
		return false;
	}
	dst[0] = '"';
	dst[1] = '\0';
	out->len = (size_t)(dst + 1 - out->data);
	return true;
}

#else

bool
json_add_escaped(struct buf *out, struct text t)
{
	return json_add_escaped_portable(out, t);
}

bool
json_add_member(struct buf *out, struct text fragment, struct text t)
{
	return add_member_slowly(out, fragment, t);
}

#endif

bool
json_add_string(struct buf *out, struct text t)
{
	size_t start = out->len;
#ifdef __SSE2__
	size_t max = out->max != 0 ? out->max : BUF_MAX_DEFAULT, done = 0;
	char *end;

	/* In most texts nothing is to be escaped. */
	if (start <= max && t.len + 2 <= max - start &&
	    start + t.len + 2 + JSON_COPY_SLACK < out->cap) {
		out->data[start] = '"';
		end = json_copy_clean(out->data + start + 1, t, &done);
		if (done == t.len) {
			end[0] = '"';
			end[1] = '\0';
			out->len = start + t.len + 2;
			return true;
		}
		out->data[start] = '\0';
	}
#endif

	if (buf_addc(out, '"') && json_add_escaped(out, t) &&
	    buf_addc(out, '"'))
		return true;
	buf_truncate(out, start);
	return false;
}
