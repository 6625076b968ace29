/* SPDX-License-Identifier: MIT */
/*
 * Each way of spelling is undone once over the whole text, with the place that
 * every byte came from, and the needles are searched in what comes out; a find
 * is overwritten in the text itself. A needle is the token, or its base64 in
 * one of the three phases without the characters that also depend on its
 * neighbours.
 */
#include "secret.h"

#include "base/text.h"
#include "base/xalloc.h"

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

struct needle {
	char *s;
	size_t len, piece; /* a match of at least this many bytes counts */
};
struct secret {
	struct needle *needles;
	size_t count;
};

/* A text undone; byte i came from [from[i], to[i]) of the original. */
struct plain {
	char *s;
	size_t *from, *to, len;
};

static void
add_needle(struct secret *x, const char *s, size_t len, size_t piece)
{
	struct needle *n = &x->needles[x->count++];

	n->s = xmalloc(len + 1);
	memcpy(n->s, s, len);
	n->s[len] = '\0';
	n->len = len;
	n->piece = len < piece ? len : piece;
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
	free(s);
}

static void
plain_make(struct plain *p, size_t max)
{
	p->s = xmalloc(max + 1);
	p->from = xreallocarray(NULL, max + 1, sizeof(*p->from));
	p->to = xreallocarray(NULL, max + 1, sizeof(*p->to));
	p->len = 0;
}

static void
plain_free(struct plain *p)
{
	explicit_bzero(p->s, p->len);
	free(p->s);
	free(p->from);
	free(p->to);
	*p = (struct plain){.len = 0};
}

static void
plain_put(struct plain *p, char c, size_t from, size_t to)
{
	p->to[p->len] = to;
	p->from[p->len] = from;
	p->s[p->len++] = c;
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
typedef bool undo(const char *s, size_t left, size_t *len, char *c);

static bool
undo_json(const char *s, size_t left, size_t *len, char *c)
{
	*len = 1;
	*c = *s == '\\' ? json_escape(s, left, len) : *s;
	return true;
}

static bool
undo_percent(const char *s, size_t left, size_t *len, char *c)
{
	long n = *s == '%' ? hex_number(s + 1, left - 1, 2) : -1;

	*len = n >= 0 ? 3 : 1;
	*c = n >= 0 ? (char)n : *s;
	return true;
}

static bool
undo_lines(const char *s, size_t left, size_t *len, char *c)
{
	(void)left;
	*len = 1;
	*c = *s;
	return !strchr("\r\n\t ", *s) || *s == '\0';
}

/* *out is `in` with one spelling undone; false (and nothing made) if there is
 * nothing to undo. */
static bool
plain_undo(const struct plain *in, undo *how, struct plain *out)
{
	size_t len;
	char c;

	plain_make(out, in->len);
	for (size_t i = 0; i < in->len; i += len)
		if (how(in->s + i, in->len - i, &len, &c))
			plain_put(out, c, in->from[i], in->to[i + len - 1]);
	if (out->len < in->len)
		return true;
	plain_free(out);
	return false;
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
		memset(text + p->from[begin], '*',
		    p->to[end - 1] - p->from[begin]);
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

static void
search(const struct secret *x, const struct plain *p, char *text)
{
	for (size_t i = 0; i < x->count; i++) {
		const struct needle *n = &x->needles[i];

		if (n->piece < 2 * WORD - 1) {
			try_whole(p, n, text);
			continue;
		}
		for (size_t at = 0; at + WORD <= p->len; at += WORD)
			try_word(p, n, at, text);
	}
}

/* Searches the text as it is, percent-decoded, and each without line ends: all
 * that `how` can undo, in that order. */
static void
search_undone(
    const struct secret *x, const struct plain *p, undo *const *how, char *text)
{
	struct plain undone;

	if (*how == NULL) {
		search(x, p, text);
		return;
	}
	search_undone(x, p, how + 1, text);
	if (plain_undo(p, *how, &undone)) {
		search_undone(x, &undone, how + 1, text);
		plain_free(&undone);
	}
}

void
secret_hide(const struct secret *s, char *text, size_t len)
{
	static undo *const how[] = {undo_percent, undo_lines, NULL};
	struct plain p, next;

	if (!s || len == 0)
		return;
	plain_make(&p, len);
	for (size_t i = 0; i < len; i++)
		plain_put(&p, text[i], i, i + 1);
	/* As it is, and with the escapes of JSON undone once and twice. */
	for (int times = 0;; times++) {
		bool has_next;

		search_undone(s, &p, how, text);
		has_next = times < 2 && plain_undo(&p, undo_json, &next);
		plain_free(&p);
		if (!has_next)
			return;
		p = next;
	}
}
