/* SPDX-License-Identifier: MIT */
/*
 * A sorted array of the smallest hashes. Values that come again and again are
 * found by bisection; once the array is full, nearly all new ones are larger
 * than its last and cost one comparison.
 */
#include "base/hash.h"
#include "base/lower_bound.h"
#include "base/xalloc.h"
#include "look/column_profile.h"

#include <stdlib.h>
#include <string.h>

static const unsigned char key[16] = "column distinct";

void
distinct_release(struct distinct *x)
{
	free(x->smallest);
	free(x->words);
	memset(x, 0, sizeof(*x));
}

static void
add_word(struct distinct *x, struct text value)
{
	struct distinct_word *w;

	if (x->has_no_words)
		return;
	for (size_t i = 0; i < x->word_count; i++) {
		w = &x->words[i];
		if (text_equal((struct text){w->text, w->len}, value)) {
			w->count++;
			return;
		}
	}
	if (value.len > DISTINCT_WORD_MAX || x->word_count == DISTINCT_WORDS) {
		free(x->words);
		x->words = NULL;
		x->word_count = 0;
		x->has_no_words = true;
		return;
	}
	x->words =
	    xreallocarray(x->words, x->word_count + 1, sizeof(*x->words));
	w = &x->words[x->word_count++];
	memcpy(w->text, value.s, value.len);
	w->len = value.len;
	w->count = 1;
}

static void
insert(struct distinct *x, size_t at, uint64_t h)
{
	size_t behind;

	if (x->count == DISTINCT_K) {
		x->is_full = true;
		x->count--;
	}
	ARRAY_ROOM(x->smallest, x->count, x->cap);
	behind = x->count - at;
	memmove(&x->smallest[at + 1], &x->smallest[at],
	    behind * sizeof(*x->smallest));
	x->smallest[at] = h;
	x->count++;
}

void
distinct_add(struct distinct *x, struct text value)
{
	uint64_t h = hash64(key, value);
	size_t at;

	add_word(x, value);
	if (x->count == DISTINCT_K && h > x->smallest[x->count - 1]) {
		x->is_full = true;
		return;
	}
	at = lower_bound(x->smallest, x->count, sizeof(h), 0, h);
	if (at == x->count || x->smallest[at] != h)
		insert(x, at, h);
}

uint64_t
distinct_estimate(const struct distinct *x, bool *is_exact)
{
	double share;

	if (is_exact)
		*is_exact = !x->is_full;
	if (!x->is_full)
		return x->count;
	/* The K-th smallest of n hashes lies about K/n of the way up. */
	share = ((double)x->smallest[DISTINCT_K - 1] + 1.0) / 0x1p64;
	return (uint64_t)((double)(DISTINCT_K - 1) / share);
}
