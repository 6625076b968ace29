/* SPDX-License-Identifier: MIT */
#ifndef BASE_ERROR_LIMIT_H
#define BASE_ERROR_LIMIT_H

/*
 * --max-errors: how many rows may be bad before a run stops. A dry run and an
 * import ask the same question with the same counts, those of the chunks that
 * were delivered, after each of them and at the end: so both stop at the same
 * chunk, unless the service refuses rows that a dry run cannot know of.
 */

#include "base/diag.h"

#include <stdbool.h>
#include <stdint.h>

/* N or P%. All zero: no limit. */
struct error_limit {
	bool is_set, is_percent;
	uint64_t rows;
	double percent;
};

/* From so many rows on a share of them means something; a smaller input is
 * judged at its end. */
#define ERROR_LIMIT_PERCENT_ROWS 1000

/* True when `bad` rows (rejected or refused) of `read` are more than the limit
 * allows; then *why is DIAG_MAX_ERRORS, with a help. */
bool error_limit_passed(const struct error_limit *limit, uint64_t bad,
    uint64_t read, bool at_end, struct diag *why);

#endif
