/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ENCODING_SCORE_H
#define INPUT_ENCODING_SCORE_H

/*
 * How much a sample looks like text when it is read in one encoding. Pure:
 * what is asked for is the sample, the encoding, and the models of the
 * languages that are written in it.
 */

#include "encoding_bytes.h"
#include "encoding_model.h"

/* An encoding that may be guessed. */
struct encoding_candidate {
	const char *name; /* as iconv knows it, as it is shown */
	enum encoding_form form;
	const char *languages; /* codes of encoding_words.h, blanks between */
	enum encoding_ideographs ideographs; /* unless FORM_SINGLE */
	short prior; /* how rare it is, in hundredths as all scores */
	bool is_mac; /* its lines end with CR, and seldom otherwise */
};
/* In the order of preference when two read the same text. */
const struct encoding_candidate *encoding_candidates(size_t *count);
/* UTF-8 in any language, with broken places: what a guess must beat when some
 * of the bytes are UTF-8. */
extern const struct encoding_candidate encoding_candidate_utf8;

/* The models of all languages, and of the ideographs of each kind. About
 * 2 MiB. Returns owned. */
struct encoding_models;
struct encoding_models *encoding_models_new(void);
void encoding_models_free(struct encoding_models *m);

struct encoding_score {
	long score;
	/* The language that the letters fit best; NULL for none. */
	const struct encoding_language *language;
	unsigned odd;	/* characters beyond ASCII */
	unsigned words; /* that hold one */
	unsigned mixed; /* words of them with letters of two scripts */
	unsigned boxed; /* box drawing beside a letter, and controls */
};

/* `sample`: pieces of text, each ended by a line feed, its first and last
 * byte being what stands around it. The table is for FORM_SINGLE, as
 * encoding_table makes it. */
void encoding_score_sample(struct encoding_score *out, const char *sample,
    size_t len, const struct encoding_candidate *c, const uint32_t *table,
    const struct encoding_models *models);

#endif
