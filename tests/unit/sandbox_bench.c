/* SPDX-License-Identifier: MIT */
/* A sandbox without a socket: a request in, the answer as JSON. */
#include "sandbox_bench.h"

#include "serve/options.h"

static int64_t
bench_now(void *ctx)
{
	return *(int64_t *)ctx;
}

static uint64_t
bench_chance(void *ctx)
{
	(void)ctx;
	return 42;
}

/* `arguments` are separated by blanks. */
void
bench_open(struct bench *b, const char *arguments)
{
	static char program[] = "chakra-sandbox";
	char *argv[16] = {program};
	struct clock clock = clock_system();
	struct diag d = DIAG_INIT;
	int argc = 1;

	memset(b, 0, sizeof(*b));
	snprintf(b->arguments, sizeof(b->arguments), "%s", arguments);
	for (char *p = b->arguments; *p != '\0'; argc++) {
		argv[argc] = p;
		p += strcspn(p, " ");
		if (*p == ' ')
			*p++ = '\0';
	}
	b->now_ms = INT64_C(1700000000000);
	clock.ctx = &b->now_ms;
	clock.wall_ms = bench_now;
	clock.random = bench_chance;
	if (sandbox_options_parse(&b->options, argc, argv, &d) != 0)
		fail_msg("%s", d.message);
	if (sandbox_open(&b->sandbox, &b->options, "token", clock, &d) != 0)
		fail_msg("%s", d.message);
	b->store = b->sandbox.store;
}

void
bench_close(struct bench *b)
{
	cJSON_Delete(b->json);
	buf_release(&b->body);
	sandbox_close(&b->sandbox);
	sandbox_options_release(&b->options);
}

int
bench_ask_as(struct bench *b, bool token, const char *method,
    const char *target, const char *body)
{
	struct request r;
	struct reply a;

	request_init(&r, method, target, b->options.max_body);
	r.has_token = token;
	r.local = true;
	if (body != NULL) {
		r.body_bytes = strlen(body);
		buf_adds(&r.body, body);
		r.too_large = r.body_bytes > b->options.max_body;
	}
	request_route(&b->sandbox, &r);
	reply_init(&a);
	sandbox_answer(&b->sandbox, &r, &a);
	sandbox_count(&b->sandbox, &r, a.status);
	cJSON_Delete(b->json);
	buf_release(&b->body);
	b->status = a.status;
	b->json = a.lines ? NULL : cJSON_Parse(buf_str(&a.body));
	b->body = a.body;
	memcpy(b->retry_after, a.retry_after, sizeof(b->retry_after));
	request_release(&r);
	return b->status;
}

int
bench_ask(
    struct bench *b, const char *method, const char *target, const char *body)
{
	return bench_ask_as(b, true, method, target, body);
}

/* A member by its path, with dots; elements by one digit. */
const cJSON *
bench_at(const struct bench *b, const char *path)
{
	const cJSON *node = b->json;
	char part[64];

	while (node != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");

		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		node = cJSON_IsArray(node)
			   ? cJSON_GetArrayItem(node, part[0] - '0')
			   : cJSON_GetObjectItemCaseSensitive(node, part);
		path += path[len] == '.' ? len + 1 : len;
	}
	if (node == NULL)
		fail_msg("no %s in %s", path, buf_str(&b->body));
	return node;
}

int
bench_number(const struct bench *b, const char *path)
{
	return bench_at(b, path)->valueint;
}

const char *
bench_text(const struct bench *b, const char *path)
{
	const cJSON *node = bench_at(b, path);

	return cJSON_IsString(node) ? node->valuestring : "";
}

void
bench_assert_counts(
    struct bench *b, const char *job, int waiting, int good, int bad, int no)
{
	char path[128];

