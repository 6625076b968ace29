/* SPDX-License-Identifier: MIT */
/* What is asked again and what is not. */
#include "undo_service.h"

#include "base/civil.h"
#include "base/signals.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "report/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_MS 100
#define ANSWER_MAX ((size_t)64 << 20)
/* A job has a page for a hundred rows or so; more than this is no end. */
#define PAGES_MAX 10000

int
undo_service_open(struct undo_service *s, const struct settings *o,
    const char *base_url, const char *procedure, const char *key_name,
    const struct clock *clock, struct diag *d)
{
	char *token = token_load(o, getenv, d);
	struct buf path = BUF_INIT(0);
	int failed;

	if (token == NULL)
		return -1;
	failed = settings_connect(o, base_url, token, 1, &s->transport, d);
	token_free(token);
	if (failed)
		return -1;
	s->has_transport = true;
	s->settings = o;
	s->clock = clock;
	s->base_url = xstrdup(base_url);
	s->key_name = key_name;
	path_of_processes(&path, procedure);
	s->processes = buf_detach(&path);
	rate_limit_init(&s->rate, o->submit.rate_per_s,
	    (struct rate_share){.workers = 0}, undo_now(s));
	return 0;
}

void
undo_service_release(struct undo_service *s)
{
	if (s->has_transport)
		transport_curl_free(&s->transport);
	service_clock_release(&s->time);
	free(s->base_url);
	free(s->processes);
}

int64_t
undo_now(const struct undo_service *s)
{
	return s->clock->mono_ms(s->clock->ctx);
}

int64_t
undo_wall(const struct undo_service *s)
{
	return s->clock->wall_ms(s->clock->ctx);
}

static void
tick(struct undo_service *s, const char *waits_for)
{
	if (s->tick)
		s->tick(s->ctx, waits_for);
}

int
undo_sleep(struct undo_service *s, int64_t ms, const char *why, struct diag *d)
{
	int64_t until = undo_now(s) + ms;
	struct http_response nothing = {.status = 0};

	while (undo_now(s) < until) {
		int64_t left = until - undo_now(s);

		if (diag_stopped(d))
			return -1;
		/* Nothing is on its way: this only waits. */
		if (s->transport.wait(s->transport.ctx,
			left < STEP_MS ? left : STEP_MS, &nothing, d) != 0)
			return -1;
		tick(s, why);
	}
	return diag_stopped(d);
}

static int
take_turn(struct undo_service *s, struct diag *d)
{
	int64_t wait;

	while ((wait = rate_limit_take(&s->rate, undo_now(s))) > 0)
		if (undo_sleep(s, wait, NULL, d))
			return -1;
	return 0;
}

static void
note(struct undo_service *s, const struct http_response *r)
{
	int64_t date_ms =
	    r->status && !r->has_age && r->date[0] ? http_date_ms(r->date) : -1;

	s->is_sandbox |= r->is_sandbox;
	if (r->status >= 200 && r->status <= 299)
		s->renewed = false;
	service_clock_note(
	    &s->time, undo_wall(s), undo_now(s), r->elapsed_ms, date_ms);
}

int
undo_ask(struct undo_service *s, const struct http_request *q,
    struct http_response *r, struct diag *d)
{
	int64_t give_up = INT64_MAX;
	int got = 0;

	if (take_turn(s, d))
		return -1;
	*r = (struct http_response){.status = 0};
	s->transport.start(s->transport.ctx, q, 1);
	s->calls++;
	while (got == 0) {
		if (signals_stop() && give_up == INT64_MAX) {
			give_up = undo_now(s) + s->settings->grace_ms;
			progress_stopping(
			    s->settings->view, 1, s->settings->grace_ms);
		}
		if (undo_now(s) >= give_up)
			s->transport.cancel(s->transport.ctx);
		got = s->transport.wait(s->transport.ctx, STEP_MS, r, d);
		tick(s, NULL);
	}
	if (got < 0)
		return -1;
	note(s, r);
	return 0;
}

int
undo_wait(struct undo_service *s, const struct http_response *r,
    unsigned attempt, int64_t since_ms, struct diag *d)
{
	struct write_answer a;
	int64_t wait = retry_after_ms(r->retry_after, r->date, undo_wall(s));

	if (diag_stopped(d))
		return -1;
	if (wait < 0)
		wait =
		    retry_backoff_ms(attempt, s->clock->random(s->clock->ctx));
	if (wait > RETRY_AFTER_CAP_MS)
		wait = RETRY_AFTER_CAP_MS;
	if (undo_now(s) + wait - since_ms > s->settings->submit.retry_for_ms) {
		response_write(r, verb_of(verb_named("delete")), &a);
		diag_set(d, DIAG_SERVICE,
		    "the service gave no usable answer for %lld s (%s)",
		    (long long)(s->settings->submit.retry_for_ms / 1000),
		    a.words[0] ? a.words : a.code);
		return diag_code(d, a.code);
	}
	return undo_sleep(s, wait,
	    r->status == 0     ? "no connection"
	    : r->status == 429 ? "rate limited"
			       : "ChakraHQ is busy",
	    d);
}

int
undo_renew(
    struct undo_service *s, const struct http_response *r, struct diag *d)
{
	struct diag why = DIAG_INIT;
	enum renewal got = RENEWAL_WAITS;

