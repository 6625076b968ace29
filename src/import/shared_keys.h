/* SPDX-License-Identifier: MIT */
#ifndef IMPORT_SHARED_KEYS_H
#define IMPORT_SHARED_KEYS_H

/*
 * Unique keys that are compared over several inputs, as one import sees it: a
 * run keeps the verdicts that its rows got, and is judged by these from then on
 * (import_look and shared_keys_use: import/import.h).
 */

#include "base/diag.h"
#include "import/import.h"
#include "plan/plan.h"
#include "runs/run.h"

/* run_run_key of this plan. */
void import_run_key(const struct plan *p, int payload_version, char out[65]);
/* What a list of changes is bound to, besides the input key: the mapping, and
 * how the input is read, whatever the chunks. */
void import_changes_key(const struct plan *p, char out[65]);

/* Before an input is sent: DIAG_LOCKED if it was taken for sent when its keys
 * were compared (NULL: they were not), and now nobody has sent it: what others
 * told of its rows is not known. */
int shared_keys_check(const struct shared_keys *keys, bool was_sent,
    const char *name, struct diag *d);

/* Writes them into the folder of a new run, if the plan has any. */
int shared_keys_keep(
    const struct run *run, const struct plan *p, struct diag *d);

/* A retry's: a value that its parent met in another file is still there, also
 * in the rows that were fixed. */
struct retry_keys {
	struct key_verdicts *verdicts;
	const char **names;
};
/* Reads the keys of the plan's input beside those that the parent's kept
 * verdicts know, and gives the plan what came of it. */
int retry_keys_share(struct retry_keys *k, const struct key_verdicts *parents,
    struct plan *p, struct diag *d);
void retry_keys_release(struct retry_keys *k); /* after the plan */

#endif
