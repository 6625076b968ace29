/* SPDX-License-Identifier: MIT */
/*
 * The deleting. A batch is looked up and judged; the intents of what is to be
 * deleted are on disk before the first of them is sent; each process is deleted
 * by its id and asked for once more. An answer that was lost is settled by that
 * question, too.
 */
#include "base/xalloc.h"
#include "system/fault.h"
#include "undo_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One process may be asked to go so often. */
#define SENDS_MAX 3
/* First one, then ten: of these so many may be kept or refused. */
#define FIRST_ROWS 11
#define FIRST_BAD_MAX 3
/* Between two looks at a process that was deleted and is still shown. */
#define LOOK_FIRST_MS INT64_C(250)
#define LOOK_SLOWEST_MS INT64_C(5000)

/* What became of one process. */
struct gone {
	bool was_sent;
	enum outcome outcome;
	int http_status;
	char code[UNDO_CODE_SIZE], words[UNDO_WORDS_SIZE];
};

static void
say(struct gone *g, const char *code, const char *words)
{
	snprintf(g->code, sizeof(g->code), "%s", code);
	snprintf(g->words, sizeof(g->words), "%s", words);
}

/* Its id shows nothing, and a moment ago its key did: does it still? */
static int
check_gone(struct undo *u, struct made_row *r, struct diag *d)
{
	size_t at = (size_t)(r - u->rows.rows);

	if (undo_rows_look(&u->rows, at, at + 1, d))
		return -1;
	if (r->facts.found == 0)
		return 0;
	diag_set(d, DIAG_SERVICE,
	    "the service lists process %s, but does not show it by its id: "
	    "nothing that it says of processes can be trusted",
	    r->process_id);
	return diag_code(d, "undo.untrusted");
}

static int
look_again(struct undo *u, struct made_row *r, struct gone *g, struct diag *d)
{
	if (undo_rows_look_again(&u->rows, r, d) ||
	    (r->proof == UNDO_GONE && !g->was_sent && check_gone(u, r, d)))
		return -1;
	if (r->proof != UNDO_OURS) {
		g->outcome = undo_rows_outcome(r, g->code, g->words);
		if (r->proof == UNDO_GONE && g->was_sent)
			g->outcome = OUTCOME_DELETED;
	}
	return 0;
}

/* It was answered that it is deleted: until it is, or --settle is over. */
static int
wait_until_gone(
    struct undo *u, struct made_row *r, struct gone *g, struct diag *d)
{
	const char *id = r->process_id;
	int64_t until = undo_now(&u->service) + u->settings.submit.settle_ms;
	int64_t pause = LOOK_FIRST_MS;

	for (;;) {
		struct http_response answer;
		struct list_page page;
		bool is_there;

		if (undo_get(&u->service, id, &answer, &page, d))
			return -1;
		is_there = page.count > 0;
		list_page_release(&page);
		http_response_release(&answer);
		if (!is_there) {
			g->outcome = OUTCOME_DELETED;
			return 0;
		}
		if (undo_now(&u->service) + pause > until)
			break;
		if (undo_sleep(&u->service, pause, "it is still shown", d))
			return -1;
		pause =
		    pause * 2 < LOOK_SLOWEST_MS ? pause * 2 : LOOK_SLOWEST_MS;
	}
	g->outcome = OUTCOME_UNKNOWN;
	say(g, "delete.not_settled",
	    "the service answered that the process is deleted, but still shows "
	    "it");
	return 0;
}

/* One DELETE on the wire. *again: it has to be sent once more. */
static int
take_answer(struct undo *u, struct made_row *r, struct gone *g,
    const struct http_response *answer, unsigned *sends, bool *again,
    struct diag *d)
{
	struct write_answer a;
	int renewed;

	*again = false;
	response_write(answer, verb_of(verb_named("delete")), &a);
	g->http_status = answer->status;
	g->was_sent |= answer->sends > 0;
	if (answer->status == 404 || answer->status == 410) {
		/* Sent more than once, it may be the first that did it. */
		g->outcome = *sends > 0 || answer->sends > 1 || r->had_intent
				 ? OUTCOME_DELETED
				 : OUTCOME_ABSENT;
		return 0;
	}
	switch (a.verdict) {
	case WRITE_STOP:
		g->was_sent = *sends > 0;
		renewed = undo_renew(&u->service, answer, d);
		*again = renewed > 0;
		if (renewed != 0)
			return renewed < 0 ? -1 : 0;
		return undo_refused(&a, "to delete a process", d);
	case WRITE_REFUSED:
	case WRITE_TOO_LARGE:
		g->outcome = OUTCOME_REFUSED;
		say(g, a.code, a.words);
		return 0;
	case WRITE_ACKED:
		++*sends;
		return wait_until_gone(u, r, g, d);
	case WRITE_UNKNOWN:
		++*sends;
		break;
	default: /* nothing left, or it was not taken */
		break;
	}
	*again = true;
	return 0;
}

