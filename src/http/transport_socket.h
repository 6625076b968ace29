/* SPDX-License-Identifier: MIT */
#ifndef HTTP_TRANSPORT_SOCKET_H
#define HTTP_TRANSPORT_SOCKET_H

/*
 * The sockets of a transport, and how many bytes the other side took and
 * gave. libcurl tells neither which socket a running transfer uses nor bytes
 * below a whole header line; the kernel knows both.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct socket_table {
	struct open_socket {
		int fd;
		int port; /* the local one; 0 = not asked for yet */
	} * sockets;
	size_t count, cap;
};

void socket_table_add(struct socket_table *t, int fd);
void socket_table_remove(struct socket_table *t, int fd);
/* The socket with this local port, or -1. */
int socket_table_find(struct socket_table *t, int local_port);
void socket_table_release(struct socket_table *t);

/* Bytes acknowledged by the other side and bytes received, together, since the
 * connection was made; 0 where the system does not tell (TCP_INFO of Linux
 * 4.1). */
uint64_t socket_moved(int fd);

#endif
