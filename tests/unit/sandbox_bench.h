/* SPDX-License-Identifier: MIT */
#ifndef TESTS_UNIT_SANDBOX_BENCH_H
#define TESTS_UNIT_SANDBOX_BENCH_H

/* A sandbox without a socket, on a clock of the test's own. */

#include "sandbox/api.h"
#include "test.h"

#include <cjson/cJSON.h>

#define BENCH_CREATE "/v1/ext/procedure/lead/process/bulk-create"
#define BENCH_TICKETS "/v1/ext/procedure/ticket/process"
#define BENCH_LIST "/v1/ext/procedure/lead/process/list"

struct bench {
	char arguments[256];
	int64_t now_ms;
	struct sandbox_options options;
	struct store *store;
	struct sandbox sandbox;
	/* The last answer. */
	int status;
	struct buf body;
	cJSON *json;
	char retry_after[64];
};

void bench_open(struct bench *b, const char *arguments);
void bench_close(struct bench *b);
int bench_ask_as(struct bench *b, bool token, const char *method,
    const char *target, const char *body);
int bench_ask(
    struct bench *b, const char *method, const char *target, const char *body);
const cJSON *bench_at(const struct bench *b, const char *path);
int bench_number(const struct bench *b, const char *path);
const char *bench_text(const struct bench *b, const char *path);
void bench_assert_counts(
    struct bench *b, const char *job, int waiting, int good, int bad, int no);
void bench_send(struct bench *b, const char *body, char job[40]);
int bench_found(struct bench *b, const char *where);

/* A sandbox with the tickets T1 (its values in data) and T2 (at the top),
 * a second later. */
void bench_tickets(struct bench *b, const char *arguments);
/* The id of the ticket with this key as the list has it; "" = none. */
void bench_id_of(struct bench *b, const char *key, char id[40]);
/* A bulk update; leaves the job's entries as the last answer. */
void bench_update(struct bench *b, const char *processes);
/* The n-th line of this key in /sandbox/processes?now=1, from 0, holds
 * `part`. */
void bench_assert_now(
    struct bench *b, const char *key, int n, const char *part);

#endif
