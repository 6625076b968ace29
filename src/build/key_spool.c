/* SPDX-License-Identifier: MIT */
/*
 * Two sorts: the keys by their hash, which brings equal ones together, and
 * what that says of them by their places, so that a reading meets the verdicts
 * in the order of its rows. Half of the memory reads the keys while the other
 * half gathers verdicts.
 */
#include "build/builder.h"

#include "base/hash.h"
#include "base/unicode.h"
#include "base/xalloc.h"
#include "key_record.h"
#include "record_sort.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Static_assert(KEY_SPOOL_BYTES == KEY_WORDS * 4, "what is said of the disk");
_Static_assert(KEY_SPOOL_DUPLICATE_BYTES == 2 * VERDICT_WORDS * 4,
    "what is said of the disk");

struct key_spool {
	struct key_spool_options o;
	unsigned char (*field_keys)[KEY_SEED_BYTES];
	uint32_t *room;
	size_t bytes; /* of the room */
	struct sorter keys;
	struct buf form; /* a value in NFC */
	struct diag failure;
};

/* SipHash is a random function of key and text: another field's values have
 * hashes of their own under another key. */
static void
make_field_keys(struct key_spool *s)
{
	s->field_keys = xcalloc(s->o.fields, sizeof(*s->field_keys));
	for (size_t f = 0; f < s->o.fields; f++) {
		uint64_t name =
		    s->o.paths ? hash64(s->o.seed, s->o.paths[f]) : (uint64_t)f;

		memcpy(s->field_keys[f], s->o.seed, KEY_SEED_BYTES);
		for (size_t i = 0; i < sizeof(name); i++)
			s->field_keys[f][i] ^= (unsigned char)(name >> (8 * i));
	}
	s->o.paths = NULL;
}

struct key_spool *
key_spool_new(const struct key_spool_options *o, struct diag *d)
{
	struct key_spool *s = xcalloc(1, sizeof(*s));

	assert(o->fields > 0);
	s->o = *o;
	s->bytes = o->memory ? o->memory : KEY_SPOOL_MEMORY;
	s->room = xmalloc(s->bytes);
	make_field_keys(s);
	if (sorter_open(&s->keys, KEY_WORDS, s->room, s->bytes, o->folder, d) ==
	    0)
		return s;
	key_spool_free(s);
	return NULL;
}

void
key_spool_free(struct key_spool *s)
{
	if (s == NULL)
		return;
	sorter_close(&s->keys);
	buf_release(&s->form);
	free(s->field_keys);
	free(s->room);
	free(s);
}

void
key_spool_add(struct key_spool *s, size_t file, size_t field, struct text json,
    uint64_t row, uint64_t line)
{
	size_t source = file * s->o.fields + field;
	uint32_t w[KEY_WORDS];
	uint64_t hash[2];

	if (s->failure.kind != DIAG_NONE)
		return;
	if (source >> SOURCE_BITS || row >> ROW_BITS || line >> ROW_BITS) {
		diag_set(&s->failure, DIAG_USAGE,
		    "unique keys of more files, rows or lines than can be "
		    "compared: file %zu, row %llu, line %llu",
		    file + 1, (unsigned long long)row,
		    (unsigned long long)line);
		diag_help(&s->failure, "split the input, or raise "
				       "--unique-memory");
		return;
	}
	hash128(s->field_keys[field], text_nfc(&s->form, json), hash);
	for (size_t i = 0; i < HASH_WORDS; i++)
		w[i] = (uint32_t)(hash[i / 2] >> (i % 2 ? 0 : 32));
	place_pack(w + HASH_WORDS, (uint32_t)source, row, line);
	(void)sorter_add(&s->keys, w, &s->failure);
}

static int
add_other(void *ctx, const uint32_t *v, struct diag *d)
{
	struct key_spool *s = ctx;
	const uint32_t *first = v + PLACE_WORDS;
	uint32_t w[KEY_WORDS];

	if (place_source(first) == place_source(v))
		return 0;
	memcpy(w, v + HASH_AT, HASH_WORDS * sizeof(*w));
	place_pack(w + HASH_WORDS, place_source(first) * (uint32_t)s->o.fields,
	    place_row(first), place_line(first));
	return sorter_add(&s->keys, w, d);
}

