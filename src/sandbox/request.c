/* SPDX-License-Identifier: MIT */
/*
 * A request's target: cut at slashes first and decoded afterwards, so that a
 * %2F inside a segment stays inside it.
 */
#include "base/xalloc.h"
#include "sandbox/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void
decode(struct buf *out, struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		if (t.s[i] == '%' && i + 2 < t.len &&
		    text_hex_digit(t.s[i + 1]) >= 0 &&
		    text_hex_digit(t.s[i + 2]) >= 0) {
			buf_addc(out, (char)(text_hex_digit(t.s[i + 1]) * 16 +
					     text_hex_digit(t.s[i + 2])));
			i += 2;
		} else {
			buf_addc(out, t.s[i]);
		}
	}
}

/* The decoded text is never longer, so the buffer does not move. */
static void
split(struct request *r)
{
	const char *p = r->path.s, *end = r->path.s + r->path.len;

	buf_reserve(&r->decoded, r->path.len + 1);
	while (p < end && *p == '/') {
		const char *start = ++p;
		size_t at = r->decoded.len;

		while (p < end && *p != '/')
			p++;
		decode(&r->decoded, (struct text){start, (size_t)(p - start)});
		if (r->segment_count == REQUEST_SEGMENTS) {
			/* Longer than any path of ours. */
			r->segment_count = 0;
			r->segments[r->segment_count++] = text_of("*");
			return;
		}
		r->segments[r->segment_count++] =
		    (struct text){r->decoded.data + at, r->decoded.len - at};
	}
}

void
request_init(struct request *r, const char *method, const char *target,
    uint64_t body_max)
{
	const char *question;

	memset(r, 0, sizeof(*r));
	snprintf(r->method, sizeof(r->method), "%s", method);
	r->target = xstrdup(target);
	question = strchr(r->target, '?');
	r->path = text_of(r->target);
	r->query = text_of("");
	if (question != NULL) {
		r->path.len = (size_t)(question - r->target);
		r->query = text_of(question + 1);
	}
	buf_init(&r->body, (size_t)body_max + 1);
	buf_init(&r->decoded, 0);
	split(r);
}

void
request_release(struct request *r)
{
	free(r->target);
	buf_release(&r->body);
	buf_release(&r->decoded);
}

bool
request_query(const struct request *r, const char *name, struct text *value)
{
	const char *p = r->query.s, *end = p + r->query.len;
	size_t len = strlen(name);

	while (p < end) {
		const char *stop = memchr(p, '&', (size_t)(end - p));

		if (stop == NULL)
			stop = end;
		if ((size_t)(stop - p) > len && memcmp(p, name, len) == 0 &&
		    p[len] == '=') {
			*value = (struct text){
			    p + len + 1, (size_t)(stop - p) - len - 1};
			return true;
		}
		p = stop + 1;
	}
	return false;
}

/*
 * A body that came in gzip, by zlib. Each step gives at most as many bytes as
 * may still come, so a body made to explode costs no more than --max-body.
 */

/* The window of 32 KiB; 16 more asks for gzip's header and trailer. */
#define GZIP_WINDOW (15 + 16)
#define STEP ((size_t)64 << 10)

/* Z_STREAM_END when all of it is there; anything else is an error, Z_BUF_ERROR
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
