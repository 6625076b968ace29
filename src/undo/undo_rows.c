/* SPDX-License-Identifier: MIT */
/*
 * Looked up by key, many at a time; a process that the job's entry named and
 * that its key does not show is asked for by its id.
 */
#include "undo_rows.h"

#include "base/civil.h"
#include "base/json_read.h"
#include "base/xalloc.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_LIMIT 100
#define PAGES_MAX 200

void
undo_rows_release(struct undo_rows *u)
{
	ledger_outcomes_free(u->made);
	ledger_outcomes_free(u->own);
	free(u->rows);
	free(u->calls);
	free(u->others);
	buf_release(&u->creator);
	buf_release(&u->sent);
	sent_reader_release(&u->reader);
}

static int
keep_call(void *ctx, const struct ledger_call *c)
{
	struct undo_rows *u = ctx;
	struct made_call *m;

	ARRAY_ROOM(u->calls, u->call_count, u->call_cap);
	m = &u->calls[u->call_count++];
	*m = (struct made_call){.id = c->id,
	    .sent_ms = c->sent_ms,
	    .seen_ms = c->settled_ms ? c->settled_ms : c->answered_ms};
	snprintf(m->job, sizeof(m->job), "%s", c->job);
	return 0;
}

static const struct made_call *
find_call(const struct undo_rows *u, int64_t id)
{
	for (size_t i = 0; i < u->call_count; i++)
		if (u->calls[i].id == id)
			return &u->calls[i];
	return NULL;
}

/* What an earlier part of the undo left of it. */
static void
take_own(struct undo_rows *u, struct made_row *r, size_t index)
{
	struct row_state state;

	if (u->own == NULL)
		return;
	state = ledger_outcomes_get(u->own, index);
	r->is_over =
	    state.outcome == OUTCOME_DELETED || state.outcome == OUTCOME_ABSENT;
	r->was_kept = state.outcome == OUTCOME_KEPT;
	r->had_intent = state.outcome == OUTCOME_UNKNOWN && state.call != 0;
	snprintf(r->process_id, sizeof(r->process_id), "%s", state.process_id);
}

static void
add_row(struct undo_rows *u, const struct sent_row *sent,
    const struct row_state *state)
{
	const struct made_call *call = find_call(u, state->call);
	struct made_row *r;

	ARRAY_ROOM(u->rows, u->count, u->cap);
	r = &u->rows[u->count];
	*r = (struct made_row){.sent = *sent};
	r->sent_ms = call ? call->sent_ms : 0;
	r->seen_ms = call ? call->seen_ms : 0;
	if (strcmp(state->evidence, "job") == 0)
		snprintf(r->id, sizeof(r->id), "%s", state->process_id);
	take_own(u, r, u->count);
	u->count++;
}

static void
take_entry(void *ctx, const struct job_entry *e)
{
	struct undo_rows *u = ctx;

	if (e->key_token.len == 0 || e->process_id[0] == '\0')
		return;
	for (size_t i = 0; i < u->count; i++)
		if (u->rows[i].sent.key.len > 0 && u->rows[i].id[0] == '\0' &&
		    json_same(u->rows[i].sent.key, e->key_token)) {
			snprintf(u->rows[i].id, sizeof(u->rows[i].id), "%s",
			    e->process_id);
			return;
		}
}

/* Of the jobs of rows whose id is not known yet. */
static int
ask_for_ids(struct undo_rows *u, struct diag *d)
{
	for (size_t c = 0; c < u->call_count; c++) {
		const struct made_call *call = &u->calls[c];
		bool lacks = false;

		for (size_t i = 0; i < u->count; i++)
			lacks |= !u->rows[i].is_over &&
				 u->rows[i].id[0] == '\0' &&
				 u->rows[i].sent_ms == call->sent_ms;
		if (lacks && call->job[0] != '\0' &&
		    undo_entries(u->service, call->job, take_entry, u, d))
			return -1;
	}
	return 0;
}

static int
damaged(const struct undo_rows *u, struct diag *d)
{
	diag_set(d, DIAG_INPUT,
	    "the ledger of run %s does not say what chunk %" PRIu64 " sent",
	    run_identity(u->input->run.run)->id, u->chunk.ordinal);
	diag_code(d, "ledger.damaged");
	return -1;
}

void
undo_rows_begin(struct undo_rows *u)
{
	u->next = 0;
}

