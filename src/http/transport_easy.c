/* SPDX-License-Identifier: MIT */
/*
 * One HTTP request on a libcurl easy handle.
 *
 * The design turns on two facts. First: on a reused connection that dies
 * without an answer, libcurl sends a POST a second time and reports one clean
 * 200; the pre-request callback is the only place that sees it, so it counts
 * and, for creates, stops the second one. Second: libcurl's low-speed options
 * count whole seconds of averages and see bytes that the kernel only queued
 * as sent; here the watch compares what the other side took and gave, so that
 * a slow line that moves a byte now and then is not idle.
 *
 * Refused: redirects, cookies, netrc, compressed answers, HTTP/2 (a server
 * that answers early breaks its streams), verification that can be switched
 * off.
 */
#include "transport_easy.h"

#include "base/text.h"
#include "base/xalloc.h"
#include "system/clock.h"
#include "transport_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Connections that were idle for longer are not used again: servers and
 * balancers drop them silently. */
#define REUSE_MAX_S 5L
#define HEADERS_MAX ((size_t)256 * 1024)
/* Room for a body is made at once, as much as the one before it took; more
 * than this is not guessed. */
#define USUAL_MAX ((size_t)256 << 10)

int64_t
transfer_now_ms(void)
{
	struct clock c = clock_system();

	return c.mono_ms(c.ctx);
}

/* A request is about to be written to a connection. */
static int
on_request(
    void *ctx, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
	struct transfer *t = ctx;

	(void)remote_ip, (void)local_ip, (void)remote_port;
	if (t->once && t->response.sends > 0) {
		t->why = "the connection was closed without an answer";
		return CURL_PREREQFUNC_ABORT;
	}
	t->response.sends++;
	t->socket = socket_table_find(&t->setup->sockets, local_port);
	t->handed_ms = t->moved_ms = transfer_now_ms();
	return CURL_PREREQFUNC_OK;
}

static int
on_socket_open(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
	(void)purpose;
	socket_table_add(ctx, fd);
	return CURL_SOCKOPT_OK;
}

static int
on_socket_close(void *ctx, curl_socket_t fd)
{
	socket_table_remove(ctx, fd);
	return close(fd);
}

static size_t
on_header(char *line, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * count;

	t->received += len;
	t->header_bytes += len;
	if (t->header_bytes > HEADERS_MAX) {
		t->why = "the answer's header is too large";
		return 0;
	}
	header_line(&t->headers, &t->response, line, len);
	return len;
}

static size_t
on_body(char *data, size_t size, size_t count, void *ctx)
{
	struct transfer *t = ctx;
	struct buf *body = &t->response.body;
	size_t len = size * count;
	size_t room = t->answer_max - body->len;

	t->received += len;
	if (body->len == 0 && t->usual > len && t->usual <= room)
		(void)buf_reserve(body, t->usual);
	if (len > room) {
		/* What fits is kept, for its words. */
		t->response.too_large = true;
		t->why = "the answer is too large";
		buf_add(body, data, room);
		return 0;
	}
	buf_add(body, data, len);
	return len;
}

/* What is the same for every request. */
static const struct {
	CURLoption option;
	long value;
} numbers[] = {
    {CURLOPT_FOLLOWLOCATION, 0},
    {CURLOPT_NETRC, CURL_NETRC_IGNORED},
    {CURLOPT_HEADEROPT, CURLHEADER_SEPARATE},
    {CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2},
    {CURLOPT_SSL_VERIFYPEER, 1},
    {CURLOPT_SSL_VERIFYHOST, 2},
    {CURLOPT_SUPPRESS_CONNECT_HEADERS, 1},
    {CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1},
    {CURLOPT_NOSIGNAL, 1},
    /* A thread looks the name up; giving up does not wait for it. */
    {CURLOPT_QUICK_EXIT, 1},
    {CURLOPT_TCP_NODELAY, 1},
    {CURLOPT_TCP_KEEPALIVE, 1},
    {CURLOPT_MAXAGE_CONN, REUSE_MAX_S},
    /* An answer to a full lookup comes in one piece, if it is there. */
    {CURLOPT_BUFFERSIZE, 64L << 10},
    /* A usual chunk leaves in one piece. */
    {CURLOPT_UPLOAD_BUFFERSIZE, 256L << 10},
    {CURLOPT_PATH_AS_IS, 1},
    {CURLOPT_NOPROGRESS, 1},
};

