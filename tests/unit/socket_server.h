/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SOCKET_SERVER_H
#define TESTS_UNIT_SOCKET_SERVER_H

/*
 * A scripted HTTP server on 127.0.0.1 for tests of the transport: the n-th
 * request that reaches it, on whichever connection, is dealt with as the n-th
 * step says; later ones as the last step. What arrived is kept. One thread a
 * connection; all end with socket_server_stop.
 */

#include "base/xalloc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum step_kind {
	STEP_ANSWER,	   /* read the request, answer, keep the connection */
	STEP_ANSWER_CLOSE, /* … and close it */
	STEP_CLOSE,	   /* read the request, close without an answer */
	STEP_RESET,	   /* read the request, then reset */
	STEP_RESET_EARLY,  /* reset once its first bytes are there */
	STEP_RESET_LATE,   /* answer, then reset */
	STEP_EARLY,	   /* answer before the body is read, then take it */
	STEP_DRIP,	   /* answer byte by byte, pause_ms between them */
	STEP_HANG,	   /* read the request, answer nothing */
	STEP_DEAF,	   /* read nothing, answer nothing */
	STEP_SLOW_READ	   /* take 4 KiB every pause_ms, then answer */
};

struct step {
	enum step_kind kind;
	const char *answer; /* the whole of it, with its header */
	int pause_ms;
};

#define SERVER_REQUESTS_MAX 64
#define SERVER_CONNECTIONS_MAX 64

struct seen_request {
	int connection;
	char *text; /* header and body */
	size_t len, body_at;
};

struct socket_server {
	int fd, port;
	const struct step *steps;
	size_t step_count;
	int receive_buffer; /* SO_RCVBUF of connections; 0 = as it is */
	pthread_t thread;
	pthread_mutex_t lock;
	size_t seen_count;
	struct seen_request seen[SERVER_REQUESTS_MAX];
	int connection_count;
	int connections[SERVER_CONNECTIONS_MAX];
	pthread_t threads[SERVER_CONNECTIONS_MAX];
	atomic_bool stop;
};

struct server_connection {
	struct socket_server *server;
	int fd, number;
};

static inline void
server_sleep(int ms)
{
	struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

	nanosleep(&t, NULL);
}

