/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_API_H
#define SANDBOX_API_H

/* What the handlers of the API and of the pages share. */

#include "proc.h"
#include "sandbox/sandbox.h"
#include "store.h"

/* The procedure that the path names; -1 and the answer if there is none. */
int request_procedure(const struct request *r, struct reply *a);
/* The fault that fault_plan_odd finds, counted. With the lock held. */
const struct fault *sandbox_odd(
    struct sandbox *s, enum fault_kind kind, uint64_t k);
/* Ends an envelope after its _data, with an empty _meta. */
void reply_end(struct reply *a);

/* Handlers; each fills the answer. Called without the lock. */
void api_create(struct sandbox *s, struct request *r, struct reply *a);
void api_job(struct sandbox *s, struct request *r, struct reply *a);
void api_entries(struct sandbox *s, struct request *r, struct reply *a);
void api_list(struct sandbox *s, struct request *r, struct reply *a);
void api_process(struct sandbox *s, struct request *r, struct reply *a);
void api_config(struct sandbox *s, struct request *r, struct reply *a);
void api_health(struct sandbox *s, struct request *r, struct reply *a);
void page_home(struct sandbox *s, struct request *r, struct reply *a);
void page_stats(struct sandbox *s, struct request *r, struct reply *a);
void page_processes(struct sandbox *s, struct request *r, struct reply *a);

/* A bulk-create that is refused by a fault still counts as received: its
 * rows are written as such, if the body can be read. */
void api_create_refused(struct sandbox *s, struct request *r);

/* A process as it is now: a created row and what was merged into it. `body`
 * backs p->body when something was. With the lock held. */
int process_load(struct sandbox *s, const struct store_row *row, int64_t now_ms,
    struct proc *p, struct buf *body, struct diag *d);

#endif
