/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ENCODING_CHAR_H
#define INPUT_ENCODING_CHAR_H

/* Single characters of an encoding, by iconv. */

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct encoding_char {
	iconv_t cd;
};

/* iconv_open; false if iconv does not know one of the names. */
bool encoding_pair_open(iconv_t *cd, const char *to, const char *from);

/* False if iconv does not know the name. */
bool encoding_char_open(struct encoding_char *x, const char *name);
void encoding_char_close(struct encoding_char *x);
/* The code point of the `len` bytes; 0 if they are not one character. */
uint32_t encoding_char_of(
    struct encoding_char *x, const unsigned char *s, size_t len);

#endif
