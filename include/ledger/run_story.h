/* SPDX-License-Identifier: MIT */
#ifndef LEDGER_RUN_STORY_H
#define LEDGER_RUN_STORY_H

/*
 * What the events of a ledger tell of the run's course: its parts (one for
 * each command that worked on it), and when it was last heard of. However many
 * parts there are, all are in it.
 */

#include "base/diag.h"
#include "ledger/ledger.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_part {
	char command[16];	      /* "import", "resume", "reconcile", … */
	int64_t started_ms, ended_ms; /* wall; 0 = not known */
};

struct run_story {
	struct run_part *parts; /* in their order */
	size_t count, cap;
	int64_t last_ms; /* the newest event; 0 = none */
};

/* Fills *s, for run_story_release on -1 too: the ledger cannot be read. */
int run_story_load(struct run_story *s, struct ledger *l, struct diag *d);
void run_story_release(struct run_story *s);
/* Is the last part a reconcile that came to its end? */
bool run_story_was_asked(const struct run_story *s);

#endif
