/* SPDX-License-Identifier: MIT */
/* The real transport: what it sends, and what it makes of answers. */
#include "transport_session.h"

TEST(sends_a_create_as_the_api_wants_it)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

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

TEST(sends_a_get_without_a_body_or_its_type)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

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
TEST(never_hands_a_create_to_a_second_connection)
{
	static const enum step_kind deaths[] = {STEP_CLOSE, STEP_RESET};

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
TEST(lets_other_requests_go_again_on_a_new_connection)
{
	static const struct step steps[] = {{STEP_ANSWER, OK_EMPTY, 0},
	    {STEP_CLOSE, NULL, 0}, {STEP_ANSWER, OK_EMPTY, 0}};
	struct session s = {0};

	begin(&s, steps, 3);
	create(&s, "[1]");
	post(&s, "{\"where\":{}}", 12, false, 2);
	fetch(&s);
	assert_int_equal(s.answer.status, 200);
	assert_int_equal(s.answer.sends, 2);
	assert_int_equal(socket_server_seen(s.server), 3);
	finish(&s);
}

TEST(tells_whether_anything_left_when_no_answer_came)
{
	CASES(cases, struct step step; unsigned sends) = {
	    {{STEP_CLOSE, NULL, 0}, 1},
	    {{STEP_RESET, NULL, 0}, 1},
	    {{STEP_RESET_EARLY, NULL, 0}, 1},
	    {{STEP_ANSWER_CLOSE, "HTTP/1.1 200 OK\r\nContent-Le", 0}, 1},
	    {{STEP_ANSWER_CLOSE, "not http at all\r\n\r\n", 0}, 1},
	    {{STEP_ANSWER_CLOSE, "HTTP/1.1 100 Continue\r\n\r\n", 0}, 1},
	};

	EACH (i, cases) {
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

TEST(knows_that_nothing_left_when_nobody_listens)
{
	struct session s = {0};

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

TEST(knows_that_nothing_left_when_tls_never_stands)
{
	static const struct step hangs[] = {{STEP_HANG, NULL, 0},
	    {STEP_ANSWER_CLOSE, "HTTP/1.1 200 OK\r\n\r\n", 0}};

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

TEST(reads_answers_of_every_framing)
{
	CASES(cases, struct step step; const char *body) = {
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

	EACH (i, cases) {
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

TEST(keeps_the_status_of_a_cut_answer)
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

	EACH (i, cases) {
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

TEST(takes_a_413_that_comes_before_the_body_was_read)
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

TEST(hides_a_token_that_the_server_repeats)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 401 No\r\nLocation: /?t=secret-token\r\n"
	    "Content-Length: 40\r\n\r\n"
	    "secret-tokensecret-toke secret-token, ss",
	    0}};
	struct session s = {0};

	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 401);
	assert_string_equal(s.answer.location, "/?t=************");
	assert_string_equal(buf_str(&s.answer.body),
	    "************secret-toke ************, ss");
	finish(&s);
}

TEST(stops_at_an_answer_that_is_too_large)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n0123456789ab", 0}};
	static const struct {
		size_t max;
		bool too_large;
		const char *body;
	} cases[] = {{12, false, "0123456789ab"}, {11, true, "0123456789a"},
	    {1, true, "0"}};

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

TEST(gives_the_headers_that_are_needed)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 503 Busy\r\nretry-after:  17 \r\nRetry-After: 99\r\n"
	    "Location: https://x.example/\r\nDate: Sun, 06 Nov 1994 08:49:37 "
	    "GMT\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n",
	    0}};
	struct session s = {0};

	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 503);
	assert_string_equal(s.answer.retry_after, "17");
	assert_string_equal(s.answer.location, "https://x.example/");
	assert_string_equal(s.answer.date, "Sun, 06 Nov 1994 08:49:37 GMT");
	assert_string_equal(s.answer.content_type, "text/html");
	finish(&s);
}

TEST(does_not_follow_a_redirect)
{
	static const struct step steps[] = {{STEP_ANSWER,
	    "HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\n"
	    "Content-Length: 0\r\n\r\n",
	    0}};
	struct session s = {0};

	begin(&s, steps, 1);
	create(&s, "[1]");
	assert_int_equal(s.answer.status, 307);
	assert_int_equal(socket_server_seen(s.server), 1);
	finish(&s);
}
