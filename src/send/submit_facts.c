/* SPDX-License-Identifier: MIT */
/* What the submitter tells of itself while it works. */
#include "submitter_core.h"

static unsigned
calls_sending(const struct submitter *s)
{
	unsigned count = 0;

	for (const struct open_call *c = s->calls; c; c = c->next)
		count += c->step < STEP_JOB;
	return count;
}

struct submitter_facts
submitter_facts(const struct submitter *s)
{
	int64_t now = submitter_now(s);
	struct submitter_facts f = {
	    .rows_settled =
		s->rows_acked + s->refused + s->rejected + s->skipped,
	    .rows_read = s->rows_read,
	    .rows = {.rows = {[OUTCOME_REFUSED] = s->refused - s->conflict,
			 [OUTCOME_CONFLICT] = s->conflict,
			 [OUTCOME_REJECTED] = s->rejected,
			 [OUTCOME_UNKNOWN] = s->unknown}},
	    .lookups = s->lookups,
	    .in_flight = (unsigned)s->transport->active(s->transport->ctx),
	    .open_jobs = submitter_open_jobs(s),
	    .sending = calls_sending(s),
	};

	f.has_clock = service_clock_offset(
	    &s->service_clock, &f.clock_offset_ms, &f.clock_within_ms);
	if (submitter_contact_holds(s))
		f.waits_for = "first call runs alone, until it is confirmed";
	if (s->brake) {
		f.waits_for = "an answer was lost; waiting for ChakraHQ";
	} else if (s->pause_until_ms > now) {
		f.waits_for = s->pause_why;
		f.waits_until_ms = submitter_wall(s) + s->pause_until_ms - now;
	}
	return f;
}
