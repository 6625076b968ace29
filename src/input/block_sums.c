/* SPDX-License-Identifier: MIT */
/*
 * A sum is made of leaves of BLOCK_BYTES_MIN: each leaf is hashed and mixed
 * with its place in the input, and a block's sum is what its leaves add up
 * to. That is what lets neighbours be combined without their bytes.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LANES ((size_t)4)
#define STRIPE (LANES * sizeof(uint64_t))

/* The leaf that is being read: four independent lanes, so that a processor
 * can work on all of them at once. */
struct leaf {
	uint64_t lanes[LANES];
	char rest[STRIPE]; /* bytes that do not fill a stripe yet */
	size_t rest_len, len;
};

struct block_sums {
	uint64_t *sums;
	size_t count, cap, count_max;
	size_t block; /* bytes of one */
	uint64_t leaves, bytes;
	struct leaf leaf;
	bool ends_line;
};

/* Large odd numbers (those of xxHash) that spread what they multiply. */
static const uint64_t spread[2] = {
    UINT64_C(0x9e3779b185ebca87), UINT64_C(0xc2b2ae3d27d4eb4f)};

static uint64_t
rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 33) * spread[1];
	x = (x ^ x >> 29) * spread[0];
	return x ^ x >> 32;
}

static void
leaf_begin(struct leaf *l)
{
	l->rest_len = l->len = 0;
	for (size_t i = 0; i < LANES; i++)
		l->lanes[i] = spread[i & 1] * (i + 1);
}

static void
leaf_stripes(struct leaf *l, const char *s, size_t len)
{
	for (; len >= STRIPE; s += STRIPE, len -= STRIPE) {
		uint64_t words[LANES];

		memcpy(words, s, STRIPE);
		for (size_t i = 0; i < LANES; i++)
			l->lanes[i] =
			    rotate(l->lanes[i] + words[i] * spread[1], 31) *
			    spread[0];
	}
}

static void
leaf_add(struct leaf *l, const char *s, size_t len)
{
	size_t n = STRIPE - l->rest_len, whole;

	l->len += len;
	if (l->rest_len > 0) {
		n = n < len ? n : len;
		memcpy(l->rest + l->rest_len, s, n);
		l->rest_len += n;
		s += n;
		len -= n;
		if (l->rest_len < STRIPE)
			return;
		leaf_stripes(l, l->rest, STRIPE);
	}
	whole = len - len % STRIPE;
	leaf_stripes(l, s, whole);
	l->rest_len = len - whole;
	memcpy(l->rest, s + whole, l->rest_len);
}

/* The leaf's share in the sum of its block. */
static uint64_t
leaf_end(struct leaf *l, uint64_t ordinal)
{
	uint64_t h = mix(ordinal + spread[0]) ^ l->len * spread[1];

	memset(l->rest + l->rest_len, 0, STRIPE - l->rest_len);
	leaf_stripes(l, l->rest, STRIPE);
	for (size_t i = 0; i < LANES; i++)
		h = mix(h ^ l->lanes[i]) + rotate(h, 27);
	leaf_begin(l);
	return mix(h);
}

struct block_sums *
block_sums_new(size_t count_max)
{
	struct block_sums *s = xcalloc(1, sizeof(*s));

	s->count_max = count_max;
	s->block = BLOCK_BYTES_MIN;
	leaf_begin(&s->leaf);
	return s;
}

void
block_sums_free(struct block_sums *s)
{
	if (!s)
		return;
	free(s->sums);
	free(s);
}

static void
combine_neighbours(struct block_sums *s)
{
	for (size_t i = 0; i < s->count / 2; i++)
		s->sums[i] = s->sums[2 * i] + s->sums[2 * i + 1];
	s->count /= 2;
	s->block *= 2;
}