/* 0 with the outcome, or -1: everything stops; g->was_sent tells whether it is
 * known what became of this one. */
static int
delete_one(struct undo *u, struct made_row *r, struct gone *g, struct diag *d)
{
	int64_t since = undo_now(&u->service);
	struct buf path = BUF_INIT(0);
	struct http_request q = {
	    .method = verb_of(verb_named("delete"))->method,
	    .answer_max = (size_t)1 << 20,
	    .rows = 1,
	};
	unsigned sends = 0, tries = 0;
	bool again = true;
	int ret = 0;

	g->outcome = OUTCOME_UNSENT;
	path_of_process(&path, u->service.processes, r->process_id);
	q.path = buf_str(&path);
	while (ret == 0 && again) {
		struct http_response answer;

		/* As it is now, not as it was when its batch was looked up. */
		if (diag_stopped(d) || look_again(u, r, g, d)) {
			ret = -1;
			break;
		}
		if (g->outcome != OUTCOME_UNSENT)
			break;
		if (sends >= SENDS_MAX) {
			g->outcome = OUTCOME_UNKNOWN;
			say(g, "delete.not_settled",
			    "the answers to three deletions were lost, and the "
			    "process is still shown");
			break;
		}
		ret = undo_ask(&u->service, &q, &answer, d);
		if (ret)
			break;
		(void)FAULT("undo.deleted");
		ret = take_answer(u, r, g, &answer, &sends, &again, d);
		if (ret == 0 && again)
			ret = undo_wait(&u->service, &answer, tries, since, d);
		tries++;
		http_response_release(&answer);
	}
	buf_release(&path);
	return ret;
}

static enum call_state
state_of(enum outcome o)
{
	switch (o) {
	case OUTCOME_DELETED:
		return CALL_CREATED; /* settled: what is done is the verb's */
	case OUTCOME_REFUSED:
		return CALL_REFUSED;
	case OUTCOME_UNKNOWN:
		return CALL_UNKNOWN;
	default:
		return CALL_UNSENT;
	}
}

static int
write_row(struct undo *u, size_t index, int64_t call, const struct gone *g,
    struct diag *d)
{
	const struct made_row *made = &u->rows.rows[index];
	struct ledger_row r = {.row = made->sent.row,
	    .chunk = u->rows.ordinal,
	    .index = index,
	    .call = call,
	    .outcome = g->outcome};

	snprintf(r.evidence, sizeof(r.evidence), "lookup");
	snprintf(r.code, sizeof(r.code), "%s", g->code);
	snprintf(r.text, sizeof(r.text), "%s", g->words);
	snprintf(r.process_id, sizeof(r.process_id), "%s", made->process_id);
	return ledger_set_row(u->ledger, &r, d);
}

static int
write_call(
    struct undo *u, struct ledger_call *c, const struct gone *g, struct diag *d)
{
	/* A call that was answered is not one that was never sent: what is
	 * kept or absent after all has an entry of its own. */
	c->state = state_of(g->outcome);
	if (c->state == CALL_UNSENT && g->was_sent)
		c->state =
		    g->outcome == OUTCOME_UNSENT ? CALL_UNKNOWN : CALL_CREATED;
	c->attempts = g->was_sent;
	c->http_status = g->http_status;
	c->answered_ms = c->settled_ms = undo_wall(&u->service);
	snprintf(c->code, sizeof(c->code), "%s", g->code);
	return ledger_update_call(u->ledger, c, d);
}

/* With the row's own entry, which has the process's id, it is unknown what
 * became of it until that is written. */
static int
add_intent(struct undo *u, size_t index, struct ledger_call *c, struct diag *d)
{
	const struct gone unknown = {.outcome = OUTCOME_UNKNOWN};

	*c = (struct ledger_call){.chunk = u->rows.ordinal,
	    .part = ++u->part,
	    .first = index,
	    .count = 1,
	    .rows = 1,
	    .state = CALL_SENT,
	    .done = verb_of(verb_named("delete"))->done,
	    .sent_ms = undo_wall(&u->service)};
	return ledger_add_call(u->ledger, c, d) ||
	       write_row(u, index, c->id, &unknown, d);
}

/* Rows that stay as they are are written down; the others get their intent. */
static int
plan_batch(struct undo *u, size_t from, size_t to, struct ledger_call *calls,
    struct diag *d)
{
	for (size_t i = from; i < to; i++) {
		struct made_row *r = &u->rows.rows[i];
		struct gone g = {.was_sent = false};

		calls[i - from].id = 0;
		if (r->is_over)
			continue;
		g.outcome = undo_rows_outcome(r, g.code, g.words);
		if (g.outcome == OUTCOME_UNSENT) {
			if (add_intent(u, i, &calls[i - from], d))
				return -1;
			continue;
		}
		if (g.outcome == OUTCOME_KEPT && !r->was_kept &&
		    u->judged < FIRST_ROWS)
			u->bad++;
		if (write_row(u, i, 0, &g, d))
			return -1;
	}
	(void)FAULT("undo.intents");
	return ledger_commit_intents(u->ledger, d);
}

