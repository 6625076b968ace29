/* SPDX-License-Identifier: MIT */
/*
 * The ledger has a time for each call and each event. A wait is what lies
 * between a "pause" (or an "unknown", after which ChakraHQ is asked whether it
 * answers at all) and the "resume" after it; both can overlap and count once.
 */
#include "timeline.h"

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_PAUSE, WAIT_ANSWER, WAITS };

struct walk {
	struct timeline *t;
	int64_t wait_from[WAITS]; /* wall; 0 = it does not wait */
	char why[64];		  /* of the pause */
};

/* The part that a moment belongs to; -1 = none. */
static int
part_at(const struct timeline *t, int64_t at_ms)
{
	for (size_t i = t->part_count; i-- > 0;) {
		if (at_ms >= t->parts[i].started_ms)
			return (int)i;
	}
	return -1;
}

static void
stretch(struct timeline *t, int64_t at_ms)
{
	int i = at_ms > 0 ? part_at(t, at_ms) : -1;

	if (i >= 0 && at_ms - t->parts[i].started_ms > t->parts[i].length_ms)
		t->parts[i].length_ms = at_ms - t->parts[i].started_ms;
}

static int
stretch_call(void *ctx, const struct ledger_call *c)
{
	stretch(ctx, c->sent_ms);
	stretch(ctx, c->answered_ms);
	stretch(ctx, c->settled_ms);
	return 0;
}

static int
stretch_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	(void)kind;
	(void)text;
	stretch(ctx, at_ms);
	return 0;
}

/* A moment as time worked; what lies between two parts is the first's end. */
static int64_t
worked_ms(const struct timeline *t, int64_t at_ms)
{
	int i = part_at(t, at_ms);
	int64_t in;

	if (i < 0)
		return 0;
	in = at_ms - t->parts[i].started_ms;
	return t->parts[i].offset_ms +
	       (in < t->parts[i].length_ms ? in : t->parts[i].length_ms);
}

static struct timeline_bin *
bin_at(struct timeline *t, int64_t at_ms)
{
	double share = (double)worked_ms(t, at_ms) / (double)t->span_ms;
	size_t i = (size_t)(share * TIMELINE_BINS);

	return &t->bins[i < TIMELINE_BINS ? i : TIMELINE_BINS - 1];
}

/* Is the call one that ChakraHQ took? */
static bool
is_taken(enum call_state s)
{
	return s == CALL_ACKED || s == CALL_CREATED || s == CALL_ACCEPTED ||
	       s == CALL_REFUSED;
}

static int
count_call(void *ctx, const struct ledger_call *c)
{
	struct timeline *t = ctx;

	if (c->attempts == 0)
		return 0;
	t->calls++;
	if (c->attempts > 1) {
		uint64_t again = c->attempts - 1;

		t->retries += again;
		bin_at(t, c->answered_ms ? c->answered_ms : c->sent_ms)
		    ->retries += again;
	}
	if (is_taken(c->state) && c->answered_ms > 0) {
		t->acknowledged += c->rows;
		bin_at(t, c->answered_ms)->acknowledged += c->rows;
	}
	if ((c->state == CALL_CREATED || c->state == CALL_REFUSED) &&
	    c->settled_ms > 0) {
		t->settled += c->rows;
		bin_at(t, c->settled_ms)->settled += c->rows;
	}
	return 0;
}

static void
note_reason(struct timeline *t, const char *words, int64_t ms)
{
	struct timeline_reason *x;
	size_t i = 0;

	while (i < t->reason_count && strcmp(t->reasons[i].words, words) != 0)
		i++;
	if (i == TIMELINE_REASONS) {
		i--;
		snprintf(t->reasons[i].words, sizeof(t->reasons[i].words),
		    "other reasons");
	}
	x = &t->reasons[i];
	if (i == t->reason_count) {
		snprintf(x->words, sizeof(x->words), "%s", words);
		t->reason_count++;
	}
	x->count++;
	x->waited_ms += ms;
}

