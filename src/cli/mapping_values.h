/* SPDX-License-Identifier: MIT */
#ifndef CLI_MAPPING_VALUES_H
#define CLI_MAPPING_VALUES_H

/*
 * The values that a mapping brings along itself: a `default` or a constant
 * that does not pass its own type and checks would reject every row that
 * needs it. The builder is the judge, so that nothing is judged twice.
 */

#include "mapping/mapping.h"

#include <stddef.h>

/* `m` is bound to a header of `width` columns. Adds an error
 * (mapping.refused_value) for each such value; -1 if there is one. */
int mapping_values_check(
    const struct mapping *m, size_t width, struct diagnostics *list);

#endif
