/* SPDX-License-Identifier: MIT */
#ifndef BASE_TEXT_LIST_H
#define BASE_TEXT_LIST_H

/*
 * Lists of texts, sorted once and then asked often: word lists of a mapping,
 * names. Two orders, by bytes and by lower-case letters; a list must be
 * sorted by the one that it is asked in.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* -1, 0, 1: by bytes. */
int text_order(struct text a, struct text b);
void texts_sort(struct text *list, size_t count);
bool texts_have(const struct text *sorted, size_t count, struct text t);

/* The same without regard to case, in any script. */
int text_order_fold(struct text a, struct text b);
void texts_sort_fold(struct text *list, size_t count);
bool texts_have_fold(const struct text *sorted, size_t count, struct text t);

#endif
