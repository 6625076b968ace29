/* SPDX-License-Identifier: MIT */
/* The real transport against a scripted server on loopback. */
#include "test.h"

#include "socket_server.h"
#include "submit/transport.h"

#include "base/signals.h"

#include <signal.h>

#define OK_EMPTY "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

/* A server, a transport to it, and the answer fetched last. */
/* No measure of speed: what hangs takes longer, also on a busy machine. */
#define SOON_MS 30000

struct session {
	struct socket_server *server;
	struct transport transport;
	struct http_response answer;
	int64_t idle_ms;
	int receive_buffer;
};

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
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

static void
begin(struct session *s, const struct step *steps, size_t count)
{
	char url[64];

	s->server = socket_server_start(steps, count, s->receive_buffer);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", s->server->port);
	open_transport(s, url);
}

static void
finish(struct session *s)
{
	http_response_release(&s->answer);
	transport_curl_free(&s->transport);
	if (s->server != NULL) {
		socket_server_stop(s->server);
		socket_server_free(s->server);
	}
}

static void
post(struct session *s, const char *body, size_t len, bool create, uint64_t tag)
{
	struct diag d = DIAG_INIT;
	struct http_request r = {.method = "POST",
	    .path = "/v1/ext/x",
	    .body = body,
	    .body_len = len,
	    .is_create = create,
	    .answer_max = 65536};

	if (s->transport.start(s->transport.ctx, &r, tag, &d) != 0)
		fail_msg("%s", d.message);
}

static void
get(struct session *s, size_t answer_max)
{
	struct diag d = DIAG_INIT;
	struct http_request r = {
	    .method = "GET", .path = "/v1/y?a=1", .answer_max = answer_max};

	assert_int_equal(s->transport.start(s->transport.ctx, &r, 7, &d), 0);
}

static void
fetch(struct session *s)
{
	struct diag d = DIAG_INIT;

	http_response_release(&s->answer);
	int got = s->transport.wait(s->transport.ctx, 5000, &s->answer, &d);
	if (got != 1)
		fail_msg("wait gave %d: %s", got, d.message);
}

static void
create(struct session *s, const char *body)
{
	post(s, body, strlen(body), true, 1);
	fetch(s);
}

static void
sends_a_create_as_the_api_wants_it(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

	(void)state;
	begin(&s, steps, 1);
	post(&s, "[{\"a\":1}]", 9, true, 42);
	assert_int_equal(s.transport.active(s.transport.ctx), 1);
	fetch(&s);
	assert_int_equal(s.transport.active(s.transport.ctx), 0);
	assert_int_equal(s.answer.tag, 42);
	assert_int_equal(s.answer.status, 200);
	assert_int_equal(s.answer.sends, 1);
	assert_string_equal(buf_str(&s.answer.body), "{}");
	assert_string_equal(s.answer.error, "");
	socket_server_stop(s.server);
	const struct seen_request *r = &s.server->seen[0];
	assert_non_null(strstr(r->text, "POST /v1/ext/x HTTP/1.1\r\n"));
	assert_non_null(
	    strstr(r->text, "Authorization: Bearer secret-token\r\n"));
	assert_non_null(strstr(r->text, "Content-Type: application/json\r\n"));
	assert_non_null(strstr(r->text, "User-Agent: test/1\r\n"));
	assert_null(strstr(r->text, "Expect:"));
	assert_null(strstr(r->text, "Transfer-Encoding"));
	assert_string_equal(r->text + r->body_at, "[{\"a\":1}]");
	finish(&s);
}

static void
sends_a_get_without_a_body_or_its_type(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

	(void)state;
	begin(&s, steps, 1);
	create(&s, "[1]");
	get(&s, 100);
	fetch(&s);
	assert_int_equal(s.answer.status, 200);
	assert_int_equal(s.answer.tag, 7);
	socket_server_stop(s.server);
	const struct seen_request *r = &s.server->seen[1];
	assert_non_null(strstr(r->text, "GET /v1/y?a=1 HTTP/1.1\r\n"));
	assert_null(strstr(r->text, "Content-"));
	assert_int_equal(r->connection, 0);
	finish(&s);
}

