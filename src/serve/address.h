/* SPDX-License-Identifier: MIT */
#ifndef SERVE_ADDRESS_H
#define SERVE_ADDRESS_H

/*
 * Where to listen: "127.0.0.1:8787", "[::1]:0", "localhost:8787", ":8787"
 * (127.0.0.1).
 */

#include "base/diag.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct listener {
	int fd;
	uint16_t port;
	char url[128]; /* "http://127.0.0.1:8787" */
};
/* Binds and listens. An address that is not loopback is DIAG_USAGE unless
 * allow_remote; a port that is taken is DIAG_SERVICE. */
int listener_open(
    struct listener *l, const char *where, bool allow_remote, struct diag *d);

/* 127.0.0.0/8, ::1, and the former mapped into IPv6. */
bool address_is_loopback(const struct sockaddr *address);
/* Whether a Host header names this machine: localhost, 127.x.y.z, [::1],
 * with or without a port. */
bool host_is_loopback(struct text host);

#endif
