/* SPDX-License-Identifier: MIT */
/* sandbox/token and sandbox/address: who may ask, and from where. */
#include "serve/address.h"
#include "serve/token.h"
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(takes_only_the_whole_right_token)
{
	CASES(cases, const char *header; bool good) = {
	    {"Bearer secret", true},
	    {"bearer secret", true},
	    {"Bearer secre", false},
	    {"Bearer secrets", false},
	    {"Bearer secretsecret", false},
	    {"Bearer Secret", false},
	    {"Bearer  secret", false},
	    {"Bearer ", false},
	    {"Bearer", false},
	    {"Basic secret", false},
	    {"secret", false},
	    {"", false},
	    {NULL, false},
	};

	EACH (i, cases)
		if (token_check(cases[i].header, "secret") != cases[i].good)
			fail_msg("'%s'", cases[i].header);
}

/* Writes a token file and reads it; the result of token_read. */
static int
read_back(const char *content, size_t len, mode_t mode, struct buf *token,
    struct diag *d)
{
	char path[] = "/tmp/test-sandbox-token-XXXXXX";
	bool is_file = false;
	int fd = mkstemp(path), result;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
	result = token_read(path, token, &is_file, d);
	assert_true(is_file || result != 0);
	unlink(path);
	return result;
}

TEST(reads_a_token_file_and_takes_one_line_end_off)
{
	static const char *const good[] = {"tok", "tok\n", "tok\r\n"};

	EACH (i, good) {
		struct buf token = BUF_INIT(0);
		struct diag d = DIAG_INIT;

		assert_int_equal(
		    read_back(good[i], strlen(good[i]), 0640, &token, &d), 0);
		assert_string_equal(buf_str(&token), "tok");
		buf_release(&token);
	}
}

TEST(refuses_token_files_without_showing_what_is_in_them)
{
	CASES(cases, const char *content; mode_t mode) = {
	    {"tok", 0604},
	    {"", 0600},
	    {"\n", 0600},
	    {"tok\n\n", 0600},
	    {"tok en", 0600},
	    {"tok\ten", 0600},
	    {"tok\x7f", 0600},
	    {"tok\xC3\xA9", 0600},
	};

	EACH (i, cases) {
		struct buf token = BUF_INIT(0);
		struct diag d = DIAG_INIT;

		if (read_back(cases[i].content, strlen(cases[i].content),
			cases[i].mode, &token, &d) == 0)
			fail_msg("taken: '%s'", cases[i].content);
		assert_int_equal(d.kind, DIAG_USAGE);
		assert_null(strstr(d.message, "tok "));
		assert_null(strstr(d.message, "'tok"));
		buf_release(&token);
	}
}

TEST(makes_long_tokens_that_differ)
{
	struct clock clock = clock_system();
	struct buf a = BUF_INIT(0), b = BUF_INIT(0);

	token_make(&clock, &a);
	token_make(&clock, &b);
	assert_int_equal(a.len, 64);
	assert_int_equal(strspn(buf_str(&a), "0123456789abcdef"), 64);
	assert_string_not_equal(buf_str(&a), buf_str(&b));
	buf_release(&a);
	buf_release(&b);
}

TEST(knows_the_names_of_this_machine)
{
	CASES(cases, const char *host; bool local) = {
	    {"localhost", true},
	    {"localhost:8787", true},
	    {"127.0.0.1", true},
	    {"127.0.0.1:1", true},
	    {"127.9.9.9", true},
	    {"[::1]", true},
	    {"[::1]:8787", true},
	    {"[::1].example", false},
	    {"localhost.example", false},
	    {"127.0.0.1.example", false},
	    {"128.0.0.1", false},
	    {"example:8787", false},
	    {"", false},
	    {"::1", false},
	};

	EACH (i, cases)
		if (host_is_loopback(text_of(cases[i].host)) != cases[i].local)
			fail_msg("'%s'", cases[i].host);
}

TEST(knows_loopback_addresses)
{
	CASES(cases, int family; const char *text; bool loopback) = {
	    {AF_INET, "127.0.0.1", true},
	    {AF_INET, "127.255.0.9", true},
	    {AF_INET, "0.0.0.0", false},
	    {AF_INET, "192.168.0.1", false},
	    {AF_INET6, "::1", true},
	    {AF_INET6, "::ffff:127.0.0.1", true},
	    {AF_INET6, "::", false},
	    {AF_INET6, "::ffff:10.0.0.1", false},
	    {AF_INET6, "fe80::1", false},
	};

	EACH (i, cases) {
		struct sockaddr_storage address = {0};
		void *ip =
		    cases[i].family == AF_INET
			? (void *)&((struct sockaddr_in *)&address)->sin_addr
			: (void *)&((struct sockaddr_in6 *)&address)->sin6_addr;

		address.ss_family = (sa_family_t)cases[i].family;
		assert_int_equal(
		    inet_pton(cases[i].family, cases[i].text, ip), 1);
		if (address_is_loopback((struct sockaddr *)&address) !=
		    cases[i].loopback)
			fail_msg("%s", cases[i].text);
	}
}

TEST(listens_on_a_free_port_and_says_which)
{
	struct listener first, second;
	struct diag d = DIAG_INIT;
	char where[64];

	assert_int_equal(listener_open(&first, ":0", false, &d), 0);
	assert_true(first.port > 0);
	snprintf(
	    where, sizeof(where), "http://127.0.0.1:%u", (unsigned)first.port);
	assert_string_equal(first.url, where);
	assert_int_equal(
	    listener_open(&second, where + strlen("http://"), false, &d), -1);
	assert_int_equal(d.kind, DIAG_SERVICE);
	close(first.fd);
}

TEST(refuses_to_listen_where_others_can_reach_it)
{
	static const char *const bad[] = {"0.0.0.0:0", "192.0.2.1:0", "[::]:0",
	    "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", ""};
	struct listener l;

	EACH (i, bad) {
		struct diag d = DIAG_INIT;

		if (listener_open(&l, bad[i], false, &d) == 0)
			fail_msg("taken: '%s'", bad[i]);
		assert_int_equal(d.kind, DIAG_USAGE);
	}
}
