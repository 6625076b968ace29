/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean": the optimal string alignment distance (Damerau-Levenshtein
 * without overlapping swaps) over code points, case folded. Words of
 * more than WORD_MAX code points are compared by their first WORD_MAX.
 */
#include "base/text.h"
#include "base/unicode.h"

#define WORD_MAX 128

static size_t
decode(struct text t, uint32_t out[WORD_MAX])
{
	size_t n = 0, pos = 0;

	while (pos < t.len && n < WORD_MAX)
		out[n++] = code_point_lower(utf8_next(t.s, t.len, &pos));
	return n;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
text_distance(struct text a, struct text b, size_t limit)
{
	uint32_t x[WORD_MAX], y[WORD_MAX];
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *now = rows[2];
	size_t n = decode(a, x), m = decode(b, y);

	if ((n > m ? n - m : m - n) > limit)
		return limit + 1;
	for (size_t j = 0; j <= m; j++)
		before[j] = last[j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *spare = before;
		size_t best = now[0] = i;

		for (size_t j = 1; j <= m; j++) {
			size_t d = least(last[j], now[j - 1]) + 1;

			d = least(d, last[j - 1] + (x[i - 1] != y[j - 1]));
			if (i > 1 && j > 1 && x[i - 1] == y[j - 2] &&
			    x[i - 2] == y[j - 1])
				d = least(d, before[j - 2] + 1);
			now[j] = d;
			best = least(best, d);
		}
		/* A swap reaches back two rows: both must be out of reach. */
		if (best > limit + 1)
			return limit + 1;
		before = last;
		last = now;
		now = spare;
	}
	return least(last[m], limit + 1);
}

static uint32_t
next_visible(struct text t, size_t *pos)
{
	while (*pos < t.len) {
		uint32_t c = utf8_next(t.s, t.len, pos);

		if (c != ' ' && !code_point_is_unseen(c))
			return code_point_lower(c);
	}
	return 0;
}

static bool
looks_the_same(struct text a, struct text b)
{
	size_t i = 0, j = 0;
	uint32_t c, d;

	do {
		c = next_visible(a, &i);
		d = next_visible(b, &j);
	} while (c == d && c != 0);
	return c == d;
}

int
text_did_you_mean(struct text word, const struct text *candidates, size_t count)
{
	size_t letters = utf8_length(word.s, word.len);
	size_t limit = letters / 3;
	int best = -1;

	if (limit < 1)
		limit = 1;
	if (letters >= 4 && limit < 2)
		limit = 2;
	for (size_t i = 0; i < count; i++)
		if (candidates[i].len && looks_the_same(word, candidates[i]))
			return (int)i;
	for (size_t i = 0; i < count; i++) {
		size_t d = text_distance(word, candidates[i], limit);

		/* A word replaced letter by letter is not a likely meaning. */
		if (d == 0 || d > limit || d >= letters ||
		    candidates[i].len == 0)
			continue;
		best = (int)i;
		limit = d - 1;
	}
	return best;
}
