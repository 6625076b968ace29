/* SPDX-License-Identifier: MIT */
/*
 * Looking things up in the key tables. Linear: the longest table has some
 * forty rows and a mapping is read once.
 */
#include "keys.h"
#include "loader.h"

#include <stdlib.h>
#include <string.h>

const struct key *
keys_find(const struct key_table *t, struct text name, enum field_type type)
{
	for (; t; t = t->base)
		for (size_t i = 0; i < t->count; i++) {
			const struct key *k = &t->keys[i];
			if (text_is(name, k->name) &&
			    (type == TYPE_COUNT || !k->types ||
				(k->types & TYPE_BIT(type))))
				return k;
		}
	return NULL;
}

const struct key *
keys_row(const struct key_table *t, const char *name)
{
	return keys_find(t, text_of(name), TYPE_COUNT);
}

const char *
keys_did_you_mean(const struct key_table *t, struct text name)
{
	struct text names[GIVEN_MAX];
	size_t count = 0;
	for (; t; t = t->base)
		for (size_t i = 0; i < t->count && count < GIVEN_MAX; i++)
			names[count++] = text_of(t->keys[i].name);
	int best = text_did_you_mean(name, names, count);
	return best < 0 ? NULL : names[best].s;
}

bool
key_word_find(const struct key_word *words, struct text word, int *value)
{
	for (; words && words->word; words++)
		if (text_is(word, words->word)) {
			*value = words->value;
			return true;
		}
	return false;
}

void
key_words_list(const struct key_word *words, struct buf *out)
{
	for (size_t i = 0; words[i].word; i++) {
		if (i)
			buf_adds(out, words[i + 1].word ? ", " : " or ");
		buf_adds(out, words[i].word);
	}
}
