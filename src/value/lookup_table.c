/* SPDX-License-Identifier: MIT */
/*
 * Open addressing over entries that lie one after the other in one pool. What
 * a search waits for is memory, so a slot has four bytes: those of 100,000
 * texts are half a MiB, which caches hold, and the entry is the one thing that
 * comes from afar. Refused: a sorted list (of 100,000 texts it looks at 17),
 * and the whole hash in each slot (twice as much to wait for; five bits of it
 * keep 31 of 32 other entries from being looked at).
 */
#include "base/hash.h"
#include "base/unicode.h"
#include "base/xalloc.h"
#include "value/convert.h"

#include <stdlib.h>
#include <string.h>

/* The two texts come after it, the key first. */
struct entry {
	uint32_t hash, key_len, result_len, line;
};

/* Where the entry is in the pool, in units, from 1; 0 = free. The highest bits
 * are those of its hash. */
#define ENTRY_UNIT sizeof(uint32_t)
#define PLACE_BITS 27
#define PLACE_MASK ((UINT32_C(1) << PLACE_BITS) - 1)
_Static_assert(2 * LOOKUP_BYTES_MAX / ENTRY_UNIT <= PLACE_MASK + 1,
    "the pool has places that a slot has no bits for");

struct lookup_table {
	bool ignores_case;
	struct buf pool;
	uint32_t *slots;
	size_t slot_count, count;
	struct buf work[2];
};

struct lookup_table *
lookup_table_new(bool ignores_case)
{
	struct lookup_table *t = xcalloc(1, sizeof(*t));

	t->ignores_case = ignores_case;
	/* Whoever adds asks for its size, entry by entry. */
	buf_init(&t->pool, 2 * LOOKUP_BYTES_MAX);
	return t;
}

void
lookup_table_free(struct lookup_table *t)
{
	if (t == NULL)
		return;
	buf_release(&t->pool);
	buf_release(&t->work[0]);
	buf_release(&t->work[1]);
	free(t->slots);
	free(t);
}

/* What is compared of a text. */
static struct text
key_of(const struct lookup_table *t, struct text from, struct buf *work)
{
	struct text form = text_nfc(&work[0], from);

	if (!t->ignores_case)
		return form;
	buf_clear(&work[1]);
	(void)text_add_lower(&work[1], form);
	return (struct text){buf_str(&work[1]), work[1].len};
}

static const char *
entry_get(const struct lookup_table *t, size_t at, struct entry *e)
{
	const char *s = t->pool.data + at;

	memcpy(e, s, sizeof(*e));
	return s + sizeof(*e);
}

static const char *
entry_of(const struct lookup_table *t, uint32_t slot, struct entry *e)
{
	return entry_get(t, ((slot & PLACE_MASK) - 1) * ENTRY_UNIT, e);
}

/* The slot of the key, or the free one where it belongs. */
static uint32_t *
find_slot(const struct lookup_table *t, struct text key, uint32_t hash)
{
	size_t mask = t->slot_count - 1, i = hash & mask;

	for (; t->slots[i] != 0; i = (i + 1) & mask) {
		struct entry e;
		const char *s;

		if (((t->slots[i] ^ hash) & ~PLACE_MASK) != 0)
			continue;
		s = entry_of(t, t->slots[i], &e);
		if (e.key_len == key.len && memcmp(s, key.s, key.len) == 0)
			break;
	}
	return &t->slots[i];
}

static uint32_t
hash_of(struct text key)
{
	static const unsigned char seed[16] = "csv2chakra tabl";

	return (uint32_t)hash64(seed, key);
}

static void
grow_slots(struct lookup_table *t)
{
	uint32_t *old = t->slots;
	size_t old_count = t->slot_count, mask;

	t->slot_count = old_count ? 2 * old_count : 64;
	t->slots = xcalloc(t->slot_count, sizeof(*t->slots));
	mask = t->slot_count - 1;
	for (size_t i = 0; i < old_count; i++) {
		struct entry e;
		size_t to;

		if (old[i] == 0)
			continue;
		(void)entry_of(t, old[i], &e);
		for (to = e.hash & mask; t->slots[to] != 0;)
			to = (to + 1) & mask;
		t->slots[to] = old[i];
	}
	free(old);
}

/* The slot for it. */
static uint32_t
put_entry(struct lookup_table *t, struct text key, uint32_t hash,
    struct text to, uint64_t line)
{
	struct entry e = {hash, (uint32_t)key.len, (uint32_t)to.len,
	    line < UINT32_MAX ? (uint32_t)line : UINT32_MAX};
	size_t at = t->pool.len;

	buf_add(&t->pool, (const char *)&e, sizeof(e));
	buf_add(&t->pool, key.s, key.len);
	buf_add(&t->pool, to.s ? to.s : "", to.len);
	while (t->pool.len % ENTRY_UNIT != 0)
		buf_addc(&t->pool, '\0');
	t->count++;
	return (hash & ~PLACE_MASK) | ((uint32_t)(at / ENTRY_UNIT) + 1);
}

enum lookup_added
lookup_table_add(
    struct lookup_table *t, struct text from, struct text to, uint64_t *line)
{
	struct text key = key_of(t, from, t->work);
	uint32_t hash = hash_of(key);
	uint32_t *slot;
	struct entry e;
	const char *s;

	/* At most seven eighths full. */
	if (8 * (t->count + 1) > 7 * t->slot_count)
		grow_slots(t);
	slot = find_slot(t, key, hash);
	if (*slot == 0) {
		*slot = put_entry(t, key, hash, to, *line);
		return LOOKUP_ADDED;
	}
	s = entry_of(t, *slot, &e);
	*line = e.line;
	return text_equal((struct text){s + e.key_len, e.result_len}, to)
		   ? LOOKUP_AGREES
		   : LOOKUP_DIFFERS;
}

struct lookup_key
lookup_table_key(
    const struct lookup_table *t, struct text from, struct buf *work)
{
	struct lookup_key key = {.text = key_of(t, from, work)};

	key.hash = hash_of(key.text);
#if defined(__GNUC__)
	/* Of the first slot; nothing waits for that either. A free one asks for
	 * the pool's beginning. */
	if (t->slot_count > 0) {
		size_t first = key.hash & (t->slot_count - 1);

		__builtin_prefetch(
		    t->pool.data + (t->slots[first] & PLACE_MASK) * ENTRY_UNIT);
	}
#endif
	return key;
}

bool
lookup_table_find(
    const struct lookup_table *t, const struct lookup_key *key, struct text *to)
{
	uint32_t slot;
	struct entry e;
	const char *s;

	if (t->count == 0)
		return false;
	slot = *find_slot(t, key->text, key->hash);
	if (slot == 0)
		return false;
	s = entry_of(t, slot, &e);
	*to = (struct text){s + e.key_len, e.result_len};
	return true;
}

size_t
lookup_table_count(const struct lookup_table *t)
{
	return t->count;
}

const struct text *
lookup_table_names(const struct lookup_table *t, struct arena *a)
{
	struct text *names = arena_array(a, t->count + 1, sizeof(*names));
	size_t at = 0;

	for (size_t i = 0; i < t->count; i++) {
		struct entry e;
		const char *s = entry_get(t, at, &e);

		names[i] = (struct text){s, e.key_len};
		at += sizeof(e) + e.key_len + e.result_len;
		at = (at + ENTRY_UNIT - 1) / ENTRY_UNIT * ENTRY_UNIT;
	}
	return names;
}

size_t
lookup_table_bytes(const struct lookup_table *t)
{
	return t->pool.len + t->slot_count * sizeof(*t->slots);
}
