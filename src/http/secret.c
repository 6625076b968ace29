/* SPDX-License-Identifier: MIT */
/*
 * Only bytes of a needle, or of a way of spelling one, can stand in what is to
 * be hidden: most of a text falls apart into runs of them that are too short
 * (`islands`). In one that is long enough each way of spelling is undone once,
 * with the place that every byte came from, and the needles are searched in
 * what comes out; a find is overwritten in the text itself. A needle is the
 * token, or its base64 in one of the three phases without the characters that
 * also depend on its neighbours.
 */
#include "secret.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "islands.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A token, and three phases of base64 in two alphabets. */
#define NEEDLES ((size_t)7)
/* This many characters of base64 hold SECRET_PIECE bytes whatever the phase. */
#define PIECE_BASE64 ((SECRET_PIECE * 4 + 2) / 3)
/* Pieces are found by words of this many bytes, at multiples of it: every piece
 * contains a whole one. */
#define WORD ((size_t)8)
/* A bit for each value of a hash of a word. */
#define WORD_BITS 13
/* Undone: characters that go or that begin something else. */
#define PERCENT "%"
#define BACKSLASH "\\"
#define BLANKS "\r\n\t "

struct needle {
	char *s;
	size_t len, piece; /* a match of at least this many bytes counts */
};
struct secret {
	struct needle *needles;
	size_t count;
	struct islands islands; /* at least as long as the shortest piece */
	bool has_signs;		/* a needle has what is undone in it */
	bool has_short;		/* one is not searched by words */
	uint64_t words[(1 << WORD_BITS) / 64]; /* those of long needles */
};

/* A text undone; byte i came from [from[i], to[i]) of the original. from NULL:
 * it is the original. */
struct plain {
	const char *s;
	size_t len, cap;
	char *own;
	size_t *from, *to;
};

/* What islands are undone into, one after the other. */
struct work {
	struct plain copy, json[2], percent, lines;
};

static size_t
word_hash(const char *s)
{
	uint64_t word;

	memcpy(&word, s, WORD);
	return (
	    size_t)((word * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - WORD_BITS));
}

static bool
is_searched_by_words(const struct needle *n)
{
	return n->piece >= 2 * WORD - 1;
}

static void
know_needle(struct secret *x, const struct needle *n)
{
	static const char spelling[] =
	    PERCENT BACKSLASH BLANKS "0123456789abcdefABCDEFunrt/";

	if (x->islands.least == 0 || n->piece < x->islands.least)
		x->islands.least = n->piece;
	islands_allow(&x->islands, n->s, n->len);
	islands_allow(&x->islands, spelling, sizeof(spelling) - 1);
	if (n->s[strcspn(n->s, PERCENT BACKSLASH BLANKS)] != '\0') {
		x->has_signs = true;
		islands_allow_all(&x->islands);
	}
	if (!is_searched_by_words(n)) {
		x->has_short = true;
		return;
	}
	for (size_t i = 0; i + WORD <= n->len; i++)
		x->words[word_hash(n->s + i) / 64] |=
		    UINT64_C(1) << word_hash(n->s + i) % 64;
}

static void
add_needle(struct secret *x, const char *s, size_t len, size_t piece)
{
	struct needle *n = &x->needles[x->count++];

	n->s = xmalloc(len + 1);
	memcpy(n->s, s, len);
	n->s[len] = '\0';
	n->len = len;
	n->piece = len < piece ? len : piece;
	know_needle(x, n);
}

static void
add_base64(struct secret *x, const char *token, size_t len, size_t phase,
    const char last[2])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz0123456789";
	size_t bits = (phase + len) * 8, first = (phase * 8 + 5) / 6;
	char *out = xmalloc(bits / 6 + 1);
	size_t n = 0;

	/* Characters all of whose six bits are the token's. */
	for (size_t i = first; (i + 1) * 6 <= bits; i++) {
		unsigned value = 0;

		for (size_t b = i * 6; b < i * 6 + 6; b++) {
			size_t byte = b / 8 - phase;

			value = value << 1 |
				((unsigned char)token[byte] >> (7 - b % 8) & 1);
		}
		out[n++] = value < 62 ? alphabet[value] : last[value - 62];
	}
	add_needle(x, out, n, PIECE_BASE64);
	explicit_bzero(out, n);
	free(out);
}

void
secret_add(struct secret **s, const char *token)
{
	size_t len = token ? strlen(token) : 0;
	struct secret *x = *s;

	if (len < SECRET_MIN)
		return;
	if (!x)
		x = *s = xcalloc(1, sizeof(*x));
	x->needles =
	    xreallocarray(x->needles, x->count + NEEDLES, sizeof(*x->needles));
	add_needle(x, token, len, SECRET_PIECE);
	for (size_t phase = 0; phase < 3; phase++) {
		add_base64(x, token, len, phase, "+/");
		add_base64(x, token, len, phase, "-_");
	}
}

