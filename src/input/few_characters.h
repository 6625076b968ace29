/* SPDX-License-Identifier: MIT */
#ifndef INPUT_FEW_CHARACTERS_H
#define INPUT_FEW_CHARACTERS_H

/*
 * The first characters of several bytes in an input that is UTF-8 so far, each
 * with what stands around it: fewer than FEW of two bytes may be UTF-8 by
 * accident (the classic is two Chinese words in GBK), and then somebody asks
 * how the same bytes read in other encodings. What is kept does not depend on
 * the pieces in which the input comes.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

#define FEW ((uint64_t)12)
#define FEW_AROUND ((size_t)32)
#define FEW_LINE (2 * FEW_AROUND + 1)

/* All zero at first. */
struct few_characters {
	char lines[FEW * FEW_LINE]; /* each ends with a line feed */
	size_t len, left;	    /* left: bytes until a line ends */
};

/* The next bytes may belong to a line that began. */
static inline bool
few_characters_is_open(const struct few_characters *f)
{
	return f->left > 0;
}

/* `before`: the last bytes before the piece, FEW_AROUND or all there are. */
void few_characters_add(
    struct few_characters *f, struct text before, struct text piece);

#endif
