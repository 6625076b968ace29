/* SPDX-License-Identifier: MIT */
/*
 * [scheme://][user[:password]@]host[:port][/…]. An '@' or a '/' in a password
 * would turn a part of it into the host, so both are refused instead of guessed
 * at.
 */
#include "proxy.h"

#include "base/text.h"
#include "base/xalloc.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const schemes[] = {
    "http", "https", "socks4", "socks4a", "socks5", "socks5h"};

static int
refuse(const char *variable, const char *cause, struct diag *d)
{
	diag_set(d, DIAG_USAGE,
	    "the environment variable '%s' does not name a proxy: %s", variable,
	    cause);
	diag_code(d, "usage.proxy");
	return diag_help(d, "%s",
	    "write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT; "
	    "within a user name or password, '@' is %40, '/' is %2F, '%' is "
	    "%25");
}

/* Owned; NULL if a control character comes out. A '%' that begins no escape is
 * a '%', as for libcurl. */
static char *
decode(struct text t)
{
	char *out = xmalloc(t.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < t.len; i++) {
		char c = t.s[i];

		if (c == '%') {
			int high =
			    i + 2 < t.len ? text_hex_digit(t.s[i + 1]) : -1;
			int low = high >= 0 ? text_hex_digit(t.s[i + 2]) : -1;

			c = low < 0 ? c : (char)(high * 16 + low);
			i += low < 0 ? 0 : 2;
		}
		if ((unsigned char)c < ' ' || c == 0x7f) {
			explicit_bzero(out, n);
			free(out);
			return NULL;
		}
		out[n++] = c;
	}
	out[n] = '\0';
	return out;
}

/* Takes the part before `sign` off the front; false if there is no `sign`. */
static bool
take_until(struct text *t, const char *sign, struct text *front)
{
	size_t len = strlen(sign);

	for (size_t i = 0; i + len <= t->len; i++) {
		if (memcmp(t->s + i, sign, len) != 0)
			continue;
		*front = (struct text){t->s, i};
		*t = (struct text){t->s + i + len, t->len - i - len};
		return true;
	}
	return false;
}

static bool
is_scheme(struct text t)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++)
		if (t.len == strlen(schemes[i]) &&
		    strncasecmp(t.s, schemes[i], t.len) == 0)
			return true;
	return false;
}

static bool
is_host(struct text t)
{
	bool is_address = t.len > 2 && t.s[0] == '[' && t.s[t.len - 1] == ']';
	size_t from = is_address ? 1 : 0, to = t.len - from;

	for (size_t i = from; i < to; i++)
		if (!isalnum((unsigned char)t.s[i]) &&
		    (unsigned char)t.s[i] < 0x80 &&
		    !strchr(is_address ? ":.%-_" : "-._", t.s[i]))
			return false;
	return t.len > 0;
}

/* ":PORT" off the end; what of it is wrong, or NULL. */
static const char *
take_port(struct text *t)
{
	const char *end = t->s + t->len, *colon;
	uint64_t port;

	if (t->len > 0 && t->s[0] == '[') {
		colon = memchr(t->s, ']', t->len);
		colon = colon && colon + 1 < end ? colon + 1 : NULL;
	} else {
		colon = memchr(t->s, ':', t->len);
	}
	if (!colon)
		return NULL;
	if (*colon != ':' ||
	    !text_parse_uint(
		(struct text){colon + 1, (size_t)(end - colon - 1)}, &port) ||
	    port == 0 || port > 65535)
		return "its port is not a number from 1 to 65535";
	t->len = (size_t)(colon - t->s);
	return NULL;
}

static const char *
take_credentials(struct text t, struct proxy *out)
{
	struct text user = t, password = {"", 0};

	if (take_until(&t, ":", &user))
		password = t;
	out->user = decode(user);
	out->password = decode(password);
	return out->user && out->password
		   ? NULL
		   : "there is a control character in its user name or "
		     "password";
}

/* What is wrong with it, or NULL. */
static const char *
parse(struct text rest, struct proxy *out)
{
	struct text scheme = {"http", 4}, front, host, authority;
	const char *why;
	size_t size;

	for (size_t i = 0; i < rest.len; i++)
		if ((unsigned char)rest.s[i] <= ' ' || rest.s[i] == 0x7f)
			return "there is a blank or a control character in it";
	if (take_until(&rest, "://", &scheme) && !is_scheme(scheme))
		return "the part before '://' is not http, https, socks4, "
		       "socks4a, socks5 or socks5h";
	authority = rest;
	for (size_t i = 0; i < rest.len; i++)
		if (strchr("/?#\\", rest.s[i])) {
			authority.len = i;
			break;
		}
	if (memchr(rest.s + authority.len, '@', rest.len - authority.len))
		return "there is a '/', '?', '#' or '\\' before its '@'";
	if (take_until(&authority, "@", &front)) {
		if (memchr(authority.s, '@', authority.len))
			return "there are two '@' in it";
		why = take_credentials(front, out);
		if (why)
			return why;
	}
	host = authority;
	why = take_port(&host);
	if (why)
		return why;
	if (!is_host(host))
		return host.len == 0 ? "it has no host"
				     : "its host is not a host name or address";
	size = scheme.len + strlen("://") + authority.len + 1;
	out->address = xmalloc(size);
	snprintf(out->address, size, "%.*s://%.*s", (int)scheme.len, scheme.s,
	    (int)authority.len, authority.s);
	return NULL;
}

int
proxy_parse(
    const char *variable, const char *value, struct proxy *out, struct diag *d)
{
	const char *why;

	*out = (struct proxy){.variable = variable};
	why = parse(text_of(value), out);
	if (!why)
		return 0;
	proxy_release(out);
	return refuse(variable, why, d);
}

int
proxy_from_environment(bool is_https, struct proxy *out, struct diag *d)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY",
	    "http_proxy", "all_proxy", "ALL_PROXY"};
	const char *never = getenv("no_proxy");

	*out = (struct proxy){.variable = NULL};
	if (!never)
		never = getenv("NO_PROXY");
	if (never && strcmp(never, "*") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		bool counts = i > 2 || (i < 2) == is_https;
		const char *value = counts ? getenv(names[i]) : NULL;

		if (value && *value)
			return proxy_parse(names[i], value, out, d);
	}
	return 0;
}

static void
wipe(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	free(s);
}

void
proxy_release(struct proxy *p)
{
	free(p->address);
	wipe(p->user);
	wipe(p->password);
	*p = (struct proxy){.variable = NULL};
}
