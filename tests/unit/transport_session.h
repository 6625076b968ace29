/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_TRANSPORT_SESSION_H
#define TESTS_UNIT_TRANSPORT_SESSION_H

/* The real transport to a scripted server on loopback, and the answer that
 * was fetched last. What fails here fails the test. */

#include "http/transport.h"
#include "socket_server.h"
#include "test.h"

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

/* No measure of speed: what hangs takes longer, also on a busy machine. */
#define SOON_MS 30000

struct session {
	struct socket_server *server;
	struct transport transport;
	struct http_response answer;
	int64_t idle_ms;
	int receive_buffer;
};

static inline int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static inline void
open_transport(struct session *s, const char *base_url)
{
	struct diag d = DIAG_INIT;
	struct transport_options o = {.base_url = base_url,
	    .token = "secret-token",
	    .user_agent = "test/1",
	    .connect_timeout_ms = 150,
	    .idle_timeout_ms = s->idle_ms > 0 ? s->idle_ms : 2000,
	    .max_connections = 4};

	if (transport_curl_new(&s->transport, &o, &d) != 0)
		fail_msg("%s", d.message);
}

static inline void
begin(struct session *s, const struct step *steps, size_t count)
{
	char url[64];

	s->server = socket_server_start(steps, count, s->receive_buffer);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", s->server->port);
	open_transport(s, url);
}

static inline void
finish(struct session *s)
{
	http_response_release(&s->answer);
	transport_curl_free(&s->transport);
	if (s->server != NULL) {
		socket_server_stop(s->server);
		socket_server_free(s->server);
	}
}

static inline void
post(struct session *s, const char *body, size_t len, bool create, uint64_t tag)
{
	struct http_request r = {.method = "POST",
	    .path = "/v1/ext/x",
	    .body = body,
	    .body_len = len,
	    .once = create,
	    .answer_max = 65536};

	s->transport.start(s->transport.ctx, &r, tag);
}

static inline void
get(struct session *s, size_t answer_max)
{
	struct http_request r = {
	    .method = "GET", .path = "/v1/y?a=1", .answer_max = answer_max};

	s->transport.start(s->transport.ctx, &r, 7);
}

static inline void
fetch(struct session *s)
{
	struct diag d = DIAG_INIT;

	http_response_release(&s->answer);
	int got = s->transport.wait(s->transport.ctx, 5000, &s->answer, &d);
	if (got != 1)
		fail_msg("wait gave %d: %s", got, d.message);
}

static inline void
create(struct session *s, const char *body)
{
	post(s, body, strlen(body), true, 1);
	fetch(s);
}

#endif
