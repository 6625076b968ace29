/* SPDX-License-Identifier: MIT */
#include "base/xalloc.h"
#include "fake_service.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fake_pending {
	struct fake_pending *next;
	uint64_t tag;
	int64_t due;
	struct http_response r;
};

void
fake_init(struct fake *f)
{
	memset(f, 0, sizeof(*f));
	f->mono = 1000000;
	f->wall = INT64_C(1790000000000);
	f->create_ms = 10;
	f->retry_after = "2";
}

void
fake_release(struct fake *f)
{
	while (f->pending) {
		struct fake_pending *next = f->pending->next;

		http_response_release(&f->pending->r);
		free(f->pending);
		f->pending = next;
	}
}

static struct fake_key *
key_of(struct fake *f, const char *token)
{
	for (size_t i = 0; i < f->key_count; i++)
		if (strcmp(f->keys[i].token, token) == 0)
			return &f->keys[i];
	if (f->key_count == FAKE_KEYS_MAX)
		abort();
	snprintf(f->keys[f->key_count].token, 64, "%s", token);
	return &f->keys[f->key_count++];
}

static struct fake_key *
key_of_row(struct fake *f, const cJSON *rows, int i)
{
	return key_of(f, cJSON_GetStringValue(cJSON_GetObjectItem(
			     cJSON_GetArrayItem(rows, i), "lead_id")));
}

static void
receive(struct fake *f, struct fake_key *k, bool is_update)
{
	k->received++;
	if (is_update && f->mono - k->looked_at > f->oldest_look_ms)
		f->oldest_look_ms = f->mono - k->looked_at;
}

static void
commit(struct fake *f, const cJSON *rows, int from, int to)
{
	for (int i = from; i < to; i++) {
		const cJSON *row = cJSON_GetArrayItem(rows, i);
		const cJSON *update = cJSON_GetObjectItem(row, "update");
		struct fake_key *k = key_of_row(f, rows, i);

		if (update != NULL && f->updates_vanish)
			continue;
		k->v_before = k->v;
		k->changed_at = f->wall + f->job_ms;
		k->v = (int)cJSON_GetNumberValue(
		    cJSON_GetObjectItem(update ? update : row, "v"));
		if (update != NULL)
			continue;
		k->created++;
		k->created_at = f->wall;
		k->visible_at = f->wall + f->job_ms;
	}
}

static void
body(struct http_response *r, int status, const char *text)
{
	r->status = status;
	r->sends = 1;
	buf_adds(&r->body, text);
}

static void
ack_job(struct fake *f, const cJSON *rows, struct http_response *r)
{
	struct fake_job *j = &f->jobs[f->job_count];
	char text[128];

	memset(j, 0, sizeof(*j));
	j->rows = (size_t)cJSON_GetArraySize(rows);
	j->errors = f->errors_per_job;
	j->done_at = f->mono + f->job_ms;
	for (size_t i = 0; i < j->rows && i < 64; i++)
		snprintf(j->tokens[i], 64, "%s",
		    cJSON_GetStringValue(cJSON_GetObjectItem(
			cJSON_GetArrayItem(rows, (int)i), "lead_id")));
	commit(f, rows, (int)j->errors, (int)j->rows);
	snprintf(text, sizeof(text), "{\"_data\":{\"id\":\"job-%zu\"}}",
	    f->jobs_shared ? f->job_count / 2 : f->job_count);
	j->young_until = f->mono + f->job_young_ms;
	f->job_count++;
	body(r, 200, text);
}

void
fake_script(struct fake *f, const enum fake_create *calls, size_t count)
{
	memcpy(f->script, calls, count * sizeof(*calls));
	f->script_len = count;
}

