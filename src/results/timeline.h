/* SPDX-License-Identifier: MIT */
#ifndef RESULTS_TIMELINE_H
#define RESULTS_TIMELINE_H

/*
 * What happened when: the calls and events of a ledger, counted into a fixed
 * number of bins over the time that was worked. The time between the parts of
 * a run (from a stop to its resume) is left out, so that a run resumed after
 * a weekend is not a line with two dots. Two walks over the ledger, constant
 * memory, nothing but what the ledger holds.
 */

#include "base/diag.h"
#include "report/run_report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TIMELINE_BINS 240
#define TIMELINE_REASONS 6

struct timeline_bin {
	uint64_t acknowledged; /* rows, by the time of the answer */
	uint64_t settled;      /* rows, by the time they were */
	uint64_t retries;      /* calls tried again or sent again */
	uint64_t lost;	       /* calls without a usable answer */
	int64_t waited_ms;
};

struct timeline_part {
	const char *command; /* borrowed from the report */
	int64_t started_ms;  /* wall */
	int64_t length_ms;   /* to its end, or to the last thing known of it */
	int64_t offset_ms;   /* its begin in the time worked */
};

struct timeline_reason {
	char words[64]; /* "rate limited" */
	uint64_t count;
	int64_t waited_ms;
};

struct timeline {
	int64_t span_ms; /* the time worked; 0 = nothing is known */
	struct timeline_bin bins[TIMELINE_BINS];
	struct timeline_part *parts; /* owned */
	size_t part_count;
	/* Why it waited; what finds no room is in the last one. */
	struct timeline_reason reasons[TIMELINE_REASONS];
	size_t reason_count;
	uint64_t calls, retries, lost, acknowledged, settled;
	int64_t waited_ms;
};

/* Fills *t, for timeline_release on -1 too, from r->ledger and r->parts. -1:
 * the ledger cannot be read. */
int timeline_load(
    struct timeline *t, const struct run_report *r, struct diag *d);
void timeline_release(struct timeline *t);

#endif
