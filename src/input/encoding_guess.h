/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ENCODING_GUESS_H
#define INPUT_ENCODING_GUESS_H

/*
 * A guess at the encoding of bytes that are not UTF-8.
 *
 * While they stream by, two things are kept: which bytes and pairs of bytes
 * occur in all of them (encoding_bytes.h), and a sample of the different
 * words that hold bytes beyond ASCII, from the first 4 MiB. At the end each
 * candidate that decodes all of it is scored with the sample
 * (encoding_score.h). uchardet gets the sample too and is one witness: what
 * it names gets a small bonus. The same bytes always get the same guess,
 * however they were cut.
 */

#include "base/diag.h"
#include "encoding_bytes.h"
#include "input/decoder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct encoding_guess;

/* Returns owned. */
struct encoding_guess *encoding_guess_new(void);
void encoding_guess_free(struct encoding_guess *g);
void encoding_guess_add(struct encoding_guess *g, const char *s, size_t len);
/* To be asked once, after the last byte. -1 and a diag if uchardet is not on
 * this machine. */
int encoding_guess_rank(
    struct encoding_guess *g, struct encoding_ranking *out, struct diag *d);

#endif
