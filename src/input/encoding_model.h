/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ENCODING_MODEL_H
#define INPUT_ENCODING_MODEL_H

/*
 * How likely letters beyond ASCII are in a language, and beside which
 * letters: counted from the words of encoding_words.h. Pure functions; a
 * model is about 40 KiB and is made when there is something to guess.
 *
 * All scores are natural logarithms in hundredths, so that sums are exact and
 * the same everywhere. A likely letter in a likely place is at about -150, a
 * letter that the language does not have below -900.
 */

#include "encoding_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_LETTERS ((size_t)80)
/* a to z, the language's own letters, any other letter, none at all. */
#define MODEL_NEIGHBOURS (26 + MODEL_LETTERS + 2)

struct encoding_model {
	const struct encoding_language *language;
	uint32_t letters[MODEL_LETTERS]; /* beyond ASCII, lower case */
	size_t count;
	/* The last one stands for a letter that the language does not have. */
	short own[MODEL_LETTERS + 1];
	short before[MODEL_LETTERS][MODEL_NEIGHBOURS];
	short after[MODEL_LETTERS][MODEL_NEIGHBOURS];
};

void encoding_model_make(
    struct encoding_model *m, const struct encoding_language *language);
/* Of a letter beyond ASCII between two others; 0 stands for no letter. All in
 * lower case (encoding_fold). */
int encoding_model_letter(const struct encoding_model *m, uint32_t before,
    uint32_t c, uint32_t after);

/* Lower case, for models; the Turkish capital I keeps its dot. */
uint32_t encoding_fold(uint32_t c);

enum encoding_script {
	SCRIPT_NONE, /* signs, digits, blanks */
	SCRIPT_LATIN,
	SCRIPT_GREEK,
	SCRIPT_CYRILLIC,
	SCRIPT_HEBREW,
	SCRIPT_ARABIC,
	SCRIPT_THAI,
	SCRIPT_KANA,
	SCRIPT_HAN,
	SCRIPT_HANGUL,
	SCRIPT_MARK, /* belongs to the letter before it */
	SCRIPT_BOX,  /* U+2500 to U+259F */
	SCRIPT_BAD   /* a control, or for private use */
};
enum encoding_script encoding_script_of(uint32_t c);

/* Of a sign beyond ASCII between two characters (0 for an end): what stands
 * where such signs stand is at about -250, a sign inside a word below -900. */
int encoding_sign_score(uint32_t before, uint32_t c, uint32_t after);

#endif
