/* SPDX-License-Identifier: MIT */
/*
 * CRC-32 four bytes at a time with tables made at the start; they live in
 * the handle, as there are no globals. zlib would do the same and more, but
 * would be one more dependency for these lines. The end of the file may be
 * padded, so the checksum is looked for in the last bytes, not only at the
 * very end.
 */
#include "source/gzip_check.h"

#include <string.h>

#define CRC32_POLYNOMIAL 0xedb88320u
#define TRAILER ((size_t)8)

void
gzip_check_init(struct gzip_check *g)
{
	memset(g, 0, sizeof(*g));
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c & 1 ? c >> 1 ^ CRC32_POLYNOMIAL : c >> 1;
		g->table[0][i] = c;
	}
	for (int t = 1; t < 4; t++)
		for (int i = 0; i < 256; i++) {
			uint32_t c = g->table[t - 1][i];

			g->table[t][i] = c >> 8 ^ g->table[0][c & 0xff];
		}
}

static void
keep_tail(struct gzip_check *g, const unsigned char *s, size_t len)
{
	size_t keep;

	if (len >= GZIP_TAIL) {
		memcpy(g->tail, s + len - GZIP_TAIL, GZIP_TAIL);
		g->tail_len = GZIP_TAIL;
		return;
	}
	keep = g->tail_len < GZIP_TAIL - len ? g->tail_len : GZIP_TAIL - len;
	memmove(g->tail, g->tail + g->tail_len - keep, keep);
	memcpy(g->tail + keep, s, len);
	g->tail_len = keep + len;
}

/* Counts 1f 8b 08, also across pieces. */
static void
count_members(struct gzip_check *g, const unsigned char *s, size_t len)
{
	static const unsigned char magic[] = {0x1f, 0x8b, 0x08};
	size_t i = 0;

	while (i < len) {
		if (g->matched == 0) {
			const unsigned char *p =
			    memchr(s + i, magic[0], len - i);

			if (!p)
				return;
			i = (size_t)(p - s) + 1;
			g->matched = 1;
		} else if (s[i] == magic[g->matched]) {
			i++;
			if (++g->matched == sizeof(magic)) {
				g->members++;
				g->matched = 0;
			}
		} else {
			g->matched = 0;
		}
	}
}

void
gzip_check_compressed(struct gzip_check *g, const unsigned char *s, size_t len)
{
	keep_tail(g, s, len);
	count_members(g, s, len);
}

void
gzip_check_plain(struct gzip_check *g, const unsigned char *s, size_t len)
{
	uint32_t c = ~g->crc;

	g->length += (uint32_t)len;
	for (; len >= 4; len -= 4, s += 4) {
		c ^= (uint32_t)s[0] | (uint32_t)s[1] << 8 |
		     (uint32_t)s[2] << 16 | (uint32_t)s[3] << 24;
		c = g->table[3][c & 0xff] ^ g->table[2][c >> 8 & 0xff] ^
		    g->table[1][c >> 16 & 0xff] ^ g->table[0][c >> 24];
	}
	for (; len > 0; len--, s++)
		c = g->table[0][(c ^ *s) & 0xff] ^ c >> 8;
	g->crc = ~c;
}

bool
gzip_check_is_good(const struct gzip_check *g)
{
	unsigned char trailer[TRAILER];

	if (g->members > 1)
		return true;
	for (unsigned i = 0; i < 4; i++) {
		trailer[i] = (unsigned char)(g->crc >> 8 * i);
		trailer[4 + i] = (unsigned char)(g->length >> 8 * i);
	}
	for (size_t i = 0; i + TRAILER <= g->tail_len; i++)
		if (memcmp(g->tail + i, trailer, TRAILER) == 0)
			return true;
	return false;
}
