/* SPDX-License-Identifier: MIT */
#ifndef SOURCE_ENCODING_GUESS_H
#define SOURCE_ENCODING_GUESS_H

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
#include "source/encoding_bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENCODING_CANDIDATES_MAX ((size_t)4)
/* Fewer bytes beyond ASCII are too few to be sure. */
#define ENCODING_ODD_ENOUGH 20

/* The answer: encodings that decode all the bytes, each to another text, and
 * that are not much worse than the best. */
struct encoding_ranking {
	struct ranked_encoding {
		char name[24];
		const char *language; /* "German": fits best; static, or "" */
		long score;	      /* natural logarithm, in hundredths */
	} list[ENCODING_CANDIDATES_MAX]; /* the best first */
	size_t count;
	uint64_t odd; /* bytes beyond ASCII */
	/* The first is not clearly better than the second, or there are too
	 * few bytes. */
	bool is_weak;
	/* Not even the first reads as text: controls, box drawing or several
	 * scripts in its words. */
	bool is_nonsense;
	/* The first reads much better than UTF-8 with broken places. */
	bool beats_utf8;
};

struct encoding_guess;

/* Returns owned. */
struct encoding_guess *encoding_guess_new(void);
void encoding_guess_free(struct encoding_guess *g);
void encoding_guess_add(struct encoding_guess *g, const char *s, size_t len);
/* To be asked once, behind the last byte. -1 and a diag if uchardet is not on
 * this machine. */
int encoding_guess_rank(
    struct encoding_guess *g, struct encoding_ranking *out, struct diag *d);

#endif
