/* SPDX-License-Identifier: MIT */
#ifndef AUTHOR_MAPPING_TESTS_H
#define AUTHOR_MAPPING_TESTS_H

/*
 * The tests that a mapping carries, run through the builder that an import
 * uses. Each stands alone: `unique` does not see the rows of other tests.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "mapping/mapping.h"

#include <stdbool.h>
#include <stddef.h>

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
