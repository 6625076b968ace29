/* SPDX-License-Identifier: MIT */
/*
 * From libmicrohttpd's callbacks to a request and an answer. The body is read
 * to its end before anything is answered, whatever the answer: a client that
 * still writes while it is refused would see a reset instead of the 413.
 */
#include "server.h"

#include "address.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "delivery.h"
#include "token.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CONNECTIONS_MAX 512u
/* How long a connection may be silent, in or between requests. */
#define IDLE_MAX_S 10u
#define CONNECTION_MEMORY ((size_t)128 << 10)

struct server {
	struct sandbox *sandbox;
	struct request_log *log;
	struct MHD_Daemon *daemon;
	struct pause pause;
};

/* One request and its answer. */
struct exchange {
	char *target;
	bool begun;   /* `request` is filled */
	bool settled; /* counted and logged */
	struct request request;
	struct sha256 *hash; /* of the body; only for the log */
	uint64_t reset_at;   /* body bytes after which reset-mid strikes */
};

/* Called as soon as the request line is read; what it returns is handed to the
 * other callbacks. The target is needed before libmicrohttpd decodes it. */
static void *
on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct exchange *x = xcalloc(1, sizeof(*x));

	(void)cls;
	(void)connection;
	x->target = xstrdup(target);
	return x;
}

static const char *
header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool
is_local(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const char *host = header(connection, "Host");

	return info != NULL && address_is_loopback(info->client_addr) &&
	       host != NULL && host_is_loopback(text_of(host));
}

static uint64_t
reset_point(struct MHD_Connection *connection, const struct fault *f)
{
	const char *length = header(connection, "Content-Length");
	uint64_t n = 0;

	if (f->bytes > 0)
		return f->bytes;
	if (length == NULL || !text_parse_uint(text_of(length), &n) || n < 2)
		return 1;
	return n / 2;
}

static void
settle(struct server *sv, struct exchange *x, int status)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_SIZE] = "";

	x->settled = true;
	sandbox_count(sv->sandbox, &x->request, status);
	if (x->hash != NULL) {
		sha256_digest(x->hash, digest);
		sha256_hex(digest, hex);
	}
	request_log_add(sv->log, &x->request, status, hex,
	    sv->sandbox->clock.wall_ms(sv->sandbox->clock.ctx));
}

static enum MHD_Result
drop(struct server *sv, struct exchange *x, struct MHD_Connection *connection)
{
	const struct fault *f = x->request.fault;

	x->request.happened = f;
	settle(sv, x, 0);
	drop_connection(connection, f->fin);
	return MHD_NO;
}

static bool
has_fault(const struct request *r, enum fault_kind kind)
{
	return r->fault != NULL && r->fault->kind == kind;
}

/* The headers are there. */
static enum MHD_Result
begin(struct server *sv, struct exchange *x, struct MHD_Connection *connection,
    const char *method)
{
	struct request *r = &x->request;
	const char *coding = header(connection, "Content-Encoding");

	request_init(r, method, x->target, sv->sandbox->options->max_body);
	x->begun = true;
	r->has_token = token_check(
	    header(connection, "Authorization"), sv->sandbox->token);
	r->gzip = coding != NULL && strcasecmp(coding, "gzip") == 0;
	r->encoded =
	    coding != NULL && !r->gzip && strcasecmp(coding, "identity") != 0;
	r->local = is_local(connection);
	if (sv->log != NULL)
		x->hash = sha256_new();
	request_route(sv->sandbox, r);
	if (has_fault(r, FAULT_RESET_MID))
		x->reset_at = reset_point(connection, r->fault);
	return has_fault(r, FAULT_RESET_BEFORE) ? drop(sv, x, connection)
						: MHD_YES;
}