/* The trap: libcurl sends a POST again, silently, when a kept-alive
 * connection dies without an answer. */
static void
never_hands_a_create_to_a_second_connection(void **state)
{
	static const enum step_kind deaths[] = {STEP_CLOSE, STEP_RESET};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0},
		    {deaths[i], NULL, 0}, {STEP_ANSWER, OK_EMPTY, 0}};
		struct session s = {0};
		begin(&s, steps, 3);
		create(&s, "[\"first\"]");
		assert_int_equal(s.answer.status, 200);
		create(&s, "[\"second\"]");
		assert_int_equal(s.answer.status, 0);
		assert_int_equal(s.answer.sends, 1);
		assert_string_not_equal(s.answer.error, "");
		/* The transport goes on. */
		create(&s, "[\"third\"]");
		assert_int_equal(s.answer.status, 200);
		socket_server_stop(s.server);
		const struct seen_request *seen = s.server->seen;
		int copies = 0;
		for (size_t k = 0; k < s.server->seen_count; k++)
			copies += strstr(seen[k].text, "[\"second\"]") != NULL;
		assert_int_equal(copies, 1);
		assert_int_equal(seen[1].connection, seen[0].connection);
		finish(&s);
	}
}

/* Shows that the trap is real here, so that the test above can fail. */
static void
lets_other_requests_go_again_on_a_new_connection(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0},
	    {STEP_CLOSE, NULL, 0}, {STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

	(void)state;
	begin(&s, steps, 3);
	create(&s, "[1]");
	post(&s, "{\"where\":{}}", 12, false, 2);
	fetch(&s);
	assert_int_equal(s.answer.status, 200);
	assert_int_equal(s.answer.sends, 2);
	assert_int_equal(socket_server_seen(s.server), 3);
	finish(&s);
}

static void
tells_whether_anything_left_when_no_answer_came(void **state)
{
	static const struct {
		struct step step;
		unsigned sends;
	} cases[] = {
	    {{STEP_CLOSE, NULL, 0}, 1},
	    {{STEP_RESET, NULL, 0}, 1},
	    {{STEP_RESET_EARLY, NULL, 0}, 1},
	    {{STEP_ANSWER_CLOSE, "HTTP/1.1 200 OK\r\nContent-Le", 0}, 1},
	    {{STEP_ANSWER_CLOSE, "not http at all\r\n\r\n", 0}, 1},
	    {{STEP_ANSWER_CLOSE, "HTTP/1.1 100 Continue\r\n\r\n", 0}, 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session s = {0};
		begin(&s, &cases[i].step, 1);
		create(&s, "[1]");
		if (s.answer.status != 0 || s.answer.error[0] == '\0' ||
		    s.answer.sends != cases[i].sends || s.answer.cut)
			fail_msg("case %zu: status %d, sends %u, '%s'", i,
			    s.answer.status, s.answer.sends, s.answer.error);
		finish(&s);
	}
}

static void
knows_that_nothing_left_when_nobody_listens(void **state)
{
	struct session s = {0};

	(void)state;
	/* A port that was just free. */
	static const struct step steps[] = {{STEP_HANG, NULL, 0}};
	struct socket_server *gone = socket_server_start(steps, 1, 0);
	char url[64];
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", gone->port);
	socket_server_stop(gone);
	socket_server_free(gone);
	open_transport(&s, url);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 0);
	assert_int_equal(s.answer.sends, 0);
	assert_non_null(strstr(s.answer.error, "127.0.0.1"));
	finish(&s);
}

static void
knows_that_nothing_left_when_tls_never_stands(void **state)
{
	static const struct step hangs[] = {{STEP_HANG, NULL, 0},
	    {STEP_ANSWER_CLOSE, "HTTP/1.1 200 OK\r\n\r\n", 0}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct session s = {0};
		char url[64];
		s.server = socket_server_start(&hangs[i], 1, 0);
		snprintf(
		    url, sizeof(url), "https://127.0.0.1:%d", s.server->port);
		open_transport(&s, url);
		/* It never sees a whole request, so it must not wait. */
		int64_t before = now_ms();
		create(&s, "[1]");
		assert_int_equal(s.answer.status, 0);
		assert_int_equal(s.answer.sends, 0);
		assert_true(now_ms() - before < SOON_MS);
		finish(&s);
	}
}

