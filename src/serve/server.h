/* SPDX-License-Identifier: MIT */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

/*
 * The sandbox over HTTP, by libmicrohttpd; its only user. One thread a
 * connection: a request that waits (latency, hang-after, drip) holds up
 * nobody else. Waits end when the server stops.
 */

#include "base/diag.h"
#include "request_log.h"
#include "sandbox/sandbox.h"

struct server;

/* Serves what comes in at the listening socket, which it takes. Borrows the
 * sandbox and the log (may be NULL). DIAG_SERVICE. */
int server_start(struct server **out, struct sandbox *sandbox,
    struct request_log *log, int listen_fd, struct diag *d);
/* Ends every wait and connection and returns when all threads are gone. */
void server_stop(struct server *s);

#endif
