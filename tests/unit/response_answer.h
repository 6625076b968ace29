/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_RESPONSE_ANSWER_H
#define TESTS_UNIT_RESPONSE_ANSWER_H

/* An answer of the service as a transport would hand it in, sent once. */

#include "http/transport.h"

/* Release it; a body of NULL is an empty one. */
static inline struct http_response
answer(int status, const char *body)
{
	struct http_response r = {.status = status, .sends = 1};

	buf_init(&r.body, 0);
	if (body != NULL)
		buf_adds(&r.body, body);
	return r;
}

#endif