static void
reads_answers_of_every_framing(void **state)
{
	static const struct {
		struct step step;
		const char *body;
	} cases[] = {
	    {{STEP_ANSWER, OK_EMPTY, 0}, "{}"},
	    {{STEP_ANSWER,
		 "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		 "3\r\n{\"a\r\n5;x=y\r\n\":1} \r\n0\r\nDate: no\r\n\r\n",
		 0},
		"{\"a\":1} "},
	    {{STEP_ANSWER_CLOSE, "HTTP/1.0 200 OK\r\n\r\n{\"b\":2}", 0},
		"{\"b\":2}"},
	    {{STEP_ANSWER,
		 "HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\n"
		 "HTTP/1.1 103 Early\r\nLocation: /no\r\n\r\n" OK_EMPTY,
		 0},
		"{}"},
	    {{STEP_DRIP,
		 "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"id\":10}", 2},
		"{\"id\":10}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session s = {0};
		begin(&s, &cases[i].step, 1);
		create(&s, "[1]");
		if (s.answer.status != 200 || s.answer.cut ||
		    strcmp(buf_str(&s.answer.body), cases[i].body) != 0)
			fail_msg("case %zu: status %d, '%s', '%s'", i,
			    s.answer.status, buf_str(&s.answer.body),
			    s.answer.error);
		assert_string_equal(s.answer.retry_after, "");
		assert_string_equal(s.answer.location, "");
		assert_string_equal(s.answer.date, "");
		finish(&s);
	}
}

static void
keeps_the_status_of_a_cut_answer(void **state)
{
	static const struct step cases[] = {
	    {STEP_ANSWER_CLOSE,
		"HTTP/1.1 422 No\r\nContent-Length: 50\r\n\r\n{\"_er", 0},
	    {STEP_ANSWER_CLOSE,
		"HTTP/1.1 422 No\r\nTransfer-Encoding: chunked\r\n\r\n"
		"30\r\n{\"_er",
		0},
	    {STEP_RESET_LATE,
		"HTTP/1.1 422 No\r\nContent-Length: 50\r\n\r\n{\"_er", 0},
	    {STEP_ANSWER, "HTTP/1.1 422 No\r\nContent-Length: 50\r\n\r\n{\"_er",
		0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct session s = {.idle_ms = 200};
		begin(&s, &cases[i], 1);
		create(&s, "[1]");
		if (s.answer.status != 422 || !s.answer.cut ||
		    strcmp(buf_str(&s.answer.body), "{\"_er") != 0 ||
		    s.answer.error[0] == '\0')
			fail_msg("case %zu: status %d, '%s', '%s'", i,
			    s.answer.status, buf_str(&s.answer.body),
			    s.answer.error);
		finish(&s);
	}
}

static void
takes_a_413_that_comes_before_the_body_was_read(void **state)
{
	static const struct step steps[] = {
	    {STEP_EARLY,
		"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n"
		"Connection: close\r\n\r\n{}",
		0},
	    {STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {.receive_buffer = 4096};
	const size_t len = (size_t)8 << 20;
	char *body = malloc(len);

	(void)state;
	memset(body, 'x', len);
	begin(&s, steps, 2);
	post(&s, body, len, true, 1);
	fetch(&s);
	assert_int_equal(s.answer.status, 413);
	assert_int_equal(s.answer.sends, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 200);
	finish(&s);
	free(body);
}

static void
hides_a_token_that_the_server_repeats(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 401 No\r\nLocation: /?t=secret-token\r\n"
	    "Content-Length: 40\r\n\r\n"
	    "secret-tokensecret-toke secret-token, ss",
	    0}};
	struct session s = {0};

	(void)state;
	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 401);
	assert_string_equal(s.answer.location, "/?t=************");
	assert_string_equal(buf_str(&s.answer.body),
	    "************secret-toke ************, ss");
	finish(&s);
}

static void
stops_at_an_answer_that_is_too_large(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n0123456789ab", 0}};
	static const struct {
		size_t max;
		bool too_large;
		const char *body;
	} cases[] = {{12, false, "0123456789ab"}, {11, true, "0123456789a"},
	    {1, true, "0"}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct session s = {0};
		begin(&s, steps, 1);
		get(&s, cases[i].max);
		fetch(&s);
		assert_int_equal(s.answer.status, 200);
		assert_int_equal(s.answer.too_large, cases[i].too_large);
		assert_false(s.answer.cut);
		assert_string_equal(buf_str(&s.answer.body), cases[i].body);
		finish(&s);
	}
}

static void
gives_the_headers_that_are_needed(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 503 Busy\r\nretry-after:  17 \r\nRetry-After: 99\r\n"
	    "Location: https://x.example/\r\nDate: Sun, 06 Nov 1994 08:49:37 "
	    "GMT\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
	    0}};
	struct session s = {0};

	(void)state;
	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 503);
	assert_string_equal(s.answer.retry_after, "17");
	assert_string_equal(s.answer.location, "https://x.example/");
	assert_string_equal(s.answer.date, "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_string_equal(s.answer.content_type, "text/html");
	finish(&s);
}

