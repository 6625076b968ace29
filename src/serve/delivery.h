/* SPDX-License-Identifier: MIT */
#ifndef SERVE_DELIVERY_H
#define SERVE_DELIVERY_H

/*
 * How an answer gets to the client, or does not: whole, in halves, in drops,
 * as a stream of lines; and how a connection ends. For server.c only.
 */

#include "sandbox/sandbox.h"

#include <microhttpd.h>

#include <pthread.h>

/* Lets threads wait and wakes them all up at the end. */
struct pause {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool stopping;
};
void pause_init(struct pause *p);
void pause_release(struct pause *p);
/* False if the server stopped meanwhile. */
bool pause_for(struct pause *p, int64_t ms);
void pause_stop(struct pause *p);

/* Queues the answer, damaged as `fault` says (truncated, drip; NULL = whole);
 * takes the body out of the answer. */
enum MHD_Result deliver(struct MHD_Connection *connection, struct sandbox *s,
    struct reply *a, const struct fault *fault, struct pause *pause);
/* Ends the connection at once: with a reset, or politely. The caller returns
 * MHD_NO to libmicrohttpd. */
void drop_connection(struct MHD_Connection *connection, bool politely);
/* Says nothing until the client gives up, max_ms have passed (-1 = never) or
 * the server stops. */
void hang(
    struct MHD_Connection *connection, struct pause *pause, int64_t max_ms);

#endif
