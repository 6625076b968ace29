/* SPDX-License-Identifier: MIT */
#include "base/buf.h"
#include "http/secret.h"
#include "random.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* Nobody's. */
#define TOKEN "eyJhbGc.9f/3+k_Qz-7Wm2.Xy8~Lp0Rr"

static struct secret *
secret_of(const char *token)
{
	struct secret *s = NULL;

	secret_add(&s, token);
	return s;
}

static void
add_base64(struct buf *out, const char *s, size_t len, bool url, size_t line)
{
	static const char alphabet[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t chars = 0;

	for (size_t bit = 0; bit < len * 8; bit += 6) {
		unsigned v = 0;

		for (size_t b = bit; b < bit + 6; b++)
			v = v << 1 |
			    (b < len * 8
				    ? (unsigned char)s[b / 8] >> (7 - b % 8) & 1
				    : 0);
		buf_addc(out, v < 62	? alphabet[v]
			      : v == 62 ? (url ? '-' : '+')
					: (url ? '_' : '/'));
		if (line && ++chars % line == 0)
			buf_adds(out, "\r\n");
	}
}

enum spelling {
	AS_IT_IS,
	JSON_U,	    /* \u0041 */
	JSON_TWICE, /* \\u0041 */
	JSON_SLASH, /* \/ for / */
	PERCENT_LOWER,
	PERCENT_UPPER,
	PERCENT_IN_JSON, /* \u0025 41 */
	SPELLINGS
};

static void
add_spelt(struct buf *out, const char *s, size_t len, enum spelling how)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		switch (how) {
		case JSON_U:
			buf_addf(out, i % 2 ? "\\u%04x" : "\\u%04X", c);
			break;
		case JSON_TWICE:
			buf_addf(out, "\\\\u%04x", c);
			break;
		case JSON_SLASH:
			buf_adds(out, c == '/' ? "\\" : "");
			buf_addc(out, (char)c);
			break;
		case PERCENT_LOWER:
			buf_addf(out, "%%%02x", c);
			break;
		case PERCENT_UPPER:
			buf_addf(out, "%%%02X", c);
			break;
		case PERCENT_IN_JSON:
			buf_addf(out, "\\u0025%02x", c);
			break;
		default:
			buf_addc(out, (char)c);
		}
	}
}

/* The middle of the text is nothing but asterisks, and around it nothing
 * changed. */
static void
assert_hidden(struct buf *text, size_t begin, size_t end, const char *what)
{
	struct secret *s = secret_of(TOKEN);
	struct buf before = BUF_INIT(0);

	buf_add(&before, text->data, text->len);
	secret_hide(s, text->data, text->len);
	for (size_t i = 0; i < text->len; i++)
		if (i < begin || i >= end ? text->data[i] != before.data[i]
					  : text->data[i] != '*')
			fail_msg("%s, byte %zu: %.*s", what, i, (int)text->len,
			    text->data);
	buf_release(&before);
	secret_free(s);
}

TEST(every_spelling_of_the_token_is_hidden_wherever_it_stands)
{
	for (int how = 0; how < SPELLINGS; how++)
		for (size_t shift = 0; shift < 17; shift++) {
			struct buf text = BUF_INIT(0);
			char what[64];
			size_t begin, end;

			buf_adds(&text, "{\"echo\":\"");
			for (size_t i = 0; i < shift; i++)
				buf_addc(&text, 'x');
			begin = text.len;
			add_spelt(
			    &text, TOKEN, strlen(TOKEN), (enum spelling)how);
			end = text.len;
			buf_adds(&text, " and more\"}");
			snprintf(what, sizeof(what), "%d at %zu", how, shift);
			assert_hidden(&text, begin, end, what);
			buf_release(&text);
		}
}

TEST(a_piece_of_sixteen_bytes_is_hidden_and_one_of_fifteen_is_not)
{
	for (int how = 0; how < SPELLINGS; how++)
		for (size_t from = 0; from + 16 <= strlen(TOKEN); from++) {
			struct buf text = BUF_INIT(0), shorter = BUF_INIT(0);
			size_t begin = 5;

			buf_adds(&text, "said ");
			add_spelt(&text, &TOKEN[from], 16, (enum spelling)how);
			assert_hidden(&text, begin, text.len, "piece");
			buf_adds(&shorter, "said ");
			add_spelt(
			    &shorter, &TOKEN[from], 15, (enum spelling)how);
			assert_hidden(&shorter, 0, 0, "shorter");
			buf_release(&text);
			buf_release(&shorter);
		}
}

