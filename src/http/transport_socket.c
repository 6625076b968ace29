/* SPDX-License-Identifier: MIT */
/*
 * The sockets of a transport.
 *
 * "No byte moved" must be asked of the kernel: a body lies in the socket's
 * queue long before it is on the wire, and a server may give its header a
 * byte at a time. CURLINFO_ACTIVESOCKET was tried: it is -1 while a transfer
 * of the multi interface runs. So the transport keeps a table of what libcurl
 * opens and finds a transfer's socket by its local port.
 */
#include "transport_socket.h"

#include "base/xalloc.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

#ifdef __linux__
#include <linux/tcp.h>
#endif

void
socket_table_add(struct socket_table *t, int fd)
{
	ARRAY_ROOM(t->sockets, t->count, t->cap);
	t->sockets[t->count++] = (struct open_socket){.fd = fd};
}

void
socket_table_remove(struct socket_table *t, int fd)
{
	for (size_t i = 0; i < t->count; i++) {
		if (t->sockets[i].fd == fd) {
			t->sockets[i] = t->sockets[--t->count];
			return;
		}
	}
}

static int
local_port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage room;
	} name = {.room.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(name);

	if (getsockname(fd, &name.any, &len) != 0)
		return 0;
	if (name.any.sa_family == AF_INET)
		return ntohs(name.in.sin_port);
	if (name.any.sa_family == AF_INET6)
		return ntohs(name.in6.sin6_port);
	return 0;
}

int
socket_table_find(struct socket_table *t, int local_port)
{
	for (size_t i = 0; i < t->count; i++) {
		struct open_socket *s = &t->sockets[i];

		/* Once it has one, it keeps it. */
		if (s->port == 0)
			s->port = local_port_of(s->fd);
		if (s->port == local_port && local_port != 0)
			return s->fd;
	}
	return -1;
}

void
socket_table_release(struct socket_table *t)
{
	free(t->sockets);
	*t = (struct socket_table){.sockets = NULL};
}

uint64_t
socket_moved(int fd)
{
#ifdef __linux__
	struct tcp_info info = {.tcpi_state = 0};
	socklen_t len = sizeof(info);

	/* An older kernel fills less and leaves the rest 0. */
	if (fd >= 0 && getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0)
		return info.tcpi_bytes_acked + info.tcpi_bytes_received;
#endif
	(void)fd;
	return 0;
}
