/* SPDX-License-Identifier: MIT */
#ifndef SERVE_REQUEST_LOG_H
#define SERVE_REQUEST_LOG_H

/*
 * One line of JSON a request, appended and flushed before the answer goes
 * out: {"time","method","path","status","bytes","sha256","rows","fault",
 * "call"}. status null = no answer; bytes and sha256 are of the request's
 * body (null without one); rows of a bulk-create, fault and call are null
 * where there is none. Headers, and so the token, are never written.
 */

#include "base/diag.h"
#include "sandbox/sandbox.h"

struct request_log;

/* Appends to `path`, made with mode 0600. Returns 0 and an owned log. */
int request_log_open(
    struct request_log **out, const char *path, struct diag *d);
void request_log_close(struct request_log *l); /* NULL is allowed */
/* Thread-safe. `sha256` is hex or "". NULL as log does nothing. */
void request_log_add(struct request_log *l, const struct request *r, int status,
    const char *sha256, int64_t wall_ms);

#endif
