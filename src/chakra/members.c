/* SPDX-License-Identifier: MIT */
/*
 * A hash table with open addressing, at most half full. Where an item lies
 * depends on where the table lies in memory: nobody who makes up names knows
 * which ones fall on each other, and nothing else depends on it.
 */
#include "members.h"

#include "base/buf.h"
#include "base/json_read.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static uint64_t
hash_bytes(uint64_t hash, struct text t)
{
	const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
	uint64_t word;

	for (; t.len >= sizeof(word); t.s += 8, t.len -= 8) {
		memcpy(&word, t.s, sizeof(word));
		hash = (hash ^ word) * odd;
		hash ^= hash >> 32;
	}
	word = t.len;
	for (size_t i = 0; i < t.len; i++)
		word = word << 8 | (unsigned char)t.s[i];
	hash = (hash ^ word) * odd;
	return hash ^ hash >> 32;
}

static struct text
inside(struct text token)
{
	return (struct text){token.s + 1, token.len - 2};
}

static bool
has_escape(struct text token)
{
	return memchr(token.s, '\\', token.len) != NULL;
}

static uint64_t
hash_token(const struct members *m, struct text token)
{
	struct buf text = BUF_INIT(0);
	uint64_t hash;

	if (!has_escape(token))
		return hash_bytes(m->seed, inside(token));
	json_decode(token, &text);
	hash = hash_bytes(m->seed, buf_text(&text));
	buf_release(&text);
	return hash;
}

/* Where the item with this name is, or is to be. */
static uint32_t *
slot_of(const struct members *m, struct text token)
{
	size_t at = hash_token(m, token) & m->mask;

	while (m->slots[at] != 0 &&
	       !json_same_text(m->items[m->slots[at] - 1].name, token))
		at = (at + 1) & m->mask;
	return &m->slots[at];
}

static void
grow(struct members *m)
{
	size_t slots = (m->mask + 1) * 2;
	struct member *items =
	    xreallocarray(NULL, slots / 2, sizeof(*m->items));

	memcpy(items, m->items, m->count * sizeof(*items));
	members_release(m);
	m->items = items;
	m->slots = xcalloc(slots, sizeof(*m->slots));
	m->mask = slots - 1;
	for (size_t i = 0; i < m->count; i++)
		*slot_of(m, items[i].name) = (uint32_t)i + 1;
}

void
members_read(struct members *m, struct text object)
{
	struct json_walk w;
	struct text name, value;
	uint32_t *slot;

	m->items = m->near;
	m->slots = m->near_slots;
	m->count = 0;
	m->mask = 2 * MEMBERS_NEAR - 1;
	m->has_twins = false;
	m->seed = (uint64_t)(uintptr_t)m;
	memset(m->near_slots, 0, sizeof(m->near_slots));
	if (!json_is_object(object))
		return;
	json_walk_begin(&w, object);
	while (json_walk_next(&w, &name, &value)) {
		slot = slot_of(m, name);
		if (*slot != 0) {
			m->items[*slot - 1].last = value;
			m->has_twins = true;
			continue;
		}
		m->items[m->count] = (struct member){name, value, value};
		*slot = (uint32_t)++m->count;
		if (m->count * 2 > m->mask)
			grow(m);
	}
}

void
members_release(struct members *m)
{
	if (m->items == m->near)
		return;
	free(m->items);
	free(m->slots);
	m->items = m->near;
	m->slots = m->near_slots;
}

const struct member *
members_find(const struct members *m, struct text token)
{
	uint32_t at = *slot_of(m, token);

	return at != 0 ? &m->items[at - 1] : NULL;
}

const struct member *
members_named(const struct members *m, const char *name)
{
	struct text t = text_of(name);
	size_t at = hash_bytes(m->seed, t) & m->mask;

	while (m->slots[at] != 0) {
		const struct member *found = &m->items[m->slots[at] - 1];

		if (json_is_text(found->name, name))
			return found;
		at = (at + 1) & m->mask;
	}
	return NULL;
}

/* What is in an object or a list, for later. */
struct pending {
	struct text *items;
	size_t count, cap;
};

static void
keep_nested(struct pending *p, struct text value)
{
	if (!json_is_object(value) && !json_is_array(value))
		return;
	ARRAY_ROOM(p->items, p->count, p->cap);
	p->items[p->count++] = value;
}

/* Its own members, once each; what is nested in it is kept. */
static bool
has_own_twins(struct pending *p, struct text value)
{
	struct json_walk w;
	struct members m;
	struct text v;
	bool has;

	if (json_is_array(value)) {
		json_walk_begin(&w, value);
		while (json_walk_next(&w, NULL, &v))
			keep_nested(p, v);
		return false;
	}
	members_read(&m, value);
	for (size_t i = 0; i < m.count; i++)
		keep_nested(p, m.items[i].last);
	has = m.has_twins;
	members_release(&m);
	return has;
}

bool
json_has_twins(struct text value)
{
	struct pending p = {.items = NULL};
	bool has = false;

	/* Most lists have no object in them, and nothing else has names. */
	if (value.len == 0 || memchr(value.s, '{', value.len) == NULL)
		return false;
	keep_nested(&p, value);
	while (!has && p.count > 0)
		has = has_own_twins(&p, p.items[--p.count]);
	free(p.items);
	return has;
}
