/* SPDX-License-Identifier: MIT */
/*
 * Open addressing, at most half full, over 32-bit numbers of entries. A sorted
 * list was refused: of 100,000 texts it looks at 17, each where the cache does
 * not have it.
 */

#include "base/hash.h"
#include "base/unicode.h"
#include "base/xalloc.h"
#include "value/convert_text.h"

#include <stdlib.h>
#include <string.h>

struct lookup_table {
	struct arena arena;
	bool ignores_case;
	/* By entry: as written, as compared, what it becomes, its line. */
	struct text *names, *keys, *results;
	uint64_t *lines;
	size_t count, cap;
	uint32_t *slots; /* number of an entry, from 1; 0 = free */
	size_t slot_count;
	size_t text_bytes;
	struct buf work[2];
};

struct lookup_table *
lookup_table_new(bool ignores_case)
{
	struct lookup_table *t = xcalloc(1, sizeof(*t));

	t->ignores_case = ignores_case;
	return t;
}

void
lookup_table_free(struct lookup_table *t)
{
	if (t == NULL)
		return;
	arena_release(&t->arena);
	buf_release(&t->work[0]);
	buf_release(&t->work[1]);
	free(t->names);
	free(t->keys);
	free(t->results);
	free(t->lines);
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

/* The slot of the key, or the free one where it belongs. */
static size_t
find_slot(const struct lookup_table *t, struct text key)
{
	static const unsigned char seed[16] = "csv2chakra table";
	size_t mask = t->slot_count - 1;
	size_t at = (size_t)hash64(seed, key) & mask;

	while (t->slots[at] != 0 && !text_equal(t->keys[t->slots[at] - 1], key))
		at = (at + 1) & mask;
	return at;
}

static void
grow_slots(struct lookup_table *t)
{
	t->slot_count = t->slot_count ? 2 * t->slot_count : 64;
	free(t->slots);
	t->slots = xcalloc(t->slot_count, sizeof(*t->slots));
	for (size_t i = 0; i < t->count; i++)
		t->slots[find_slot(t, t->keys[i])] = (uint32_t)i + 1;
}

static void
grow_entries(struct lookup_table *t)
{
	t->cap = t->cap ? 2 * t->cap : 64;
	t->names = xreallocarray(t->names, t->cap, sizeof(*t->names));
	t->keys = xreallocarray(t->keys, t->cap, sizeof(*t->keys));
	t->results = xreallocarray(t->results, t->cap, sizeof(*t->results));
	t->lines = xreallocarray(t->lines, t->cap, sizeof(*t->lines));
}

static struct text
keep(struct lookup_table *t, struct text s)
{
	t->text_bytes += (s.len + 16) / 16 * 16; /* as the arena does */
	return (struct text){
	    arena_strndup(&t->arena, s.s ? s.s : "", s.len), s.len};
}

enum lookup_added
lookup_table_add(
    struct lookup_table *t, struct text from, struct text to, uint64_t *line)
{
	struct text key = key_of(t, from, t->work);
	size_t slot, i = t->count;

	if (2 * (t->count + 1) > t->slot_count)
		grow_slots(t);
	slot = find_slot(t, key);
	if (t->slots[slot] != 0) {
		i = t->slots[slot] - 1;
		*line = t->lines[i];
		return text_equal(t->results[i], to) ? LOOKUP_AGREES
						     : LOOKUP_DIFFERS;
	}
	if (t->count == t->cap)
		grow_entries(t);
	t->names[i] = keep(t, from);
	t->keys[i] = text_equal(from, key) ? t->names[i] : keep(t, key);
	t->results[i] = keep(t, to);
	t->lines[i] = *line;
	t->slots[slot] = (uint32_t)++t->count;
	return LOOKUP_ADDED;
}

const struct text *
lookup_table_find(
    const struct lookup_table *t, struct text from, struct buf *work)
{
	uint32_t entry = 0;

	if (t->count > 0)
		entry = t->slots[find_slot(t, key_of(t, from, work))];
	return entry != 0 ? &t->results[entry - 1] : NULL;
}

size_t
lookup_table_count(const struct lookup_table *t)
{
	return t->count;
}

const struct text *
lookup_table_names(const struct lookup_table *t)
{
	return t->names;
}

size_t
lookup_table_bytes(const struct lookup_table *t)
{
	return t->text_bytes + t->cap * (3 * sizeof(struct text) + 8) +
	       t->slot_count * sizeof(*t->slots);
}
