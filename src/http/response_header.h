/* SPDX-License-Identifier: MIT */
#ifndef HTTP_RESPONSE_HEADER_H
#define HTTP_RESPONSE_HEADER_H

/*
 * Header lines of an answer into a struct http_response: the first occurrence
 * of each, of the final header block only (RFC 9112). Blocks of 1xx answers
 * are forgotten, trailers are not looked at.
 */

#include "http/transport.h"

#include <stdbool.h>
#include <stddef.h>

struct header_reader {
	int status; /* of the block being read, or read last; 0 = none yet */
	bool done;  /* the final block came to its end */
};

/* One line as it came, with or without its line end. A status line begins a
 * block: what came before it is forgotten. */
void header_line(struct header_reader *h, struct http_response *r,
    const char *line, size_t len);

#endif
