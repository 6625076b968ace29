/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEXT_WIDTH_H
#define BASE_TEXT_WIDTH_H

/*
 * How many columns of a terminal a text takes: characters of East Asian
 * scripts and pictographs two, the common combining marks none, all others
 * one (Unicode Standard Annex 11: W and F are wide). Marks of other scripts
 * count as one, so that a line is rather too short than too long. Does not
 * depend on the locale.
 */

#include <stddef.h>
#include <stdint.h>

unsigned char_width(uint32_t c);
/* Of text that was made fit to be shown (text_display). */
size_t text_width(const char *s, size_t len);

#endif
