/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_API_H
#define SANDBOX_API_H

/* What the handlers of the API and of the pages share. */

#include "process.h"

/* The procedure that the path names; -1 and the answer if there is none. */
int request_procedure(
    const struct sandbox *s, const struct request *r, struct reply *a);
/* The body's value if the body is JSON that can be read; else the answer. */
bool request_json(const struct sandbox *s, const struct request *r,
    struct text *root, struct reply *a);
/* The fault that fault_plan_odd finds, counted. With the lock held. */
const struct fault *sandbox_odd(struct sandbox *s, enum fault_kind kind,
    enum fault_class class, uint64_t k);
/* The time as of which the k-th lookup shows things; the lock is held. */
int64_t sandbox_lookup_ms(struct sandbox *s, uint64_t k);
/* Ends an envelope after its _data, with an empty _meta. */
void reply_end(struct reply *a);

/* Handlers; each fills the answer. Called without the lock. */
void api_create(struct sandbox *s, struct request *r, struct reply *a);
void api_update(struct sandbox *s, struct request *r, struct reply *a);
void api_job(struct sandbox *s, struct request *r, struct reply *a);
void api_entries(struct sandbox *s, struct request *r, struct reply *a);
void api_list(struct sandbox *s, struct request *r, struct reply *a);
void api_process(struct sandbox *s, struct request *r, struct reply *a);
void api_put(struct sandbox *s, struct request *r, struct reply *a);
void api_delete(struct sandbox *s, struct request *r, struct reply *a);
void api_config(struct sandbox *s, struct request *r, struct reply *a);
void api_health(struct sandbox *s, struct request *r, struct reply *a);
void page_home(struct sandbox *s, struct request *r, struct reply *a);
void page_stats(struct sandbox *s, struct request *r, struct reply *a);
void page_processes(struct sandbox *s, struct request *r, struct reply *a);
void page_edit(struct sandbox *s, struct request *r, struct reply *a);

/* A bulk call that is refused by a fault still counts as received: its rows
 * are written as such, if the body can be read. */
void api_bulk_refused(struct sandbox *s, struct request *r);

/* A colleague's edits (page_edit) that waited for this call, before or after
 * it is answered. With the lock held. */
int edits_happen(struct sandbox *s, enum fault_class class, uint64_t k,
    bool is_after, struct diag *d);
/* How many wait, and how many came about when there was nothing to edit. */
void edits_count(const struct sandbox *s, uint64_t *waiting, uint64_t *failed);
void edits_free(struct edits *e); /* NULL is allowed */

#endif
