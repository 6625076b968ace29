/* SPDX-License-Identifier: MIT */
/* Libraries that are loaded when they are needed (system/library.h). */
#include "http/curl_api.h"
#include "input/archive_api.h"
#include "system/library.h"
#include "test.h"

#include <string.h>

struct math {
	double (*cos)(double x);
	double (*no_such_function)(double x);
};

TEST(fills_the_table_with_functions_that_can_be_called)
{
	static const struct library_symbol symbols[] = {
	    LIBRARY_SYMBOL(math, , cos)};
	struct math math = {.cos = NULL};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    library_load("libm.so.6", "libc6", symbols, 1, &math, &d), 0);
	assert_true(math.cos(0) > 0.99);
	/* Asking again is allowed. */
	assert_int_equal(
	    library_load("libm.so.6", "libc6", symbols, 1, &math, &d), 0);
}

TEST(names_the_library_that_is_not_there_and_its_package)
{
	struct diag d = DIAG_INIT;

	assert_int_equal(library_load("libnosuchlibrary.so.7", "libnosuch7",
			     NULL, 0, NULL, &d),
	    -1);
	assert_int_equal(d.kind, DIAG_INTERNAL);
	assert_non_null(strstr(d.message, "libnosuchlibrary.so.7"));
	assert_non_null(strstr(d.help, "libnosuch7"));
}

TEST(names_the_function_that_a_library_does_not_have)
{
	static const struct library_symbol symbols[] = {
	    LIBRARY_SYMBOL(math, , no_such_function)};
	struct math math = {.cos = NULL};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    library_load("libm.so.6", "libc6", symbols, 1, &math, &d), -1);
	assert_non_null(strstr(d.message, "no_such_function"));
}

/* Every pointer of a table is filled: none is left to be called as NULL. */
TEST(the_tables_of_the_real_libraries_have_no_hole)
{
	struct curl_api curl;
	struct archive_api archive;
	struct diag d = DIAG_INIT;
	void *pointer;

	memset(&curl, 0, sizeof(curl));
	memset(&archive, 0, sizeof(archive));
	assert_int_equal(curl_api_load(&curl, &d), 0);
	assert_int_equal(archive_api_load(&archive, &d), 0);
	for (size_t at = 0; at < sizeof(curl); at += sizeof(pointer)) {
		memcpy(&pointer, (const char *)&curl + at, sizeof(pointer));
		assert_non_null(pointer);
	}
	for (size_t at = 0; at < sizeof(archive); at += sizeof(pointer)) {
		memcpy(&pointer, (const char *)&archive + at, sizeof(pointer));
		assert_non_null(pointer);
	}
}
