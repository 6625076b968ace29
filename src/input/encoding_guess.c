/* SPDX-License-Identifier: MIT */
/*
 * A word of the sample is what stands between ASCII signs below `0` and from
 * `:` to `?`: no encoding has these within a character, so that words are cut
 * alike in all of them. Each word is taken once, with what stands around it.
 */
#include "encoding_guess.h"

#include "base/xalloc.h"
#include "encoding_score.h"
#include "encoding_witness.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)4 << 10)
#define SAMPLE ((size_t)12 << 10)
#define SAMPLED_MAX ((uint64_t)4 << 20)
#define WORD_MAX ((size_t)120)
#define SLOTS ((size_t)4096) /* more than twice the words of a sample */

struct encoding_guess {
	struct encoding_bytes bytes;
	/* Bytes that were not cut into words yet. */
	char block[BLOCK];
	size_t block_len;
	uint64_t sampled; /* bytes that were looked at for words */
	char before;	  /* the byte before the block */
	uint64_t cr, lf;  /* line ends among them */
	char sample[SAMPLE];
	size_t sample_len;
	uint64_t known[SLOTS]; /* hashes of the words; 0 = free */
};

struct encoding_guess *
encoding_guess_new(void)
{
	struct encoding_guess *g = xcalloc(1, sizeof(*g));

	g->before = '\n';
	return g;
}

void
encoding_guess_free(struct encoding_guess *g)
{
	free(g);
}

static bool
is_separator(char c)
{
	unsigned char u = (unsigned char)c;

	return u < '0' || (u > '9' && u < '@');
}

static bool
is_known(struct encoding_guess *g, const char *s, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t slot;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	h |= 1;
	for (slot = h / 2 % SLOTS; g->known[slot] != 0;
	     slot = (slot + 1) % SLOTS)
		if (g->known[slot] == h)
			return true;
	g->known[slot] = h;
	return false;
}

static void
add_byte(struct encoding_guess *g, char c)
{
	g->sample[g->sample_len++] =
	    (char)(c == '\n' || c == '\r' || c == '\0' ? ' ' : c);
}

static void
take_word(struct encoding_guess *g, char before, const char *s, size_t len,
    char after)
{
	bool has_odd = false;

	for (size_t i = 0; i < len && !has_odd; i++)
		has_odd = (unsigned char)s[i] >= 0x80;
	if (!has_odd)
		return;
	len = len < WORD_MAX ? len : WORD_MAX;
	if (g->sample_len + len + 3 > SAMPLE || is_known(g, s, len))
		return;
	add_byte(g, before);
	memcpy(g->sample + g->sample_len, s, len);
	g->sample_len += len;
	add_byte(g, after);
	g->sample[g->sample_len++] = '\n';
}

/* Takes the words of the block; one that its end may have cut stays. */
static void
take_words(struct encoding_guess *g, bool is_last)
{
	size_t from = 0, at = 0;

	for (; at < g->block_len; at++) {
		char c = g->block[at];

		if (!is_separator(c))
			continue;
		if (at > from)
			take_word(g, from > 0 ? g->block[from - 1] : g->before,
			    g->block + from, at - from, c);
		g->cr += c == '\r';
		g->lf += c == '\n';
		from = at + 1;
	}
	if (at > from && (is_last || from == 0)) {
		take_word(g, from > 0 ? g->block[from - 1] : g->before,
		    g->block + from, at - from, ' ');
		from = at;
	}
	if (from > 0)
		g->before = g->block[from - 1];
	memmove(g->block, g->block + from, g->block_len - from);
	g->block_len -= from;
}

void
encoding_guess_add(struct encoding_guess *g, const char *s, size_t len)
{
	encoding_bytes_add(&g->bytes, s, len);
	while (len > 0 && g->sampled < SAMPLED_MAX) {
		size_t n = BLOCK - g->block_len;

		if (n > SAMPLED_MAX - g->sampled)
			n = (size_t)(SAMPLED_MAX - g->sampled);
		n = len < n ? len : n;
		memcpy(g->block + g->block_len, s, n);
		g->block_len += n;
		g->sampled += n;
		s += n;
		len -= n;
		if (g->block_len == BLOCK)
			take_words(g, false);
	}
}

/* What uchardet calls otherwise. */
static bool
is_named_by(const char *witness, const char *name)
{
	static const char *const same[][2] = {{"shift_jis", "cp932"},
	    {"iso-8859-1", "windows-1252"}, {"ibm852", "cp852"},
	    {"ibm855", "cp855"}, {"ibm866", "cp866"}, {"ibm862", "cp862"},
	    {"uhc", "cp949"}, {"tis-620", "windows-874"}, {"euc-kr", "cp949"},
	    {"iso-8859-11", "tis-620"}};

	if (strcmp(witness, name) == 0)
		return true;
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (strcmp(witness, same[i][0]) == 0 &&
		    strcmp(name, same[i][1]) == 0)
			return true;
	return false;
}

#define WITNESS_BONUS 100
#define MAC_LINES 700 /* CR and nothing else ends the lines */
#define OTHER_LINES 300
#define STILL_POSSIBLE 1500 /* this much worse than the best */

struct rated {
	const struct encoding_candidate *candidate;
	struct encoding_score score;
	uint32_t table[0x80]; /* FORM_SINGLE: loaded once, since iconv reads a
			       * library for it */
};

