/* SPDX-License-Identifier: MIT */
/*
 * The transport by libcurl's multi interface: requests in progress, those that
 * ended and wait to be fetched, and idle easy handles to be used again.
 *
 * Everything happens inside wait (and one push in start, so that a request
 * leaves while the caller builds the next); there is no thread here. A signal
 * that comes while it waits ends the wait; one that came before does not, or
 * the caller's grace period would spin.
 */
#include "base/signals.h"
#include "base/xalloc.h"
#include "system/fault.h"
#include "transport_easy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* After this many idle times a request must have moved enough bytes. */
#define DRAG_PATIENCE 30

/* poll may continue after a signal, which is seen after this long at most. */
#define SLICE_MS 250

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

static void
start(void *ctx, const struct http_request *request, uint64_t tag)
{
	struct curl_transport *c = ctx;
	struct transfer *t = list_take(&c->idle);
	CURLMcode code;
	int running;

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
	/* A failure here is met again, and reported, by wait. */
	(void)c->setup.curl.multi_perform(c->multi, &running);
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

/* How often the watch looks: each look is a system call per transfer. */
static int64_t
watch_interval(const struct curl_transport *c)
{
	int64_t tenth_ms = c->idle_timeout_ms / 10;

	return tenth_ms < 1 ? 1 : tenth_ms < SLICE_MS ? tenth_ms : SLICE_MS;
}

/* Ends what moved no byte for too long; ms until the next look. */
static int64_t
end_idle(struct curl_transport *c)
{
	struct transfer **at = &c->active;

	if (c->idle_timeout_ms <= 0)
		return SLICE_MS;
	int64_t since_ms = transfer_now_ms() - c->watched_ms;
	if (since_ms < watch_interval(c))
		return watch_interval(c) - since_ms;
	c->watched_ms += since_ms;
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
	return watch_interval(c);
}

static bool
deliver(struct curl_transport *c, struct http_response *response)
{
	struct transfer *t = queue_take(&c->finished);

	if (t == NULL)
		return false;
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
	int running;

	for (;;) {
		CURLMcode code =
		    c->setup.curl.multi_perform(c->multi, &running);
		if (code != CURLM_OK)
			return multi_error(c, code, d);
		collect(c);
		int64_t slice_ms = end_idle(c);
		if (deliver(c, response))
			return 1;
		now_ms = transfer_now_ms();
		if (now_ms >= until_ms || signals_stop() != stop)
			return 0;
		if (slice_ms > until_ms - now_ms)
			slice_ms = until_ms - now_ms;
		code = c->setup.curl.multi_poll(
		    c->multi, NULL, 0, (int)slice_ms, NULL);
		if (code != CURLM_OK)
			return multi_error(c, code, d);
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