int
undo_rows_open(struct undo_rows *u, struct diag *d)
{
	struct ledger *l = u->input->run.ledger;
	int got;

	do {
		got = ledger_chunk_from(l, u->next, &u->chunk, d);
		if (got <= 0)
			return got;
		u->ordinal = u->chunk.ordinal;
		u->next = u->ordinal + 1;
	} while (u->chunk.rows == 0);
	got = ledger_get_sent(u->input->rows, u->ordinal, &u->sent, d);
	if (got < 0 || ledger_outcomes_load(u->made, u->ordinal, d))
		return -1;
	/* Of one that was planned and never sent, the input tells no more. */
	if (got == 0 && u->input->made != NULL)
		buf_clear(&u->sent);
	else if (got == 0 ||
		 !sent_open(&u->reader, buf_text(&u->sent), u->chunk.sha256))
		return damaged(u, d);
	if (got == 0)
		u->chunk.rows = 0;
	return 1;
}

int
undo_rows_read(struct undo_rows *u, struct sent_row *row, struct diag *d)
{
	return sent_next(&u->reader, row) > 0 ? 0 : damaged(u, d);
}

int
undo_rows_take(struct undo_rows *u, bool asks_for_ids, struct diag *d)
{
	int created = outcome_of_verb("create");
	int got = undo_rows_open(u, d);
	struct sent_row sent;

	u->count = u->call_count = 0;
	if (got <= 0)
		return got;
	if (u->own_ledger && u->own == NULL)
		u->own = ledger_outcomes_new(u->own_ledger);
	if ((u->own && ledger_outcomes_load(u->own, u->ordinal, d)) ||
	    ledger_each_chunk_call(
		u->input->run.ledger, u->ordinal, keep_call, u, d))
		return -1;
	for (uint64_t i = 0; i < u->chunk.rows; i++) {
		struct row_state state = ledger_outcomes_get(u->made, i);

		if (undo_rows_read(u, &sent, d))
			return -1;
		if ((int)state.outcome == created)
			add_row(u, &sent, &state);
	}
	return asks_for_ids && ask_for_ids(u, d) ? -1 : 1;
}

/* Are the row's fields as they were sent? */
static void
judge_fields(
    struct undo_rows *u, struct made_row *r, const struct found_process *p)
{
	struct buf path = BUF_INIT(0);
	struct buf shown = BUF_INIT(sizeof(r->differs) - 1);

	r->facts.differs = !sent_is_there(&u->reader, &r->sent, p->json, &path);
	if (r->sent.key.len > 0 && p->key_token.len > 0 &&
	    !json_same(r->sent.key, p->key_token)) {
		r->facts.differs = true;
		buf_clear(&path);
		buf_adds(&path, u->input->key_name ? u->input->key_name : "");
	}
	text_display(&shown, buf_text(&path), 0);
	snprintf(r->differs, sizeof(r->differs), "%s", buf_str(&shown));
	buf_release(&path);
	buf_release(&shown);
}

/* One that was found and may be the row's own. */
static void
take_found(
    struct undo_rows *u, struct made_row *r, const struct found_process *p)
{
	struct undo_facts *f = &r->facts;
	struct text creator = json_member(p->json, "createdBy");

	f->found++;
	if (f->found > 1)
		return;
	snprintf(r->process_id, sizeof(r->process_id), "%s", p->id);
	f->created_ms = p->created_at_ms;
	f->is_cut_to_seconds = p->created_at_ms % 1000 == 0;
	f->updated_ms = p->updated_at_ms;
	judge_fields(u, r, p);
	f->is_other_creator =
	    u->creator.len > 0 && !text_equal(creator, buf_text(&u->creator));
	r->creator = creator;
}

static bool
is_deleted(const struct found_process *p)
{
	return text_is(json_member(p->json, "isDeleted"), "true");
}

static bool
is_rows(const struct made_row *r, const struct found_process *p)
{
	return r->id[0] != '\0' ? strcmp(r->id, p->id) == 0
				: r->sent.key.len > 0 && p->key_token.len > 0 &&
				      json_same(r->sent.key, p->key_token);
}

/* The run's own creator is that of the first process that is proven. */
static void
judge(struct undo_rows *u, struct made_row *r)
{
	r->proof = undo_prove(&r->facts);
	if (r->proof == UNDO_OURS && u->creator.len == 0 && r->creator.s)
		buf_add(&u->creator, r->creator.s, r->creator.len);
}

