/* SPDX-License-Identifier: MIT */
/* Open addressing, at most half full. */
#include "job_ids.h"

#include "base/hash.h"
#include "base/xalloc.h"

#include <stdlib.h>

#define FIRST_CAP ((size_t)64)

void
job_ids_release(struct job_ids *j)
{
	free(j->slots);
	*j = (struct job_ids){0};
}

static bool
put(struct job_ids *j, uint64_t hash)
{
	size_t at = (size_t)hash & (j->cap - 1);

	while (j->slots[at] != 0 && j->slots[at] != hash)
		at = (at + 1) & (j->cap - 1);
	if (j->slots[at] == hash)
		return false;
	j->slots[at] = hash;
	j->count++;
	return true;
}

static void
grow(struct job_ids *j)
{
	struct job_ids old = *j;

	*j = (struct job_ids){.cap = old.cap ? old.cap * 2 : FIRST_CAP};
	j->slots = xcalloc(j->cap, sizeof(*j->slots));
	for (size_t i = 0; i < old.cap; i++)
		if (old.slots[i] != 0)
			put(j, old.slots[i]);
	free(old.slots);
}

bool
job_ids_add(struct job_ids *j, const char *id)
{
	static const unsigned char key[16] = "background jobs";
	uint64_t hash = hash64(key, text_of(id));

	if (j->count * 2 >= j->cap)
		grow(j);
	return put(j, hash ? hash : 1);
}
