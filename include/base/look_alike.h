/* SPDX-License-Identifier: MIT */
#ifndef BASE_LOOK_ALIKE_H
#define BASE_LOOK_ALIKE_H

/*
 * Two names that look the same on a screen and are not: in what they differ.
 * For messages that show both.
 */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>

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
