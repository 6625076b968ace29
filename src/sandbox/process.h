/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_PROCESS_H
#define SANDBOX_PROCESS_H

/*
 * Processes as they are at a time, put together from what the store has of
 * them: the row that created one, and what was done to it since. All of this
 * with the sandbox's lock held. Failures are DIAG_DISK.
 */

#include "proc.h"
#include "sandbox/sandbox.h"
#include "store.h"

/* The process that a row created. `body` backs p->body when that is not the
 * row's. */
int process_load(struct sandbox *s, const struct store_row *row, int64_t now_ms,
    struct proc *p, struct buf *body, struct diag *d);

/* One that was looked for: a copy. */
struct process {
	int64_t row; /* that created it */
	struct buf key, body;
	struct proc now; /* over `body` */
};
void process_release(struct process *p);

/* 1, 0 = there is none, -1. A deleted one is found by its id
 * (now.is_deleted), and not by its key. */
int process_by_id(struct sandbox *s, int procedure, struct text id,
    int64_t now_ms, struct process *p, struct diag *d);
/* The same, or 2: several have the key. */
int process_by_key(struct sandbox *s, int procedure, struct text key,
    int64_t now_ms, struct process *p, struct diag *d);

/* Does one thing at once: a call with one row. */
int process_act(struct sandbox *s, const struct store_call *call,
    const struct store_entry *e, struct diag *d);

/* Decides the updates that are due, in the order in which they are, each by
 * how its process was then. */
int processes_settle(struct sandbox *s, int64_t now_ms, struct diag *d);

#endif
