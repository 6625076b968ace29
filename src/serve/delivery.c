/* SPDX-License-Identifier: MIT */
/*
 * Delivery, with its ways to fail. libmicrohttpd has no call for a reset; its
 * socket is asked for and disconnected under it: connect() to AF_UNSPEC makes
 * Linux send a RST at once, on a fresh connection and on a kept-alive one.
 * Closing with SO_LINGER 0 was refused: libmicrohttpd shuts the socket down
 * first, so the client saw an orderly end. Half an answer is a reader that
 * reports an error in the middle of a known length; a dripping one is a
 * reader that waits before each byte.
 */
#include "delivery.h"

#include "base/xalloc.h"
#include "system/fault.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define LINES_CHUNK ((size_t)1 << 16)

void
pause_init(struct pause *p)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	p->stopping = false;
}

void
pause_release(struct pause *p)
{
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
}

bool
pause_for(struct pause *p, int64_t ms)
{
	const int64_t wait = FAULT_WAIT(ms);
	struct timespec until;
	bool stopping;
	int error = 0;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += (time_t)(wait / 1000);
	until.tv_nsec += (long)(wait % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&p->lock);
	while (!p->stopping && error == 0 && wait > 0)
		error = pthread_cond_timedwait(&p->changed, &p->lock, &until);
	stopping = p->stopping;
	pthread_mutex_unlock(&p->lock);
	return !stopping;
}

void
pause_stop(struct pause *p)
{
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* A body that is not delivered as it is. */
struct damaged {
	char *data;
	size_t len;
	size_t end; /* an error comes here; len = none */
	int64_t drip_ms;
	struct pause *pause;
};

static ssize_t
read_damaged(void *cls, uint64_t at, char *out, size_t max)
{
	struct damaged *b = cls;
	size_t n = b->end - (size_t)at;

	if (at >= b->end)
		return b->end < b->len ? MHD_CONTENT_READER_END_WITH_ERROR
				       : MHD_CONTENT_READER_END_OF_STREAM;
	if (b->drip_ms > 0) {
		if (!pause_for(b->pause, b->drip_ms))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		n = 1;
	}
	if (n > max)
		n = max;
	memcpy(out, b->data + at, n);
	return (ssize_t)n;
}

static void
free_damaged(void *cls)
{
	struct damaged *b = cls;

	free(b->data);
	free(b);
}

static struct MHD_Response *
damaged_response(
    struct reply *a, const struct fault *fault, struct pause *pause)
{
	struct damaged *b = xcalloc(1, sizeof(*b));

	b->len = a->body.len;
	b->data = buf_detach(&a->body);
	b->end = fault->kind == FAULT_TRUNCATED ? b->len / 2 : b->len;
	b->drip_ms = fault->kind == FAULT_DRIP ? fault->ms : 0;
	b->pause = pause;
	return MHD_create_response_from_callback(
	    b->len, b->drip_ms > 0 ? 1 : 4096, read_damaged, b, free_damaged);
}

/* Processes as lines, a chunk at a time, so that the lock is not held while
 * a slow client reads. */
struct lines {
	struct sandbox *sandbox;
	struct reply wanted; /* which lines */
	bool done;
	int64_t after;
	struct buf chunk;
	size_t at;
};

static ssize_t
read_lines(void *cls, uint64_t position, char *out, size_t max)
{
	struct lines *l = cls;
	struct diag d = DIAG_INIT;
	size_t n;

	(void)position;
	if (l->at == l->chunk.len && !l->done) {
		int more;

		buf_clear(&l->chunk);
		l->at = 0;
		more = processes_lines(l->sandbox, &l->after, &l->wanted,
		    LINES_CHUNK, &l->chunk, &d);
		if (more < 0)
			return MHD_CONTENT_READER_END_WITH_ERROR;
		l->done = more == 0;
	}
	n = l->chunk.len - l->at;
	if (n == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n > max)
		n = max;
	memcpy(out, l->chunk.data + l->at, n);
	l->at += n;
	return (ssize_t)n;
}

static void
free_lines(void *cls)
{
	struct lines *l = cls;

	buf_release(&l->chunk);
	free(l);
}

static struct MHD_Response *
lines_response(struct sandbox *s, const struct reply *a)
{
	struct lines *l = xcalloc(1, sizeof(*l));

	l->sandbox = s;
	l->wanted = (struct reply){.lines_procedure = a->lines_procedure,
	    .lines_pending = a->lines_pending,
	    .lines_now = a->lines_now};
	return MHD_create_response_from_callback(
	    MHD_SIZE_UNKNOWN, LINES_CHUNK, read_lines, l, free_lines);
}

static struct MHD_Response *
whole_response(struct reply *a)
{
	size_t len = a->body.len;

	return MHD_create_response_from_buffer(
	    len, buf_detach(&a->body), MHD_RESPMEM_MUST_FREE);
}

static void
add_headers(struct MHD_Response *response, const struct sandbox *s,
    const struct reply *a)
{
	char date[64];

	/* The time of its own clock, and what it is. */
	sandbox_http_date(s->clock.wall_ms(s->clock.ctx), date);
	MHD_add_response_header(response, "Date", date);
	MHD_add_response_header(response, "X-Chakra-Sandbox", "1");
	MHD_add_response_header(response, "Content-Type", a->type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Content-Security-Policy",
	    "default-src 'none'; style-src 'unsafe-inline'");
	if (a->retry_after[0] != '\0')
		MHD_add_response_header(
		    response, "Retry-After", a->retry_after);
	if (a->allow[0] != '\0')
		MHD_add_response_header(response, "Allow", a->allow);
	if (a->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
}

enum MHD_Result
deliver(struct MHD_Connection *connection, struct sandbox *s, struct reply *a,
    const struct fault *fault, struct pause *pause)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	if (a->lines)
		response = lines_response(s, a);
	else if (fault != NULL)
		response = damaged_response(a, fault, pause);
	else
		response = whole_response(a);
	if (response == NULL)
		return MHD_NO;
	add_headers(response, s, a);
	result = MHD_queue_response(connection, (unsigned)a->status, response);
	MHD_destroy_response(response);
	return result;
}

static int
socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info == NULL ? -1 : info->connect_fd;
}

void
drop_connection(struct MHD_Connection *connection, bool politely)
{
	struct sockaddr nobody;
	int fd = socket_of(connection);

	if (politely || fd < 0)
		return;
	memset(&nobody, 0, sizeof(nobody));
	nobody.sa_family = AF_UNSPEC;
	/* If it fails the connection is gone already. */
	(void)connect(fd, &nobody, sizeof(nobody));
}

static bool
client_is_gone(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return got == 0 || (got < 0 && errno != EAGAIN &&
			       errno != EWOULDBLOCK && errno != EINTR);
}

void
hang(struct MHD_Connection *connection, struct pause *pause, int64_t max_ms)
{
	int fd = socket_of(connection);
	int64_t waited = 0, step = 50;

	while (!client_is_gone(fd) && (max_ms < 0 || waited < max_ms)) {
		if (max_ms >= 0 && max_ms - waited < step)
			step = max_ms - waited;
		if (!pause_for(pause, step))
			return;
		waited += step;
	}
}
