/* SPDX-License-Identifier: MIT */
#include "submitter_scene.h"
#include "test.h"

/* What makes a run wait, and what ends it before its input does. */

TEST(retry_after_is_waited_for_and_the_rows_are_sent_once)
{
	static const enum fake_create kinds[] = {FAKE_429, FAKE_503_AFTER};

	for (size_t i = 0; i < 2; i++) {
		struct scene s;

		scene_init(&s, 4, 5);
		SCRIPT(&s, FAKE_ACK_JOB, kinds[i]);
		s.fake.retry_after = "30";
		scene_run(&s);
		assert_int_equal(count(&s, OUTCOME_CREATED), 20);
		for (size_t k = 0; k < s.fake.key_count; k++)
			assert_int_equal(s.fake.keys[k].created, 1);
		assert_int_equal(s.fake.creates, 5);
		assert_true(
		    s.fake.create_times[4] >= s.fake.create_times[1] + 30000);
		scene_end(&s);
	}
}

TEST(a_pause_says_why_and_until_when)
{
	struct submitter_facts f;
	struct diag d = DIAG_INIT;
	struct scene s;
	int64_t began;
	char *events;

	scene_init(&s, 1, 5);
	s.fake.rest = FAKE_429;
	s.fake.retry_after = "30";
	began = s.fake.wall;
	scene_start(&s);
	for (int i = 0; i < 3; i++)
		assert_int_equal(submitter_step(s.submitter, 9, &d), 0);
	f = submitter_facts(s.submitter);
	assert_string_equal(f.waits_for, "rate limited");
	assert_int_equal(f.waits_until_ms, began + s.fake.create_ms + 30000);
	events = scene_events(&s);
	assert_string_equal(
	    events, "pause: rate limited, goes on at 2026-09-21T14:13:50Z\n");
	free(events);
	scene_end(&s);
}

TEST(two_answers_that_ask_for_the_same_are_one_pause)
{
	struct scene s;
	char *events;

	scene_init(&s, 4, 5);
	s.fake.script[1] = s.fake.script[2] = FAKE_503_AFTER;
	s.fake.script_len = 3;
	s.fake.retry_after = "30";
	scene_run(&s);
	events = scene_events(&s);
	assert_string_equal(events,
	    "pause: ChakraHQ is busy, goes on at 2026-09-21T14:13:50Z\n"
	    "resume: sending goes on\n");
	free(events);
	scene_end(&s);
}

TEST(a_retry_after_beyond_fifteen_minutes_stops_the_run)
{
	struct scene s;

	scene_init(&s, 4, 5);
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_429);
	s.options.settings.in_flight = 1;
	s.fake.retry_after = "3600";
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(submitter_stopped(s.submitter)->kind, DIAG_SERVICE);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 0);
	assert_int_equal(s.fake.creates, 2);
	scene_end(&s);
}

TEST(a_service_that_stays_away_ends_the_run_after_retry_for)
{
	struct scene s;
	const struct diag *why;

	scene_init(&s, 9, 2);
	s.options.settings.in_flight = 1;
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_LOST_BEFORE);
	s.fake.list_down = true;
	scene_run(&s);
	why = submitter_stopped(s.submitter);
	assert_non_null(why);
	assert_int_equal(why->kind, DIAG_SERVICE);
	assert_int_equal(s.fake.creates, 2);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 2);
	assert_int_equal(count(&s, OUTCOME_CREATED), 2);
	scene_end(&s);
}

TEST(no_connection_for_retry_for_leaves_rows_unsent)
{
	struct scene s;
	int64_t began;

	scene_init(&s, 3, 10);
	s.fake.rest = FAKE_NOT_SENT;
	began = s.fake.mono;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(submitter_stopped(s.submitter)->kind, DIAG_SERVICE);
	assert_true(s.fake.mono - began >= 600000);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 10 * s.sent_chunks);
	scene_end(&s);
}

