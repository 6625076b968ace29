/* SPDX-License-Identifier: MIT */
/*
 * Lookup tables: a line of texts, cut at '|', each of which becomes itself,
 * then the text that is looked up. The table says what a look at one text
 * after the other says, with case and without.
 */
#include "base/unicode.h"
#include "fuzz.h"
#include "value/convert.h"
#include "words.h"

#define WORDS_MAX 64

struct job {
	struct text cell;
	struct text words[WORDS_MAX];
	size_t word_count;
};

static bool
is_same_key(struct text a, struct text b, bool ignores_case)
{
	struct buf x = BUF_INIT(0), y = BUF_INIT(0);
	struct buf p = BUF_INIT(0), q = BUF_INIT(0);
	bool same = text_equal_nfc(a, b);

	if (ignores_case) {
		HOLDS(text_add_lower(&p, text_nfc(&x, a)));
		HOLDS(text_add_lower(&q, text_nfc(&y, b)));
		same = p.len == q.len &&
		       memcmp(buf_str(&p), buf_str(&q), p.len) == 0;
	}
	buf_release(&x);
	buf_release(&y);
	buf_release(&p);
	buf_release(&q);
	return same;
}

/* The first of the words that is the text, as a lookup table finds it; or
 * `count`. */
static size_t
find_word(const struct job *j, struct text t, size_t count, bool ignores_case)
{
	for (size_t i = 0; i < count; i++)
		if (is_same_key(j->words[i], t, ignores_case))
			return i;
	return count;
}

/* A lookup table of the words, each of which becomes itself, against a look at
 * one after the other. */
static void
check_lookup(const struct job *j, bool ignores_case)
{
	struct lookup_table *t = lookup_table_new(ignores_case);
	struct lookup_key key;
	struct buf work[2] = {BUF_INIT(0), BUF_INIT(0)};
	size_t added = 0, at;
	struct text to;

	for (size_t i = 0; i < j->word_count; i++) {
		uint64_t line = i;
		enum lookup_added got =
		    lookup_table_add(t, j->words[i], j->words[i], &line);

		at = find_word(j, j->words[i], i, ignores_case);
		HOLDS(line == at);
		HOLDS((got == LOOKUP_ADDED) == (at == i));
		if (got != LOOKUP_ADDED)
			HOLDS((got == LOOKUP_AGREES) ==
			      text_equal(j->words[at], j->words[i]));
		added += got == LOOKUP_ADDED;
	}
	HOLDS(lookup_table_count(t) == added);
	at = find_word(j, j->cell, j->word_count, ignores_case);
	key = lookup_table_key(t, j->cell, work);
	HOLDS(lookup_table_find(t, &key, &to) == (at < j->word_count));
	if (at < j->word_count)
		HOLDS(text_equal(to, j->words[at]));
	buf_release(&work[0]);
	buf_release(&work[1]);
	lookup_table_free(t);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	struct text line = fuzz_line(&in);
	struct job j = {.cell = fuzz_rest(&in)};

	/* What the reader lets through. */
	if (utf8_check(line.s, line.len) < line.len ||
	    utf8_check(j.cell.s, j.cell.len) < j.cell.len)
		return 0;
	j.word_count = cut_words(line, j.words, WORDS_MAX);
	check_lookup(&j, false);
	check_lookup(&j, true);
	return 0;
}
