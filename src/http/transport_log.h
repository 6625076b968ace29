/* SPDX-License-Identifier: MIT */
#ifndef HTTP_TRANSPORT_LOG_H
#define HTTP_TRANSPORT_LOG_H

/*
 * What -v and -vv tell of a request: a line when it ended, however it ended,
 * and before that its headers and its answer's, also those of a proxy, as
 * libcurl wrote and read them. Nothing secret is in them: of a header whose
 * name tells of a secret the value is left out, and wherever else a token
 * stands it is hidden (secret.h).
 */

#include "curl_api.h"

struct transfer;

/* Makes libcurl tell of the headers, if somebody wants to know (-vv). */
CURLcode transfer_log_headers(struct transfer *t);
/* The line of a request that has its response. */
void transfer_log_end(const struct transfer *t);

#endif
