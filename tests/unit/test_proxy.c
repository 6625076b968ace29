/* SPDX-License-Identifier: MIT */
/* What the environment may name as a proxy, and what is told of it. */
#include "http/proxy.h"
#include "test.h"

#include <stdlib.h>

TEST(takes_a_proxy_apart)
{
	CASES(cases, const char *value, *address, *user, *password) = {
	    {"proxy.example", "http://proxy.example", NULL, NULL},
	    {"proxy.example:3128", "http://proxy.example:3128", NULL, NULL},
	    {"http://10.0.0.1:8080/", "http://10.0.0.1:8080", NULL, NULL},
	    {"HTTPS://p:1", "HTTPS://p:1", NULL, NULL},
	    {"socks5h://[::1]:1080", "socks5h://[::1]:1080", NULL, NULL},
	    {"http://[fe80::1%25eth0]", "http://[fe80::1%25eth0]", NULL, NULL},
	    {"http://ann:pw@p:80", "http://p:80", "ann", "pw"},
	    {"ann:p:w@p", "http://p", "ann", "p:w"},
	    {"ann@p", "http://p", "ann", ""},
	    {"http://a%40b:%2F%25%3a@p/x?y", "http://p", "a@b", "/%:"},
	    {"http://ann:100%@p", "http://p", "ann", "100%"},
	    {"http://ann:%zz@p", "http://p", "ann", "%zz"},
	    {"http://:@p", "http://p", "", ""},
	    {"http://pr\xc3\xbc"
	     "fer",
		"http://pr\xc3\xbc"
		"fer",
		NULL, NULL},
	};

	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct proxy p;

		if (proxy_parse("all_proxy", cases[i].value, &p, &d) != 0)
			fail_msg("%s: %s", cases[i].value, d.message);
		assert_string_equal(p.address, cases[i].address);
		assert_string_equal(
		    p.user ? p.user : "-", cases[i].user ? cases[i].user : "-");
		assert_string_equal(p.password ? p.password : "-",
		    cases[i].password ? cases[i].password : "-");
		proxy_release(&p);
	}
}

/* Each holds "s3cret", and no message does. */
TEST(refuses_what_is_no_proxy_without_repeating_it)
{
	CASES(cases, const char *value, *cause) = {
	    {"http://ann:s3cret@p:port", "port"},
	    {"http://ann:s3cret@p:0", "port"},
	    {"http://ann:s3cret@p:65536", "port"},
	    {"http://ann:s3cret@p:", "port"},
	    {"http://ann:s3cret@[::1]x", "port"},
	    {"http://ann:s3cret@", "no host"},
	    {"http://ann:s3cret@:80", "no host"},
	    {"http://ann:s3cret@a b", "blank"},
	    {"http://ann:s3cret @p", "blank"},
	    {"http://ann:s3cret@p\n", "control character"},
	    {"http://ann:s3cret%0a@p", "control character"},
	    {"http://ann:s3cret%00@p", "control character"},
	    {"http://ann:@s3cret@p", "two '@'"},
	    {"http://ann:s3cret@p@q", "two '@'"},
	    {"http://ann:s3cret/x@p", "before its '@'"},
	    {"http://ann:s3cret?@p", "before its '@'"},
	    {"http://ann:s3cret#@p", "before its '@'"},
	    {"http:\\\\ann:s3cret@p", "before its '@'"},
	    {"htp://ann:s3cret@p", "before '://'"},
	    {"s3cret://p", "before '://'"},
	    {"http://ann:s3cret@p!", "not a host name"},
	    {"http://s3cret(p)", "not a host name"},
	    {"http://ann:s3cret@[::1", "not a host name"},
	    {"http://s3cret;p", "not a host name"},
	};

	EACH (i, cases) {
		struct diag d = DIAG_INIT;
		struct proxy p;

		if (proxy_parse("https_proxy", cases[i].value, &p, &d) != -1)
			fail_msg("'%s' is taken", cases[i].value);
		assert_int_equal(d.kind, DIAG_USAGE);
		assert_string_equal(d.code, "usage.proxy");
		if (!strstr(d.message, cases[i].cause))
			fail_msg("'%s': %s", cases[i].value, d.message);
		assert_non_null(strstr(d.message, "'https_proxy'"));
		assert_null(strstr(d.message, "s3cret"));
		assert_null(strstr(d.help, "s3cret"));
		assert_null(p.user);
	}
}

TEST(asks_the_variables_in_the_order_of_libcurl)
{
	static const char *const all[] = {"http_proxy", "https_proxy",
	    "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",
	    "NO_PROXY"};
	static const struct {
		const char *set[3]; /* NAME=… */
		const char *https, *http;
	} cases[] = {
	    {{"https_proxy", "HTTPS_PROXY", "all_proxy"}, "https_proxy",
		"all_proxy"},
	    {{"HTTPS_PROXY", "ALL_PROXY"}, "HTTPS_PROXY", "ALL_PROXY"},
	    {{"http_proxy", "all_proxy"}, "all_proxy", "http_proxy"},
	    {{"HTTP_PROXY"}, NULL, NULL},
	    {{"https_proxy=", "ALL_PROXY"}, "ALL_PROXY", "ALL_PROXY"},
	    {{"https_proxy", "no_proxy=*"}, NULL, NULL},
	    {{"https_proxy", "NO_PROXY=*"}, NULL, NULL},
	    {{"https_proxy", "no_proxy=x.example"}, "https_proxy", NULL},
	};

	EACH (i, cases) {
		EACH (k, all)
			unsetenv(all[k]);
		for (size_t k = 0; k < 3 && cases[i].set[k]; k++) {
			char name[64];
			char *sign;

			snprintf(name, sizeof(name), "%s", cases[i].set[k]);
			sign = strchr(name, '=');
			if (sign)
				*sign = '\0';
			setenv(name, sign ? sign + 1 : "p:1", 1);
		}
		for (int https = 0; https < 2; https++) {
			const char *want =
			    https ? cases[i].https : cases[i].http;
			struct diag d = DIAG_INIT;
			struct proxy p;

			assert_int_equal(
			    proxy_from_environment(https, &p, &d), 0);
			assert_string_equal(
			    p.variable ? p.variable : "-", want ? want : "-");
			proxy_release(&p);
		}
	}
}
