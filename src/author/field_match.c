/* SPDX-License-Identifier: MIT */
/* Names as words, and how many of them two names share. */
#include "field_match.h"

#include "base/buf.h"
#include "base/unicode.h"
#include "init_mapping.h"

#include <stddef.h>

#define WORDS_MAX 12

/* A name with its words apart, and with nothing between them. */
struct words {
	struct buf key, joined;
	struct text items[WORDS_MAX];
	size_t count;
};

typedef bool (*same_words)(struct text a, struct text b);

/* A script that init_key has no letters for: small letters, no blanks. */
static void
add_other_script(struct buf *out, struct text name)
{
	size_t at = 0;

	while (at < name.len) {
		uint32_t c = utf8_next(name.s, name.len, &at);

		if (code_point_is_word(c))
			utf8_add(out, code_point_lower(c));
	}
}

static void
words_of(struct words *w, struct text name)
{
	const char *at;

	*w = (struct words){.key = BUF_INIT(256), .joined = BUF_INIT(256)};
	init_key(&w->key, name);
	if (w->key.len == 0)
		add_other_script(&w->key, name);
	else if (name.s[name.len - 1] == '#')
		buf_adds(&w->key, "_no");
	at = buf_str(&w->key);
	while (*at != '\0') {
		struct text word = {at, strcspn(at, "_")};

		if (w->count < WORDS_MAX)
			w->items[w->count++] = word;
		buf_add(&w->joined, word.s, word.len);
		at += word.len + (at[word.len] == '_');
	}
}

static void
words_release(struct words *w)
{
	buf_release(&w->key);
	buf_release(&w->joined);
}

/* How many words of `a` are among those of `b`, each used once. */
static size_t
common_words(const struct words *a, const struct words *b, same_words same)
{
	bool used[WORDS_MAX] = {false};
	size_t common = 0;

	for (size_t i = 0; i < a->count; i++)
		for (size_t k = 0; k < b->count; k++) {
			if (used[k] || !(text_equal(a->items[i], b->items[k]) ||
					   same(a->items[i], b->items[k])))
				continue;
			used[k] = true;
			common++;
			break;
		}
	return common;
}

static int
score_words(const struct words *a, const struct words *b, same_words same)
{
	struct text x = buf_text(&a->joined), y = buf_text(&b->joined);
	size_t common;

	if (x.len == 0 || y.len == 0)
		return 0;
	if (text_equal(x, y))
		return 100;
	if (same(x, y))
		return 90;
	if (x.len >= 6 && y.len >= 6 && text_distance(x, y, 1) <= 1)
		return 80;
	common = common_words(a, b, same);
	return (int)(common * 160 / (a->count + b->count));
}

/* Beside the short id and beside the title; the better one. */
static int
score(struct text name, const struct config_item *item, same_words same)
{
	struct words own, other;
	int best = 0;

	words_of(&own, name);
	for (int i = 0; i < 2; i++) {
		const char *s = i == 0 ? item->short_id : item->title;
		int one;

		if (s == NULL)
			continue;
		words_of(&other, text_of(s));
		one = score_words(&own, &other, same);
		words_release(&other);
		best = one > best ? one : best;
	}
	words_release(&own);
	return best;
}

int
field_score(
    struct text name, const struct config_item *field, enum field_fit fit)
{
	int n = score(name, field, field_words_same);

	if (n == 0)
		return 0;
	if (fit == FIT_CONTRADICTS)
		n -= 35;
	else if (fit == FIT_AGREES)
		n += 5;
	return n < 0 ? 0 : n > 100 ? 100 : n;
}

int
state_score(struct text value, const struct config_item *state)
{
	return score(value, state, state_words_same);
}
