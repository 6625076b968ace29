/* SPDX-License-Identifier: MIT */
#ifndef CHAKRA_COMPARE_VALUES_H
#define CHAKRA_COMPARE_VALUES_H

/* Two JSON tokens beside each other, as chakra/verb.h says (json_same is
 * there). */

#include "base/text.h"

#include <stdbool.h>

/* null, or no token at all. */
bool value_is_nothing(struct text t);
/* field_change.is_form */
bool values_differ_in_form(struct text a, struct text b);

#endif
