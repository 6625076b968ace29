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
	const struct sandbox *sandbox;
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
	    &k->list, "procedure", schema_at(k->sandbox, key->procedure)->name);
	json_text(&k->list, "key", key->key);
	json_uint(&k->list, "received", key->received);
	json_uint(&k->list, "accepted", key->accepted);
	json_uint(&k->list, "created", key->created);
	json_uint(&k->list, "updates_received", key->asked);
	json_uint(&k->list, "updates", key->updates);
	json_uint(&k->list, "deletes", key->deletes);
	json_uint(&k->list, "edits", key->edits);
	json_end_object(&k->list);
}

static void
add_class(const struct sandbox *s, const char *as, enum fault_class class,
    struct buf *out)
{
	const uint64_t *statuses = s->statuses[class];
	uint64_t total = 0;
	char name[16] = "none";

	for (int i = 0; i < SANDBOX_STATUS_MAX; i++)
		total += statuses[i];
	json_object(out, as);
	json_uint(out, "total", total);
	json_object(out, "status");
	for (int i = 0; i < SANDBOX_STATUS_MAX; i++) {
		if (i > 0)
			snprintf(name, sizeof(name), "%d", i);
		if (statuses[i] > 0)
			json_uint(out, name, statuses[i]);
	}
	json_end_object(out);
	json_end_object(out);
}

static void
add_calls(const struct sandbox *s, struct buf *out)
{
	add_class(s, "calls", FAULT_CREATE, out);
	json_object(out, "calls_by_class");
	for (int i = 0; i < FAULT_CLASSES; i++)
		add_class(s, fault_class_name((enum fault_class)i),
		    (enum fault_class)i, out);
	json_end_object(out);
}

/* What came of the rows that create nothing. */
static void
add_acts(const struct sandbox *s, struct buf *out)
{
	struct store_totals bulk = store_totals(s->store, ACT_UPDATE);
	struct store_totals put = store_totals(s->store, ACT_PUT);
	struct store_totals gone = store_totals(s->store, ACT_DELETE);
	struct store_totals edit = store_totals(s->store, ACT_EDIT);
	uint64_t waiting, failed;

	edits_count(s, &waiting, &failed);
	json_object(out, "updates");
	json_uint(out, "received", bulk.received + put.received);
	json_uint(out, "accepted", bulk.accepted + put.accepted);
	json_uint(out, "updated", bulk.updated + put.updated);
	json_uint(out, "created", bulk.created + put.created);
	json_uint(out, "ignored", bulk.ignored);
	json_uint(out, "error", bulk.error);
	json_uint(out, "invalid", bulk.invalid);
	json_uint(out, "pending", bulk.open);
	json_end_object(out);
	json_object(out, "deletes");
	json_uint(out, "deleted", gone.deleted);
	json_end_object(out);
	json_object(out, "edits");
	json_uint(out, "changed", edit.updated);
	json_uint(out, "deleted", edit.deleted);
	json_uint(out, "created", edit.created);
	json_uint(out, "waiting", waiting);
	json_uint(out, "failed", failed);
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
	struct keys keys = {.sandbox = s};
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
	totals = store_totals(s->store, ACT_CREATE);
	add_calls(s, &a->body);
	add_faults(s, &a->body);
	add_acts(s, &a->body);
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
		a->lines_procedure = schema_find(s, value);
		if (a->lines_procedure < 0) {
			reply_error(a, 404, "there is no such procedure");
			return;
		}
	}
	a->lines_pending =
	    request_query(r, "pending", &value) && text_is(value, "1");
	a->lines_now = request_query(r, "now", &value) && text_is(value, "1");
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

/* As it is now, with how often what took effect on it. */
static int
add_now(struct sandbox *s, const struct store_row *row, int64_t now_ms,
    struct buf *out, struct diag *d)
{
	struct buf body = BUF_INIT(0);
	struct proc p;
	int ret = process_load(s, row, now_ms, &p, &body, d);

	if (ret == 0) {
		json_object(out, NULL);
		json_string(out, "id", p.id);
		json_string(out, "procedure", p.procedure->name);
		json_text(out, "key", row->key);
		json_uint(out, "creates", 1);
		json_uint(out, "merges", p.merges);
		json_uint(out, "updates", p.updates);
		json_uint(out, "deletes", p.deletes);
		json_uint(out, "edits", p.edits);
		json_bool(out, "deleted", p.is_deleted);
		json_name(out, "process");
		proc_show(&p, out);
		json_end_object(out);
		buf_addc(out, '\n');
	}
	buf_release(&body);
	return ret;
}

static int
add_row(struct sandbox *s, const struct store_row *row, int64_t now_ms,
    const struct reply *a, struct buf *out, struct diag *d)
{
	if (a->lines_procedure >= 0 && row->procedure != a->lines_procedure)
		return 0;
	if (a->lines_now)
		return add_now(s, row, now_ms, out, d);
	add_line(out, row->body);
	return 0;
}

int
processes_lines(struct sandbox *s, int64_t *after, const struct reply *a,
    size_t enough, struct buf *out, struct diag *d)
{
	struct store_where w = {.first = *after,
	    .now_ms =
		a->lines_pending ? INT64_MAX : s->clock.wall_ms(s->clock.ctx)};
	struct store_row row;
	int step;

	pthread_mutex_lock(&s->lock);
	step = store_select(s->store, STORE_CREATED, &w, d);
	if (step == 0) {
		while ((step = store_next(s->store, STORE_CREATED, &row, d)) ==
		       1) {
			*after = row.id;
			if (add_row(s, &row, w.now_ms, a, out, d) != 0)
				step = -1;
			if (step < 0 || out->len >= enough)
				break;
		}
		store_reset(s->store, STORE_CREATED);
	}
	pthread_mutex_unlock(&s->lock);
	return step;
}