static bool
reads_the_same(const struct encoding_bytes *b, const struct rated *x,
    const struct rated *y)
{
	if (x->candidate->form != FORM_SINGLE ||
	    y->candidate->form != FORM_SINGLE)
		return x->candidate->ideographs == y->candidate->ideographs &&
		       x->candidate->form != FORM_SINGLE &&
		       y->candidate->form != FORM_SINGLE &&
		       x->candidate->ideographs != IDEOGRAPHS_JAPANESE;
	for (size_t i = 0; i < 0x80; i++)
		if (b->seen[i] > 0 && x->table[i] != y->table[i])
			return false;
	return true;
}

static bool
goes_before(const struct rated *x, const struct rated *y)
{
	if (x->score.score != y->score.score)
		return x->score.score > y->score.score;
	return x->candidate < y->candidate;
}

/* Puts it where it belongs; one that reads the same text as a listed one
 * gives its score to the one that is preferred. */
static void
insert(const struct encoding_bytes *b, struct rated *list, size_t *count,
    struct rated x)
{
	size_t at;

	for (at = 0; at < *count; at++)
		if (reads_the_same(b, &list[at], &x)) {
			if (x.score.score > list[at].score.score)
				list[at].score = x.score;
			x = list[at];
			memmove(&list[at], &list[at + 1],
			    (*count - at - 1) * sizeof(*list));
			(*count)--;
			break;
		}
	at = *count;
	while (at > 0 && goes_before(&x, &list[at - 1])) {
		list[at] = list[at - 1];
		at--;
	}
	list[at] = x;
	(*count)++;
}

static long
circumstances(const struct encoding_guess *g,
    const struct encoding_candidate *c, const char *witness)
{
	bool is_cr_only = g->cr > 1 && g->lf == 0;
	long bonus = is_named_by(witness, c->name) ? WITNESS_BONUS : 0;

	if (c->is_mac)
		bonus += is_cr_only ? MAC_LINES : -OTHER_LINES;
	return bonus;
}

/* Twice as good: where two readings differ, what the better one reads is at
 * most half as far from what no letter could be better than. */
static bool
is_clear(const struct rated *best, const struct rated *next)
{
	long gap = best->score.score - next->score.score;

	return gap >= 1200 && gap * 4 >= -best->score.score;
}

/* An average that no text has: ideographs are rarer, each of them, than
 * letters, and of a few characters all may be odd ones. */
static bool
is_nonsense(const struct rated *best)
{
	const struct encoding_score *s = &best->score;
	long least = best->candidate->form != FORM_SINGLE ? -1000
		     : s->odd < 6			  ? -900
							  : -600;

	return s->boxed > 0 || s->mixed * 4 > s->words ||
	       s->score < least * (long)s->odd;
}

static void
fill(struct encoding_ranking *out, const struct encoding_guess *g,
    const struct rated *list, size_t count)
{
	const struct encoding_score *best = &list[0].score;

	out->odd = g->bytes.odd;
	for (size_t i = 0; i < count && out->count < ENCODING_CANDIDATES_MAX;
	     i++) {
		const struct encoding_score *s = &list[i].score;
		struct ranked_encoding *x = &out->list[out->count];

		if (i > 0 && (s->boxed > 0 || s->mixed * 4 > s->words ||
				 s->score < best->score - STILL_POSSIBLE))
			continue;
		out->count++;
		snprintf(
		    x->name, sizeof(x->name), "%s", list[i].candidate->name);
		x->language = s->language ? s->language->name : "";
		x->score = s->score;
	}
	out->is_weak = count == 0 || out->odd < ENCODING_ODD_ENOUGH ||
		       (count > 1 && !is_clear(&list[0], &list[1]));
	out->is_nonsense = count == 0 || is_nonsense(&list[0]);
}

/* Fills the table of one that has one. */
static bool
decodes(const struct encoding_guess *g, struct rated *x)
{
	const struct encoding_candidate *c = x->candidate;

	if (c->form != FORM_SINGLE)
		return encoding_decodes(&g->bytes, c->name, c->form);
	return encoding_table(c->name, x->table) &&
	       encoding_table_decodes(&g->bytes, x->table);
}

int
encoding_guess_rank(
    struct encoding_guess *g, struct encoding_ranking *out, struct diag *d)
{
	size_t total, count = 0;
	const struct encoding_candidate *all = encoding_candidates(&total);
	struct encoding_models *models;
	struct rated *list;
	char witness[64];

	memset(out, 0, sizeof(*out));
	take_words(g, true);
	if (encoding_witness(g->sample, g->sample_len, witness, d) < 0)
		return -1;
	models = encoding_models_new();
	list = xcalloc(total + 1, sizeof(*list));
	for (size_t i = 0; i < total; i++) {
		struct rated x = {.candidate = &all[i]};

		if (!decodes(g, &x))
			continue;
		encoding_score_sample(&x.score, g->sample, g->sample_len,
		    &all[i], x.table, models);
		x.score.score += circumstances(g, &all[i], witness);
		insert(&g->bytes, list, &count, x);
	}
	fill(out, g, list, count);
	if (count > 0) {
		struct encoding_score utf8;

		encoding_score_sample(&utf8, g->sample, g->sample_len,
		    &encoding_candidate_utf8, NULL, models);
		out->beats_utf8 = list[0].score.score - utf8.score > 600;
	}
	free(list);
	encoding_models_free(models);
	return 0;
}
