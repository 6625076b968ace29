/* SPDX-License-Identifier: MIT */
/*
 * A line is begun at a lead byte and goes on for as many bytes, whatever they
 * are: whoever scores it skips what the cut at its end broke.
 */
#include "few_characters.h"

#include <string.h>

static bool
goes_on(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void
append(struct few_characters *f, const char *s, size_t len)
{
	memcpy(f->lines + f->len, s, len);
	f->len += len;
}

/* A line, with the bytes before piece.s[at]. */
static void
begin_line(
    struct few_characters *f, struct text before, struct text piece, size_t at)
{
	size_t here = at < FEW_AROUND ? at : FEW_AROUND;
	size_t there =
	    FEW_AROUND - here < before.len ? FEW_AROUND - here : before.len;

	while (there > 0 && goes_on(before.s[before.len - there]))
		there--;
	if (there > 0)
		append(f, before.s + before.len - there, there);
	append(f, piece.s + at - here, here);
	f->left = FEW_AROUND;
}

void
few_characters_add(
    struct few_characters *f, struct text before, struct text piece)
{
	for (size_t i = 0; i < piece.len; i++) {
		if (f->left == 0 && (unsigned char)piece.s[i] >= 0xc0) {
			if (f->len + FEW_LINE > sizeof(f->lines))
				return;
			begin_line(f, before, piece, i);
		}
		if (f->left == 0)
			continue;
		f->lines[f->len++] = piece.s[i];
		if (--f->left == 0 || piece.s[i] == '\n') {
			f->left = 0;
			f->lines[f->len++] = '\n';
		}
	}
}
