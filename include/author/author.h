/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_AUTHOR_H
#define AUTHOR_AUTHOR_H

/*
 * For who writes a mapping: what a file is, a first mapping for it, and the
 * tests that a mapping carries.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "mapping/mapping.h"
#include "plan/settings.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Before there is a mapping. Each returns the exit status, or -1 with a diag.
 */

/* `inspect CSV`: on stdout, as text or JSON. */
int inspect_run(const struct settings *o, struct diag *d);
/* `init CSV`: on stdout, or into a file that was not there before. */
int init_run(const struct settings *o, struct diag *d);

/*
 * The tests of a mapping, run through the builder that an import uses. Each
 * stands alone: `unique` does not see the rows of other tests.
 */

struct test_result {
	int line; /* of the test in the mapping file */
	bool passed;
	struct buf words; /* what differs, as lines; empty if it passed */
};

struct test_results {
	struct test_result *items;
	size_t count, failed;
};

/* Runs all tests of `m`, which is bound to a header of its own for that: bind
 * it again before it reads a file. Problems of that binding (a column twice)
 * and of the mapping's own values (plan/reading_choices.h) are added to `list`;
 * -1 if one is an error. */
int mapping_tests_run(
    struct mapping *m, struct test_results *r, struct diagnostics *list);
void test_results_release(struct test_results *r);

#endif
