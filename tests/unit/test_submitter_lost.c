/* SPDX-License-Identifier: MIT */
#include "test.h"

#include "submitter_scene.h"

/* Answers that were lost: looked up, and never sent twice unasked. */

static void
a_lost_answer_is_looked_up_and_never_sent_again(void **state)
{
	static const struct {
		enum fake_create what;
		uint64_t created, unknown;
	} cases[] = {
	    {FAKE_LOST_AFTER, 30, 0},
	    {FAKE_LOST_BEFORE, 20, 10},
	    {FAKE_LOST_HALF, 25, 5},
	    {FAKE_500, 20, 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s;

		scene_init(&s, 3, 10);
		s.fake.script[0] = FAKE_ACK_JOB;
		s.fake.script[1] = cases[i].what;
		s.fake.script_len = 2;
		scene_run(&s);
		assert_int_equal(
		    count(&s, OUTCOME_CREATED), cases[i].created);
		assert_int_equal(
		    count(&s, OUTCOME_UNKNOWN), cases[i].unknown);
		assert_each_received_once(&s);
		scene_end(&s);
	}
}

static void
hold_looks_nothing_up(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 10);
	s.options.on_unknown = UNKNOWN_HOLD;
	s.fake.script[1] = FAKE_LOST_AFTER;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(s.fake.lists, 0);
	scene_end(&s);
}

static void
after_an_unknown_answer_nothing_is_sent_before_the_service_answers(
    void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 5, 2);
	s.options.in_flight = 1;
	s.fake.script[1] = FAKE_LOST_BEFORE;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_true(s.fake.probes >= 1);
	assert_int_equal(s.fake.creates, 5);
	scene_end(&s);
}

static void
resend_absent_sends_once_more_what_was_never_found(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.script[1] = FAKE_LOST_BEFORE;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 30);
	assert_int_equal(s.fake.creates, 4);
	scene_end(&s);
}

static void
resend_absent_leaves_a_call_alone_of_which_a_row_was_found(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.script[1] = FAKE_LOST_HALF;
	s.fake.script_len = 2;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_CREATED), 25);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	assert_int_equal(s.fake.creates, 3);
	assert_each_received_once(&s);
	scene_end(&s);
}

static void
resend_absent_resends_once_only(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 2, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.script[1] = FAKE_LOST_BEFORE;
	s.fake.script[2] = FAKE_LOST_BEFORE;
	s.fake.script_len = 3;
	scene_run(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_int_equal(s.fake.creates, 3);
	scene_end(&s);
}

static void
nothing_that_left_this_machine_is_tried_again_with_backoff(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 3, 10);
	for (size_t i = 0; i < 6; i++)
		s.fake.script[i] = FAKE_NOT_SENT;
	s.fake.script_len = 6;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(count(&s, OUTCOME_CREATED), 30);
	assert_each_received_once(&s);
	scene_end(&s);
}

/* A service that always says that there is more: what was not found may still
 * come, so nothing is sent again, and the run ends. */
static void
a_list_without_an_end_proves_nothing(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 1, 10);
	s.options.on_unknown = UNKNOWN_RESEND_ABSENT;
	s.fake.list_foreign_pages = SIZE_MAX;
	s.fake.script[0] = FAKE_LOST_BEFORE;
	s.fake.script_len = 1;
	scene_run(&s);
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 10);
	assert_in_range(s.fake.lists, 200, 10000);
	scene_end(&s);
}

/* Between two pages the service asks for a pause: the question behind it is
 * the same, and not one without keys, which asks for everything. */
static void
a_pause_between_pages_begins_the_list_again(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 1, 10);
	s.fake.list_foreign_pages = 3;
	s.fake.list_429_at = 3;
	s.fake.script[0] = FAKE_LOST_AFTER;
	s.fake.script_len = 1;
	scene_run(&s);
	assert_int_equal(s.fake.lists_of_all, 0);
	assert_int_equal(s.fake.lists, 3 + 4);
	assert_int_equal(count(&s, OUTCOME_CREATED), 10);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_lost_answer_is_looked_up_and_never_sent_again),
	    cmocka_unit_test(hold_looks_nothing_up),
	    cmocka_unit_test(
		after_an_unknown_answer_nothing_is_sent_before_the_service_answers),
	    cmocka_unit_test(resend_absent_sends_once_more_what_was_never_found),
	    cmocka_unit_test(
		resend_absent_leaves_a_call_alone_of_which_a_row_was_found),
	    cmocka_unit_test(resend_absent_resends_once_only),
	    cmocka_unit_test(
		nothing_that_left_this_machine_is_tried_again_with_backoff),
	    cmocka_unit_test(a_list_without_an_end_proves_nothing),
	    cmocka_unit_test(a_pause_between_pages_begins_the_list_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