/* The characters that also hold bits of a neighbour stay. */
TEST(base64_is_hidden_in_every_phase_and_both_alphabets)
{
	static const char *const before[] = {"", "B", "Be", "Bea", "Bearer "};

	for (size_t i = 0; i < 5; i++)
		for (int url = 0; url < 2; url++)
			for (size_t line = 0; line <= 20; line += 20) {
				struct buf plain = BUF_INIT(0);
				struct buf text = BUF_INIT(0);
				struct secret *s = secret_of(TOKEN);
				size_t stars = 0;

				buf_adds(&plain, before[i]);
				buf_adds(&plain, TOKEN ":tail");
				add_base64(
				    &text, plain.data, plain.len, url, line);
				secret_hide(s, text.data, text.len);
				for (size_t k = 0; k < text.len; k++)
					stars += text.data[k] == '*';
				/* Of 4/3 of its length, one at either end. */
				assert_true(stars >= strlen(TOKEN) * 4 / 3 - 2);
				secret_free(s);
				buf_release(&plain);
				buf_release(&text);
			}
}

/* A password may hold what spellings are made of, and text that is no token may
 * look like one for long. */
TEST(a_secret_with_signs_of_spellings_in_it_is_hidden_too)
{
	static const char *const secrets[] = {"pa ss wo rd with blanks",
	    "back\\slash\\and\"quotes\"", "per%cent%20signs%41",
	    "tabs\tand\nlines\tof it", "a b c d e f g h"};

	for (size_t i = 0; i < 5; i++)
		for (int how = 0; how <= PERCENT_IN_JSON; how++) {
			struct secret *s = secret_of(secrets[i]);
			struct buf text = BUF_INIT(0);
			size_t begin, end;

			buf_adds(&text, i == 4 ? "<"
					       : "{\"said\": \"a long line of "
						 "words that are none of it ");
			begin = text.len;
			add_spelt(&text, secrets[i], strlen(secrets[i]),
			    (enum spelling)how);
			end = text.len;
			buf_adds(&text, i == 4 ? ">" : "\"}");
			secret_hide(s, text.data, text.len);
			for (size_t k = 0; k < text.len; k++)
				assert_int_equal(
				    text.data[k] == '*', k >= begin && k < end);
			buf_release(&text);
			secret_free(s);
		}
}

/* Sixteen bytes of the token from that place on, anywhere in it? */
static bool
begins_piece(const char *text, size_t len, size_t at)
{
	for (size_t k = 0;
	     at + SECRET_PIECE <= len && k + SECRET_PIECE <= sizeof(TOKEN) - 1;
	     k++)
		if (memcmp(text + at, &TOKEN[k], SECRET_PIECE) == 0)
			return true;
	return false;
}

/* Beside a look at every byte: pieces of any length, wherever the bytes are
 * that are looked at together, between bytes that may stand in a piece and
 * some that may not. */
TEST(pieces_in_a_long_text_are_hidden_and_nothing_else_is)
{
	struct secret *s = secret_of(TOKEN);
	size_t hidden = 0;

	for (int round = 0; round < 2000; round++) {
		char text[400], want[400];
		size_t len = next_random() % sizeof(text), from, n;

		for (size_t i = 0; i < len; i++)
			text[i] = next_random() % 12 == 0
				      ? '\xfc'
				      : TOKEN[next_random() % 32];
		for (int piece = 0; piece < 6; piece++) {
			from = next_random() % 16;
			n = 10 + next_random() % 12;
			if (n <= len && from + n < sizeof(TOKEN))
				memcpy(text + next_random() % (len - n + 1),
				    &TOKEN[from], n);
		}
		memcpy(want, text, len);
		for (size_t i = 0; i < len; i++)
			if (begins_piece(text, len, i))
				memset(want + i, '*', SECRET_PIECE);
		secret_hide(s, text, len);
		assert_memory_equal(text, want, len);
		for (size_t i = 0; i < len; i++)
			hidden += text[i] == '*';
	}
	assert_true(hidden > 10000);
	secret_free(s);
}

TEST(other_text_stays_as_it_is)
{
	struct buf text = BUF_INIT(0);

	buf_adds(
	    &text, "{\"a\":\"100% \\u00e4 \\\\ eyJhbGc.9f/3+k \\/ %zz\"}\n");
	assert_hidden(&text, 0, 0, "other");
	buf_release(&text);
	assert_null(secret_of("short"));
	secret_hide(NULL, NULL, 0);
}
