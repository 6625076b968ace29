/* SPDX-License-Identifier: MIT */
/*
 * The recording source, the limited one and the UTF-8 guard. They are plain
 * pass-throughs once their work is done, so a long file pays for them only at
 * its beginning (the guard: one look at each byte).
 */
#include "base/buf.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "input/input.h"
#include "plan/reading.h"
#include "system/screen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct replay_source {
	struct byte_source from;
	struct buf recorded;
	size_t at;
	bool is_recording, has_ended;
};

struct replay_source *
replay_new(struct byte_source from)
{
	struct replay_source *r = xcalloc(1, sizeof(*r));

	r->from = from;
	buf_init(&r->recorded, 0);
	r->is_recording = true;
	return r;
}

void
replay_free(struct replay_source *r)
{
	if (!r)
		return;
	buf_release(&r->recorded);
	free(r);
}

/* What was recorded and not given out yet. */
static size_t
give_recorded(struct replay_source *r, char *buf, size_t max)
{
	size_t n = r->recorded.len - r->at;

	if (n > max)
		n = max;
	if (n == 0)
		return 0;
	memcpy(buf, r->recorded.data + r->at, n);
	r->at += n;
	if (!r->is_recording && r->at == r->recorded.len) {
		buf_release(&r->recorded);
		r->at = 0;
	}
	return n;
}

static ssize_t
replay_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct replay_source *r = ctx;
	size_t given = give_recorded(r, buf, max);
	ssize_t n;

	if (given > 0)
		return (ssize_t)given;
	if (r->has_ended)
		return 0;
	n = r->from.read(r->from.ctx, buf, max, d);
	if (n == 0)
		r->has_ended = true;
	if (n > 0 && r->is_recording) {
		buf_add(&r->recorded, buf, (size_t)n);
		r->at = r->recorded.len;
	}
	return n;
}

struct byte_source
replay_byte_source(struct replay_source *r)
{
	return (struct byte_source){r, replay_read};
}

int
replay_fill(struct replay_source *r, size_t max, const char **data, size_t *len,
    bool *is_whole, struct diag *d)
{
	while (r->recorded.len < max && !r->has_ended) {
		ssize_t n;

		buf_reserve(&r->recorded, (size_t)64 << 10);
		n = r->from.read(r->from.ctx,
		    r->recorded.data + r->recorded.len, (size_t)64 << 10, d);
		if (n < 0)
			return -1;
		if (n == 0)
			r->has_ended = true;
		r->recorded.len += (size_t)n;
	}
	*data = buf_str(&r->recorded);
	*len = r->recorded.len;
	*is_whole = r->has_ended;
	return 0;
}

int
replay_head(struct replay_source *r, struct meter *meter, const char **data,
    size_t *len, bool *is_whole, struct diag *d)
{
	int failed;

	(void)meter_phase(meter, "surveying");
	failed = replay_fill(r, ENCODING_SAMPLE, data, len, is_whole, d);
	(void)meter_phase(meter, NULL);
	return failed;
}

void
replay_rewind(struct replay_source *r)
{
	r->at = 0;
	r->is_recording = false;
}

static ssize_t
limited_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct limited_source *l = ctx;
	size_t want = l->left < max ? (size_t)l->left : max;
	ssize_t n = want ? l->from.read(l->from.ctx, buf, want, d) : 0;

	if (n > 0)
		l->left -= (uint64_t)n;
	return n;
}

struct byte_source
limited_byte_source(struct limited_source *l)
{
	return (struct byte_source){l, limited_read};
}

struct utf8_guard {
	struct byte_source from;
	const char *name;
	uint64_t passed; /* bytes given out */
	bool counts_lines;
	struct line_count lines;
	bool has_failed;
	unsigned char tail[4]; /* the beginning of a character that may go on
				* in the next read */
	size_t tail_len;
};

struct utf8_guard *
utf8_guard_new(struct byte_source from, const char *name, bool counts_lines)
{
	struct utf8_guard *g = xcalloc(1, sizeof(*g));

	g->from = from;
	g->name = name;
	g->counts_lines = counts_lines;
	return g;
}

void
utf8_guard_free(struct utf8_guard *g)
{
	free(g);
}

static int
refuse_byte(struct utf8_guard *g, uint64_t offset, struct diag *d)
{
	g->has_failed = true;
	diag_set(d, DIAG_INPUT,
	    "'%s' began as UTF-8, but byte %" PRIu64 " is not UTF-8", g->name,
	    offset);
	if (g->counts_lines)
		diag_at(d, g->name, (int)g->lines.lines + 1, 0);
	return diag_help(d, "name the encoding with --encoding");
}

/* The bytes that complete the character begun in the last read; how many of
 * `s` belong to it, or -1 if it is none. */
static ssize_t
finish_tail(struct utf8_guard *g, const char *s, size_t len)
{
	size_t used = 0;

	while (g->tail_len > 0 && used < len && g->tail_len < 4) {
		g->tail[g->tail_len++] = (unsigned char)s[used++];
		if (utf8_check((const char *)g->tail, g->tail_len) ==
		    g->tail_len) {
			g->tail_len = 0;
			return (ssize_t)used;
		}
	}
	return g->tail_len == 4 ? -1 : (ssize_t)used;
}

/* The beginning of a character that the next read may complete: no record can
 * end in it. */
static bool
is_cut(const char *s, size_t len)
{
	unsigned char lead = (unsigned char)s[0];
	size_t whole = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

	for (size_t i = 1; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return false;
	return lead >= 0xc2 && lead <= 0xf4 && len < whole;
}

static int
guard_check(struct utf8_guard *g, const char *s, size_t len, struct diag *d)
{
	ssize_t used = finish_tail(g, s, len);
	size_t good;

	if (used < 0)
		return refuse_byte(g, g->passed, d);
	if (g->tail_len > 0)
		return 0;
	good = (size_t)used + utf8_check(s + used, len - (size_t)used);
	if (g->counts_lines)
		line_count_add(&g->lines, s, good);
	if (good < len && !is_cut(s + good, len - good))
		return refuse_byte(g, g->passed + good, d);
	g->tail_len = len - good;
	memcpy(g->tail, s + good, g->tail_len);
	return 0;
}

static ssize_t
guard_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct utf8_guard *g = ctx;
	ssize_t n = g->from.read(g->from.ctx, buf, max, d);

	if (n < 0)
		return -1;
	if (n == 0 && g->tail_len > 0)
		return refuse_byte(g, g->passed - g->tail_len, d);
	if (n > 0 && guard_check(g, buf, (size_t)n, d) < 0)
		return -1;
	g->passed += (uint64_t)n;
	return n;
}

bool
utf8_guard_has_failed(const struct utf8_guard *g)
{
	return g->has_failed;
}

struct byte_source
utf8_guard_source(struct utf8_guard *g)
{
	return (struct byte_source){g, guard_read};
}

static ssize_t
counted_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct byte_counter *c = ctx;
	ssize_t n = c->from.read(c->from.ctx, buf, max, d);

	if (n > 0)
		c->bytes += (uint64_t)n;
	return n;
}

struct byte_source
byte_counter_source(struct byte_counter *c)
{
	return (struct byte_source){.ctx = c, .read = counted_read};
}

int
byte_counter_drain(struct byte_counter *c, struct diag *d)
{
	char block[16384];
	ssize_t n;

	do
		n = counted_read(c, block, sizeof(block), d);
	while (n > 0);
	return n < 0 ? -1 : 0;
}