	if (r->status != 401 || s->transport.renew == NULL || s->renewed)
		return 0;
	s->renewed = true;
	while (got == RENEWAL_WAITS) {
		got = s->transport.renew(s->transport.ctx, &why);
		if (got == RENEWAL_WAITS &&
		    undo_sleep(s, STEP_MS, "a new token", d))
			return -1;
	}
	if (got == RENEWAL_DONE)
		return 1;
	diag_set(d, DIAG_SERVICE,
	    "ChakraHQ refuses the token (HTTP 401), and there is no other: "
	    "%.600s",
	    why.message);
	diag_code(d, "http.401");
	diag_help(d, "check the token and what its access role may do");
	return -1;
}

int
undo_refused(const struct write_answer *a, const char *what, struct diag *d)
{
	diag_set(d, DIAG_SERVICE, "the service refused %s: %s%s%s", what,
	    a->code, a->words[0] ? ": " : "", a->words);
	return diag_code(d, a->code);
}

/* Reads an answer that is there; -1: it cannot be understood. */
typedef int read_answer(struct undo_service *s, const struct http_response *r,
    void *out, char *words, size_t words_size);

/* An answer came, and cannot be read. */
static int
unreadable(const char *words, struct diag *d)
{
	if (d->kind == DIAG_SERVICE && words[0] != '\0') {
		diag_set(d, DIAG_SERVICE,
		    "the service gave no usable answer: %s", words);
		diag_code(d, "undo.untrusted");
	}
	return -1;
}

/* Asks until there is an answer that can be read. 404 and 410 are for
 * `read`, too. */
static int
ask_until(struct undo_service *s, const struct http_request *q,
    const char *what, read_answer *read, void *out, struct http_response *r,
    struct diag *d)
{
	int64_t since = undo_now(s);
	struct write_answer a;
	char words[512];

	for (unsigned attempt = 0;; attempt++) {
		/* What a deletion did is still asked once after a signal. */
		if ((attempt > 0 && diag_stopped(d)) || undo_ask(s, q, r, d))
			return -1;
		words[0] = '\0';
		if (((r->status >= 200 && r->status <= 299) ||
			r->status == 404 || r->status == 410) &&
		    read(s, r, out, words, sizeof(words)) == 0)
			return 0;
		switch (undo_renew(s, r, d)) {
		case 1:
			http_response_release(r);
			continue;
		case 0:
			break;
		default:
			http_response_release(r);
			return -1;
		}
		response_write(r, verb_of(verb_named("delete")), &a);
		if (a.verdict == WRITE_STOP || a.verdict == WRITE_REFUSED ||
		    a.verdict == WRITE_TOO_LARGE) {
			http_response_release(r);
			return undo_refused(&a, what, d);
		}
		if (undo_wait(s, r, attempt, since, d)) {
			http_response_release(r);
			return unreadable(words, d);
		}
		http_response_release(r);
	}
}

static int
read_process(struct undo_service *s, const struct http_response *r, void *out,
    char *words, size_t words_size)
{
	return response_process(r, s->key_name, out, words, words_size);
}

int
undo_get(struct undo_service *s, const char *id, struct http_response *r,
    struct list_page *page, struct diag *d)
{
	struct buf path = BUF_INIT(0);
	struct http_request q = {.method = "GET", .answer_max = ANSWER_MAX};
	int ret;

	path_of_process(&path, s->processes, id);
	q.path = buf_str(&path);
	ret = ask_until(s, &q, "to show a process", read_process, page, r, d);
	buf_release(&path);
	return ret;
}

static int
read_list(struct undo_service *s, const struct http_response *r, void *out,
    char *words, size_t words_size)
{
	return r->status > 299
		   ? -1
		   : response_list(r, s->key_name, out, words, words_size);
}

int
undo_list(struct undo_service *s, const struct buf *body,
    struct http_response *r, struct list_page *page, struct diag *d)
{
	struct buf path = BUF_INIT(0);
	struct http_request q = {.method = "POST",
	    .body = buf_str(body),
	    .body_len = body->len,
	    .answer_max = ANSWER_MAX};
	int ret;

	path_of_list(&path, s->processes);
	q.path = buf_str(&path);
	ret = ask_until(s, &q, "to list processes", read_list, page, r, d);
	buf_release(&path);
	return ret;
}

static int
read_entries(struct undo_service *s, const struct http_response *r, void *out,
    char *words, size_t words_size)
{
	struct entries_page *page = out;

	*page = (struct entries_page){.count = 0};
	return r->status > 299 ? 0
			       : response_entries(r, s->key_name, s->base_url,
				     page, words, words_size);
}

int
undo_entries(struct undo_service *s, const char *job,
    void (*each)(void *ctx, const struct job_entry *e), void *ctx,
    struct diag *d)
{
	struct buf path = BUF_INIT(0);
	struct http_request q = {.method = "GET", .answer_max = ANSWER_MAX};
	struct entries_page page = {.count = 0};
	struct http_response r;
	int ret = 0;

	path_of_entries(&path, job);
	for (int pages = 0; ret == 0 && path.len > 0 && pages < PAGES_MAX;
	     pages++) {
		q.path = buf_str(&path);
		ret = ask_until(s, &q, "to show the entries of a job",
		    read_entries, &page, &r, d);
		if (ret)
			break;
		for (size_t i = 0; i < page.count; i++)
			each(ctx, &page.items[i]);
		if (page.count == 0 || strcmp(page.next, q.path) == 0)
			page.next[0] = '\0';
		buf_clear(&path);
		buf_adds(&path, page.next);
		entries_page_release(&page);
		http_response_release(&r);
	}
	buf_release(&path);
	return ret;
}
