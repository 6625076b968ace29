/* SPDX-License-Identifier: MIT */
/*
 * The listening socket. Loopback only unless allowed otherwise: what is
 * rehearsed with is often real data of real people.
 */
#include "address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
address_is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		struct in_addr ip =
		    ((const struct sockaddr_in *)(const void *)address)
			->sin_addr;
		return ntohl(ip.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		const struct in6_addr *ip =
		    &((const struct sockaddr_in6 *)(const void *)address)
			 ->sin6_addr;
		return IN6_IS_ADDR_LOOPBACK(ip) ||
		       (IN6_IS_ADDR_V4MAPPED(ip) && ip->s6_addr[12] == 127);
	}
	return false;
}

bool
host_is_loopback(struct text host)
{
	char name[64];
	struct in_addr ip;
	const char *colon = memchr(host.s, ':', host.len);

	if (host.len >= 5 && memcmp(host.s, "[::1]", 5) == 0)
		return host.len == 5 || host.s[5] == ':';
	if (colon != NULL)
		host.len = (size_t)(colon - host.s);
	if (host.len >= sizeof(name))
		return false;
	memcpy(name, host.s, host.len);
	name[host.len] = '\0';
	return text_is(host, "localhost") ||
	       (inet_pton(AF_INET, name, &ip) == 1 &&
		   ntohl(ip.s_addr) >> 24 == 127);
}

/* HOST:PORT into its parts. */
static int
cut_address(const char *where, char host[256], uint64_t *port, struct diag *d)
{
	const char *colon = strrchr(where, ':');
	struct text name = {where, 0};

	if (colon == NULL || !text_parse_uint(text_of(colon + 1), port) ||
	    *port > 65535) {
		diag_set(d, DIAG_USAGE,
		    "--listen '%s': expected HOST:PORT, such as 127.0.0.1:8787",
		    where);
		return -1;
	}
	name.len = (size_t)(colon - where);
	if (name.len >= 2 && name.s[0] == '[' && name.s[name.len - 1] == ']')
		name = (struct text){name.s + 1, name.len - 2};
	if (name.len == 0)
		name = text_of("127.0.0.1");
	if (name.len >= 256) {
		diag_set(
		    d, DIAG_USAGE, "--listen: the host's name is too long");
		return -1;
	}
	memcpy(host, name.s, name.len);
	host[name.len] = '\0';
	return 0;
}

static int
resolve(const char *host, uint64_t port, const char *where, bool allow_remote,
    struct addrinfo **found, struct diag *d)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	char service[16];
	int error;

	snprintf(service, sizeof(service), "%u", (unsigned)port);
	error = getaddrinfo(host, service, &hints, found);
	if (error != 0) {
		diag_set(d, DIAG_USAGE, "--listen '%s': %s", where,
		    gai_strerror(error));
		return -1;
	}
	if (!allow_remote && !address_is_loopback((*found)->ai_addr)) {
		freeaddrinfo(*found);
		*found = NULL;
		diag_set(d, DIAG_USAGE,
		    "--listen '%s': others could reach that address", where);
		diag_help(d, "add --allow-remote if you want that");
		return -1;
	}
	return 0;
}

/* The port that was picked, and the URL. */
static int
name_listener(struct listener *l, struct diag *d)
{
	struct sockaddr_storage bound = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(bound);
	char host[NI_MAXHOST], port[NI_MAXSERV];
	bool is_ipv6;

	if (getsockname(l->fd, (struct sockaddr *)&bound, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&bound, len, host, sizeof(host),
		port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return diag_set_errno(
		    d, DIAG_SERVICE, errno, "unable to ask for the port");
	is_ipv6 = bound.ss_family == AF_INET6;
	/* Where everybody is listened to, this machine is named. */
	if (strcmp(host, "::") == 0 || strcmp(host, "0.0.0.0") == 0)
		snprintf(
		    host, sizeof(host), "%s", is_ipv6 ? "::1" : "127.0.0.1");
	l->port = (uint16_t)strtoul(port, NULL, 10);
	snprintf(l->url, sizeof(l->url),
	    is_ipv6 ? "http://[%.80s]:%s" : "http://%.80s:%s", host, port);
	return 0;
}

int
listener_open(
    struct listener *l, const char *where, bool allow_remote, struct diag *d)
{
	struct addrinfo *found = NULL;
	char host[256];
	uint64_t port;
	int on = 1, ret = -1;

	l->fd = -1;
	if (cut_address(where, host, &port, d) != 0 ||
	    resolve(host, port, where, allow_remote, &found, d) != 0)
		return -1;
	l->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (l->fd < 0) {
		diag_set_errno(
		    d, DIAG_SERVICE, errno, "unable to make a socket");
		goto out;
	}
	setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(l->fd, found->ai_addr, found->ai_addrlen) != 0 ||
	    listen(l->fd, 128) != 0) {
		diag_set_errno(
		    d, DIAG_SERVICE, errno, "unable to listen on '%s'", where);
		diag_help(d, "port 0 picks a free one");
		goto out;
	}
	ret = name_listener(l, d);
out:
	if (ret != 0 && l->fd >= 0) {
		close(l->fd);
		l->fd = -1;
	}
	freeaddrinfo(found);
	return ret;
}
