/* SPDX-License-Identifier: MIT */
/* A call that is unknown was sent again if an older call of its chunk has rows
 * of it, and does not count where newer ones have all of them. */
#include "run_end.h"

#include "chakra/verb.h"
#include "http/transport.h"
#include "run_settings.h"

#include <stdlib.h>
#include <string.h>

/* Is it taken back? */
static int
load_undone(
    struct ledger *l, struct arena *arena, struct run_report *r, struct diag *d)
{
	char *by, *is_over = NULL;
	int ret = ledger_get(l, LEDGER_UNDONE_BY, &by, d);

	if (by != NULL)
		ret = ledger_get(l, LEDGER_UNDONE, &is_over, d);
	r->undone_by = by ? arena_strdup(arena, by) : NULL;
	r->undo_is_over = is_over != NULL;
	free(by);
	free(is_over);
	return ret;
}

/* That an address is loopback is a hint only; the sandbox says what it is. */
int
run_end_place(
    struct ledger *l, struct arena *arena, struct run_report *r, struct diag *d)
{
	struct diag ignored = DIAG_INIT;
	struct buf place = BUF_INIT(0);
	struct base_url url;
	uint64_t rehearsal;

	if (run_meta_number(l, LEDGER_REHEARSAL, 0, &rehearsal, d))
		return -1;
	r->rehearsal = rehearsal != 0;
	if (load_undone(l, arena, r, d))
		return -1;
	if (base_url_parse(r->base_url, &url, &ignored) ||
	    (!rehearsal && !url.loopback))
		return 0;
	buf_adds(&place, rehearsal ? "the sandbox at " : "a service at ");
	buf_adds(&place, url.host);
	if (url.port)
		buf_addf(&place, ":%u", url.port);
	buf_adds(&place, rehearsal ? "" : " (this machine, not ChakraHQ)");
	r->place = arena_strdup(arena, buf_str(&place));
	buf_release(&place);
	return 0;
}

int
run_end_service(
    struct ledger *l, const char *base_url, const char **out, struct diag *d)
{
	struct run_report r = {.base_url = base_url};
	struct arena arena = {0};
	int ret = run_end_place(l, &arena, &r, d);

	*out = run_report_service(&r);
	arena_release(&arena);
	return ret;
}

int
run_end_open_rows(struct ledger *l, uint64_t *out, struct diag *d)
{
	struct ledger_totals t;

	if (ledger_totals(l, &t, d))
		return -1;
	*out = outcome_counts_of(&t.outcomes, TRAIT_OPEN);
	return 0;
}

int
run_end_note(struct ledger *l, bool in_vain, bool asked_all, struct diag *d)
{
	return ledger_set(l, META_IN_VAIN,
	    !in_vain	? ""
	    : asked_all ? "all"
			: "plain",
	    d);
}

/* The calls of which nobody knows whether they landed. */
struct lost_calls {
	struct ledger *ledger;
	struct diag *diag;
	const struct ledger_call *call; /* the one that is looked at */
	uint64_t covered;		/* its rows that a newer call carries */
	bool is_resend;
	uint64_t resent; /* rows that were sent twice, the second time after
			  * they were proven absent, and are unknown */
	bool may_resend; /* there is one that was not sent again */
	bool looks_first;
};

/* Another call of the same chunk. */
static int
see_other(void *ctx, const struct ledger_call *other)
{
	struct lost_calls *k = ctx;
	const struct ledger_call *c = k->call;
	uint64_t shared = 0;

	if (other->id == c->id || other->state == CALL_SUPERSEDED)
		return 0;
	for (uint64_t i = c->first; i < c->first + c->count; i++)
		shared += ledger_call_has(c, i) && ledger_call_has(other, i);
	if (other->id > c->id)
		k->covered += shared;
	else
		k->is_resend |= shared > 0;
	return 0;
}

/* Those of the call's rows that no lookup found. */
static int
count_resent(struct lost_calls *k)
{
	const struct ledger_call *c = k->call;
	struct ledger_outcomes *o = ledger_outcomes_new(k->ledger);
	int failed = ledger_outcomes_load(o, c->chunk, k->diag);

	for (uint64_t i = c->first; !failed && i < c->first + c->count; i++)
		k->resent +=
		    ledger_call_has(c, i) &&
		    outcome_is(ledger_outcomes_get(o, i).outcome, TRAIT_LOST);
	ledger_outcomes_free(o);
	return failed;
}

/* An upsert's create is never sent again. */
static bool
is_sent_once(const struct lost_calls *k)
{
	const char *verb = outcome_row(k->call->done)->verb;

	return k->looks_first && !verb_of(verb_named(verb))->changes;
}

static int
see_lost(void *ctx, const struct ledger_call *c)
{
	struct lost_calls *k = ctx;

	k->call = c;
	k->covered = 0;
	k->is_resend = false;
	if (ledger_each_chunk_call(k->ledger, c->chunk, see_other, k, k->diag))
		return -1;
	if (k->covered >= (c->gap_bytes > 0 ? c->rows : c->count))
		return 0;
	if (is_sent_once(k))
		return count_resent(k);
	if (!k->is_resend)
		k->may_resend = true;
	else if (k->covered == 0 && strncmp(c->code, "lookup.", 7) != 0)
		return count_resent(k);
	return 0;
}

int
run_end_rest(
    struct ledger *l, bool looks_first, enum run_rest *out, struct diag *d)
{
	struct lost_calls k = {
	    .ledger = l, .diag = d, .looks_first = looks_first};
	struct ledger_totals t;
	bool asked_all, nobody_asked;
	char *in_vain;

	*out = REST_ASK;
	if (ledger_get(l, META_IN_VAIN, &in_vain, d))
		return -1;
	asked_all = in_vain && strcmp(in_vain, "all") == 0;
	nobody_asked = !in_vain || in_vain[0] == '\0';
	free(in_vain);
	if (nobody_asked)
		return 0;
	if (ledger_totals(l, &t, d) ||
	    ledger_each_call(l, CALL_UNKNOWN, see_lost, &k, d))
		return -1;
	if (k.may_resend && !asked_all)
		*out = REST_ABSENT;
	else if (k.resent > 0 &&
		 (looks_first ||
		     k.resent == outcome_counts_of(&t.outcomes, TRAIT_LOST)))
		*out = REST_RESENT;
	else
		*out = REST_BY_HAND;
	return 0;
}

int
run_end_other_version(
    struct ledger *l, const struct run_identity *id, bool *out, struct diag *d)
{
	uint64_t is_noted;

	if (run_meta_number(l, META_OTHER_VERSION, 0, &is_noted, d))
		return -1;
	*out = is_noted != 0 || id->payload_version > RUN_PAYLOAD_VERSION;
	return 0;
}
