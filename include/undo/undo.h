/* SPDX-License-Identifier: MIT */
#ifndef UNDO_UNDO_H
#define UNDO_UNDO_H

/*
 * undo: the processes that a run created are deleted again, each only with
 * proof that the run made it and that nobody has worked on it since; what has
 * no proof is kept and named. A run of its own, whose parent is the run that is
 * taken back; the same command goes on with it after a stop or a kill.
 *
 * The order of safety: everything is looked up and judged, the number of
 * processes is confirmed, the intent is in the ledger, then one process after
 * the other is looked at, deleted by its id, and asked for once more. First
 * one, then ten, then the rest.
 */

#include "base/diag.h"
#include "import/import.h"
#include "plan/settings.h"

#include <stdbool.h>

/* `undo RUN [CSV]`. The exit status, or -1 with the diag. */
int undo_run(const struct settings *settings,
    const struct run_audience *audience, struct diag *d);

/* `report UNDO`: is the run that was named an undo? */
bool undo_is_meant(const struct settings *settings);
int undo_report(const struct again_request *q, struct diag *d);

/*
 * The proof, as a pure function over what is known of a row and of what was
 * found for it.
 */

struct undo_facts {
	/* The background job's own entry names the process of this row. */
	bool has_id;
	/* With an id: the process with it exists. Without: so many have the
	 * row's key. */
	unsigned found;
	/* Without an id: the same answer showed something that was asked for,
	 * so that "none" is an answer. */
	bool is_seeing;
	/* When the process was created, in the service's time (or
	 * FOUND_NO_TIME, FOUND_BAD_TIME); true: whole seconds. */
	int64_t created_ms;
	bool is_cut_to_seconds;
	/* When our call was sent, and when a look first saw its job finished,
	 * both in this machine's time; and how far the service's clock was
	 * ahead then. */
	int64_t sent_ms, seen_ms;
	bool has_clock;
	int64_t offset_ms, within_ms;
	/* Without an id: another run worked on the same procedure meanwhile;
	 * it was created by somebody else than the run's other rows. */
	bool is_other_run, is_other_creator;
	/* A value that was sent is not there as it was sent. */
	bool differs;
	int64_t updated_ms; /* as created_ms */
	bool even_if_changed;
};

enum undo_proof {
	UNDO_OURS,     /* may be deleted */
	UNDO_GONE,     /* there is no such process any more */
	UNDO_UNSEEN,   /* the service does not say whether there is one */
	UNDO_OLDER,    /* it was there before we sent it */
	UNDO_NO_PROOF, /* that we made it */
	UNDO_CHANGED   /* somebody worked on it since */
};

/* After an edit of the service's own that follows the creation. */
#define UNDO_UPDATED_SLACK_MS INT64_C(300000)

enum undo_proof undo_prove(const struct undo_facts *f);
/* "undo.older", …: why it is not deleted; "" of the first two. */
const char *undo_proof_code(enum undo_proof p);

#endif
