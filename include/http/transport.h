/* SPDX-License-Identifier: MIT */
#ifndef HTTP_TRANSPORT_H
#define HTTP_TRANSPORT_H

/*
 * HTTP as the submitter sees it: start a request, wait for answers. The real
 * one is libcurl's multi interface (transport_{curl,easy,setup}.c, the only
 * users of curl.h); tests hand in a scripted one.
 *
 * What left this machine is evidence, not a guess: `sends` counts how often a
 * connection was handed the request (libcurl's pre-request callback). 0 =
 * nothing left, safe to try again; 1 = something may have left. A second
 * hand-over within one transfer (libcurl's silent second POST on a dead
 * kept-alive connection) is stopped before it happens, for creates.
 */

#include "base/buf.h"
#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_request {
	const char *method; /* "POST", "PATCH": with a body; "GET" */
	const char *path;   /* "/v1/ext/…", percent-encoded; copied */
	const char *body;   /* borrowed until the answer; NULL = none */
	size_t body_len;
	bool once;	   /* never handed to a second connection */
	size_t answer_max; /* bytes of the answer's body */
	uint64_t rows;	   /* that it speaks of, for the log; 0 = of none */
};

/* How far a request got that has no complete answer. */
enum http_step {
	HTTP_STEP_NAME,	   /* the name has no address */
	HTTP_STEP_CONNECT, /* nothing answers at the address */
	HTTP_STEP_TLS,	   /* no TLS, or a certificate that is not trusted */
	HTTP_STEP_REQUEST  /* it was on its way */
};

/* An answer, or the lack of one. */
struct http_response {
	uint64_t tag;	/* as given to start */
	unsigned sends; /* connections that were handed the request */
	int status;	/* 0 = no complete answer came; with sends 0 it
			 * is a proxy's 407 */
	bool too_large; /* the body passed answer_max (status is set) */
	bool cut;	/* the connection ended inside the body */
	struct buf body;
	char retry_after[128]; /* the header's value, or "" */
	char location[512];
	char content_type[128];
	char date[64];	  /* the Date header */
	char limits[256]; /* headers that tell of a rate limit, a line
			   * each: "x-ratelimit-limit 100" */
	bool has_age;	 /* an Age header: the answer came from a cache, and its
			  * Date is old */
	char error[512]; /* what went wrong, without a complete answer */
	enum http_step failed_at; /* meaningful when error is not "" */
	bool untrusted;	 /* with sends 0: for its certificate, and to try
			  * again changes nothing */
	bool is_sandbox; /* it says that it is not ChakraHQ, but the
			  * sandbox: X-Chakra-Sandbox */
	bool old_token;	 /* it was asked with a token that was renewed since */
	int64_t elapsed_ms;
};
void http_response_release(struct http_response *r);

/* After an answer that the token is not good (any more). */
enum renewal {
	RENEWAL_NONE,  /* there is no other one; the diag says why */
	RENEWAL_WAITS, /* ask again a little later */
	RENEWAL_DONE   /* requests that begin from now on have it */
};

struct transport {
	void *ctx;
	/* Begins a request. Its outcome comes from wait, with `tag`, also if it
	 * could not be begun: then sends is 0 and error says why. */
	void (*start)(
	    void *ctx, const struct http_request *request, uint64_t tag);
	/* Waits up to timeout_ms (0 = only look; ends early on a signal) for
	 * one finished request. 1 = *response is one (the caller releases
	 * it), 0 = none yet, -1 = the transport itself failed. */
	int (*wait)(void *ctx, int64_t timeout_ms,
	    struct http_response *response, struct diag *d);
	/* Requests in progress. */
	size_t (*active)(void *ctx);
	/* Ends all requests in progress; each comes back from wait with status
	 * 0 and its `sends`. */
	void (*cancel)(void *ctx);
	/* Another token; never waits. NULL = there is one token. */
	enum renewal (*renew)(void *ctx, struct diag *why);
};

struct transport_options {
	const char *base_url;
	const char *token; /* copied into memory that is wiped at free;
			    * overwritten with '*' in answers that repeat
			    * it; NULL = none is sent */
	const char *user_agent;
	const char *ca_file; /* NULL = the system's */
	int64_t connect_timeout_ms;
	int64_t idle_timeout_ms; /* no byte moved in either direction */
	size_t max_connections;	 /* kept open for the next request */
	bool gzip;		 /* bodies of requests go compressed */
	/* What transport.renew asks: *token is owned (token_free's way) when
	 * the answer is RENEWAL_DONE. NULL = nobody can be asked. */
	enum renewal (*renew)(void *ctx, char **token, struct diag *why);
	void *renew_ctx;
};

/* libcurl. Refuses (DIAG_USAGE) a base URL that is not a http(s) URL, http://
 * to a host that is not loopback, user names or a query in it. Returns 0 and
 * fills *t; transport_curl_free ends it. */
int transport_curl_new(
    struct transport *t, const struct transport_options *o, struct diag *d);
void transport_curl_free(struct transport *t);

/* Normalises a base URL for keys and messages: scheme and host in lower case,
 * default port and trailing slashes dropped. Checks as above. */
int base_url_normalise(const char *url, struct buf *out, struct diag *d);

/*
 * The parts of a base URL (RFC 3986, cut down to what a base of API calls may
 * be: http or https, a host, a port, a path prefix). base_url_normalise in
 * http/transport.h is the usual way in.
 */

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

/* A link that an answer of this service gave: the path to ask for, relative to
 * the base ("/v1/…?skip=100"). False if it cannot be followed: another origin,
 * a control character, a blank, relative to an unknown place, longer than out.
 * A path under the base's prefix loses the prefix, which is put before every
 * path. */
bool base_url_follow(
    const char *base_url, const char *link, char *out, size_t out_size);

#endif
