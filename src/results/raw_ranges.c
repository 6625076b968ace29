/* SPDX-License-Identifier: MIT */
/*
 * Exact bytes by ranges. Rejected rows are copied from the input itself and
 * not rebuilt from cells: quoting, line ends and encoding stay as they came,
 * so that the file of rejects loads again with the same mapping.
 */
#include "results/raw_ranges.h"

#include "base/xalloc.h"
#include "input/decoder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLOCK_SIZE ((size_t)65536)

void
raw_ranges_init(struct raw_ranges *r, struct byte_source from)
{
	memset(r, 0, sizeof(*r));
	r->from = from;
	if (from.read)
		r->block = xmalloc(BLOCK_SIZE);
}

void
raw_ranges_release(struct raw_ranges *r)
{
	free(r->block);
	memset(r, 0, sizeof(*r));
}

/* 1 = there are bytes in the block, 0 = the source is at its end. */
static int
fill(struct raw_ranges *r, struct diag *d)
{
	ssize_t n;

	if (r->used < r->have)
		return 1;
	n = r->from.read(r->from.ctx, r->block, BLOCK_SIZE, d);
	if (n <= 0)
		return n < 0 ? -1 : 0;
	r->used = 0;
	r->have = (size_t)n;
	for (size_t i = 0; i < r->have && r->at + i < sizeof(r->start); i++) {
		r->start[r->at + i] = r->block[i];
		r->start_len = (size_t)(r->at + i + 1);
	}
	return 1;
}

/* Passes on the next bytes, at most `max`; returns how many. */
static size_t
take(struct raw_ranges *r, uint64_t max, FILE *out, struct buf *copy)
{
	size_t n = r->have - r->used, room;

	if (max < n)
		n = (size_t)max;
	if (out)
		fwrite(r->block + r->used, 1, n, out);
	if (copy && copy->len < copy->max) {
		room = copy->max - copy->len;
		buf_add(copy, r->block + r->used, n < room ? n : room);
	}
	r->used += n;
	r->at += n;
	return n;
}

int
raw_ranges_copy(struct raw_ranges *r, uint64_t begin, uint64_t end, FILE *out,
    struct buf *copy, struct diag *d)
{
	if (!r->from.read)
		return 0;
	while (r->at < end) {
		int n = fill(r, d);

		if (n < 0)
			return -1;
		if (n == 0) {
			diag_set(d, DIAG_INPUT,
			    "the input ended at byte %" PRIu64
			    " when it was read again, before byte %" PRIu64,
			    r->at, end);
			return diag_help(d, "it changed while csv2chakra ran; "
					    "do not write to it during a run");
		}
		if (r->at < begin)
			take(r, begin - r->at, NULL, NULL);
		else
			take(r, end - r->at, out, copy);
	}
	return 0;
}

void
text_repair(struct buf *out, struct text t)
{
	while (t.len > 0) {
		size_t good = utf8_check(t.s, t.len);
		const char *nul = memchr(t.s, '\0', good);

		if (nul)
			good = (size_t)(nul - t.s);
		buf_add(out, t.s, good);
		if (good == t.len)
			return;
		utf8_add(out, 0xFFFD);
		t.s += good + 1;
		t.len -= good + 1;
	}
}

struct memory {
	const char *parts[2];
	size_t lens[2];
};

static ssize_t
read_memory(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct memory *m = ctx;
	int i = m->lens[0] > 0 ? 0 : 1;
	size_t n = m->lens[i] < max ? m->lens[i] : max;

	(void)d;
	memcpy(buf, m->parts[i], n);
	m->parts[i] += n;
	m->lens[i] -= n;
	return (ssize_t)n;
}

/* How many of the input's first bytes are a BOM that says the byte order. */
static size_t
bom_length(const struct raw_ranges *r, const char *encoding)
{
	static const struct {
		const char *encoding, *bytes;
		size_t len;
	} boms[] = {
	    {"utf-32", "\xff\xfe\0\0", 4},
	    {"utf-32", "\0\0\xfe\xff", 4},
	    {"utf-16", "\xff\xfe", 2},
	    {"utf-16", "\xfe\xff", 2},
	};

	for (size_t i = 0; i < sizeof(boms) / sizeof(boms[0]); i++) {
		if (strcasecmp(encoding, boms[i].encoding) == 0 &&
		    r->start_len >= boms[i].len &&
		    memcmp(r->start, boms[i].bytes, boms[i].len) == 0)
			return boms[i].len;
	}
	return 0;
}

int
raw_ranges_decode(const struct raw_ranges *r, const struct buf *bytes,
    const char *encoding, struct buf *out, struct diag *d)
{
	size_t bom = bom_length(r, encoding);
	struct memory m = {{r->start, bytes->data}, {bom, bytes->len}};
	struct byte_source from = {&m, read_memory};
	struct buf decoded = BUF_INIT(0);
	struct decoder *dec;
	struct text t;
	char block[4096];
	ssize_t n;

	if (bytes->len == 0)
		return 0;
	dec = decoder_new(from, encoding, d);
	if (!dec)
		return -1;
	while ((n = decoder_read(dec, block, sizeof(block), d)) > 0)
		buf_add(&decoded, block, (size_t)n);
	decoder_free(dec);
	t = buf_text(&decoded);
	if (bom > 0)
		t = text_after_bom(t);
	if (n == 0)
		text_repair(out, t);
	buf_release(&decoded);
	return n < 0 ? -1 : 0;
}
