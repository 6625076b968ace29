/* SPDX-License-Identifier: MIT */
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

/*
 * What Unicode says about characters: case, form, digits, width. The tables
 * are utf8proc's (Unicode 14 in Debian 12); this is the only room that knows
 * the library. Nothing here depends on the locale.
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Simple case mapping: one code point to one code point. The sharp s keeps
 * its form, Turkish i is the English one, and a final sigma becomes the usual
 * capital. */
uint32_t code_point_upper(uint32_t c);
uint32_t code_point_lower(uint32_t c);

/* Columns of a terminal that the character takes: 0, 1 or 2. */
unsigned code_point_width(uint32_t c);

/* Letters, marks and numbers (Unicode L*, M*, N*). */
bool code_point_is_word(uint32_t c);
/* A mark that combines with the character before it (Unicode M*). */
bool code_point_is_mark(uint32_t c);
/* Dollar, euro, rupee and the other signs of Unicode Sc. */
bool code_point_is_currency(uint32_t c);
/* A character that NFD takes apart, such as e with an accent. */
bool code_point_is_composed(uint32_t c);
/* The value of a decimal digit of any script (Unicode Nd), or -1. */
int code_point_digit(uint32_t c);

/* True if the text is in NFC by the ranges that its characters are in: Latin
 * with its accents as letters of their own, Cyrillic, kana, Hangul, Han. False
 * says nothing: other scripts, and all that holds a combining mark. */
bool text_is_plainly_nfc(struct text t);
/* Appends well-formed UTF-8 in NFC (Unicode Standard Annex 15); bytes that
 * are not UTF-8 are appended as they stand. False if the buffer is full. */
bool text_add_nfc(struct buf *out, struct text t);
/* The text in NFC: t itself where it is plainly so, else a view of `work`,
 * which is cleared first. For comparing; what is sent keeps its form. */
struct text text_nfc(struct buf *work, struct text t);
/* Equal after NFC. */
bool text_equal_nfc(struct text a, struct text b);

/*
 * Two names that look the same on a screen and are not: in what they differ.
 * For messages that show both.
 */

/* Blanks, joiners, marks of direction and the like: what takes room without
 * ink, or no room at all. ASCII control characters too; not the plain blank. */
bool code_point_is_unseen(uint32_t c);

/* Appends one clause about the first place where `theirs` differs from `ours`,
 * such as "the file's has U+00A0 (no-break space) as character 5", if a reader
 * cannot be expected to see it: an unseen character, a combining mark, or a
 * letter of another script that is drawn alike. Returns false, and appends
 * nothing, if the difference can be seen. `owner` is whose `theirs` is ("the
 * file's"), `other` whose `ours` is ("the mapping's"). */
bool look_alike_explain(struct buf *out, const char *other, struct text ours,
    const char *owner, struct text theirs);

#endif
