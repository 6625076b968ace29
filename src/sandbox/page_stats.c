/* SPDX-License-Identifier: MIT */
/*
 * What the tests ask: counts, key by key if wanted, and the processes as the
 * bytes that were received, one a line. Not part of ChakraHQ's API, so on
 * paths that it does not have.
 */
#include "api.h"
#include "base/json_write.h"

#include <stdio.h>
#include <string.h>

struct keys {
	struct buf list;
	uint64_t distinct, received, accepted, created;
	bool wanted;
};

static void
add_key(void *ctx, const struct store_key *key)
{
	struct keys *k = ctx;

	k->distinct++;
	k->received += key->received > 1;
	k->accepted += key->accepted > 1;
	k->created += key->created > 1;
	if (!k->wanted)
		return;
	json_object(&k->list, NULL);
	json_string(
	    &k->list, "procedure", schema_procedures[key->procedure].name);
	json_text(&k->list, "key", key->key);
	json_uint(&k->list, "received", key->received);
	json_uint(&k->list, "accepted", key->accepted);
	json_uint(&k->list, "created", key->created);
	json_end_object(&k->list);
}

static void
add_calls(const struct sandbox *s, struct buf *out)
{
	uint64_t total = 0;
	char name[16] = "none";

	for (int i = 0; i < SANDBOX_STATUS_MAX; i++)
		total += s->statuses[i];
	json_object(out, "calls");
	json_uint(out, "total", total);
	json_object(out, "status");
	for (int i = 0; i < SANDBOX_STATUS_MAX; i++) {
		if (i > 0)
			snprintf(name, sizeof(name), "%d", i);
		if (s->statuses[i] > 0)
			json_uint(out, name, s->statuses[i]);
	}
	json_end_object(out);
	json_end_object(out);
}

static void
add_faults(const struct sandbox *s, struct buf *out)
{
	json_object(out, "faults");
	for (int i = 0; i < FAULT_KINDS; i++)
		if (s->fault_hits[i] > 0)
			json_uint(out, fault_name((enum fault_kind)i),
			    s->fault_hits[i]);
	json_end_object(out);
}

static void
add_rows(const struct store_totals *t, const struct store_pending *pending,
    struct buf *out)
{
	json_object(out, "jobs");
	json_uint(out, "total", t->jobs);
	json_uint(out, "unfinished", pending->jobs);
	json_end_object(out);
	json_object(out, "rows");
	json_uint(out, "received", t->received);
	json_uint(out, "accepted", t->accepted);
	json_uint(out, "created", t->created - pending->created);
	json_uint(out, "merged", t->merged);
	json_uint(out, "error", t->error);
	json_uint(out, "invalid", t->invalid);
	json_uint(out, "pending", pending->rows);
	json_end_object(out);
}

void
page_stats(struct sandbox *s, struct request *r, struct reply *a)
{
	struct keys keys = {.wanted = false};
	struct store_pending pending;
	struct store_totals totals;
	struct diag d = DIAG_INIT;
	struct text value;
	int64_t now = s->clock.wall_ms(s->clock.ctx);
	int ret;

	keys.wanted = request_query(r, "keys", &value) && text_is(value, "1");
	json_object(&a->body, NULL);
	pthread_mutex_lock(&s->lock);
	ret = store_pending(s->store, now, &pending, &d);
	if (ret == 0)
		ret = store_each_key(s->store, now, add_key, &keys, &d);
	totals = store_totals(s->store);
	add_calls(s, &a->body);
	add_faults(s, &a->body);
	pthread_mutex_unlock(&s->lock);
	if (ret != 0) {
		reply_error(a, 500, "%s", d.message);
		goto out;
	}
	add_rows(&totals, &pending, &a->body);
	json_object(&a->body, "keys");
	json_uint(&a->body, "distinct", keys.distinct);
	json_uint(&a->body, "received_twice", keys.received);
	json_uint(&a->body, "accepted_twice", keys.accepted);
	json_uint(&a->body, "created_twice", keys.created);
	json_end_object(&a->body);
	if (keys.wanted) {
		json_array(&a->body, "by_key");
		buf_add(&a->body, buf_str(&keys.list), keys.list.len);
		json_end_array(&a->body);
	}
	json_end_object(&a->body);
	buf_addc(&a->body, '\n');
out:
	buf_release(&keys.list);
}

void
page_processes(struct sandbox *s, struct request *r, struct reply *a)
{
	struct text value;

	(void)s;
	if (request_query(r, "procedure", &value)) {
		a->lines_procedure = schema_find(value);
		if (a->lines_procedure < 0) {
			reply_error(a, 404, "there is no such procedure");
			return;
		}
	}
	a->lines_pending =
	    request_query(r, "pending", &value) && text_is(value, "1");
	a->lines = true;
	a->type = "application/x-ndjson";
}

/* Line ends between tokens would tear the line apart; in strings there are
 * none. */
static void
add_line(struct buf *out, struct text body)
{
	size_t start = out->len;

	buf_add(out, body.s, body.len);
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\r')
			out->data[i] = ' ';
	buf_addc(out, '\n');
}

int
processes_lines(struct sandbox *s, int64_t *after, int procedure, bool pending,
    size_t enough, struct buf *out, struct diag *d)
{
	struct store_where w = {.first = *after,
	    .now_ms = pending ? INT64_MAX : s->clock.wall_ms(s->clock.ctx)};
	struct store_row row;
	int step;

	pthread_mutex_lock(&s->lock);
	step = store_select(s->store, STORE_CREATED, &w, d);
	if (step == 0) {
		while ((step = store_next(s->store, STORE_CREATED, &row, d)) ==
		       1) {
			*after = row.id;
			if (procedure < 0 || row.procedure == procedure)
				add_line(out, row.body);
			if (out->len >= enough)
				break;
		}
		store_reset(s->store, STORE_CREATED);
	}
	pthread_mutex_unlock(&s->lock);
	return step;
}
