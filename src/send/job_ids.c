/* SPDX-License-Identifier: MIT */
/* Open addressing, at most half full. A set that is full becomes the one
 * before, whose ids are forgotten when the next one is full. */
#include "job_ids.h"

#include "base/hash.h"
#include "base/xalloc.h"

#include <stdlib.h>

#define FIRST_CAP ((size_t)64)

void
job_ids_release(struct job_ids *j)
{
	free(j->newest.slots);
	free(j->before.slots);
	*j = (struct job_ids){0};
}

/* The slot that has the hash, or the free one for it. */
static uint64_t *
find(const struct job_id_set *s, uint64_t hash)
{
	size_t at = (size_t)hash & (s->cap - 1);

	while (s->slots[at] != 0 && s->slots[at] != hash)
		at = (at + 1) & (s->cap - 1);
	return &s->slots[at];
}

static void
grow(struct job_id_set *s)
{
	struct job_id_set old = *s;

	*s = (struct job_id_set){
	    .cap = old.cap ? old.cap * 2 : FIRST_CAP, .count = old.count};
	s->slots = xcalloc(s->cap, sizeof(*s->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i] != 0)
			*find(s, old.slots[i]) = old.slots[i];
	free(old.slots);
}

bool
job_ids_add(struct job_ids *j, const char *id)
{
	static const unsigned char key[16] = "background jobs";
	uint64_t hash = hash64(key, text_of(id)), *slot;

	hash += hash == 0;
	if (j->newest.count == JOB_IDS_KEPT) {
		free(j->before.slots);
		j->before = j->newest;
		j->newest = (struct job_id_set){0};
	}
	if (j->newest.count * 2 >= j->newest.cap)
		grow(&j->newest);
	slot = find(&j->newest, hash);
	if (*slot == hash ||
	    (j->before.cap > 0 && *find(&j->before, hash) == hash))
		return false;
	*slot = hash;
	j->newest.count++;
	return true;
}