TEST(a_refused_token_stops_at_once_and_leaves_rows_unsent)
{
	struct scene s;

	scene_init(&s, 5, 5);
	s.fake.rest = FAKE_401;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(s.fake.creates, 1);
	assert_int_equal(count(&s, OUTCOME_UNSENT), 5 * s.sent_chunks);
	scene_end(&s);
}

TEST(three_refused_first_calls_stop_the_run)
{
	struct scene s;

	scene_init(&s, 20, 5);
	s.fake.rest = FAKE_400;
	s.options.settings.in_flight = 1;
	scene_run(&s);
	assert_int_equal(submitter_stopped(s.submitter)->kind, DIAG_MAX_ERRORS);
	assert_int_equal(s.fake.creates, 3);
	scene_end(&s);
}

TEST(calls_that_are_refused_after_one_that_was_not_stop_nothing)
{
	struct scene s;

	scene_init(&s, 8, 5);
	SCRIPT(&s, FAKE_ACK_JOB);
	s.fake.rest = FAKE_400;
	s.options.settings.in_flight = 1;
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	assert_int_equal(s.fake.creates, 8);
	scene_end(&s);
}

TEST(max_errors_stops_when_more_rows_than_that_are_bad)
{
	struct scene s;

	scene_init(&s, 20, 5);
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_400, FAKE_400);
	s.options.settings.in_flight = 1;
	s.options.settings.max_errors =
	    (struct error_limit){.is_set = true, .rows = 9};
	scene_run(&s);
	assert_int_equal(submitter_stopped(s.submitter)->kind, DIAG_MAX_ERRORS);
	assert_int_equal(s.fake.creates, 3);
	assert_int_equal(count(&s, OUTCOME_CREATED), 5);
	scene_end(&s);

	scene_init(&s, 20, 5);
	SCRIPT(&s, FAKE_ACK_JOB, FAKE_400);
	s.options.settings.max_errors =
	    (struct error_limit){.is_set = true, .rows = 5};
	scene_run(&s);
	assert_null(submitter_stopped(s.submitter));
	scene_end(&s);
}

/* Those that never become a call. */
TEST(rows_that_were_rejected_or_skipped_before_count)
{
	CASES(cases, struct error_limit most; size_t rows; bool cut;
	      bool stops, stops_at_end) = {
	    {{.is_set = true, .rows = 1}, 5, false, true, true},
	    {{.is_set = true, .rows = 2}, 5, false, false, false},
	    {{.is_set = true, .rows = 2}, 0, false, false, false},
	    {{.is_set = true, .rows = 2}, 5, true, false, false},
	    {{.is_set = true, .is_percent = true, .percent = 19}, 5, false,
		false, true},
	    {{.is_set = true, .is_percent = true, .percent = 20}, 5, false,
		false, false},
	};

	EACH (i, cases) {
		struct scene s;
		struct diag d = DIAG_INIT;
		struct submitter_facts f;
		struct chunk c;
		bool is_queued =
		    !cases[i].stops && !cases[i].cut && cases[i].rows > 0;

		scene_init(&s, 1, 5);
		s.options.settings.max_errors = cases[i].most;
		s.submitter =
		    submitter_new(&s.options, &s.transport, s.ledger, &s.clock);
		make_chunk(&c, 0, cases[i].rows, true);
		c.cut = cases[i].cut;
		c.rejected = 2;
		c.skipped = 3;
		c.records = 10;
		assert_int_equal(submitter_add(s.submitter, &c, &d), 0);
		chunk_release(&c);
		f = submitter_facts(s.submitter);
		assert_int_equal(f.rows_read, 10);
		assert_int_equal(f.rows_settled, 5);
		assert_int_equal(f.rows.rows[OUTCOME_REJECTED], 2);
		assert_int_equal(f.sending, is_queued);
		assert_int_equal(
		    submitter_stopped(s.submitter) != NULL, cases[i].stops);
		assert_int_equal(submitter_is_idle(s.submitter), !is_queued);
		submitter_input_ended(s.submitter);
		assert_int_equal(submitter_stopped(s.submitter) != NULL,
		    cases[i].stops_at_end);
		scene_end(&s);
	}
}

