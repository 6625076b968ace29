/* SPDX-License-Identifier: MIT */
/* The names of the outcomes, in one table. */
#include "base/outcome.h"

#include <assert.h>
#include <string.h>

static const char *const names[OUTCOME_COUNT] = {
    [OUTCOME_CREATED] = "created",
    [OUTCOME_ACCEPTED] = "accepted",
    [OUTCOME_REFUSED] = "refused",
    [OUTCOME_REJECTED] = "rejected",
    [OUTCOME_SKIPPED] = "skipped",
    [OUTCOME_UNKNOWN] = "unknown",
    [OUTCOME_UNSENT] = "unsent",
};

const char *
outcome_name(enum outcome o)
{
	assert(o < OUTCOME_COUNT);
	return names[o];
}

int
outcome_parse(const char *name)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}