int
key_spool_add_others(
    struct key_spool *s, const struct key_verdicts *v, struct diag *d)
{
	assert(memcmp(s->o.seed, v->seed, KEY_SEED_BYTES) == 0);
	return key_verdicts_each(v, 0, add_other, s, d);
}

int
key_spool_check(const struct key_spool *s, struct diag *d)
{
	if (s->failure.kind == DIAG_NONE)
		return 0;
	*d = s->failure;
	return -1;
}

/* Keys go by, equal ones together. */
struct judging {
	struct sorter verdicts;
	size_t fields;
	bool has_first;
	uint32_t first[KEY_WORDS]; /* of those that are equal */
};

static int
judge(void *ctx, const uint32_t *w, struct diag *d)
{
	struct judging *j = ctx;
	const uint32_t *place = w + HASH_WORDS, *first = j->first + HASH_WORDS;
	uint32_t v[VERDICT_WORDS], source = place_source(place);

	if (!j->has_first ||
	    memcmp(w, j->first, HASH_WORDS * sizeof(*w)) != 0) {
		memcpy(j->first, w, sizeof(j->first));
		j->has_first = true;
		return 0;
	}
	place_pack(v, source / (uint32_t)j->fields, place_row(place),
	    source % (uint32_t)j->fields);
	place_pack(v + PLACE_WORDS, place_source(first) / (uint32_t)j->fields,
	    place_row(first), place_line(first));
	memcpy(v + HASH_AT, w, HASH_WORDS * sizeof(*v));
	return sorter_add(&j->verdicts, v, d);
}

/* Writes sorted verdicts one after the other. */
struct written {
	struct key_spool *s;
	int fd;
	uint32_t *room;
	size_t count, cap;
	uint64_t total;
};

static int
written_flush(struct written *w, struct diag *d)
{
	size_t size = VERDICT_WORDS * sizeof(*w->room);
	size_t count = w->count;

	w->count = 0;
	if (nameless_write(w->fd, w->room, count * size, w->total * size,
		w->s->o.folder, d))
		return -1;
	w->total += count;
	return 0;
}

static int
write_verdict(void *ctx, const uint32_t *v, struct diag *d)
{
	struct written *w = ctx;

	if (w->count == w->cap && written_flush(w, d))
		return -1;
	memcpy(w->room + w->count++ * VERDICT_WORDS, v,
	    VERDICT_WORDS * sizeof(*v));
	return 0;
}

/* The verdicts in one piece. Of one run they are so already. */
static struct key_verdicts *
order_verdicts(struct key_spool *s, struct sorter *verdicts, struct diag *d)
{
	size_t half = s->bytes / 2;
	struct written w = {.s = s, .room = s->room + half / 4};
	int fd;

	if (verdicts->run_count <= 1) {
		fd = verdicts->fd;
		verdicts->fd = -1;
		return key_verdicts_new(fd,
		    verdicts->run_count ? verdicts->runs[0].count : 0, &s->o);
	}
	w.cap = half / (VERDICT_WORDS * sizeof(*w.room));
	w.fd = nameless_open(s->o.folder, d);
	if (w.fd < 0)
		return NULL;
	if (sorter_merge(verdicts, s->room, half, write_verdict, &w, d) == 0 &&
	    written_flush(&w, d) == 0)
		return key_verdicts_new(w.fd, w.total, &s->o);
	close(w.fd);
	return NULL;
}

struct key_verdicts *
key_spool_settle(struct key_spool *s, struct diag *d)
{
	struct judging j = {.fields = s->o.fields};
	struct key_verdicts *v = NULL;
	size_t half = s->bytes / 2;

	if (key_spool_check(s, d) || sorter_flush(&s->keys, d))
		return NULL;
	if (sorter_open(&j.verdicts, VERDICT_WORDS, s->room + half / 4, half,
		s->o.folder, d))
		return NULL;
	if (sorter_merge(&s->keys, s->room, half, judge, &j, d) == 0 &&
	    sorter_flush(&j.verdicts, d) == 0) {
		sorter_close(&s->keys); /* its disk is free again */
		v = order_verdicts(s, &j.verdicts, d);
	}
	sorter_close(&j.verdicts);
	return v;
}