TEST(ten_unknown_calls_of_twenty_stop_the_run)
{
	struct scene s;

	scene_init(&s, 60, 2);
	s.fake.rest = FAKE_LOST_BEFORE;
	s.options.settings.on_unknown = UNKNOWN_HOLD;
	s.options.settings.in_flight = 1;
	scene_run(&s);
	assert_non_null(submitter_stopped(s.submitter));
	assert_int_equal(s.fake.creates, 10);
	scene_end(&s);
}

TEST(a_stop_leaves_what_is_acknowledged_as_accepted)
{
	struct scene s;
	struct diag d = DIAG_INIT, why = DIAG_INIT;

	scene_init(&s, 1, 5);
	s.fake.job_ms = INT64_C(1) << 40;
	scene_start(&s);
	for (int i = 0; i < 20; i++)
		assert_int_equal(submitter_step(s.submitter, 100, &d), 0);
	diag_set(&why, DIAG_SIGNAL, "stopped by SIGTERM");
	submitter_stop(s.submitter, &why, STOP_LEAVE);
	while (!submitter_is_idle(s.submitter))
		assert_int_equal(submitter_step(s.submitter, 100, &d), 0);
	scene_close_books(&s);
	assert_int_equal(count(&s, OUTCOME_ACCEPTED), 5);
	scene_end(&s);
}

/* The first reason is the run's; a later one may still end the following. */
TEST(a_stop_says_why_and_only_a_later_one_to_leave_changes_it)
{
	CASES(cases, enum stop_mode first, then; bool leaves) = {
	    {STOP_FOLLOW, STOP_FOLLOW, false},
	    {STOP_FOLLOW, STOP_LEAVE, true},
	    {STOP_LEAVE, STOP_FOLLOW, true},
	};

	EACH (i, cases) {
		struct scene s;
		struct diag d = DIAG_INIT, why = DIAG_INIT, more = DIAG_INIT;
		char *events;

		scene_init(&s, 1, 5);
		s.fake.job_ms = 60000;
		scene_start(&s);
		for (int k = 0; k < 20; k++)
			assert_int_equal(
			    submitter_step(s.submitter, 100, &d), 0);
		diag_set(&why, DIAG_SIGNAL, "stopped by SIGTERM");
		diag_set(&more, DIAG_SERVICE, "gave up");
		submitter_stop(s.submitter, &why, cases[i].first);
		submitter_stop(s.submitter, &more, cases[i].then);
		while (!submitter_is_idle(s.submitter))
			assert_int_equal(
			    submitter_step(s.submitter, 100, &d), 0);
		scene_close_books(&s);
		assert_string_equal(submitter_stopped(s.submitter)->message,
		    "stopped by SIGTERM");
		assert_int_equal(
		    count(&s, OUTCOME_ACCEPTED), cases[i].leaves ? 5 : 0);
		assert_int_equal(
		    count(&s, OUTCOME_CREATED), cases[i].leaves ? 0 : 5);
		events = scene_events(&s);
		assert_string_equal(events, "stop: stopped by SIGTERM\n");
		free(events);
		scene_end(&s);
	}
}

TEST(giving_up_on_the_wire_makes_rows_unknown)
{
	struct scene s;
	struct diag d = DIAG_INIT, why = DIAG_INIT;

	scene_init(&s, 1, 5);
	s.fake.create_ms = INT64_C(1) << 40;
	scene_start(&s);
	assert_int_equal(submitter_step(s.submitter, 100, &d), 0);
	diag_set(&why, DIAG_SIGNAL, "stopped by SIGTERM");
	submitter_stop(s.submitter, &why, STOP_LEAVE);
	assert_false(submitter_is_idle(s.submitter));
	assert_int_equal(submitter_cancel(s.submitter, &d), 0);
	assert_true(submitter_is_idle(s.submitter));
	scene_close_books(&s);
	assert_int_equal(count(&s, OUTCOME_UNKNOWN), 5);
	scene_end(&s);
}
