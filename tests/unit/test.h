/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

/* What cmocka 1.1.5 needs before its own header, once; and what many need.
 *
 *	TEST(says_what_is_wrong)
 *	{
 *		CASES(cases, const char *text; size_t len) = {
 *		    {"one", 3},
 *		};
 *
 *		EACH(i, cases)
 *			assert_int_equal(strlen(cases[i].text), cases[i].len);
 *	}
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A test, whose name is a sentence; `state` is what its set-up made. The file
 * has no main: run_tests.c runs every test of it, in this order. */
#define TEST(name) TEST_WITH(name, NULL, NULL)
#define TEST_WITH(name, set_up, tear_down)                                     \
	static void name(void **state);                                        \
	__attribute__((constructor)) static void name##_is_run(void)           \
	{                                                                      \
		test_add(#name, name, set_up, tear_down);                      \
	}                                                                      \
	static void name(__attribute__((unused)) void **state)
/* Once, before and after all tests of the file. */
#define AROUND_ALL(set_up, tear_down)                                          \
	__attribute__((constructor)) static void around_all(void)              \
	{                                                                      \
		test_around_all(set_up, tear_down);                            \
	}                                                                      \
	struct test_needs_a_semicolon

void test_add(const char *name, CMUnitTestFunction run,
    CMFixtureFunction set_up, CMFixtureFunction tear_down);
void test_around_all(CMFixtureFunction set_up, CMFixtureFunction tear_down);

/* Cases as data: an array of structs with these members. */
#define CASES(name, ...)                                                       \
	static const struct {                                                  \
		__VA_ARGS__;                                                   \
	} name[]
/* For each place `i` of an array. */
#define EACH(i, array)                                                         \
	for (size_t i = 0; i < sizeof(array) / sizeof((array)[0]); i++)

/* How often `what` stands in the text. */
size_t count_of(const char *text, const char *what);

#endif
