/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_FOUND_PROCESS_H
#define CHAKRA_FOUND_PROCESS_H

/*
 * A process of an answer: its id, its key, its times. It is good JSON, read
 * from its bytes (found_read), or from the outline that it has (found_take);
 * both say the same.
 */

#include "base/xalloc.h"
#include "chakra/response.h"
#include "compare_found.h"

#include <stdbool.h>

/* The numbers of the members, of all that an outline knows; -1: none has it. */
struct found_numbers {
	int id, created_at, updated_at, key[OUTLINE_PLACES];
};
void found_numbers(
    struct found_numbers *n, const struct outlines *o, const char *key_name);

/* *item has only zeros; its texts are views of the process, or of `memory`. */
void found_read(struct arena *memory, struct text process, const char *key_name,
    struct found_process *item);
void found_take(struct arena *memory, const struct found_numbers *n,
    struct text process, struct found_fields *fields,
    struct found_process *item);

/* The first member with that name, if it is an object that has one. */
struct text answer_first_member(struct text object, const char *name);
/* true, or a text that says so. */
bool answer_says_true(struct text token);

#endif
