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

/* A hash of no quality: it only says where a word is looked for first. Its ends
 * are loaded, which overlap in short ones. */
static size_t
slot_of(struct text value)
{
	uint64_t first = value.len, last = 0;
	uint32_t half[2];

	if (value.len >= sizeof(first)) {
		memcpy(&first, value.s, sizeof(first));
		memcpy(&last, value.s + value.len - sizeof(last), sizeof(last));
	} else if (value.len >= sizeof(half[0])) {
		memcpy(&half[0], value.s, sizeof(half[0]));
		memcpy(&half[1], value.s + value.len - sizeof(half[1]),
		    sizeof(half[1]));
		first = half[0];
		last = half[1];
	} else if (value.len > 0) {
		first = (unsigned char)value.s[0];
		last = (uint64_t)(unsigned char)value.s[value.len / 2] << 8 |
		       (unsigned char)value.s[value.len - 1];
	}
	first ^= last << 7 | last >> 57;
	return (size_t)(first * UINT64_C(0x9e3779b97f4a7c15) >> 58) %
	       DISTINCT_SLOTS;
}

static void
give_up_words(struct distinct *x)
{
	free(x->words);
	x->words = NULL;
	x->word_count = 0;
	x->has_no_words = true;
}

/* The word that the value is, which is added if there is room; *is_new: it was
 * not there. NULL = there are no words. */
static struct distinct_word *
word_of(struct distinct *x, struct text value, bool *is_new)
{
	size_t slot = slot_of(value);
	struct distinct_word *w;

	*is_new = false;
	for (; x->slots[slot] != 0; slot = (slot + 1) % DISTINCT_SLOTS) {
		w = &x->words[x->slots[slot] - 1];
		if (text_equal((struct text){w->text, w->len}, value))
			return w;
	}
	*is_new = true;
	if (value.len > DISTINCT_WORD_MAX || x->word_count == DISTINCT_WORDS) {
		give_up_words(x);
		return NULL;
	}
	x->words =
	    xreallocarray(x->words, x->word_count + 1, sizeof(*x->words));
	w = &x->words[x->word_count++];
	*w = (struct distinct_word){.len = value.len};
	memcpy(w->text, value.s, value.len);
	x->slots[slot] = (unsigned char)x->word_count;
	return w;
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

static void
add_hash(struct distinct *x, uint64_t h)
{
	size_t at;

	if (x->count == DISTINCT_K && h > x->smallest[x->count - 1]) {
		x->is_full = true;
		return;
	}
	at = lower_bound(x->smallest, x->count, sizeof(h), 0, h);
	if (at == x->count || x->smallest[at] != h)
		insert(x, at, h);
}

struct distinct_word *
distinct_add(struct distinct *x, struct text value)
{
	struct distinct_word *w = NULL;
	bool is_new = true;

	if (!x->has_no_words)
		w = word_of(x, value, &is_new);
	if (w)
		w->count++;
	/* The hash of a word was seen with it. */
	if (is_new)
		add_hash(x, hash64(key, value));
	return w;
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
