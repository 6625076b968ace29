/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_SEND_LOOP_H
#define IMPORT_SEND_LOOP_H

/*
 * The loop of an import: chunks out of a reading, into the submitter,
 * until everything is settled or something stops it. Signals are looked at
 * here: the first one ends the reading and leaves what is on the wire --grace
 * to come back.
 */

#include "base/diag.h"
#include "plan/reading.h"
#include "report/terminal.h"
#include "send/submitter.h"
#include "service_watch.h"
#include "system/clock.h"

enum send_mode {
	SEND_ALL,	   /* import: every chunk is new */
	SEND_REST,	   /* resume: chunks meet their entries in the ledger */
	SEND_AFTER_DAMAGE, /* the same, of a ledger that has lost some */
	SEND_RECONCILE /* reconcile: only what is not settled, nothing new */
};

struct send_loop {
	enum send_mode mode;
	int64_t grace_ms;
	const struct clock *clock;
	struct reading *reading;
	struct submitter *submitter;
	struct ledger *ledger;
	struct run_lock *lock; /* is told how far it is; NULL = there is none */
	int64_t told_ms;
	struct service_watch *watch; /* NULL = nobody watches */
	struct progress *progress;
	struct chunk chunk; /* the next one, when has_chunk */
	bool has_chunk, input_ended;
	bool looks_only;  /* a diff: nothing is sent */
	bool is_stopping; /* a signal came */
	bool read_all;	  /* every chunk was handed over */
	uint64_t rows_pulled;
};

/* Pulls the first chunk: 1 = there is one, 0 = no rows at all, -1 = the input
 * failed before any. */
int send_loop_prime(struct send_loop *l, struct diag *d);
/* Runs until the submitter is idle. 0 = everything that could be settled is
 * (submitter_stopped says whether it stopped early), -1 = the ledger or the
 * transport failed. */
int send_loop_run(struct send_loop *l, struct diag *d);
void send_loop_release(struct send_loop *l);
/* Records that the reader gave and that no chunk in the ledger holds, because
 * a stop came first: they count as unread. */
uint64_t send_loop_unread(const struct send_loop *l);

/* What the submitter is told: settings, and what the plan decided. */
struct submitter_options submitter_options_of(const struct submit_settings *s,
    const struct plan *p, const char *key_name);

#endif
