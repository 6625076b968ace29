/* SPDX-License-Identifier: MIT */
/*
 * The survey: what it says of the bytes, and that the encoding it decides for
 * is the one that the bytes alone decide, in any pieces, and decodes them to
 * the end. The first byte is the pieces; then come the source bytes.
 */
#include "decoder_rig.h"
#include "input/few_characters.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = {data, size};
	uint32_t seed = (uint32_t)fuzz_byte(&in) * 2654435761u;
	struct text source = fuzz_rest(&in);
	struct fuzz_memory m = {source.s, source.len, 0, seed};
	struct survey s;
	struct diag d = DIAG_INIT;
	struct encoding_decision alone;
	struct buf out = BUF_INIT(0);
	size_t good = utf8_check(source.s, source.len);

	HOLDS(survey_input(fuzz_memory_source(&m), NULL, NULL, &s, &d) == 0);
	HOLDS(s.bytes == source.len);
	HOLDS(s.encoding.evidence != ENCODING_NAMED);
	if (s.encoding.evidence == ENCODING_UTF8)
		HOLDS(good == source.len &&
		      strcmp(s.encoding.name, "utf-8") == 0);
	if (s.encoding.evidence == ENCODING_GUESSED)
		HOLDS(good < source.len || s.encoding.good_characters < FEW ||
		      strncmp(s.encoding.name, "utf-16", 6) == 0);
	HOLDS(
	    encoding_decide(source.s, source.len, true, NULL, &alone, &d) == 0);
	HOLDS(strcmp(alone.name, s.encoding.name) == 0);
	HOLDS(alone.evidence == s.encoding.evidence);
	decode_all(source, s.encoding.name, seed, &out);
	buf_release(&out);
	return 0;
}
