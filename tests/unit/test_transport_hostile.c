/* SPDX-License-Identifier: MIT */
/* The real transport against a server that means harm, on loopback. */
#include "http/transport.h"
#include "socket_server.h"
#include "test.h"

#include <sys/stat.h>

#define TOKEN "c2c-secret-token-0123"

struct session {
	struct socket_server *server;
	struct transport transport;
	struct http_response answer;
};

static void
begin(struct session *s, const struct step *steps, size_t count, int64_t idle)
{
	struct diag d = DIAG_INIT;
	char url[64];
	struct transport_options o = {.base_url = url,
	    .token = TOKEN,
	    .user_agent = "test/1",
	    .connect_timeout_ms = 2000,
	    .idle_timeout_ms = idle,
	    .max_connections = 4};

	memset(s, 0, sizeof(*s));
	s->server = socket_server_start(steps, count, 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d", s->server->port);
	if (transport_curl_new(&s->transport, &o, &d) != 0)
		fail_msg("%s", d.message);
}

static void
finish(struct session *s)
{
	http_response_release(&s->answer);
	transport_curl_free(&s->transport);
	socket_server_stop(s->server);
	socket_server_free(s->server);
}

static void
ask(struct session *s, bool is_create)
{
	struct diag d = DIAG_INIT;
	struct http_request r = {.method = is_create ? "POST" : "GET",
	    .path = "/v1/ext/x",
	    .body = is_create ? "[1]" : NULL,
	    .body_len = is_create ? 3 : 0,
	    .once = is_create,
	    .answer_max = 65536};

	http_response_release(&s->answer);
	s->transport.start(s->transport.ctx, &r, 1);
	assert_int_equal(
	    s->transport.wait(s->transport.ctx, 20000, &s->answer, &d), 1);
}

/* Each byte comes long before the idle time is over, and there is no end. */
TEST(a_server_that_drips_does_not_hold_us)
{
	char answer[4096] = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
	struct step steps[] = {{STEP_DRIP, answer, 10}};
	struct session s;

	memset(answer + strlen(answer), ' ', 3000);
	begin(&s, steps, 1, 250);
	ask(&s, true);
	assert_non_null(strstr(s.answer.error, "too slowly"));
	assert_true(s.answer.elapsed_ms < 15000);
	assert_true(s.answer.elapsed_ms > 7500);
	assert_int_equal(s.answer.sends, 1);
	assert_true(s.answer.cut);
	finish(&s);
}

TEST(redirects_are_answers_and_never_followed)
{
	static const char *const targets[] = {"file:///etc/passwd",
	    "http://127.0.0.1:1/", "/v1/ext/other", "gopher://127.0.0.1:1/",
	    "//127.0.0.1:1/", "https://user:password@127.0.0.1:1/"};
	static const int statuses[] = {301, 302, 303, 307, 308};

	EACH (i, targets) {
		for (size_t k = 0; k < 5; k++) {
			char text[256];
			struct step steps[] = {{STEP_ANSWER, text, 0}};
			struct session s;

			snprintf(text, sizeof(text),
			    "HTTP/1.1 %d Go\r\nLocation: %s\r\n"
			    "Content-Length: 0\r\n\r\n",
			    statuses[k], targets[i]);
			begin(&s, steps, 1, 2000);
			ask(&s, k % 2 == 0);
			assert_int_equal(s.answer.status, statuses[k]);
			assert_int_equal(socket_server_seen(s.server), 1);
			finish(&s);
		}
	}
}

TEST(cookies_are_not_kept_and_compression_is_not_undone)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 200 OK\r\nSet-Cookie: a=evil; Path=/\r\n"
	    "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n"
	    "\x1f\x8b\x08\x01",
	    0}};
	struct session s;

	begin(&s, steps, 1, 2000);
	ask(&s, true);
	assert_int_equal(s.answer.status, 200);
	assert_int_equal(s.answer.body.len, 4);
	assert_memory_equal(s.answer.body.data, "\x1f\x8b\x08\x01", 4);
	ask(&s, true);
	socket_server_stop(s.server);
	assert_int_equal(s.server->seen_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const char *text = s.server->seen[i].text;

		assert_null(strstr(text, "Cookie"));
		assert_null(strstr(text, "Accept-Encoding"));
	}
	finish(&s);
}

static void
put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(chmod(path, 0600), 0);
	fputs(text, f);
	fclose(f);
}

/* Files and variables that change what other programs of libcurl do. */
TEST(the_environment_does_not_reach_the_requests)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
	    "Content-Length: 2\r\n\r\n{}",
	    0}};
	char folder[] = "/tmp/test_hostile.XXXXXX", path[64], keys[64];
	struct session s;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/.netrc", folder);
	put_file(path, "default login evil password evil\n");
	snprintf(keys, sizeof(keys), "%s/keys", folder);
	setenv("HOME", folder, 1);
	setenv("CURL_HOME", folder, 1);
	setenv("SSLKEYLOGFILE", keys, 1);
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	begin(&s, steps, 1, 2000);
	ask(&s, true);
	assert_int_equal(s.answer.status, 401);
	assert_null(getenv("SSLKEYLOGFILE"));
	socket_server_stop(s.server);
	assert_int_equal(s.server->seen_count, 1);
	assert_non_null(strstr(
	    s.server->seen[0].text, "Authorization: Bearer " TOKEN "\r\n"));
	assert_null(strstr(s.server->seen[0].text, "Basic"));
	finish(&s);
	assert_int_equal(access(keys, F_OK), -1);
	unlink(path);
	rmdir(folder);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
}

TEST(lines_cannot_be_put_into_a_request)
{
	CASES(cases, const char *base_url, *token) = {
	    {"http://127.0.0.1:1/a\r\nX-Evil: 1", TOKEN},
	    {"http://127.0.0.1:1\r\nX-Evil: 1", TOKEN},
	    {"http://127.0.0.1:1/a b", TOKEN},
	    {"http://127.0.0.1:1", "token\r\nX-Evil: 1"},
	    {"http://127.0.0.1:1", "token\nX-Evil: 1"},
	};
	struct diag d = DIAG_INIT;
	struct session s;
	static const struct step steps[] = {
	    {STEP_ANSWER, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0}};
	static const char *const paths[] = {
	    "/x\r\nX-Evil: 1", "/x y", "/x\x7f", "/\xc3\xa9", "x", ""};

	EACH (i, cases) {
		struct transport t;
		struct transport_options o = {.base_url = cases[i].base_url,
		    .token = cases[i].token,
		    .connect_timeout_ms = 100,
		    .idle_timeout_ms = 100};

		assert_int_equal(transport_curl_new(&t, &o, &d), -1);
		assert_int_equal(d.kind, DIAG_USAGE);
	}
	begin(&s, steps, 1, 2000);
	EACH (i, paths) {
		struct http_request r = {.method = "GET", .path = paths[i]};

		s.transport.start(s.transport.ctx, &r, 1);
		assert_int_equal(
		    s.transport.wait(s.transport.ctx, 20000, &s.answer, &d), 1);
		assert_int_equal(s.answer.status, 0);
		assert_int_equal(s.answer.sends, 0);
	}
	assert_int_equal(socket_server_seen(s.server), 0);
	finish(&s);
}
