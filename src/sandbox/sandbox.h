/* SPDX-License-Identifier: MIT */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

/*
 * What the sandbox answers, without a word about sockets: a request in, an
 * answer out. server.c carries them over HTTP; tests call it directly.
 *
 * The endpoints are those of ChakraHQ's public documentation; where it is
 * silent, the man page says what was chosen.
 */

#include "base/buf.h"
#include "base/diag.h"
#include "base/text.h"
#include "faults.h"
#include "options.h"
#include "store.h"
#include "system/clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SANDBOX_STATUS_MAX 600

struct sandbox {
	const struct sandbox_options *options; /* borrowed */
	const char *token;		       /* borrowed */
	struct clock clock;
	struct store *store; /* borrowed */
	int64_t started_ms;
	pthread_mutex_t lock;	       /* over everything below and the store */
	uint64_t calls[FAULT_CLASSES]; /* since the start, with the token */
	/* bulk-create calls by status; [0] = without an answer */
	uint64_t statuses[SANDBOX_STATUS_MAX];
	uint64_t fault_hits[FAULT_KINDS];
};
void sandbox_init(struct sandbox *s, const struct sandbox_options *options,
    const char *token, struct store *store, struct clock clock);
void sandbox_release(struct sandbox *s);
/* RFC 9110 section 5.6.7. */
void sandbox_http_date(int64_t wall_ms, char out[64]);

struct route;
#define REQUEST_SEGMENTS 8

struct request {
	char method[16];
	char *target; /* as sent, with the query; owned */
	struct text path, query;
	struct text segments[REQUEST_SEGMENTS]; /* of the path, decoded */
	size_t segment_count;
	struct buf decoded;
	bool has_token; /* the right bearer token */
	bool gzip;	/* Content-Encoding: gzip, and not inflated yet */
	bool encoded;	/* in an unknown coding, or damaged */
	bool local;	/* from this machine, and to it by name */
	struct buf body;
	bool too_large;	     /* the body passed --max-body and was dropped */
	uint64_t body_bytes; /* all that came */
	/* Found by request_route. */
	const struct route *route; /* NULL = no such path or method */
	const char *allow;	   /* of a path with other methods */
	struct text args[2];	   /* what the path's * stand for */
	uint64_t k;		   /* which call of its class; 0 = none */
	const struct fault *fault; /* of this call, or NULL */
	/* Filled while it is answered, for the log. */
	size_t rows;		      /* of a bulk-create */
	const struct fault *happened; /* the fault that came about */
};
/* `target` is copied. */
void request_init(struct request *r, const char *method, const char *target,
    uint64_t body_max);
void request_release(struct request *r);
/* Puts what a gzip body holds in its place; over `body_max` bytes it is
 * dropped as too large, damaged or cut off it counts as `encoded`. */
void request_inflate(struct request *r, uint64_t body_max);
/* Finds the route; with the right token also the number of the call and its
 * fault. To be called once, when the headers are there. */
void request_route(struct sandbox *s, struct request *r);
/* The value of a parameter of the query, as sent; false if not there. */
bool request_query(
    const struct request *r, const char *name, struct text *value);

struct reply {
	int status;
	const char *type; /* Content-Type, static */
	struct buf body;
	char retry_after[64]; /* or "" */
	const char *allow;    /* or NULL, static */
	/* Instead of a body: the processes, as lines. */
	bool lines;
	int lines_procedure; /* -1 = all */
	bool lines_pending;  /* also those that are not due yet */
};
void reply_init(struct reply *a);
void reply_release(struct reply *a);
/* An envelope with one text in _errors. */
void reply_error(struct reply *a, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Does what the request asks and says what the answer is. A fault that
 * refuses the call (503, 429, 500-before, 413, html-502, 400-whole) is
 * applied here, as is html-502,after and 500-after; what happens to the
 * connection is the server's part. */
void sandbox_answer(struct sandbox *s, struct request *r, struct reply *a);
/* To be called once for each routed request when its fate is known; status 0
 * = it got no answer. */
void sandbox_count(struct sandbox *s, const struct request *r, int status);
/* Whether the request belongs to the API (latency and token apply). */
bool request_is_api(const struct request *r);

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
/* The next created rows after *after as lines, until `out` holds `enough`
 * bytes; 1 = there may be more, 0 = that was the last, -1. */
int processes_lines(struct sandbox *s, int64_t *after, int procedure,
    bool pending, size_t enough, struct buf *out, struct diag *d);

#endif
