/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ENCODING_BYTES_H
#define INPUT_ENCODING_BYTES_H

/*
 * Which encodings can decode a whole input: the bytes beyond ASCII that occur
 * in it, and for encodings of several bytes a character, which pairs of bytes.
 * Gathered while the input streams by; 40 KiB, whatever its size.
 *
 * Sources: the WHATWG Encoding Standard's indexes and, for the single bytes,
 * the tables of iconv, which is asked about each byte and pair that occurred.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum encoding_form {
	FORM_SINGLE, /* one byte a character */
	FORM_CP932,
	FORM_EUC_JP,
	FORM_GB18030,
	FORM_BIG5,
	FORM_EUC_KR,
	FORM_CP949,
	FORM_COUNT,
	FORM_UTF8 = FORM_COUNT /* with broken places, which are one byte */
};

/* Where one encoding of several bytes stands in its character. */
struct byte_walk {
	unsigned char bytes[4];
	unsigned count;
	bool is_broken;
	uint32_t pairs[0x8000 / 32]; /* lead - 0x80, trail */
};

struct encoding_bytes {
	uint64_t odd;			    /* bytes from 0x80 on */
	uint64_t seen[0x80];		    /* of each of them */
	struct byte_walk walks[FORM_COUNT]; /* the first is not used */
	bool is_inside; /* some walk is within a character */
};

void encoding_bytes_add(struct encoding_bytes *b, const char *s, size_t len);

/* Length of the character at s, 1 to 4; 0 if the bytes do not form one. */
size_t encoding_char_length(
    enum encoding_form form, const unsigned char *s, size_t len);

/* Code points of the bytes 0x80 to 0xFF in a single-byte encoding, 0 for
 * those that it does not have. False if iconv does not know the name. */
bool encoding_table(const char *name, uint32_t table[0x80]);
/* True if every byte and pair that occurred is a character of the encoding
 * and not a control. The first is for encodings of several bytes. */
bool encoding_decodes(
    const struct encoding_bytes *b, const char *name, enum encoding_form form);
bool encoding_table_decodes(
    const struct encoding_bytes *b, const uint32_t table[0x80]);

#endif
