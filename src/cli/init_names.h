/* SPDX-License-Identifier: MIT */
#ifndef CLI_INIT_NAMES_H
#define CLI_INIT_NAMES_H

/* Names and texts of a CSV as a mapping needs them: keys, YAML scalars,
 * comments, and which names say that a column is the key. */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* "Full Name", "fullName", "Größe (cm)": full_name, full_name, grosse_cm in
 * ASCII; nothing for a name without a letter or digit that has one. Appends
 * at most 60 bytes. */
void init_key(struct buf *out, struct text name);

/* As a YAML scalar that is read as this text: plain where nothing in it could
 * be meant otherwise, else in double quotes. */
void init_scalar(struct buf *out, struct text t);

/* "# " and the text, wrapped at 80 columns, each line after `indent` blanks;
 * what YAML does not take in a comment is left out. */
void init_comment(struct buf *out, size_t indent, const char *text);

/* How much a name sounds like the key of a row: 0 = not at all. */
int init_key_score(struct text name, size_t column);

/* A name for dates of birth, in a few languages. */
bool init_is_birth_name(struct text name);

#endif