static void
does_not_follow_a_redirect(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\n"
	    "Content-Length: 0\r\n\r\n",
	    0}};
	struct session s = {0};

	(void)state;
	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 307);
	assert_int_equal(socket_server_seen(s.server), 1);
	finish(&s);
}

static void
gives_up_when_no_byte_moves_for_so_long(void **state)
{
	static const struct step steps[] = {{STEP_HANG, NULL, 0}};
	struct session s = {.idle_ms = 150};

	(void)state;
	begin(&s, steps, 1);
	int64_t before = now_ms();
	create(&s, "[1]");
	int64_t took = now_ms() - before;
	assert_int_equal(s.answer.status, 0);
	assert_int_equal(s.answer.sends, 1);
	assert_true(took >= 150 && took < SOON_MS);
	assert_true(s.answer.elapsed_ms >= 150);
	assert_string_equal(s.answer.error, "no byte moved for 0.15 s");
	finish(&s);
}

static void
gives_up_on_a_server_that_does_not_read(void **state)
{
	static const struct step steps[] = {{STEP_DEAF, NULL, 0}};
	struct session s = {.idle_ms = 200, .receive_buffer = 4096};
	const size_t len = (size_t)16 << 20;
	char *body = malloc(len);

	(void)state;
	memset(body, 'x', len);
	begin(&s, steps, 1);
	post(&s, body, len, true, 1);
	fetch(&s);
	assert_int_equal(s.answer.status, 0);
	assert_int_equal(s.answer.sends, 1);
	finish(&s);
	free(body);
}

/* All of it lies in this machine's socket at once; that it drains is seen
 * only there. */
static void
waits_for_a_slow_reader_as_long_as_it_takes_bytes(void **state)
{
	static const struct step steps[] = {{STEP_SLOW_READ, OK_EMPTY, 25}};
	struct session s = {.idle_ms = 250, .receive_buffer = 4096};
	const size_t len = 80000;
	char *body = malloc(len);

	(void)state;
	memset(body, 'x', len);
	begin(&s, steps, 1);
	int64_t before = now_ms();
	post(&s, body, len, true, 1);
	fetch(&s);
	if (s.answer.status != 200)
		fail_msg("gave up after %lld ms: %s",
		    (long long)(now_ms() - before), s.answer.error);
	assert_true(now_ms() - before > 350);
	finish(&s);
	free(body);
}

static void
waits_for_a_drip_that_is_longer_than_the_idle_time(void **state)
{
	static const struct step steps[] = {{STEP_DRIP, OK_EMPTY, 10}};
	struct session s = {.idle_ms = 150};

	(void)state;
	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 200);
	assert_true(s.answer.elapsed_ms > 250);
	finish(&s);
}

