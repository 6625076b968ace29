/* SPDX-License-Identifier: MIT */
/* The real transport: what it refuses to be made with, and proxies. */
#include "transport_session.h"

TEST(refuses_options_that_are_not_safe)
{
	CASES(cases, const char *url, *token, *ca_file; const char *words) = {
	    {"http://api.example.com", "t", NULL, "clear"},
	    {"https://u:hunter2@api.example.com", "t", NULL, "user names"},
	    {"https://api.example.com/?x=1", "t", NULL, "query"},
	    {"ftp://localhost", "t", NULL, "https://"},
	    {"http://localhost", "a\r\nb", NULL, "control character"},
	    {"http://localhost", "", NULL, "empty"},
	    {"http://localhost", "t", "/nonexistent/ca.pem", "ca.pem"},
	};

	EACH (i, cases) {
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

TEST(refuses_a_path_that_is_not_encoded)
{
	static const char *const paths[] = {
	    "/a b", "no-slash", "/a\r\nX: y", "/\xc3\xa9", ""};
	struct session s = {0};

	open_transport(&s, "http://localhost:1");
	EACH (i, paths) {
		struct http_request r = {.method = "GET", .path = paths[i]};

		s.transport.start(s.transport.ctx, &r, 1);
		fetch(&s);
		assert_int_equal(s.answer.status, 0);
		assert_int_equal(s.answer.sends, 0);
		assert_non_null(strstr(s.answer.error, "not percent-encoded"));
	}
	finish(&s);
}

TEST(never_goes_through_a_proxy_on_loopback)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 200);
	finish(&s);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
}

/* Elsewhere a proxy is used; when it wants a password, trying again for ten
 * minutes helps nobody. */
TEST(tells_a_proxy_that_wants_a_password)
{
	static const struct step steps[] = {{STEP_ANSWER_CLOSE,
	    "HTTP/1.1 407 Proxy Authentication Required\r\n"
	    "Retry-After: 5\r\nContent-Length: 0\r\n\r\n",
	    0}};
	struct session s = {0};
	char proxy[64];

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
