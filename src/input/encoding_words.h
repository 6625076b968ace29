/* SPDX-License-Identifier: MIT */
#ifndef INPUT_ENCODING_WORDS_H
#define INPUT_ENCODING_WORDS_H

/*
 * What a guess at an encoding knows of languages: for each some fifty to a
 * hundred words, from which encoding_model.h counts letters and letter pairs
 * when there is something to guess, and for the languages that are written
 * with thousands of characters the most frequent of them. All of it was
 * written by hand for this program, from general knowledge of how the
 * languages are spelt; nothing was copied from a list or counted in a corpus.
 * None of the words is in the tests that measure the guess
 * (tests/property/encodings.py holds that).
 */

#include <stddef.h>
#include <stdint.h>

struct encoding_language {
	const char *name;  /* "German", for evidence that is shown */
	const char *code;  /* "de"; two spellings of one language share it */
	const char *words; /* UTF-8, in lower case, blanks between them */
};
const struct encoding_language *encoding_languages(size_t *count);

enum encoding_ideographs {
	IDEOGRAPHS_JAPANESE,
	IDEOGRAPHS_CHINESE_SIMPLE,
	IDEOGRAPHS_CHINESE_FULL,
	IDEOGRAPHS_KOREAN
};
/* The most frequent characters, UTF-8, without blanks; not sorted. */
const char *encoding_ideographs(enum encoding_ideographs which);

#endif
