/* SPDX-License-Identifier: MIT */
/*
 * A percentage is compared as it was written; nothing is rounded to rows.
 */
#include "base/outcome.h"
#include "base/text.h"

#include <inttypes.h>

bool
error_limit_passed(const struct error_limit *limit, uint64_t bad, uint64_t read,
    bool at_end, struct diag *why)
{
	char count[32], all[32];

	if (!limit->is_set || bad == 0)
		return false;
	if (!limit->is_percent) {
		if (bad <= limit->rows)
			return false;
		diag_set(why, DIAG_MAX_ERRORS,
		    "stopped: %s rows were rejected or refused, more than "
		    "--max-errors %" PRIu64,
		    text_count(bad, count), limit->rows);
	} else {
		if ((read < ERROR_LIMIT_PERCENT_ROWS && !at_end) ||
		    (double)bad * 100 <= limit->percent * (double)read)
			return false;
		diag_set(why, DIAG_MAX_ERRORS,
		    "stopped: %s of %s rows were rejected or refused, more "
		    "than --max-errors %g%%",
		    text_count(bad, count), text_count(read, all),
		    limit->percent);
	}
	diag_help(why, "fix the rows or the mapping; see to-fix.csv");
	return true;
}
