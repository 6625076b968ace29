/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_WHERE_H
#define SANDBOX_WHERE_H

/*
 * The `where` of process/list, after its documented type:
 *   Query = {[key]: RHS; or?: Query[]; and?: Query[]}
 *   RHS   = {operator: value} | string | number | string[] | number[]
 *   operator: = != > >= < <=
 * All members of a query must hold. An array as RHS means any of its values
 * (with !=, none of them). A text equals a number that is written like it.
 * createdAt and updatedAt take ISO 8601 (iso_moment_ms) or epoch milliseconds.
 */

#include "base/text.h"
#include "proc.h"

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>

/* Whether it is such a query; else the words. NULL is: it holds always. */
bool where_check(const cJSON *where, char error[160]);
bool where_holds(const cJSON *where, const struct proc *p);

/* The only values of `name` with which the query can hold, if the query says
 * so (then true): what an index can look for. Borrowed from the query; the
 * array is the caller's to free. */
struct where_values {
	struct text *items;
	size_t count, cap;
};
bool where_bounds(
    const cJSON *where, const char *name, struct where_values *values);

#endif