/* A create, or an update. */
static void
create(struct fake *f, const struct http_request *q, struct http_response *r)
{
	enum fake_create what =
	    f->creates < f->script_len ? f->script[f->creates] : f->rest;
	cJSON *root = cJSON_ParseWithLength(q->body, q->body_len);
	const cJSON *rows =
	    cJSON_IsArray(root) ? root : cJSON_GetObjectItem(root, "processes");
	int n = cJSON_GetArraySize(rows);

	if (rows == NULL)
		abort();
	if (f->creates < 256)
		f->create_times[f->creates] = f->mono;
	f->creates++;
	f->updates += rows != root;
	if (what == FAKE_413_OVER)
		what = q->body_len > f->body_max ? FAKE_413_OVER : FAKE_ACK_JOB;
	if (what != FAKE_NOT_SENT && what != FAKE_413_OVER)
		for (int i = 0; i < n; i++)
			receive(f, key_of_row(f, rows, i), rows != root);
	switch (what) {
	case FAKE_ACK_JOB:
		ack_job(f, rows, r);
		break;
	case FAKE_ACK_EMPTY:
		commit(f, rows, 0, n);
		body(r, 200, "{}");
		break;
	case FAKE_ACK_NOTHING:
		body(r, 200, "{}");
		break;
	case FAKE_NOT_SENT:
		snprintf(r->error, sizeof(r->error), "connection refused");
		break;
	case FAKE_LOST_AFTER:
		commit(f, rows, 0, n);
		r->sends = 1;
		snprintf(r->error, sizeof(r->error), "connection reset");
		break;
	case FAKE_LOST_HALF:
		commit(f, rows, 0, n / 2);
		r->sends = 1;
		snprintf(r->error, sizeof(r->error), "connection reset");
		break;
	case FAKE_LOST_BEFORE:
		r->sends = 1;
		snprintf(r->error, sizeof(r->error), "timed out");
		break;
	case FAKE_500:
		body(r, 500, "oops");
		break;
	case FAKE_429:
	case FAKE_503_AFTER:
		body(r, what == FAKE_429 ? 429 : 503, "slow down");
		snprintf(r->retry_after, sizeof(r->retry_after), "%s",
		    f->retry_after);
		break;
	case FAKE_400:
		body(r, 400, "{\"_errors\":[\"no such state\"]}");
		break;
	case FAKE_401:
		body(r, 401, "{\"_errors\":[\"token expired\"]}");
		break;
	case FAKE_413_OVER:
		f->too_large++;
		body(r, 413, "too large");
		break;
	}
	cJSON_Delete(root);
}

/* Adds the process with that key, if the list shows it and it is not in it.
 * `twin`: its other one. */
static void
list_process(struct fake *f, const char *token, bool is_lookup, bool twin,
    struct http_response *r)
{
	bool stands =
	    strcmp(token, FAKE_STANDING) == 0 || strcmp(token, "X-1") == 0;
	bool is_old =
	    f->list_way == FAKE_LIST_OLDER && strcmp(token, "L-12") == 0;
	int64_t created_at = f->wall - INT64_C(86400000);
	char shown[64], id[80];
	const char *quote = "";
	int v = 0;

