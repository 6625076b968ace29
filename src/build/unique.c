/* SPDX-License-Identifier: MIT */
/*
 * The index of values seen, small enough for millions of keys.
 *
 * The hash's top byte chooses one of 256 tables, each with open addressing and
 * linear probing; the other 56 bits and the 40-bit number are a slot of 12
 * bytes. Tables grow on their own, by half, when they are three quarters full,
 * so that only one of them stands there twice at a time: at most
 * 12 * 1.5 / 0.75 = 24 bytes a key, and 1/256 of that while one grows.
 * Refused: one big table (old and new together are 48 bytes a key while it
 * grows), chaining (pointers), keeping the texts.
 */
#include "base/hash.h"
#include "base/unicode.h"
#include "base/xalloc.h"
#include "build/builder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PART_COUNT 256
/* Hints that are kept, a power of two, and how long a value may be. */
#define HINTS 16U
#define HINT_BYTES 48
/* So many that did not come true, and are not outnumbered: there will be no
 * more. */
#define HINTS_IN_VAIN 256
#define FIRST_CAP 16

/* number 0 = empty. `high` holds hash bits 32-55 and number bits 32-39. */
struct slot {
	uint32_t hash_low, high, number_low;
};

struct part {
	struct slot *slots;
	uint32_t cap, used;
};

/* A value that may come, and its hash. */
struct guess {
	uint64_t hash;
	size_t len;
	char value[HINT_BYTES];
};

struct unique_index {
	unsigned char key[16];
	uint64_t count;
	size_t bytes;	 /* of the slots */
	struct buf form; /* a value in NFC */
	struct part parts[PART_COUNT];
	/* Round and round: the next one that is given, and that is used. */
	struct guess hints[HINTS];
	unsigned given, used;
	uint64_t in_vain; /* hints that were not used, less those that were */
};

static uint64_t
slot_number(const struct slot *s)
{
	return (uint64_t)(s->high & 0xff) << 32 | s->number_low;
}

struct unique_index *
unique_new(const unsigned char seed[16])
{
	struct unique_index *u = xcalloc(1, sizeof(*u));

	memcpy(u->key, seed, sizeof(u->key));
	return u;
}

void
unique_clear(struct unique_index *u)
{
	for (size_t i = 0; i < PART_COUNT; i++) {
		free(u->parts[i].slots);
		u->parts[i] = (struct part){NULL, 0, 0};
	}
	u->count = u->bytes = 0;
}

void
unique_free(struct unique_index *u)
{
	if (u == NULL)
		return;
	unique_clear(u);
	buf_release(&u->form);
	free(u);
}

/* Where a hash is looked for first. */
static inline uint32_t
first_place(const struct part *p, uint32_t hash_low)
{
	return (uint32_t)((uint64_t)hash_low * p->cap >> 32);
}

/* The slot that holds the same hash, or the empty one where it belongs. */
static struct slot *
find(const struct part *p, uint32_t hash_low, uint32_t hash_high)
{
	uint32_t i = first_place(p, hash_low);

	for (;;) {
		struct slot *s = &p->slots[i];

		if (s->hash_low == hash_low &&
		    (s->high >> 8 == hash_high || slot_number(s) == 0))
			return s;
		if (slot_number(s) == 0)
			return s;
		if (++i == p->cap)
			i = 0;
	}
}

/* Where a hash that is not there yet belongs: the next empty slot. */
static struct slot *
find_empty(const struct part *p, uint32_t hash_low)
{
	uint32_t i = first_place(p, hash_low);

	while (slot_number(&p->slots[i]) != 0)
		if (++i == p->cap)
			i = 0;
	return &p->slots[i];
}

static void
grow(struct unique_index *u, struct part *p)
{
	struct part wider = {.used = p->used};
	uint32_t i;

	assert(p->cap < UINT32_MAX / 2);
	wider.cap = p->cap == 0 ? FIRST_CAP : p->cap + p->cap / 2;
	wider.slots = xcalloc(wider.cap, sizeof(*wider.slots));
	for (i = 0; i < p->cap; i++) {
		const struct slot *s = &p->slots[i];

		if (slot_number(s) != 0)
			*find_empty(&wider, s->hash_low) = *s;
	}
	free(p->slots);
	u->bytes += (wider.cap - p->cap) * sizeof(*p->slots);
	*p = wider;
}

static uint64_t
hash_and_ask(struct unique_index *u, struct text value)
{
	uint64_t hash = hash64(u->key, text_nfc(&u->form, value));
#if defined(__GNUC__)
	const struct part *p = &u->parts[hash >> 56];

	if (p->cap > 0)
		__builtin_prefetch(
		    &p->slots[first_place(p, (uint32_t)hash)], 1);
#endif
	return hash;
}

void
unique_hint(struct unique_index *u, struct text value)
{
	struct guess *h = &u->hints[u->given % HINTS];

	if (value.len > HINT_BYTES)
		return;
	if (u->given - u->used == HINTS)
		u->used++;
	u->given++;
	h->hash = hash_and_ask(u, value);
	h->len = value.len;
	memcpy(h->value, value.s, value.len);
}

bool
unique_takes_hints(const struct unique_index *u)
{
	return u->in_vain < HINTS_IN_VAIN;
}

/* Values come in the order of their hints; of some there is none, and some
 * hints are of values that do not come. */
uint64_t
unique_hash(struct unique_index *u, struct text value)
{
	for (unsigned i = u->used; i != u->given; i++) {
		const struct guess *h = &u->hints[i % HINTS];

		if (h->len != value.len ||
		    memcmp(h->value, value.s, value.len) != 0)
			continue;
		u->used = i + 1;
		u->in_vain -= u->in_vain > 0;
		return h->hash;
	}
	u->in_vain += u->used != u->given;
	return hash_and_ask(u, value);
}

bool
unique_add(
    struct unique_index *u, struct text value, uint64_t number, uint64_t *first)
{
	return unique_add_hash(u, unique_hash(u, value), number, first);
}

bool
unique_add_hash(
    struct unique_index *u, uint64_t hash, uint64_t number, uint64_t *first)
{
	uint32_t low = (uint32_t)hash;
	uint32_t high = (uint32_t)(hash >> 32) & 0xffffff;
	struct part *p = &u->parts[hash >> 56];
	struct slot *s;

	assert(number > 0 && number >> 40 == 0);
	if (p->used >= p->cap - p->cap / 4)
		grow(u, p);
	s = find(p, low, high);
	if (slot_number(s) != 0) {
		*first = slot_number(s);
		return false;
	}
	s->hash_low = low;
	s->high = high << 8 | (uint32_t)(number >> 32);
	s->number_low = (uint32_t)number;
	p->used++;
	u->count++;
	return true;
}

uint64_t
unique_find_hash(const struct unique_index *u, uint64_t hash)
{
	const struct part *p = &u->parts[hash >> 56];

	if (p->cap == 0)
		return 0;
	return slot_number(
	    find(p, (uint32_t)hash, (uint32_t)(hash >> 32) & 0xffffff));
}

uint64_t
unique_count(const struct unique_index *u)
{
	return u->count;
}

size_t
unique_bytes(const struct unique_index *u)
{
	return u->bytes;
}
