/* SPDX-License-Identifier: MIT */
/*
 * zlib's own gzip reader, fed from a byte source. Its gzread was refused: it
 * takes what is not gzip for plain text and reads from a descriptor only.
 */
#include "gunzip.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define FEED_SIZE ((size_t)64 << 10)
#define GZIP_ONLY (16 + MAX_WBITS)

struct gunzip {
	struct byte_source from;
	z_stream z;
	gz_header header;
	bool is_between; /* a member has ended, the next has not begun */
	bool is_first;	 /* no member has ended yet */
	bool source_is_over;
	unsigned char feed[FEED_SIZE];
};

/* At the first byte of a member. */
static void
expect_header(struct gunzip *g)
{
	memset(&g->header, 0, sizeof(g->header));
	inflateGetHeader(&g->z, &g->header);
}

struct gunzip *
gunzip_new(struct byte_source from)
{
	struct gunzip *g = xcalloc(1, sizeof(*g));

	g->from = from;
	g->is_first = true;
	if (inflateInit2(&g->z, GZIP_ONLY) != Z_OK)
		abort(); /* no memory, or another zlib than we were built for */
	expect_header(g);
	return g;
}

void
gunzip_free(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

/* -1: the source failed. */
static int
refill(struct gunzip *g, struct diag *d)
{
	ssize_t n;

	if (g->z.avail_in > 0 || g->source_is_over)
		return 0;
	n = g->from.read(g->from.ctx, (char *)g->feed, FEED_SIZE, d);
	if (n < 0)
		return -1;
	g->source_is_over = n == 0;
	g->z.next_in = g->feed;
	g->z.avail_in = (uInt)n;
	return 0;
}

static void
skip_zeros(struct gunzip *g)
{
	while (g->z.avail_in > 0 && *g->z.next_in == 0) {
		g->z.next_in++;
		g->z.avail_in--;
	}
}

static const char *
what_is_wrong(const struct gunzip *g)
{
	bool has_header = g->header.done == 1; /* -1: it is not gzip */

	if (!has_header && g->is_first)
		return "it begins like gzip, but is not";
	if (!has_header)
		return "the data after the compressed data is not gzip";
	if (g->z.msg && strstr(g->z.msg, "check"))
		return "the checksum is wrong";
	return g->z.msg ? g->z.msg : "unknown error";
}

/* One step of zlib; what is wrong, or NULL. */
static const char *
step(struct gunzip *g)
{
	int ret = inflate(&g->z, Z_NO_FLUSH);

	if (ret == Z_STREAM_END) {
		inflateReset(&g->z);
		expect_header(g);
		g->is_between = true;
		g->is_first = false;
		return NULL;
	}
	if (ret != Z_OK && ret != Z_BUF_ERROR)
		return what_is_wrong(g);
	if (!g->header.done && g->z.total_in > GUNZIP_HEADER_MAX)
		return "the name in its gzip header has no end within 64 KiB";
	return NULL;
}

ssize_t
gunzip_read(
    struct gunzip *g, char *buf, size_t max, const char **why, struct diag *d)
{
	if (max > UINT32_MAX / 2)
		max = UINT32_MAX / 2;
	g->z.next_out = (unsigned char *)buf;
	g->z.avail_out = (uInt)max;
	*why = NULL;
	while (g->z.avail_out == max) {
		if (refill(g, d) != 0)
			return -1;
		if (g->is_between) {
			skip_zeros(g);
			if (g->z.avail_in == 0 && g->source_is_over)
				return 0;
			g->is_between = g->z.avail_in == 0;
			if (g->is_between)
				continue;
		} else if (g->z.avail_in == 0) {
			*why = "it ends within the compressed data";
			return -1;
		}
		*why = step(g);
		if (*why)
			return -1;
	}
	return (ssize_t)(max - g->z.avail_out);
}
