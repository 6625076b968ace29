/* SPDX-License-Identifier: MIT */
/* One stream of zlib, reset for each body: its tables are made once. */
#include "gzip_writer.h"

#include "base/xalloc.h"

#include <limits.h>
#include <stdlib.h>

#define ZLIB_CONST /* next_in points to what zlib only reads */
#include <zlib.h>

/* The window of 32 KiB; 16 more asks for gzip's header and trailer. */
#define GZIP_WINDOW (15 + 16)
#define GZIP_MEMORY 8

struct gzip_writer {
	z_stream z;
};

struct gzip_writer *
gzip_writer_new(struct diag *d)
{
	struct gzip_writer *g = xcalloc(1, sizeof(*g));

	if (deflateInit2(&g->z, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW,
		GZIP_MEMORY, Z_DEFAULT_STRATEGY) == Z_OK)
		return g;
	diag_set(d, DIAG_INTERNAL, "unable to set up gzip: %s",
	    g->z.msg ? g->z.msg : "no memory");
	free(g);
	return NULL;
}

void
gzip_writer_free(struct gzip_writer *g)
{
	if (!g)
		return;
	(void)deflateEnd(&g->z);
	free(g);
}

int
gzip_writer_body(struct gzip_writer *g, const char *body, size_t len,
    struct buf *out, struct diag *d)
{
	size_t room;

	if (len > UINT_MAX || deflateReset(&g->z) != Z_OK)
		return diag_set(
		    d, DIAG_INTERNAL, "unable to compress a request's body");
	room = deflateBound(&g->z, (uLong)len);
	buf_clear(out);
	buf_reserve(out, room);
	g->z.next_in = (const Bytef *)(len ? body : "");
	g->z.avail_in = (uInt)len;
	g->z.next_out = (Bytef *)out->data;
	g->z.avail_out = (uInt)room;
	if (deflate(&g->z, Z_FINISH) != Z_STREAM_END)
		return diag_set(
		    d, DIAG_INTERNAL, "unable to compress a request's body");
	out->len = room - g->z.avail_out;
	return 0;
}