/* A run whose run.json cannot be read may have been anywhere, at any time. */
static int
add_other(void *ctx, const struct run_summary *s)
{
	struct undo_rows *u = ctx;
	const struct run_identity *id = &s->identity,
				  *own = run_identity(u->input->run.run);
	bool is_known = id->base_url[0] != '\0';
	struct diag ignored = DIAG_INIT;
	struct run_story story = {.count = 0};
	struct other_run *o;
	struct ledger *l;
	struct run *run;

	if (is_known ? strcmp(id->base_url, own->base_url) != 0 ||
			   strcmp(id->procedure, own->procedure) != 0
		     : !s->sent)
		return 0;
	if (strcmp(id->id, own->id) == 0 || id->kind[0] != '\0')
		return 0;
	ARRAY_ROOM(u->others, u->other_count, u->other_cap);
	o = &u->others[u->other_count++];
	o->from_ms = is_known ? iso_date_ms(id->started) : 0;
	o->to_ms = INT64_MAX;
	run = run_open(u->input->run.runs_dir, id->id, &ignored);
	l = run ? run_ledger_open(run, true, false, &ignored) : NULL;
	if (l && run_story_load(&story, l, &ignored) == 0)
		o->to_ms = story.last_ms;
	run_story_release(&story);
	ledger_free(l);
	run_free(run);
	return 0;
}

/* Another run on the same procedure may have created what was created then. */
static int
find_others(struct undo_rows *u, struct made_row *r, struct diag *d)
{
	const struct run_filter all = {.name = NULL};
	int64_t slack = CLOCK_SERVICE_MS;

	if (!u->has_others &&
	    runs_each(u->input->run.runs_dir, &all, add_other, u, d) < 0)
		return -1;
	u->has_others = true;
	for (size_t i = 0; i < u->other_count; i++)
		if (u->others[i].from_ms - slack <= r->seen_ms &&
		    u->others[i].to_ms >= r->sent_ms - slack)
			r->facts.is_other_run = true;
	return 0;
}

static int
begin_facts(struct undo_rows *u, struct made_row *r, struct diag *d)
{
	struct undo_facts *f = &r->facts;

	*f = (struct undo_facts){.has_id = r->id[0] != '\0',
	    .created_ms = FOUND_NO_TIME,
	    .updated_ms = FOUND_NO_TIME,
	    .sent_ms = r->sent_ms,
	    .seen_ms = r->seen_ms,
	    .even_if_changed = u->settings->even_if_changed};
	f->has_clock = service_clock_at(&u->service->time, r->sent_ms, SIZE_MAX,
	    &f->offset_ms, &f->within_ms);
	r->creator = (struct text){NULL, 0};
	return f->has_id ? 0 : find_others(u, r, d);
}

/* Another page is to come if it shows anything. */
static bool
take_page(struct undo_rows *u, size_t from, size_t to,
    const struct list_page *page, bool *is_seeing)
{
	for (size_t n = 0; n < page->count; n++) {
		const struct found_process *p = &page->items[n];

		for (size_t i = from; i < to; i++) {
			struct made_row *r = &u->rows[i];

			*is_seeing |= p->key_token.len > 0 &&
				      r->sent.key.len > 0 &&
				      json_same(r->sent.key, p->key_token);
			if (!r->is_over && !is_deleted(p) && is_rows(r, p))
				take_found(u, r, p);
		}
	}
	/* What creators are called is in the page. */
	for (size_t i = from; i < to; i++) {
		if (!u->rows[i].is_over && u->rows[i].facts.found > 0)
			judge(u, &u->rows[i]);
		u->rows[i].creator = (struct text){NULL, 0};
	}
	return page->has_more && page->count > 0;
}

static int
list_rows(struct undo_rows *u, size_t from, size_t to, bool *is_seeing,
    struct diag *d)
{
	struct buf body = BUF_INIT(0);
	struct list_body list;
	bool more = true;
	uint64_t skip = 0;
	size_t keys = 0;
	int ret = 0;

