/* SPDX-License-Identifier: MIT */
/*
 * Base URLs: parsed strictly, because the bearer token goes wherever this
 * says. Everything that two parsers could read in two ways (user names,
 * backslashes, blanks, short IPv4 forms, bytes beyond ASCII) is refused
 * instead of repaired. libcurl's own parser was not taken: it keeps user
 * names, and this file's answers are part of the keys of runs, which must not
 * change with a library's version.
 */
#include "base/text.h"
#include "http/transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define URL_MAX 2048

static int
refuse(struct diag *d, const char *url, const char *why)
{
	struct buf shown = BUF_INIT(4096);

	/* The part before an '@' may be a password. */
	if (strchr(url, '@') != NULL) {
		diag_set(d, DIAG_USAGE, "base URL: %s", why);
	} else {
		text_display(&shown, text_of(url), 100);
		diag_set(
		    d, DIAG_USAGE, "base URL '%s': %s", buf_str(&shown), why);
		buf_release(&shown);
	}
	diag_code(d, "usage.base_url");
	return diag_help(
	    d, "write it as https://host or https://host:port/prefix");
}

/* Moves *url after "http://" or "https://", in any case. */
static bool
take_scheme(const char **url, bool *https)
{
	static const char name[] = "http";
	const char *p = *url;

	for (size_t i = 0; i < sizeof(name) - 1; i++, p++)
		if (ascii_lower(*p) != name[i])
			return false;
	*https = ascii_lower(*p) == 's';
	if (*https)
		p++;
	if (strncmp(p, "://", 3) != 0)
		return false;
	*url = p + 3;
	return true;
}

/* "[::1]" in its shortest spelling. */
static const char *
parse_ipv6(struct text host, struct base_url *out)
{
	struct in6_addr address;
	char inner[INET6_ADDRSTRLEN] = "";

	if (host.len < 2 || host.s[host.len - 1] != ']' ||
	    host.len - 2 >= sizeof(inner))
		return "not a valid IPv6 address between the brackets";
	memcpy(inner, host.s + 1, host.len - 2);
	if (inet_pton(AF_INET6, inner, &address) != 1)
		return "not a valid IPv6 address between the brackets";
	inet_ntop(AF_INET6, &address, inner, sizeof(inner));
	snprintf(out->host, sizeof(out->host), "[%s]", inner);
	out->loopback = IN6_IS_ADDR_LOOPBACK(&address);
	return NULL;
}

static bool
host_char(char c)
{
	return (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-' ||
	       c == '_';
}

/* Lower case, one dot at the end dropped, no empty label. */
static const char *
copy_name(struct text host, char out[260])
{
	if (host.len > 0 && host.s[host.len - 1] == '.')
		host.len--;
	if (host.len == 0)
		return "no host";
	if (host.len > 253)
		return "the host name is too long";
	for (size_t i = 0; i < host.len; i++) {
		char c = ascii_lower(host.s[i]);
		bool dot = c == '.';
		if (!dot && !host_char(c))
			return "a host name has letters, digits, '-', '_' and "
			       "'.' only (others in their xn-- form)";
		if (dot && (i == 0 || out[i - 1] == '.' || i + 1 == host.len))
			return "the host name has an empty part";
		out[i] = c;
	}
	out[host.len] = '\0';
	return NULL;
}

static const char *
parse_host(struct text host, struct base_url *out)
{
	struct in_addr address;

	if (host.len > 0 && host.s[0] == '[')
		return parse_ipv6(host, out);
	const char *why = copy_name(host, out->host);
	if (why != NULL)
		return why;
	const char *label = strrchr(out->host, '.');
	label = label != NULL ? label + 1 : out->host;
	/* A number at the end makes it an address; resolvers read 127.1 and
	 * 0x7f000001 as one, too. */
	if (ascii_is_digit(label[0]) &&
	    (strspn(label, "0123456789") == strlen(label) ||
		(label[0] == '0' && label[1] == 'x'))) {
		if (inet_pton(AF_INET, out->host, &address) != 1)
			return "an IPv4 address has four numbers from 0 to 255";
		out->loopback = ntohl(address.s_addr) >> 24 == 127;
	} else {
		out->loopback = strcmp(out->host, "localhost") == 0;
	}
	return NULL;
}

static const char *
parse_port(struct text port, struct base_url *out)
{
	uint64_t n;

	if (port.len == 0)
		return NULL;
	if (!text_parse_uint(port, &n) || n == 0 || n > 65535)
		return "a port is a number from 1 to 65535";
	if (n != (out->https ? 443 : 80))
		out->port = (unsigned)n;
	return NULL;
}

static const char *
parse_authority(struct text authority, struct base_url *out)
{
	struct text host = authority;
	struct text port = {authority.s + authority.len, 0};
	size_t from = 0;

	if (memchr(authority.s, '@', authority.len) != NULL)
		return "user names and passwords are not allowed";
	if (authority.len > 0 && authority.s[0] == '[') {
		const char *end = memchr(authority.s, ']', authority.len);
		from = end != NULL ? (size_t)(end - authority.s) : 0;
	}
	for (size_t i = from; i < authority.len; i++) {
		if (authority.s[i] == ':') {
			host.len = i;
			port.s = authority.s + i + 1;
			port.len = authority.len - i - 1;
			break;
		}
	}
	const char *why = parse_host(host, out);
	return why != NULL ? why : parse_port(port, out);
}

/* "." or ".." between slashes: two servers may read them in two ways. */
static bool
has_dot_segment(struct text path)
{
	size_t start = 0;

	for (size_t i = 0; i <= path.len; i++) {
		if (i < path.len && path.s[i] != '/')
			continue;
		struct text part = {path.s + start, i - start};
		if (text_is(part, ".") || text_is(part, ".."))
			return true;
		start = i + 1;
	}
	return false;
}

static const char *
parse_path(struct text path, struct base_url *out)
{
	if (memchr(path.s, '?', path.len) != NULL)
		return "a query ('?') is not allowed";
	if (memchr(path.s, '#', path.len) != NULL)
		return "a fragment ('#') is not allowed";
	while (path.len > 0 && path.s[path.len - 1] == '/')
		path.len--;
	if (path.len >= sizeof(out->path))
		return "the path is too long";
	if (has_dot_segment(path))
		return "'.' and '..' are not allowed in the path";
	memcpy(out->path, path.s, path.len);
	out->path[path.len] = '\0';
	return NULL;
}

/* Printable ASCII without what no URL holds unescaped. */
static bool
url_chars_only(const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		if (c <= ' ' || c >= 0x7f || strchr("\"<>\\^`{|}", c) != NULL)
			return false;
	}
	return true;
}

