/* SPDX-License-Identifier: MIT */
/*
 * A file may be in one language, or hold names from everywhere: a word is
 * read in every language of the encoding, and the sum is that of the best
 * language, or of each word's best, which costs a little for each word.
 */
#include "encoding_score.h"

#include "base/text.h"
#include "base/unicode.h"
#include "base/xalloc.h"
#include "encoding_char.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_MAX ((size_t)48)
#define OF_ONE_MAX ((size_t)48) /* languages of one encoding */
#define KINDS 4
#define PIECE_MAX ((size_t)160)
#define BROKEN 0xffff	  /* no character, and so in no script */
#define OTHER_LANGUAGE 90 /* for a word that is not of the file's language */

struct encoding_models {
	struct encoding_model letters[LANGUAGES_MAX];
	size_t count;
	/* Which characters of the first plane are frequent. */
	uint32_t frequent[KINDS][0x10000 / 32];
};

/* Its characters beyond ASCII are of two bytes, most of them ideographs. */
static bool
is_wide(const struct encoding_candidate *c)
{
	return c->form != FORM_SINGLE && c->form != FORM_UTF8;
}

static void
mark_frequent(uint32_t bits[0x10000 / 32], const char *s)
{
	size_t at = 0, len = strlen(s);

	while (at < len) {
		uint32_t c = utf8_next(s, len, &at);

		bits[c / 32] |= UINT32_C(1) << c % 32;
	}
}

struct encoding_models *
encoding_models_new(void)
{
	struct encoding_models *m = xcalloc(1, sizeof(*m));
	const struct encoding_language *list = encoding_languages(&m->count);

	assert(m->count <= LANGUAGES_MAX);
	for (size_t i = 0; i < m->count; i++)
		encoding_model_make(&m->letters[i], &list[i]);
	for (size_t i = 0; i < KINDS; i++)
		mark_frequent(m->frequent[i],
		    encoding_ideographs((enum encoding_ideographs)i));
	return m;
}

void
encoding_models_free(struct encoding_models *m)
{
	free(m);
}

struct character {
	uint32_t c;
	bool is_odd;	    /* beyond ASCII in the source */
	unsigned char lead; /* its first byte in the source */
};

/* One reading of the sample. */
struct scoring {
	const struct encoding_candidate *candidate;
	const struct encoding_models *models;
	const struct encoding_model *languages[OF_ONE_MAX];
	size_t language_count;
	const uint32_t *table;
	struct encoding_char iconv;
	struct character text[PIECE_MAX];
	size_t len;
	long shared, by_language[OF_ONE_MAX], by_word;
	struct encoding_score *out;
};

static void
find_languages(struct scoring *s)
{
	struct text list = text_of(s->candidate->languages);

	for (size_t i = 0; i < s->models->count; i++) {
		const struct encoding_model *m = &s->models->letters[i];
		const char *code = m->language->code;

		for (size_t at = 0; at + 2 <= list.len; at += 3)
			if (memcmp(list.s + at, code, 2) == 0 &&
			    s->language_count < OF_ONE_MAX)
				s->languages[s->language_count++] = m;
	}
}

static uint32_t
code_point(struct scoring *s, const unsigned char *bytes, size_t len)
{
	size_t at = 0;

	if (bytes[0] < 0x80)
		return bytes[0];
	switch (s->candidate->form) {
	case FORM_SINGLE:
		return s->table[bytes[0] - 0x80];
	case FORM_UTF8:
		return len == 1 ? BROKEN
				: utf8_next((const char *)bytes, len, &at);
	default:
		return encoding_char_of(&s->iconv, bytes, len);
	}
}

/* A piece of the sample; what does not decode ends it (the piece was cut). */
static void
decode(struct scoring *s, const unsigned char *piece, size_t len)
{
	s->len = 0;
	for (size_t at = 0; at < len && s->len < PIECE_MAX;) {
		struct character *x = &s->text[s->len];
		size_t n = encoding_char_length(
		    s->candidate->form, piece + at, len - at);

		if (n == 0)
			return;
		x->is_odd = piece[at] >= 0x80;
		x->lead = piece[at];
		x->c = code_point(s, piece + at, n);
		s->len++;
		at += n;
	}
}

static bool
is_letter(uint32_t c)
{
	enum encoding_script x = encoding_script_of(c);

	return x != SCRIPT_NONE && x != SCRIPT_BOX && x != SCRIPT_BAD;
}