/* Puts the leaf that was read into its block. */
static void
take_leaf(struct block_sums *s)
{
	uint64_t per_block = s->block / BLOCK_BYTES_MIN;

	if (s->leaves % per_block == 0) {
		if (s->count == s->count_max)
			combine_neighbours(s);
		per_block = s->block / BLOCK_BYTES_MIN;
	}
	if (s->leaves % per_block == 0) {
		ARRAY_ROOM(s->sums, s->count, s->cap);
		s->sums[s->count++] = 0;
	}
	s->sums[s->count - 1] += leaf_end(&s->leaf, s->leaves);
	s->leaves++;
}

void
block_sums_add(struct block_sums *s, const char *bytes, size_t len)
{
	s->bytes += len;
	while (len > 0) {
		size_t n = BLOCK_BYTES_MIN - s->leaf.len;

		n = n < len ? n : len;
		leaf_add(&s->leaf, bytes, n);
		bytes += n;
		len -= n;
		if (s->leaf.len == BLOCK_BYTES_MIN)
			take_leaf(s);
	}
}

void
block_sums_end(struct block_sums *s, bool ends_line)
{
	if (s->leaf.len > 0)
		take_leaf(s);
	s->ends_line = ends_line;
}

uint64_t
block_sums_bytes(const struct block_sums *s)
{
	return s->bytes;
}

uint64_t
block_sums_difference(const struct block_sums *a, const struct block_sums *b)
{
	size_t shared = a->count < b->count ? a->count : b->count;

	if (a->block != b->block)
		return 0;
	for (size_t i = 0; i < shared; i++)
		if (a->sums[i] != b->sums[i])
			return (uint64_t)i * a->block;
	return a->bytes == b->bytes ? UINT64_MAX : (uint64_t)shared * a->block;
}

/* The file of sums begins with this. */
struct file_head {
	char magic[8];
	uint64_t bytes, block, count, ends_line;
};
static const char file_magic[8] = "c2cSUM1";

/* Not synced: after a crash of the machine it may be cut, which its reader
 * sees, and nothing but a message rests on it. */
int
block_sums_write(const struct block_sums *s, const char *path, struct diag *d)
{
	struct file_head head = {
	    .bytes = s->bytes,
	    .block = s->block,
	    .count = s->count,
	    .ends_line = s->ends_line,
	};
	int fd =
	    open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		S_IRUSR | S_IWUSR);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	bool failed = f == NULL;

	memcpy(head.magic, file_magic, sizeof(head.magic));
	if (f != NULL) {
		(void)fwrite(&head, sizeof(head), 1, f);
		(void)fwrite(s->sums, sizeof(*s->sums), s->count, f);
		failed = fflush(f) != 0 || ferror(f);
		failed |= fclose(f) != 0;
	} else if (fd >= 0) {
		(void)close(fd);
	}
	return failed ? diag_set_errno(
			    d, DIAG_DISK, errno, "unable to write '%s'", path)
		      : 0;
}

static bool
head_is_sane(const struct file_head *h)
{
	return memcmp(h->magic, file_magic, sizeof(h->magic)) == 0 &&
	       h->block >= BLOCK_BYTES_MIN && h->count <= BLOCK_COUNT_MAX &&
	       (h->block & (h->block - 1)) == 0 &&
	       h->bytes <= h->block * h->count &&
	       h->bytes + h->block > h->block * h->count;
}

struct block_sums *
block_sums_read(const char *path)
{
	struct block_sums *s = NULL;
	struct file_head head;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return NULL;
	if (fread(&head, sizeof(head), 1, f) == 1 && head_is_sane(&head)) {
		s = block_sums_new(BLOCK_COUNT_MAX);
		s->bytes = head.bytes;
		s->block = (size_t)head.block;
		s->count = s->cap = (size_t)head.count;
		s->ends_line = head.ends_line != 0;
		s->sums = xcalloc(s->count + 1, sizeof(*s->sums));
		if (fread(s->sums, sizeof(*s->sums), s->count, f) != s->count) {
			block_sums_free(s);
			s = NULL;
		}
	}
	(void)fclose(f);
	return s;
}

