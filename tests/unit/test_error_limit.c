/* SPDX-License-Identifier: MIT */
#include "base/outcome.h"
#include "test.h"

TEST(compares_what_is_bad_with_what_is_allowed)
{
	static const struct error_limit none = {.is_set = false},
					rows = {.is_set = true, .rows = 3},
					nothing = {.is_set = true},
					percent = {.is_set = true,
					    .is_percent = true,
					    .percent = 2.0},
					no_percent = {
					    .is_set = true, .is_percent = true};
	CASES(cases, const struct error_limit *limit; uint64_t bad, read;
	      bool at_end, passed) = {
	    {&none, 1000, 1000, true, false},
	    {&rows, 3, 5, false, false},
	    {&rows, 4, 5, false, true},
	    {&rows, 4, 5, true, true},
	    {&nothing, 0, 5, true, false},
	    {&nothing, 1, 5, false, true},
	    /* A share counts from a thousand rows on, and at the end. */
	    {&percent, 999, 999, false, false},
	    {&percent, 999, 999, true, true},
	    {&percent, 20, 1000, false, false},
	    {&percent, 21, 1000, false, true},
	    {&no_percent, 0, 0, true, false},
	    {&no_percent, 1, 2, true, true},
	};

	EACH (i, cases) {
		struct diag why = DIAG_INIT;

		if (error_limit_passed(cases[i].limit, cases[i].bad,
			cases[i].read, cases[i].at_end,
			&why) != cases[i].passed)
			fail_msg("case %zu", i);
		assert_int_equal(
		    why.kind, cases[i].passed ? DIAG_MAX_ERRORS : DIAG_NONE);
		assert_int_equal(*why.help != '\0', cases[i].passed);
	}
}
