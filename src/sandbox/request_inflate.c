/* SPDX-License-Identifier: MIT */
/*
 * A body that came in gzip, by zlib. Each step gives at most as many bytes as
 * may still come, so a body made to explode costs no more than --max-body.
 */
#include "sandbox.h"

#include <string.h>
#include <zlib.h>

/* The window of 32 KiB; 16 more asks for gzip's header and trailer. */
#define GZIP_WINDOW (15 + 16)
#define STEP ((size_t)64 << 10)

/* Z_STREAM_END when all of it is there; anything else is no good, Z_BUF_ERROR
 * with more than `max` bytes too large. */
static int
inflate_into(z_stream *z, struct buf *out, size_t max)
{
	int ret = Z_OK;

	while (ret == Z_OK) {
		size_t room = max + 1 - out->len;

		room = room < STEP ? room : STEP;
		if (out->len > max || !buf_reserve(out, room))
			return Z_BUF_ERROR;
		z->next_out = (Bytef *)(out->data + out->len);
		z->avail_out = (uInt)room;
		ret = inflate(z, Z_NO_FLUSH);
		out->len += room - z->avail_out;
	}
	return ret;
}

void
request_inflate(struct request *r, uint64_t body_max)
{
	struct buf plain = BUF_INIT((size_t)body_max + 2 + STEP);
	z_stream z;
	int ret;

	r->gzip = false;
	if (r->too_large)
		return;
	memset(&z, 0, sizeof(z));
	z.next_in = (Bytef *)r->body.data;
	z.avail_in = (uInt)r->body.len;
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK) {
		r->encoded = true;
		return;
	}
	ret = inflate_into(&z, &plain, (size_t)body_max);
	(void)inflateEnd(&z);
	r->too_large = plain.len > body_max;
	r->encoded = ret != Z_STREAM_END;
	if (r->too_large || r->encoded) {
		buf_release(&plain);
		buf_clear(&r->body);
		return;
	}
	r->body_bytes = plain.len;
	buf_release(&r->body);
	r->body = plain;
}
