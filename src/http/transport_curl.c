/* SPDX-License-Identifier: MIT */
/*
 * The transport by libcurl's multi interface: requests in progress, those that
 * ended and wait to be fetched, and idle easy handles to be used again.
 *
 * libcurl says which sockets it waits for, and is told which of them is ready:
 * left to itself it asks the kernel for each of them, at each step. Everything
 * happens inside wait (and one push in start, so that a request leaves while
 * the caller builds the next); no thread is started. A signal
 * that comes while it waits ends the wait; one that came before does not, or
 * the caller's grace period would spin.
 */
#include "base/signals.h"
#include "base/xalloc.h"
#include "system/fault.h"
#include "transport_easy.h"
#include "transport_log.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* After this many idle times a request must have moved enough bytes. */
#define DRAG_PATIENCE 30

/* A signal just before poll is seen after this long at most. */
#define SLICE_MS 250
/* So many sockets are told of at once. */
#define READY_MAX 64
#define NEVER INT64_MAX

struct queue {
	struct transfer *first, **end;
};

struct curl_transport {
	CURLM *multi;
	struct transfer_setup setup;
	int64_t idle_timeout_ms, watched_ms;
	struct transfer *active, *idle;
	size_t active_count;
	struct queue finished;
	struct pollfd *sockets; /* what libcurl waits for … */
	size_t socket_count, socket_cap;
	int64_t timer_ms; /* … until then; NEVER */
	char idle_words[64];
	bool global;
	enum renewal (*renew)(void *ctx, char **token, struct diag *why);
	void *renew_ctx;
};

static void
queue_add(struct queue *q, struct transfer *t)
{
	t->next = NULL;
	*q->end = t;
	q->end = &t->next;
}

static struct transfer *
queue_take(struct queue *q)
{
	struct transfer *t = q->first;

	if (t == NULL)
		return NULL;
	q->first = t->next;
	if (q->first == NULL)
		q->end = &q->first;
	return t;
}

static struct transfer *
list_take(struct transfer **list)
{
	struct transfer *t = *list;

	if (t != NULL)
		*list = t->next;
	return t;
}

static void
list_add(struct transfer **list, struct transfer *t)
{
	t->next = *list;
	*list = t;
}

static int
multi_error(const struct curl_transport *c, CURLMcode code, struct diag *d)
{
	return diag_set(d, DIAG_SERVICE, "HTTP transfers failed: %s",
	    c->setup.curl.multi_strerror(code));
}

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *unused)
{
	struct curl_transport *c = ctx;
	size_t i = 0;

	(void)easy, (void)unused;
	while (i < c->socket_count && c->sockets[i].fd != fd)
		i++;
	if (what == CURL_POLL_REMOVE) {
		if (i < c->socket_count)
			c->sockets[i] = c->sockets[--c->socket_count];
		return 0;
	}
	if (i == c->socket_count) {
		ARRAY_ROOM(c->sockets, c->socket_count, c->socket_cap);
		c->socket_count++;
	}
	c->sockets[i] = (struct pollfd){.fd = fd,
	    .events = (short)(((what & CURL_POLL_IN) != 0 ? POLLIN : 0) |
			      ((what & CURL_POLL_OUT) != 0 ? POLLOUT : 0))};
	return 0;
}

static int
on_timer(CURLM *multi, long ms, void *ctx)
{
	struct curl_transport *c = ctx;

	(void)multi;
	c->timer_ms = ms < 0 ? NEVER : transfer_now_ms() + ms;
	return 0;
}

static CURLMcode
act(struct curl_transport *c, curl_socket_t fd, int ready)
{
	CURLMcode code;
	int running;

	code = c->setup.curl.multi_socket_action(c->multi, fd, ready, &running);
	/* Nothing of it may be used then: some of its tables are half made. */
	if (code == CURLM_OUT_OF_MEMORY)
		xalloc_failed();
	return code;
}

/* What began and what is late goes on. */
static CURLMcode
act_in_time(struct curl_transport *c)
{
	c->timer_ms = NEVER; /* it says when again */
	return act(c, CURL_SOCKET_TIMEOUT, 0);
}

