/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

/*
 * What goes wrong on purpose, and when. A plan is what the --fault options
 * say; what happens to the k-th call of a class is a pure function of the
 * plan, its seed and k, so a run can be repeated.
 *
 * A specification is KIND=RATE[,WORD]…:
 *   RATE      0 to 1: the share of calls (of entries for entry-*)
 *   calls=A-B only the A-th to B-th call of its class (A, A- and -B too)
 *   all | lookups | jobs   which calls; bulk-create only without one
 *   DURATION, SIZE, STATUS, date, none, fin, after, match=TEXT: see the man
 * page Rates of the faults of a call add up: each call gets at most one of
 * them.
 */

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault_kind {
	FAULT_503,	     /* nothing is kept */
	FAULT_429,	     /* nothing is kept; Retry-After */
	FAULT_500_BEFORE,    /* nothing is kept */
	FAULT_500_AFTER,     /* kept, then 500 */
	FAULT_RESET_BEFORE,  /* the connection ends before the body is read */
	FAULT_RESET_MID,     /* … in the middle of the body */
	FAULT_RESET_AFTER,   /* kept, then the connection ends */
	FAULT_HANG_AFTER,    /* kept, then silence */
	FAULT_HTML_502,	     /* a proxy's page; kept with the word after */
	FAULT_TRUNCATED,     /* kept, half of the answer */
	FAULT_DRIP,	     /* kept, the answer a byte at a time */
	FAULT_413,	     /* nothing is kept */
	FAULT_400_WHOLE,     /* a poison row: nothing is kept */
	FAULT_ENTRY_ERROR,   /* an entry ends as ERROR */
	FAULT_ENTRY_INVALID, /* an entry ends as INVALID */
	FAULT_ECHO_TOKEN,    /* refused, in words that hold the token */
	FAULT_STATUS,	     /* refused with the status */
	FAULT_SLOW_JOB,	     /* the job takes longer */
	/* An unfriendly service. Of the job of a create: */
	FAULT_JOB_404,		 /* it is not known at first */
	FAULT_SAME_JOB,		 /* it is acknowledged as the one before */
	FAULT_COUNTS_DISAGREE,	 /* it counts an error that no entry has */
	FAULT_ENTRIES_DUPLICATE, /* its first entry comes twice */
	FAULT_ENTRIES_SWAPPED,	 /* its first two entries change places */
	/* Of a lookup: */
	FAULT_WHERE_IGNORED, /* it shows what was not asked for */
	FAULT_LIST_LAG,	     /* it shows how things were */
	FAULT_KEY_CASE,	     /* keys come in lower case */
	FAULT_CREATED_WORDS, /* createdAt is words */
	FAULT_KINDS
};
/* "503", "reset-after", …: static. */
const char *fault_name(enum fault_kind kind);

enum fault_class {
	FAULT_CREATE, /* bulk-create */
	FAULT_LOOKUP, /* process/list, process/{id} */
	FAULT_JOB,    /* background-job/… */
	FAULT_OTHER,  /* config, health */
	FAULT_CLASSES
};

struct fault {
	enum fault_kind kind;
	double rate;
	unsigned classes;     /* bits 1 << fault_class */
	uint64_t first, last; /* calls, from 1 */
	int64_t ms;	      /* the DURATION, or the kind's default */
	uint64_t bytes;	      /* the SIZE; 0 = none */
	uint64_t status;      /* the STATUS, 300 to 599 */
	bool date;	      /* Retry-After as a date */
	bool none;	      /* no Retry-After */
	bool fin;	      /* close politely instead of a reset */
	bool after;	      /* html-502: the call is kept */
	char *match;	      /* only rows that hold this text, or NULL */
};
struct fault_plan {
	struct fault *items;
	size_t count;
	uint64_t seed;
};

/* Adds one specification; 0, or -1 with the reason in `why`. */
#define FAULT_WHY_SIZE 160
int fault_plan_add(
    struct fault_plan *p, struct text spec, char why[FAULT_WHY_SIZE]);
void fault_plan_release(struct fault_plan *p);

/* The fault of the k-th call (from 1) of a class, or NULL. Never one of
 * 400-whole, entry-*, slow-job, which have draws of their own. */
const struct fault *fault_plan_call(
    const struct fault_plan *p, enum fault_class class, uint64_t k);
/* Whether the k-th bulk-create call holds a poison row, or NULL. */
const struct fault *fault_plan_poison(const struct fault_plan *p, uint64_t k,
    const struct text *rows, size_t count);
/* entry-error or entry-invalid for the entry `index` of call k, or NULL. */
const struct fault *fault_plan_entry(
    const struct fault_plan *p, uint64_t k, size_t index, struct text row);
/* slow-job, or a fault of an unfriendly service, that the k-th call of its
 * class (lookups, else the job of the k-th call) meets, or NULL. */
const struct fault *fault_plan_odd(
    const struct fault_plan *p, enum fault_kind kind, uint64_t k);

#endif
