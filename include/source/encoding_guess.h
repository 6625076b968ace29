/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_ENCODING_GUESS_H
#define SOURCE_ENCODING_GUESS_H

/*
 * A guess at the encoding of bytes that are not UTF-8, by uchardet; its only
 * user. The guess depends on how uchardet's bytes are cut, so they are shown
 * to it in pieces of one size, however they come, and only the first 4 MiB:
 * the same bytes always get the same guess.
 */

#include "base/diag.h"

#include <stddef.h>
#include <stdint.h>
#include <uchardet.h>

struct uchardet_api {
	__typeof__(uchardet_new) *create; /* `new` is uchardet's word for it */
	__typeof__(uchardet_delete) *destroy;
	__typeof__(uchardet_handle_data) *handle_data;
	__typeof__(uchardet_data_end) *data_end;
	__typeof__(uchardet_get_charset) *get_charset;
};

#define ENCODING_GUESS_PIECE ((size_t)4 << 10)

/* All zero: nothing was shown yet, and nothing is loaded. */
struct encoding_guess {
	struct uchardet_api api;
	uchardet_t guesser;
	uint64_t shown; /* bytes that the guesser has seen */
	char piece[ENCODING_GUESS_PIECE];
	size_t piece_len;
	struct diag failed; /* why uchardet could not be loaded */
};

void encoding_guess_add(struct encoding_guess *g, const char *s, size_t len);
/* The guess, in lower case, a name that iconv knows. Windows-1252 stands for
 * Latin-1 (it is Latin-1 and more, and what Excel writes may be either), and
 * for what nobody can tell. -1 and a diag if uchardet is not on this
 * machine. */
int encoding_guess_name(
    struct encoding_guess *g, char name[64], struct diag *d);
void encoding_guess_release(struct encoding_guess *g);

#endif
