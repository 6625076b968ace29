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
#include "process/json_writer.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Bytes that a block store may write behind the text's own. */
#define SLACK ((size_t)16)
#define ESCAPE_MAX ((size_t)6)

/* What follows the backslash; 0 = the byte goes out as it is. */
static const char escape_letter[256] = {
    [0x00] = 'u',
    [0x01] = 'u',
    [0x02] = 'u',
    [0x03] = 'u',
    [0x04] = 'u',
    [0x05] = 'u',
    [0x06] = 'u',
    [0x07] = 'u',
    ['\b'] = 'b',
    ['\t'] = 't',
    ['\n'] = 'n',
    [0x0b] = 'u',
    ['\f'] = 'f',
    ['\r'] = 'r',
    [0x0e] = 'u',
    [0x0f] = 'u',
    [0x10] = 'u',
    [0x11] = 'u',
    [0x12] = 'u',
    [0x13] = 'u',
    [0x14] = 'u',
    [0x15] = 'u',
    [0x16] = 'u',
    [0x17] = 'u',
    [0x18] = 'u',
    [0x19] = 'u',
    [0x1a] = 'u',
    [0x1b] = 'u',
    [0x1c] = 'u',
    [0x1d] = 'u',
    [0x1e] = 'u',
    [0x1f] = 'u',
    ['"'] = '"',
    ['\\'] = '\\',
};

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
	return ESCAPE_MAX;
}

bool
json_add_escaped_portable(struct buf *out, struct text t)
{
	size_t start = out->len, from = 0, i;
	char escape[ESCAPE_MAX];

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

static uint64_t
load8(const char *s)
{
	uint64_t w;

	memcpy(&w, s, sizeof(w));
	return w;
}

static uint32_t
load4(const char *s)
{
	uint32_t w;

	memcpy(&w, s, sizeof(w));
	return w;
}

/* A bit for each of the 16 bytes that must be escaped. */
static inline unsigned
escape_mask(__m128i v)
{
	const __m128i control =
	    _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
	const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	const __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));

	return (unsigned)_mm_movemask_epi8(
	    _mm_or_si128(control, _mm_or_si128(quote, slash)));
}

static inline __m128i
load16(const char *s)
{
	return _mm_loadu_si128((const __m128i *)(const void *)s);
}

static inline void
store16(char *dst, __m128i v)
{
	_mm_storeu_si128((__m128i *)(void *)dst, v);
}

/* Copies at most 15 bytes; returns how many of them stand before the first
 * that must be escaped. Texts of four and more are looked at as two words
 * that overlap. May write up to 16 bytes. */
static inline size_t
copy_short(char *dst, const char *s, size_t len)
{
	unsigned mask;
	size_t i;

	if (len >= 8) {
		uint64_t a = load8(s), b = load8(s + len - 8);

		mask = escape_mask(_mm_set_epi64x((long long)b, (long long)a));
		memcpy(dst, &a, 8);
		if ((mask & 0xff) != 0)
			return (size_t)__builtin_ctz(mask);
		memcpy(dst + len - 8, &b, 8);
		return mask == 0 ? len : len - 16 + (size_t)__builtin_ctz(mask);
	}
	if (len >= 4) {
		uint32_t a = load4(s), b = load4(s + len - 4);

		mask = escape_mask(_mm_cvtsi64_si128(
			   (long long)((uint64_t)b << 32 | a))) &
		       0xff;
		memcpy(dst, &a, 4);
		if ((mask & 0xf) != 0)
			return (size_t)__builtin_ctz(mask);
		memcpy(dst + len - 4, &b, 4);
		return mask == 0 ? len : len - 8 + (size_t)__builtin_ctz(mask);
	}
	for (i = 0; i < len; i++) {
		if (escape_letter[(unsigned char)s[i]] != 0)
			break;
		dst[i] = s[i];
	}
	return i;
}

/* Writes t from *from on to dst, where there is room for all of it and SLACK,
 * up to the first byte that must be escaped. Moves *from there; returns the
 * end of what was written. */
static inline char *
copy_clean(char *dst, struct text t, size_t *from)
{
	size_t i = *from, run = 0;

	for (; t.len - i >= 16; i += 16, dst += 16, run += 16) {
		__m128i v = load16(t.s + i);
		unsigned mask = escape_mask(v);

		store16(dst, v);
		if (mask != 0) {
			*from = i + (size_t)__builtin_ctz(mask);
			return dst + __builtin_ctz(mask);
		}
	}
	if (run > 0 && i < t.len) {
		/* The last 16 bytes, of which some are written already. */
		size_t again = 16 - (t.len - i);
		__m128i v = load16(t.s + t.len - 16);

		if (escape_mask(v) == 0) {
			store16(dst - again, v);
			*from = t.len;
			return dst + (t.len - i);
		}
	}
	run = copy_short(dst, t.s + i, t.len - i);
	*from = i + run;
	return dst + run;
}

/* The rest of t, from a byte on that must be escaped; `out` ends there. */
static bool
add_rest(struct buf *out, struct text t, size_t from)
{
	char *dst;

	while (from < t.len) {
		if (!has_room(out, t.len - from + ESCAPE_MAX + SLACK))
			return json_add_escaped_portable(
			    out, (struct text){t.s + from, t.len - from});
		dst = out->data + out->len;
		if (escape_letter[(unsigned char)t.s[from]] != 0)
			dst += write_escape(dst, (unsigned char)t.s[from++]);
		dst = copy_clean(dst, t, &from);
		*dst = '\0';
		out->len = (size_t)(dst - out->data);
	}
	return true;
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
	size_t start = out->len, from = 0, i;
	char *dst;

	if (!has_room(out, fragment.len + t.len + 1 + SLACK))
		return add_member_slowly(out, fragment, t);
	dst = out->data + start;
	for (i = 0; i < fragment.len; i += 16)
		store16(dst + i, load16(fragment.s + i));
	dst = copy_clean(dst + fragment.len, t, &from);
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

	if (buf_addc(out, '"') && json_add_escaped(out, t) &&
	    buf_addc(out, '"'))
		return true;
	buf_truncate(out, start);
	return false;
}