void
secret_free(struct secret *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++) {
		explicit_bzero(s->needles[i].s, s->needles[i].len);
		free(s->needles[i].s);
	}
	free(s->needles);
	explicit_bzero(s, sizeof(*s));
	free(s);
}

static void
plain_free(struct plain *p)
{
	if (p->own != NULL)
		explicit_bzero(p->own, p->cap);
	free(p->own);
	free(p->from);
	free(p->to);
	*p = (struct plain){.len = 0};
}

/* Empty, with room for that many. */
static void
plain_begin(struct plain *p, size_t max)
{
	if (max > p->cap) {
		plain_free(p);
		p->own = xmalloc(max);
		p->from = xreallocarray(NULL, max, sizeof(*p->from));
		p->to = xreallocarray(NULL, max, sizeof(*p->to));
		p->cap = max;
	}
	p->s = p->own;
	p->len = 0;
}

static size_t
plain_from(const struct plain *p, size_t i)
{
	return p->from != NULL ? p->from[i] : i;
}

static size_t
plain_to(const struct plain *p, size_t i)
{
	return p->to != NULL ? p->to[i] : i + 1;
}

/* `digits` hex digits at s, or -1. */
static long
hex_number(const char *s, size_t left, size_t digits)
{
	long n = 0;

	if (left < digits)
		return -1;
	for (size_t i = 0; i < digits; i++) {
		int v = text_hex_digit(s[i]);

		if (v < 0)
			return -1;
		n = n * 16 + v;
	}
	return n;
}

/* The escape of JSON at s (a backslash): its character, and how long it is. */
static char
json_escape(const char *s, size_t left, size_t *len)
{
	static const char names[] = "nrtbf\"\\/", values[] = "\n\r\t\b\f\"\\/";
	const char *at = left > 1 && s[1] ? strchr(names, s[1]) : NULL;
	long n = left > 1 && s[1] == 'u' ? hex_number(s + 2, left - 2, 4) : -1;

	*len = n >= 0 ? 6 : at ? 2 : 1;
	if (n >= 0)
		return n < 0x80 ? (char)n : '?';
	return at ? values[at - names] : s[0];
}

/* What undoes one spelling: the character at s, and its length there. False:
 * it is to be left out. */
struct undo {
	bool (*at)(const char *s, size_t left, size_t *len, char *c);
	const char *signs; /* without one of these nothing is to be undone */
};

static bool
json_at(const char *s, size_t left, size_t *len, char *c)
{
	*len = 1;
	*c = *s == '\\' ? json_escape(s, left, len) : *s;
	return true;
}

static bool
percent_at(const char *s, size_t left, size_t *len, char *c)
{
	long n = *s == '%' ? hex_number(s + 1, left - 1, 2) : -1;

	*len = n >= 0 ? 3 : 1;
	*c = n >= 0 ? (char)n : *s;
	return true;
}

static bool
lines_at(const char *s, size_t left, size_t *len, char *c)
{
	(void)left;
	*len = 1;
	*c = *s;
	return *s != '\r' && *s != '\n' && *s != '\t' && *s != ' ';
}

static const struct undo undo_json = {json_at, BACKSLASH};
static const struct undo undo_percent = {percent_at, PERCENT};
static const struct undo undo_lines = {lines_at, BLANKS};

static bool
has_any(const struct plain *p, const char *signs)
{
	for (; *signs != '\0'; signs++)
		if (memchr(p->s, *signs, p->len) != NULL)
			return true;
	return false;
}

/* *out is `in` with one spelling undone; false if there is nothing to undo. */
static bool
plain_undo(const struct plain *in, const struct undo *how, struct plain *out)
{
	size_t len;
	char c;

	if (!has_any(in, how->signs))
		return false;
	plain_begin(out, in->len);
	for (size_t i = 0; i < in->len; i += len) {
		if (!how->at(in->s + i, in->len - i, &len, &c))
			continue;
		out->from[out->len] = plain_from(in, i);
		out->to[out->len] = plain_to(in, i + len - 1);
		out->own[out->len++] = c;
	}
	return out->len < in->len;
}

