/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_COMPARE_VALUES_H
#define CHAKRA_COMPARE_VALUES_H

/* Two JSON tokens beside each other, as chakra/verb.h says (json_same is
 * there). */

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* null, or no token at all. */
bool value_is_nothing(struct text t);
/* Values that are the same to json_same have the same hash, others another (but
 * for one in 2^64), as long as no object in them has two members with one name.
 * `scratch` is left as it was. */
uint64_t value_hash(uint64_t seed, struct text v, struct buf *scratch);
/* The same of a text, without its quotes, in which nothing is escaped. */
uint64_t text_hash(uint64_t seed, struct text t);
/* field_change.is_form */
bool values_differ_in_form(struct text a, struct text b);

#endif
