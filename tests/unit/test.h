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

/* A test, whose name is a sentence; `state` is what its set-up made. */
#define TEST(name) static void name(__attribute__((unused)) void **state)
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