/* Overwrites the piece of the needle around p->s[at], which is needle[k]. */
static void
hide_piece(const struct plain *p, const struct needle *n, size_t at, size_t k,
    char *text)
{
	size_t begin = at, end = at, from = k, to = k;

	while (begin > 0 && from > 0 && p->s[begin - 1] == n->s[from - 1]) {
		begin--;
		from--;
	}
	while (end < p->len && to < n->len && p->s[end] == n->s[to]) {
		end++;
		to++;
	}
	if (end - begin >= n->piece)
		memset(text + plain_from(p, begin), '*',
		    plain_to(p, end - 1) - plain_from(p, begin));
}

/* Each place in the needle of the word at p->s[at]. */
static void
try_word(const struct plain *p, const struct needle *n, size_t at, char *text)
{
	const char *word = p->s + at;

	for (size_t k = 0; k + WORD <= n->len; k++) {
		const char *found =
		    memchr(n->s + k, word[0], n->len - WORD - k + 1);

		if (found == NULL)
			return;
		k = (size_t)(found - n->s);
		if (memcmp(found, word, WORD) == 0)
			hide_piece(p, n, at, k, text);
	}
}

/* Of a needle that is too short for words: as a whole. */
static void
try_whole(const struct plain *p, const struct needle *n, char *text)
{
	for (size_t at = 0; at + n->len <= p->len; at++)
		if (p->s[at] == n->s[0] && memcmp(p->s + at, n->s, n->len) == 0)
			hide_piece(p, n, at, 0, text);
}

static bool
is_known_word(const struct secret *x, const char *s)
{
	size_t hash = word_hash(s);

	return (x->words[hash / 64] >> hash % 64 & 1) != 0;
}

/* Words of the text that are none of any needle are most of them. */
static void
search(const struct secret *x, const struct plain *p, char *text)
{
	for (size_t i = 0; i < x->count; i++)
		if (!is_searched_by_words(&x->needles[i]))
			try_whole(p, &x->needles[i], text);
	for (size_t at = 0; at + WORD <= p->len; at += WORD) {
		if (!is_known_word(x, p->s + at))
			continue;
		for (size_t i = 0; i < x->count; i++)
			if (is_searched_by_words(&x->needles[i]))
				try_word(p, &x->needles[i], at, text);
	}
}

/* Searches the text as it is and percent-decoded, each with line ends and
 * without. */
static void
search_undone(
    const struct secret *x, const struct plain *p, struct work *w, char *text)
{
	for (int decoded = 0; decoded < 2; decoded++) {
		if (decoded && !plain_undo(p, &undo_percent, &w->percent))
			return;
		p = decoded ? &w->percent : p;
		search(x, p, text);
		if (plain_undo(p, &undo_lines, &w->lines))
			search(x, &w->lines, text);
	}
}

/* How many characters of it are undone, or may begin what is: without a branch,
 * so that many are counted at once. */
static size_t
count_signs(const char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		unsigned is = (unsigned)(c == '\\') | (unsigned)(c == '%');

		is |= (unsigned)(c == ' ') | (unsigned)(c == '\t') |
		      (unsigned)(c == '\r') | (unsigned)(c == '\n');
		n += is;
	}
	return n;
}

/* Can no piece be in it? What is undone leaves fewer characters than there
 * were signs beside it; without a sign nothing is undone, and the words of the
 * text must be a needle's. */
static bool
is_harmless(const struct secret *x, const char *text, size_t len)
{
	size_t signs;

	if (x->has_signs)
		return false;
	signs = count_signs(text, len);
	if (len - signs < x->islands.least)
		return true;
	if (signs > 0 || x->has_short)
		return false;
	for (size_t at = 0; at + WORD <= len; at += WORD)
		if (is_known_word(x, text + at))
			return false;
	return true;
}

static void
hide_island(const struct secret *x, struct work *w, char *text, size_t len)
{
	struct plain original = {.len = len};
	const struct plain *p = &original;

	if (len == 0 || is_harmless(x, text, len))
		return;
	/* What is found is overwritten in the text at once. */
	plain_begin(&w->copy, len);
	memcpy(w->copy.own, text, len);
	original.s = w->copy.own;
	/* As it is, and with the escapes of JSON undone once and twice. */
	for (int times = 0;; times++) {
		search_undone(x, p, w, text);
		if (times == 2 || !plain_undo(p, &undo_json, &w->json[times]))
			return;
		p = &w->json[times];
	}
}

void
secret_hide(const struct secret *s, char *text, size_t len)
{
	struct work w = {.copy = {.len = 0}};
	size_t at = 0, end = 0;

	if (s == NULL)
		return;
	while (islands_next(&s->islands, text, len, &at, &end))
		hide_island(s, &w, text + at, end - at);
	plain_free(&w.copy);
	plain_free(&w.json[0]);
	plain_free(&w.json[1]);
	plain_free(&w.percent);
	plain_free(&w.lines);
}