	snprintf(id, sizeof(id), "\"%s-%s\"", twin ? "twin" : "p", token);
	if (strstr(buf_str(&r->body), id) != NULL)
		return;
	if (!stands && !is_old) {
		struct fake_key *k = key_of(f, token);
		int64_t lag =
		    f->list_way == FAKE_LIST_LATE ? f->list_lag_ms : 0;

		if (!k->created || k->visible_at + lag > f->wall)
			return;
		k->looked_at = f->mono + f->create_ms;
		created_at = k->created_at;
		quote = k->is_text ? "\"" : "";
		v = k->changed_at > f->wall ? k->v_before : k->v;
	}
	if (f->list_way == FAKE_LIST_BLIND ||
	    (f->list_way == FAKE_LIST_HIDES && is_lookup) ||
	    f->list_way == FAKE_LIST_EMPTY_MORE ||
	    (stands && f->list_way == FAKE_LIST_EMPTY))
		return;
	snprintf(shown, sizeof(shown), "%s", token);
	for (char *c = shown; *c && f->list_way == FAKE_LIST_LOWER; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
	buf_addf(&r->body, "%s{\"id\":%s,\"createdAt\":",
	    r->body.data[r->body.len - 1] == '[' ? "" : ",", id);
	if (f->list_way == FAKE_LIST_WORDS)
		buf_adds(&r->body, "\"yesterday\"");
	else
		buf_addf(&r->body, "%lld", (long long)created_at);
	buf_addf(&r->body, ",\"v\":%s%d%s,\"data\":{\"lead_id\":\"%s\"}}",
	    quote, v, quote, shown);
}

static void
list(struct fake *f, const struct http_request *q, struct http_response *r)
{
	cJSON *root = cJSON_ParseWithLength(q->body, q->body_len);
	const cJSON *any =
	    cJSON_GetObjectItem(cJSON_GetObjectItem(root, "where"), "or");
	const cJSON *term;

	if (root == NULL)
		abort();
	if (any == NULL)
		f->probes++;
	else
		f->lists++;
	if (any != NULL && cJSON_GetArraySize(any) == 0)
		f->lists_of_all++;
	if (any != NULL ? f->lists == f->list_429_at
			: f->probe_429 && f->probes == 1) {
		body(r, 429, "slow down");
		snprintf(r->retry_after, sizeof(r->retry_after), "%s",
		    f->retry_after);
		cJSON_Delete(root);
		return;
	}
	if (any != NULL && cJSON_GetNumberValue(cJSON_GetObjectItem(
			       root, "skip")) < (double)f->list_foreign_pages) {
		body(r, 200,
		    "{\"_data\":[{\"id\":\"x\"}],"
		    "\"_meta\":{\"hasMore\":true}}");
		cJSON_Delete(root);
		return;
	}
	if (f->list_down) {
		body(r, 500, "down");
		cJSON_Delete(root);
		return;
	}
	if (f->list_foreign) {
		body(r, 200, "<html><title>sign in</title></html>");
		cJSON_Delete(root);
		return;
	}
	if (any != NULL && (size_t)cJSON_GetArraySize(any) > f->list_keys_peak)
		f->list_keys_peak = (size_t)cJSON_GetArraySize(any);
	if (f->list_keys_max && any != NULL &&
	    (size_t)cJSON_GetArraySize(any) > f->list_keys_max) {
		body(r, 400, "{\"_errors\":[\"too many conditions\"]}");
		cJSON_Delete(root);
		return;
	}
	body(r, 200, "{\"_data\":[");
	if (any == NULL)
		list_process(f, FAKE_STANDING, false, false, r);
	else if (f->list_way == FAKE_LIST_ALL)
		list_process(f, "X-1", true, false, r);
	for (int i = 0; i < (f->list_way == FAKE_LIST_TWICE ? 2 : 1); i++)
		cJSON_ArrayForEach(term, any) list_process(f,
		    cJSON_GetStringValue(cJSON_GetObjectItem(term, "lead_id")),
		    true, i > 0, r);
	buf_addf(&r->body, "],\"_meta\":{\"hasMore\":%s}}",
	    any != NULL && f->list_way == FAKE_LIST_EMPTY_MORE ? "true"
							       : "false");
	cJSON_Delete(root);
}

static void
job(struct fake *f, const struct http_request *q, struct http_response *r)
{
	size_t index = strtoul(strrchr(q->path, '-') + 1, NULL, 10);
	struct fake_job *j = &f->jobs[index];
	size_t done = j->rows - (f->sum_short ? 1 : 0);

	f->polls++;
	if (f->job_gone || f->mono < j->young_until) {
		body(r, 404, "{}");
	} else if (f->jobs_never_end || f->mono < j->done_at) {
		body(r, 200, "{\"_data\":{},\"_meta\":{");
		buf_addf(&r->body,
		    "\"bjEntryCompletionStatusVsCount\":{\"NOT_STARTED\":%zu}"
		    "}}",
		    j->rows);
	} else {
		body(r, 200,
		    f->jobs_other ? "{\"_data\":{\"id\":\"job-x\"},\"_meta\":{"
				  : "{\"_data\":{},\"_meta\":{");
		buf_addf(&r->body,
		    "\"bjEntryCompletionStatusVsCount\":{\"SUCCESS\":%zu,"
		    "\"ERROR\":%zu}}}",
		    done - j->errors, j->errors);
	}
}

static void
entries(struct fake *f, const struct http_request *q, struct http_response *r)
{
	const char *at = strstr(q->path, "job-");
	struct fake_job *j = &f->jobs[strtoul(at + 4, NULL, 10)];
	size_t n = j->rows - (f->sum_short ? 1 : 0);

	f->entries++;
	body(r, 200, "{\"_data\":[");
	if (f->entries_twice)
		buf_addf(&r->body,
		    "{\"completionStatus\":\"SUCCESS\","
		    "\"input\":{\"lead_id\":\"%s\"}},",
		    j->tokens[0]);
	for (size_t i = 0; i < n; i++) {
		bool failed = f->entries_swapped
				  ? i >= n - j->errors
				  : i < j->errors - f->entries_fewer;

		buf_addf(&r->body, "%s{\"completionStatus\":\"%s\"",
		    i ? "," : "",
		    f->jobs_never_end ? "NOT_STARTED"
		    : failed	      ? "ERROR"
				      : "SUCCESS");
		if (!failed)
			buf_addf(&r->body, ",\"processId\":\"p-%zu-%zu\"",
			    (size_t)(j - f->jobs), i);
		if (failed)
			buf_adds(
			    &r->body, ",\"statusMessage\":\"already exists\"");
		if (!f->entries_without_keys)
			buf_addf(&r->body, ",\"input\":{\"lead_id\":\"%s\"}",
			    j->tokens[i]);
		buf_addc(&r->body, '}');
	}
	buf_addf(&r->body, "],\"_meta\":{\"total\":%zu}}", n);
}

static void
start(void *ctx, const struct http_request *q, uint64_t tag)
{
	struct fake *f = ctx;
	struct fake_pending *p = xcalloc(1, sizeof(*p));
	struct fake_pending **end = &f->pending;

	p->tag = tag;
	p->due = f->mono + f->create_ms;
	if (strstr(q->path, "/bulk-create") || strcmp(q->method, "PATCH") == 0)
		create(f, q, &p->r);
	else if (strstr(q->path, "/process/list"))
		list(f, q, &p->r);
	else if (strstr(q->path, "/entries"))
		entries(f, q, &p->r);
	else
		job(f, q, &p->r);
	p->r.tag = tag;
	if (f->date)
		snprintf(p->r.date, sizeof(p->r.date), "%s", f->date);
	p->r.has_age = f->has_age;
	p->r.is_sandbox = f->is_sandbox;
	p->r.elapsed_ms = f->begun < 2 ? f->slow_ms >> f->begun : 0;
	f->begun++;
	while (*end)
		end = &(*end)->next;
	*end = p;
	if (++f->active > f->in_flight_peak)
		f->in_flight_peak = f->active;
}

static void
move(struct fake *f, int64_t to)
{
	if (to > f->mono) {
		f->wall += to - f->mono;
		f->mono = to;
	}
}

static int
wait_one(void *ctx, int64_t timeout_ms, struct http_response *r, struct diag *d)
{
	struct fake *f = ctx;
	struct fake_pending **at = &f->pending, **best = NULL;

	(void)d;
	for (; *at; at = &(*at)->next)
		if (best == NULL || (*at)->due < (*best)->due)
			best = at;
	if (best && (*best)->due - f->mono <= timeout_ms) {
		struct fake_pending *p = *best;

		*best = p->next;
		move(f, p->due);
		*r = p->r;
		free(p);
		f->active--;
		return 1;
	}
	move(f, f->mono + timeout_ms);
	return 0;
}

static size_t
active(void *ctx)
{
	return ((struct fake *)ctx)->active;
}

static void
cancel(void *ctx)
{
	struct fake *f = ctx;

	for (struct fake_pending *p = f->pending; p; p = p->next) {
		buf_release(&p->r.body);
		p->r.status = 0;
		p->r.sends = 1;
		p->due = f->mono;
		snprintf(p->r.error, sizeof(p->r.error), "given up");
	}
}

struct transport
fake_transport(struct fake *f)
{
	return (struct transport){.ctx = f,
	    .start = start,
	    .wait = wait_one,
	    .active = active,
	    .cancel = cancel};
}

static int64_t
wall_ms(void *ctx)
{
	return ((struct fake *)ctx)->wall;
}

static int64_t
mono_ms(void *ctx)
{
	return ((struct fake *)ctx)->mono;
}

static uint64_t
next_random(void *ctx)
{
	struct fake *f = ctx;

	f->random = f->random * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
	return f->random;
}

struct clock
fake_clock(struct fake *f)
{
	return (struct clock){.ctx = f,
	    .wall_ms = wall_ms,
	    .mono_ms = mono_ms,
	    .random = next_random};
}