static CURLcode
set_numbers(CURL *easy, const struct transfer_setup *s)
{
	CURLcode e = CURLE_OK;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		e |= s->curl.easy_setopt(
		    easy, numbers[i].option, numbers[i].value);
	return e | s->curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
		       (long)s->connect_timeout_ms);
}

static CURLcode
set_texts(CURL *easy, const struct transfer_setup *s)
{
	CURLcode e = CURLE_OK;

	e |= s->curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	e |= s->curl.easy_setopt(easy, CURLOPT_USERAGENT, s->user_agent);
	if (s->ca_file != NULL) {
		e |= s->curl.easy_setopt(easy, CURLOPT_CAINFO, s->ca_file);
		/* That file alone, not the system's folder beside it. */
		e |= s->curl.easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
	if (s->loopback) {
		e |= s->curl.easy_setopt(easy, CURLOPT_PROXY, "");
		e |= s->curl.easy_setopt(easy, CURLOPT_NOPROXY, "*");
	} else if (s->proxy.address) {
		/* The user and the password apart: no error quotes them. */
		e |= s->curl.easy_setopt(easy, CURLOPT_PROXY, s->proxy.address);
		e |= s->curl.easy_setopt(
		    easy, CURLOPT_PROXYUSERNAME, s->proxy.user);
		e |= s->curl.easy_setopt(
		    easy, CURLOPT_PROXYPASSWORD, s->proxy.password);
	}
	return e;
}

static CURLcode
set_callbacks(struct transfer *t)
{
	const struct curl_api *curl = &t->setup->curl;
	struct socket_table *sockets = &t->setup->sockets;
	CURL *easy = t->easy;
	CURLcode e = CURLE_OK;

	e |= curl->easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket_open);
	e |= curl->easy_setopt(easy, CURLOPT_SOCKOPTDATA, sockets);
	e |= curl->easy_setopt(
	    easy, CURLOPT_CLOSESOCKETFUNCTION, on_socket_close);
	e |= curl->easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, sockets);
	e |= curl->easy_setopt(easy, CURLOPT_PRIVATE, t);
	e |= curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	e |= curl->easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
	e |= curl->easy_setopt(easy, CURLOPT_PREREQDATA, t);
	e |= curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	e |= curl->easy_setopt(easy, CURLOPT_HEADERDATA, t);
	e |= curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	e |= curl->easy_setopt(easy, CURLOPT_WRITEDATA, t);
	return e | transfer_log_headers(t);
}

struct transfer *
transfer_new(struct transfer_setup *s)
{
	struct transfer *t = xcalloc(1, sizeof(*t));

	t->setup = s;
	buf_init(&t->packed, 0);
	t->easy = s->curl.easy_init();
	if (t->easy == NULL || set_numbers(t->easy, s) != CURLE_OK ||
	    set_texts(t->easy, s) != CURLE_OK || set_callbacks(t) != CURLE_OK) {
		s->curl.easy_cleanup(t->easy);
		t->easy = NULL;
	}
	return t;
}

void
transfer_free(struct transfer *t)
{
	t->setup->curl.easy_cleanup(t->easy);
	buf_release(&t->url);
	buf_release(&t->packed);
	http_response_release(&t->response);
	free(t);
}