static inline void
server_reset(int fd)
{
	struct linger hard = {1, 0};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

/* The length of a request once it is whole, else 0. */
static inline size_t
whole_request(const char *text, size_t len, size_t *body_at)
{
	const char *end = len > 3 ? strstr(text, "\r\n\r\n") : NULL;

	if (end == NULL)
		return 0;
	*body_at = (size_t)(end - text) + 4;
	const char *length = strstr(text, "Content-Length: ");
	size_t body = length != NULL && length < end
			  ? (size_t)strtoul(length + 16, NULL, 10)
			  : 0;
	return len >= *body_at + body ? *body_at + body : 0;
}

static inline const struct step *
next_step(struct socket_server *s)
{
	size_t at = s->seen_count;

	return &s->steps[at < s->step_count ? at : s->step_count - 1];
}

/* Reads one request, keeps it; NULL when the connection ended before. */
static inline const struct step *
read_request(struct server_connection *c)
{
	struct socket_server *s = c->server;
	size_t cap = 1 << 16, len = 0, body_at = 0;
	char *text = calloc(1, cap);
	char first;

	if (recv(c->fd, &first, 1, MSG_PEEK) <= 0) {
		free(text);
		return NULL;
	}
	pthread_mutex_lock(&s->lock);
	const struct step *step = next_step(s);
	size_t slot = s->seen_count++;
	s->seen[slot].connection = c->number;
	pthread_mutex_unlock(&s->lock);
	bool early = step->kind == STEP_RESET_EARLY ||
		     step->kind == STEP_DEAF || step->kind == STEP_EARLY;
	while (!early && whole_request(text, len, &body_at) == 0) {
		if (cap - len < 8192)
			text = xrealloc(text, cap *= 2);
		if (step->kind == STEP_SLOW_READ)
			server_sleep(step->pause_ms);
		ssize_t n = recv(c->fd, text + len, 4096, 0);
		if (n <= 0)
			break;
		len += (size_t)n;
		text[len] = '\0';
	}
	pthread_mutex_lock(&s->lock);
	s->seen[slot].text = text;
	s->seen[slot].len = len;
	s->seen[slot].body_at = body_at;
	pthread_mutex_unlock(&s->lock);
	return step;
}

static inline void
send_answer(struct server_connection *c, const struct step *step)
{
	size_t len = step->answer != NULL ? strlen(step->answer) : 0;
	size_t piece = step->kind == STEP_DRIP ? 1 : len;

	for (size_t at = 0; at < len && !c->server->stop; at += piece) {
		if (send(c->fd, step->answer + at, piece, MSG_NOSIGNAL) < 0)
			return;
		if (step->kind == STEP_DRIP)
			server_sleep(step->pause_ms);
	}
}

static inline void
take_the_rest(struct server_connection *c)
{
	char waste[4096];

	shutdown(c->fd, SHUT_WR);
	while (recv(c->fd, waste, sizeof(waste), 0) > 0)
		;
}

static inline void *
serve_connection(void *arg)
{
	struct server_connection *c = arg;
	const struct step *step;

	while ((step = read_request(c)) != NULL) {
		if (step->kind == STEP_HANG || step->kind == STEP_DEAF) {
			while (!c->server->stop)
				server_sleep(5);
			break;
		}
		if (step->kind == STEP_RESET || step->kind == STEP_RESET_EARLY)
			server_reset(c->fd);
		if (step->kind == STEP_ANSWER || step->kind == STEP_DRIP ||
		    step->kind == STEP_SLOW_READ) {
			send_answer(c, step);
			continue;
		}
		if (step->kind == STEP_ANSWER_CLOSE ||
		    step->kind == STEP_RESET_LATE || step->kind == STEP_EARLY)
			send_answer(c, step);
		if (step->kind == STEP_EARLY)
			take_the_rest(c);
		if (step->kind == STEP_RESET_LATE) {
			server_sleep(20);
			server_reset(c->fd);
		}
		break;
	}
	pthread_mutex_lock(&c->server->lock);
	c->server->connections[c->number] = -1;
	close(c->fd);
	pthread_mutex_unlock(&c->server->lock);
	free(c);
	return NULL;
}

static inline void *
accept_connections(void *arg)
{
	struct socket_server *s = arg;

	for (;;) {
		int fd = accept(s->fd, NULL, NULL);
		if (fd < 0)
			return NULL;
		struct server_connection *c = malloc(sizeof(*c));
		pthread_mutex_lock(&s->lock);
		*c = (struct server_connection){s, fd, s->connection_count++};
		s->connections[c->number] = fd;
		pthread_create(
		    &s->threads[c->number], NULL, serve_connection, c);
		pthread_mutex_unlock(&s->lock);
	}
}

/* Begins to serve on a free port. Returns owned (socket_server_stop). */
static inline struct socket_server *
socket_server_start(
    const struct step *steps, size_t step_count, int receive_buffer)
{
	struct socket_server *s = calloc(1, sizeof(*s));
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);

	s->steps = steps;
	s->step_count = step_count;
	pthread_mutex_init(&s->lock, NULL);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (receive_buffer > 0)
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer,
		    sizeof(receive_buffer));
	if (bind(s->fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(s->fd, 32) != 0 ||
	    getsockname(s->fd, (struct sockaddr *)&a, &len) != 0)
		abort();
	s->port = ntohs(a.sin_port);
	pthread_create(&s->thread, NULL, accept_connections, s);
	return s;
}

/* How many requests have reached it so far. */
static inline size_t
socket_server_seen(struct socket_server *s)
{
	pthread_mutex_lock(&s->lock);
	size_t count = s->seen_count;
	pthread_mutex_unlock(&s->lock);
	return count;
}

/* Ends all connections; what was seen may be looked at after, and only then.
 * Once is enough. */
static inline void
socket_server_stop(struct socket_server *s)
{
	if (s->stop)
		return;
	s->stop = true;
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < s->connection_count; i++)
		if (s->connections[i] >= 0)
			shutdown(s->connections[i], SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	for (int i = 0; i < s->connection_count; i++)
		pthread_join(s->threads[i], NULL);
	close(s->fd);
}

static inline void
socket_server_free(struct socket_server *s)
{
	for (size_t i = 0; i < s->seen_count; i++)
		free(s->seen[i].text);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

#endif
