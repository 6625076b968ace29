/* SPDX-License-Identifier: MIT */
#ifndef SUBMIT_BASE_URL_H
#define SUBMIT_BASE_URL_H

/*
 * The parts of a base URL (RFC 3986, cut down to what a base of API calls may
 * be: http or https, a host, a port, a path prefix). base_url_normalise in
 * submit/transport.h is the usual way in.
 */

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>

struct base_url {
	bool https;
	bool loopback;	 /* localhost, 127.0.0.0/8, [::1] */
	char host[260];	 /* lower case; an IPv6 literal with its brackets */
	unsigned port;	 /* 0 = the scheme's own */
	char path[1024]; /* "" or "/prefix", no slash at the end */
};

/* 0, or -1 with a diag (DIAG_USAGE) that never repeats a user name or a
 * password. */
int base_url_parse(const char *url, struct base_url *out, struct diag *d);

/* A link that an answer of this service gave: the path to ask for, relative
 * to the base ("/v1/…?skip=100"). False if it is none: another origin, a
 * control character, a blank, relative to an unknown place, longer than out.
 * A path under the base's prefix loses the prefix, which is put before every
 * path. */
bool base_url_follow(
    const char *base_url, const char *link, char *out, size_t out_size);

#endif
