/* SPDX-License-Identifier: MIT */
#ifndef UNDO_UNDO_SERVICE_H
#define UNDO_UNDO_SERVICE_H

/*
 * One question to the service after the other, each answered before the next
 * is asked: an undo is careful, not fast. Questions that change nothing are
 * asked again until there is an answer, as long as --retry-for; what deletes is
 * sent by undo_ask once, and its caller judges the answer.
 */

#include "base/buf.h"
#include "chakra/response.h"
#include "http/retry.h"
#include "http/transport.h"
#include "plan/settings.h"
#include "send/submitter.h"
#include "system/clock.h"

struct undo_service {
	const struct settings *settings; /* borrowed */
	const struct clock *clock;	 /* borrowed */
	struct transport transport;
	bool has_transport;
	struct rate_limit rate;
	struct service_clock time;  /* begun by the caller */
	char *base_url, *processes; /* owned */
	const char *key_name;	    /* NULL = the rows have none; borrowed */
	bool is_sandbox;	    /* an answer said so */
	bool renewed;		    /* and nothing went well since */
	uint64_t calls;
	/* Called while it waits; may be NULL. */
	void (*tick)(void *ctx, const char *waits_for);
	void *ctx;
};

int undo_service_open(struct undo_service *s, const struct settings *o,
    const char *base_url, const char *procedure, const char *key_name,
    const struct clock *clock, struct diag *d);
void undo_service_release(struct undo_service *s);

int64_t undo_now(const struct undo_service *s); /* monotonic */
int64_t undo_wall(const struct undo_service *s);

/* One request, once; *r is its outcome (the caller releases it). A signal that
 * asks for the stop leaves it --grace to be answered. -1: the transport
 * failed. */
int undo_ask(struct undo_service *s, const struct http_request *q,
    struct http_response *r, struct diag *d);
/* Waits before the same is asked again: as the service says, else longer each
 * time. -1 (DIAG_SERVICE): since `since_ms` it has been --retry-for; or a
 * signal came. */
int undo_wait(struct undo_service *s, const struct http_response *r,
    unsigned attempt, int64_t since_ms, struct diag *d);
/* `ms` go by; -1: a signal came. */
int undo_sleep(
    struct undo_service *s, int64_t ms, const char *why, struct diag *d);
/* After an answer that stops: 1 = the token was refused, and the next request
 * has another one; 0 = it is something else, or nobody can be asked; -1: there
 * is no other token (DIAG_SERVICE), or a signal came. */
int undo_renew(
    struct undo_service *s, const struct http_response *r, struct diag *d);
/* The answer stops everything: DIAG_SERVICE, -1. */
int undo_refused(
    const struct write_answer *a, const char *what, struct diag *d);

/* Is there a process with that id, as it is now? *r holds the bytes that *page
 * shows; both are to be released. A page of none: it is gone. */
int undo_get(struct undo_service *s, const char *id, struct http_response *r,
    struct list_page *page, struct diag *d);
/* A page of the processes that the body asks for. */
int undo_list(struct undo_service *s, const struct buf *body,
    struct http_response *r, struct list_page *page, struct diag *d);
/* The entries of a job, page by page; false from `each` ends it. A job that the
 * service no longer knows has none. */
int undo_entries(struct undo_service *s, const char *job,
    void (*each)(void *ctx, const struct job_entry *e), void *ctx,
    struct diag *d);

#endif
