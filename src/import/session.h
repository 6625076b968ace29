/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_SESSION_H
#define IMPORT_SESSION_H

/*
 * A run while a command works on it: what import, resume and reconcile have
 * in common. The command makes the plan, opens the run and its ledger in its
 * own way and puts them in; session_send and session_finish do the rest.
 */

#include "base/diag.h"
#include "http/transport.h"
#include "ledger/ledger.h"
#include "plan/plan.h"
#include "plan/settings.h"
#include "report/terminal.h"
#include "runs/run.h"
#include "send/submitter.h"
#include "send_loop.h"
#include "service_watch.h"
#include "system/clock.h"

#include <stdbool.h>

struct session {
	struct settings settings; /* as told; once there is a plan, its */
	struct run_audience audience;
	struct clock clock;
	/* Owned from here on. */
	char *runs_dir;
	struct plan plan;
	struct reading *reading;
	struct transport transport;
	bool has_transport;
	struct run_lock *lock;
	struct run *run;
	struct ledger *ledger;
	struct submitter *submitter;
	struct progress *progress; /* borrowed; NULL = nobody looks */
	struct send_loop loop;
	struct service_watch *watch; /* what the service shows of itself */
	uint64_t open_before; /* rows whose end was not known when it began */
	struct run_changes *changes; /* borrowed; NULL = it is not bound */
	bool keeps_end; /* reconcile: how the reading ended stays as it is */
	char key_name[256];
};

/* Signals, clock, and the runs folder. */
int session_init(struct session *s, const struct settings *o, struct diag *d);
void session_release(struct session *s);
/* The token is read, handed to the transport, and wiped. */
int session_open_transport(
    struct session *s, const char *base_url, struct diag *d);
/* Once the plan is made, before anything is sent: can a run that writes
 * into `folder` come to its end? (readiness.h) A new one keeps the tables. */
int session_check_ready(
    const struct session *s, const char *folder, bool is_new, struct diag *d);
/* Progress, the chunker, the loop: once the plan is made. */
int session_prepare(struct session *s, struct diag *d);
/* Makes the submitter, for the loop to run. */
void session_make_submitter(struct session *s);
/* Notes in the ledger that `command` began to work on the run; commits. */
int session_begin(struct session *s, const char *command, struct diag *d);
/* Runs the loop, writes the end into the ledger, closes it, opens it again
 * and closes the books. Returns the exit status, or -1; *d holds what main
 * has to say, and is of no kind whose exit status says that nothing was
 * sent. */
int session_finish(struct session *s, struct diag *d);

#endif
