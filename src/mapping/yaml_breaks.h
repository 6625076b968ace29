/* SPDX-License-Identifier: MIT */
#ifndef MAPPING_YAML_BREAKS_H
#define MAPPING_YAML_BREAKS_H

/*
 * U+0085, U+2028 and U+2029 end a line in YAML 1.1, and so for libyaml; in
 * YAML 1.2, and in every editor, they do not. A comment that ends where nobody
 * sees it would bring what follows to life. So the parser never gets them: it
 * reads a copy in which characters that the file does not use stand for them,
 * byte for byte and character for character, so that all places stay true.
 * Inside quotes they are characters like others; elsewhere they are refused.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

#define YAML_BREAK_KINDS 3

struct yaml_breaks {
	char *copy;    /* of the bytes, with stand-ins; NULL = none needed */
	size_t *at;    /* the characters that were hidden, by number from 0 */
	bool *is_kept; /* those found inside quotes */
	size_t count;
	char stand_in[YAML_BREAK_KINDS][4];
};

/* Well-formed UTF-8 in. x->copy is NULL if the bytes can be parsed as they
 * are. The caller releases. */
void yaml_breaks_hide(struct yaml_breaks *x, struct text bytes);
void yaml_breaks_release(struct yaml_breaks *x);
/* Puts the characters back into a value that was parsed, in place. */
void yaml_breaks_show(const struct yaml_breaks *x, char *s, size_t len);
/* Those of the characters [from, to) stand inside quotes. */
void yaml_breaks_keep(struct yaml_breaks *x, size_t from, size_t to);
#define YAML_BREAKS_WHY 80
/* Where the first of them stands that is not inside quotes, and why it is
 * refused; false if there is none. */
bool yaml_breaks_refused(const struct yaml_breaks *x, struct text bytes,
    size_t *offset, char why[YAML_BREAKS_WHY]);

#endif