/* What was planned and never sent. */
static int
take_back(struct undo *u, struct ledger_call *calls, size_t from, size_t to,
    size_t at, const struct gone *g, struct diag *d)
{
	struct gone none = {.outcome = OUTCOME_UNSENT};

	for (size_t i = at; i < to; i++) {
		struct ledger_call *c = &calls[i - from];

		if (c->id == 0)
			continue;
		if (i == at && g->was_sent) {
			struct gone lost = *g;

			lost.outcome = OUTCOME_UNKNOWN;
			if (write_call(u, c, &lost, d))
				return -1;
		} else if (write_call(u, c, i == at ? g : &none, d) ||
			   write_row(u, i, c->id, &none, d)) {
			return -1;
		}
	}
	return ledger_commit(u->ledger, d);
}

static int
too_many(const struct undo *u, struct diag *d)
{
	char n[32];

	diag_set(d, DIAG_MAX_ERRORS,
	    "more processes can be deleted than the %s that were confirmed: "
	    "the others are left",
	    text_count(u->confirmed, n));
	diag_code(d, "undo.more");
	return diag_help(d, "count again: csv2chakra undo --dry-run %s",
	    run_identity(u->input.run.run)->id);
}

static int
check_first(const struct undo *u, struct diag *d)
{
	if (u->bad < FIRST_BAD_MAX || u->judged > FIRST_ROWS)
		return 0;
	diag_set(d, DIAG_MAX_ERRORS,
	    "%u of the first %" PRIu64 " processes were kept or refused; the "
	    "others are left",
	    u->bad, u->judged);
	diag_code(d, "undo.first");
	return diag_help(
	    d, "look at the reasons in its report; the same command continues");
}

static int
delete_batch(struct undo *u, size_t from, size_t to, struct diag *d)
{
	struct ledger_call calls[UNDO_BATCH];
	uint64_t judged = 0;

	if (undo_rows_look(&u->rows, from, to, d) ||
	    plan_batch(u, from, to, calls, d))
		return -1;
	for (size_t i = from; i < to; i++) {
		struct made_row *r = &u->rows.rows[i];
		struct ledger_call *c = &calls[i - from];
		struct gone g = {.was_sent = false};
		struct diag ignored = DIAG_INIT;
		int failed = 0;

		judged += !r->is_over;
		if (c->id == 0)
			continue;
		g.outcome = OUTCOME_UNSENT;
		failed = u->deleted >= u->confirmed ? too_many(u, d)
						    : delete_one(u, r, &g, d);
		if (failed) {
			(void)take_back(u, calls, from, to, i, &g, &ignored);
			return -1;
		}
		u->deleted += g.outcome == OUTCOME_DELETED;
		if ((g.outcome == OUTCOME_REFUSED ||
			g.outcome == OUTCOME_KEPT) &&
		    u->judged < FIRST_ROWS)
			u->bad++;
		if (write_call(u, c, &g, d) || write_row(u, i, c->id, &g, d))
			return -1;
	}
	u->judged += judged;
	if (ledger_commit(u->ledger, d))
		return -1;
	(void)FAULT("undo.settled");
	return check_first(u, d);
}

static size_t
batch_of(const struct undo *u)
{
	return u->judged == 0		? 1
	       : u->judged < FIRST_ROWS ? (size_t)(FIRST_ROWS - u->judged)
					: UNDO_BATCH;
}

static int
delete_chunk(struct undo *u, struct diag *d)
{
	size_t to;

	for (size_t from = 0; from < u->rows.count; from = to) {
		to = from + batch_of(u);
		if (to > u->rows.count)
			to = u->rows.count;
		u->seen += to - from;
		if (diag_stopped(d) || delete_batch(u, from, to, d))
			return -1;
	}
	return 0;
}

int
undo_delete_all(struct undo *u, struct diag *d)
{
	struct ledger_totals t;
	struct diag ignored = DIAG_INIT;
	int ret;

	if (ledger_totals(u->ledger, &t, d))
		return -1;
	u->part = t.calls;
	u->rows.own_ledger = u->ledger;
	u->seen = 0;
	u->phase = "deleting";
	undo_rows_begin(&u->rows);
	while ((ret = undo_rows_take(&u->rows, true, d)) > 0)
		if (delete_chunk(u, d)) {
			ret = -1;
			break;
		}
	if (ledger_commit(u->ledger, ret ? &ignored : d))
		ret = -1;
	return ret;
}