	for (int pages = 0; ret == 0 && more && pages < PAGES_MAX; pages++) {
		struct http_response r;
		struct list_page page;

		buf_clear(&body);
		list_body_begin(&list, u->input->key_name, &body);
		for (size_t i = from; i < to; i++) {
			if (u->rows[i].is_over || u->rows[i].sent.key.len == 0)
				continue;
			list_body_key(&list, u->rows[i].sent.key);
			keys++;
		}
		list_body_end(&list, skip, LIST_LIMIT);
		if (keys == 0)
			break;
		ret = undo_list(u->service, &body, &r, &page, d);
		if (ret)
			break;
		more = take_page(u, from, to, &page, is_seeing);
		skip += page.count;
		list_page_release(&page);
		http_response_release(&r);
	}
	buf_release(&body);
	return ret;
}

int
undo_rows_look_again(struct undo_rows *u, struct made_row *r, struct diag *d)
{
	const char *id = r->id[0] ? r->id : r->process_id;
	struct http_response answer;
	struct list_page page;
	struct buf kept = BUF_INIT(0);

	buf_adds(&kept, id);
	if (begin_facts(u, r, d) ||
	    undo_get(u->service, buf_str(&kept), &answer, &page, d)) {
		buf_release(&kept);
		return -1;
	}
	r->facts.is_seeing = true;
	if (page.count > 0)
		take_found(u, r, &page.items[0]);
	judge(u, r);
	r->creator = (struct text){NULL, 0};
	snprintf(r->process_id, sizeof(r->process_id), "%s", buf_str(&kept));
	list_page_release(&page);
	http_response_release(&answer);
	buf_release(&kept);
	return 0;
}

int
undo_rows_look(struct undo_rows *u, size_t from, size_t to, struct diag *d)
{
	bool is_seeing = false;

	for (size_t i = from; i < to; i++)
		if (!u->rows[i].is_over && begin_facts(u, &u->rows[i], d))
			return -1;
	if (list_rows(u, from, to, &is_seeing, d))
		return -1;
	for (size_t i = from; i < to; i++) {
		struct made_row *r = &u->rows[i];

		if (r->is_over || r->facts.found > 0)
			continue;
		/* Its key does not show it: it is gone, or has another key. One
		 * that an earlier part began to delete has its id in our
		 * ledger. */
		if (r->id[0] != '\0' ||
		    (r->had_intent && r->process_id[0] != '\0')) {
			if (undo_rows_look_again(u, r, d))
				return -1;
			continue;
		}
		r->facts.is_seeing = is_seeing && r->sent.key.len > 0;
		r->facts.found = r->sent.key.len == 0 ? 2 : 0;
		judge(u, r);
	}
	return 0;
}

enum outcome
undo_rows_outcome(const struct made_row *r, char code[UNDO_CODE_SIZE],
    char words[UNDO_WORDS_SIZE])
{
	static const char *const why[] = {
	    [UNDO_OURS] = "",
	    [UNDO_GONE] = "",
	    [UNDO_UNSEEN] = "the service showed none of the keys that were "
			    "asked for: it is not known whether there is "
			    "such a process",
	    [UNDO_OLDER] = "the process was there before this row was sent: "
			   "the row was merged into it",
	    [UNDO_NO_PROOF] = "nothing proves that this run created the "
			      "process",
	    [UNDO_CHANGED] = "the process was changed since",
	};
	static const enum outcome outcomes[] = {
	    [UNDO_OURS] = OUTCOME_UNSENT,
	    [UNDO_GONE] = OUTCOME_ABSENT,
	    [UNDO_UNSEEN] = OUTCOME_UNKNOWN,
	    [UNDO_OLDER] = OUTCOME_KEPT,
	    [UNDO_NO_PROOF] = OUTCOME_KEPT,
	    [UNDO_CHANGED] = OUTCOME_KEPT,
	};

	if (code)
		snprintf(code, UNDO_CODE_SIZE, "%s", undo_proof_code(r->proof));
	if (words && r->proof == UNDO_CHANGED && r->differs[0] != '\0')
		snprintf(words, UNDO_WORDS_SIZE,
		    "the process was changed since: %s is not as it was sent",
		    r->differs);
	else if (words)
		snprintf(words, UNDO_WORDS_SIZE, "%s", why[r->proof]);
	return r->proof == UNDO_GONE && r->had_intent ? OUTCOME_DELETED
						      : outcomes[r->proof];
}

enum outcome
undo_outcome_gone(void)
{
	return OUTCOME_ABSENT;
}
