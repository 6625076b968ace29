/* SPDX-License-Identifier: MIT */
#ifndef HTTP_PROXY_H
#define HTTP_PROXY_H

/*
 * The proxy that the environment names, read by us before libcurl sees it: its
 * user and password are handed over apart from its address, so that no error
 * of libcurl's can quote them, and what libcurl would refuse is refused in our
 * own words, which repeat nothing of the value.
 *
 * Which variable counts is libcurl's rule: https_proxy, then HTTPS_PROXY, for
 * https; http_proxy alone for http; then all_proxy and ALL_PROXY. no_proxy is
 * left to libcurl, but for "*".
 *
 * Source: libcurl's documentation of CURLOPT_PROXY and of its environment
 * variables.
 */

#include "base/diag.h"

#include <stdbool.h>

/* All zero: no proxy. */
struct proxy {
	const char *variable;  /* where it was found; static */
	char *address;	       /* "scheme://host:port"; owned */
	char *user, *password; /* decoded, owned; NULL = none */
};

/* For requests over https or http. -1 with DIAG_USAGE ("usage.proxy") for a
 * value that does not name one; *out needs no release then. */
int proxy_from_environment(bool is_https, struct proxy *out, struct diag *d);
/* The same for a value: `variable` is for messages. */
int proxy_parse(
    const char *variable, const char *value, struct proxy *out, struct diag *d);
/* Wipes user and password. */
void proxy_release(struct proxy *p);

#endif
