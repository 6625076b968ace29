/* SPDX-License-Identifier: MIT */
/*
 * Which path is whose, the token, and the faults that are an answer in
 * themselves. The handlers below know nothing of any of it.
 */
#include "api.h"

#include "base/json_write.h"
#include "faults.h"
#include "scan.h"
#include "schema.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct route {
	const char *method;
	const char *pattern; /* segments; * takes any */
	bool api;	     /* asks for the token; has faults, latency */
	enum fault_class class;
	void (*answer)(struct sandbox *s, struct request *r, struct reply *a);
};

static const struct route routes[] = {
    {"POST", "/v1/ext/procedure/*/process/bulk-create", true, FAULT_CREATE,
	api_create},
    {"PATCH", "/v1/ext/procedure/*/process", true, FAULT_UPDATE, api_update},
    {"POST", "/v1/ext/procedure/*/process/list", true, FAULT_LOOKUP, api_list},
    {"GET", "/v1/ext/procedure/*/process/*", true, FAULT_LOOKUP, api_process},
    {"PUT", "/v1/ext/procedure/*/process/*", true, FAULT_UPDATE, api_put},
    {"DELETE", "/v1/ext/procedure/*/process/*", true, FAULT_DELETE, api_delete},
    {"PUT", "/v1/ext/procedure/*/process/*/*", true, FAULT_UPDATE, api_put},
    {"DELETE", "/v1/ext/procedure/*/process/*/*", true, FAULT_DELETE,
	api_delete},
    {"GET", "/v1/ext/background-job/*", true, FAULT_JOB, api_job},
    {"GET", "/v1/ext/background-job/*/entries", true, FAULT_JOB, api_entries},
    {"GET", "/v1/ext/config", true, FAULT_OTHER, api_config},
    {"GET", "/v1/health", true, FAULT_OTHER, api_health},
    {"GET", "/", false, FAULT_OTHER, page_home},
    {"GET", "/sandbox/stats", false, FAULT_OTHER, page_stats},
    {"GET", "/sandbox/processes", false, FAULT_OTHER, page_processes},
    {"POST", "/sandbox/edit", false, FAULT_OTHER, page_edit},
};
#define ROUTE_COUNT (sizeof(routes) / sizeof(routes[0]))

int
sandbox_open(struct sandbox *s, const struct sandbox_options *options,
    const char *token, struct clock clock, struct diag *d)
{
	memset(s, 0, sizeof(*s));
	s->options = options;
	s->token = token;
	s->clock = clock;
	s->started_ms = clock.wall_ms(clock.ctx);
	if (options->procedure && !(s->own = schema_make(options->procedure))) {
		diag_set(d, DIAG_USAGE, "invalid value '%s' for '--procedure'",
		    options->procedure);
		return diag_help(
		    d, "it is the name and the key's: contact=contact_id");
	}
	if (store_open(&s->store, options->db, clock.random(clock.ctx), d) != 0)
		return -1;
	pthread_mutex_init(&s->lock, NULL);
	return 0;
}

void
sandbox_close(struct sandbox *s)
{
	edits_free(s->edits);
	pthread_mutex_destroy(&s->lock);
	store_close(s->store);
	free(s->own);
}

void
reply_init(struct reply *a)
{
	memset(a, 0, sizeof(*a));
	a->status = 200;
	a->type = "application/json";
	a->lines_procedure = -1;
}

void
reply_release(struct reply *a)
{
	buf_release(&a->body);
}

static void
begin_errors(struct buf *out)
{
	json_object(out, NULL);
	json_object(out, "_data");
	json_end_object(out);
	json_object(out, "_meta");
	json_end_object(out);
	json_array(out, "_errors");
}