struct held_source {
	struct byte_source from;
	const struct block_sums *sums;
	const char *name;
	char *block; /* the block that is given away */
	size_t len, at;
	size_t next;	/* the block to be read */
	uint64_t given; /* bytes of the blocks before it */
	struct leaf leaf;
	bool has_ended, has_grown;
};

struct held_source *
held_source_new(
    struct byte_source from, const struct block_sums *sums, const char *name)
{
	struct held_source *h = xcalloc(1, sizeof(*h));

	h->from = from;
	h->sums = sums;
	h->name = name;
	h->block = xmalloc(sums->block);
	return h;
}

void
held_source_free(struct held_source *h)
{
	if (!h)
		return;
	free(h->block);
	free(h);
}

static int
changed(const struct held_source *h, uint64_t from, uint64_t to, struct diag *d)
{
	char at[2][32];

	diag_set(d, DIAG_INPUT,
	    "'%s' changed while the run needed it: its bytes from %s to %s are "
	    "not what they were when the run began",
	    h->name, text_count(from, at[0]), text_count(to, at[1]));
	diag_code(d, "input.changed");
	return diag_help(d,
	    "nothing of the changed bytes was sent; put the file back as it "
	    "was");
}

/* The sum of a block's bytes, leaf by leaf. */
static uint64_t
sum_of(struct held_source *h, size_t len)
{
	uint64_t ordinal = h->given / BLOCK_BYTES_MIN, sum = 0;

	for (size_t at = 0; at < len; at += BLOCK_BYTES_MIN) {
		size_t n =
		    len - at < BLOCK_BYTES_MIN ? len - at : BLOCK_BYTES_MIN;

		leaf_begin(&h->leaf);
		leaf_add(&h->leaf, h->block + at, n);
		sum += leaf_end(&h->leaf, ordinal++);
	}
	return sum;
}

/* The surveyed bytes are given: does the input go on? What follows them, and
 * whether it can be read, is not the run's. */
static int
look_after(struct held_source *h, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	char byte;

	h->has_ended = true;
	h->has_grown = h->from.read(h->from.ctx, &byte, 1, &ignored) != 0;
	if (!h->has_grown || h->sums->ends_line)
		return 0;
	diag_set(d, DIAG_INPUT,
	    "'%s' grew, and its last record was half written when the run "
	    "began: it did not end in a line end then",
	    h->name);
	diag_code(d, "input.changed");
	return diag_help(d,
	    "that record was not sent; cut the file to the %" PRIu64
	    " bytes it had, with a line end after them if that was all",
	    h->sums->bytes);
}

/* Reads the next block to its end and compares it. */
static int
next_block(struct held_source *h, struct diag *d)
{
	uint64_t left = h->sums->bytes - h->given;
	size_t want = left < h->sums->block ? (size_t)left : h->sums->block;

	h->len = h->at = 0;
	if (want == 0)
		return h->has_ended ? 0 : look_after(h, d);
	while (h->len < want) {
		ssize_t n = h->from.read(
		    h->from.ctx, h->block + h->len, want - h->len, d);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		h->len += (size_t)n;
	}
	if (h->len < want || sum_of(h, want) != h->sums->sums[h->next]) {
		h->len = 0;
		return changed(h, h->given, h->given + want, d);
	}
	h->given += want;
	h->next++;
	return 0;
}

static ssize_t
held_read(void *ctx, char *buf, size_t max, struct diag *d)
{
	struct held_source *h = ctx;
	size_t n;

	if (h->at == h->len && next_block(h, d) != 0)
		return -1;
	n = h->len - h->at < max ? h->len - h->at : max;
	memcpy(buf, h->block + h->at, n);
	h->at += n;
	return (ssize_t)n;
}

struct byte_source
held_byte_source(struct held_source *h)
{
	return (struct byte_source){h, held_read};
}

bool
held_source_has_grown(const struct held_source *h)
{
	return h->has_grown;
}
