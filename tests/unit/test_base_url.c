/* SPDX-License-Identifier: MIT */
#include "http/transport.h"
#include "test.h"

TEST(normalises_what_it_takes)
{
	CASES(cases, const char *url, *want) = {
	    {"https://api.chakrahq.com", "https://api.chakrahq.com"},
	    {"HTTPS://API.ChakraHQ.com", "https://api.chakrahq.com"},
	    {"https://api.chakrahq.com/", "https://api.chakrahq.com"},
	    {"https://api.chakrahq.com///", "https://api.chakrahq.com"},
	    {"https://api.chakrahq.com.", "https://api.chakrahq.com"},
	    {"https://api.chakrahq.com:443", "https://api.chakrahq.com"},
	    {"https://api.chakrahq.com:0443/", "https://api.chakrahq.com"},
	    {"https://api.chakrahq.com:", "https://api.chakrahq.com"},
	    {"https://api.chakrahq.com:8443", "https://api.chakrahq.com:8443"},
	    {"https://api.chakrahq.com:80", "https://api.chakrahq.com:80"},
	    {"https://x_y-1.example", "https://x_y-1.example"},
	    {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
	    {"https://h/Gate/Way//", "https://h/Gate/Way"},
	    {"https://h/a%20b;c=d/", "https://h/a%20b;c=d"},
	    {"https://192.0.2.7:1", "https://192.0.2.7:1"},
	    {"https://[2001:DB8:0::1]:443/x", "https://[2001:db8::1]/x"},
	    {"http://localhost", "http://localhost"},
	    {"http://LOCALHOST:80/", "http://localhost"},
	    {"http://localhost:443", "http://localhost:443"},
	    {"http://127.0.0.1:8787", "http://127.0.0.1:8787"},
	    {"http://127.255.1.2", "http://127.255.1.2"},
	    {"http://[::1]:8787/p/", "http://[::1]:8787/p"},
	    {"http://[0:0:0:0:0:0:0:1]", "http://[::1]"},
	    {"https://4x", "https://4x"},
	    {"https://3com.example", "https://3com.example"},
	};

	EACH (i, cases) {
		struct buf out = BUF_INIT(4096);
		struct diag d = DIAG_INIT;
		if (base_url_normalise(cases[i].url, &out, &d) != 0)
			fail_msg("%s: %s", cases[i].url, d.message);
		assert_string_equal(buf_str(&out), cases[i].want);
		/* It stays what it is. */
		struct buf again = BUF_INIT(4096);
		assert_int_equal(
		    base_url_normalise(buf_str(&out), &again, &d), 0);
		assert_string_equal(buf_str(&again), buf_str(&out));
		buf_release(&out);
		buf_release(&again);
	}
}

TEST(refuses_what_two_parsers_could_read_in_two_ways)
{
	CASES(cases, const char *url, *words) = {
	    {"", "empty"},
	    {"api.chakrahq.com", "https://"},
	    {"ftp://h", "https://"},
	    {"https:/h", "https://"},
	    {"https//h", "https://"},
	    {"httpss://h", "https://"},
	    {"file:///etc/passwd", "https://"},
	    {"https://", "no host"},
	    {"https:///x", "no host"},
	    {"https://:443", "no host"},
	    {"https://.", "no host"},
	    {"https://a..b", "empty part"},
	    {"https://a..", "empty part"},
	    {"https://.a", "empty part"},
	    {"https://user@h", "user names"},
	    {"https://user:hunter2@h", "user names"},
	    {"https://api.chakrahq.com:hunter2@evil.example", "user names"},
	    {"https://h?x", "query"},
	    {"https://h/p?x=1", "query"},
	    {"https://h#f", "fragment"},
	    {"https://h/p#", "fragment"},
	    {"https://h:0", "port"},
	    {"https://h:65536", "port"},
	    {"https://h:99999999999999999999", "port"},
	    {"https://h:8o", "port"},
	    {"https://h:-1", "port"},
	    {"https://h:1:2", "port"},
	    {"https://h/../x", "'..'"},
	    {"https://h/a/.", "'..'"},
	    {"https://h\\@evil.example", "percent-encoded"},
	    {"https://h evil", "percent-encoded"},
	    {" https://h", "percent-encoded"},
	    {"https://h\r\nX: y", "percent-encoded"},
	    {"https://b\xc3\xbc"
	     "cher.example",
		"percent-encoded"},
	    {"https://h%41", "host name"},
	    {"https://1.2.3", "four numbers"},
	    {"https://127.1", "four numbers"},
	    {"https://2130706433", "four numbers"},
	    {"https://0x7f000001", "four numbers"},
	    {"https://0x7f.1", "four numbers"},
	    {"https://1.2.3.256", "four numbers"},
	    {"https://1.2.3.4.5", "four numbers"},
	    {"https://[::1", "IPv6"},
	    {"https://[]", "IPv6"},
	    {"https://[::g]", "IPv6"},
	    {"https://[fe80::1%25eth0]", "IPv6"},
	    {"https://[::1]x", "IPv6"},
	    {"http://api.chakrahq.com", "clear"},
	    {"http://localhost.example", "clear"},
	    {"http://notlocalhost", "clear"},
	    {"http://x.localhost", "clear"},
	    {"http://128.0.0.1", "clear"},
	    {"http://126.255.255.255", "clear"},
	    {"http://0.0.0.0", "clear"},
	    {"http://[::2]", "clear"},
	    {"http://[::]", "clear"},
	    {"http://[::ffff:127.0.0.1]", "clear"},
	};

	EACH (i, cases) {
		struct buf out = BUF_INIT(4096);
		struct diag d = DIAG_INIT;
		if (base_url_normalise(cases[i].url, &out, &d) != -1)
			fail_msg("took '%s'", cases[i].url);
		assert_int_equal(d.kind, DIAG_USAGE);
		if (strstr(d.message, cases[i].words) == NULL)
			fail_msg("'%s': %s", cases[i].url, d.message);
		assert_null(strstr(d.message, "hunter2"));
		assert_null(strchr(d.message, '\r'));
		assert_string_not_equal(d.help, "");
		assert_int_equal(out.len, 0);
		buf_release(&out);
	}
}

TEST(bears_urls_that_are_too_long)
{
	char url[5000];
	struct diag d = DIAG_INIT;
	struct base_url u;

	for (size_t len = 250; len < 4900; len += 9) {
		memset(url, 'a', sizeof(url));
		memcpy(url, "https://h/", 10);
		url[len] = '\0';
		int got = base_url_parse(url, &u, &d);
		assert_int_equal(got, len < 9 + sizeof(u.path) ? 0 : -1);
		memcpy(url, "https://aa", 10);
		assert_int_equal(
		    base_url_parse(url, &u, &d), len - 8 <= 253 ? 0 : -1);
	}
}

TEST(follows_links_of_its_own_origin_only)
{
	static const char plain[] = "https://api.chakrahq.com";
	static const char prefix[] = "https://h:8443/gate";
	static const struct {
		const char *base, *link, *want; /* NULL = refused */
	} cases[] = {
	    {plain, "/v1/ext/x?page=2", "/v1/ext/x?page=2"},
	    {plain, "v1/ext/x?page=2", "/v1/ext/x?page=2"},
	    {plain, "https://api.chakrahq.com/v1/x", "/v1/x"},
	    {plain, "HTTPS://API.chakrahq.com:443/v1/x", "/v1/x"},
	    {plain, "/v1/x#part", "/v1/x"},
	    {plain, "/", "/"},
	    {plain, "https://api.chakrahq.com", NULL},
	    {plain, "https://api.chakrahq.com?x", NULL},
	    {plain, "http://api.chakrahq.com/v1/x", NULL},
	    {plain, "https://api.chakrahq.com:444/v1/x", NULL},
	    {plain, "https://evil.example/v1/x", NULL},
	    {plain, "https://api.chakrahq.com.evil.example/v1/x", NULL},
	    {plain, "https://api.chakrahq.com@evil.example/v1/x", NULL},
	    {plain, "https://evil.example\\@api.chakrahq.com/", NULL},
	    {plain, "//evil.example/v1/x", NULL},
	    {plain, "https://api.chakrahq.com//evil.example/x", NULL},
	    {plain, "/\\evil.example/x", NULL},
	    {plain, "?page=2", NULL},
	    {plain, "x/y", NULL},
	    {plain, "javascript:alert(1)", NULL},
	    {plain, "/v1/x\r\nX: y", NULL},
	    {plain, "/v1/a b", NULL},
	    {plain, "/v1/\xc3\xa9", NULL},
	    {plain, "", NULL},
	    {"no url", "/v1/x", NULL},
	    {prefix, "https://h:8443/gate/v1/x", "/v1/x"},
	    {prefix, "/gate/v1/x", "/v1/x"},
	    {prefix, "/v1/x", "/v1/x"},
	    {prefix, "/gateway/x", "/gateway/x"},
	    {prefix, "https://h/gate/v1/x", NULL},
	};

	EACH (i, cases) {
		char out[64] = "";
		bool got = base_url_follow(
		    cases[i].base, cases[i].link, out, sizeof(out));
		if (got != (cases[i].want != NULL) ||
		    (got && strcmp(out, cases[i].want) != 0))
			fail_msg("'%s': '%s'", cases[i].link, out);
	}
	char small[6];
	assert_true(base_url_follow(plain, "/v1/x", small, sizeof(small)));
	assert_false(base_url_follow(plain, "/v1/xy", small, sizeof(small)));
}
