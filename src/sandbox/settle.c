/* SPDX-License-Identifier: MIT */
/*
 * Updates are decided when they are due, not when they come: what a job finds
 * is how things are when it gets there. Who asks for the first time after that
 * has it decided; nothing runs in between.
 */
#include "process.h"

#include <stdio.h>

/* There is no such process. */
static int
decide_missing(struct sandbox *s, const struct store_row *row, bool has_key,
    struct store_decision *out, char message[256], struct diag *d)
{
	int64_t other = 0;

	if (s->options->missing == MISSING_IGNORE) {
		out->verdict = VERDICT_IGNORED;
		return 0;
	}
	if (s->options->missing == MISSING_CREATE && has_key) {
		/* One that a create has begun comes before this. */
		if (store_find_key(
			s->store, row->procedure, row->key, &other, d) != 0)
			return -1;
		if (other == 0) {
			out->verdict = VERDICT_CREATED;
			return 0;
		}
	}
	out->verdict = VERDICT_ERROR;
	snprintf(message, 256, "there is no process with this %s",
	    has_key ? schema_at(s, row->procedure)->key : "id");
	return 0;
}

static int
decide(struct sandbox *s, const struct store_row *row,
    struct store_decision *out, char message[256], struct diag *d)
{
	const struct schema_procedure *schema = schema_at(s, row->procedure);
	struct proc_change c;
	struct process p = {0};
	bool has_key;
	int found, ret = 0;

	(void)proc_change_read(schema, row->body, &c, message);
	has_key = c.key.len > 0;
	if (has_key)
		found = process_by_key(
		    s, row->procedure, buf_text(&c.key), row->due_ms, &p, d);
	else
		found = process_by_id(
		    s, row->procedure, buf_text(&c.id), row->due_ms, &p, d);
	if (found < 0) {
		ret = -1;
	} else if (found == 0 || p.now.is_deleted) {
		ret = decide_missing(s, row, has_key, out, message, d);
	} else if (found > 1) {
		out->verdict = VERDICT_ERROR;
		snprintf(message, 256, "several processes have this %s",
		    schema->key);
	} else {
		out->verdict = proc_update_judge(&p.now, buf_text(&p.key),
		    c.update, s->options->states == STATES_GRAPH, message);
		if (out->verdict == VERDICT_UPDATED)
			out->target = p.row;
	}
	process_release(&p);
	proc_change_release(&c);
	return ret;
}

/* The first row that is open and due: 1, decided if `is_to_decide`; 0 = there
 * is none; -1. */
static int
take_first(struct sandbox *s, int64_t now_ms, bool is_to_decide, struct diag *d)
{
	struct store_where w = {.now_ms = now_ms};
	struct store_row row = {0};
	char message[256] = "";
	int step;

	if (store_select(s->store, STORE_OPEN, &w, d) != 0)
		return -1;
	step = store_next(s->store, STORE_OPEN, &row, d);
	if (step == 1 && is_to_decide) {
		struct store_decision decision = {
		    .row = row.id, .act = row.act, .message = message};

		if (decide(s, &row, &decision, message, d) != 0)
			step = -1;
		store_reset(s->store, STORE_OPEN);
		if (step == 1 && store_decide(s->store, &decision, d) != 0)
			step = -1;
	}
	store_reset(s->store, STORE_OPEN);
	return step;
}

int
processes_settle(struct sandbox *s, int64_t now_ms, struct diag *d)
{
	int step;

	if (store_totals(s->store, ACT_UPDATE).open == 0)
		return 0;
	step = take_first(s, now_ms, false, d);
	if (step != 1)
		return step;
	if (store_decide_begin(s->store, d) != 0)
		return -1;
	while ((step = take_first(s, now_ms, true, d)) == 1)
		;
	if (step == 0)
		step = store_commit(s->store, d);
	if (step != 0)
		store_rollback(s->store);
	return step;
}
