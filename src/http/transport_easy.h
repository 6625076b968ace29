/* SPDX-License-Identifier: MIT */
#ifndef HTTP_TRANSPORT_EASY_H
#define HTTP_TRANSPORT_EASY_H

/*
 * One request at a time on one libcurl easy handle: the inner half of
 * transport_curl.c, which is its only user.
 */

#include "base/buf.h"
#include "curl_api.h"
#include "gzip_writer.h"
#include "http/transport.h"
#include "proxy.h"
#include "response_header.h"
#include "secret.h"
#include "transport_socket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct old_headers {
	struct curl_slist *get, *post;
};

/* What all transfers of a transport share. */
struct transfer_setup {
	struct curl_api curl;
	struct buf base_url; /* normalised */
	bool loopback;	     /* never through a proxy */
	struct curl_slist *get_headers, *post_headers; /* wiped at release */
	/* Those with tokens that were renewed: requests on the wire may use
	 * them. */
	struct old_headers *old_headers;
	size_t old_count;
	unsigned renewals;
	char *user_agent, *ca_file; /* owned; ca_file may be NULL */
	struct secret *secret;	    /* what no answer may repeat; may be NULL */
	struct proxy proxy;	    /* of the environment; read and checked */
	struct gzip_writer *gzip;   /* NULL = bodies go as they are */
	int64_t connect_timeout_ms;
	uint64_t begun;		     /* requests */
	struct socket_table sockets; /* outlives every connection */
};
/* Copies what it needs of o. -1 and a diag for what transport_curl_new
 * refuses. Released by transfer_setup_release, also after a failure. */
int transfer_setup_init(struct transfer_setup *s,
    const struct transport_options *o, struct diag *d);
void transfer_setup_release(struct transfer_setup *s);
/* Requests that begin from now on have this token. -1: it cannot stand in a
 * header (DIAG_USAGE), and nothing has changed. */
int transfer_setup_renew(
    struct transfer_setup *s, const char *token, struct diag *d);

struct transfer {
	struct transfer *next; /* in whichever list it is */
	CURL *easy;
	struct transfer_setup *setup;
	struct buf url;
	struct buf packed; /* the compressed body, while it is sent */
	/* What the log says of it (transport_log.h). */
	uint64_t number, rows;
	char method[12];
	const char *path; /* in url */
	bool once;
	unsigned renewals; /* of the setup, when it began */
	size_t answer_max;
	struct header_reader headers;
	size_t header_bytes;
	bool cancelled;
	const char *why; /* it was ended here: words that outlive it */
	/* What the idle watch saw last. */
	int socket;	   /* -1 = not known */
	uint64_t received; /* bytes that libcurl gave us */
	uint64_t moved;	   /* a sum that changes when a byte moves */
	int64_t started_ms, handed_ms, moved_ms;
	size_t usual; /* the body that it had last */
	char error[CURL_ERROR_SIZE];
	struct http_response response;
};

/* Returns owned (transfer_free). Borrows s. Its `easy` is NULL when libcurl
 * has none to give: nothing can be begun with it. */
struct transfer *transfer_new(struct transfer_setup *s);
void transfer_free(struct transfer *t);
/* Makes it ready for curl_multi_add_handle. False: its response says why it
 * cannot be begun. */
bool transfer_begin(
    struct transfer *t, const struct http_request *request, uint64_t tag);
/* Its response becomes that of a request that never left, with these words. */
void transfer_refuse(struct transfer *t, const char *words);
/* How long no byte has moved, ms; 0 before the request was handed to a
 * connection (until then the connect timeout counts). */
int64_t transfer_idle_ms(struct transfer *t);
/* It moves bytes, but so few that it seems meant to hold us: since it was
 * handed over, patience_ms and 2 ms for every byte that was counted (some are
 * counted twice: 250 to 500 bytes a second) have passed. Asks what
 * transfer_idle_ms saw last. */
bool transfer_is_dragging(const struct transfer *t, int64_t patience_ms);
/* Fills t->response from what came and how it ended. */
void transfer_finish(struct transfer *t, CURLcode result);
/* Monotonic, ms. */
int64_t transfer_now_ms(void);

#endif