static void
clear(struct transfer *t, const struct http_request *request, uint64_t tag)
{
	http_response_release(&t->response);
	t->response.tag = tag;
	t->answer_max = request->answer_max > 0 ? request->answer_max
						: (size_t)BUF_MAX_DEFAULT;
	buf_init(&t->response.body, t->answer_max);
	t->once = request->once;
	t->number = ++t->setup->begun;
	t->rows = request->rows;
	snprintf(t->method, sizeof(t->method), "%s", request->method);
	t->renewals = t->setup->renewals;
	t->headers = (struct header_reader){.status = 0};
	t->header_bytes = 0;
	t->cancelled = false;
	t->why = NULL;
	t->socket = -1;
	t->received = t->moved = 0;
	t->started_ms = t->handed_ms = t->moved_ms = transfer_now_ms();
	t->error[0] = '\0';
}

static CURLcode
set_request(
    struct transfer *t, const struct http_request *request, struct text body)
{
	CURLcode e;
	bool post = request->body != NULL;
	bool is_plain = strcmp(request->method, post ? "POST" : "GET") == 0;

	e = t->setup->curl.easy_setopt(t->easy, CURLOPT_URL, buf_str(&t->url));
	e |= t->setup->curl.easy_setopt(t->easy, CURLOPT_HTTPHEADER,
	    post ? t->setup->post_headers : t->setup->get_headers);
	/* The handle may have had another one. */
	e |= t->setup->curl.easy_setopt(
	    t->easy, CURLOPT_CUSTOMREQUEST, is_plain ? NULL : request->method);
	if (!post)
		return e |
		       t->setup->curl.easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
	e |= t->setup->curl.easy_setopt(t->easy, CURLOPT_POST, 1L);
	e |= t->setup->curl.easy_setopt(
	    t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len);
	e |= t->setup->curl.easy_setopt(t->easy, CURLOPT_POSTFIELDS, body.s);
	return e;
}

/* The body as it goes over the wire. */
static int
pack_body(struct transfer *t, const struct http_request *request,
    struct text *body, struct diag *d)
{
	*body = request->body != NULL
		    ? (struct text){request->body, request->body_len}
		    : text_of("");
	if (t->setup->gzip == NULL || request->body == NULL)
		return 0;
	if (gzip_writer_body(
		t->setup->gzip, body->s, body->len, &t->packed, d) != 0)
		return -1;
	*body = (struct text){t->packed.data, t->packed.len};
	return 0;
}

