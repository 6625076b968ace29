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
    [0x00] = 'u', [0x01] = 'u', [0x02] = 'u', [0x03] = 'u',
    [0x04] = 'u', [0x05] = 'u', [0x06] = 'u', [0x07] = 'u',
    ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', [0x0b] = 'u',
    ['\f'] = 'f', ['\r'] = 'r', [0x0e] = 'u', [0x0f] = 'u',
    [0x10] = 'u', [0x11] = 'u', [0x12] = 'u', [0x13] = 'u',
    [0x14] = 'u', [0x15] = 'u', [0x16] = 'u', [0x17] = 'u',
    [0x18] = 'u', [0x19] = 'u', [0x1a] = 'u', [0x1b] = 'u',
    [0x1c] = 'u', [0x1d] = 'u', [0x1e] = 'u', [0x1f] = 'u',
    ['"'] = '"', ['\\'] = '\\',
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

/* Not 0 if one of the eight bytes is below 0x20, a quote or a backslash. */
static uint64_t
must_escape8(uint64_t w)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = ones * 0x80;
	uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');

	return (((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) |
		   ((slash - ones) & ~slash)) &
	    tops;
}

/* Copies the bytes before the first that must be escaped; at most 15. */
static size_t
copy_short(char *dst, const char *s, size_t len)
{
	size_t i;

	if (len >= 8) {
		uint64_t a = load8(s), b = load8(s + len - 8);

		if ((must_escape8(a) | must_escape8(b)) == 0) {
			memcpy(dst, &a, 8);
			memcpy(dst + len - 8, &b, 8);
			return len;
		}
	} else if (len >= 4) {
		uint32_t a = load4(s), b = load4(s + len - 4);

		if (must_escape8((uint64_t)a << 32 | b) == 0) {
			memcpy(dst, &a, 4);
			memcpy(dst + len - 4, &b, 4);
			return len;
		}
	}
	for (i = 0; i < len; i++) {
		if (escape_letter[(unsigned char)s[i]] != 0)
			break;
		dst[i] = s[i];
	}
	return i;
}

/* Copies 16 bytes; returns how many of them stand before the first that must
 * be escaped. */
static size_t
copy_block(char *dst, const char *s)
{
	const __m128i v = _mm_loadu_si128((const __m128i *)(const void *)s);
	const __m128i control = _mm_cmpeq_epi8(
	    _mm_min_epu8(v, _mm_set1_epi8(0x1f)), v);
	const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
	const __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
	int mask = _mm_movemask_epi8(
	    _mm_or_si128(control, _mm_or_si128(quote, slash)));

	_mm_storeu_si128((__m128i *)(void *)dst, v);
	return mask == 0 ? 16 : (size_t)__builtin_ctz((unsigned)mask);
}

bool
json_add_escaped(struct buf *out, struct text t)
{
	size_t start = out->len, i = 0;
	char *dst;

	if (!has_room(out, t.len + SLACK))
		return json_add_escaped_portable(out, t);
	dst = out->data + out->len;
	while (i < t.len) {
		size_t rest = t.len - i, n;

		n = rest >= 16 ? copy_block(dst, t.s + i)
			       : copy_short(dst, t.s + i, rest);
		i += n;
		dst += n;
		if (i == t.len || (n == 16 && rest >= 16))
			continue;
		out->len = (size_t)(dst - out->data);
		if (!has_room(out, t.len - i + ESCAPE_MAX + SLACK)) {
			struct text tail = {t.s + i, t.len - i};

			if (json_add_escaped_portable(out, tail))
				return true;
			buf_truncate(out, start);
			return false;
		}
		dst = out->data + out->len;
		dst += write_escape(dst, (unsigned char)t.s[i++]);
	}
	*dst = '\0';
	out->len = (size_t)(dst - out->data);
	return true;
}

#else

bool
json_add_escaped(struct buf *out, struct text t)
{
	return json_add_escaped_portable(out, t);
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