static bool
is_lower(uint32_t c)
{
	return code_point_upper(c) != c && c != 0xdf && c != 0x131;
}

static bool
is_upper(uint32_t c)
{
	return code_point_lower(c) != c;
}

#define CASE_BROKEN (-600)  /* a capital after a small letter: JosÉ */
#define CASE_STRANGE (-350) /* a small one among capitals: MüLLER */
#define TWO_SCRIPTS (-900)
#define LONE (-300) /* a letter that is a word in hardly any language */

/* Of Romance and Nordic languages and Hungarian; Greek and Slavonic ones have
 * many. */
static bool
is_word_alone(uint32_t c)
{
	static const uint32_t words[] = {
	    0xe0, 0xe5, 0xe8, 0xe9, 0xed, 0xf3, 0xf6, 0xf8, 0x151};
	enum encoding_script script = encoding_script_of(c);

	if (script == SCRIPT_CYRILLIC || script == SCRIPT_GREEK)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (encoding_fold(c) == words[i])
			return true;
	return false;
}

/* The word from `from` to `to` as a pattern of capitals and scripts. */
static long
word_pattern(struct scoring *s, size_t from, size_t to)
{
	unsigned capitals = 0, small = 0, latin = 0, other = 0, odd_small = 0;
	long score = 0;

	for (size_t i = from; i < to; i++) {
		const struct character *x = &s->text[i];
		enum encoding_script script = encoding_script_of(x->c);

		latin += script == SCRIPT_LATIN;
		other += script != SCRIPT_LATIN && script != SCRIPT_MARK;
		if (x->is_odd && is_lower(x->c))
			odd_small++;
		else if (is_upper(x->c))
			capitals++;
		else if (is_lower(x->c))
			small++;
		if (i > from && is_upper(x->c) && is_lower(s->text[i - 1].c) &&
		    (x->is_odd || s->text[i - 1].is_odd))
			score += CASE_BROKEN;
	}
	if (capitals >= 2 && small == 0 && odd_small > 0 && latin > 0)
		score += CASE_STRANGE;
	if (to - from == 1 && !is_word_alone(s->text[from].c))
		score += LONE;
	if (latin > 0 && other > 0) {
		score += TWO_SCRIPTS;
		s->out->mixed++;
	}
	return score;
}

static void
score_word(struct scoring *s, size_t from, size_t to)
{
	long best = LONG_MIN;

	s->out->words++;
	s->shared += word_pattern(s, from, to);
	for (size_t k = 0; k < s->language_count; k++) {
		long sum = 0;

		for (size_t i = from; i < to; i++)
			if (s->text[i].is_odd)
				sum += encoding_model_letter(s->languages[k],
				    i > from ? encoding_fold(s->text[i - 1].c)
					     : 0,
				    encoding_fold(s->text[i].c),
				    i + 1 < to ? encoding_fold(s->text[i + 1].c)
					       : 0);
		s->by_language[k] += sum;
		best = sum > best ? sum : best;
	}
	if (s->language_count > 0)
		s->by_word += best - OTHER_LANGUAGE;
}

static uint32_t
nth(const struct scoring *s, size_t i)
{
	return i < s->len ? s->text[i].c : 0;
}

static void
score_sign(struct scoring *s, size_t i)
{
	uint32_t c = s->text[i].c, before = i > 0 ? nth(s, i - 1) : 0;
	uint32_t after = nth(s, i + 1);
	enum encoding_script script = encoding_script_of(c);

	if (script == SCRIPT_BAD ||
	    (script == SCRIPT_BOX && (is_letter(before) || is_letter(after))))
		s->out->boxed++;
	s->shared += encoding_sign_score(before, c, after);
}

/* The second half of a standard holds its rare characters. */
static bool
is_second_half(const struct scoring *s, unsigned char lead)
{
	switch (s->candidate->form) {
	case FORM_CP932:
		return lead >= 0x98;
	case FORM_EUC_JP:
		return lead >= 0xd0;
	case FORM_GB18030:
		return lead >= 0xd8 || lead < 0xb0;
	case FORM_BIG5:
		return lead >= 0xc9 || lead < 0xa4;
	default:
		return lead >= 0xca || lead < 0xb0;
	}
}