static void
gives_back_what_it_cancels(void **state)
{
	static const struct step steps[] = {{STEP_HANG, NULL, 0}};
	struct session s = {0};
	bool seen[3] = {false};
	struct diag d = DIAG_INIT;

	(void)state;
	begin(&s, steps, 1);
	for (uint64_t tag = 0; tag < 3; tag++)
		post(&s, "[1]", 3, true, tag);
	/* Until all of them have left. */
	for (int i = 0; i < 50 && socket_server_seen(s.server) < 3; i++)
		assert_int_equal(
		    s.transport.wait(s.transport.ctx, 20, &s.answer, &d), 0);
	assert_int_equal(s.transport.active(s.transport.ctx), 3);
	s.transport.cancel(s.transport.ctx);
	assert_int_equal(s.transport.active(s.transport.ctx), 0);
	for (int i = 0; i < 3; i++) {
		fetch(&s);
		assert_int_equal(s.answer.status, 0);
		assert_int_equal(s.answer.sends, 1);
		assert_true(s.answer.tag < 3 && !seen[s.answer.tag]);
		seen[s.answer.tag] = true;
	}
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 0, &s.answer, &d), 0);
	finish(&s);
}

static void
returns_nothing_when_the_time_is_over(void **state)
{
	static const struct step steps[] = {{STEP_HANG, NULL, 0}};
	struct session s = {0};
	struct diag d = DIAG_INIT;

	(void)state;
	begin(&s, steps, 1);
	int64_t before = now_ms();
	/* With nothing under way, and with something. */
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 60, &s.answer, &d), 0);
	assert_true(now_ms() - before >= 60);
	post(&s, "[1]", 3, true, 1);
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 60, &s.answer, &d), 0);
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 0, &s.answer, &d), 0);
	assert_true(now_ms() - before >= 120 && now_ms() - before < SOON_MS);
	finish(&s);
}

static void
runs_several_requests_at_once(void **state)
{
	static const struct step steps[] = {{STEP_DRIP, OK_EMPTY, 3}};
	struct session s = {0};
	unsigned tags = 0;

	(void)state;
	begin(&s, steps, 1);
	for (uint64_t tag = 0; tag < 4; tag++)
		post(&s, "[1]", 3, true, tag);
	assert_int_equal(s.transport.active(s.transport.ctx), 4);
	for (int i = 0; i < 4; i++) {
		fetch(&s);
		assert_int_equal(s.answer.status, 200);
		tags |= 1U << s.answer.tag;
	}
	assert_int_equal(tags, 0xf);
	finish(&s);
}

/* Elsewhere a proxy is used; when it wants a password, trying again for ten
 * minutes helps nobody. */
static void
tells_a_proxy_that_wants_a_password(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER_CLOSE,
	    "HTTP/1.1 407 Proxy Authentication Required\r\n"
	    "Retry-After: 5\r\nContent-Length: 0\r\n\r\n",
	    0}};
	struct session s = {0};
	char proxy[64];

	(void)state;
	s.server = socket_server_start(steps, 1, 0);
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", s.server->port);
	setenv("https_proxy", proxy, 1);
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	open_transport(&s, "https://api.example");
	create(&s, "[1]");
	unsetenv("https_proxy");
	assert_int_equal(s.answer.status, 407);
	assert_int_equal(s.answer.sends, 0);
	assert_string_equal(s.answer.retry_after, "");
	socket_server_stop(s.server);
	assert_non_null(
	    strstr(s.server->seen[0].text, "CONNECT api.example:443"));
	assert_null(strstr(s.server->seen[0].text, "secret-token"));
	finish(&s);
}

static void *
interrupt_soon(void *arg)
{
	server_sleep(50);
	pthread_kill(*(pthread_t *)arg, SIGTERM);
	return NULL;
}

/* The stop flag stays set for the rest of the process: so this test is the
 * last one. */
static void
ends_a_wait_early_when_a_signal_comes_and_only_then(void **state)
{
	static const struct step steps[] = {{STEP_DRIP, OK_EMPTY, 5}};
	struct session s = {0};
	struct diag d = DIAG_INIT;
	pthread_t thread, self = pthread_self();

	(void)state;
	signals_install();
	begin(&s, steps, 1);
	pthread_create(&thread, NULL, interrupt_soon, &self);
	int64_t before = now_ms();
	assert_int_equal(
	    s.transport.wait(s.transport.ctx, 60000, &s.answer, &d), 0);
	assert_true(now_ms() - before < SOON_MS);
	pthread_join(thread, NULL);
	/* What is under way may still end: a later wait waits. */
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 200);
	finish(&s);
}