static bool
path_safe(const char *path)
{
	for (const char *p = path; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return false;
	return path[0] == '/';
}

static void
put_error(struct http_response *r, const char *words)
{
	struct buf shown = BUF_INIT(0);

	/* It may quote what a server sent. */
	text_display(&shown, text_of(words), 0);
	size_t len =
	    shown.len < sizeof(r->error) ? shown.len : sizeof(r->error) - 1;
	memcpy(r->error, buf_str(&shown), len);
	r->error[len] = '\0';
	buf_release(&shown);
}

void
transfer_refuse(struct transfer *t, const char *words)
{
	put_error(&t->response, words);
	t->response.failed_at = HTTP_STEP_NAME;
}

bool
transfer_begin(
    struct transfer *t, const struct http_request *request, uint64_t tag)
{
	struct diag why = DIAG_INIT;
	struct text body;

	clear(t, request, tag);
	buf_clear(&t->url);
	buf_adds(&t->url, buf_str(&t->setup->base_url));
	buf_adds(&t->url, request->path);
	t->path = buf_str(&t->url) + t->setup->base_url.len;
	if (t->easy == NULL) {
		transfer_refuse(t, "unable to set up an HTTP request");
		return false;
	}
	if (!path_safe(request->path)) {
		transfer_refuse(t, "a request's path is not percent-encoded");
		return false;
	}
	if (pack_body(t, request, &body, &why) != 0) {
		transfer_refuse(t, why.message);
		return false;
	}
	if (set_request(t, request, body) != CURLE_OK) {
		transfer_refuse(t, "libcurl refuses a request's options");
		return false;
	}
	return true;
}

int64_t
transfer_idle_ms(struct transfer *t)
{
	curl_off_t uploaded = 0;

	if (t->response.sends == 0)
		return 0;
	t->setup->curl.easy_getinfo(t->easy, CURLINFO_SIZE_UPLOAD_T, &uploaded);
	/* None of the three ever shrinks within one hand-over. */
	uint64_t moved =
	    (uint64_t)uploaded + t->received + socket_moved(t->socket);
	int64_t now_ms = transfer_now_ms();
	if (moved != t->moved)
		t->moved_ms = now_ms;
	t->moved = moved;
	return now_ms - t->moved_ms;
}

bool
transfer_is_dragging(const struct transfer *t, int64_t patience_ms)
{
	const uint64_t most = INT64_MAX / 4;

	if (t->response.sends == 0 || t->moved > most)
		return false;
	return transfer_now_ms() - t->handed_ms >
	       patience_ms + (int64_t)t->moved * 2;
}

/* A handshake that breaks off may do better the next time, a certificate that
 * was looked at will not. */
static bool
is_untrusted(CURLcode result)
{
	return result == CURLE_PEER_FAILED_VERIFICATION ||
	       result == CURLE_SSL_CACERT_BADFILE ||
	       result == CURLE_SSL_ISSUER_ERROR;
}

/* A name, an address, TLS: which of them failed. After a timeout, what had been
 * reached tells. */
static enum http_step
failed_step(const struct transfer *t, CURLcode result)
{
	curl_off_t named = 0, connected = 0;

	if (t->response.sends > 0)
		return HTTP_STEP_REQUEST;
	if (is_untrusted(result))
		return HTTP_STEP_TLS;
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return HTTP_STEP_NAME;
	case CURLE_SSL_CONNECT_ERROR:
		return HTTP_STEP_TLS;
	case CURLE_OPERATION_TIMEDOUT:
		break;
	default:
		return HTTP_STEP_CONNECT;
	}
	t->setup->curl.easy_getinfo(
	    t->easy, CURLINFO_NAMELOOKUP_TIME_T, &named);
	t->setup->curl.easy_getinfo(
	    t->easy, CURLINFO_CONNECT_TIME_T, &connected);
	if (connected > 0)
		return HTTP_STEP_TLS;
	return named > 0 ? HTTP_STEP_CONNECT : HTTP_STEP_NAME;
}

/* What a server sends back is shown, logged and kept. */
static void
hide_text(const struct transfer *t, char *text)
{
	secret_hide(t->setup->secret, text, strlen(text));
}

void
transfer_finish(struct transfer *t, CURLcode result)
{
	struct http_response *r = &t->response;
	long proxy_status = 0;

	r->elapsed_ms = transfer_now_ms() - t->started_ms;
	/* A little more: the next one may be longer. */
	t->usual = r->body.len < USUAL_MAX ? r->body.len + r->body.len / 16
					   : USUAL_MAX;
	r->old_token = t->renewals != t->setup->renewals;
	if (r->body.len > 0)
		secret_hide(t->setup->secret, r->body.data, r->body.len);
	hide_text(t, r->location);
	hide_text(t, r->content_type);
	hide_text(t, r->retry_after);
	hide_text(t, r->date);
	hide_text(t, r->limits);
	hide_text(t, t->error);
	if (t->headers.done && !t->cancelled)
		r->status = t->headers.status;
	if (result == CURLE_OK && r->status != 0)
		return;
	put_error(r, t->why != NULL ? t->why
		     : t->error[0] != '\0'
			 ? t->error
			 : t->setup->curl.easy_strerror(result));
	r->failed_at = failed_step(t, result);
	r->untrusted = r->sends == 0 && is_untrusted(result);
	r->cut = r->status != 0 && !r->too_large;
	/* A proxy that wants a password is the one whose answer counts. */
	t->setup->curl.easy_getinfo(
	    t->easy, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
	if (r->sends == 0 && proxy_status == 407)
		r->status = 407;
}