int
base_url_parse(const char *url, struct base_url *out, struct diag *d)
{
	const char *p = url;

	*out = (struct base_url){.port = 0};
	if (url[0] == '\0')
		return refuse(d, url, "it is empty");
	if (strlen(url) > URL_MAX)
		return refuse(d, url, "it is too long");
	if (!url_chars_only(url))
		return refuse(d, url,
		    "it holds a character that must be percent-encoded");
	if (!take_scheme(&p, &out->https))
		return refuse(
		    d, url, "it does not begin with https:// or http://");
	struct text authority = {p, strcspn(p, "/?#")};
	const char *why = parse_authority(authority, out);
	if (why == NULL)
		why = parse_path(text_of(p + authority.len), out);
	if (why != NULL)
		return refuse(d, url, why);
	if (!out->https && !out->loopback)
		return refuse(d, url,
		    "http:// would send the token in the clear; only loopback "
		    "(localhost, 127.0.0.1, [::1]) may use it");
	return 0;
}

static void
add_origin(struct buf *out, const struct base_url *u)
{
	buf_addf(out, "%s://%s", u->https ? "https" : "http", u->host);
	if (u->port != 0)
		buf_addf(out, ":%u", u->port);
}

int
base_url_normalise(const char *url, struct buf *out, struct diag *d)
{
	struct base_url u;

	if (base_url_parse(url, &u, d) != 0)
		return -1;
	add_origin(out, &u);
	buf_adds(out, u.path);
	return 0;
}

/* The link's path and query if its origin is the base's, else NULL. */
static const char *
same_origin(const struct base_url *base, const char *link)
{
	char start[URL_MAX];
	struct base_url other;
	struct diag ignored = DIAG_INIT;
	const char *p = link;
	bool https;

	if (!take_scheme(&p, &https))
		return NULL;
	size_t len = (size_t)(p - link) + strcspn(p, "/?#");
	if (len >= sizeof(start))
		return NULL;
	memcpy(start, link, len);
	start[len] = '\0';
	if (base_url_parse(start, &other, &ignored) != 0 ||
	    other.https != base->https || other.port != base->port ||
	    strcmp(other.host, base->host) != 0)
		return NULL;
	return link + len;
}

static bool
under_prefix(const char *path, const char *prefix, size_t prefix_len)
{
	return prefix_len > 0 && strncmp(path, prefix, prefix_len) == 0 &&
	       path[prefix_len] == '/';
}

bool
base_url_follow(
    const char *base_url, const char *link, char *out, size_t out_size)
{
	struct base_url base;
	struct diag ignored = DIAG_INIT;
	const char *p = link;
	const char *slash = "";

	if (link[0] == '\0' || !url_chars_only(link) ||
	    base_url_parse(base_url, &base, &ignored) != 0)
		return false;
	if (strncmp(p, "v1/", 3) == 0)
		slash = "/";
	else if (p[0] != '/')
		p = same_origin(&base, link);
	/* "//host/…" names another host. */
	if (p == NULL || (slash[0] == '\0' && p[0] != '/') || p[1] == '/')
		return false;
	size_t prefix_len = strlen(base.path);
	if (under_prefix(p, base.path, prefix_len))
		p += prefix_len;
	int len =
	    snprintf(out, out_size, "%s%.*s", slash, (int)strcspn(p, "#"), p);
	return len > 0 && (size_t)len < out_size;
}
