/* SPDX-License-Identifier: MIT */
/*
 * A token in a text, spelled in any way that is promised to be found: after
 * hiding, no piece of SECRET_PIECE bytes of it is left, however the text is
 * read; and what holds nothing of it stays as it was. Bytes of the input: how
 * it is spelled, where a line end stands in it, how long it is; then the token
 * (letters are made of these), then what stands around it.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "http/secret.h"

enum spelling { PLAIN, JSON, JSON_TWICE, PERCENT, BASE64, BASE64_URL, WAYS };

#define TOKEN_MAX 96

/* As tokens are written: no two of 16 bytes alike by accident. */
static size_t
make_token(struct fuzz_input *in, char token[TOKEN_MAX + 1])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
				      "opqrstuvwxyz0123456789-._~+/";
	size_t len = SECRET_MIN + fuzz_byte(in) % (TOKEN_MAX - SECRET_MIN);
	uint32_t seed = fuzz_byte(in);

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u + fuzz_byte(in);
		token[i] = letters[(seed >> 16) % (sizeof(letters) - 1)];
	}
	token[len] = '\0';
	return len;
}

static void
add_escaped(struct buf *out, const char *s, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++, seed = seed * 1664525u + 1) {
		bool is_odd = (seed >> 20 & 3) == 0;

		if (is_odd || s[i] == '\\' || s[i] == '"')
			buf_addf(out, "\\u%04x", (unsigned)(unsigned char)s[i]);
		else if (s[i] == '/')
			buf_adds(out, "\\/");
		else
			buf_addc(out, s[i]);
	}
}

static void
add_percent(struct buf *out, const char *s, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++, seed = seed * 1664525u + 1) {
		if ((seed >> 20 & 1) == 0)
			buf_addf(out, seed >> 24 & 1 ? "%%%02x" : "%%%02X",
			    (unsigned)(unsigned char)s[i]);
		else
			buf_addc(out, s[i]);
	}
}

/* With `phase` bytes before the token, and line ends. */
static void
add_base64(struct buf *out, const char *s, size_t len, unsigned phase,
    const char *last, size_t width)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	size_t total = phase + len, column = 0;

	for (size_t i = 0; i < total; i += 3) {
		uint32_t word = 0;

		for (size_t k = i; k < i + 3; k++) {
			unsigned char c = k < phase ? 'x'
					  : k < phase + len
					      ? (unsigned char)s[k - phase]
					      : 0;

			word = word << 8 | c;
		}
		for (int k = 18; k >= 0; k -= 6) {
			unsigned v = word >> k & 63;

			if (width && column++ % width == width - 1)
				buf_adds(out, "\r\n");
			buf_addc(out, v < 62 ? letters[v] : last[v - 62]);
		}
	}
}

static void
add_token(
    struct buf *out, const char *token, size_t len, uint8_t how, uint32_t seed)
{
	struct buf once = BUF_INIT(0);

	switch ((enum spelling)(how % WAYS)) {
	case PLAIN:
		buf_add(out, token, len);
		break;
	case JSON:
		add_escaped(out, token, len, seed);
		break;
	case JSON_TWICE:
		add_escaped(&once, token, len, seed);
		add_escaped(out, once.data, once.len, seed + 1);
		break;
	case PERCENT:
		add_percent(out, token, len, seed);
		break;
	case BASE64:
		add_base64(out, token, len, how / WAYS % 3, "+/",
		    seed % 80 < 20 ? 0 : seed % 80);
		break;
	case BASE64_URL:
	default:
		add_base64(out, token, len, how / WAYS % 3, "-_", 0);
		break;
	}
	buf_release(&once);
}

/* No piece that is long enough, as it stands. */
static bool
tells(const struct buf *text, const char *token, size_t len)
{
	size_t piece = len < SECRET_PIECE ? len : SECRET_PIECE;

	for (size_t i = 0; i + piece <= text->len; i++)
		for (size_t k = 0; k + piece <= len; k++)
			if (memcmp(text->data + i, token + k, piece) == 0)
				return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint8_t how = fuzz_byte(&in);
	uint32_t seed = fuzz_byte(&in) * 2654435761u;
	struct buf text = BUF_INIT(0), plain = BUF_INIT(0);
	struct secret *secret;
	char token[TOKEN_MAX + 1];
	size_t len = make_token(&in, token), before, from, to;
	struct text around = fuzz_rest(&in);

	before = around.len / 2;
	buf_add(&text, around.s, before);
	/* Base64 and escapes go on into letters beside them. */
	buf_addc(&text, ' ');
	from = text.len;
	add_token(&text, token, len, how, seed);
	to = text.len;
	buf_addc(&text, ' ');
	buf_add(&text, around.s + before, around.len - before);
	buf_add(&plain, text.data, text.len);
	secret = NULL;
	secret_add(&secret, token);
	HOLDS(secret != NULL);
	secret_hide(secret, text.data, text.len);
	HOLDS(text.len == plain.len);
	HOLDS(!tells(&text, token, len));
	/* The spelling itself is gone, but for the ends that base64 shares. */
	for (size_t i = from + 4; i + 6 < to; i++)
		HOLDS(text.data[i] == '*' || strchr("\r\n", text.data[i]));
	/* Twice is once. */
	buf_clear(&plain);
	buf_add(&plain, text.data, text.len);
	secret_hide(secret, text.data, text.len);
	HOLDS(memcmp(text.data, plain.data, plain.len) == 0);
	secret_free(secret);
	buf_release(&text);
	buf_release(&plain);
	return 0;
}