	snprintf(path, sizeof(path), "/v1/ext/background-job/%s", job);
	assert_int_equal(bench_ask(b, "GET", path, NULL), 200);
#define COUNT(n) "_meta.bjEntryCompletionStatusVsCount." n
	assert_int_equal(bench_number(b, COUNT("NOT_STARTED")), waiting);
	assert_int_equal(bench_number(b, COUNT("SUCCESS")), good);
	assert_int_equal(bench_number(b, COUNT("ERROR")), bad);
	assert_int_equal(bench_number(b, COUNT("INVALID")), no);
}

void
bench_send(struct bench *b, const char *body, char job[40])
{
	if (bench_ask(b, "POST", BENCH_CREATE, body) != 200)
		fail_msg("%d %s", b->status, buf_str(&b->body));
	snprintf(job, 40, "%s", bench_text(b, "_data.id"));
}

int
bench_found(struct bench *b, const char *where)
{
	char body[512];

	snprintf(body, sizeof(body), "{\"where\":%s,\"limit\":100}", where);
	if (bench_ask(b, "POST", BENCH_LIST, body) != 200)
		fail_msg("%d %s", b->status, buf_str(&b->body));
	return cJSON_GetArraySize(bench_at(b, "_data"));
}

/* T1 with a score and two attributes, T2 at the top level. */
void
bench_tickets(struct bench *b, const char *arguments)
{
	bench_open(b, arguments);
	if (bench_ask(b, "POST", BENCH_TICKETS "/bulk-create",
		"[{\"ticket_id\":\"T1\",\"data\":{\"subject\":\"pump\","
		"\"attempts\":3},\"state\":\"IN_PROGRESS\"},"
		"{\"ticket_id\":\"T2\",\"attempts\":7}]") != 200)
		fail_msg("%d %s", b->status, buf_str(&b->body));
	b->now_ms += 1000;
}

/* The id of the process with this key as the list has it; "" = none. */
void
bench_id_of(struct bench *b, const char *key, char id[40])
{
	char body[128];

	snprintf(body, sizeof(body), "{\"where\":{\"ticket_id\":\"%s\"}}", key);
	assert_int_equal(
	    bench_ask(b, "POST", BENCH_TICKETS "/list", body), 200);
	snprintf(id, 40, "%s",
	    cJSON_GetArraySize(bench_at(b, "_data")) == 0
		? ""
		: bench_text(b, "_data.0.id"));
}

/* Leaves the job's entries as the last answer. */
void
bench_update(struct bench *b, const char *processes)
{
	char body[1024], path[128];

	snprintf(body, sizeof(body), "{\"processes\":%s}", processes);
	if (bench_ask(b, "PATCH", BENCH_TICKETS, body) != 200)
		fail_msg("%d %s", b->status, buf_str(&b->body));
	snprintf(path, sizeof(path), "/v1/ext/background-job/%s/entries",
	    bench_text(b, "_data.id"));
	if (bench_ask(b, "GET", path, NULL) != 200)
		fail_msg("%d %s", b->status, buf_str(&b->body));
}

/* Whether the line of this key in /sandbox/processes?now=1 holds `part`. The
 * n-th of them, from 0. */
void
bench_assert_now(struct bench *b, const char *key, int n, const char *part)
{
	struct reply lines = {.lines_procedure = -1, .lines_now = true};
	struct buf out = BUF_INIT(0);
	struct diag d = DIAG_INIT;
	int64_t after = 0;
	char mark[64], *at;

	snprintf(mark, sizeof(mark), "\"key\":\"%s\"", key);
	assert_int_equal(
	    processes_lines(&b->sandbox, &after, &lines, 1 << 20, &out, &d), 0);
	(void)buf_str(&out);
	at = out.data;
	for (char *line = at; line != NULL && *line != '\0'; line = at) {
		at = strchr(line, '\n');
		*at++ = '\0';
		if (strstr(line, mark) == NULL || n-- > 0)
			continue;
		if (strstr(line, part) == NULL)
			fail_msg("no %s in %s", part, line);
		buf_release(&out);
		return;
	}
	fail_msg("no line of %s", key);
}
