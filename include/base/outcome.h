/* SPDX-License-Identifier: MIT */
#ifndef BASE_OUTCOME_H
#define BASE_OUTCOME_H

/* What became of a row. Every row read has exactly one of these at the end;
 * their meaning is in csv2chakra(1), "OUTCOMES". */

#include <stdint.h>

enum outcome {
	OUTCOME_CREATED,
	OUTCOME_ACCEPTED,
	OUTCOME_REFUSED,
	OUTCOME_REJECTED,
	OUTCOME_SKIPPED,
	OUTCOME_UNKNOWN,
	OUTCOME_UNSENT,
	OUTCOME_COUNT
};
/* "created", …: static. */
const char *outcome_name(enum outcome o);
/* Its value, or -1. */
int outcome_parse(const char *name);

/* How many rows had each outcome. */
struct outcome_counts {
	uint64_t rows[OUTCOME_COUNT];
};

#endif
