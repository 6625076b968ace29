/* SPDX-License-Identifier: MIT */
/*
 * Open addressing, at most half full, over entries that lie one after the
 * other in one pool: a slot and an entry are all that a search looks at. A
 * sorted list was refused: of 100,000 texts it looks at 17, each where the
 * cache does not have it.
 */
#include "base/hash.h"
#include "base/unicode.h"
#include "base/xalloc.h"
#include "value/convert.h"

#include <stdlib.h>
#include <string.h>

/* The two texts come after it, the key first. */
struct entry {
	uint32_t key_len, result_len, line;
};

struct slot {
	uint32_t hash;
	uint32_t at; /* of the entry in the pool, in units of ENTRY_UNIT, from
		      * 1; 0 = free */
};
#define ENTRY_UNIT sizeof(uint32_t)

struct lookup_table {
	bool ignores_case;
	struct buf pool;
	struct slot *slots;
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

/* The slot of the key, or the free one where it belongs. */
static struct slot *
find_slot(const struct lookup_table *t, struct text key, uint32_t hash)
{
	size_t mask = t->slot_count - 1, i = hash & mask;

	for (; t->slots[i].at != 0; i = (i + 1) & mask) {
		struct entry e;
		const char *s;

		if (t->slots[i].hash != hash)
			continue;
		s = entry_get(t, (t->slots[i].at - 1) * ENTRY_UNIT, &e);
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
	struct slot *old = t->slots;
	size_t old_count = t->slot_count, mask;

	t->slot_count = old_count ? 2 * old_count : 64;
	t->slots = xcalloc(t->slot_count, sizeof(*t->slots));
	mask = t->slot_count - 1;
	for (size_t i = 0; i < old_count; i++) {
		size_t to = old[i].hash & mask;

		if (old[i].at == 0)
			continue;
		while (t->slots[to].at != 0)
			to = (to + 1) & mask;
		t->slots[to] = old[i];
	}
	free(old);
}

static uint32_t
put_entry(
    struct lookup_table *t, struct text key, struct text to, uint64_t line)
{
	struct entry e = {(uint32_t)key.len, (uint32_t)to.len,
	    line < UINT32_MAX ? (uint32_t)line : UINT32_MAX};
	size_t at = t->pool.len;

	buf_add(&t->pool, (const char *)&e, sizeof(e));
	buf_add(&t->pool, key.s, key.len);
	buf_add(&t->pool, to.s ? to.s : "", to.len);
	while (t->pool.len % ENTRY_UNIT != 0)
		buf_addc(&t->pool, '\0');
	t->count++;
	return (uint32_t)(at / ENTRY_UNIT) + 1;
}

enum lookup_added
lookup_table_add(
    struct lookup_table *t, struct text from, struct text to, uint64_t *line)
{
	struct text key = key_of(t, from, t->work);
	uint32_t hash = hash_of(key);
	struct slot *slot;
	struct entry e;
	const char *s;

	if (2 * (t->count + 1) > t->slot_count)
		grow_slots(t);
	slot = find_slot(t, key, hash);
	if (slot->at == 0) {
		*slot = (struct slot){hash, put_entry(t, key, to, *line)};
		return LOOKUP_ADDED;
	}
	s = entry_get(t, (slot->at - 1) * ENTRY_UNIT, &e);
	*line = e.line;
	return text_equal((struct text){s + e.key_len, e.result_len}, to)
		   ? LOOKUP_AGREES
		   : LOOKUP_DIFFERS;
}

bool
lookup_table_find(const struct lookup_table *t, struct text from,
    struct buf *work, struct text *to)
{
	struct text key = key_of(t, from, work);
	const struct slot *slot;
	struct entry e;
	const char *s;

	if (t->count == 0)
		return false;
	slot = find_slot(t, key, hash_of(key));
	if (slot->at == 0)
		return false;
	s = entry_get(t, (slot->at - 1) * ENTRY_UNIT, &e);
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
