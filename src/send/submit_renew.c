/* SPDX-License-Identifier: MIT */
/*
 * A token that is refused may have expired: another one is asked for, once, and
 * what was refused is sent again with it, for the service did not act on it.
 * Meanwhile nothing is started, and what is on the wire goes on. A token that
 * is refused before anything went well with it is the last one.
 */
#include "submitter_core.h"

#include <stdio.h>

#define LOOK_MS 50

bool
submitter_renews(struct submitter *s, const struct http_response *r)
{
	if (r->status != 401 || s->transport->renew == NULL)
		return false;
	if (r->old_token || s->renewing)
		return true;
	if (s->renewed)
		return false;
	s->renewing = s->renewed = true;
	return true;
}

void
submitter_see_token(struct submitter *s, const struct http_response *r)
{
	if (r->status >= 200 && r->status <= 299 && !r->old_token)
		s->renewed = false;
}

/* The answer that began it stops the run, after all. */
static void
give_up(struct submitter *s, const struct diag *why)
{
	struct diag d = DIAG_INIT;

	diag_set(&d, DIAG_SERVICE,
	    "ChakraHQ refuses the token (HTTP 401), and there is no other: "
	    "%.600s",
	    why->message);
	diag_code(&d, "http.401");
	diag_help(&d, "check the token and what its access role may do, then "
		      "resume this run");
	submitter_stop(s, &d, STOP_LEAVE);
}

int
submitter_renew(struct submitter *s, struct diag *d)
{
	struct diag why = DIAG_INIT;

	if (!s->renewing)
		return 0;
	switch (s->transport->renew(s->transport->ctx, &why)) {
	case RENEWAL_WAITS:
		/* Not a pause of the service: no event each time. */
		if (s->pause_until_ms < submitter_now(s) + LOOK_MS) {
			s->pause_until_ms = submitter_now(s) + LOOK_MS;
			s->pause_why = "asking for another token";
		}
		return 0;
	case RENEWAL_NONE:
		give_up(s, &why);
		break;
	case RENEWAL_DONE:
		break;
	}
	s->renewing = false;
	if (s->stopped)
		return 0;
	return submitter_event(s, "token",
	    "the token was refused; another one is used from here on", d);
}
