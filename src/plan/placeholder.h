/* SPDX-License-Identifier: MIT */
#ifndef PLAN_PLACEHOLDER_H
#define PLAN_PLACEHOLDER_H

#include "plan/plan.h"

/* False, and a diagnostic: the mapping's procedure is still what `init` wrote,
 * and the command is about sending. */
bool plan_is_filled_in(
    struct plan *p, const char *path, const struct settings *o);

#endif
