/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* Changes that were sent, and do not show: what is believed of them depends on
 * whether a job took them, and on who asks how long. */

static int
copy_call(void *ctx, const struct ledger_call *c)
{
	*(struct ledger_call *)ctx = *c;
	return 0;
}

/* Of the last call of the ledger. */
static void
assert_evidence(const struct scene *s, const char *evidence)
{
	struct ledger_call call = {0};
	struct diag d = DIAG_INIT;

	assert_int_equal(
	    ledger_each_call(s->ledger, -1, copy_call, &call, &d), 0);
	assert_string_equal(call.evidence, evidence);
}

/* One row, whose process differs. */
TEST(a_change_that_no_job_took_is_sent_again)
{
	CASES(cases, enum fake_create way; int64_t settle_ms; size_t updates;
	      const char *evidence) = {
	    {FAKE_ACK_JOB, 1000, 1, "job"},
	    {FAKE_ACK_EMPTY, 1000, 1, "lookup"},
	    {FAKE_ACK_NOTHING, 1000, 2, "job"},
	    /* One look is enough, if nobody asks for more. */
	    {FAKE_ACK_NOTHING, 0, 2, "job"},
	    {FAKE_LOST_BEFORE, 0, 2, "job"},
	};

	EACH (i, cases) {
		struct scene s;

		scene_init(&s, 1, 1);
		scene_updates(&s);
		(void)scene_differs(&s, "L-2");
		s.options.settings.settle_ms = cases[i].settle_ms;
		SCRIPT(&s, cases[i].way);
		scene_run(&s);
		assert_int_equal(s.fake.updates, cases[i].updates);
		assert_int_equal(count(&s, OUTCOME_UPDATED), 1);
		assert_evidence(&s, cases[i].evidence);
		scene_end(&s);
	}
}

/* The first one reads back; of the second one nothing is left, nor its job. */
TEST(a_change_that_a_job_took_is_not_sent_again)
{
	struct scene s;
	struct diag d = DIAG_INIT;

	scene_init(&s, 1, 2);
	scene_updates(&s);
	(void)scene_differs(&s, "L-2");
	(void)scene_differs(&s, "L-3");
	scene_start(&s);
	submitter_input_ended(s.submitter);
	while (!submitter_is_idle(s.submitter)) {
		assert_int_equal(submitter_step(s.submitter, 5, &d), 0);
		s.fake.updates_vanish = s.fake.job_gone = s.fake.updates > 0;
	}
	scene_close_books(&s);
	assert_int_equal(s.fake.updates, 2);
	assert_int_equal(count(&s, OUTCOME_UPDATED), 1);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 1);
	assert_evidence(&s, "job");
	scene_end(&s);
}

/* But for the first one, which is looked at in any case. */
TEST(changes_of_a_job_that_is_gone_are_unknown_where_nobody_looks)
{
	struct scene s;
	char key[16];

	scene_init(&s, 1, 6);
	scene_updates(&s);
	for (int i = 2; i < 8; i++) {
		snprintf(key, sizeof(key), "L-%d", i);
		(void)scene_differs(&s, key);
	}
	s.options.settings.on_unknown = UNKNOWN_HOLD;
	s.fake.job_gone = true;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UPDATED), 1);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	scene_end(&s);
}

TEST(a_change_that_somebody_else_overtook_counts_for_max_errors)
{
	struct scene s;
	struct fake_key *k;

	scene_init(&s, 1, 1);
	scene_updates(&s);
	s.options.settings.max_errors = (struct error_limit){.is_set = true};
	SCRIPT(&s, FAKE_LOST_BEFORE);
	k = scene_differs(&s, "L-2");
	k->v_before = k->v;
	k->v = 77;
	k->changed_at = s.fake.wall + 25;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CONFLICT), 1);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(submitter_stopped(s.submitter)->kind, DIAG_MAX_ERRORS);
	scene_end(&s);
}
