/* SPDX-License-Identifier: MIT */
#ifndef FUZZ_WORDS_H
#define FUZZ_WORDS_H

#include "base/text.h"

#include <string.h>

/* Cuts `line` at '|' into `words`, at most `max` of them: how many. */
static size_t
cut_words(struct text line, struct text *words, size_t max)
{
	size_t count = 0;

	while (line.len > 0 && count < max) {
		const char *bar = memchr(line.s, '|', line.len);
		size_t len = bar ? (size_t)(bar - line.s) : line.len;

		words[count++] = (struct text){line.s, len};
		line.s += len + (bar != NULL);
		line.len -= len + (bar != NULL);
	}
	return count;
}

#endif
