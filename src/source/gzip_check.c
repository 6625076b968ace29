/* SPDX-License-Identifier: MIT */
/*
 * The checksum by zlib. The end of the file may be padded, so it is looked for
 * in the last bytes, not only at the very end.
 */
#include "source/gzip_check.h"

#include <string.h>
#include <zlib.h>

#define TRAILER ((size_t)8)

void
gzip_check_init(struct gzip_check *g)
{
	memset(g, 0, sizeof(*g));
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
	g->length += (uint32_t)len;
	g->crc = (uint32_t)crc32_z(g->crc, s, len);
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
