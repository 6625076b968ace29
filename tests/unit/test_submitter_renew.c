/* SPDX-License-Identifier: MIT */
/* A token that is refused, and another one that may be had. */
#include "submitter_scene.h"
#include "test.h"

#include <string.h>

/* What the renewals of a test answer, one after the other; waits before each.
 */
static struct {
	enum renewal answers[4];
	unsigned waits, asked, done;
} plan;

static enum renewal
renew(void *ctx, struct diag *why)
{
	(void)ctx;
	plan.asked++;
	if (plan.waits > 0) {
		plan.waits--;
		return RENEWAL_WAITS;
	}
	if (plan.answers[plan.done] == RENEWAL_NONE)
		diag_set(why, DIAG_USAGE, "no other today");
	return plan.answers[plan.done++];
}

static void
begin(struct scene *s, size_t chunks)
{
	memset(&plan, 0, sizeof(plan));
	scene_init(s, chunks, 2);
	s->transport.renew = renew;
	s->options.settings.in_flight = 1;
}

TEST(what_was_refused_is_sent_again_with_the_other_token)
{
	struct scene s;

	begin(&s, 3);
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_401);
	plan.waits = 5;
	plan.answers[0] = RENEWAL_DONE;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(plan.done, 1);
	assert_int_equal(plan.asked, 6);
	assert_int_equal(count(&s, OUTCOME_CREATED), 6);
	scene_end(&s);
}

TEST(without_another_token_the_run_stops_and_says_why)
{
	struct scene s;

	begin(&s, 3);
	SCRIPT(&s, FAKE_ACK_JOB);
	s.fake.rest = FAKE_401;
	plan.answers[0] = RENEWAL_NONE;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_non_null(
	    strstr(submitter_stopped(s.submitter)->message, "no other today"));
	assert_string_equal(submitter_stopped(s.submitter)->code, "http.401");
	/* The first call is not followed to its end. */
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 2);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 2);
	scene_end(&s);
}

TEST(another_token_that_is_refused_at_once_is_the_last)
{
	struct scene s;

	begin(&s, 3);
	SCRIPT(&s, FAKE_ACK_JOB);
	s.fake.rest = FAKE_401;
	plan.answers[0] = plan.answers[1] = RENEWAL_DONE;
	scene_run(&s);
	assert_int_equal(plan.done, 1);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(count(&s, OUTCOME_UNSENT), 2);
	scene_end(&s);
}

TEST(tokens_that_were_good_for_something_are_renewed_again)
{
	struct scene s;

	begin(&s, 3);
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_401, FAKE_ACK_JOB, FAKE_401);
	plan.answers[0] = plan.answers[1] = RENEWAL_DONE;
	scene_run(&s);
	assert_int_equal(plan.done, 2);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(count(&s, OUTCOME_CREATED), 6);
	scene_end(&s);
}

TEST(a_transport_that_cannot_renew_stops_the_run_at_the_first_refusal)
{
	struct scene s;

	begin(&s, 2);
	s.transport.renew = NULL;
	s.fake.rest = FAKE_401;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(plan.asked, 0);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 2);
	scene_end(&s);
}
