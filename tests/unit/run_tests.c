/* SPDX-License-Identifier: MIT */
/*
 * Runs the tests of a file that includes test.h. They are here before main
 * begins (constructors), in the order in which they stand there.
 */
#include "test.h"

/* What cmocka passes over is an entry without a function. */
static struct CMUnitTest tests[100];
static CMFixtureFunction before_all, after_all;

void
test_add(const char *name, CMUnitTestFunction run, CMFixtureFunction set_up,
    CMFixtureFunction tear_down)
{
	size_t i = 0;

	while (tests[i].test_func != NULL)
		if (++i == sizeof(tests) / sizeof(tests[0])) {
			fprintf(stderr, "no room for '%s' in tests\n", name);
			abort();
		}
	tests[i] = (struct CMUnitTest){name, run, set_up, tear_down, NULL};
}

void
test_around_all(CMFixtureFunction set_up, CMFixtureFunction tear_down)
{
	before_all = set_up;
	after_all = tear_down;
}

int
main(void)
{
	return cmocka_run_group_tests(tests, before_all, after_all);
}