/* Kana that are half as wide stand together, or were letters of Europe. */
static bool
is_half_kana(uint32_t c)
{
	return c >= 0xff66 && c <= 0xff9f;
}

static bool
is_wide_sign(uint32_t c)
{
	return (c >= 0x3000 && c <= 0x301f) || (c >= 0xff01 && c <= 0xff5e);
}

static long
ideograph(const struct scoring *s, size_t i)
{
	const struct character *x = &s->text[i];
	enum encoding_ideographs kind = s->candidate->ideographs;
	enum encoding_script script = encoding_script_of(x->c);
	uint32_t before = i > 0 ? nth(s, i - 1) : 0, after = nth(s, i + 1);

	if (x->c == 0 || script == SCRIPT_BAD)
		return -1600;
	if (x->c < 0x10000 &&
	    (s->models->frequent[kind][x->c / 32] >> x->c % 32 & 1) != 0)
		return -520;
	if (is_half_kana(x->c))
		return is_half_kana(before) || is_half_kana(after) ? -380
								   : -900;
	if (script == SCRIPT_KANA)
		return kind == IDEOGRAPHS_JAPANESE ? -430 : -1000;
	if (is_wide_sign(x->c))
		return -560;
	if (script == SCRIPT_HANGUL)
		return is_second_half(s, x->lead) ? -1100 : -780;
	if (script == SCRIPT_HAN && kind != IDEOGRAPHS_KOREAN)
		return is_second_half(s, x->lead) ? -1150 : -820;
	return script == SCRIPT_HAN ? -1150 : -1050;
}

static bool
is_ascii_letter(uint32_t c)
{
	return c < 0x80 && is_letter(c);
}

static void
score_ideograph(struct scoring *s, size_t i)
{
	uint32_t c = s->text[i].c, before = i > 0 ? nth(s, i - 1) : 0;
	unsigned beside =
	    is_ascii_letter(before) + is_ascii_letter(nth(s, i + 1));

	s->shared += ideograph(s, i);
	if (is_letter(c)) {
		s->shared -= 350 * (long)beside;
		s->out->mixed += beside == 2;
		s->out->words++;
	}
	s->out->boxed += c == 0 || encoding_script_of(c) == SCRIPT_BAD;
}

static void
score_piece(struct scoring *s)
{
	bool has_words = !is_wide(s->candidate);

	for (size_t i = 0; i < s->len;) {
		bool has_odd = false;
		size_t to = i;

		while (has_words && to < s->len && is_letter(s->text[to].c))
			has_odd |= s->text[to++].is_odd;
		for (size_t k = i; k < to; k++)
			s->out->odd += s->text[k].is_odd;
		if (has_odd)
			score_word(s, i, to);
		if (to > i) {
			i = to;
			continue;
		}
		if (s->text[i].is_odd) {
			s->out->odd++;
			if (has_words)
				score_sign(s, i);
			else
				score_ideograph(s, i);
		}
		i++;
	}
}

static void
settle(struct scoring *s)
{
	long best = s->language_count > 0 ? s->by_word : 0;
	size_t first = 0;

	for (size_t k = 0; k < s->language_count; k++) {
		if (s->by_language[k] > s->by_language[first])
			first = k;
		if (s->by_language[k] > best)
			best = s->by_language[k];
	}
	if (s->language_count > 0 && s->out->words > 0)
		s->out->language = s->languages[first]->language;
	s->out->score = s->shared + best + s->candidate->prior;
}

void
encoding_score_sample(struct encoding_score *out, const char *sample,
    size_t len, const struct encoding_candidate *c, const uint32_t *table,
    const struct encoding_models *models)
{
	struct scoring s = {
	    .candidate = c, .models = models, .table = table, .out = out};
	const char *end = sample + len;

	memset(out, 0, sizeof(*out));
	find_languages(&s);
	if (is_wide(c) && !encoding_char_open(&s.iconv, c->name)) {
		out->score = LONG_MIN / 2;
		return;
	}
	while (sample < end) {
		const char *stop = memchr(sample, '\n', (size_t)(end - sample));

		stop = stop ? stop : end;
		decode(
		    &s, (const unsigned char *)sample, (size_t)(stop - sample));
		score_piece(&s);
		sample = stop + 1;
	}
	if (is_wide(c))
		encoding_char_close(&s.iconv);
	settle(&s);
}