/* Spreads a wait over the bins that it touches. */
static void
add_wait(struct timeline *t, int64_t from_ms, int64_t to_ms)
{
	double bin_ms = (double)t->span_ms / TIMELINE_BINS;
	double from = (double)worked_ms(t, from_ms);
	double to = (double)worked_ms(t, to_ms);
	size_t i = (size_t)(from / bin_ms);

	t->waited_ms += (int64_t)(to - from);
	for (; i < TIMELINE_BINS && from < to; i++) {
		double end = (double)(i + 1) * bin_ms;
		double here = (end < to ? end : to) - from;

		if (here > 0)
			t->bins[i].waited_ms += (int64_t)(here + 0.5);
		from = end > from ? end : from;
	}
}

/* A wait of one kind is over. The time of both kinds counts once. */
static void
end_wait(struct walk *w, int kind, int64_t at_ms, const char *why)
{
	int64_t from = w->wait_from[kind], other = w->wait_from[!kind];

	w->wait_from[kind] = 0;
	if (from == 0 || at_ms < from)
		return;
	note_reason(w->t, why, worked_ms(w->t, at_ms) - worked_ms(w->t, from));
	if (other == 0)
		add_wait(w->t, from, at_ms);
	else if (from < other)
		w->wait_from[!kind] = from;
}

static void
begin_pause(struct walk *w, int64_t at_ms, const char *text)
{
	const char *end = strstr(text, ", goes on at ");
	size_t len = end ? (size_t)(end - text) : strlen(text);

	if (w->wait_from[WAIT_PAUSE] != 0)
		return;
	w->wait_from[WAIT_PAUSE] = at_ms;
	snprintf(w->why, sizeof(w->why), "%.*s",
	    (int)(len < sizeof(w->why) ? len : sizeof(w->why) - 1), text);
}

static int
count_event(void *ctx, int64_t at_ms, const char *kind, const char *text)
{
	struct walk *w = ctx;
	struct timeline *t = w->t;

	if (strcmp(kind, "pause") == 0) {
		begin_pause(w, at_ms, text);
	} else if (strcmp(kind, "unknown") == 0) {
		t->lost++;
		bin_at(t, at_ms)->lost++;
		if (w->wait_from[WAIT_ANSWER] == 0)
			w->wait_from[WAIT_ANSWER] = at_ms;
	} else if (strcmp(kind, "resend") == 0) {
		t->retries++;
		bin_at(t, at_ms)->retries++;
	} else if (strcmp(kind, "resume") == 0) {
		if (strcmp(text, "sending goes on") == 0)
			end_wait(w, WAIT_PAUSE, at_ms, w->why);
		else
			end_wait(w, WAIT_ANSWER, at_ms,
			    "the service did not answer");
	} else if (strcmp(kind, "start") == 0 || strcmp(kind, "end") == 0) {
		/* A pause that a stop or a kill cut short. Whether it waited
		 * for an answer until then is unknown. */
		w->wait_from[WAIT_ANSWER] = 0;
		end_wait(w, WAIT_PAUSE, at_ms, w->why);
	}
	return 0;
}

static void
take_parts(struct timeline *t, const struct run_report *r)
{
	t->parts = xcalloc(r->part_count + 1, sizeof(*t->parts));
	for (size_t i = 0; i < r->part_count; i++) {
		struct timeline_part *p;

		if (r->parts[i].started_ms <= 0)
			continue;
		p = &t->parts[t->part_count++];
		p->command = r->parts[i].command;
		p->started_ms = r->parts[i].started_ms;
		if (r->parts[i].ended_ms > p->started_ms)
			p->length_ms = r->parts[i].ended_ms - p->started_ms;
	}
}

void
timeline_release(struct timeline *t)
{
	free(t->parts);
	t->parts = NULL;
}

int
timeline_load(struct timeline *t, const struct run_report *r, struct diag *d)
{
	struct walk w = {.t = t};

	memset(t, 0, sizeof(*t));
	take_parts(t, r);
	if (!r->ledger || t->part_count == 0)
		return 0;
	if (ledger_each_call(r->ledger, -1, stretch_call, t, d) != 0 ||
	    ledger_each_event(r->ledger, stretch_event, t, d) != 0)
		return -1;
	for (size_t i = 0; i < t->part_count; i++) {
		t->parts[i].offset_ms = t->span_ms;
		t->span_ms += t->parts[i].length_ms;
	}
	if (t->span_ms == 0)
		return 0;
	if (ledger_each_call(r->ledger, -1, count_call, t, d) != 0)
		return -1;
	return ledger_each_event(r->ledger, count_event, &w, d);
}
