/* SPDX-License-Identifier: MIT */
/* Headers of an answer, as they come line by line. */
#include "http/response_header.h"
#include "test.h"

TEST(keeps_headers_of_the_last_block_and_their_first_occurrence)
{
	static const char *const lines[] = {"HTTP/1.1 100 Continue\r\n",
	    "Retry-After: 1\r\n", "\r\n", "HTTP/1.1 503 Busy\r\n",
	    "RETRY-AFTER:\t 2 \r\n", "Retry-After: 3\r\n",
	    "Retry-After-Not: 4\r\n", "Date: \r\n", "Date: d\r\n",
	    "X-Location: no\r\n", "Location: l\n", ": nothing\r\n",
	    " folded\r\n", "Content-Type : t\r\n", "\r\n", "Date: late\r\n",
	    "Content-Type: trailer\r\n"};
	struct http_response r = {.status = 0};
	struct header_reader h = {.status = 0};

	EACH (i, lines) {
		header_line(&h, &r, lines[i], strlen(lines[i]));
		assert_int_equal(h.status, i < 3 ? 100 : 503);
		assert_int_equal(h.done, i >= 14);
	}
	assert_int_equal(h.status, 503);
	assert_string_equal(r.retry_after, "2");
	assert_string_equal(r.date, "d");
	assert_string_equal(r.location, "l");
	assert_string_equal(r.content_type, "");
}

TEST(keeps_headers_that_tell_of_a_rate_limit_as_lines)
{
	CASES(cases, const char *line, *kept) = {
	    {"X-RateLimit-Limit: 100", "x-ratelimit-limit 100\n"},
	    {"x-rate-limit-reset:1700000000",
		"x-rate-limit-reset 1700000000\n"},
	    {"RateLimit: limit=10, remaining=3", "ratelimit limit=10, "
						 "remaining=3\n"},
	    {"RateLimit-Policy:", "ratelimit-policy \n"},
	    {"X-RateLimit-\x1b[0m: 1", ""},
	    {"X-RateLimit Limit: 1", ""},
	    {"X-RateLimit-Limit 100", ""},
	    {"Rate-Limit: 1", ""},
	    {"Not-X-RateLimit-Limit: 1", ""},
	};

	EACH (i, cases) {
		struct http_response r = {.status = 0};
		struct header_reader h = {.status = 200};

		header_line(&h, &r, cases[i].line, strlen(cases[i].line));
		assert_string_equal(r.limits, cases[i].kept);
		/* A block that follows forgets them; what has no room is left
		 * out, and what was there stays. */
		for (int k = 0; k < 300; k++)
			header_line(
			    &h, &r, cases[i].line, strlen(cases[i].line));
		assert_true(strlen(r.limits) < sizeof(r.limits));
		header_line(&h, &r, "HTTP/1.1 200 OK", 15);
		assert_string_equal(r.limits, "");
	}
}

TEST(leaves_out_machine_headers_that_do_not_fit)
{
	struct http_response r = {.status = 0};
	struct header_reader h = {.status = 200};
	char line[1024];

	memset(line, '1', sizeof(line));
	memcpy(line, "Retry-After:", 12);
	header_line(&h, &r, line, sizeof(line));
	assert_string_equal(r.retry_after, "");
	memcpy(line, "Location:111", 12);
	header_line(&h, &r, line, sizeof(line));
	assert_int_equal(strlen(r.location), sizeof(r.location) - 1);
}

TEST(knows_a_status_line_from_others)
{
	static const struct {
		const char *line;
		int status;
	} cases[] = {{"HTTP/1.1 204 No Content", 204}, {"HTTP/2 204", 204},
	    {"HTTP/1.0  204\r\n", 204}, {"HTTP/1.1", 0}, {"HTTP/1.1 ", 0},
	    {"HTTP/1.1 20", 0}, {"HTTP/1.1 2x0", 0}, {"HTTP/", 0},
	    {"http/1.1 200", 0}, {"X: HTTP/1.1 200", 0}, {"", 0}};

	EACH (i, cases) {
		struct http_response r = {.status = 0};
		struct header_reader h = {.status = 0};
		header_line(&h, &r, cases[i].line, strlen(cases[i].line));
		assert_int_equal(h.status, cases[i].status);
		assert_false(h.done);
	}
}