static void
refuses_options_that_are_not_safe(void **state)
{
	static const struct {
		const char *url, *token, *ca_file;
		const char *words;
	} cases[] = {
	    {"http://api.example.com", "t", NULL, "clear"},
	    {"https://u:hunter2@api.example.com", "t", NULL, "user names"},
	    {"https://api.example.com/?x=1", "t", NULL, "query"},
	    {"ftp://localhost", "t", NULL, "https://"},
	    {"http://localhost", "a\r\nb", NULL, "control character"},
	    {"http://localhost", "", NULL, "empty"},
	    {"http://localhost", "t", "/nonexistent/ca.pem", "ca.pem"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct transport t;
		struct diag d = DIAG_INIT;
		struct transport_options o = {.base_url = cases[i].url,
		    .token = cases[i].token,
		    .user_agent = "test/1",
		    .ca_file = cases[i].ca_file};
		assert_int_equal(transport_curl_new(&t, &o, &d), -1);
		assert_int_equal(d.kind, DIAG_USAGE);
		if (strstr(d.message, cases[i].words) == NULL)
			fail_msg("case %zu: %s", i, d.message);
		assert_null(strstr(d.message, "hunter2"));
		transport_curl_free(&t);
	}
}

static void
refuses_a_path_that_is_not_encoded(void **state)
{
	static const char *const paths[] = {
	    "/a b", "no-slash", "/a\r\nX: y", "/\xc3\xa9", ""};
	struct session s = {0};

	(void)state;
	open_transport(&s, "http://localhost:1");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct diag d = DIAG_INIT;
		struct http_request r = {.method = "GET", .path = paths[i]};
		assert_int_equal(
		    s.transport.start(s.transport.ctx, &r, 1, &d), -1);
		assert_int_equal(d.kind, DIAG_INTERNAL);
	}
	finish(&s);
}

static void
never_goes_through_a_proxy_on_loopback(void **state)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 200);
	finish(&s);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sends_a_create_as_the_api_wants_it),
	    cmocka_unit_test(sends_a_get_without_a_body_or_its_type),
	    cmocka_unit_test(never_hands_a_create_to_a_second_connection),
	    cmocka_unit_test(lets_other_requests_go_again_on_a_new_connection),
	    cmocka_unit_test(tells_whether_anything_left_when_no_answer_came),
	    cmocka_unit_test(knows_that_nothing_left_when_nobody_listens),
	    cmocka_unit_test(knows_that_nothing_left_when_tls_never_stands),
	    cmocka_unit_test(reads_answers_of_every_framing),
	    cmocka_unit_test(keeps_the_status_of_a_cut_answer),
	    cmocka_unit_test(takes_a_413_that_comes_before_the_body_was_read),
	    cmocka_unit_test(hides_a_token_that_the_server_repeats),
	    cmocka_unit_test(stops_at_an_answer_that_is_too_large),
	    cmocka_unit_test(gives_the_headers_that_are_needed),
	    cmocka_unit_test(does_not_follow_a_redirect),
	    cmocka_unit_test(gives_up_when_no_byte_moves_for_so_long),
	    cmocka_unit_test(gives_up_on_a_server_that_does_not_read),
	    cmocka_unit_test(waits_for_a_slow_reader_as_long_as_it_takes_bytes),
	    cmocka_unit_test(
		waits_for_a_drip_that_is_longer_than_the_idle_time),
	    cmocka_unit_test(gives_back_what_it_cancels),
	    cmocka_unit_test(returns_nothing_when_the_time_is_over),
	    cmocka_unit_test(runs_several_requests_at_once),
	    cmocka_unit_test(refuses_options_that_are_not_safe),
	    cmocka_unit_test(refuses_a_path_that_is_not_encoded),
	    cmocka_unit_test(never_goes_through_a_proxy_on_loopback),
	    cmocka_unit_test(tells_a_proxy_that_wants_a_password),
	    cmocka_unit_test(
		ends_a_wait_early_when_a_signal_comes_and_only_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