/* A piece of the body. */
static enum MHD_Result
take(struct server *sv, struct exchange *x, struct MHD_Connection *connection,
    const char *data, size_t len)
{
	struct request *r = &x->request;

	r->body_bytes += len;
	if (x->hash != NULL && !r->gzip)
		sha256_add(x->hash, data, len);
	if (r->body_bytes > sv->sandbox->options->max_body) {
		r->too_large = true;
		buf_release(&r->body);
	}
	if (!r->too_large)
		buf_add(&r->body, data, len);
	if (has_fault(r, FAULT_RESET_MID) && r->body_bytes >= x->reset_at)
		return drop(sv, x, connection);
	return MHD_YES;
}

/* The request is there; its answer, or what comes of it. */
static enum MHD_Result
finish(struct server *sv, struct exchange *x, struct MHD_Connection *connection)
{
	struct request *r = &x->request;
	const struct fault *damage = NULL;
	enum MHD_Result result;
	struct reply a;

	/* A body shorter than the point where it should have struck. */
	if (has_fault(r, FAULT_RESET_MID))
		return drop(sv, x, connection);
	if (r->gzip) {
		request_inflate(r, sv->sandbox->options->max_body);
		if (x->hash != NULL)
			sha256_add(x->hash, buf_str(&r->body), r->body.len);
	}
	reply_init(&a);
	sandbox_answer(sv->sandbox, r, &a);
	if (request_is_api(r))
		pause_for(&sv->pause, sv->sandbox->options->latency_ms);
	if (has_fault(r, FAULT_RESET_AFTER)) {
		result = drop(sv, x, connection);
	} else if (has_fault(r, FAULT_HANG_AFTER)) {
		r->happened = r->fault;
		settle(sv, x, 0);
		hang(connection, &sv->pause, r->fault->ms);
		result = MHD_NO;
	} else {
		if (has_fault(r, FAULT_TRUNCATED) || has_fault(r, FAULT_DRIP))
			r->happened = damage = r->fault;
		settle(sv, x, a.status);
		result =
		    deliver(connection, sv->sandbox, &a, damage, &sv->pause);
	}
	reply_release(&a);
	return result;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **context)
{
	struct server *sv = cls;
	struct exchange *x = *context;

	(void)url;
	(void)version;
	if (!x->begun)
		return begin(sv, x, connection, method);
	if (*len > 0) {
		size_t taken = *len;

		*len = 0;
		return take(sv, x, connection, data, taken);
	}
	return finish(sv, x, connection);
}

static void
on_end(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_RequestTerminationCode code)
{
	struct server *sv = cls;
	struct exchange *x = *context;

	(void)connection;
	(void)code;
	if (x == NULL)
		return;
	/* The client went away in the middle of its request. */
	if (x->begun && !x->settled)
		settle(sv, x, 0);
	if (x->begun)
		request_release(&x->request);
	sha256_free(x->hash);
	free(x->target);
	free(x);
	*context = NULL;
}

int
server_start(struct server **out, struct sandbox *sandbox,
    struct request_log *log, int listen_fd, struct diag *d)
{
	struct server *sv = xcalloc(1, sizeof(*sv));

	sv->sandbox = sandbox;
	sv->log = log;
	pause_init(&sv->pause);
	sv->daemon = MHD_start_daemon(
	    MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
		MHD_USE_POLL | MHD_USE_ITC | MHD_USE_SUPPRESS_DATE_NO_CLOCK,
	    0, NULL, NULL, on_request, sv, MHD_OPTION_LISTEN_SOCKET, listen_fd,
	    MHD_OPTION_URI_LOG_CALLBACK, on_target, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, on_end, sv,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, IDLE_MAX_S,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
	    MHD_OPTION_END);
	if (sv->daemon == NULL) {
		pause_release(&sv->pause);
		free(sv);
		return diag_set(
		    d, DIAG_SERVICE, "unable to start the HTTP server");
	}
	*out = sv;
	return 0;
}

void
server_stop(struct server *sv)
{
	if (sv == NULL)
		return;
	pause_stop(&sv->pause);
	MHD_stop_daemon(sv->daemon);
	pause_release(&sv->pause);
	free(sv);
}
