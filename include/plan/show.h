/* SPDX-License-Identifier: MIT */
#ifndef PLAN_SHOW_H
#define PLAN_SHOW_H

/*
 * Words for people, shared by the commands that read a CSV.
 */

#include "base/buf.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "report/problems.h"

/* The mistakes and warnings of the mapping and its binding, to stderr, with
 * the mapping's lines; nothing when there are none. Notes only with -v. The
 * first `shown` of them were shown before. */
void show_diagnostics(const struct plan *p, const struct settings *o,
    const char *mapping_path, size_t shown);

/* The groups of problems and the first ones one by one (report/terminal.h), to
 * stderr. Nothing when there are none. */
void show_problems(const struct problem_groups *g, const struct settings *o);

#endif