/* Waits until a socket is ready or a time is over, and lets libcurl go on. */
static CURLMcode
go_on(struct curl_transport *c, int64_t timeout_ms)
{
	struct pollfd ready[READY_MAX];
	CURLMcode code = CURLM_OK;
	size_t n = 0;

	if (timeout_ms > 0 && c->timer_ms != NEVER) {
		int64_t left_ms = c->timer_ms - transfer_now_ms();

		left_ms = left_ms > 0 ? left_ms : 0;
		timeout_ms = left_ms < timeout_ms ? left_ms : timeout_ms;
	}
	if (poll(c->sockets, (nfds_t)c->socket_count, (int)timeout_ms) > 0)
		for (size_t i = 0; i < c->socket_count && n < READY_MAX; i++)
			if (c->sockets[i].revents != 0)
				ready[n++] = c->sockets[i];
	/* They may be others by the next one. */
	for (size_t i = 0; i < n && code == CURLM_OK; i++) {
		int what = ready[i].revents;

		code = act(c, ready[i].fd,
		    ((what & (POLLIN | POLLHUP)) != 0 ? CURL_CSELECT_IN : 0) |
			((what & POLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
			((what & POLLERR) != 0 ? CURL_CSELECT_ERR : 0));
	}
	if (code == CURLM_OK && c->timer_ms != NEVER &&
	    transfer_now_ms() >= c->timer_ms)
		code = act_in_time(c);
	return code;
}

/* Takes an active transfer out of libcurl's hands; `at` is its link. */
static void
end(struct curl_transport *c, struct transfer **at, CURLcode result)
{
	struct transfer *t = *at;

	*at = t->next;
	c->active_count--;
	transfer_finish(t, result);
	c->setup.curl.multi_remove_handle(c->multi, t->easy);
	queue_add(&c->finished, t);
}

static void
collect(struct curl_transport *c)
{
	CURLMsg *message;
	int left;

	while ((message = c->setup.curl.multi_info_read(c->multi, &left)) !=
	       NULL) {
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode result = message->data.result;
		struct transfer **at = &c->active;
		while (*at != NULL && (*at)->easy != message->easy_handle)
			at = &(*at)->next;
		if (*at != NULL)
			end(c, at, result);
	}
}

static void
start(void *ctx, const struct http_request *request, uint64_t tag)
{
	struct curl_transport *c = ctx;
	struct transfer *t = list_take(&c->idle);
	CURLMcode code;

	if (t == NULL)
		t = transfer_new(&c->setup);
	if (!transfer_begin(t, request, tag)) {
		queue_add(&c->finished, t);
		return;
	}
	code = c->setup.curl.multi_add_handle(c->multi, t->easy);
	if (code != CURLM_OK) {
		transfer_refuse(t, c->setup.curl.multi_strerror(code));
		queue_add(&c->finished, t);
		return;
	}
	list_add(&c->active, t);
	c->active_count++;
	/* A failure here is met again, and reported, by wait. An answer may be
	 * here already: no socket would tell of it again. */
	(void)act_in_time(c);
	collect(c);
}

/* How often the watch looks: each look is a system call per transfer. */
static int64_t
watch_interval(const struct curl_transport *c)
{
	int64_t tenth_ms = c->idle_timeout_ms / 10;

	return tenth_ms < 1 ? 1 : tenth_ms < SLICE_MS ? tenth_ms : SLICE_MS;
}

/* ms until the next look; 0: it is due. */
static int64_t
until_watch(const struct curl_transport *c)
{
	int64_t left_ms;

	if (c->idle_timeout_ms <= 0)
		return SLICE_MS;
	left_ms = c->watched_ms + watch_interval(c) - transfer_now_ms();
	return left_ms > 0 ? left_ms : 0;
}

/* Ends what moved no byte for too long. Only after libcurl was told of what is
 * there: whoever was away for a while finds answers that wait. */
static void
end_idle(struct curl_transport *c)
{
	struct transfer **at = &c->active;

	if (until_watch(c) > 0)
		return;
	c->watched_ms = transfer_now_ms();
	while (*at != NULL) {
		if (transfer_idle_ms(*at) >= c->idle_timeout_ms) {
			(*at)->why = c->idle_words;
			end(c, at, CURLE_OPERATION_TIMEDOUT);
			continue;
		}
		if (transfer_is_dragging(
			*at, c->idle_timeout_ms * DRAG_PATIENCE)) {
			(*at)->why = "bytes moved too slowly for too long";
			end(c, at, CURLE_OPERATION_TIMEDOUT);
			continue;
		}
		at = &(*at)->next;
	}
}

static bool
deliver(struct curl_transport *c, struct http_response *response)
{
	struct transfer *t = queue_take(&c->finished);

	if (t == NULL)
		return false;
	transfer_log_end(t);
	*response = t->response;
	t->response = (struct http_response){.tag = 0};
	if (t->easy)
		list_add(&c->idle, t);
	else
		transfer_free(t);
	return true;
}

static int
wait_one(void *ctx, int64_t timeout_ms, struct http_response *response,
    struct diag *d)
{
	struct curl_transport *c = ctx;
	int stop = signals_stop();
	int64_t now_ms = transfer_now_ms();
	int64_t until_ms =
	    now_ms + (timeout_ms > 0 ? FAULT_WAIT(timeout_ms) : 0);

	for (;;) {
		int64_t slice_ms = until_watch(c);
		CURLMcode code;

		if (deliver(c, response))
			return 1;
		if (slice_ms > until_ms - now_ms)
			slice_ms = until_ms > now_ms ? until_ms - now_ms : 0;
		code = go_on(c, slice_ms);
		if (code != CURLM_OK)
			return multi_error(c, code, d);
		collect(c);
		end_idle(c);
		if (deliver(c, response))
			return 1;
		now_ms = transfer_now_ms();
		if (now_ms >= until_ms || signals_stop() != stop)
			return 0;
	}
}

static size_t
active(void *ctx)
{
	struct curl_transport *c = ctx;

	return c->active_count;
}

static void
cancel(void *ctx)
{
	struct curl_transport *c = ctx;

	while (c->active != NULL) {
		c->active->cancelled = true;
		c->active->why = "the request was aborted";
		end(c, &c->active, CURLE_ABORTED_BY_CALLBACK);
	}
}

static enum renewal
renew(void *ctx, struct diag *why)
{
	struct curl_transport *c = ctx;
	char *token = NULL;
	enum renewal got = c->renew(c->renew_ctx, &token, why);

	if (got != RENEWAL_DONE)
		return got;
	if (transfer_setup_renew(&c->setup, token, why) != 0)
		got = RENEWAL_NONE;
	explicit_bzero(token, strlen(token));
	free(token);
	return got;
}

static void
free_list(struct transfer *list)
{
	while (list != NULL) {
		struct transfer *next = list->next;
		transfer_free(list);
		list = next;
	}
}

static void
free_transport(struct curl_transport *c)
{
	if (c->multi != NULL)
		cancel(c);
	free_list(c->finished.first);
	free_list(c->idle);
	if (c->multi != NULL)
		c->setup.curl.multi_cleanup(c->multi);
	free(c->sockets);
	struct curl_api curl = c->setup.curl;
	transfer_setup_release(&c->setup);
	if (c->global)
		curl.global_cleanup();
	free(c);
}

int
transport_curl_new(
    struct transport *t, const struct transport_options *o, struct diag *d)
{
	struct curl_transport *c = xcalloc(1, sizeof(*c));

	*t = (struct transport){.ctx = NULL};
	c->finished.end = &c->finished.first;
	c->timer_ms = NEVER;
	c->idle_timeout_ms = o->idle_timeout_ms;
	c->renew = o->renew;
	c->renew_ctx = o->renew_ctx;
	snprintf(c->idle_words, sizeof(c->idle_words), "no traffic for %.10g s",
	    (double)o->idle_timeout_ms / 1000);
	if (transfer_setup_init(&c->setup, o, d) != 0)
		goto out;
	/* libcurl would write the keys of each session into that file. */
	(void)unsetenv("SSLKEYLOGFILE");
	c->global = c->setup.curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	c->multi = c->global ? c->setup.curl.multi_init() : NULL;
	if (c->multi == NULL) {
		diag_set(d, DIAG_INTERNAL, "unable to set up libcurl");
		goto out;
	}
	c->setup.curl.multi_setopt(
	    c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	c->setup.curl.multi_setopt(
	    c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	c->setup.curl.multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	c->setup.curl.multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	c->setup.curl.multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	if (o->max_connections > 0)
		c->setup.curl.multi_setopt(
		    c->multi, CURLMOPT_MAXCONNECTS, (long)o->max_connections);
	*t = (struct transport){.ctx = c,
	    .start = start,
	    .wait = wait_one,
	    .active = active,
	    .cancel = cancel,
	    .renew = o->renew ? renew : NULL};
	return 0;
out:
	free_transport(c);
	return -1;
}

void
transport_curl_free(struct transport *t)
{
	if (t->ctx != NULL)
		free_transport(t->ctx);
	*t = (struct transport){.ctx = NULL};
}
