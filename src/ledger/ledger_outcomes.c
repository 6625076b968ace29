/* SPDX-License-Identifier: MIT */
/*
 * The outcomes of one chunk's rows, for the row files. A chunk's calls and
 * its rows' own entries are read once; a look-up is two binary searches. All
 * texts live in an arena until the next load.
 */
#include "base/lower_bound.h"
#include "base/xalloc.h"
#include "database.h"

#include <stdlib.h>
#include <string.h>

struct known_call {
	int64_t id;
	struct row_state means; /* for the rows that it covers */
};

struct own_entry {
	uint64_t index;
	struct row_state state; /* without its call's job and HTTP status */
};

struct ledger_outcomes {
	struct ledger *ledger;
	struct known_call *calls; /* all of the chunk's, oldest first */
	size_t call_count, call_cap;
	struct cover_spans spans; /* of those that are not superseded */
	struct cover cover;
	struct own_entry *own; /* by index */
	size_t own_count, own_cap;
	struct arena texts;
};

struct ledger_outcomes *
ledger_outcomes_new(struct ledger *l)
{
	struct ledger_outcomes *o = xcalloc(1, sizeof(*o));

	o->ledger = l;
	return o;
}

void
ledger_outcomes_free(struct ledger_outcomes *o)
{
	if (o == NULL)
		return;
	arena_release(&o->texts);
	cover_release(&o->cover);
	cover_spans_release(&o->spans);
	free(o->calls);
	free(o->own);
	free(o);
}

static sqlite3_stmt *
rows_of_chunk(struct ledger *l, enum ledger_statement which, uint64_t ordinal,
    struct diag *d)
{
	struct binder b = {.statement = ledger_kept(l, which, d)};

	if (b.statement != NULL)
		bind_u64(&b, ordinal);
	return b.statement;
}

/* Most entries have no words, or those of the entry before. */
static const char *
keep(struct ledger_outcomes *o, const char *s, const char *before)
{
	if (*s == '\0')
		return "";
	if (before != NULL && strcmp(s, before) == 0)
		return before;
	return arena_strdup(&o->texts, s);
}

static void
keep_call(struct ledger_outcomes *o, const struct ledger_call *c)
{
	struct known_call *k, *before;

	ARRAY_ROOM(o->calls, o->call_count, o->call_cap);
	k = &o->calls[o->call_count];
	before = o->call_count++ > 0 ? k - 1 : NULL;
	k->id = c->id;
	if (c->state != CALL_SUPERSEDED)
		cover_add_call(&o->spans, c, o->call_count - 1);
	k->means = (struct row_state){
	    .outcome = call_state_outcome(c->state, c->done),
	    .evidence =
		keep(o, c->evidence, before ? before->means.evidence : NULL),
	    .code = keep(o, c->code, before ? before->means.code : NULL),
	    .text = keep(o, c->answer, before ? before->means.text : NULL),
	    .process_id = "",
	    .verb = outcome_row(c->done)->verb,
	    .job = keep(o, c->job, NULL),
	    .call = c->id,
	    .http_status = c->http_status,
	};
}

static int
load_calls(struct ledger_outcomes *o, uint64_t ordinal, struct diag *d)
{
	sqlite3_stmt *s =
	    rows_of_chunk(o->ledger, STATEMENT_CHUNK_CALLS, ordinal, d);
	struct ledger_call c;
	int got;

	if (s == NULL)
		return -1;
	while ((got = ledger_step(o->ledger, s, d)) > 0) {
		if (call_read(o->ledger, s, &c, d) != 0) {
			got = -1;
			break;
		}
		keep_call(o, &c);
	}
	(void)sqlite3_reset(s);
	return got;
}

/* The next entry; 0, or -1 if its outcome is not known. */
static int
keep_own(struct ledger_outcomes *o, sqlite3_stmt *s)
{
	struct columns c = {s, 2};
	const struct row_state *before;
	struct own_entry *e;
	int outcome;

	ARRAY_ROOM(o->own, o->own_count, o->own_cap);
	e = &o->own[o->own_count];
	before = o->own_count > 0 ? &e[-1].state : NULL;
	e->index = column_u64(&c);
	e->state =
	    (struct row_state){.call = column_i64(&c), .job = "", .verb = ""};
	outcome = outcome_parse(column_view(&c));
	if (outcome < 0)
		return -1;
	e->state.outcome = (enum outcome)outcome;
	e->state.evidence =
	    keep(o, column_view(&c), before ? before->evidence : NULL);
	e->state.code = keep(o, column_view(&c), before ? before->code : NULL);
	e->state.text = keep(o, column_view(&c), before ? before->text : NULL);
	e->state.process_id = keep(o, column_view(&c), NULL);
	o->own_count++;
	return 0;
}

static int
load_own(struct ledger_outcomes *o, uint64_t ordinal, struct diag *d)
{
	sqlite3_stmt *s =
	    rows_of_chunk(o->ledger, STATEMENT_CHUNK_ROWS, ordinal, d);
	int got;

	if (s == NULL)
		return -1;
	while ((got = ledger_step(o->ledger, s, d)) > 0 && keep_own(o, s) == 0)
		;
	if (got > 0)
		got = ledger_damaged(o->ledger->path, d,
		    "a row of chunk %llu has no known outcome",
		    (unsigned long long)ordinal);
	(void)sqlite3_reset(s);
	return got;
}

int
ledger_outcomes_load(
    struct ledger_outcomes *o, uint64_t ordinal, struct diag *d)
{
	arena_release(&o->texts);
	o->call_count = o->own_count = o->spans.count = 0;
	if (load_calls(o, ordinal, d) != 0)
		return -1;
	cover_build(&o->cover, &o->spans);
	return load_own(o, ordinal, d);
}

static const struct own_entry *
find_own(const struct ledger_outcomes *o, uint64_t index)
{
	size_t i = lower_bound(o->own, o->own_count, sizeof(*o->own),
	    offsetof(struct own_entry, index), index);

	return i < o->own_count && o->own[i].index == index ? &o->own[i] : NULL;
}

static const struct known_call *
find_call(const struct ledger_outcomes *o, int64_t id)
{
	size_t i = lower_bound(o->calls, o->call_count, sizeof(*o->calls),
	    offsetof(struct known_call, id), (uint64_t)id);

	return i < o->call_count && o->calls[i].id == id ? &o->calls[i] : NULL;
}

struct row_state
ledger_outcomes_get(const struct ledger_outcomes *o, uint64_t index)
{
	static const struct row_state unsent = {.outcome = OUTCOME_UNSENT,
	    .evidence = "",
	    .code = "",
	    .text = "",
	    .process_id = "",
	    .job = "",
	    .verb = ""};
	const struct own_entry *own = find_own(o, index);
	const struct known_call *call;
	struct row_state state;
	size_t owner;

	if (own == NULL) {
		owner = cover_find(&o->cover, index);
		return owner == COVER_NONE ? unsent : o->calls[owner].means;
	}
	state = own->state;
	call = find_call(o, state.call);
	if (call != NULL) {
		state.job = call->means.job;
		state.verb = call->means.verb;
		state.http_status = call->means.http_status;
	}
	return state;
}
