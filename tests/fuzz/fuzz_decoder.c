/* SPDX-License-Identifier: MIT */
/*
 * The decoder: the same bytes whole and in pieces, UTF-8 but for the mark of
 * what does not decode, and offsets that lead back: decoding again from a
 * character's source offset gives the rest of the text. The first byte is the
 * encoding, the second the pieces; then come the source bytes.
 */
#include "decoder_rig.h"

/* Each character stands for itself wherever it stands: no state, nothing
 * that combines with what follows. */
static const struct {
	const char *name;
	bool is_stateless;
} ENCODINGS[] = {
    {"utf-8", true},
    {"utf-16le", true},
    {"utf-16be", true},
    {"utf-32le", true},
    {"windows-1252", true},
    {"iso-8859-1", true},
    {"shift_jis", true},
    {"gb18030", true},
    {"euc-kr", true},
    {"koi8-r", true},
    {"utf-16", false},
    {"utf-32", false},
    {"iso-2022-jp", false},
    {"utf-7", false},
    {"cp1258", false},
    {"big5-hkscs", false},
};
#define ENCODING_COUNT (sizeof(ENCODINGS) / sizeof(ENCODINGS[0]))

static void
check_text(const struct buf *out, bool is_identity)
{
	size_t at = 0;

	while (!is_identity && at < out->len) {
		at += utf8_check(out->data + at, out->len - at);
		HOLDS(at == out->len || out->data[at] == '\xff');
		at++;
		/* A control that is not text. */
		at += at < out->len && out->data[at] == '\x80';
	}
}

static bool
is_boundary(const struct buf *out, size_t at)
{
	return at == out->len || (out->data[at] & 0xc0) != 0x80;
}

/* Asks for the source offset of every character while reading. */
static void
check_offsets(struct text source, const char *encoding, bool is_stateless,
    const struct buf *decoded, size_t probe)
{
	struct fuzz_memory m = {source.s, source.len, 0, 0};
	struct diag d = DIAG_INIT;
	struct decoder *dec = decoder_new(fuzz_memory_source(&m), encoding, &d);
	char block[100];
	uint64_t at = 0, before = 0, offset;
	size_t found = SIZE_MAX;
	ssize_t n;

	HOLDS(dec != NULL);
	while ((n = decoder_read(dec, block, sizeof(block), &d)) > 0)
		for (ssize_t i = 0; i < n; i++, at++) {
			if (!is_boundary(decoded, (size_t)at))
				continue;
			offset = decoder_source_offset(dec, at);
			HOLDS(offset >= before && offset <= source.len);
			before = offset;
			if (at >= probe && found == SIZE_MAX) {
				found = (size_t)offset;
				probe = (size_t)at;
			}
		}
	/* With states, what decodes to nothing may stand after the text. */
	offset = decoder_source_offset(dec, at);
	HOLDS(offset == source.len || (offset < source.len && !is_stateless));
	decoder_free(dec);
	if (is_stateless && found != SIZE_MAX) {
		struct buf rest = BUF_INIT(0);

		decode_all((struct text){source.s + found, source.len - found},
		    encoding, 0, &rest);
		HOLDS(rest.len == decoded->len - probe);
		HOLDS(rest.len == 0 ||
		      memcmp(rest.data, decoded->data + probe, rest.len) == 0);
		buf_release(&rest);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	size_t which = fuzz_byte(&in) % ENCODING_COUNT;
	uint32_t seed = (uint32_t)fuzz_byte(&in) * 2654435761u;
	struct text source = fuzz_rest(&in);
	struct buf whole = BUF_INIT(0), pieces = BUF_INIT(0);

	decode_all(source, ENCODINGS[which].name, 0, &whole);
	decode_all(source, ENCODINGS[which].name, seed, &pieces);
	HOLDS(whole.len == pieces.len);
	HOLDS(
	    whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0);
	check_text(&whole, which == 0);
	check_offsets(source, ENCODINGS[which].name,
	    ENCODINGS[which].is_stateless, &whole,
	    whole.len > 0 ? seed % whole.len : 0);
	buf_release(&whole);
	buf_release(&pieces);
	return 0;
}