void
reply_error(struct reply *a, int status, const char *fmt, ...)
{
	char words[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	a->status = status;
	a->type = "application/json";
	buf_clear(&a->body);
	begin_errors(&a->body);
	json_text(&a->body, NULL, text_whole(words));
	json_end_array(&a->body);
	json_end_object(&a->body);
}

void
reply_end(struct reply *a)
{
	json_object(&a->body, "_meta");
	json_end_object(&a->body);
	json_end_object(&a->body);
}

int
request_procedure(
    const struct sandbox *s, const struct request *r, struct reply *a)
{
	int procedure = schema_find(s, r->args[0]);

	if (procedure < 0)
		reply_error(a, 404, "there is no such procedure");
	return procedure;
}

bool
request_json(const struct sandbox *s, const struct request *r,
    struct text *root, struct reply *a)
{
	struct text body = buf_text(&r->body);
	struct json_reader reader;
	char error[160];

	if (r->too_large) {
		reply_error(a, 413,
		    "request body of %" PRIu64 " bytes is over the limit of "
		    "%" PRIu64,
		    r->body_bytes, s->options->max_body);
		return false;
	}
	if (r->encoded) {
		reply_error(a, 415,
		    "Content-Encoding is not supported, or the body "
		    "is not what it says");
		return false;
	}
	if (!scan_check(body, error)) {
		reply_error(a, 400, "%s", error);
		return false;
	}
	json_begin(&reader, body, SCAN_DEPTH_MAX);
	return json_next_value(&reader, root);
}

const struct fault *
sandbox_odd(
    struct sandbox *s, enum fault_kind kind, enum fault_class class, uint64_t k)
{
	const struct fault *f =
	    fault_plan_odd(&s->options->faults, kind, class, k);

	if (f != NULL)
		s->fault_hits[kind]++;
	return f;
}

int64_t
sandbox_lookup_ms(struct sandbox *s, uint64_t k)
{
	const struct fault *lag =
	    sandbox_odd(s, FAULT_LIST_LAG, FAULT_LOOKUP, k);

	return s->clock.wall_ms(s->clock.ctx) - (lag ? lag->ms : 0);
}

static bool
matches(const char *pattern, struct request *r)
{
	const char *p = pattern;
	size_t i, arg = 0;

	for (i = 0; *p == '/'; i++) {
		size_t len = strcspn(++p, "/");

		if (i == r->segment_count)
			return false;
		if (len == 1 && *p == '*') {
			if (r->segments[i].len == 0)
				return false;
			r->args[arg++] = r->segments[i];
		} else if (!text_equal(r->segments[i], (struct text){p, len})) {
			return false;
		}
		p += len;
	}
	return i == r->segment_count;
}

void
request_route(struct sandbox *s, struct request *r)
{
	/* HEAD is GET without the body, which the server leaves out. */
	const char *method = strcmp(r->method, "HEAD") == 0 ? "GET" : r->method;
	struct buf allow = BUF_OVER(r->allow);
	const char *path = NULL;

	/* The first pattern that fits is the path's; its rows are together. */
	for (size_t i = 0; i < ROUTE_COUNT; i++) {
		if (path != NULL ? strcmp(routes[i].pattern, path) != 0
				 : !matches(routes[i].pattern, r))
			continue;
		path = routes[i].pattern;
		if (strcmp(method, routes[i].method) == 0)
			r->route = &routes[i];
		buf_addf(&allow, "%s%s", allow.len > 0 ? ", " : "",
		    routes[i].method);
	}
	if (r->route == NULL || !r->route->api || !r->has_token)
		return;
	pthread_mutex_lock(&s->lock);
	r->k = ++s->calls[r->route->class];
	pthread_mutex_unlock(&s->lock);
	r->fault = fault_plan_call(&s->options->faults, r->route->class, r->k);
}

bool
request_is_api(const struct request *r)
{
	return r->route != NULL && r->route->api;
}

/* RFC 9110 section 5.6.7, in English whatever the locale. */
void
sandbox_http_date(int64_t wall_ms, char out[64])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(out, 64, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
	    days + (ptrdiff_t)tm.tm_wday * 3, tm.tm_mday,
	    months + (ptrdiff_t)tm.tm_mon * 3, tm.tm_year + 1900, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
}

static void
set_retry_after(const struct sandbox *s, const struct fault *f, struct reply *a)
{
	int64_t ms = f->ms < 0 ? 1000 : f->ms;

	if (f->none || (f->ms < 0 && !f->date))
		return;
	if (f->date)
		sandbox_http_date(
		    s->clock.wall_ms(s->clock.ctx) + ms + 999, a->retry_after);
	else
		snprintf(a->retry_after, sizeof(a->retry_after), "%lld",
		    (long long)((ms + 999) / 1000));
}

static void
answer_html(struct reply *a)
{
	a->status = 502;
	a->type = "text/html";
	buf_clear(&a->body);
	buf_adds(&a->body,
	    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
	    "<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
	    "<hr><center>sandbox</center>\r\n</body>\r\n</html>\r\n");
}

/* A proxy or a debug build that tells what it was sent, the token too; every
 * character of it as an escape of JSON. */
static void
answer_token(const struct sandbox *s, struct reply *a)
{
	a->status = 400;
	begin_errors(&a->body);
	buf_adds(&a->body, "\"refused (sandbox fault); Authorization: Bearer ");
	for (const char *p = s->token; *p != '\0'; p++)
		buf_addf(&a->body, "\\u%04x", (unsigned char)*p);
	buf_adds(&a->body, "\"]}");
}

/* Faults that answer instead of the handler; false if this is not one. */
static bool
refuse(struct sandbox *s, const struct request *r, struct reply *a)
{
	const struct fault *f = r->fault;

	switch (f->kind) {
	case FAULT_503:
		reply_error(a, 503, "service unavailable (sandbox fault)");
		set_retry_after(s, f, a);
		return true;
	case FAULT_429:
		reply_error(a, 429, "too many requests (sandbox fault)");
		set_retry_after(s, f, a);
		return true;
	case FAULT_500_BEFORE:
		reply_error(a, 500, "internal error (sandbox fault)");
		return true;
	case FAULT_ECHO_TOKEN:
		answer_token(s, a);
		return true;
	case FAULT_STATUS:
		reply_error(a, (int)f->status, "not now (sandbox fault)");
		return true;
	case FAULT_413:
		if (r->body_bytes <= f->bytes)
			return false;
		reply_error(a, 413, "request body too large (sandbox fault)");
		return true;
	case FAULT_HTML_502:
		if (f->after)
			return false;
		answer_html(a);
		return true;
	default:
		return false;
	}
}

static void
answer_api(struct sandbox *s, struct request *r, struct reply *a)
{
	const struct fault *f = r->fault;

	if (!r->has_token) {
		reply_error(a, 401, "invalid or missing access token");
		return;
	}
	if (f != NULL && refuse(s, r, a)) {
		r->happened = f;
		if (r->route->answer == api_create ||
		    r->route->answer == api_update)
			api_bulk_refused(s, r);
		return;
	}
	r->route->answer(s, r, a);
	if (f == NULL || r->happened != NULL)
		return;
	if (f->kind == FAULT_500_AFTER) {
		reply_error(a, 500, "internal error (sandbox fault)");
		r->happened = f;
	} else if (f->kind == FAULT_HTML_502) {
		answer_html(a);
		r->happened = f;
	}
}

/* What is due is decided, and what a colleague does beside this call. */
static bool
meanwhile(
    struct sandbox *s, const struct request *r, bool is_after, struct reply *a)
{
	struct diag d = DIAG_INIT;
	int ret;

	pthread_mutex_lock(&s->lock);
	ret = processes_settle(s, s->clock.wall_ms(s->clock.ctx), &d);
	if (ret == 0 && r->k > 0)
		ret = edits_happen(s, r->route->class, r->k, is_after, &d);
	pthread_mutex_unlock(&s->lock);
	if (ret != 0)
		reply_error(a, 500, "%s", d.message);
	return ret == 0;
}

void
sandbox_answer(struct sandbox *s, struct request *r, struct reply *a)
{
	if (r->route == NULL && r->allow[0] == '\0') {
		reply_error(a, 404, "there is no such path here");
	} else if (r->route == NULL) {
		reply_error(a, 405, "method %s is not allowed here; %s is",
		    r->method, r->allow);
		memcpy(a->allow, r->allow, sizeof(a->allow));
	} else if (!meanwhile(s, r, false, a)) {
		return;
	} else if (r->route->api) {
		answer_api(s, r, a);
		meanwhile(s, r, true, a);
	} else if (!r->local) {
		reply_error(a, 403,
		    "only for this machine, by a name of "
		    "this machine");
	} else if (r->route->answer == page_edit && !r->has_token) {
		/* It changes something: no page that a browser shows may. */
		reply_error(a, 401, "invalid or missing access token");
	} else {
		r->route->answer(s, r, a);
	}
}

void
sandbox_count(struct sandbox *s, const struct request *r, int status)
{
	pthread_mutex_lock(&s->lock);
	if (r->route != NULL && r->route->api && status >= 0 &&
	    status < SANDBOX_STATUS_MAX)
		s->statuses[r->route->class][status]++;
	if (r->happened != NULL)
		s->fault_hits[r->happened->kind]++;
	pthread_mutex_unlock(&s->lock);
}

void
api_config(struct sandbox *s, struct request *r, struct reply *a)
{
	(void)s;
	(void)r;
	schema_config(s, &a->body);
}

void
api_health(struct sandbox *s, struct request *r, struct reply *a)
{
	(void)s;
	(void)r;
	json_object(&a->body, NULL);
	json_object(&a->body, "_data");
	json_string(&a->body, "status", "ok");
	json_end_object(&a->body);
	reply_end(a);
}
