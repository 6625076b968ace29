/* SPDX-License-Identifier: MIT */
/*
 * A pair that was never counted is not impossible: its letter's class (vowel,
 * consonant, letter beyond ASCII, end of the word) speaks for it, and each
 * neighbour counts only by how much more or less often it stands here than
 * anywhere. Clamped on both sides, so that no single pair decides.
 */
#include "encoding_model.h"

#include "base/text.h"
#include "base/unicode.h"

#include <math.h>
#include <string.h>

#define NONE_AT (MODEL_NEIGHBOURS - 1)
#define OTHER_AT (MODEL_NEIGHBOURS - 2)
#define OWN_AT 26
#define CLASSES 4

uint32_t
encoding_fold(uint32_t c)
{
	return c == 0x130 ? c : code_point_lower(c);
}

static size_t
letter_at(const struct encoding_model *m, uint32_t c)
{
	size_t i = 0;

	while (i < m->count && m->letters[i] != c)
		i++;
	return i;
}

static size_t
neighbour_at(const struct encoding_model *m, uint32_t c)
{
	size_t at;

	if (c == 0)
		return NONE_AT;
	if (c < 0x80)
		return c >= 'a' && c <= 'z' ? c - 'a' : NONE_AT;
	at = letter_at(m, c);
	return at < m->count ? OWN_AT + at : OTHER_AT;
}

static size_t
class_of(size_t neighbour)
{
	if (neighbour == NONE_AT)
		return 0;
	if (neighbour >= OWN_AT)
		return 1;
	return strchr("aeiouy", (int)('a' + neighbour)) ? 2 : 3;
}

/* What stands beside letters in a language's words. */
struct counts {
	unsigned letter[MODEL_LETTERS], all;
	unsigned pair[2][MODEL_LETTERS][MODEL_NEIGHBOURS];
	/* Beside any letter of the words, whichever. */
	unsigned any[2][MODEL_NEIGHBOURS], any_all;
};

/* Calls for each letter of the words with its neighbours. */
static void
each_letter(struct encoding_model *m, struct counts *n,
    void (*see)(struct encoding_model *m, struct counts *n, uint32_t before,
	uint32_t c, uint32_t after))
{
	struct text t = text_of(m->language->words);
	uint32_t before = 0, c = 0;
	size_t at = 0;

	while (at <= t.len) {
		uint32_t next = at < t.len ? utf8_next(t.s, t.len, &at) : 0;

		if (next != 0 && encoding_script_of(next) == SCRIPT_NONE)
			next = 0;
		if (c != 0)
			see(m, n, before, c, next);
		before = c;
		c = next;
		if (at == t.len && next == 0)
			break;
	}
}

static void
find_letter(struct encoding_model *m, struct counts *n, uint32_t before,
    uint32_t c, uint32_t after)
{
	(void)n;
	(void)before;
	(void)after;
	if (c >= 0x80 && m->count < MODEL_LETTERS &&
	    letter_at(m, c) == m->count)
		m->letters[m->count++] = c;
}

static void
count_letter(struct encoding_model *m, struct counts *n, uint32_t before,
    uint32_t c, uint32_t after)
{
	size_t left = neighbour_at(m, before), right = neighbour_at(m, after);
	size_t at = c >= 0x80 ? letter_at(m, c) : m->count;

	n->any[0][left]++;
	n->any[1][right]++;
	n->any_all++;
	if (at == m->count)
		return;
	n->letter[at]++;
	n->all++;
	n->pair[0][at][left]++;
	n->pair[1][at][right]++;
}

static short
hundredths(double ratio, double least, double most)
{
	double x = log(ratio);

	x = x < least ? least : x > most ? most : x;
	return (short)lround(x * 100);
}

/* The neighbours of one letter on one side. */
static void
judge_side(const struct encoding_model *m, const struct counts *n, int side,
    size_t letter, short out[MODEL_NEIGHBOURS])
{
	double any_class[CLASSES] = {0}, own_class[CLASSES] = {0};
	double count = n->letter[letter];

	for (size_t k = 0; k < MODEL_NEIGHBOURS; k++) {
		any_class[class_of(k)] += n->any[side][k] + 0.1;
		own_class[class_of(k)] += n->pair[side][letter][k];
	}
	for (size_t k = 0; k < MODEL_NEIGHBOURS; k++) {
		size_t class = class_of(k);
		double all = n->any_all + 0.1 * MODEL_NEIGHBOURS;
		double usual = (n->any[side][k] + 0.1) / all;
		double by_class =
		    (own_class[class] + 2 * any_class[class] / all) /
		    (count + 2) * (n->any[side][k] + 0.1) / any_class[class];
		double here =
		    (n->pair[side][letter][k] + 3 * by_class) / (count + 3);

		if (k >= OWN_AT + m->count && k < OTHER_AT)
			out[k] = 0;
		else
			out[k] = hundredths(here / usual, -3.0, 1.5);
	}
}

void
encoding_model_make(
    struct encoding_model *m, const struct encoding_language *language)
{
	struct counts n;

	memset(m, 0, sizeof(*m));
	memset(&n, 0, sizeof(n));
	m->language = language;
	each_letter(m, &n, find_letter);
	each_letter(m, &n, count_letter);
	for (size_t i = 0; i < m->count; i++) {
		m->own[i] = hundredths(
		    (n.letter[i] + 0.5) / (n.all + 0.5 * (double)m->count + 1),
		    -9, 0);
		judge_side(m, &n, 0, i, m->before[i]);
		judge_side(m, &n, 1, i, m->after[i]);
	}
	m->own[MODEL_LETTERS] = -750;
}

int
encoding_model_letter(
    const struct encoding_model *m, uint32_t before, uint32_t c, uint32_t after)
{
	size_t at = letter_at(m, c);

	if (at == m->count)
		return m->own[MODEL_LETTERS] -
		       (before >= 0x80 || after >= 0x80 ? 150 : 0);
	return m->own[at] + m->before[at][neighbour_at(m, before)] +
	       m->after[at][neighbour_at(m, after)];
}
